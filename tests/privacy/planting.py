"""Plants a mark in every table that holds rows of people: generically, or by a factory where that cannot be done."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from django.contrib.auth.models import Group, Permission
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models
from django.utils import timezone

from accounts.models import ApiKey, Block, Coaching, DataExport, Friendship, Mute, User
from analysis.form.models import FormAnalysis
from exercises.models import Exercise, Media, Trained, Use
from fitai.common import redis
from fitai.common.ids import uuid7
from fitai.common.media import storage
from fitai.privacy.tables import Table, in_order
from workouts.models import Group as TrainingGroup


class Garden:
    """The rows that were planted for a person: at least one in each table of people."""

    def __init__(self, person: User, other: User, mark: str) -> None:
        self.person, self.other, self.mark = person, other, mark
        self.rows: dict[type[models.Model], models.Model] = {User: person}

    @property
    def traces(self) -> list[str]:
        """What is looked for: the mark as text and as bytes, and what names the person."""
        person = self.person
        return [self.mark, self.mark.encode().hex(), str(person.pk), person.pk.hex, person.username, person.email]

    def plant(self) -> None:
        """What is referred to first; what a trigger has made by then is found and not made again."""
        parents_first = in_order()[::-1]
        order = sorted(parents_first, key=lambda table: (table.tracked is not None, table.label not in FACTORIES))
        for table in order:
            if table.label in FACTORIES:
                self.rows[table.model] = FACTORIES[table.label](self)
            elif table.model not in self.rows:
                self.rows[table.model] = self.marked(table) or self.grow(table)

    def marked(self, table: Table) -> models.Model | None:
        """A row of the person's that has the mark already."""
        with_mark = rows_with(table, self.mark)
        keys = {str(row[table.model._meta.pk.column]) for row in with_mark}
        return next((row for row in table.of(self.person.pk) if str(row.pk) in keys), None)

    def grow(self, table: Table) -> models.Model:
        """A row of any model: what must be there, and the mark in every text."""
        model = table.model
        values = {column.attname: self.value(table, column) for column in model._meta.concrete_fields}
        values = {name: value for name, value in values.items() if value is not models.NOT_PROVIDED}
        for lookup in table.owners:
            name, compared, text = lookup.partition("=")
            column, _, member = name.partition("__")
            if compared:
                told = text.format(self.person.pk)
                values[column] = {member: told, "note": self.mark} if member else told
        key = model._meta.pk
        if isinstance(key, models.OneToOneField):
            return model._base_manager.update_or_create(defaults=values, **{key.attname: self.person.pk})[0]
        return model._base_manager.create(**values)

    def value(self, table: Table, column: models.Field) -> Any:
        if isinstance(column, models.GeneratedField | models.AutoField):
            return models.NOT_PROVIDED
        if isinstance(column, models.ForeignKey):
            return self.reference(table, column)
        if column.choices:
            return column.get_default() if column.has_default() or column.blank else column.choices[0][0]
        if isinstance(column, models.EmailField):
            return f"{self.mark}@example.org"
        if column.name == "time_zone":
            return column.get_default()  # it is read: no day has a mark for its zone
        if isinstance(column, models.CharField | models.TextField):
            return self.mark if (column.max_length or 99) >= len(self.mark) else column.get_default()
        if isinstance(column, models.JSONField):
            return column.get_default() if column.default is list else {"note": self.mark}
        if isinstance(column, models.BinaryField):
            return self.mark.encode()
        if column.has_default():
            return column.get_default()
        if isinstance(column, ArrayField):
            item = column.base_field
            return [self.mark] if isinstance(item, models.TextField) and not item.choices else []
        if column.null:
            return None
        if isinstance(column, models.DateTimeField):
            return timezone.now()
        if isinstance(column, models.DateField):
            return timezone.now().date()
        if isinstance(column, models.UUIDField):
            return uuid7()
        return 1

    def reference(self, table: Table, column: models.ForeignKey) -> Any:
        target = column.related_model
        if target is User:
            return self.person.pk if column.name in table.owners or not column.null else None
        if target in self.rows:
            return self.rows[target].pk
        return None if column.null else target._base_manager.first().pk


def _exercise(garden: Garden) -> models.Model:
    return Exercise.objects.create(
        name=f"Press {garden.mark}",
        slug=f"press-{garden.mark}",
        owner=garden.person,
        primary_muscles=["chest"],
        equipment=["barbell"],
        kind="strength",
    )


def _analysis(garden: Garden) -> models.Model:
    """With a real file of each kind."""
    analysis = FormAnalysis(id=uuid7(), user=garden.person, exercise=Exercise.objects.filter(owner=None).first())

    def kept(suffix: str) -> str:
        return storage.store(analysis.folder, f"{garden.mark} {suffix}".encode(), suffix)

    analysis.original, analysis.keypoints = kept(".video"), kept(".npz")
    analysis.chart, analysis.video = kept(".svg"), kept(".mp4")
    analysis.frames = [{"file": "rep-1-bottom.jpg", "name": kept(".jpg")}]
    analysis.sha256 = analysis.profile = garden.mark
    analysis.save(force_insert=True)
    return analysis


