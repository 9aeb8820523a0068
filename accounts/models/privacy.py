"""Copies of what is kept about people, and who was removed."""

import hashlib
from typing import Self
from uuid import UUID

from django.db import models
from django.utils import timezone

from accounts.models.people import User


class DataExport(models.Model):
    """A copy of everything about a person, made for them. Its id is that of the job that makes it."""

    id = models.UUIDField(primary_key=True)
    user = models.ForeignKey(User, models.CASCADE, related_name="data_exports", db_index=False)
    file = models.CharField(max_length=200, blank=True, help_text="in the storage, once it is made")
    size = models.PositiveBigIntegerField(null=True, blank=True, help_text="bytes")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(fields=["user", "-created_at"], name="data_export_latest"),
            models.Index(fields=["created_at"], name="data_export_age"),
        ]

    def __str__(self) -> str:
        return f"{self.created_at:%Y-%m-%d %H:%M}"

    @property
    def folder(self) -> str:
        """Of the storage; all of its files are in it."""
        return f"exports/{self.pk}"


class DeletedAccount(models.Model):
    """The deletion list: an account that was removed for good, so that an older backup does not bring it back.

    It names nobody: `digest` is met again only by who holds the account's id, as a backup does.
    """

    digest = models.CharField(primary_key=True, max_length=64, help_text="SHA-256 of the account's id")
    removed_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.digest

    @classmethod
    def of(cls, user_id: UUID) -> Self:
        return cls(digest=hashlib.sha256(user_id.bytes).hexdigest())
