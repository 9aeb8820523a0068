"""How a workout went against the last time the same exercises were trained."""

from typing import Any
from uuid import UUID

from django.db import connection

from fitai.common.rendering import plain
from workouts.core.state import WorkoutState
from workouts.operations.store import performed_at

# For each exercise its working sets in this workout, and in the latest workout before it that had it.
COMPARE = """
SELECT wanted.id, this.sets, this.volume, this.heaviest,
  last.workout_id, last.performed_at, last.sets, last.volume, last.heaviest
FROM unnest(%(exercises)s::uuid[]) WITH ORDINALITY AS wanted(id, place)
CROSS JOIN LATERAL (
  SELECT count(*) AS sets, coalesce(sum(reps * load_kg), 0) AS volume, max(load_kg) AS heaviest FROM workouts_set
  WHERE workout_id = %(workout)s AND exercise_id = wanted.id AND shows AND completed AND kind <> 'warmup') this
LEFT JOIN LATERAL (
  SELECT workout_id, performed_at, count(*) AS sets, coalesce(sum(reps * load_kg), 0) AS volume,
    max(load_kg) AS heaviest
  FROM workouts_set
  WHERE user_id = %(user)s AND exercise_id = wanted.id AND shows AND completed AND kind <> 'warmup'
    AND (performed_at, workout_id) < (%(at)s, %(workout)s)
  GROUP BY performed_at, workout_id ORDER BY performed_at DESC, workout_id DESC LIMIT 1) last ON true
ORDER BY wanted.place
"""


def compare_with_last_time(user_id: UUID, state: WorkoutState) -> list[dict[str, Any]]:
    """A line an exercise, in the order of the workout: working sets, volume and heaviest load, now and last time."""
    exercises = list(dict.fromkeys(UUID(e.exercise_id) for e in state.shown_exercises() if e.exercise_id))
    params: dict[str, Any] = {
        "exercises": exercises,
        "workout": UUID(state.id),
        "user": user_id,
        "at": performed_at(state),
    }
    with connection.cursor() as cursor:
        cursor.execute(COMPARE, params)
        rows = cursor.fetchall()
    return [
        {
            "exercise_id": exercise_id,
            "sets": sets,
            "volume_kg": plain(volume),
            "heaviest_kg": plain(heaviest),
            "last_time": None
            if last_workout is None
            else {
                "workout_id": last_workout,
                "performed_at": last_performed,
                "sets": last_sets,
                "volume_kg": plain(last_volume),
                "heaviest_kg": plain(last_heaviest),
            },
        }
        for (
            exercise_id,
            sets,
            volume,
            heaviest,
            last_workout,
            last_performed,
            last_sets,
            last_volume,
            last_heaviest,
        ) in rows
    ]
