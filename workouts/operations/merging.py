"""Workouts follow the library where two exercises were made one."""

from collections.abc import Mapping
from uuid import UUID

from exercises.models import Exercise as LibraryExercise
from fitai.common.actors import Actor
from fitai.common.ids import derived
from workouts.models import WorkoutExercise
from workouts.operations.apply import apply
from workouts.operations.requests import Request
from workouts.operations.store import Exercise


def standing_for(duplicate_id: UUID) -> tuple[str, Mapping[str, Exercise]] | None:
    """The exercise into which this one was merged, and what is known of it; None where it stands for itself."""
    found = (
        LibraryExercise.objects.filter(duplicates=duplicate_id)
        .values_list("pk", "tracking", "bodyweight_share", "primary_muscles")
        .first()
    )
    if found is None:
        return None
    id, tracking, share, muscles = found
    return str(id), {str(id): Exercise(tracking, share, tuple(muscles))}


def workouts_with(exercise_id: UUID, count: int) -> dict[UUID, UUID]:
    """At most so many workouts, id → whose, of anybody and in any state, that hold this exercise."""
    held = WorkoutExercise.objects.filter(exercise=exercise_id)
    return dict(held.values_list("workout_id", "workout__user_id")[:count])


def follow_merge(
    user_id: UUID, workout_id: UUID, *, merge_id: UUID, duplicate_id: UUID, into_id: str, facts: Mapping[str, Exercise]
) -> None:
    """Let every entry of a workout that is of the duplicate be of the exercise that stands for it: operations of the
    server, as devices follow them; once in effect, as their ids are those of the merge and the entry."""
    entries = WorkoutExercise.objects.filter(workout=workout_id, exercise=duplicate_id).values_list("pk", flat=True)
    requests = [
        Request(
            f"merge:{derived(merge_id, str(entry)).hex}",
            "exercise.update",
            {"id": str(entry), "exercise_id": into_id, "merged_from": str(duplicate_id)},
            "server",
            from_server=True,
        )
        for entry in entries
    ]
    if requests:
        apply(Actor(user_id=user_id, via="job"), workout_id, requests, live=True, facts=facts)
