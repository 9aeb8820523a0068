"""Coachings, as both sides see them."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from rest_framework import serializers

from accounts.api.outputs.people import PersonOutput
from accounts.enums import CoachingStatus, ConsentArea
from accounts.models import Coaching

Row = Mapping[str, Any]


class CoachingOutput(serializers.Serializer):
    id = serializers.UUIDField()
    status = serializers.ChoiceField(CoachingStatus.choices)
    areas = serializers.ListField(child=serializers.ChoiceField(ConsentArea.choices), help_text="what the coach sees")
    client = PersonOutput()
    coach = PersonOutput()
    created_at = serializers.DateTimeField()
    accepted_at = serializers.DateTimeField(allow_null=True)


class CoachingPage(serializers.Serializer):
    results = CoachingOutput(many=True)
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)


PERSON = ("id", "username", "display_name")
COLUMNS = (
    "id",
    "areas",
    "created_at",
    "accepted_at",
    "ended_at",
    *(f"{side}__{name}" for side in ("client", "coach") for name in PERSON),
)


def coaching_shapes(rows: Sequence[Row]) -> list[dict[str, Any]]:
    return [coaching_shape(row) for row in rows]


def coaching_shape(row: Row) -> dict[str, Any]:
    """A coaching from its columns."""
    return {
        "id": row["id"],
        "status": _status(row),
        "areas": row["areas"],
        "client": _person(row, "client"),
        "coach": _person(row, "coach"),
        "created_at": row["created_at"],
        "accepted_at": row["accepted_at"],
    }


def read_coaching(coaching_id: UUID) -> dict[str, Any]:
    """A coaching as it stands, for whoever may see it: check before."""
    return coaching_shape(Coaching.objects.values(*COLUMNS).get(pk=coaching_id))


def _status(row: Row) -> CoachingStatus:
    if row["ended_at"] is not None:
        return CoachingStatus.ENDED
    return CoachingStatus.INVITED if row["accepted_at"] is None else CoachingStatus.ACTIVE


def _person(row: Row, side: str) -> dict[str, Any]:
    id, username, display_name = (row[f"{side}__{name}"] for name in PERSON)
    return {"id": id, "username": username, "display_name": display_name or username}
