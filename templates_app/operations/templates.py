"""Every verb that changes a template. Each save is a new version; nothing ever changes an old one."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from django.db import IntegrityError, transaction
from django.utils import timezone

from fitai.common.actors import Actor, require, require_verified
from fitai.common.clock import next_change_seq
from fitai.common.ids import uuid7
from fitai.common.problems import IdTaken, Invalid, NotFound, error
from fitai.values.schema import Payload, Problem, Schema
from templates_app.content import CHANGES, DEFAULTS, NEW, Tree, canonical, give_ids, named_exercises, stand_in
from templates_app.enums import Source, Visibility
from templates_app.errors import PrivateExercises
from templates_app.figures import figures
from templates_app.models import Template, TemplateVersion
from templates_app.plan import Plan
from templates_app.policies import can_edit
from templates_app.rows import KnownExercise, read_known, read_tree, read_versions

SAID = ("name", "description", "goal", "level", "tags")
Check = Callable[[Template], None]


def create_template(
    actor: Actor, values: Any, *, source: str = Source.WRITTEN, generation: Mapping[str, Any] | None = None
) -> Template:
    """Write a plan down, as version 1. `values` is a body as clients send it; 422 points at what is wrong with it.

    Its `id` may be chosen: the same id and values again is the same template, anything else under it is `id_taken`.
    `generation` is what the planner said of it.
    """
    said: Payload = {**DEFAULTS, **_read(NEW, values)}
    template_id = UUID(said.pop("id")) if "id" in said else uuid7()
    digest = _digest(said)
    weeks, public = said.pop("weeks"), said["visibility"] == Visibility.PUBLIC
    give_ids(template_id, weeks)
    with transaction.atomic():
        change_seq = next_change_seq(actor.user_id)
        present = Template.objects.filter(pk=template_id).first()
        if present is not None:
            if present.owner_id != actor.user_id or present.digest != digest or present.deleted_at is not None:
                raise IdTaken()
            return present
        if public:
            require_verified(actor)
        known = _known(actor, weeks)
        if public:
            _refuse_private(weeks, known)
        now = timezone.now()
        template = Template(
            id=template_id,
            owner_id=actor.user_id,
            source=source,
            digest=digest,
            change_seq=change_seq,
            created_at=now,
            updated_at=now,
            **said,
            **_figures(weeks, known),
        )
        try:
            with transaction.atomic():
                template.save(force_insert=True)
        except IntegrityError:
            raise IdTaken() from None  # somebody else's, made this instant
        _add_version(template, weeks, actor, now, generation=generation)
    return template


def update_template(actor: Actor, template_id: UUID, values: Any, *, check: Check | None = None) -> Template:
    """Save what `values` names, as a new version; its visibility is outside of versions. Saving what is there already
    changes nothing. `check` may refuse the template as it stands."""
    _require_own(actor, template_id)
    return _save(actor, template_id, _read(CHANGES, values), check=check)


def revert_template(actor: Actor, template_id: UUID, number: int, *, check: Check | None = None) -> Template:
    """Make what an old version said the newest one. Its exercises may be gone from the library since."""
    _require_own(actor, template_id)
    old = read_versions(actor, template_id, [number])[0]
    said = {name: old[name] for name in (*SAID, "weeks")}
    return _save(actor, template_id, said, check=check, back_to=number)


@transaction.atomic
def delete_template(actor: Actor, template_id: UUID, *, check: Check | None = None) -> None:
    """Take it out of sight. Workouts and the people who train by it keep their version."""
    change_seq = next_change_seq(actor.user_id)
    template = _locked(actor, template_id, check)
    template.deleted_at = template.updated_at = timezone.now()
    template.change_seq = change_seq
    template.save(update_fields=["deleted_at", "updated_at", "change_seq"])


@transaction.atomic
def restore_template(actor: Actor, template_id: UUID) -> Template:
    """Bring a deleted template back as it was. One that is there stays as it is."""
    change_seq = next_change_seq(actor.user_id)
    template: Template = Template.objects.own(actor).lock(template_id)
    if template.deleted_at is not None:
        template.deleted_at, template.updated_at, template.change_seq = None, timezone.now(), change_seq
        template.save(update_fields=["deleted_at", "updated_at", "change_seq"])
    return template


# ── Reading a body ───────────────────────────────────────────────────────────────────────────────


def _read(schema: Schema, values: Any) -> Payload:
    """A body that fits the schema, in the canonical form, or 422."""
    errors: list[Problem] = []
    said = schema.parse(values, "", errors)
    if errors:
        raise Invalid(errors=errors)
    return canonical(said)


def _digest(said: Payload) -> str:
    return hashlib.blake2b(orjson.dumps(said, option=orjson.OPT_SORT_KEYS), digest_size=16).hexdigest()


def _known(actor: Actor, weeks: Tree, *, kept: Iterable[Mapping[str, Any]] = ()) -> dict[str, KnownExercise]:
    """What there is of a tree's exercises, in one statement; 422 with a pointer to each that the library does not offer
    the actor, unless it stands in the tree `kept`. What was merged is replaced in the tree by what stands for it."""
    named = list(named_exercises(weeks))
    known = read_known(actor, (id for _, id in named))
    allowed = {id for id, one in known.items() if one.offered} | {id for _, id in named_exercises(kept)}
    missing = [pointer for pointer, id in named if id not in allowed]
    if missing:
        raise Invalid(errors=[error(pointer, "not_found", "There is no such exercise.") for pointer in missing])
    stand_in(weeks, {id: one.exercise.id for id, one in known.items() if one.exercise.id != id})
    return {one.exercise.id: one for one in known.values()}


def _figures(weeks: Tree, known: Mapping[str, KnownExercise]) -> dict[str, Any]:
    return figures(Plan.from_json(weeks), {id: one.exercise for id, one in known.items()})


def _private(weeks: Tree, known: Mapping[str, KnownExercise]) -> list[str]:
    """Where a tree names exercises that nobody else sees."""
    return [pointer for pointer, id in named_exercises(weeks) if id in known and known[id].private]


def _refuse_private(weeks: Tree, known: Mapping[str, KnownExercise]) -> None:
    detail = "Nobody else sees this exercise: a public template cannot hold it."
    errors = [error(pointer, "private", detail) for pointer in _private(weeks, known)]
    if errors:
        raise Invalid(errors=errors)


# ── Writing ──────────────────────────────────────────────────────────────────────────────────────


def _require_own(actor: Actor, template_id: UUID) -> None:
    """404 for what the actor does not see, 403 for what they see and may not change."""
    template = Template.objects.visible_to(actor).only("owner_id").filter(pk=template_id).first()
    if template is None:
        raise NotFound()
    require(can_edit, actor, template)


def _locked(actor: Actor, template_id: UUID, check: Check | None) -> Template:
    """The actor's template, to be changed in this transaction."""
    template: Template = Template.objects.visible_to(actor).lock(template_id)
    require(can_edit, actor, template)
    if check is not None:
        check(template)
    return template


