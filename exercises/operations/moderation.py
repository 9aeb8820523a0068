"""What moderators decide. Each decision is about what its moderator saw, is written down once, and told to the author.

`seen_version` is the `version` of what the moderator looked at: of the exercise, or of the proposal. What somebody else
decided meanwhile is refused with who and when (`AlreadyDecided`), what its author changed with `ChangedSince`.
"""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from exercises.content import VARIATIONS, WORDS, Content
from exercises.enums import ProposalStatus, Status, Verdict
from exercises.errors import ChangedSince, FieldsChanged, WrongStatus
from exercises.models import Decision, Exercise, Proposal, Submission, Variation
from exercises.operations.content import (
    content_now,
    free_slug,
    involved,
    is_taken,
    write_content,
    write_variations,
)
from exercises.operations.decisions import already_decided, card, record, require_reason, seen, tell
from exercises.operations.exercises import archive, look_at
from exercises.operations.proposals import lock_proposal
from exercises.operations.saying import said_by
from exercises.policies import can_approve, can_moderate
from fitai.common.actors import Actor, require
from fitai.common.problems import Invalid, NotFound, error

EDITABLE_AT_ONCE: Final = (*WORDS, "equipment", "contraindications", "unilateral", "per_hand")


@transaction.atomic
def approve_exercise(actor: Actor, exercise_id: UUID, *, seen_version: int, reason: str = "") -> Decision:
    """Let somebody's exercise into the library, under an address that it has alone; its variations point back to it."""
    exercise = _pending(actor, exercise_id, seen_version)
    require(can_approve, actor, exercise.owner_id)
    with said_by(actor.user_id, actor.via, reason):
        exercise.slug = free_slug(exercise.name, itself=exercise.pk, owner_id=exercise.owner_id)
        exercise.status = Status.APPROVED
        exercise.save(update_fields=["slug", "status"])
        write_variations(exercise, content_now(exercise)[VARIATIONS])
    return _decided(actor, exercise, Verdict.APPROVED, reason)


@transaction.atomic
def reject_exercise(actor: Actor, exercise_id: UUID, *, seen_version: int, reason: str) -> Decision:
    """Leave somebody's exercise to them alone, and say why. They can mend and submit it again."""
    exercise = _pending(actor, exercise_id, seen_version)
    reason = require_reason(reason)
    with said_by(actor.user_id, actor.via, reason):
        exercise.status = Status.REJECTED
        exercise.save(update_fields=["status"])
    return _decided(actor, exercise, Verdict.REJECTED, reason)


@transaction.atomic
def approve_proposal(
    actor: Actor, proposal_id: UUID, *, seen_version: int, confirmed_over: int | None = None, reason: str = ""
) -> Decision:
    """Make a proposed edit what the library says, in the name of its author.

    `FieldsChanged` where the same fields were edited since; `confirmed_over` is the version of the exercise that the
    moderator looked at and wants to be replaced all the same.
    """
    exercise, proposal = _proposed(actor, proposal_id, seen_version)
    require(can_approve, actor, proposal.author_id)
    if exercise.status != Status.APPROVED or exercise.deleted_at is not None:
        raise WrongStatus(state=exercise.shown_status)
    changes: Content = {**proposal.changes}
    changed = conflicts(exercise, proposal)
    if changed and confirmed_over != exercise.version:
        raise FieldsChanged(fields=changed, version=exercise.version)
    if VARIATIONS in changes:
        there = Exercise.objects.filter(status=Status.APPROVED, pk__in=[one["id"] for one in changes[VARIATIONS]])
        ids = {str(id) for id in there.values_list("pk", flat=True)}
        changes[VARIATIONS] = [one for one in changes[VARIATIONS] if one["id"] in ids]
    with said_by(proposal.author_id, "proposal", proposal.note):
        write_content(exercise, changes)
    return _settled(actor, exercise, proposal, ProposalStatus.APPROVED, reason)


