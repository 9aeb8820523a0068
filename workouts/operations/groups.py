"""Training together: people in a group see each other's sets, each trains in a workout of their own.

Every verb locks the group, so that of two at once the later one sees what the earlier has done; inviting holds the
people before. What happens is told in the group's stream, and whoever may see less than before is asked anew on open
sockets.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

import orjson
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from accounts.enums import NotificationKind
from accounts.errors import Yourself
from accounts.models import Coaching, Mute, User
from accounts.operations.notifications import notify, settle
from accounts.querysets import friends_of
from fitai.common.actors import Actor, require
from fitai.common.events import announce, announce_access_changed, wire
from fitai.common.ids import uuid7
from fitai.common.models import Event
from fitai.common.problems import IdTaken, Invalid, NotFound, error, not_found_in_body
from fitai.common.throttling import charge
from workouts.core.operations import written
from workouts.errors import GroupFull
from workouts.models import SEATS, Group, GroupMember, Workout
from workouts.policies import can_delete_group, can_invite, can_remove_member

OPEN_INVITATIONS: Final = 50
"""So many people at most are invited to a group and have not answered."""


@transaction.atomic
def create_group(
    actor: Actor,
    *,
    name: str = "",
    workout_id: UUID | None = None,
    invited: Sequence[UUID] = (),
    id: UUID | None = None,
) -> Group:
    """Make a group, as its first member, and invite people. The same chosen id and body again is the same group; 409
    `id_taken` for anything else under it."""
    if invited:
        _hold(actor, invited)
    digest = _digest(actor, name, workout_id, invited)
    known = None if id is None else Group.objects.filter(pk=id).first()
    if known is not None:
        if known.digest != digest or not Group.objects.joined_by(actor).filter(pk=known.pk).exists():
            raise IdTaken()
        return known
    _require_own_workout(actor, workout_id)
    group = Group(id=id or uuid7(), owner_id=actor.user_id, name=name, digest=digest)
    try:
        with transaction.atomic():
            group.save(force_insert=True)
    except IntegrityError:
        raise IdTaken() from None  # somebody else's, made this instant
    now = group.created_at
    member = GroupMember(
        group=group, user_id=actor.user_id, invited_at=now, joined_at=now, seat=0, workout_id=workout_id
    )
    member.save(force_insert=True)
    _tell(group, "member.joined", member, actor)
    _invite(actor, group, invited)
    group.save(update_fields=["seq", "touched_at"])
    return group


def _digest(actor: Actor, name: str, workout_id: UUID | None, invited: Iterable[UUID]) -> str:
    asked = orjson.dumps([actor.user_id, name, workout_id, sorted(invited)])
    return hashlib.blake2b(asked, digest_size=16).hexdigest()


@transaction.atomic
def invite_to_group(actor: Actor, group_id: UUID, *, user_ids: Sequence[UUID]) -> Group:
    """Ask friends, one's coach or clients to train along. Who is in it, or invited, is asked no second time."""
    _hold(actor, user_ids)
    group = _lock(actor, group_id)
    require(can_invite, actor, group)
    _invite(actor, group, user_ids)
    group.save(update_fields=["seq", "touched_at"])
    return group


def require_part(actor: Actor, group_id: UUID) -> None:
    """404 for a group that the actor neither has joined nor is invited to."""
    if not Group.objects.visible_to(actor).filter(pk=group_id).exists():
        raise NotFound()


def require_may_invite(actor: Actor, group_id: UUID) -> None:
    """The same, and 403 for who has not joined it."""
    require_part(actor, group_id)
    require(can_invite, actor, Group(pk=group_id))


def _lock(actor: Actor, group_id: UUID) -> Group:
    """The group, locked; 404 for who has no part in it, also where that ended while we waited."""
    group: Group = Group.objects.visible_to(actor).lock(group_id)
    if not GroupMember.objects.standing(actor).filter(group=group).exists():
        raise NotFound()
    return group


def _hold(actor: Actor, user_ids: Iterable[UUID]) -> None:
    """Hold the people, so that what they are to each other stays so."""
    User.objects.filter(pk__in=[actor.user_id, *user_ids]).hold()


def _invite(actor: Actor, group: Group, user_ids: Sequence[UUID]) -> None:
    """Invite people who are held, of a group that is locked."""
    _require_acquainted(actor, user_ids)
    GroupMember.objects.void().filter(group=group, user__in=user_ids).delete()
    present = set(GroupMember.objects.filter(group=group).values_list("user_id", flat=True))
    new = sorted(set(user_ids) - present)
    if not new:
        return
    if GroupMember.objects.filter(group=group, joined_at=None).count() + len(new) > OPEN_INVITATIONS:
        raise GroupFull(f"At most {OPEN_INVITATIONS} people are invited and have not answered.")
    charge("group-invitation", str(actor.user_id), len(new))
    group.touched_at = now = timezone.now()
    invitations = [GroupMember(group=group, user_id=id, invited_by_id=actor.user_id, invited_at=now) for id in new]
    GroupMember.objects.bulk_create(invitations)
    for invitation in invitations:
        _tell(group, "member.invited", invitation, actor)
    muting = set(Mute.objects.filter(user__in=new, muted=actor.user_id).values_list("user_id", flat=True))
    for id in new:  # in the order of ids, as their clocks are taken
        if id not in muting:
            notify(
                id,
                NotificationKind.GROUP,
                dedupe_key=f"group-invitation:{group.pk}:{actor.user_id}:{now.date()}",
                actor_id=actor.user_id,
                params={"what": "invited", "group_id": str(group.pk)},
            )


