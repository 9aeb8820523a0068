"""The life of an exercise, from a draft to what is in the library and out of it again."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from exercises.content import COLUMNS, TEXTS, VARIATIONS, Content, content_of, translated
from exercises.duplicates import near_duplicates
from exercises.enums import Status, Verdict
from exercises.errors import Duplicate, WrongStatus
from exercises.findings import Finding, find
from exercises.models import Exercise, Proposal, Submission
from exercises.operations.content import (
    check_variations,
    content_at,
    content_now,
    free_slug,
    inherited_profile,
    involved,
    write_content,
    write_variations,
)
from exercises.operations.decisions import Check, ExerciseEvent, record, tell
from exercises.operations.proposals import propose
from exercises.operations.saying import said_by
from exercises.policies import can_edit, can_propose, can_submit, is_own_work
from fitai.common.actors import Actor, require, require_verified
from fitai.common.ids import uuid7
from fitai.common.problems import Forbidden, IdTaken, Invalid, NotFound, error

TRIES = 5  # for an address that others take in the same instant


@transaction.atomic
def create_exercise(actor: Actor, values: Mapping[str, Any]) -> Exercise:
    """Make an exercise of one's own, which nobody else sees. `values` is a checked body.

    Its `id` may be chosen: the same id and body again is the same exercise, anything else under it is `id_taken`.
    """
    User.objects.filter(pk=actor.user_id).hold()  # what one person makes at once is compared, too
    said = {**values}
    exercise_id, confirmed = said.pop("id", None) or uuid7(), said.pop("confirm_duplicate", False)
    variations = said.pop(VARIATIONS, [])
    exercise = Exercise(id=exercise_id, owner_id=actor.user_id, **_columns(said))
    wanted = content_of(vars(exercise), {"translations": {}, "variations": variations})
    if Exercise.objects.filter(pk=exercise_id).exists():
        return _same(actor, exercise_id, wanted)
    check_variations(actor, exercise, variations)
    if not confirmed:
        _refuse_duplicate(actor, exercise)
    exercise.form_profile = inherited_profile(exercise.pattern, variations) or ""
    others = [UUID(one["id"]) for one in variations]
    Exercise.objects.lock_all(others)
    with said_by(actor.user_id, actor.via):
        _insert(exercise)
        write_variations(exercise, variations)
    return exercise


def update_exercise(
    actor: Actor, exercise_id: UUID, values: Mapping[str, Any], *, check: Check | None = None
) -> Exercise | Proposal:
    """Edit an exercise at once, where the actor may; else propose the edit to moderators. `values` is a checked body,
    whose texts are in its `language`. An edit that changes nothing proposes nothing."""
    said = {**values}
    language, note = said.pop("language", None), said.pop("note", "")
    confirmed = said.pop("confirm_duplicate", False)
    with transaction.atomic():
        User.objects.filter(pk=actor.user_id).hold()
        exercise = Exercise.objects.readable_by(actor).lock(exercise_id, *involved(exercise_id, said))
        at_once = may_edit(actor, exercise)
        changes = _by_language(exercise, said, language)
        check_variations(actor, exercise, said.get(VARIATIONS, []))
        _require_there(actor, exercise)
        if check is not None:
            check(exercise)
        if not confirmed and said.get("name", exercise.name) != exercise.name:
            _refuse_duplicate(actor, exercise, said["name"])
        if not at_once:
            return propose(actor, exercise, changes, note) or exercise
        with said_by(actor.user_id, actor.via, note):
            changed = write_content(exercise, changes)
        if changed and exercise.status == Status.PENDING:
            look_at(actor, exercise)
        if changed and not is_own_work(actor, exercise):
            record(actor, exercise, Verdict.EDITED, reason=note)
        return exercise


def may_edit(actor: Actor, exercise: Exercise) -> bool:
    """Whether an edit applies at once; 403 for who may not even propose one."""
    if can_edit(actor, exercise) or (exercise.owner_id == actor.user_id and exercise.status == Status.ARCHIVED):
        return True
    require(can_propose, actor, exercise)
    require_verified(actor)
    return False


@transaction.atomic
def submit_exercise(actor: Actor, exercise_id: UUID, *, check: Check | None = None) -> Exercise:
    """Offer one's own exercise to the library; moderators decide."""
    exercise: Exercise = Exercise.objects.readable_by(actor).lock(exercise_id)
    require(can_submit, actor, exercise)
    require_verified(actor)
    if check is not None:
        check(exercise)
    if exercise.shown_status not in (Status.DRAFT, Status.REJECTED):
        raise WrongStatus(state=exercise.shown_status)
    with said_by(actor.user_id, actor.via):
        _save(exercise, status=Status.PENDING, submitted_at=timezone.now())
    look_at(actor, exercise)
    return exercise


