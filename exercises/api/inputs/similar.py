"""What may stand in for an exercise."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from exercises.enums import Equipment


class Commas(serializers.ListField):
    """Values in one parameter, separated by commas."""

    def to_internal_value(self, data: str) -> list[Any]:  # type: ignore[override]
        return super().to_internal_value([value for value in data.split(",") if value])


class SimilarInput(serializers.Serializer):
    available_equipment = Commas(child=serializers.ChoiceField(Equipment.choices), required=False, max_length=50)


AVAILABLE_EQUIPMENT = OpenApiParameter(
    "available_equipment",
    {"type": "array", "items": {"type": "string", "enum": Equipment.values}, "maxItems": 50},
    description="Separated by commas: what needs anything else is left out. Body weight is always at hand.",
    explode=False,
    style="form",
)
