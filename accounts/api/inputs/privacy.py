"""What people send to take their data along, or to leave."""

from rest_framework import serializers

from accounts.api.inputs.fields import Password


class AccountDeletionInput(serializers.Serializer):
    password = Password(required=False, help_text="not needed within 10 minutes of logging in")


class ExportInput(serializers.Serializer):
    """No members."""
