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


class MediaQuerySet(QuerySet[Any, Any]):
    def visible_to(self, actor: Actor) -> Self:
        """What is published of exercises that are, one's own, all of one's own exercises; and to moderators whatever
        does not belong to somebody's draft."""
        seen = Q(published_at__isnull=False, exercise__status=Status.APPROVED, exercise__deleted_at=None)
        own = Q(author_id=actor.user_id) | Q(exercise__owner_id=actor.user_id)
        moderated = ~Q(exercise__status=Status.DRAFT) if actor.is_moderator else Q(pk__in=[])
        return self.filter(seen | own | moderated)

    def listed(self) -> Self:
        """In the order in which they are shown."""
        return self.order_by("position", "id")
