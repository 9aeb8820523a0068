"""How groups look, and what is said to them. Each sees the people whom they see anywhere: who is on one side of a block
with them, or gone, is not there."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from rest_framework import serializers

from accounts.api.outputs.cards import CARD_COLUMNS, CardOutput, card_shape, page_of
from accounts.models import User
from accounts.rows.relations import read_standings
from fitai.common.actors import Actor
from fitai.common.problems import NotFound
from workouts.enums import Standing
from workouts.models import SEATS
from workouts.rows.groups import MEMBER_COLUMNS, members_seen, memberships

Json = dict[str, Any]
Row = Mapping[str, Any]


class MemberOutput(serializers.Serializer):
    """Somebody in a group, or invited to it."""

    user = CardOutput()
    standing = serializers.ChoiceField(Standing.choices)
    invited_at = serializers.DateTimeField()
    joined_at = serializers.DateTimeField(allow_null=True)
    workout_id = serializers.UUIDField(
        allow_null=True, help_text="what the others see of them; null while there is none, or the caller has not joined"
    )


class GroupOutput(serializers.Serializer):
    id = serializers.UUIDField()
    name = serializers.CharField(allow_null=True)
    seq = serializers.IntegerField(help_text="number of the last event of `group:<id>`")
    owner_id = serializers.UUIDField(allow_null=True, help_text="null when the caller does not see them")
    standing = serializers.ChoiceField(Standing.choices, help_text="of the caller")
    created_at = serializers.DateTimeField()
    members = MemberOutput(many=True, help_text="in the order they came; then who is invited")


GroupPage = page_of(GroupOutput, "GroupPage")


def people(**options: Any) -> serializers.ListField:
    return serializers.ListField(child=serializers.UUIDField(), max_length=SEATS, **options)


class CreateGroupInput(serializers.Serializer):
    id = serializers.UUIDField(required=False, help_text="chosen by the client")
    name = serializers.CharField(required=False, allow_null=True, allow_blank=True, max_length=100)
    workout_id = serializers.UUIDField(required=False, allow_null=True, help_text="one's own, for the others to see")
    user_ids = people(required=False, help_text="whom to invite: friends, one's coach, one's clients")


class InviteInput(serializers.Serializer):
    user_ids = people(min_length=1, help_text="friends, one's coach, one's clients")


class JoinInput(serializers.Serializer):
    workout_id = serializers.UUIDField(
        required=False, allow_null=True, help_text="one's own, in place of the one the others saw; null takes it away"
    )


class LeaveInput(serializers.Serializer):
    user_id = serializers.UUIDField(required=False, help_text="whom the owner takes out; by default oneself")


def group_shapes(actor: Actor, rows: Sequence[Row]) -> list[Json]:
    """Groups, of the actor's part in each. Two statements."""
    found = members_seen(actor, [row["group_id"] for row in rows]).order_by("joined_at", "invited_at", "pk")
    members = list(found.values(*MEMBER_COLUMNS))  # the database puts those who have not joined last
    cards = cards_of(actor, [{name: member[f"user__{name}"] for name in CARD_COLUMNS} for member in members])
    return [_group_shape(row, [m for m in members if m["group_id"] == row["group_id"]], cards) for row in rows]


def _group_shape(row: Row, members: Sequence[Row], cards: Mapping[UUID, Json]) -> Json:
    inside, owner_id = row["joined_at"] is not None, row["group__owner_id"]
    return {
        "id": row["group_id"],
        "name": row["group__name"] or None,
        "seq": row["group__seq"],
        "owner_id": owner_id if any(member["user__id"] == owner_id for member in members) else None,
        "standing": standing_of(row),
        "created_at": row["group__created_at"],
        "members": [
            member_shape(member, cards[member["user__id"]]) | ({} if inside else {"workout_id": None})
            for member in members
        ],
    }


def member_shape(row: Row, card: Json) -> Json:
    return {
        "user": card,
        "standing": standing_of(row),
        "invited_at": row["invited_at"],
        "joined_at": row["joined_at"],
        "workout_id": row["workout_id"],
    }


def standing_of(row: Row) -> str:
    return (Standing.INVITED if row["joined_at"] is None else Standing.JOINED).value


def cards_of(actor: Actor, people: Sequence[Row]) -> dict[UUID, Json]:
    """The cards of people whom the actor sees. One statement."""
    standings = read_standings(actor, {person["id"] for person in people})
    return {person["id"]: card_shape(person, standings[person["id"]], actor.user_id) for person in people}


def read_group(actor: Actor, group_id: UUID) -> Json:
    """One group as the actor sees it; 404 when they have no part in it."""
    row = memberships(actor).filter(group=group_id).first()
    if row is None:
        raise NotFound()
    return group_shapes(actor, [row])[0]


def event_shapes(actor: Actor, events: Sequence[Json]) -> list[Json]:
    """Events of a group as one of its members is told of them: what is about somebody whom they do not see has no
    content."""
    named = {UUID(event["payload"]["user_id"]) for event in events} | {event["actor_id"] for event in events}
    found = User.objects.visible_to(actor).filter(pk__in=named).values(*CARD_COLUMNS)
    cards = {str(id): card for id, card in cards_of(actor, list(found)).items()}
    return [
        {
            **event,
            "actor_id": event["actor_id"] if str(event["actor_id"]) in cards else None,
            "payload": member_shape(event["payload"], cards[told])
            if (told := event["payload"]["user_id"]) in cards
            else {},
        }
        for event in events
    ]
