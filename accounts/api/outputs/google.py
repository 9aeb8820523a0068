"""A Google account that opens one's own."""

from typing import Any

from allauth.socialaccount.models import SocialAccount
from rest_framework import serializers


class LinkedOutput(serializers.Serializer):
    email = serializers.EmailField(help_text="the address that Google last told of it")
    linked_at = serializers.DateTimeField()


def linked_shape(account: SocialAccount) -> dict[str, Any]:
    """What somebody sees of their link."""
    return {"email": account.extra_data["email"], "linked_at": account.date_joined}