@transaction.atomic
def delete_exercise(actor: Actor, exercise_id: UUID, *, check: Check | None = None) -> None:
    """Take an exercise out of sight: one's own until it is in the library; what is there only moderators.

    Workouts and templates that use it keep it.
    """
    exercise: Exercise = Exercise.objects.readable_by(actor).filter(deleted_at=None).lock(exercise_id)
    if not is_own_work(actor, exercise):
        archive(actor, exercise, "", check)
        return
    if check is not None:
        check(exercise)
    with said_by(actor.user_id, actor.via):
        _save(exercise, deleted_at=timezone.now())


def archive(actor: Actor, exercise: Exercise, reason: str, check: Check | None) -> None:
    """Take a locked exercise out of the library; nothing, where it is out already."""
    if not actor.is_moderator:
        raise Forbidden()
    if check is not None:
        check(exercise)
    if exercise.status == Status.ARCHIVED:
        return
    if exercise.status != Status.APPROVED:
        raise WrongStatus(state=exercise.shown_status)
    with said_by(actor.user_id, actor.via, reason):
        _save(exercise, status=Status.ARCHIVED)
    tell(record(actor, exercise, Verdict.ARCHIVED, reason=reason), exercise.owner_id, "archived", exercise)


@transaction.atomic
def restore_exercise(actor: Actor, exercise_id: UUID, *, check: Check | None = None, reason: str = "") -> Exercise:
    """Bring an exercise back: one's own that one deleted; what was archived only moderators, into the library.

    One that is there stays as it is. What was merged into another does not come back.
    """
    exercise: Exercise = Exercise.objects.readable_by(actor).lock(exercise_id)
    if not (actor.is_moderator or is_own_work(actor, exercise)):
        raise Forbidden()
    if check is not None:
        check(exercise)
    if exercise.merged_into_id is not None:
        raise WrongStatus(state=exercise.shown_status, merged_into=exercise.merged_into_id)
    with said_by(actor.user_id, actor.via, reason):
        if exercise.deleted_at is not None:
            _save(exercise, deleted_at=None)
        elif exercise.status == Status.ARCHIVED:
            _save(exercise, status=Status.APPROVED, slug=slug_in_library(exercise))
            tell(record(actor, exercise, Verdict.RESTORED, reason=reason), exercise.owner_id, "restored", exercise)
    return exercise


def revert_exercise(actor: Actor, exercise_id: UUID, version: int, *, check: Check | None = None) -> Exercise:
    """Make an exercise say again what it said at a version, as a new one; 404 where there is none of this number.

    Where it stands, its address and its media stay; variations that are gone since do not come back.
    """
    with transaction.atomic():
        if not Exercise.objects.readable_by(actor).filter(pk=exercise_id).exists():
            raise NotFound()
        event = ExerciseEvent.objects.filter(pgh_obj=exercise_id, version=version).order_by("-pgh_id").values().first()
        then = {} if event is None else content_at(exercise_id, version, event)
        exercise = Exercise.objects.readable_by(actor).lock(exercise_id, *involved(exercise_id, then))
        require(can_edit, actor, exercise)
        if event is None:
            raise NotFound()
        _require_there(actor, exercise)
        if check is not None:
            check(exercise)
        offered = Exercise.objects.visible_to(actor).exclude(pk=exercise_id)
        if exercise.status == Status.APPROVED:
            offered = offered.filter(status=Status.APPROVED)
        there = set(offered.filter(pk__in=[one["id"] for one in then[VARIATIONS]]).values_list("pk", flat=True))
        then[VARIATIONS] = [one for one in then[VARIATIONS] if UUID(one["id"]) in there]
        with said_by(actor.user_id, actor.via, f"Back to version {version}"):
            changed = write_content(exercise, {field: then.get(field) for field in {*content_now(exercise), *then}})
        if changed and exercise.status == Status.PENDING:
            look_at(actor, exercise)
        if changed and not is_own_work(actor, exercise):
            record(actor, exercise, Verdict.REVERTED, reason=f"Back to version {version}")
        return exercise