@transaction.atomic
def reject_proposal(actor: Actor, proposal_id: UUID, *, seen_version: int, reason: str) -> Decision:
    """Leave the library as it is, and say why."""
    exercise, proposal = _proposed(actor, proposal_id, seen_version)
    return _settled(actor, exercise, proposal, ProposalStatus.REJECTED, require_reason(reason))


def conflicts(exercise: Exercise, proposal: Proposal) -> list[str]:
    """The fields of a proposal that say something else by now than what its author saw, and than what they want."""
    now = content_now(exercise)
    return [
        field
        for field, value in proposal.changes.items()
        if now.get(field) != proposal.before[field] and now.get(field) != value
    ]


@transaction.atomic
def archive_exercise(actor: Actor, exercise_id: UUID, *, seen_version: int, reason: str = "") -> Exercise:
    """Take an exercise out of the library. Who has it in use keeps it, and sees that it is archived."""
    exercise: Exercise = Exercise.objects.readable_by(actor).lock(exercise_id)
    require(can_moderate, actor, exercise)
    archive(actor, exercise, reason, seen(seen_version))
    return exercise


@transaction.atomic
def edit_exercise(
    actor: Actor,
    exercise_id: UUID,
    changes: Content,
    *,
    seen_version: int,
    circumstances: Mapping[str, str] | None = None,
    note: str = "",
) -> Exercise:
    """Make an exercise say this, in all of its languages and with its variations, at once. `changes` is content of
    `exercises.content`; `circumstances` are its address and its code in the compendium (`slug`, `met_code`)."""
    exercise: Exercise = Exercise.objects.readable_by(actor).lock(exercise_id, *involved(exercise_id, changes))
    require(can_moderate, actor, exercise)
    seen(seen_version)(exercise)
    beside = {name: value for name, value in (circumstances or {}).items() if getattr(exercise, name) != value}
    if "slug" in beside and is_taken(beside["slug"], itself=exercise.pk, owner_id=exercise.owner_id):
        raise Invalid(errors=[error("/slug", "taken", "Another exercise has this address.")])
    with said_by(actor.user_id, actor.via, note):
        for name, value in beside.items():
            setattr(exercise, name, value)
        exercise.save(update_fields=[*beside])
        changed = write_content(exercise, changes)
    exercise.refresh_from_db(fields=["version"])
    if changed and exercise.status == Status.PENDING:
        look_at(actor, exercise)
    if changed or beside:
        record(actor, exercise, Verdict.EDITED, reason=note)
    return exercise


@transaction.atomic
def edit_many(
    actor: Actor, seen_versions: Mapping[UUID, int], *, changes: Mapping[str, Any], reason: str = ""
) -> list[Exercise]:
    """Make many exercises the same in some fields, all or none of them. `status` approves, rejects (with a reason) or
    archives them; the other fields are those of `EDITABLE_AT_ONCE`. `seen_versions` are by id."""
    require(can_moderate, actor, None)
    _check_many(changes)
    fields = {name: value for name, value in changes.items() if name != "status"}
    related = Variation.objects.filter(exercise__in=list(seen_versions)).values_list("other", flat=True)
    Exercise.objects.lock_all([*seen_versions, *related])
    edited: list[Exercise] = []
    with said_by(actor.user_id, actor.via, reason):
        for exercise_id in sorted(seen_versions):
            exercise: Exercise = Exercise.objects.readable_by(actor).lock(exercise_id)
            seen(seen_versions[exercise_id])(exercise)
            if fields and write_content(exercise, fields):
                record(actor, exercise, Verdict.EDITED, reason=reason)
            if "status" in changes:
                _STATUSES[changes["status"]](actor, exercise, reason)
            edited.append(exercise)
    return edited


# ── What these share ─────────────────────────────────────────────────────────────────────────────


