"""Which workouts an actor may know of."""

from typing import Any, Self

from django.db import models

from fitai.common.actors import Actor

VISIBLE = "w.user_id = %(me)s AND w.deleted_at IS NULL"
"""`visible_to` as SQL over `w`, for the statements that are not composed anew; a test holds the two together."""


class WorkoutQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """Their own that are not deleted. (Shared and coached ones join here, and nowhere else.)"""
        return self.filter(user_id=actor.user_id, deleted_at__isnull=True)

    def own(self, actor: Actor) -> Self:
        """Theirs, the deleted ones too: what can be restored."""
        return self.filter(user_id=actor.user_id)


class SetQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """The sets that show in workouts the actor may see."""
        return self.filter(user_id=actor.user_id, workout__deleted_at__isnull=True, shows=True)
