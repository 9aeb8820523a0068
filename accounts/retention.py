"""How what accounts remember for a time goes."""

from datetime import datetime

from accounts.models import Notification, SecurityEvent
from fitai.common.retention import delete_batch, keeps


@keeps("security_events")
def purge_security_events(before: datetime) -> int:
    return delete_batch(SecurityEvent.objects.filter(created_at__lt=before))


@keeps("notifications")
def purge_notifications(before: datetime) -> int:
    """Read or not, with what they tell of and how they were delivered."""
    return delete_batch(Notification.objects.filter(happened_at__lt=before))
