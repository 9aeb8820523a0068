"""Second factors on their way. Those that are on are allauth's `Authenticator` rows."""

from datetime import timedelta

from django.db import models
from django.utils import timezone

from accounts.models.people import User

PENDING = timedelta(minutes=15)


class PendingFactor(models.Model):
    """A secret that somebody has been shown, until they prove that their app has it."""

    user = models.OneToOneField(User, models.CASCADE, primary_key=True, related_name="pending_factor")
    secret = models.TextField(help_text="sealed")
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"pending factor of {self.user_id}"

    @property
    def is_live(self) -> bool:
        return self.created_at > timezone.now() - PENDING
