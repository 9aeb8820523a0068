"""How popularity and statistics look to clients."""

from collections.abc import Iterable, Mapping
from typing import Any

from rest_framework import serializers

from exercises.api.outputs.library import ExerciseOutput, shape
from exercises.api.outputs.search import FacetOutput
from exercises.enums import Status
from exercises.figures import FEWEST_PEOPLE, LISTED, NUMBERS
from exercises.models import UsageTotals


def popular_shapes(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Exercises with what is counted of them, unless it is of so few people that they might be known."""
    return [
        {**shape(row), **{name: row[name] if row["people"] >= FEWEST_PEOPLE else None for name in NUMBERS}}
        for row in rows
    ]


def stats_shape(
    kinds: list[dict[str, Any]],
    totals: UsageTotals | None,
    own_statuses: Mapping[str, int],
    trained: list[dict[str, Any]],
) -> dict[str, Any]:
    approved = sum(kind["count"] for kind in kinds)
    own_unshared = {name: count for name, count in own_statuses.items() if name != Status.APPROVED}
    statuses = {**dict.fromkeys(Status.values, 0), **own_unshared, Status.APPROVED.value: approved}
    return {
        "exercises": {
            "by_kind": kinds,
            "by_status": [{"value": name, "count": count} for name, count in statuses.items()],
        },
        "everybody": {
            name: 0 if totals is None else getattr(totals, name)
            for name in ("people", "workouts", "sets", "ratings", "rated")
        },
        "own": {
            "exercises": trained[0]["exercises"] if trained else 0,
            "sets": trained[0]["all_sets"] if trained else 0,
            "most_trained": [_trained(row) for row in sorted(trained, key=lambda row: row["most"])[:LISTED]],
            "last_trained": [_trained(row) for row in sorted(trained, key=lambda row: row["latest"])[:LISTED]],
        },
        "counted_at": totals and totals.counted_at,
    }


def _trained(row: Mapping[str, Any]) -> dict[str, Any]:
    names = ("exercise_id", "slug", "name", "workouts", "sets", "first_at", "last_at")
    return {name: row[name] for name in names}


class PopularExercise(ExerciseOutput):
    """Numbers are null where fewer than 5 people trained it."""

    people = serializers.IntegerField(allow_null=True, min_value=0)
    workouts = serializers.IntegerField(allow_null=True, min_value=0)
    sets = serializers.IntegerField(allow_null=True, min_value=0, help_text="working sets of completed workouts")
    score = serializers.FloatField(
        allow_null=True, min_value=0, help_text="its workouts, each worth half as much for every 30 days since"
    )


class PopularPage(serializers.Serializer):
    results = PopularExercise(many=True)
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)


class LibraryStats(serializers.Serializer):
    by_kind = FacetOutput(many=True, help_text="of the library")
    by_status = FacetOutput(many=True, help_text="approved: of the library; the others: one's own")


class EverybodyStats(serializers.Serializer):
    people = serializers.IntegerField(min_value=0, help_text="who trained anything")
    workouts = serializers.IntegerField(min_value=0, help_text="completed, with a working set")
    sets = serializers.IntegerField(min_value=0, help_text="working sets")
    ratings = serializers.IntegerField(min_value=0)
    rated = serializers.IntegerField(min_value=0, help_text="exercises that have a rating")


class TrainedExercise(serializers.Serializer):
    exercise_id = serializers.UUIDField()
    slug = serializers.SlugField()
    name = serializers.CharField(allow_null=True, help_text="null: somebody else's, and not shown any more")
    workouts = serializers.IntegerField(min_value=1)
    sets = serializers.IntegerField(min_value=1)
    first_at = serializers.DateTimeField()
    last_at = serializers.DateTimeField()


class OwnStats(serializers.Serializer):
    exercises = serializers.IntegerField(min_value=0, help_text="trained so far")
    sets = serializers.IntegerField(min_value=0)
    most_trained = TrainedExercise(many=True, help_text="at most 5, by workouts")
    last_trained = TrainedExercise(many=True, help_text="at most 5, latest first")


class StatsOutput(serializers.Serializer):
    """The library, what everybody trains together, and what one trains oneself."""

    exercises = LibraryStats()
    everybody = EverybodyStats(help_text="as of `counted_at`, within the hour")
    own = OwnStats(help_text="as of now")
    counted_at = serializers.DateTimeField(allow_null=True, help_text="null: not yet")
