"""What clients get: the shapes of people, devices and preferences, and their schema."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from allauth.account.models import EmailAddress
from django.db.models import Exists, OuterRef
from rest_framework import serializers

from accounts import enums
from accounts.api.inputs import Username
from accounts.models import Preferences, Profile, User
from accounts.operations.profile import height_cm
from accounts.preferences import notification_matrix
from fitai.common.rendering import plain

Row = Mapping[str, Any]


class PersonOutput(serializers.Serializer):
    id = serializers.UUIDField()
    username = Username()
    display_name = serializers.CharField(help_text="the username while none is given")


class RegisteredOutput(PersonOutput):
    email = serializers.EmailField()


def registered_shape(user: User) -> dict[str, Any]:
    """A new account as its maker sees it."""
    return {"id": user.pk, "username": user.username, "email": user.email, "display_name": user.shown_name}


class MeOutput(PersonOutput):
    email = serializers.CharField(help_text="empty when the address turned out to be somebody else's")
    email_verified = serializers.BooleanField()
    role = serializers.ChoiceField(enums.Role.choices)
    language = serializers.ChoiceField(enums.Language.choices)


class TokensOutput(serializers.Serializer):
    access = serializers.CharField(help_text="for `Authorization: Bearer`; 15 minutes")
    refresh = serializers.CharField(help_text="works once; 30 days since last use, 180 in all")


class LoginOutput(TokensOutput):
    user = MeOutput()


def me_shape(user: User, *, email_verified: bool) -> dict[str, Any]:
    """Somebody who has just logged in."""
    extra = {"email_verified": email_verified, "role": user.role, "language": user.language}
    return registered_shape(user) | extra


class VerifiedOutput(serializers.Serializer):
    email = serializers.EmailField()
    email_verified = serializers.BooleanField()


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


class PlaceOutput(serializers.Serializer):
    latitude = serializers.DecimalField(4, 2)
    longitude = serializers.DecimalField(5, 2)


class ProfileOutput(PersonOutput):
    email = serializers.CharField(help_text="empty when the address turned out to be somebody else's")
    email_verified = serializers.BooleanField()
    role = serializers.ChoiceField(enums.Role.choices)
    date_joined = serializers.DateTimeField()
    bio = serializers.CharField(allow_null=True)
    birth_date = serializers.DateField(allow_null=True)
    sex = serializers.ChoiceField(enums.Sex.choices, allow_null=True)
    height = serializers.DecimalField(5, 2, allow_null=True, help_text="as entered")
    height_unit = serializers.ChoiceField(enums.LengthUnit.choices)
    height_cm = serializers.DecimalField(5, 1, allow_null=True)
    experience = serializers.ChoiceField(enums.Experience.choices, allow_null=True)
    goals = serializers.ListField(child=serializers.ChoiceField(enums.TrainingGoal.choices))
    equipment = serializers.ListField(child=serializers.ChoiceField(enums.OwnedEquipment.choices))
    injuries = serializers.ListField(child=serializers.ChoiceField(enums.Injury.choices))
    time_zone = serializers.CharField()
    city = serializers.CharField(allow_null=True)
    place = PlaceOutput(allow_null=True)


def read_profile(user_id: UUID) -> dict[str, Any]:
    """Somebody's own profile, in one statement."""
    verified = Exists(EmailAddress.objects.filter(user_id=OuterRef("user_id"), verified=True))
    account = ("username", "email", "display_name", "role", "date_joined")
    columns = [field.attname for field in Profile._meta.concrete_fields] + [f"user__{name}" for name in account]
    return profile_shape(
        Profile.objects.annotate(email_verified=verified).values(*columns, "email_verified").get(pk=user_id)
    )


def profile_shape(row: Row) -> dict[str, Any]:
    """A profile as its owner sees it."""
    place = {"latitude": plain(row["latitude"]), "longitude": plain(row["longitude"])}
    return {
        "id": row["user_id"],
        "username": row["user__username"],
        "email": row["user__email"],
        "email_verified": row["email_verified"],
        "display_name": row["user__display_name"] or row["user__username"],
        "role": row["user__role"],
        "date_joined": row["user__date_joined"],
        "bio": row["bio"] or None,
        "birth_date": row["birth_date"],
        "sex": row["sex"] or None,
        "height": plain(row["height"]),
        "height_unit": row["height_unit"],
        "height_cm": plain(height_cm(row["height"], row["height_unit"])),
        "experience": row["experience"] or None,
        "goals": row["goals"],
        "equipment": row["equipment"],
        "injuries": row["injuries"],
        "time_zone": row["time_zone"],
        "city": row["city"] or None,
        "place": None if row["latitude"] is None else place,
    }


class UnitsOutput(serializers.Serializer):
    weight = serializers.ChoiceField(enums.WeightUnit.choices)
    distance = serializers.ChoiceField(enums.DistanceUnit.choices)
    height = serializers.ChoiceField(enums.LengthUnit.choices)


class ChannelsOutput(serializers.Serializer):
    in_app = serializers.BooleanField()
    email = serializers.BooleanField()
    push = serializers.BooleanField()


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