def _pending(actor: Actor, exercise_id: UUID, seen_version: int) -> Exercise:
    """A locked exercise that waits for a decision and is what the moderator saw."""
    others = Variation.objects.filter(exercise=exercise_id).values_list("other", flat=True)
    exercise: Exercise = Exercise.objects.readable_by(actor).lock(exercise_id, *others)
    require(can_moderate, actor, exercise)
    if exercise.shown_status != Status.PENDING:
        decision = exercise.decisions.order_by("-pk").first()
        if decision is None:
            raise WrongStatus(state=exercise.shown_status)
        raise already_decided(exercise.shown_status, decision.moderator_id, decision.at)
    seen(seen_version)(exercise)
    return exercise


def _decided(actor: Actor, exercise: Exercise, verdict: Verdict, reason: str) -> Decision:
    exercise.refresh_from_db(fields=["version"])
    Submission.objects.filter(exercise=exercise).delete()
    decision = record(actor, exercise, verdict, reason=reason)
    tell(decision, exercise.owner_id, verdict.value, exercise)
    return decision


def _proposed(actor: Actor, proposal_id: UUID, seen_version: int) -> tuple[Exercise, Proposal]:
    """A proposal that waits for a decision, and its exercise, both locked: the exercise first, as everywhere."""
    found = Proposal.objects.visible_to(actor).filter(pk=proposal_id).values("exercise_id", "changes").first()
    if found is None:
        raise NotFound()
    exercise: Exercise = Exercise.objects.lock(found["exercise_id"], *involved(found["exercise_id"], found["changes"]))
    proposal = lock_proposal(actor, proposal_id)
    require(can_moderate, actor, proposal)
    if proposal.status != ProposalStatus.PENDING:
        raise already_decided(proposal.status, proposal.decided_by_id, proposal.decided_at)
    if proposal.version != seen_version:
        raise ChangedSince(
            version=proposal.version, changed_by=card(proposal.author_id), changed_at=proposal.updated_at
        )
    return exercise, proposal


def _settled(actor: Actor, exercise: Exercise, proposal: Proposal, status: ProposalStatus, reason: str) -> Decision:
    proposal.status, proposal.reason = status, reason
    proposal.decided_by_id, proposal.decided_at = actor.user_id, timezone.now()
    proposal.save(update_fields=["status", "reason", "decided_by", "decided_at", "updated_at"])
    decision = record(actor, exercise, Verdict(status.value), reason=reason, proposal=proposal)
    tell(decision, proposal.author_id, f"edit_{status.value}", exercise)
    return decision


def _check_many(changes: Mapping[str, Any]) -> None:
    """Refuse fields that are not for many at once, and values that their columns do not take."""
    errors: list[dict[str, str]] = []
    columns = {column.name: column for column in Exercise._meta.concrete_fields}
    for name, value in changes.items():
        if name not in ("status", *EDITABLE_AT_ONCE):
            errors.append(error(f"/{name}", "unknown_field", "This is not for many at once."))
            continue
        try:
            columns[name].clean("" if value is None else value, None)
        except ValidationError as refused:
            errors.append(error(f"/{name}", "invalid", " ".join(refused.messages)))
    if changes.get("status", Status.APPROVED) not in _STATUSES:
        errors.append(error("/status", "invalid", f"One of {', '.join(_STATUSES)}."))
    if errors or not changes:
        raise Invalid("Nothing is to be changed." if not errors else None, errors=errors)


def _approve(actor: Actor, exercise: Exercise, reason: str) -> None:
    approve_exercise(actor, exercise.pk, seen_version=exercise.version, reason=reason)


def _reject(actor: Actor, exercise: Exercise, reason: str) -> None:
    reject_exercise(actor, exercise.pk, seen_version=exercise.version, reason=reason)


def _archive(actor: Actor, exercise: Exercise, reason: str) -> None:
    archive(actor, exercise, reason, None)


_STATUSES: Final = {Status.APPROVED: _approve, Status.REJECTED: _reject, Status.ARCHIVED: _archive}
