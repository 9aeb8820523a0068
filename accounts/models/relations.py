"""How people stand to each other."""

from typing import Any
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.enums import ConsentArea
from accounts.models.people import User
from accounts.querysets import CoachingQuerySet
from fitai.common.ids import uuid7


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
        indexes = [models.Index(fields=["blocker", "-created_at", "-blocked"], name="block_latest")]

    def __str__(self) -> str:
        return f"{self.blocker_id} blocks {self.blocked_id}"


FRIENDS, ASKED = Q(accepted_at__isnull=False), Q(accepted_at=None)


class Friendship(models.Model):
    """Two people who are friends, or one who asked and one who has not answered: one row a pair, `low` < `high`.

    A request that was declined stays, out of sight of who declined it: the requester still sees it wait, and asking
    again tells nobody. Taken back, it is `withdrawn` and only remembers the refusal. No request outlives its retention.
    """

    low = models.ForeignKey(User, models.CASCADE, related_name="friendships_low", db_index=False)
    high = models.ForeignKey(User, models.CASCADE, related_name="friendships_high")
    requester = models.ForeignKey(
        User, models.DO_NOTHING, related_name="+", db_index=False, db_constraint=False, help_text="one of the two"
    )
    created_at = models.DateTimeField(default=timezone.now)
    accepted_at = models.DateTimeField(null=True, blank=True, help_text="null while it is a request")
    declined_at = models.DateTimeField(null=True, blank=True)
    withdrawn = models.BooleanField(default=False, help_text="taken back after it was declined")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["low", "high"], name="friendship_one_a_pair"),
            models.CheckConstraint(condition=Q(low__lt=F("high")), name="friendship_order"),
            models.CheckConstraint(
                condition=Q(requester=F("low")) | Q(requester=F("high")), name="friendship_requester"
            ),
            models.CheckConstraint(condition=ASKED | Q(declined_at=None), name="friendship_one_answer"),
            models.CheckConstraint(
                condition=Q(withdrawn=False) | Q(declined_at__isnull=False), name="friendship_withdrawn"
            ),
        ]
        # A page of friends or of requests reads one of these from each side.
        indexes = [
            models.Index(fields=["low", "-accepted_at", "-high"], name="friendship_low", condition=FRIENDS),
            models.Index(fields=["high", "-accepted_at", "-low"], name="friendship_high", condition=FRIENDS),
            models.Index(fields=["low", "-created_at", "-high"], name="friendship_low_asked", condition=ASKED),
            models.Index(fields=["high", "-created_at", "-low"], name="friendship_high_asked", condition=ASKED),
            models.Index(fields=["created_at"], name="friendship_lapsing", condition=ASKED),
        ]

    def __str__(self) -> str:
        return f"{self.low_id} and {self.high_id}"

    @staticmethod
    def pair(one: UUID, other: UUID) -> dict[str, Any]:
        """The columns that name two people in their order."""
        low, high = sorted((one, other))
        return {"low_id": low, "high_id": high}


class Mute(models.Model):
    """Somebody does not want to be shown somebody else, who does not learn of it."""

    user = models.ForeignKey(User, models.CASCADE, related_name="mutes_made", db_index=False)
    muted = models.ForeignKey(User, models.CASCADE, related_name="mutes_received")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "muted"], name="mute_once"),
            models.CheckConstraint(condition=~Q(user=F("muted")), name="mute_another"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} mutes {self.muted_id}"


class Coaching(models.Model):
    """A client lets a coach see some areas of their training, from the coach's yes until either ends it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    client = models.ForeignKey(User, models.CASCADE, related_name="coachings_as_client", db_index=False)
    coach = models.ForeignKey(User, models.CASCADE, related_name="coachings_as_coach", db_index=False)
    areas = ArrayField(models.CharField(max_length=20, choices=ConsentArea), help_text="what the coach may see")
    invited_areas = ArrayField(
        models.CharField(max_length=20, choices=ConsentArea),
        default=list,
        help_text="what the invitation said; tells a repeated one",
    )
    created_at = models.DateTimeField(default=timezone.now)
    accepted_at = models.DateTimeField(null=True, blank=True, help_text="null while it is an invitation")
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = CoachingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(areas__len__gt=0, areas__contained_by=ConsentArea.values), name="coaching_areas"
            ),
            models.UniqueConstraint(fields=["client", "coach"], name="coaching_one_a_pair", condition=Q(ended_at=None)),
            models.CheckConstraint(condition=~Q(client=F("coach")), name="coaching_another"),
        ]
        indexes = [
            models.Index(fields=["coach", "-created_at", "-id"], name="coaching_coach", condition=Q(ended_at=None)),
            models.Index(fields=["client", "-created_at", "-id"], name="coaching_client", condition=Q(ended_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.coach_id} coaches {self.client_id}"
