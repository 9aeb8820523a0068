"""Preferences whole: the choices of a person over the defaults."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.conf import settings
from rest_framework import serializers

from accounts import enums
from accounts.models import Preferences
from accounts.preferences import notification_matrix
from fitai.common.rendering import plain

Row = Mapping[str, Any]


class UnitsOutput(serializers.Serializer):
    weight = serializers.ChoiceField(enums.WeightUnit.choices)
    distance = serializers.ChoiceField(enums.DistanceUnit.choices)
    height = serializers.ChoiceField(enums.LengthUnit.choices)


class ChannelsOutput(serializers.Serializer):
    """A member for each channel of the settings."""

    def get_fields(self) -> dict[str, serializers.Field]:
        return {name: serializers.BooleanField() for name in settings.NOTIFICATION_CHANNELS}


NotificationsOutput = type(
    "NotificationsOutput",
    (serializers.Serializer,),
    {kind.value: ChannelsOutput() for kind in enums.NotificationKind},
)


class QuietHoursOutput(serializers.Serializer):
    start = serializers.RegexField(r"^\d\d:\d\d$")
    end = serializers.RegexField(r"^\d\d:\d\d$")


class PrivacyOutput(serializers.Serializer):
    profile = serializers.ChoiceField(enums.Audience.choices)
    workouts = serializers.ChoiceField(enums.Audience.choices)
    metrics = serializers.ChoiceField(enums.Audience.choices)
    search = serializers.ChoiceField(enums.Audience.choices)


class PlateSizesOutput(serializers.Serializer):
    kg = serializers.ListField(child=serializers.DecimalField(5, 3))
    lb = serializers.ListField(child=serializers.DecimalField(5, 3))


class PreferencesOutput(serializers.Serializer):
    units = UnitsOutput()
    language = serializers.ChoiceField(enums.Language.choices)
    notifications = NotificationsOutput()
    quiet_hours = QuietHoursOutput(allow_null=True)
    privacy = PrivacyOutput()
    rest_timer_seconds = serializers.IntegerField()
    plate_sizes = PlateSizesOutput()
    first_weekday = serializers.IntegerField(min_value=1, max_value=7)


def read_preferences(user_id: UUID) -> dict[str, Any]:
    """Somebody's own preferences, in one statement."""
    columns = [field.attname for field in Preferences._meta.concrete_fields]
    return preferences_shape(Preferences.objects.values(*columns, "user__language").get(pk=user_id))


def preferences_shape(row: Row) -> dict[str, Any]:
    """Preferences whole: the person's choices over the defaults."""
    quiet = row["quiet_from"] is not None
    return {
        "units": {"weight": row["weight_unit"], "distance": row["distance_unit"], "height": row["height_unit"]},
        "language": row["user__language"],
        "notifications": notification_matrix(row["notifications"]),
        "quiet_hours": {"start": f"{row['quiet_from']:%H:%M}", "end": f"{row['quiet_until']:%H:%M}"} if quiet else None,
        "privacy": {part: row[f"privacy_{part}"] for part in ("profile", "workouts", "metrics", "search")},
        "rest_timer_seconds": row["rest_timer_seconds"],
        "plate_sizes": {unit: [plain(size) for size in row[f"plate_sizes_{unit}"]] for unit in ("kg", "lb")},
        "first_weekday": row["first_weekday"],
    }