def _media(garden: Garden) -> models.Model:
    """Waiting for a moderator, with its file."""
    media = Media(
        exercise=Exercise.objects.filter(owner=None).first(),
        author=garden.person,
        kind="image",
        status="pending",
        alt=garden.mark,
        sha256=garden.mark,
    )
    name = storage.store(media.folder, f"{garden.mark} picture".encode(), "-8x6.webp")
    media.files = [{"file": name.rpartition("/")[2], "role": "image", "width": 8, "height": 6}]
    media.save(force_insert=True)
    return media


def _export(garden: Garden) -> models.Model:
    export = DataExport(id=uuid7(), user=garden.person, size=1)
    export.file = storage.store(export.folder, garden.mark.encode(), ".zip")
    export.save(force_insert=True)
    return export


def _group(garden: Garden) -> models.Model:
    garden.person.groups.add(Group.objects.get_or_create(name="Lifters")[0])
    return User.groups.through.objects.get(user=garden.person)


def _permission(garden: Garden) -> models.Model:
    garden.person.user_permissions.add(Permission.objects.first())
    return User.user_permissions.through.objects.get(user=garden.person)


def _variation(garden: Garden) -> models.Model:
    exercise = garden.rows[Exercise]
    return exercise.variations.create(other=Exercise.objects.filter(owner=None).first(), relation="easier")


def _member(garden: Garden) -> models.Model:
    """In a group that they made, with a seat."""
    group = TrainingGroup.objects.create(owner=garden.person, name=garden.mark, digest=garden.mark)
    garden.rows[TrainingGroup] = group
    return group.members.create(user=garden.person, invited_by=garden.person, joined_at=timezone.now(), seat=0)


def _trained(garden: Garden) -> models.Model:
    """A trigger makes it of a use."""
    trained = {"user": garden.person, "exercise": garden.rows[Exercise]}
    Use.objects.create(workout_id=uuid7(), sets=1, at=timezone.now(), **trained)
    return Trained.objects.get(**trained)


FACTORIES: Mapping[str, Callable[[Garden], models.Model]] = {
    "accounts.Block": lambda garden: Block.objects.create(blocker=garden.person, blocked=garden.other),
    "accounts.Mute": lambda garden: Mute.objects.create(user=garden.person, muted=garden.other),
    "accounts.Friendship": lambda garden: Friendship.objects.create(
        **Friendship.pair(garden.person.pk, garden.other.pk), requester=garden.person
    ),
    "accounts.Coaching": lambda garden: Coaching.objects.create(
        client=garden.person, coach=garden.other, areas=["workouts"]
    ),
    "accounts.DataExport": _export,
    "accounts.ApiKey": lambda garden: ApiKey.objects.create(
        user=garden.person, name=garden.mark, prefix=garden.mark, digest=garden.mark.encode(), scopes=["profile:read"]
    ),
    "accounts.User_groups": _group,
    "accounts.User_user_permissions": _permission,
    "analysis.FormAnalysis": _analysis,
    "exercises.Exercise": _exercise,
    "exercises.Media": _media,
    "exercises.Variation": _variation,
    "exercises.Trained": _trained,
    "workouts.GroupMember": _member,
}


# ── Looking for it ───────────────────────────────────────────────────────────────────────────────


def tables_of_database() -> list[str]:
    return sorted(connection.introspection.table_names())


def everything() -> dict[str, list[str]]:
    """Every row of the database, as text, by its table."""
    found = {}
    with connection.cursor() as cursor:
        for name in tables_of_database():
            cursor.execute(f'SELECT to_jsonb(t)::text FROM "{name}" t ORDER BY 1')  # noqa: S608
            found[name] = [text for (text,) in cursor.fetchall()]
    return found


def rows_with(table: Table, mark: str) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        name = table.model._meta.db_table
        cursor.execute(f'SELECT to_jsonb(t) FROM "{name}" t WHERE to_jsonb(t)::text LIKE %s', [f"%{mark}%"])  # noqa: S608
        return [row if isinstance(row, dict) else json.loads(row) for (row,) in cursor.fetchall()]


def tables_with(traces: list[str]) -> dict[str, list[str]]:
    """The rows of the database in which any of the traces is."""
    found = {
        name: [row for row in rows if any(trace in row for trace in traces)] for name, rows in everything().items()
    }
    return {name: rows for name, rows in found.items() if rows}


def keys_with(traces: list[str]) -> list[str]:
    """The keys of Valkey in whose name or value any of the traces is."""
    readers: dict[bytes, Callable[[bytes], Any]] = {
        b"string": redis.client.get,
        b"hash": redis.client.hgetall,
        b"zset": lambda key: redis.client.zrange(key, 0, -1),
        b"set": redis.client.smembers,
        b"list": lambda key: redis.client.lrange(key, 0, -1),
    }
    told = {key.decode(): f"{key!r} {readers[redis.client.type(key)](key)!r}" for key in redis.client.scan_iter()}
    return sorted(key for key, text in told.items() if any(trace in text for trace in traces))
