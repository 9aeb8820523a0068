"""What people say of an exercise."""

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from exercises.api.outputs.library import or_null
from exercises.enums import (
    Contraindication,
    Difficulty,
    Equipment,
    Force,
    Kind,
    Language,
    Mechanic,
    Muscle,
    Pattern,
    ProposalStatus,
    Relation,
    Tracking,
)
from exercises.models.moderation import REASON_LENGTH
from exercises.search.text import plain as plain_text
from fitai.common.rendering import plain

MOST_STEPS = 30
MOST_ALIASES = 20
MOST_VARIATIONS = 50


class Nothing(serializers.Serializer):
    """No members."""


class LineField(serializers.CharField):
    """A name, in one line and with something to read in it."""

    def to_internal_value(self, data: Any) -> str:
        line = " ".join(super().to_internal_value(data).split())
        if not plain_text(line):
            raise serializers.ValidationError("A name has a letter or a digit in it.", code="invalid")
        return line


def words(vocabulary: Any, *, least: int = 0, help_text: str = "") -> serializers.ListField:
    """Words of a vocabulary, each of them once."""

    class Words(serializers.ListField):
        child = serializers.ChoiceField(vocabulary.choices)

        def to_internal_value(self, data: Any) -> list[str]:
            return list(dict.fromkeys(super().to_internal_value(data)))

    return Words(required=least > 0, min_length=least, max_length=len(vocabulary.values), help_text=help_text)


def lines(child: serializers.Field, most: int, help_text: str) -> serializers.ListField:
    return serializers.ListField(child=child, required=False, max_length=most, help_text=help_text)


def optional(vocabulary: Any) -> serializers.ChoiceField:
    """A word of the vocabulary; null takes it away."""
    return or_null(vocabulary, required=False, allow_null=True)


class VariationInput(serializers.Serializer):
    id = serializers.UUIDField()
    relation = serializers.ChoiceField(Relation.choices, help_text="what that exercise is to this one")


class Sayings(serializers.Serializer):
    """What anybody may say of an exercise."""

    language = serializers.ChoiceField(Language.choices, required=False, help_text="of the texts in this body")
    name = LineField(max_length=80)
    aliases = lines(LineField(max_length=80), MOST_ALIASES, "other names")
    instructions = lines(serializers.CharField(max_length=1000), MOST_STEPS, "steps in their order")
    mistakes = lines(serializers.CharField(max_length=1000), MOST_STEPS, "what commonly goes wrong")
    primary_muscles = words(Muscle, least=1)
    secondary_muscles = words(Muscle)
    equipment = words(Equipment, least=1, help_text="everything that is needed at once")
    kind = serializers.ChoiceField(Kind.choices)
    pattern = optional(Pattern)
    mechanic = optional(Mechanic)
    force = optional(Force)
    difficulty = serializers.ChoiceField(Difficulty.choices, required=False)
    tracking = serializers.ChoiceField(Tracking.choices, required=False, help_text="what is written down for a set")
    unilateral = serializers.BooleanField(required=False, help_text="one side at a time; reps are counted per side")
    per_hand = serializers.BooleanField(required=False, help_text="the weight is that of one of two implements")
    bodyweight_share = serializers.DecimalField(
        max_digits=3,
        decimal_places=2,
        min_value=0,
        max_value=Decimal("1.2"),
        required=False,
        help_text="share of body weight that is moved, 0 to 1.2",
    )
    met = serializers.DecimalField(
        max_digits=3,
        decimal_places=1,
        min_value=Decimal("0.1"),
        required=False,
        allow_null=True,
        help_text="metabolic equivalent of task",
    )
    contraindications = words(Contraindication, help_text="complaints with which it is better left out")
    variations: Any = serializers.ListSerializer(child=VariationInput(), required=False, max_length=MOST_VARIATIONS)
    confirm_duplicate = serializers.BooleanField(
        required=False, help_text="it is another exercise than those of nearly the same name"
    )

    def validate_variations(self, value: list[dict[str, Any]]) -> list[dict[str, str]]:
        said = [{"id": str(one["id"]), "relation": one["relation"]} for one in value]
        if len({one["id"] for one in said}) < len(said):
            raise serializers.ValidationError("An exercise is here twice.", code="unique")
        return said

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Numbers in the one form in which they are compared."""
        return attrs | {name: plain(attrs[name]) for name in ("bodyweight_share", "met") if name in attrs}


class ExerciseInput(Sayings):
    """A new exercise, which is its maker's alone until it is submitted and approved."""

    id = serializers.UUIDField(required=False, help_text="chosen by the client")


class ExerciseChanges(Sayings):
    """What is to be different. With another `language` than the exercise's own, its texts are a translation."""

    note = serializers.CharField(
        required=False, allow_blank=True, max_length=REASON_LENGTH, help_text="why; history and moderators show it"
    )

    def get_fields(self) -> dict[str, serializers.Field]:
        """Nothing has to be said."""
        fields = super().get_fields()
        for field in fields.values():
            field.required = False
        return fields


class ProposalListInput(serializers.Serializer):
    """The filter of the list."""

    status = serializers.ChoiceField(ProposalStatus.choices, required=False)
