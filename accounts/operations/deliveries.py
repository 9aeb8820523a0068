"""Bringing a notification to somebody over a channel: decided when it is delivered, not when it happened."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.channels.base import Channel, Recipient, channels, compose, read_recipient
from accounts.enums import Outcome
from accounts.kinds import manner_of
from accounts.models import Delivery, Notification, User
from fitai.common.jobs import Later, PermanentFailure

HOLD: Final = timedelta(minutes=2)
DIGEST_AT_MOST: Final = 50


def deliver(delivery_id: UUID) -> Outcome | None:
    """Deliver it, or end it as not wanted any more; what is collected with it is ended with it.

    Raises `Later` in quiet hours and until the next digest is due, and whatever the channel raises; then nothing has
    ended but what failed for good. Safe to run again: what was delivered is not delivered twice, unless the process
    died between the sending and the note of it.
    """
    delivery = Delivery.objects.select_related("notification").filter(pk=delivery_id).first()
    if delivery is None or delivery.ended_at is not None:
        return None if delivery is None else Outcome(delivery.outcome)
    recipient = read_recipient(delivery.user_id)
    channel = channels().get(delivery.channel)
    if channel is None:  # its line was taken out of the settings
        return _end([delivery.pk], Outcome.UNWANTED)
    held = _hold(delivery, recipient, channel)
    wanted = [one for one in held if _is_wanted(one.notification, recipient, delivery.channel)]
    messages = compose([one.notification for one in wanted], recipient)
    told = {message.notification.pk for message in messages}
    _end([one.pk for one in held if one.notification_id not in told], Outcome.UNWANTED)
    carried = [one.pk for one in held if one.notification_id in told]
    if not messages:
        return Outcome.UNWANTED
    try:
        outcome = channel.deliver(messages, recipient, delivery.target)
    except PermanentFailure:
        _end(carried, Outcome.REFUSED)
        raise
    except Exception:
        Delivery.objects.filter(pk__in=carried).update(held_until=None)
        raise
    _end(carried, outcome)
    return outcome if delivery.pk in carried else Outcome.UNWANTED


def _is_wanted(told: Notification, recipient: Recipient, channel: str) -> bool:
    return told.read_at is None and recipient.wants(told.kind, channel)


@transaction.atomic
def _hold(delivery: Delivery, recipient: Recipient, channel: Channel) -> list[Delivery]:
    """Take it, and for a digest what else waits for the person on this channel; nobody else sends it meanwhile."""
    now = timezone.now()
    User.objects.filter(pk=delivery.user_id).hold()
    waiting = Delivery.objects.filter(ended_at=None).select_related("notification").order_by("created_at", "pk")
    mine = list(waiting.filter(pk=delivery.pk))
    if mine and channel.digest is not None:
        same = Q(user_id=delivery.user_id, channel=delivery.channel, target=delivery.target)
        _wait_for_digest(same, now, channel.digest)
        mine += waiting.filter(same).exclude(pk=delivery.pk)[: DIGEST_AT_MOST - 1]
    quiet = recipient.quiet_ends(now) if channel.waits else None
    if quiet is not None:
        mine = [one for one in mine if not manner_of(one.notification.kind).waits]
        if manner_of(delivery.notification.kind).waits:
            raise Later(quiet)
    Delivery.objects.filter(pk__in=[one.pk for one in mine]).update(held_until=now + HOLD)
    return mine


def _wait_for_digest(same: Q, now: datetime, digest: timedelta) -> None:
    """Come back when the next digest is due, or when who sends one now has ended."""
    latest = (
        Delivery.objects.filter(same, outcome=Outcome.SENT).order_by("-ended_at").values_list("ended_at", flat=True)
    )
    last = latest.first()
    if last is not None and last + digest > now:
        raise Later(last + digest)
    sending = Delivery.objects.filter(same, ended_at=None, held_until__gt=now).order_by("-held_until")
    until = sending.values_list("held_until", flat=True).first()
    if until is not None:
        raise Later(until)


def _end(deliveries: Sequence[UUID], outcome: Outcome) -> Outcome:
    Delivery.objects.filter(pk__in=deliveries, ended_at=None).update(
        ended_at=timezone.now(), outcome=outcome, held_until=None
    )
    return outcome
