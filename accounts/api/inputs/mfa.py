"""What people send of their second factor."""

from rest_framework import serializers

from accounts.api.inputs.fields import Line, Password


class Code(serializers.CharField):
    """Of an authenticator app, 6 digits, or a recovery code, 8; spaces and dashes in it do not matter."""

    def __init__(self) -> None:
        super().__init__(min_length=6, max_length=20)


class ReauthInput(serializers.Serializer):
    password = Password(required=False, help_text="needed unless the log-in is younger than 10 minutes")


class CodeInput(serializers.Serializer):
    code = Code()


class FactorLoginInput(serializers.Serializer):
    mfa_token = serializers.CharField(max_length=2048, help_text="of the log-in")
    code = Code()
    device_name = Line(max_length=60, required=False, allow_blank=True, help_text="as at log-in, where there is none")
