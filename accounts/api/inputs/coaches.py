"""What the routes of coaching accept."""

from typing import Any

from rest_framework import serializers

from accounts.api.inputs.fields import validate_distinct
from accounts.enums import ConsentArea, InvitationAnswer


class Areas(serializers.ListField):
    """What a coach may see: one area at least."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            child=serializers.ChoiceField(ConsentArea.choices),
            min_length=1,
            max_length=len(ConsentArea),
            validators=[validate_distinct],
            **kwargs,
        )


class InviteCoachInput(serializers.Serializer):
    id = serializers.UUIDField(required=False, help_text="of the coaching; made by the server where it is left out")
    user_id = serializers.UUIDField(help_text="somebody with the role of a coach")
    areas = Areas()


class CoachingChange(serializers.Serializer):
    """The client says `areas`, the coach `action`."""

    areas = Areas(required=False)
    action = serializers.ChoiceField(InvitationAnswer.choices, required=False)
