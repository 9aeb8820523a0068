"""The window of popularity."""

from rest_framework import serializers

from exercises.enums import Window


class PopularInput(serializers.Serializer):
    window = serializers.ChoiceField(Window.choices, required=False, default=Window.MONTH.value)
