"""How what accounts remember for a time goes."""

from datetime import datetime

from accounts.models import Friendship, SecurityEvent
from fitai.common.retention import delete_batch, keeps


@keeps("security_events")
def purge_security_events(before: datetime) -> int:
    return delete_batch(SecurityEvent.objects.filter(created_at__lt=before))


@keeps("friend_requests")
def purge_friend_requests(before: datetime) -> int:
    """Declined ones go when unanswered ones do, so that the requester never learns which it was."""
    return delete_batch(Friendship.objects.filter(accepted_at=None, created_at__lt=before))
