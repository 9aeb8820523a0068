"""Telling people what happened, and their saying that they have read it."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.channels.base import Recipient, channels, compose, read_recipient
from accounts.channels.in_app import unread_notifications
from accounts.enums import Channel, NotificationKind
from accounts.kinds import manner_of
from accounts.models import Delivery, JoinedHappening, Notification
from fitai.common.actors import Actor
from fitai.common.clock import hold_clock
from fitai.common.events import publish_to_user
from fitai.common.jobs import enqueue
from fitai.common.problems import Invalid, error

NAMED_AT_MOST: Final = 3  # people that a notification of many remembers


@transaction.atomic
def notify(
    user_id: UUID,
    kind: NotificationKind,
    *,
    dedupe_key: str,
    actor_id: UUID | None = None,
    params: Mapping[str, Any] | None = None,
    group_key: str = "",
    at: datetime | None = None,
) -> None:
    """Tell somebody, once for each `dedupe_key`, in the transaction of what happened.

    `actor_id` is the person whose doing it was; `params` fill the text of the kind, and hold no names of people. With a
    `group_key`, it joins what is unread under the same key: the list counts up, and nothing rings again. Holds the
    clock of the person, so call it late.
    """
    hold_clock(user_id)
    if _was_told(user_id, dedupe_key):
        return
    recipient = read_recipient(user_id)
    grouped = Notification.objects.filter(user_id=user_id, group_key=group_key, read_at=None) if group_key else None
    told = grouped.select_for_update(of=("self",)).first() if grouped is not None else None
    if told is not None:
        _join(told, dedupe_key, actor_id, params or {}, at or timezone.now())
        _tell(told, recipient, joined=True)
        return
    told = Notification.objects.create(
        user_id=user_id,
        kind=kind,
        actor_id=actor_id,
        actor_ids=[actor_id] if actor_id else [],
        params=params or {},
        dedupe_key=dedupe_key,
        group_key=group_key,
        listed=manner_of(kind).listed and recipient.matrix[kind].get(Channel.IN_APP, False),
        happened_at=at or timezone.now(),
    )
    _tell(told, recipient, joined=False)


def _was_told(user_id: UUID, dedupe_key: str) -> bool:
    first = Notification.objects.filter(user_id=user_id, dedupe_key=dedupe_key).values("user_id")
    joined = JoinedHappening.objects.filter(user_id=user_id, dedupe_key=dedupe_key).values("user_id")
    return first.union(joined, all=True).exists()


def _join(told: Notification, dedupe_key: str, actor_id: UUID | None, params: Mapping[str, Any], at: datetime) -> None:
    """Another happening of the group."""
    JoinedHappening.objects.create(user_id=told.user_id, notification=told, dedupe_key=dedupe_key)
    told.count += 1
    if actor_id is not None:
        told.actor_id = actor_id
        told.actor_ids = [actor_id, *(pk for pk in told.actor_ids if pk != actor_id)][:NAMED_AT_MOST]
    told.params, told.happened_at = params, max(told.happened_at, at)
    told.save(update_fields=["count", "actor", "actor_ids", "params", "happened_at"])


def _tell(told: Notification, recipient: Recipient, *, joined: bool) -> None:
    """Tell it where that is quick, and leave a job for each other way. What only joined rings nowhere."""
    messages = compose([told], recipient)
    if not messages:
        return
    deliveries = []
    for name, channel in channels().items():
        if not recipient.wants(told.kind, name):
            continue
        if channel.immediate:
            channel.deliver(messages, recipient, "")
        elif not joined:
            deliveries += [
                (channel.job, Delivery(user_id=told.user_id, notification=told, channel=name, target=target))
                for target in channel.targets(recipient)
            ]
    Delivery.objects.bulk_create(delivery for _, delivery in deliveries)
    for job, delivery in deliveries:
        key = f"{delivery.channel}:{told.pk}:{delivery.target}".rstrip(":")
        enqueue(job, {"delivery_id": str(delivery.pk)}, dedupe_key=key, user_id=told.user_id)


@transaction.atomic
def mark_read(
    actor: Actor, *, ids: Sequence[UUID] | None = None, everything: bool = False, before: datetime | None = None
) -> int:
    """Say that these are read, or all (that happened up to `before`); how many are left. Read is read: twice is once.

    An id that is not one's own refuses the whole with a pointer to it.
    """
    hold_clock(actor.user_id)
    own = Notification.objects.visible_to(actor)
    if everything:
        chosen = own if before is None else own.filter(happened_at__lte=before)
    else:
        present = set(own.filter(pk__in=ids or ()).values_list("pk", flat=True))
        unknown = [index for index, pk in enumerate(ids or ()) if pk not in present]
        if unknown:
            detail = "There is no such notification."
            raise Invalid(errors=[error(f"/ids/{index}", "not_found", detail) for index in unknown])
        chosen = own.filter(pk__in=present)
    changed = list(chosen.unread().values_list("pk", flat=True))
    Notification.objects.filter(pk__in=changed).update(read_at=timezone.now())
    left = unread_notifications(actor)
    if changed:
        _publish_read(actor.user_id, None if everything else changed, left, before=before)
    return left


def settle(user_id: UUID, kind: NotificationKind, *, actor_id: UUID, **params: Any) -> None:
    """Take as read what asked somebody for an answer that has been given or is wanted no more, in the transaction of
    that: nothing rings for it later. Holds the clock of the person, so call it late."""
    hold_clock(user_id)
    asked = Notification.objects.filter(user_id=user_id, kind=kind, actor_ids=[actor_id], read_at=None)
    settled = list(asked.filter(**{f"params__{name}": value for name, value in params.items()}))
    if settled:
        Notification.objects.filter(pk__in=[one.pk for one in settled]).update(read_at=timezone.now())
        left = unread_notifications(Actor(user_id=user_id, via="job"))
        _publish_read(user_id, [one.pk for one in settled], left)


def _publish_read(user_id: UUID, ids: Sequence[UUID] | None, unread: int, *, before: datetime | None = None) -> None:
    """To the person's devices alone, and as their own doing, whoever made it so."""
    shape = {
        "ids": None if ids is None else [str(pk) for pk in ids],
        "before": before and before.isoformat(),
        "unread": unread,
    }
    publish_to_user(user_id, "notifications_read", shape, actor_id=user_id)


@contextmanager
def unread_told(*people: UUID) -> Iterator[None]:
    """Tell each of these people how many they have not read, where what is done within changes that: who is heard.

    Holds their clocks, in the order of ids.
    """
    readers = [Actor(user_id=user_id, via="job") for user_id in sorted(people)]
    for reader in readers:
        hold_clock(reader.user_id)
    before = [unread_notifications(reader) for reader in readers]
    yield
    for reader, number in zip(readers, before, strict=True):
        if (now := unread_notifications(reader)) != number:
            _publish_read(reader.user_id, [], now)
