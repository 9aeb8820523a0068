"""How people stand to each other."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models.people import User


class Block(models.Model):
    """Somebody wants to have nothing to do with somebody else: neither sees the other any more."""

    blocker = models.ForeignKey(User, models.CASCADE, related_name="blocks_made", db_index=False)
    blocked = models.ForeignKey(User, models.CASCADE, related_name="blocks_received")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["blocker", "blocked"], name="block_once"),
            models.CheckConstraint(condition=~Q(blocker=F("blocked")), name="block_another"),
        ]

    def __str__(self) -> str:
        return f"{self.blocker_id} blocks {self.blocked_id}"
