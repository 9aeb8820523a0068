"""People, as they are shown to themselves."""

from typing import Any

from rest_framework import serializers

from accounts import enums
from accounts.api.inputs.fields import Username
from accounts.models import User


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


def me_shape(user: User, *, email_verified: bool) -> dict[str, Any]:
    """Somebody who has just logged in."""
    extra = {"email_verified": email_verified, "role": user.role, "language": user.language}
    return registered_shape(user) | extra


class VerifiedOutput(serializers.Serializer):
    email = serializers.EmailField()
    email_verified = serializers.BooleanField()
