"""Reading groups, and who is in them, as somebody sees them."""

from collections.abc import Collection, Iterable
from typing import Any, cast
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from accounts.api.outputs.cards import CARD_COLUMNS
from accounts.models import User
from fitai.common.actors import Actor
from workouts.models import GroupMember

MEMBERSHIP_COLUMNS = (
    "group_id", "invited_at", "joined_at", "group__name", "group__seq", "group__owner_id", "group__created_at",
)  # fmt: skip
MEMBER_COLUMNS = ("group_id", "invited_at", "joined_at", "workout_id", *(f"user__{name}" for name in CARD_COLUMNS))
LATEST_FIRST = ("-invited_at", "-group_id")


def memberships(actor: Actor) -> QuerySet[GroupMember, dict[str, Any]]:
    """The actor's part in each of their groups, with what the group is."""
    return GroupMember.objects.standing(actor).values(*MEMBERSHIP_COLUMNS)


def members_seen(actor: Actor, group_ids: Collection[UUID]) -> Any:
    """The members and invited people of groups whom the actor sees."""
    return GroupMember.objects.filter(group__in=group_ids, user__in=User.objects.visible_to(actor))


def with_sight(actor: Actor, group_id: UUID) -> Iterable[tuple[Any, ...]]:
    """Everybody in a group or invited: (id, when they joined, workout, when that was deleted, whether the actor sees
    them)."""
    seen = Exists(User.objects.visible_to(actor).filter(pk=OuterRef("user")))
    rows: Any = GroupMember.objects.filter(group=group_id).annotate(seen=seen)
    columns = ("user_id", "joined_at", "workout_id", "workout__deleted_at", "seen")
    return cast("Iterable[tuple[Any, ...]]", rows.values_list(*columns))
