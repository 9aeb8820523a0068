"""How people want the product to behave."""

from decimal import Decimal
from typing import Any

from django.conf import settings
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts import enums
from accounts.api.inputs.fields import validate_distinct


class UnitsInput(serializers.Serializer):
    weight = serializers.ChoiceField(enums.WeightUnit.choices, required=False, allow_null=True)
    distance = serializers.ChoiceField(enums.DistanceUnit.choices, required=False, allow_null=True)
    height = serializers.ChoiceField(enums.LengthUnit.choices, required=False, allow_null=True)


class ChannelsInput(serializers.Serializer):
    """A member for each channel of the settings."""

    def get_fields(self) -> dict[str, serializers.Field]:
        return {
            name: serializers.BooleanField(required=False, allow_null=True) for name in settings.NOTIFICATION_CHANNELS
        }


NotificationsInput = type(
    "NotificationsInput",
    (serializers.Serializer,),
    {kind.value: ChannelsInput(required=False, allow_null=True) for kind in enums.NotificationKind},
)


@extend_schema_field({"type": "string", "pattern": r"^([01]\d|2[0-3]):[0-5]\d$"})
class ClockTime(serializers.TimeField):
    """A time of day to the minute, as a clock on the wall shows it: what the schema calls a `time` has an offset."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"input_formats": ["%H:%M"], **kwargs})


class QuietHoursInput(serializers.Serializer):
    """In the person's own time zone; may run past midnight."""

    start = ClockTime(required=False)
    end = ClockTime(required=False)


class PrivacyInput(serializers.Serializer):
    profile = serializers.ChoiceField(enums.Audience.choices, required=False, allow_null=True)
    workouts = serializers.ChoiceField(enums.Audience.choices, required=False, allow_null=True)
    metrics = serializers.ChoiceField(enums.Audience.choices, required=False, allow_null=True)
    search = serializers.ChoiceField(enums.Audience.choices, required=False, allow_null=True)


def plates() -> serializers.ListField:
    """Weights of single plates in the unit of their list."""
    return serializers.ListField(
        child=serializers.DecimalField(5, 3, min_value=Decimal("0.05"), max_value=Decimal(99)),
        required=False,
        allow_null=True,
        max_length=20,
        validators=[validate_distinct],
    )


class PlateSizesInput(serializers.Serializer):
    kg = plates()
    lb = plates()


class PreferencesInput(serializers.Serializer):
    """Any of these, at any depth; null brings the default back."""

    units = UnitsInput(required=False, allow_null=True)
    language = serializers.ChoiceField(enums.Language.choices, required=False, allow_null=True)
    notifications = NotificationsInput(required=False, allow_null=True)
    quiet_hours = QuietHoursInput(required=False, allow_null=True)
    privacy = PrivacyInput(required=False, allow_null=True)
    rest_timer_seconds = serializers.IntegerField(
        required=False, allow_null=True, min_value=0, max_value=3600, help_text="0 for none"
    )
    plate_sizes = PlateSizesInput(required=False, allow_null=True)
    first_weekday = serializers.IntegerField(
        required=False, allow_null=True, min_value=1, max_value=7, help_text="ISO 8601: 1 is Monday"
    )
