"""Friendship, and asking for it."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.enums import NotificationKind
from accounts.errors import FriendsAlready, Yourself
from accounts.models import Friendship, Mute, User
from accounts.operations.notifications import notify, settle
from fitai.common.actors import Actor
from fitai.common.events import announce_access_changed
from fitai.common.problems import NotFound, error, not_found_in_body
from fitai.common.throttling import charge

PERSON = "/user_id"  # where bodies name somebody


@transaction.atomic
def request_friendship(actor: Actor, user_id: UUID) -> None:
    """Ask somebody to be friends; who asks back accepts. Asking again, declined or not, changes and tells nothing."""
    hold_pair(actor, user_id)
    require_named(actor, user_id)
    pair = lock_pair(actor, user_id)
    if pair is None:
        pair = Friendship(**Friendship.pair(actor.user_id, user_id))
        _ask(actor, pair)
        _tell_of_request(actor, user_id)
    elif pair.withdrawn and pair.requester_id == actor.user_id:
        _ask(actor, pair, declined_at=pair.declined_at)
    elif pair.withdrawn:
        _ask(actor, pair)
        _tell_of_request(actor, user_id)
    elif pair.accepted_at is None and pair.requester_id != actor.user_id:
        _accept(actor, pair)


@transaction.atomic
def accept_request(actor: Actor, user_id: UUID) -> None:
    """Say yes to somebody's request, one that was declined too. Friends stay friends; 404 without a request."""
    pair = _hold_answerable(actor, user_id)
    if pair.accepted_at is None:
        _accept(actor, pair)


@transaction.atomic
def decline_request(actor: Actor, user_id: UUID) -> None:
    """Say no to somebody's request, without their learning of it. 404 without a request, 409 to a friend."""
    pair = _hold_answerable(actor, user_id)
    if pair.accepted_at is not None:
        raise FriendsAlready()
    if pair.declined_at is None:
        pair.declined_at = timezone.now()
        pair.save(update_fields=["declined_at"])
        _settle(pair)


@transaction.atomic
def end_friendship(actor: Actor, user_id: UUID) -> None:
    """End a friendship or take back one's request, without the other's learning of it; 404 where there is neither."""
    hold_pair(actor, user_id)
    require_visible(actor, user_id)
    pair = lock_pair(actor, user_id)
    if pair is None or not (pair.accepted_at or (pair.requester_id == actor.user_id and not pair.withdrawn)):
        raise NotFound()
    if pair.accepted_at is None:
        _settle(pair)
    else:
        announce_access_changed(actor.user_id)
    forget_pair(actor, pair)


def forget_pair(actor: Actor, pair: Friendship) -> None:
    """Take a friendship or request away; of a declined one its requester leaves the refusal, lest they ask anew."""
    if pair.declined_at is not None and pair.requester_id == actor.user_id:
        pair.withdrawn = True
        pair.save(update_fields=["withdrawn"])
    else:
        pair.delete()


def hold_pair(actor: Actor, user_id: UUID) -> None:
    """Lock the two for the rest of the transaction, in the order of all locks: what they are to each other stays so."""
    User.objects.filter(pk__in=(actor.user_id, user_id)).hold()


def require_visible(actor: Actor, user_id: UUID) -> None:
    """404 when the actor cannot see this person."""
    if not User.objects.visible_to(actor).filter(pk=user_id).exists():
        raise NotFound()


def require_named(actor: Actor, user_id: UUID) -> None:
    """The same of somebody whom a body names: 422, as it is for oneself."""
    if user_id == actor.user_id:
        raise Yourself(errors=[error(PERSON, "yourself", "Name another person.")])
    if not User.objects.visible_to(actor).filter(pk=user_id).exists():
        raise not_found_in_body(PERSON, "person")


def lock_pair(actor: Actor, user_id: UUID) -> Friendship | None:
    """The friendship or request of the two, which the purge does not take meanwhile either."""
    return Friendship.objects.select_for_update().filter(**Friendship.pair(actor.user_id, user_id)).first()


def _hold_answerable(actor: Actor, user_id: UUID) -> Friendship:
    hold_pair(actor, user_id)
    return require_answerable(actor, user_id)


@transaction.atomic
def require_answerable(actor: Actor, user_id: UUID) -> Friendship:
    """The request of the other, or the friendship; 404 when there is nothing to answer."""
    require_visible(actor, user_id)
    pair = lock_pair(actor, user_id)
    if pair is None or pair.withdrawn or (pair.accepted_at is None and pair.requester_id == actor.user_id):
        raise NotFound()
    return pair


def _ask(actor: Actor, pair: Friendship, *, declined_at: datetime | None = None) -> None:
    """Write a request that looks new to its requester."""
    charge("friend-request", str(actor.user_id))
    pair.requester_id, pair.created_at = actor.user_id, timezone.now()
    pair.declined_at, pair.withdrawn = declined_at, False
    pair.save()


def _accept(actor: Actor, pair: Friendship) -> None:
    pair.accepted_at, pair.declined_at, pair.withdrawn = timezone.now(), None, False
    pair.save(update_fields=["accepted_at", "declined_at", "withdrawn"])
    _settle(pair)
    key = f"friend-accepted:{pair.pk}"
    _tell(pair.requester_id, NotificationKind.FRIEND_ACCEPTED, dedupe_key=key, actor=actor)


def _settle(pair: Friendship) -> None:
    """Whoever was asked has answered, or need not."""
    asked = pair.low_id if pair.requester_id == pair.high_id else pair.high_id
    settle(asked, NotificationKind.FRIEND_REQUEST, actor_id=pair.requester_id)


def _tell_of_request(actor: Actor, user_id: UUID) -> None:
    """Once a day at most, however often a request is taken back and made anew."""
    today = timezone.now().date()
    key = f"friend-request:{actor.user_id}:{today}"
    _tell(user_id, NotificationKind.FRIEND_REQUEST, dedupe_key=key, actor=actor)


def _tell(user_id: UUID, kind: NotificationKind, *, dedupe_key: str, actor: Actor) -> None:
    """Who is muted is not heard."""
    if not Mute.objects.filter(user_id=user_id, muted_id=actor.user_id).exists():
        notify(user_id, kind, dedupe_key=dedupe_key, actor_id=actor.user_id)
