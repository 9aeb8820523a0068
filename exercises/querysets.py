"""Which exercises somebody sees."""

from typing import Any, Self

from django.db.models import Q, QuerySet

from exercises.enums import Status
from fitai.common.actors import Actor

# `visible_to` over the table `e` for the actor `me`, for the reads that are too hot to compose anew each time.
VISIBLE = "e.deleted_at IS NULL AND (e.status = 'approved' OR e.owner_id = %(me)s)"


class ExerciseQuerySet(QuerySet[Any, Any]):
    def visible_to(self, actor: Actor) -> Self:
        """What the library offers to everybody, and one's own."""
        return self.filter(Q(status=Status.APPROVED) | Q(owner_id=actor.user_id), deleted_at=None)
