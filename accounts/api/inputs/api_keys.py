"""What people send to make keys."""

from rest_framework import serializers

from accounts.api.inputs.fields import Line, Password, validate_distinct
from fitai.common.scopes import Scope


class ApiKeyInput(serializers.Serializer):
    name = Line(max_length=60, help_text="what the key is for")
    scopes = serializers.ListField(
        child=serializers.ChoiceField(Scope.choices),
        min_length=1,
        max_length=len(Scope),
        validators=[validate_distinct],
        help_text="what it may do, and no more than its owner",
    )
    expires_at = serializers.DateTimeField(required=False, allow_null=True, help_text="never, where there is none")
    password = Password(required=False, help_text="needed unless the log-in is younger than 10 minutes")
