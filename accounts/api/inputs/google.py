"""What is sent to log in through Google."""

from typing import Any

from rest_framework import serializers

from accounts.api.inputs.fields import Line, Password

TOKEN_LENGTH = 8192
PKCE = r"^[A-Za-z0-9._~-]{43,128}$"


class BeginQuery(serializers.Serializer):
    next = serializers.CharField(
        max_length=2000, required=False, help_text="the page to end at, one of those of this server; else its first"
    )
    code_challenge = serializers.RegexField(
        r"^[A-Za-z0-9_-]{43}$",
        required=False,
        help_text="S256 of a verifier that the app keeps: only it can use the code",
    )


class CallbackQuery(serializers.Serializer):
    """Google may send more than it is asked for; what is not known here is left alone."""

    state = serializers.CharField(max_length=200, required=False)
    code = serializers.CharField(max_length=2000, required=False)
    error = serializers.CharField(max_length=200, required=False)


class DeviceInput(serializers.Serializer):
    device_name = Line(max_length=60, required=False, allow_blank=True)
    restore = serializers.BooleanField(default=False, help_text="take back the deletion of the account")


class ExchangeInput(DeviceInput):
    code = serializers.CharField(max_length=200)
    code_verifier = serializers.RegexField(PKCE, required=False, help_text="of the `code_challenge` it began with")


class IdTokenInput(DeviceInput):
    id_token = serializers.CharField(max_length=TOKEN_LENGTH)
    nonce = serializers.CharField(max_length=200, required=False, help_text="the one in the token; works once")


class LinkInput(serializers.Serializer):
    """An ID token of a native app, or the code of a browser flow that began with a challenge."""

    id_token = serializers.CharField(max_length=TOKEN_LENGTH, required=False)
    nonce = serializers.CharField(max_length=200, required=False)
    code = serializers.CharField(max_length=200, required=False)
    code_verifier = serializers.RegexField(PKCE, required=False, help_text="goes with `code`")
    password = Password(required=False, help_text="unless the log-in is younger than 10 minutes")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("id_token" in attrs) == ("code" in attrs):
            raise serializers.ValidationError({"id_token": ["Send either this or `code`."]}, code="one_of")
        # A code that anybody may use could be slipped to somebody, and would open their account to a stranger.
        if "code" in attrs and "code_verifier" not in attrs:
            raise serializers.ValidationError({"code_verifier": ["Send it with `code`."]}, code="required")
        return attrs


class UnlinkInput(serializers.Serializer):
    password = Password(required=False, help_text="unless the log-in is younger than 10 minutes")
