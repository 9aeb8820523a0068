"""What people send about other people."""

from rest_framework import serializers


class PersonInput(serializers.Serializer):
    user_id = serializers.UUIDField()


class AnswerInput(serializers.Serializer):
    action = serializers.ChoiceField([("accept", "accept"), ("decline", "decline")])


class Nothing(serializers.Serializer):
    """No members."""
