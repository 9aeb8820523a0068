"""The filters of the list."""

from rest_framework import serializers

from exercises.enums import Difficulty, Equipment, Kind, Muscle, Pattern, Tracking


class ListInput(serializers.Serializer):
    """The filters of the list."""

    muscle = serializers.ChoiceField(Muscle.choices, required=False, help_text="a primary muscle")
    equipment = serializers.ChoiceField(Equipment.choices, required=False)
    kind = serializers.ChoiceField(Kind.choices, required=False)
    difficulty = serializers.ChoiceField(Difficulty.choices, required=False)
    pattern = serializers.ChoiceField(Pattern.choices, required=False)
    tracking = serializers.ChoiceField(Tracking.choices, required=False)
    q = serializers.CharField(
        required=False,
        max_length=200,
        help_text="words that must be there; the search ranks and forgives",
    )


class OpenedInput(serializers.Serializer):
    search_id = serializers.UUIDField(required=False, help_text="of the search whose result was opened")