@dataclass(frozen=True, slots=True)
class _Change:
    """What a save comes to: the columns that are new, and the weeks of a new version if it makes one."""

    columns: Payload
    weeks: Tree | None


def _change(actor: Actor, template: Template, said: Payload, *, is_sent: bool) -> _Change:
    """What `said` changes of a template, or why it may not. Weeks that were not sent, but stood in an old version, need
    not be offered any more, and no pointer leads into them."""
    current = read_tree(template.pk, template.version)
    assert current is not None  # noqa: S101  versions are never removed by themselves
    tree, merged = current
    weeks = said.get("weeks", tree)
    stand_in(weeks, merged)
    give_ids(template.pk, weeks, tree)
    columns = {
        name: said[name] for name in (*SAID, "visibility") if name in said and said[name] != getattr(template, name)
    }
    is_new_tree, is_published = weeks != tree, columns.get("visibility") == Visibility.PUBLIC
    is_version = is_new_tree or bool(columns.keys() - {"visibility"})
    is_public = said.get("visibility", template.visibility) == Visibility.PUBLIC
    if is_published:
        require_verified(actor)
    if is_new_tree or is_published:
        known = _known(actor, weeks, kept=tree if is_sent else [*tree, *weeks])
        if is_public and is_sent and "weeks" in said:
            _refuse_private(weeks, known)
        elif is_public and _private(weeks, known):
            raise PrivateExercises()
        columns |= _figures(weeks, known)
    if is_version:
        columns["version"] = template.version + 1
    return _Change(columns, weeks if is_version else None)


@transaction.atomic
def _save(
    actor: Actor, template_id: UUID, said: Payload, *, check: Check | None, back_to: int | None = None
) -> Template:
    """Write what differs, as a new version; `back_to` is the old version that `said` is taken from."""
    change_seq = next_change_seq(actor.user_id)
    template = _locked(actor, template_id, check)
    change = _change(actor, template, said, is_sent=back_to is None)
    if not change.columns:
        return template
    columns = {**change.columns, "updated_at": timezone.now(), "change_seq": change_seq}
    for name, value in columns.items():
        setattr(template, name, value)
    template.save(update_fields=columns)
    if change.weeks is not None:
        note = "" if back_to is None else f"Back to version {back_to}"
        _add_version(template, change.weeks, actor, template.updated_at, note=note)
    return template


def _add_version(
    template: Template,
    weeks: Tree,
    actor: Actor,
    now: datetime,
    *,
    note: str = "",
    generation: Mapping[str, Any] | None = None,
) -> None:
    """Write down what the template says now, under its present number."""
    TemplateVersion.objects.create(
        template=template,
        number=template.version,
        tree=weeks,
        note=note,
        generation=generation,
        created_by_id=actor.user_id,
        created_at=now,
        **{name: getattr(template, name) for name in SAID},
    )
