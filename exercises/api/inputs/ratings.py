"""What clients send to rate an exercise."""

from rest_framework import serializers


class RateInput(serializers.Serializer):
    """Stars for an exercise."""

    stars = serializers.IntegerField(min_value=1, max_value=5)
    comment = serializers.CharField(
        required=False,
        allow_null=True,
        allow_blank=True,
        max_length=1000,
        help_text="for yourself and for moderators alone; left out it stays as it was, null takes it back",
    )

    def validate_comment(self, comment: str | None) -> str:
        return comment or ""
