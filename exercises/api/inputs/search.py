"""What to look for."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from exercises.enums import Contraindication, Difficulty, Equipment, Kind, Muscle, Sort


def one_or_more(vocabulary: Any, help_text: str) -> serializers.ListField:
    """A list of words of the vocabulary, or a single one."""

    @extend_schema_field(
        {
            "oneOf": [
                {"type": "string", "enum": vocabulary.values},
                {"type": "array", "items": {"type": "string", "enum": vocabulary.values}, "maxItems": 50},
            ],
            "description": help_text,
        }
    )
    class OneOrMore(serializers.ListField):
        child = serializers.ChoiceField(vocabulary.choices)

        def to_internal_value(self, data: Any) -> list[str]:
            return super().to_internal_value([data] if isinstance(data, str) else data)

    return OneOrMore(required=False, max_length=50)


class SearchInput(serializers.Serializer):
    """What to look for. Without a query everything is listed."""

    query = serializers.CharField(required=False, default="", allow_blank=True, max_length=200, trim_whitespace=False)
    muscles = one_or_more(Muscle, "any of these is a primary muscle")
    equipment = one_or_more(Equipment, "needs any of these")
    difficulty = one_or_more(Difficulty, "any of these")
    kind = one_or_more(Kind, "any of these")
    available_equipment = serializers.ListField(
        child=serializers.ChoiceField(Equipment.choices),
        required=False,
        allow_null=True,
        max_length=50,
        help_text="needs nothing else; body weight is always at hand",
    )
    injuries = one_or_more(Contraindication, "leaves out what is better not done with these")
    exclude_ids = serializers.ListField(child=serializers.UUIDField(), required=False, max_length=500)
    sort = serializers.ChoiceField(Sort.choices, required=False, default=Sort.RELEVANCE.value)
    limit = serializers.IntegerField(required=False, default=20, min_value=1, max_value=100)
    cursor = serializers.CharField(
        required=False, allow_null=True, default=None, max_length=1000, help_text="`next_cursor` of the page before"
    )


class AnalyticsInput(serializers.Serializer):
    days = serializers.IntegerField(
        required=False, default=30, min_value=1, max_value=90, help_text="the last so many days (UTC), today included"
    )