def _require_acquainted(actor: Actor, user_ids: Sequence[UUID]) -> None:
    """422 with a pointer to each whom the actor cannot see, or is neither a friend, nor coach or client, of."""
    people = User.objects.visible_to(actor).filter(pk__in=user_ids)
    seen = set(people.values_list("pk", flat=True))
    coached = Coaching.objects.open().filter(accepted_at__isnull=False)
    theirs = Q(pk__in=coached.filter(coach=actor.user_id).values("client")) | Q(
        pk__in=coached.filter(client=actor.user_id).values("coach")
    )
    acquainted = set(people.filter(theirs | friends_of(actor.user_id)).values_list("pk", flat=True))
    errors: list[dict[str, str]] = []
    for index, id in enumerate(user_ids):
        pointer = f"/user_ids/{index}"
        if id == actor.user_id:
            raise Yourself(errors=[error(pointer, "yourself", "Name other people.")])
        if id not in seen:
            errors.append(error(pointer, "not_found", "There is no such person."))
        elif id not in acquainted:
            errors.append(error(pointer, "not_a_friend", "Only friends, and coach and client, train together."))
    if errors:
        raise Invalid(errors=errors)


@transaction.atomic
def join_group(actor: Actor, group_id: UUID, *, values: Mapping[str, Any]) -> Group:
    """Come in on an invitation, or stay in; with `workout_id` the others see that workout from now on, or with null
    none. Joining twice is joining once. 409 while every seat is taken."""
    group = _lock(actor, group_id)
    member = GroupMember.objects.standing(actor).get(group=group)
    _require_own_workout(actor, values.get("workout_id"))
    came = member.joined_at is None
    if came:
        member.joined_at, member.seat = timezone.now(), _free_seat(group)
    before, member.workout_id = member.workout_id, values.get("workout_id", member.workout_id)
    if not came and member.workout_id == before:
        return group
    member.save(update_fields=["joined_at", "seat", "workout"])
    group.touched_at = timezone.now()
    _tell(group, "member.joined" if came else "member.changed", member, actor)
    group.save(update_fields=["seq", "touched_at"])
    announce_access_changed(actor.user_id)
    if came and member.invited_by_id is not None:
        _settle(member)
    return group


def _free_seat(group: Group) -> int:
    taken = set(GroupMember.objects.joined().filter(group=group).values_list("seat", flat=True))
    free = [seat for seat in range(SEATS) if seat not in taken]
    if not free:
        raise GroupFull(f"At most {SEATS} people train together.")
    return free[0]


def _require_own_workout(actor: Actor, workout_id: UUID | None) -> None:
    if workout_id is not None and not Workout.objects.own(actor).present().filter(pk=workout_id).exists():
        raise not_found_in_body("/workout_id", "workout")


@transaction.atomic
def leave_group(actor: Actor, group_id: UUID, *, user_id: UUID | None = None) -> Group | None:
    """Go, decline an invitation, or, as its owner, take somebody out: neither sees anything of the other from now on.
    Of a group that its owner leaves, whoever came first after them is the owner; the last one to leave ends it (None).

    404 for who is not in it; 422 for a named person who is not, 403 for naming another as a mere member.
    """
    group = _lock(actor, group_id)
    named = user_id is not None and user_id != actor.user_id
    if named:
        require(can_remove_member, actor, group)
    member = GroupMember.objects.filter(group=group, user=user_id if named else actor.user_id).first()
    if member is None:
        raise not_found_in_body("/user_id", "member")
    member.delete()
    remaining = GroupMember.objects.joined().filter(group=group).order_by("joined_at", "pk")
    heir = remaining.first()
    if heir is None:
        end_group(group)
        return None
    group.touched_at = timezone.now()
    _tell(group, "member.left", member, actor)
    if group.owner_id == member.user_id:
        group.owner_id = heir.user_id
        _tell(group, "group.passed", heir, actor)
    group.save(update_fields=["seq", "touched_at", "owner"])
    announce_access_changed(member.user_id)
    if member.joined_at is None:
        _settle(member)
    return group


@transaction.atomic
def delete_group(actor: Actor, group_id: UUID) -> None:
    """End a group, as its owner. The workouts stay, each with its own."""
    group = _lock(actor, group_id)
    require(can_delete_group, actor, group)
    end_group(group)


def end_group(group: Group) -> None:
    """Let go of a group that is locked."""
    members = list(GroupMember.objects.filter(group=group).order_by("user_id"))
    announce_access_changed(group.pk)
    for member in members:
        if member.joined_at is not None:
            announce_access_changed(member.user_id)
    Event.objects.filter(stream=group.stream).delete()
    group.delete()
    for member in members:  # in the order of ids, as their clocks are taken
        if member.joined_at is None:
            _settle(member)


def _settle(member: GroupMember) -> None:
    """The invitation needs no answer any more."""
    if member.invited_by_id is not None:
        settle(
            member.user_id,
            NotificationKind.GROUP,
            actor_id=member.invited_by_id,
            what="invited",
            group_id=str(member.group_id),
        )


def _tell(group: Group, type: str, member: GroupMember, actor: Actor) -> None:
    """Append to the stream of a group that is locked; the event is about this member."""
    group.seq += 1
    event = Event.objects.create(
        stream=group.stream,
        seq=group.seq,
        type=type,
        at=timezone.now(),
        device_id="server",
        actor_id=actor.user_id,
        user_id=member.user_id,
        payload={
            "user_id": str(member.user_id),
            "invited_at": written(member.invited_at),
            "joined_at": member.joined_at and written(member.joined_at),
            "workout_id": member.workout_id and str(member.workout_id),
        },
    )
    announce(group.stream, group.seq, wire(event))
