"""Other people, as lists show them and as their page does."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef
from rest_framework import serializers

from accounts import enums
from accounts.api.outputs.avatars import AvatarOutput, avatar_shape
from accounts.api.outputs.people import PersonOutput
from accounts.models import User
from accounts.rows.relations import Standing, read_standings
from accounts.rows.search import Found
from fitai.common.actors import Actor
from fitai.common.problems import NotFound

Row = Mapping[str, Any]


class CardOutput(PersonOutput):
    """What everybody may see of a person whom they can see at all."""

    avatar = AvatarOutput(allow_null=True, help_text="null while there is none")
    relation = serializers.ChoiceField(enums.Relation.choices, help_text="what this person is to the caller")


CARD_COLUMNS = ("id", "username", "display_name", "avatar")


def card_shape(row: Row, standing: Standing, viewer_id: UUID) -> dict[str, Any]:
    """A card, for one viewer. `row` has `CARD_COLUMNS`."""
    return {
        "id": row["id"],
        "username": row["username"],
        "display_name": row["display_name"] or row["username"],
        "avatar": avatar_shape(row, viewer_id),
        "relation": standing.relation.value,
    }


class MutualOutput(CardOutput):
    mutual_friends = serializers.IntegerField(
        min_value=0, allow_null=True, help_text="null while the caller may not read the person's profile"
    )
    muted = serializers.BooleanField(help_text="by the caller; the person does not know")


def mutual_shape(row: Row, standing: Standing, viewer_id: UUID) -> dict[str, Any]:
    """A card with what its reader and the person have in common."""
    return {
        **card_shape(row, standing, viewer_id),
        "mutual_friends": standing.mutual_friends,
        "muted": standing.muted,
    }


class FriendOutput(MutualOutput):
    friends_since = serializers.DateTimeField()


class FriendRequestOutput(MutualOutput):
    requested_at = serializers.DateTimeField()


class BlockedOutput(CardOutput):
    blocked_at = serializers.DateTimeField()


def page_of(item: type[serializers.Serializer], name: str) -> type[serializers.Serializer]:
    """The serializer of a list."""
    fields = {
        "results": item(many=True),
        "next": serializers.URLField(allow_null=True),
        "previous": serializers.URLField(allow_null=True),
    }
    return type(name, (serializers.Serializer,), fields)


FriendPage = page_of(FriendOutput, "FriendPage")
FriendRequestPage = page_of(FriendRequestOutput, "FriendRequestPage")
BlockedPage = page_of(BlockedOutput, "BlockedPage")
CardPage = page_of(CardOutput, "CardPage")


def friend_shapes(actor: Actor, rows: Sequence[Row], *, time: str) -> list[dict[str, Any]]:
    """Friends or requests of a page; `time` names the member that says since when."""
    standings = read_standings(actor, [row["id"] for row in rows])
    return [{**mutual_shape(row, standings[row["id"]], actor.user_id), time: row["at"]} for row in rows]


UNRELATED = Standing(enums.Relation.NONE, muted=False, mutual_friends=0)  # whoever is blocked


BLOCKED_COLUMNS = ("blocker_id", "blocked_id", "created_at", *(f"blocked__{name}" for name in CARD_COLUMNS))


def blocked_shape(row: Row) -> dict[str, Any]:
    """Somebody as who blocked them sees them: by name alone. `row` has `BLOCKED_COLUMNS`."""
    card = card_shape(
        {**{name: row[f"blocked__{name}"] for name in CARD_COLUMNS}, "avatar": ""}, UNRELATED, row["blocker_id"]
    )
    return {**card, "blocked_at": row["created_at"]}


def blocked_shapes(rows: Iterable[Row]) -> list[dict[str, Any]]:
    return [blocked_shape(row) for row in rows]


def found_shapes(actor: Actor, people: Sequence[Found]) -> list[dict[str, Any]]:
    """People whom a search found."""
    standings = read_standings(actor, [person.id for person in people])
    return [
        card_shape({name: getattr(person, name) for name in CARD_COLUMNS}, standings[person.id], actor.user_id)
        for person in people
    ]


class OpenProfileOutput(serializers.Serializer):
    """What somebody lets the caller read of their profile."""

    bio = serializers.CharField(allow_null=True)
    experience = serializers.ChoiceField(enums.Experience.choices, allow_null=True)
    goals = serializers.ListField(child=serializers.ChoiceField(enums.TrainingGoal.choices))
    city = serializers.CharField(allow_null=True)
    member_since = serializers.DateField()
    mutual_friends = serializers.IntegerField(min_value=0)


class PersonPageOutput(CardOutput):
    muted = serializers.BooleanField(help_text="by the caller; the person does not know")
    profile = OpenProfileOutput(allow_null=True, help_text="null when the caller may not read it")


TOLD = ("bio", "experience", "goals", "city")


def read_card(actor: Actor, user_id: UUID) -> dict[str, Any]:
    """The card of somebody whom the actor sees, else 404."""
    row = User.objects.visible_to(actor).filter(pk=user_id).values(*CARD_COLUMNS).first()
    if row is None:
        raise NotFound()
    return mutual_shape(row, read_standings(actor, [user_id])[user_id], actor.user_id)


def read_person(actor: Actor, user_id: UUID) -> dict[str, Any]:
    """Somebody as the actor may see them, else 404. Two statements."""
    open_to_actor = Exists(User.objects.open_to(actor).filter(pk=OuterRef("pk")))
    columns = [*CARD_COLUMNS, "date_joined", *(f"profile__{name}" for name in TOLD)]
    people: Any = User.objects.visible_to(actor).annotate(is_open=open_to_actor)
    row = people.filter(pk=user_id).values(*columns, "is_open").first()
    if row is None:
        raise NotFound()
    standing = read_standings(actor, [user_id])[user_id]
    return {
        **card_shape(row, standing, actor.user_id),
        "muted": standing.muted,
        "profile": _open_profile(row, standing) if row["is_open"] else None,
    }


def _open_profile(row: Row, standing: Standing) -> dict[str, Any]:
    return {
        "bio": row["profile__bio"] or None,
        "experience": row["profile__experience"] or None,
        "goals": row["profile__goals"],
        "city": row["profile__city"] or None,
        "member_since": row["date_joined"].date(),
        "mutual_friends": standing.mutual_friends,
    }
