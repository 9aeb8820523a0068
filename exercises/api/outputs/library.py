"""How an exercise looks to clients: one shape for list, detail and search."""

from collections.abc import Iterable
from typing import Any

import orjson
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from exercises.api.outputs.media import MediaOutput, shape_published
from exercises.enums import (
    Contraindication,
    Difficulty,
    Equipment,
    Force,
    Kind,
    Mechanic,
    Muscle,
    Pattern,
    Relation,
    Status,
    Tracking,
)
from exercises.rows import Row
from fitai.common.rendering import plain


def shape_all(rows: Iterable[Row]) -> list[dict[str, Any]]:
    return [shape(row) for row in rows]


def shape(row: Row) -> dict[str, Any]:
    """An exercise as clients see it."""
    return {
        "id": row["id"],
        "slug": row["slug"],
        "name": row["name"],
        "aliases": row["aliases"],
        "instructions": row["instructions"],
        "mistakes": row["mistakes"],
        "primary_muscles": row["primary_muscles"],
        "secondary_muscles": row["secondary_muscles"],
        "equipment": row["equipment"],
        "kind": row["kind"],
        "pattern": row["pattern"] or None,
        "mechanic": row["mechanic"] or None,
        "force": row["force"] or None,
        "difficulty": row["difficulty"],
        "tracking": row["tracking"],
        "unilateral": row["unilateral"],
        "per_hand": row["per_hand"],
        "bodyweight_share": plain(row["bodyweight_share"]),
        "met": plain(row["met"]),
        "variations": [{"id": said[:36], "relation": said[37:]} for said in row["related"]],
        "contraindications": row["contraindications"],
        "media": [] if row["media"] == "[]" else shape_published(orjson.loads(row["media"])),
        "form_profile": row["form_profile"] or None,
        "status": row["status"],
        "merged_into": row["merged_into_id"],
        "version": row["version"],
        "rating": plain(row["rating"]),
        "rating_count": row["rating_count"],
    }


def or_null(vocabulary: Any, **options: Any) -> serializers.ChoiceField:
    """A word of the vocabulary, or null. Said by hand: drf-spectacular loses the null of an enum that it names."""

    null = [] if options.get("allow_null") else [{"type": "null"}]  # which drf-spectacular adds by itself, then

    @extend_schema_field({"oneOf": [{"type": "string", "enum": vocabulary.values}, *null]})
    class OrNull(serializers.ChoiceField):
        pass

    return OrNull(vocabulary.choices, **options)


class VariationOutput(serializers.Serializer):
    id = serializers.UUIDField()
    relation = serializers.ChoiceField(Relation.choices, help_text="what that exercise is to this one")


class ExerciseOutput(serializers.Serializer):
    """Something people train. `weight` of its sets is what is written on the implement, per hand where `per_hand`."""

    id = serializers.UUIDField()
    slug = serializers.SlugField()
    name = serializers.CharField()
    aliases = serializers.ListField(child=serializers.CharField())
    instructions = serializers.ListField(child=serializers.CharField(), help_text="steps in their order")
    mistakes = serializers.ListField(child=serializers.CharField(), help_text="what commonly goes wrong")
    primary_muscles = serializers.ListField(child=serializers.ChoiceField(Muscle.choices))
    secondary_muscles = serializers.ListField(child=serializers.ChoiceField(Muscle.choices))
    equipment = serializers.ListField(
        child=serializers.ChoiceField(Equipment.choices), help_text="everything that is needed at once"
    )
    kind = serializers.ChoiceField(Kind.choices)
    pattern = or_null(Pattern)
    mechanic = or_null(Mechanic)
    force = or_null(Force)
    difficulty = serializers.ChoiceField(Difficulty.choices)
    tracking = serializers.ChoiceField(Tracking.choices, help_text="what is written down for a set")
    unilateral = serializers.BooleanField(help_text="one side at a time; reps are counted per side")
    per_hand = serializers.BooleanField(help_text="the weight is that of one of two implements")
    bodyweight_share = serializers.DecimalField(
        max_digits=3, decimal_places=2, help_text="share of body weight that is moved, 0 to 1.2"
    )
    met = serializers.DecimalField(
        max_digits=3, decimal_places=1, allow_null=True, help_text="metabolic equivalent of task"
    )
    variations = VariationOutput(many=True)
    contraindications = serializers.ListField(child=serializers.ChoiceField(Contraindication.choices))
    media = MediaOutput(many=True)
    form_profile = serializers.CharField(allow_null=True, help_text="rubric of the form analysis, where there is one")
    status = serializers.ChoiceField(Status.choices)
    merged_into = serializers.UUIDField(
        allow_null=True, help_text="of an archived duplicate, the exercise that stands for it; use that id from now on"
    )
    version = serializers.IntegerField(min_value=1)
    rating = serializers.DecimalField(max_digits=3, decimal_places=2, allow_null=True, help_text="1 to 5")
    rating_count = serializers.IntegerField(min_value=0)


class ExercisePage(serializers.Serializer):
    results = ExerciseOutput(many=True)
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
