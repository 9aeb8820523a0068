"""Keys of services that act for somebody."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models.people import User
from accounts.querysets import ApiKeyQuerySet
from fitai.common.ids import uuid7
from fitai.common.scopes import Scope


class ApiKey(models.Model):
    """What a service authenticates with: it acts for its owner, as far as its scopes go. Only its hash is kept."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="api_keys", db_index=False)
    name = models.CharField(max_length=60)
    prefix = models.CharField(max_length=18, unique=True, help_text="the part that may be seen; found by it")
    digest = models.BinaryField(max_length=32, help_text="SHA-256 of the whole key")
    scopes = ArrayField(models.CharField(max_length=30, choices=Scope))
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True, blank=True, help_text="null: never")
    last_used_at = models.DateTimeField(null=True, blank=True, help_text="to the minute")
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        verbose_name = "API key"
        verbose_name_plural = "API keys"
        constraints = [
            models.CheckConstraint(condition=Q(scopes__len__gt=0), name="api_key_scopes"),
        ]
        indexes = [
            models.Index(fields=["user", "-created_at", "-id"], name="api_key_kept", condition=Q(revoked_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"
