"""What clients may send."""

import unicodedata
from decimal import ROUND_HALF_EVEN, Decimal
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.db.models import TextChoices
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts import enums
from accounts.models import USERNAME

PASSWORD_LENGTH = 4096
BIDI_CONTROLS = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def validate_line(value: str) -> None:
    """One line that shows as it is written: no breaks, no control characters, nothing that turns its direction."""
    if any(unicodedata.category(char) in ("Cc", "Zl", "Zp") or char in BIDI_CONTROLS for char in value):
        raise ValidationError("Only characters that can be seen.", code="control_character")


@cache
def time_zones() -> frozenset[str]:
    return frozenset(available_timezones())


def validate_time_zone(value: str) -> None:
    if value not in time_zones():
        raise ValidationError("There is no such time zone. Send an IANA name, as Europe/Berlin.", code="unknown")


def validate_distinct(values: list[object]) -> None:
    if len(set(values)) != len(values):
        raise ValidationError("Name each once.", code="repeated")


class Line(serializers.CharField):
    """A short text of one line."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.validators.append(validate_line)


class Password(serializers.CharField):
    """Any characters, spaces and emoji too; bounded before anything hashes it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            **{"max_length": PASSWORD_LENGTH, "trim_whitespace": False, "style": {"input_type": "password"}, **kwargs}
        )


class Username(serializers.RegexField):
    """3 to 30 letters, digits, `.`, `_` and `-`, with a letter or digit at both ends."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(USERNAME, **{"min_length": 3, "max_length": 30, **kwargs})


class RegisterInput(serializers.Serializer):
    email = serializers.EmailField(max_length=254)
    username = Username()
    password = Password()
    display_name = Line(max_length=60, required=False, allow_blank=True)


class LoginInput(serializers.Serializer):
    login = serializers.CharField(max_length=254, help_text="username or e-mail address")
    password = Password()
    restore = serializers.BooleanField(default=False, help_text="take back the deletion of the account")
    device_name = Line(max_length=60, required=False, allow_blank=True)


class RefreshInput(serializers.Serializer):
    refresh = serializers.CharField(max_length=2048)


class EverywhereQuery(serializers.Serializer):
    everywhere = serializers.BooleanField(default=False)


class KeyQuery(serializers.Serializer):
    key = serializers.CharField(max_length=200)


class EmailInput(serializers.Serializer):
    email = serializers.EmailField(max_length=254)


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


def many_of(choices: type[TextChoices]) -> serializers.ListField:
    """A set of words, replaced whole."""
    return serializers.ListField(
        child=serializers.ChoiceField(choices.choices),
        allow_null=True,
        required=False,
        max_length=len(choices),
        validators=[validate_distinct],
    )


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


class UnitsInput(serializers.Serializer):
    weight = serializers.ChoiceField(enums.WeightUnit.choices, required=False, allow_null=True)
    distance = serializers.ChoiceField(enums.DistanceUnit.choices, required=False, allow_null=True)
    height = serializers.ChoiceField(enums.LengthUnit.choices, required=False, allow_null=True)


class ChannelsInput(serializers.Serializer):
    in_app = serializers.BooleanField(required=False, allow_null=True)
    email = serializers.BooleanField(required=False, allow_null=True)
    push = serializers.BooleanField(required=False, allow_null=True)


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
