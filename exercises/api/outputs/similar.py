"""How similar exercises look to clients."""

from collections.abc import Iterable, Sequence
from typing import Any

from rest_framework import serializers

from exercises.api.outputs.library import ExerciseOutput, shape
from exercises.rows import Row
from exercises.search.labels import Reason
from exercises.search.similar import Similar


def similar_shapes(found: Sequence[Similar], rows: Iterable[Row]) -> list[dict[str, Any]]:
    why = {one.id: {"score": one.score, "reasons": one.reasons} for one in found}
    return [{**shape(row), **why[row["id"]]} for row in rows]


class SimilarityReason(serializers.Serializer):
    kind = serializers.ChoiceField([(reason.value, reason.value) for reason in Reason])
    values = serializers.ListField(
        child=serializers.CharField(),
        help_text="muscles or equipment that both have, the pattern of both, or what it is to the other (a relation)",
    )
    text = serializers.CharField(help_text="the same as a sentence in the language of the answer")


class SimilarExercise(ExerciseOutput):
    score = serializers.FloatField(min_value=0, max_value=1)
    reasons = SimilarityReason(many=True)


class SimilarOutput(serializers.Serializer):
    """The most similar exercises, best first."""

    results = SimilarExercise(many=True)
