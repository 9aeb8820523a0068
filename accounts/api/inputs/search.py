"""Whom people look for."""

from decimal import Decimal
from typing import Any

from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

ME = "me"
LIMITS = (90, 180)


class Near(serializers.Field):
    """`me`, which is None here, or a latitude and a longitude with a comma between them."""

    default_error_messages = {"invalid": "Send `me`, or degrees as in 52.52,13.41."}

    def to_internal_value(self, data: Any) -> tuple[Decimal, Decimal] | None:
        if data == ME:
            return None
        parts = data.split(",")
        fields = [serializers.DecimalField(12, 9, min_value=-limit, max_value=limit) for limit in LIMITS]
        if len(parts) != len(fields):
            self.fail("invalid")
        latitude, longitude = (field.run_validation(part) for field, part in zip(fields, parts, strict=True))
        return latitude, longitude


class PeopleSearchInput(serializers.Serializer):
    q = serializers.CharField(max_length=100)
    near = Near(required=False)


SEARCH_PARAMETERS = [
    OpenApiParameter(
        "q",
        {"type": "string", "minLength": 1, "maxLength": 100},
        required=True,
        description="How a username or a name begins, at any of its words.",
    ),
    OpenApiParameter(
        "near",
        {"type": "string", "pattern": r"^(me|-?\d+(\.\d+)?,-?\d+(\.\d+)?)$"},
        description="`me`, or latitude,longitude in degrees: people around there rank before others.",
    ),
]
