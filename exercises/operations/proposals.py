"""Edits that people propose to exercises of the library."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from exercises.content import Content, ordered
from exercises.duplicates import near_duplicates
from exercises.enums import ProposalStatus
from exercises.errors import WrongStatus
from exercises.findings import find
from exercises.models import Exercise, Proposal
from exercises.operations.content import content_now
from fitai.common.actors import Actor
from fitai.common.problems import Forbidden, NotFound


def propose(actor: Actor, exercise: Exercise, changes: Content, note: str) -> Proposal | None:
    """Propose an edit of a locked exercise. While somebody's proposal waits, what they propose next joins it; what is
    back at what the exercise says leaves it. None where nothing is left to decide on."""
    now = content_now(exercise)
    pending = Proposal.objects.filter(author=actor.user_id, exercise=exercise, status=ProposalStatus.PENDING)
    proposal = pending.select_for_update(of=("self",)).first()
    wanted = {**(proposal.changes if proposal else {}), **changes}
    wanted = {field: wanted[field] for field in ordered({*wanted}) if now.get(field) != wanted[field]}
    if not wanted:
        if proposal is not None:
            _end(proposal, ProposalStatus.WITHDRAWN)
        return None
    if proposal is None:
        proposal = Proposal(exercise=exercise, author_id=actor.user_id)
    elif (proposal.changes, proposal.note) == (wanted, note or proposal.note):
        return proposal
    else:
        proposal.version += 1
    seen = proposal.before or {}
    proposal.before = {
        field: seen[field] if field in seen and field not in changes else now.get(field) for field in wanted
    }
    proposal.changes, proposal.base_version = wanted, exercise.version
    proposal.note = note or proposal.note
    proposal.findings = [finding.shape() for finding in find(now | wanted, _duplicates(actor, exercise, wanted))]
    proposal.save()
    return proposal


@transaction.atomic
def withdraw_proposal(actor: Actor, proposal_id: UUID) -> None:
    """Take one's own proposal back, while nobody has decided on it."""
    proposal = lock_proposal(actor, proposal_id)
    if proposal.author_id != actor.user_id:
        raise Forbidden()
    if proposal.status != ProposalStatus.PENDING:
        raise WrongStatus(state=proposal.status)
    _end(proposal, ProposalStatus.WITHDRAWN)


def lock_proposal(actor: Actor, proposal_id: UUID) -> Proposal:
    """A proposal that the actor sees, to be decided on in this transaction; 404 when there is none."""
    found: Proposal | None = (
        Proposal.objects.visible_to(actor).select_for_update(of=("self",)).filter(pk=proposal_id).first()
    )
    if found is None:
        raise NotFound()
    return found


def _end(proposal: Proposal, status: ProposalStatus) -> None:
    proposal.status, proposal.decided_at = status, timezone.now()
    proposal.decided_by_id = proposal.author_id
    proposal.save(update_fields=["status", "decided_at", "decided_by", "updated_at"])


def _duplicates(actor: Actor, exercise: Exercise, wanted: Content) -> list[Any]:
    return near_duplicates(actor, wanted["name"], itself=exercise.pk) if "name" in wanted else []
