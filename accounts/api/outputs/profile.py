"""A profile as its owner sees it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from allauth.account.models import EmailAddress
from django.db.models import Exists, OuterRef
from rest_framework import serializers

from accounts import enums
from accounts.api.outputs.avatars import AvatarOutput, avatar_shape
from accounts.api.outputs.people import PersonOutput
from accounts.models import Profile
from accounts.operations.profile import height_cm
from fitai.common.api import etag_of, tag_of
from fitai.common.rendering import plain

Row = Mapping[str, Any]


class PlaceOutput(serializers.Serializer):
    latitude = serializers.DecimalField(4, 2)
    longitude = serializers.DecimalField(5, 2)


class ProfileOutput(PersonOutput):
    email = serializers.CharField(help_text="empty when the address turned out to be somebody else's")
    email_verified = serializers.BooleanField()
    role = serializers.ChoiceField(enums.Role.choices)
    date_joined = serializers.DateTimeField()
    avatar = AvatarOutput(allow_null=True)
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
    account = ("username", "email", "display_name", "role", "date_joined", "avatar")
    columns = [field.attname for field in Profile._meta.concrete_fields] + [f"user__{name}" for name in account]
    return profile_shape(
        Profile.objects.annotate(email_verified=verified).values(*columns, "email_verified").get(pk=user_id)
    )


def profile_tag(shape: Mapping[str, Any]) -> str:
    """Its entity tag. The addresses of the picture change by themselves, and are no new version."""
    addresses = shape["avatar"]
    picture = addresses and addresses["64"].rpartition("/")[2]
    version = tag_of({**shape, "avatar": picture})
    return version if addresses is None else f"{version[:-1]}.{etag_of(addresses['64'])[1:]}"


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
        "avatar": avatar_shape({"id": row["user_id"], "avatar": row["user__avatar"]}, row["user_id"]),
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
