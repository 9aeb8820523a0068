"""What newcomers send."""

from rest_framework import serializers

from accounts.api.inputs.fields import Line, Password, Username


class RegisterInput(serializers.Serializer):
    email = serializers.EmailField(max_length=254)
    username = Username()
    password = Password()
    display_name = Line(max_length=60, required=False, allow_blank=True)


class KeyQuery(serializers.Serializer):
    key = serializers.CharField(max_length=200)


class EmailInput(serializers.Serializer):
    email = serializers.EmailField(max_length=254)


class ChangeEmailInput(serializers.Serializer):
    email = serializers.EmailField(max_length=254)
    password = Password(required=False, help_text="not needed within 10 minutes of logging in")
