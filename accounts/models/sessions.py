"""Devices that people are logged in on."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models.people import User
from accounts.querysets import SessionQuerySet
from fitai.common.ids import uuid7


class Session(models.Model):
    """A device that somebody is logged in on. Its tokens name it as `sid`; ending it ends them.

    The pair of tokens is not kept: `refresh_jti` and `refreshed_at` say all that it takes to sign the same pair again.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="sessions", db_index=False)
    name = models.CharField(max_length=60, blank=True)
    address = models.CharField(max_length=64, help_text="of its latest log-in or refresh")
    user_agent = models.CharField(max_length=300, blank=True)
    fingerprint = models.CharField(max_length=32, help_text="hash of address, agent and name: a device known again")
    created_at = models.DateTimeField(default=timezone.now)
    last_used_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(help_text="moves with each refresh, never past `ends_at`")
    ends_at = models.DateTimeField(help_text="log-in needed after this, however often it was refreshed")
    refresh_jti = models.UUIDField(help_text="of the one refresh token that works")
    refreshed_at = models.DateTimeField(help_text="when the present pair was made")
    previous_jti = models.UUIDField(null=True, help_text="of the refresh token that was traded for the present one")
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = SessionQuerySet.as_manager()

    class Meta:
        verbose_name = "device"
        constraints = [
            models.CheckConstraint(condition=Q(expires_at__lte=F("ends_at")), name="session_absolute_end"),
        ]
        indexes = [
            models.Index(fields=["user", "-created_at", "-id"], name="session_live", condition=Q(revoked_at=None)),
            models.Index(fields=["user", "fingerprint"], name="session_known_device"),
            models.Index(fields=["expires_at"], name="session_age"),
        ]

    def __str__(self) -> str:
        return self.name or self.user_agent or self.address

    @property
    def is_live(self) -> bool:
        return self.revoked_at is None and self.expires_at > timezone.now()
