"""What holds once in a log-in through Google."""

import hashlib
from datetime import timedelta
from typing import Any, ClassVar

from django.db import models
from django.utils import timezone

from accounts.enums import TicketKind
from fitai.common.ids import uuid7


class GoogleTicketManager(models.Manager["GoogleTicket"]):
    def issue(self, kind: TicketKind, secret: str, lifetime: timedelta, **content: Any) -> "GoogleTicket":
        """Write down what `secret` stands for; IntegrityError when it stands for something already."""
        ends_at = timezone.now() + lifetime
        return self.create(kind=kind, digest=digest_of(secret), content=content, expires_at=ends_at)

    def take(self, kind: TicketKind, secret: str) -> dict[str, Any] | None:
        """What `secret` stands for, once: in this transaction it is used up. None for any other secret."""
        found = self.select_for_update().filter(kind=kind, digest=digest_of(secret)).first()
        if found is None:
            return None
        found.delete()
        content: dict[str, Any] = found.content
        return content if found.expires_at > timezone.now() else None


class GoogleTicket(models.Model):
    """The state that a browser takes to Google, the code that it brings back to the app, the nonce of an ID token that
    was used. Each is known by its hash alone, and good once."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=5, choices=TicketKind)
    digest = models.CharField(max_length=64)
    content = models.JSONField(default=dict, blank=True)
    expires_at = models.DateTimeField()

    objects: ClassVar[GoogleTicketManager] = GoogleTicketManager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "digest"], name="google_ticket_once")]
        indexes = [models.Index(fields=["expires_at"], name="google_ticket_age")]

    def __str__(self) -> str:
        return f"{self.kind} until {self.expires_at:%Y-%m-%d %H:%M:%S}"


def digest_of(secret: str) -> str:
    """How a secret is kept: it was made by chance, so one round is enough."""
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()
