"""Which workouts, shares and groups an actor may know of."""

from typing import Any, Self
from uuid import UUID

from django.apps import apps
from django.db import models
from django.db.models import BooleanField, Case, Exists, F, Func, OuterRef, Q, UUIDField, Value, When

from accounts.enums import ConsentArea
from accounts.models import Block, User
from accounts.querysets import BEFRIENDED, VISIBLE, open_part, own_or_coached
from fitai.common.actors import Actor
from fitai.common.problems import NotFound

OWN = "w.user_id = %(me)s AND w.deleted_at IS NULL"
"""`own().present()` as SQL over `w`, for the statements that are not composed anew; a test holds the two together."""


# The share `s` of a person `u` is open to `me`, who is another and whom `u` can be seen by.
OPEN_SHARE = f"({open_part('workouts')} AND (s.audience = 'everyone' OR {BEFRIENDED}))"
# A guest `me` may see the workout `w` of a person `u`: it is shared with them, or `u` trains in it beside them.
GUEST = f"""{VISIBLE} AND (
  EXISTS (SELECT FROM workouts_share s WHERE s.workout_id = w.id AND {OPEN_SHARE})
  OR EXISTS (SELECT FROM workouts_groupmember his JOIN workouts_groupmember mine ON mine.group_id = his.group_id
    WHERE his.workout_id = w.id AND his.user_id = u.id AND his.joined_at IS NOT NULL
      AND mine.user_id = %(me)s AND mine.joined_at IS NOT NULL))"""  # noqa: S608  fixed pieces; values are parameters


def seen_as_guest(actor: Actor) -> Func:
    """The condition that a workout of the outer query is one that the actor may see as a guest. Composed by the ORM it
    would cost several times what it costs the database."""
    asked = f"""EXISTS (SELECT FROM (VALUES (%(expressions)s)) v(id, me)
      JOIN workouts_workout w ON w.id = v.id JOIN accounts_user u ON u.id = w.user_id WHERE {GUEST % {"me": "v.me"}})"""
    return Func(F("pk"), Value(actor.user_id, UUIDField()), template=asked, output_field=BooleanField())


class WorkoutQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """What the actor may look at: their own, those of clients who let them, their coach, see workouts, those shared
        with them, and those that others train with in a group of theirs."""
        return self.filter(own_or_coached(actor, ConsentArea.WORKOUTS) | Q(seen_as_guest(actor))).present()

    def seen_by(self, actor: Actor) -> Any:
        """The same, with `whole`: whether they see all of it, as its owner and their coach do, or what guests see."""
        whole = When(own_or_coached(actor, ConsentArea.WORKOUTS), then=Value(True))
        return self.visible_to(actor).annotate(whole=Case(whole, default=False, output_field=BooleanField()))

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


class GroupQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """Those that the actor has joined, or is invited to by somebody they see."""
        return self.filter(Exists(self._members().standing(actor).filter(group=OuterRef("pk"))))

    def joined_by(self, actor: Actor) -> Self:
        return self.filter(Exists(self._members().joined().filter(group=OuterRef("pk"), user=actor.user_id)))

    def _members(self) -> Any:
        return apps.get_model("workouts", "GroupMember").objects

    def lock(self, group_id: UUID) -> Any:
        """The group, locked for the rest of the transaction; 404 when it is not among these."""
        found = self.select_for_update(of=("self",)).filter(pk=group_id).first()
        if found is None:
            raise NotFound()
        return found


class GroupMemberQuerySet(models.QuerySet[Any]):
    def joined(self) -> Self:
        return self.filter(joined_at__isnull=False)

    def standing(self, actor: Actor) -> Self:
        """What makes groups the actor's: that they joined, or were invited by somebody they see."""
        people = User.objects.visible_to(actor)
        return self.filter(Q(joined_at__isnull=False) | Q(invited_by__in=people), user=actor.user_id)

    def void(self) -> Self:
        """Invitations that say nothing to who is invited, for they do not see who made them."""
        unseen = Block.objects.filter(
            Q(blocker=OuterRef("user"), blocked=OuterRef("invited_by"))
            | Q(blocker=OuterRef("invited_by"), blocked=OuterRef("user"))
        )
        present = Q(invited_by__is_active=True, invited_by__deleted_at=None)
        return self.filter(~present | Exists(unseen), joined_at=None)
