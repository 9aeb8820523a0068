"""What every channel is: who is told, what they are told, and how a channel says how it went."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import ClassVar
from uuid import UUID
from zoneinfo import ZoneInfo

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db.models import OuterRef, Subquery
from django.utils.module_loading import import_string

from accounts.enums import Outcome
from accounts.models import Notification, Preferences, User
from accounts.preferences import notification_matrix
from accounts.quiet import quiet_until
from accounts.texts import wording
from fitai.common.actors import Actor


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom something is told, as they want it now. `email` is their address once it is verified."""

    user_id: UUID
    username: str
    language: str
    zone: ZoneInfo
    email: str | None
    is_present: bool
    matrix: Mapping[str, Mapping[str, bool]]
    quiet_from: time | None
    quiet_until: time | None

    def wants(self, kind: str, channel: str) -> bool:
        return self.is_present and self.matrix[kind].get(channel, False)

    def quiet_ends(self, now: datetime) -> datetime | None:
        """When their quiet hours end, or None outside of them."""
        return quiet_until(now, self.zone, self.quiet_from, self.quiet_until)


@dataclass(frozen=True, slots=True)
class Message:
    """A notification in the words of who reads it."""

    notification: Notification
    title: str
    body: str


class Channel:
    """A way to reach somebody.

    `immediate`: it tells in the transaction of what happened, so it is quick and touches nothing but the database; all
    others deliver from a job of the kind `job`, which is repeated until they answer or raise PermanentFailure. `waits`:
    quiet hours hold it back. `digest`: it tells at most once in that time, and then all that has come since.
    """

    immediate: ClassVar[bool] = False
    job: ClassVar[str] = "accounts.deliver"
    waits: ClassVar[bool] = True
    digest: ClassVar[timedelta | None] = None

    def targets(self, recipient: Recipient) -> Sequence[str]:
        """Where it leads, a delivery each: devices, or just the person."""
        return [""]

    def deliver(self, messages: Sequence[Message], recipient: Recipient, target: str) -> Outcome:
        """Tell it. More than one message is a digest."""
        raise NotImplementedError


def channels() -> dict[str, Channel]:
    """The channels of the settings, by name."""
    return {name: import_string(path)() for name, path in settings.NOTIFICATION_CHANNELS.items()}


def read_recipient(user_id: UUID) -> Recipient:
    """Somebody's wishes, in one statement."""
    proven = EmailAddress.objects.filter(user_id=OuterRef("pk"), primary=True, verified=True).values("email")[:1]
    account = ("username", "language", "is_active", "deleted_at", "profile__time_zone")
    row = (
        Preferences.objects.annotate(proven=Subquery(proven))
        .values("notifications", "quiet_from", "quiet_until", "proven", *(f"user__{name}" for name in account))
        .get(pk=user_id)
    )
    return Recipient(
        user_id=user_id,
        username=row["user__username"],
        language=row["user__language"],
        zone=ZoneInfo(row["user__profile__time_zone"]),
        email=row["proven"],
        is_present=row["user__is_active"] and row["user__deleted_at"] is None,
        matrix=notification_matrix(row["notifications"]),
        quiet_from=row["quiet_from"],
        quiet_until=row["quiet_until"],
    )


def compose(notifications: Sequence[Notification], recipient: Recipient) -> list[Message]:
    """What is told of these, without what only people did who are not heard (any more)."""
    return [
        Message(one, *wording(one.kind, recipient.language, name=names[0], count=one.count, params=one.params))
        for one, names in named(notifications, Actor(user_id=recipient.user_id, via="job"))
    ]


def named(notifications: Sequence[Notification], actor: Actor) -> list[tuple[Notification, list[str | None]]]:
    """Notifications with the names of who did it, in one statement; those of people who are not heard are left out."""
    wanted = {pk for one in notifications for pk in one.actor_ids}
    heard = User.objects.heard_by(actor).filter(pk__in=wanted).in_bulk() if wanted else {}
    found = []
    for one in notifications:
        names: list[str | None] = [heard[pk].shown_name for pk in one.actor_ids if pk in heard]
        if names or not one.actor_ids:
            found.append((one, names or [None]))
    return found
