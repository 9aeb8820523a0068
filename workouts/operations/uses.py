"""What completed workouts tell the exercise library: how many working sets of which exercise."""

from collections import Counter
from collections.abc import Iterator
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from exercises.operations.usage import record_uses
from fitai.common import jobs
from fitai.common.clock import hold_clock
from workouts.core.lifecycle import COMPLETED
from workouts.core.state import WorkoutState
from workouts.models import Workout
from workouts.operations.store import performed_at

KIND = "workouts.count_uses"
BATCH = 500
USES = """
SELECT w.performed_at, s.exercise_id, count(*)
FROM workouts_workout w JOIN workouts_set s ON s.workout_id = w.id
WHERE w.id = %(workout)s AND w.user_id = %(user)s AND w.status = 'completed' AND w.deleted_at IS NULL
  AND s.shows AND s.completed AND s.kind <> 'warmup' AND s.exercise_id IS NOT NULL
GROUP BY 1, 2
"""


def uses(state: WorkoutState | None) -> Counter[str]:
    """The working sets of each exercise that count: none before the workout is completed, or once it is deleted."""
    counted: Counter[str] = Counter()
    if state is None or state.status != COMPLETED or state.deleted:
        return counted
    for item in state.sets.values():
        entry = state.exercises[item.workout_exercise_id]
        shows = item.added and not item.removed and entry.shows
        if shows and item.completed and item.kind != "warmup" and entry.exercise_id is not None:
            counted[entry.exercise_id] += 1
    return counted


def tell_of_uses(user_id: UUID, before: WorkoutState | None, after: WorkoutState) -> None:
    """Have a job count the uses, in the transaction that changes them; a workout under way costs nothing."""
    if after.status != COMPLETED and (before is None or before.status != COMPLETED):
        return
    was, now = uses(before), uses(after)
    if was == now and (not now or before is None or performed_at(before) == performed_at(after)):
        return
    jobs.enqueue(KIND, {"workout_id": after.id}, dedupe_key=f"{KIND}:{after.id}:{after.seq}", user_id=user_id)


@transaction.atomic
def count_uses(user_id: UUID, workout_id: UUID) -> None:
    """Count a workout as it stands now, in place of what was counted of it. Under its person's clock, which every
    change of a workout takes: what is read here is still so when it is written."""
    hold_clock(user_id)
    with connection.cursor() as cursor:
        cursor.execute(USES, {"workout": workout_id, "user": user_id})
        rows = cursor.fetchall()
    at = rows[0][0] if rows else timezone.now()
    record_uses(user_id, workout_id, at, {exercise_id: sets for _, exercise_id, sets in rows})


def count_all_uses() -> Iterator[int]:
    """Count every completed workout there is, again or for the first time; how many so far, after each batch."""
    completed = Workout.objects.filter(status=COMPLETED, deleted_at=None).order_by("pk")
    last, counted = None, 0
    while batch := list(
        (completed if last is None else completed.filter(pk__gt=last)).values_list("pk", "user_id")[:BATCH]
    ):
        for workout_id, user_id in batch:
            count_uses(user_id, workout_id)
        last, counted = batch[-1][0], counted + len(batch)
        yield counted
