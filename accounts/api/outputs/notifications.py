"""Notifications, and devices that take push messages."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from rest_framework import serializers

from accounts import enums
from accounts.api.outputs.avatars import AvatarOutput, avatar_shape
from accounts.api.outputs.people import PersonOutput
from accounts.models import PushDevice, User
from accounts.texts import wording
from accounts.vapid import public_key
from fitai.common.actors import Actor

Row = Mapping[str, Any]


class ActorOutput(PersonOutput):
    avatar = AvatarOutput(allow_null=True, help_text="null while there is none")


class NotificationOutput(serializers.Serializer):
    id = serializers.UUIDField()
    kind = serializers.ChoiceField(enums.NotificationKind.choices)
    title = serializers.CharField(help_text="one line, in the person's language")
    body = serializers.CharField(help_text="may be empty")
    count = serializers.IntegerField(min_value=1, help_text="happenings that it tells of")
    actors = ActorOutput(many=True, help_text="who did it: the latest, three at most")
    params = serializers.DictField(help_text="what it is about: ids and titles, by kind")
    created_at = serializers.DateTimeField()
    happened_at = serializers.DateTimeField(help_text="of the latest happening; the order of the list")
    read_at = serializers.DateTimeField(allow_null=True)


class NotificationPage(serializers.Serializer):
    results = NotificationOutput(many=True)
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    unread = serializers.IntegerField(min_value=0, help_text="of all, not of this page")


class ReadOutput(serializers.Serializer):
    unread = serializers.IntegerField(min_value=0, help_text="that are left")


class PushDeviceOutput(serializers.Serializer):
    id = serializers.UUIDField()
    name = serializers.CharField()
    service = serializers.CharField(help_text="host of its push service")
    current = serializers.BooleanField(help_text="subscribed by the device that asks")
    created_at = serializers.DateTimeField()
    last_sent_at = serializers.DateTimeField(allow_null=True, help_text="when its push service last took a message")


class PushDevicePage(serializers.Serializer):
    results = PushDeviceOutput(many=True)
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    public_key = serializers.CharField(
        allow_null=True, help_text="`applicationServerKey` to subscribe with; null where this server pushes nothing"
    )


NOTIFICATION_COLUMNS = (
    *("id", "kind", "count", "actor_ids", "params", "created_at", "happened_at", "read_at"),
    "user__language",
)


def notification_shapes(rows: Sequence[Row], actor: Actor) -> list[dict[str, Any]]:
    """Notifications as their owner sees them: who is not heard is not named."""
    wanted = {pk for row in rows for pk in row["actor_ids"]}
    people = User.objects.heard_by(actor).filter(pk__in=wanted).values("id", "username", "display_name", "avatar")
    cards = {
        row["id"]: {
            **row,
            "display_name": row["display_name"] or row["username"],
            "avatar": avatar_shape(row, actor.user_id),
        }
        for row in people
    }
    return [notification_shape(row, [cards[pk] for pk in row["actor_ids"] if pk in cards]) for row in rows]


def notification_shape(row: Row, actors: list[dict[str, Any]]) -> dict[str, Any]:
    name = actors[0]["display_name"] if actors else None
    title, body = wording(row["kind"], row["user__language"], name=name, count=row["count"], params=row["params"])
    same = ("id", "kind", "count", "params", "created_at", "happened_at", "read_at")
    return {**{column: row[column] for column in same}, "title": title, "body": body, "actors": actors}


PUSH_DEVICE_COLUMNS = ("id", "name", "endpoint", "session_id", "created_at", "last_sent_at")


def push_device_shapes(rows: Sequence[Row], *, current: UUID | None) -> list[dict[str, Any]]:
    """Devices as their owner sees them, without what it takes to send to them."""
    return [
        {
            **{column: row[column] for column in ("id", "name", "created_at", "last_sent_at")},
            "service": urlsplit(row["endpoint"]).hostname or "",
            "current": current is not None and row["session_id"] == current,
        }
        for row in rows
    ]


def push_device_shape(device: PushDevice, *, current: UUID | None) -> dict[str, Any]:
    row = {column: getattr(device, column) for column in PUSH_DEVICE_COLUMNS}
    return push_device_shapes([row], current=current)[0]


def push_key() -> dict[str, str | None]:
    return {"public_key": public_key()}
