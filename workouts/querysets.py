"""Which workouts an actor may know of."""

from typing import Any, Self

from django.db import models

from accounts.enums import ConsentArea
from accounts.querysets import own_or_coached
from fitai.common.actors import Actor

OWN = "w.user_id = %(me)s AND w.deleted_at IS NULL"
"""`own().present()` as SQL over `w`, for the statements that are not composed anew; a test holds the two together."""


class WorkoutQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """What the actor may look at: their own, and those of clients who let them, their coach, see workouts. (Shared
        ones join here, and nowhere else.)"""
        return self.filter(own_or_coached(actor, ConsentArea.WORKOUTS)).present()

    def present(self) -> Self:
        """Those that are not deleted."""
        return self.filter(deleted_at__isnull=True)

    def own(self, actor: Actor) -> Self:
        """Theirs, the deleted ones too: what can be restored."""
        return self.filter(user_id=actor.user_id)


class SetQuerySet(models.QuerySet[Any]):
    def own(self, actor: Actor) -> Self:
        """The sets that show in the actor's own workouts."""
        return self.filter(user_id=actor.user_id, workout__deleted_at__isnull=True, shows=True)
