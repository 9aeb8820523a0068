"""Tokens and devices."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from rest_framework import serializers

from accounts.api.outputs.people import MeOutput

Row = Mapping[str, Any]


class TokensOutput(serializers.Serializer):
    access = serializers.CharField(help_text="for `Authorization: Bearer`; 15 minutes")
    refresh = serializers.CharField(help_text="works once; 30 days since last use, 180 in all")


class LoginOutput(TokensOutput):
    user = MeOutput()


class TicketOutput(serializers.Serializer):
    ticket = serializers.CharField(help_text="for `/ws/v1?ticket=`; good once within 30 seconds")
    expires_in = serializers.IntegerField(help_text="seconds")


class DeviceOutput(serializers.Serializer):
    id = serializers.UUIDField()
    name = serializers.CharField()
    address = serializers.CharField()
    user_agent = serializers.CharField()
    current = serializers.BooleanField(help_text="the device that asks")
    created_at = serializers.DateTimeField()
    last_used_at = serializers.DateTimeField(help_text="latest log-in or refresh")
    expires_at = serializers.DateTimeField()


class DevicePage(serializers.Serializer):
    results = DeviceOutput(many=True)
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)


DEVICE_COLUMNS = ("id", "name", "address", "user_agent", "created_at", "last_used_at", "expires_at")


def device_shapes(rows: Sequence[Row], *, current: UUID | None) -> list[dict[str, Any]]:
    """Devices as their owner sees them."""
    return [{**row, "current": row["id"] == current} for row in rows]
