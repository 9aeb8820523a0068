"""How what accounts remember for a time goes."""

from datetime import datetime

from accounts.models import GoogleTicket, SecurityEvent
from fitai.common.retention import delete_batch, keeps


@keeps("security_events")
def purge_security_events(before: datetime) -> int:
    return delete_batch(SecurityEvent.objects.filter(created_at__lt=before))


@keeps("google_tickets")
def purge_google_tickets(before: datetime) -> int:
    return delete_batch(GoogleTicket.objects.filter(expires_at__lt=before))
