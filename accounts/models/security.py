"""What is written down about access."""

from typing import Any
from uuid import UUID

from django.db import models
from django.utils import timezone

from accounts.enums import SecurityEventKind
from accounts.models.people import User
from fitai.common.ids import uuid7


class SecurityEvent(models.Model):
    """Something about access that an admin may have to look up later."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=30, choices=SecurityEventKind)
    user = models.ForeignKey(
        User, models.CASCADE, null=True, blank=True, related_name="security_events", db_index=False
    )
    address = models.CharField(max_length=64, blank=True)
    session_id = models.UUIDField(null=True, blank=True)
    detail = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(fields=["user", "-created_at"], name="security_event_user"),
            models.Index(fields=["address", "-created_at"], name="security_event_address"),
            models.Index(fields=["created_at"], name="security_event_age"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.created_at:%Y-%m-%d %H:%M}"

    @classmethod
    def record(
        cls,
        kind: SecurityEventKind,
        *,
        user_id: UUID | None,
        address: str = "",
        session_id: UUID | None = None,
        **detail: Any,
    ) -> None:
        """Write it down."""
        cls.objects.create(kind=kind, user_id=user_id, address=address, session_id=session_id, detail=detail)
