"""What clients send to have a plan made."""

from typing import Any

from django.db.models import TextChoices
from rest_framework import serializers

from accounts.enums import Experience, Injury, TrainingGoal
from exercises.enums import Equipment
from templates_app.planner import SPLITS


def some_of(vocabulary: type[TextChoices], **kwargs: Any) -> serializers.ListField:
    return serializers.ListField(
        child=serializers.ChoiceField(vocabulary.choices), max_length=len(vocabulary), required=False, **kwargs
    )


def wishes(help_text: str) -> serializers.ListField:
    return serializers.ListField(
        child=serializers.CharField(max_length=40), max_length=100, required=False, help_text=help_text
    )


class WishesInput(serializers.Serializer):
    """Ids of exercises and names of muscles."""

    like = wishes("exercises to take where they fit, muscles that get more")
    avoid = wishes("exercises to leave out, muscles that nothing is to aim at")
    split = serializers.ChoiceField(SPLITS, required=False, allow_null=True, help_text="null: the planner chooses")


class PlanInput(serializers.Serializer):
    """The wishes. What is left out comes from the profile (`goal`: its first, `level`, `equipment`, `injuries`), else
    it is general, beginner, what was trained with in the last 180 days, and none; 3 days of 60 minutes for 8 weeks."""

    goal = serializers.ChoiceField(TrainingGoal.choices, required=False)
    level = serializers.ChoiceField(Experience.choices, required=False)
    days_per_week = serializers.IntegerField(min_value=1, max_value=7, required=False)
    minutes = serializers.IntegerField(
        min_value=15, max_value=180, required=False, help_text="of a day, warm-up included"
    )
    weeks = serializers.IntegerField(min_value=1, max_value=16, required=False)
    equipment = some_of(Equipment, help_text="all there is; the body is always at hand")
    injuries = some_of(Injury)
    preferences = WishesInput(required=False)
    seed = serializers.IntegerField(
        min_value=0, max_value=2**31 - 1, required=False, help_text="another one, another plan among equally good ones"
    )
