"""What people think of exercises."""

from decimal import Decimal

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from exercises.models.library import Exercise


def rate_exercises(name: str, operation: pgtrigger.Operation, changed: str, **referencing: str) -> pgtrigger.Trigger:
    """Work out `rating` and `rating_count` of the exercises whose ratings a statement changes (`exercises_rate`)."""
    return pgtrigger.Trigger(
        name=f"rate_{name}",
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=operation,
        referencing=pgtrigger.Referencing(**referencing),
        func=f"PERFORM exercises_rate(ARRAY({changed})); RETURN NULL;",
    )


class Rating(models.Model):
    """Somebody's stars for an exercise. The comment is for its author and for moderators alone."""

    exercise = models.ForeignKey(Exercise, models.CASCADE, related_name="ratings")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, db_index=False, related_name="+")
    stars = models.PositiveSmallIntegerField()
    comment = models.TextField(blank=True)
    weight = models.DecimalField(max_digits=3, decimal_places=2, help_text="1 of somebody who has trained it")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "exercise"], name="rating_once"),
            models.CheckConstraint(condition=Q(stars__gte=1, stars__lte=5), name="rating_stars"),
            models.CheckConstraint(condition=Q(weight__gt=0, weight__lte=1), name="rating_weight"),
        ]
        indexes = [models.Index(fields=["user"], name="rating_light", condition=Q(weight=Decimal("0.05")))]
        triggers = [
            rate_exercises("more", pgtrigger.Insert, "SELECT exercise_id FROM there", new="there"),
            rate_exercises(
                "changed",
                pgtrigger.Update,
                "SELECT exercise_id FROM was UNION SELECT exercise_id FROM there",
                old="was",
                new="there",
            ),
            rate_exercises("fewer", pgtrigger.Delete, "SELECT exercise_id FROM was", old="was"),
        ]

    def __str__(self) -> str:
        return f"{self.exercise}: {self.stars} of 5"
