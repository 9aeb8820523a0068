"""What an exercise said at each of its versions, and who made it say so."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import orjson
from django.db import connection

from accounts.models import User
from exercises.content import VARIATIONS, Change, Content, circumstances_of, compare, content_of
from exercises.models import Exercise
from fitai.common.actors import Actor

EDITION: Final = """(
  SELECT jsonb_build_object('translations', d.translations, 'variations', d.variations) FROM exercises_edition d
  WHERE d.exercise_id = {row}.pgh_obj_id AND d.version <= {row}.version ORDER BY d.version DESC LIMIT 1
)::text"""
# A version is what its last event says. To people who did not make it, an exercise begins with what was let into the
# library first: nobody reads somebody's drafts.
STATEMENT: Final = f"""
SELECT v.version, v.pgh_created_at, c.metadata::text,
  to_jsonb(v)::text, {EDITION.format(row="v")}, to_jsonb(p)::text, {EDITION.format(row="p")}
FROM exercises_exerciseevent v
LEFT JOIN pghistory_context c ON c.id = v.pgh_context_id
LEFT JOIN LATERAL (
  SELECT * FROM exercises_exerciseevent o WHERE o.pgh_obj_id = v.pgh_obj_id AND o.version < v.version
    AND o.version >= %(since)s ORDER BY o.version DESC, o.pgh_id DESC LIMIT 1
) p ON true
WHERE v.pgh_obj_id = %(id)s AND v.version >= %(since)s AND NOT EXISTS (
  SELECT FROM exercises_exerciseevent o
  WHERE o.pgh_obj_id = v.pgh_obj_id AND o.version = v.version AND o.pgh_id > v.pgh_id
)
"""  # noqa: S608  fixed pieces; values are parameters
SINCE: Final = """
SELECT COALESCE(min(version), 1) FROM exercises_exerciseevent WHERE pgh_obj_id = %(id)s AND status = 'approved'
"""


@dataclass(frozen=True, slots=True)
class Version:
    """A version and what it changed; the first one says all that there is."""

    number: int
    at: datetime
    by: dict[str, Any] | None
    via: str | None
    note: str | None
    changes: list[Change]


def read_history(
    actor: Actor, exercise_id: UUID, *, whole: bool
) -> Callable[[Sequence[Any] | None, bool, int], list[dict[str, Any]]]:
    """How `paginate_fetched` reads the versions of an exercise, newest first; `whole` with those before it was in the
    library."""

    def fetch(position: Sequence[Any] | None, backwards: bool, count: int) -> list[dict[str, Any]]:
        values: dict[str, Any] = {"id": exercise_id, "since": 1, "count": count}
        beyond = ""
        with connection.cursor() as cursor:
            if not whole:
                cursor.execute(SINCE, values)
                values["since"] = cursor.fetchone()[0]
            if position is not None:
                values["beyond"] = position[0]
                beyond = f" AND v.version {'>' if backwards else '<'} %(beyond)s"
            order = "ASC" if backwards else "DESC"
            cursor.execute(f"{STATEMENT}{beyond} ORDER BY v.version {order} LIMIT %(count)s", values)
            return [
                dict(zip(("version", "at", *LOADED), row, strict=True), id=exercise_id) for row in cursor.fetchall()
            ]

    return fetch


LOADED: Final = ("context", "row", "edition", "earlier_row", "earlier_edition")


def versions(actor: Actor, rows: Iterable[Mapping[str, Any]]) -> list[Version]:
    """The versions in these rows, without the variations that the reader does not see."""
    read = [{**row, **{name: row[name] and orjson.loads(row[name]) for name in LOADED}} for row in rows]
    changes = [_changes(row) for row in read]
    pointed = {one["id"] for listed in changes for change in listed for one in _pointed(change)}
    seen = {str(id) for id in Exercise.objects.readable_by(actor).filter(pk__in=pointed).values_list("pk", flat=True)}
    people = cards(actor, (row["context"]["user"] for row in read if row["context"] and row["context"].get("user")))
    return [
        Version(
            number=row["version"],
            at=row["at"],
            by=people.get(str((row["context"] or {}).get("user"))),
            via=(row["context"] or {}).get("via") or None,
            note=(row["context"] or {}).get("note") or None,
            changes=[shown for change in listed if (shown := _shown(change, seen)) is not None],
        )
        for row, listed in zip(read, changes, strict=True)
    ]


def cards(actor: Actor, ids: Iterable[str]) -> dict[str, dict[str, Any]]:
    """By id, who of these people the reader may know of, by their public names."""
    people = User.objects.visible_to(actor).filter(pk__in=set(ids)).values("id", "username", "display_name")
    return {str(one["id"]): {**one, "display_name": one["display_name"] or one["username"]} for one in people}


def _changes(row: Mapping[str, Any]) -> list[Change]:
    after = _said(row["row"], row["edition"])
    if row["earlier_row"] is not None:
        return compare(_said(row["earlier_row"], row["earlier_edition"]), after)
    return [change for change in compare({}, after) if change.after not in (None, False, "", [])]


def _said(row: Mapping[str, Any], edition: Mapping[str, Any] | None) -> Content:
    return content_of(row, edition) | circumstances_of(row)


def _pointed(change: Change) -> list[dict[str, str]]:
    return [*(change.before or []), *(change.after or [])] if change.field == VARIATIONS else []


def _shown(change: Change, seen: set[str]) -> Change | None:
    if change.field != VARIATIONS:
        return change
    before, after = ([one for one in said or [] if one["id"] in seen] for said in (change.before, change.after))
    return Change(VARIATIONS, before, after) if before != after else None
