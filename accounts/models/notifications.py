"""What people are told."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.enums import NotificationKind
from accounts.models.people import User
from fitai.common.ids import uuid7


class Notification(models.Model):
    """Something that somebody should know. `params` fill the text of its kind, in the language of who reads it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="notifications", db_index=False)
    kind = models.CharField(max_length=20, choices=NotificationKind)
    actor = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+", help_text="who did it")
    params = models.JSONField(default=dict, blank=True)
    dedupe_key = models.CharField(max_length=120, help_text="the same happening is told once")
    created_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "dedupe_key"], name="notification_once")]
        indexes = [
            models.Index(fields=["user", "-created_at", "-id"], name="notification_latest"),
            models.Index(fields=["user"], name="notification_unread", condition=Q(read_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} for {self.user_id}"
