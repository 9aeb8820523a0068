"""Having nothing to do with somebody, or only not being shown them. Neither is told.

What is not shown is not counted: each side's own devices are told where their number of unread notifications changes.
"""

from uuid import UUID

from django.db import transaction

from accounts.errors import Yourself
from accounts.models import Block, Mute
from accounts.operations.coaches import end_coachings_between
from accounts.operations.friends import forget_pair, hold_pair, lock_pair, require_named, require_visible
from accounts.operations.notifications import unread_told
from fitai.common.actors import Actor
from fitai.common.events import announce_access_changed
from fitai.common.problems import NotFound, error


@transaction.atomic
def block_person(actor: Actor, user_id: UUID) -> Block:
    """Neither sees the other any more; what was between them ends. Blocking twice is blocking once."""
    hold_pair(actor, user_id)
    there = Block.objects.filter(blocked__is_active=True, blocked__deleted_at=None)
    block = there.filter(blocker_id=actor.user_id, blocked_id=user_id).first()
    if block is not None:
        return block
    require_named(actor, user_id)
    with unread_told(actor.user_id, user_id):
        pair = lock_pair(actor, user_id)
        if pair is not None:
            forget_pair(actor, pair)
        end_coachings_between(actor, user_id)
        announce_access_changed(actor.user_id)
        return Block.objects.create(blocker_id=actor.user_id, blocked_id=user_id)


@transaction.atomic
def unblock_person(actor: Actor, user_id: UUID) -> None:
    """They see each other again, as strangers; 404 when somebody is not blocked."""
    hold_pair(actor, user_id)
    block = Block.objects.filter(blocker_id=actor.user_id, blocked_id=user_id).first()
    if block is None:
        raise NotFound()
    with unread_told(actor.user_id, user_id):
        block.delete()


@transaction.atomic
def mute_person(actor: Actor, user_id: UUID) -> None:
    """Leave somebody out of what the actor is shown. Muting twice is muting once."""
    require_visible(actor, user_id)
    if user_id == actor.user_id:
        raise Yourself(errors=[error("", "yourself", "Name another person.")])
    with unread_told(actor.user_id):
        Mute.objects.bulk_create([Mute(user_id=actor.user_id, muted_id=user_id)], ignore_conflicts=True)


@transaction.atomic
def unmute_person(actor: Actor, user_id: UUID) -> None:
    """Show somebody again; who is not muted is shown already."""
    require_visible(actor, user_id)
    with unread_told(actor.user_id):
        Mute.objects.filter(user_id=actor.user_id, muted_id=user_id).delete()
