"""What devices send to come and go."""

from rest_framework import serializers

from accounts.api.inputs.fields import Line, Password


class LoginInput(serializers.Serializer):
    login = serializers.CharField(max_length=254, help_text="username or e-mail address")
    password = Password()
    restore = serializers.BooleanField(default=False, help_text="take back the deletion of the account")
    device_name = Line(max_length=60, required=False, allow_blank=True)


class RefreshInput(serializers.Serializer):
    refresh = serializers.CharField(max_length=2048)


class EverywhereQuery(serializers.Serializer):
    everywhere = serializers.BooleanField(default=False)
