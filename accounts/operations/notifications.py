"""Telling people what happened."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from accounts.enums import NotificationKind
from accounts.models import Notification
from fitai.common.events import publish_to_user


def notify(
    user_id: UUID,
    kind: NotificationKind,
    *,
    dedupe_key: str,
    actor_id: UUID | None = None,
    params: Mapping[str, Any] | None = None,
) -> None:
    """Tell somebody, once for each `dedupe_key`, in the transaction of what happened.

    `actor_id` is the person whose doing it was; `params` fill the text of the kind.
    """
    told = Notification(user_id=user_id, kind=kind, dedupe_key=dedupe_key, actor_id=actor_id, params=params or {})
    made = Notification.objects.bulk_create([told], ignore_conflicts=True)
    if Notification.objects.filter(pk=made[0].pk).exists():
        publish_to_user(user_id, "notification", {"id": str(told.pk), "kind": kind.value}, actor_id=actor_id)
