"""Telling people what happened."""

from accounts.enums import NotificationKind
from accounts.models import Notification, User
from accounts.operations.notifications import notify
from fitai.common.models import Event


def test_the_same_happening_is_told_once(athlete: User, stranger: User) -> None:
    for _ in range(2):
        notify(athlete.pk, NotificationKind.FRIEND_REQUEST, dedupe_key="request:1", actor_id=stranger.pk)
    told = Notification.objects.get()
    assert (told.user_id, told.kind, told.actor_id, told.read_at) == (athlete.pk, "friend_request", stranger.pk, None)
    event = Event.objects.get(stream=f"user:{athlete.pk}")
    assert (event.type, event.payload) == ("notification", {"id": str(told.pk), "kind": "friend_request"})
