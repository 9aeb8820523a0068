"""The list in the app, and its sockets."""

from collections.abc import Mapping, Sequence
from typing import Final

from accounts.channels.base import Channel, Message, Recipient
from accounts.enums import NotificationKind, Outcome
from accounts.models import Notification
from fitai.common.actors import Actor
from fitai.common.events import publish_to_user
from fitai.common.live.channels import Part
from fitai.common.live.described import ID, INSTANT, SEQ, Shape, record
from fitai.values.fields import or_null


class InAppChannel(Channel):
    """The row stands in the list by itself; open apps learn of it on `user:me`.

    The event names nobody: it stays for weeks, longer than a name may.
    """

    immediate = True
    waits = False

    def deliver(self, messages: Sequence[Message], recipient: Recipient, target: str) -> Outcome:
        for message in messages:
            told = message.notification
            shape = {"id": str(told.pk), "kind": told.kind, "count": told.count, "unread": unread(recipient)}
            publish_to_user(recipient.user_id, "notification", shape, actor_id=told.actor_id)
        return Outcome.SENT


def unread(recipient: Recipient) -> int:
    return unread_notifications(Actor(user_id=recipient.user_id, via="job"))


def unread_notifications(actor: Actor) -> int:
    """How many somebody has not read. Right until the commit where their clock is held."""
    return Notification.objects.visible_to(actor).unread().count()


UNREAD: Final = Part(unread_notifications, SEQ, 2)
EVENTS: Final[Mapping[str, Shape]] = {
    "notification": record(
        {"id": ID, "kind": {"enum": list(NotificationKind.values)}, "count": {"type": "integer"}, "unread": SEQ}
    ),
    "notifications_read": record(
        {
            "ids": {"type": ["array", "null"], "items": ID, "description": "null: all, up to `before`"},
            "before": or_null(INSTANT),
            "unread": SEQ,
        }
    ),
}
"""What the list tells on a person's own stream."""
