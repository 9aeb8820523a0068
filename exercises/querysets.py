"""Which exercises somebody sees."""

from typing import Any, Self
from uuid import UUID

from django.db.models import Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from exercises.enums import Status
from fitai.common.actors import Actor

# `visible_to` over the table `e` for the actor `me`, for the reads that are too hot to compose anew each time.
# What was merged into another is offered to nobody: that other one stands for it.
VISIBLE = "e.deleted_at IS NULL AND (e.status = 'approved' OR (e.owner_id = %(me)s AND e.merged_into_id IS NULL))"
# What is answered by its id or slug: also what was in the library once, and one's own that one has deleted. Workouts
# and templates may hold either, and both are shown as archived.
READABLE = f"""(({VISIBLE}) OR (e.deleted_at IS NULL AND e.status = 'archived')
  OR (e.deleted_at IS NOT NULL AND e.owner_id = %(me)s))"""


class ExerciseQuerySet(QuerySet[Any, Any]):
    def visible_to(self, actor: Actor) -> Self:
        """What the library offers to everybody, and one's own."""
        own = Q(owner_id=actor.user_id, merged_into=None)
        return self.filter(Q(status=Status.APPROVED) | own, deleted_at=None)

    def meant_by(self, exercise_id: UUID) -> Self:
        """The exercise of this id, or that into which it was merged."""
        merged_into = self.model.objects.filter(pk=exercise_id).values("merged_into")
        return self.filter(pk=Coalesce(Subquery(merged_into), Value(exercise_id)))

    def to_merge(self, actor: Actor) -> Self:
        """What may be looked at to be merged: for moderators also what was offered to the library or was in it, and
        what is nobody's."""
        if not actor.is_moderator:
            return self.visible_to(actor)
        offered = Q(status__in=(Status.APPROVED, Status.PENDING, Status.ARCHIVED))
        return self.filter(offered | Q(owner=None), deleted_at=None)
