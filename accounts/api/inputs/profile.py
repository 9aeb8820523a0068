"""What people tell about themselves."""

from decimal import ROUND_HALF_EVEN, Decimal
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from rest_framework import serializers

from accounts import enums
from accounts.api.inputs.fields import Line, Username, many_of


@cache
def time_zones() -> frozenset[str]:
    return frozenset(available_timezones())


def validate_time_zone(value: str) -> None:
    if value not in time_zones():
        raise ValidationError("There is no such time zone. Send an IANA name, as Europe/Berlin.", code="unknown")


class CoarseDegrees(serializers.DecimalField):
    """Degrees, kept to two decimals (about a kilometre) however exact they were sent."""

    def __init__(self, limit: int, **kwargs: Any) -> None:
        self.limit = limit
        super().__init__(max_digits=None, decimal_places=None, min_value=-limit, max_value=limit, **kwargs)

    def to_internal_value(self, data: Any) -> Decimal:
        degrees = super().to_internal_value(data)
        if not -self.limit <= degrees <= self.limit:
            return degrees  # may be too large to round; the range is checked next
        return degrees.quantize(Decimal("0.01"), ROUND_HALF_EVEN)


class PlaceInput(serializers.Serializer):
    """Where somebody trains, coarse enough not to be a home address."""

    latitude = CoarseDegrees(90)
    longitude = CoarseDegrees(180)

    def to_internal_value(self, data: object) -> dict[str, Decimal]:
        values = super().to_internal_value(data)
        missing = {name: ["Send both."] for name in ("latitude", "longitude") if name not in values}
        if missing:
            raise serializers.ValidationError(missing, code="required")
        return values


class ProfileInput(serializers.Serializer):
    """Any of these; null clears."""

    username = Username(required=False)
    display_name = Line(max_length=60, required=False, allow_null=True, allow_blank=True)
    bio = serializers.CharField(max_length=500, required=False, allow_null=True, allow_blank=True)
    birth_date = serializers.DateField(required=False, allow_null=True)
    sex = serializers.ChoiceField(enums.Sex.choices, required=False, allow_null=True)
    height = serializers.DecimalField(5, 2, required=False, allow_null=True, min_value=Decimal(1))
    height_unit = serializers.ChoiceField(enums.LengthUnit.choices, required=False, help_text="of `height`; cm")
    experience = serializers.ChoiceField(enums.Experience.choices, required=False, allow_null=True)
    goals = many_of(enums.TrainingGoal)
    equipment = many_of(enums.OwnedEquipment)
    injuries = many_of(enums.Injury)
    time_zone = serializers.CharField(
        max_length=64, required=False, allow_null=True, validators=[validate_time_zone], help_text="IANA name"
    )
    city = Line(max_length=80, required=False, allow_null=True, allow_blank=True)
    place = PlaceInput(required=False, allow_null=True)
