"""Which exercises somebody sees."""

import re
from collections.abc import Iterable
from typing import Any, Self
from uuid import UUID

from django.db.models import BooleanField, Q, QuerySet, Subquery, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce

from exercises.enums import Status
from fitai.common.actors import Actor
from fitai.common.problems import NotFound

# `visible_to` over the table `e` for the actor `me`, for the reads that are too hot to compose anew each time.
# What was merged into another is offered to nobody: that other one stands for it.
VISIBLE = "e.deleted_at IS NULL AND (e.status = 'approved' OR (e.owner_id = %(me)s AND e.merged_into_id IS NULL))"

# What moderators look after: all that was ever shown to others, or waits for it. A draft is its owner's alone.
MODERATED = "e.status <> 'draft' AND (e.deleted_at IS NULL OR e.owner_id IS NULL)"

# What the library offers no longer, but workouts and templates may hold: what was in it, and whatever one made or has
# trained oneself. It is shown as archived.
ARCHIVED = "e.deleted_at IS NULL AND e.status = 'archived'"
HELD = f"""({ARCHIVED}) OR (e.deleted_at IS NOT NULL AND (
    e.owner_id = %(me)s
    OR EXISTS (SELECT FROM exercises_trained t WHERE t.user_id = %(me)s AND t.exercise_id = e.id)))"""


def readable(actor: Actor) -> str:
    """`readable_by` over the table `e` for the actor `me`."""
    return " OR ".join(f"({seen})" for seen in (VISIBLE, HELD, *([MODERATED] if actor.is_moderator else [])))


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

    def readable_by(self, actor: Actor) -> Self:
        """What is shown by its id: what is offered, what is archived, and to moderators what they decide."""
        condition = re.sub(r"\be\.", "exercises_exercise.", readable(actor))
        places = condition.count("%(me)s")
        said = RawSQL(condition.replace("%(me)s", "%s"), [actor.user_id] * places, BooleanField())  # noqa: S611
        return self.filter(said)

    def shared(self) -> Self:
        """What has its address for everybody: the catalogue, and what is in the library."""
        return self.filter(Q(owner=None) | Q(status=Status.APPROVED))

    def lock(self, exercise_id: UUID, *others: UUID) -> Any:
        """The exercise, locked for the rest of the transaction with those others that there are; 404 when it is not
        among these."""
        self.model.objects.lock_all([exercise_id, *others])
        found = self.filter(pk=exercise_id).first()
        if found is None:
            raise NotFound()
        return found

    def lock_all(self, ids: Iterable[UUID]) -> None:
        """Lock these for the rest of the transaction, always in the order of ids. Workouts go on referring to them."""
        rows = self.filter(pk__in=list(ids)).order_by("pk").select_for_update(of=("self",), no_key=True)
        list(rows.values_list("pk", flat=True))


class ProposalQuerySet(QuerySet[Any, Any]):
    def visible_to(self, actor: Actor) -> Self:
        """One's own, and to moderators everybody's."""
        return self if actor.is_moderator else self.filter(author_id=actor.user_id)


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
