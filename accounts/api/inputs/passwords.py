"""What people send about their password."""

from rest_framework import serializers

from accounts.api.inputs.fields import Password


class ChangePasswordInput(serializers.Serializer):
    old_password = Password()
    new_password = Password()


class ResetPasswordInput(serializers.Serializer):
    key = serializers.CharField(max_length=200, help_text="of the link in the mail")
    password = Password()
