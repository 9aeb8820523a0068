"""Keys, as their owner sees them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from rest_framework import serializers

from accounts.models import ApiKey
from accounts.session_cache import uses_of
from fitai.common.scopes import Scope

Row = Mapping[str, Any]


class ApiKeyOutput(serializers.Serializer):
    id = serializers.UUIDField()
    name = serializers.CharField()
    prefix = serializers.CharField(help_text="the part of the key that may be seen")
    scopes = serializers.ListField(child=serializers.ChoiceField(Scope.choices))
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(allow_null=True, help_text="null: never")
    last_used_at = serializers.DateTimeField(allow_null=True, help_text="to the minute")


class NewApiKeyOutput(ApiKeyOutput):
    key = serializers.CharField(help_text="for `Authorization: Api-Key`; shown this once")


class ApiKeyPage(serializers.Serializer):
    results = ApiKeyOutput(many=True)
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)


COLUMNS = ("id", "name", "prefix", "scopes", "created_at", "expires_at", "last_used_at")


def key_shapes(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Keys with their last use, which may not be in their rows yet."""
    latest = uses_of([row["prefix"] for row in rows])
    return [{**row, "last_used_at": _later(row["last_used_at"], latest.get(row["prefix"]))} for row in rows]


def new_key_shape(key: ApiKey, text: str) -> dict[str, Any]:
    """A key that was just made, with its text."""
    return {**{name: getattr(key, name) for name in COLUMNS}, "key": text}


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    return max((moment for moment in (one, other) if moment is not None), default=None)