# ── What these share ─────────────────────────────────────────────────────────────────────────────


def look_at(actor: Actor, exercise: Exercise) -> None:
    """Note what is found by itself about an exercise that waits for moderators, as it is now."""
    findings = [finding.shape() for finding in findings_of(actor, exercise)]
    Submission.objects.update_or_create(exercise=exercise, defaults={"version": exercise.version, "findings": findings})


def findings_of(actor: Actor, exercise: Exercise) -> list[Finding]:
    """What is noticed about an exercise as it is now, beside the library and what waits for it. In a transaction."""
    among = "e.deleted_at IS NULL AND e.status IN ('approved', 'pending')"
    return find(content_now(exercise), near_duplicates(actor, exercise.name, itself=exercise.pk, among=among))


def slug_in_library(exercise: Exercise) -> str:
    """Its address where the library has no other exercise under it, else the next one made of its name."""
    if not Exercise.objects.filter(slug=exercise.slug).exclude(pk=exercise.pk).shared().exists():
        return exercise.slug
    return free_slug(exercise.name, itself=exercise.pk, owner_id=exercise.owner_id)


def _require_there(actor: Actor, exercise: Exercise) -> None:
    """Refuse to edit what is deleted; moderators still mend what they archived."""
    if exercise.deleted_at is not None or (exercise.status == Status.ARCHIVED and not actor.is_moderator):
        raise WrongStatus(state=exercise.shown_status)


def _save(exercise: Exercise, **values: Any) -> None:
    for name, value in values.items():
        setattr(exercise, name, value)
    exercise.save(update_fields=[*values])
    exercise.refresh_from_db(fields=["version"])


def _columns(said: Mapping[str, Any]) -> dict[str, Any]:
    """Values of the API as columns keep them: what is not said of a word is an empty text."""
    return {name: "" if value is None and name != "met" else value for name, value in said.items() if name in COLUMNS}


def _same(actor: Actor, exercise_id: UUID, wanted: Content) -> Exercise:
    """The exercise that was made under this id, if it was made by the actor of this body."""
    exercise = Exercise.objects.filter(pk=exercise_id, owner=actor.user_id, deleted_at=None).first()
    first = ExerciseEvent.objects.filter(pgh_obj=exercise_id, version=1).order_by("-pgh_id").values().first()
    if exercise is None or first is None:
        raise IdTaken()
    made = content_at(exercise_id, 1, first)
    if {**made, "form_profile": None} != {**wanted, "form_profile": None}:
        raise IdTaken()
    return exercise


def _insert(exercise: Exercise) -> None:
    """Write a new exercise under an address that is free."""
    for _ in range(TRIES):
        exercise.slug = free_slug(exercise.name, itself=exercise.pk, owner_id=exercise.owner_id)
        try:
            with transaction.atomic():
                exercise.save(force_insert=True)
            return
        except IntegrityError:
            if Exercise.objects.filter(pk=exercise.pk).exists():
                raise IdTaken() from None  # somebody else's, made this instant
    raise IdTaken()


def _refuse_duplicate(actor: Actor, exercise: Exercise, name: str | None = None) -> None:
    candidates = near_duplicates(actor, name or exercise.name, itself=exercise.pk)
    if candidates:
        raise Duplicate(candidates=[one.shape() for one in candidates])


def _by_language(exercise: Exercise, said: Mapping[str, Any], language: str | None) -> Content:
    """The fields that a body changes, its texts in the language that it names."""
    if language in (None, exercise.language):
        return dict(said)
    assert language is not None  # noqa: S101  so says the line above
    texts = {name: said[name] for name in TEXTS if name in said}
    if texts and "name" not in texts and not exercise.translations.filter(language=language).exists():
        raise Invalid(errors=[error("/name", "required", "A text in another language begins with a name.")])
    others = {name: value for name, value in said.items() if name not in TEXTS}
    return others | {translated(language, name): value for name, value in texts.items()}
