"""Counting what is trained, as other apps tell of it. Everything else that is counted follows by triggers."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from exercises.operations.ratings import reweigh
from fitai.common.clock import hold_clock

FORGET = """
DELETE FROM exercises_use u
WHERE u.workout_id = %(workout)s AND NOT (u.at = %(at)s AND EXISTS (
    SELECT FROM unnest(%(exercises)s::uuid[], %(sets)s::int[]) AS said(exercise_id, sets)
    WHERE said.exercise_id = u.exercise_id AND said.sets = u.sets))
RETURNING u.exercise_id
"""
RECORD = """
INSERT INTO exercises_use (workout_id, user_id, at, exercise_id, sets)
SELECT %(workout)s, %(user)s, %(at)s, said.exercise_id, said.sets
FROM unnest(%(exercises)s::uuid[], %(sets)s::int[]) AS said(exercise_id, sets)
ON CONFLICT (workout_id, exercise_id) DO NOTHING
RETURNING exercise_id
"""


@transaction.atomic
def record_uses(user_id: UUID, workout_id: UUID, at: datetime, sets: Mapping[UUID, int]) -> None:
    """Replace what was known of a workout by the working sets of each exercise in it; without any it counts no more.

    Recording the same again changes nothing. Holds the clock of the person, so that what is counted of one workout
    waits for what is counted of another, and a first rating for either.
    """
    hold_clock(user_id)
    values: dict[str, Any] = {
        "workout": workout_id,
        "user": user_id,
        "at": at,
        "exercises": [*sets],
        "sets": [*sets.values()],
    }
    changed: set[UUID] = set()
    with connection.cursor() as cursor:
        for statement in (FORGET, RECORD):
            cursor.execute(statement, values)
            changed ^= {exercise_id for (exercise_id,) in cursor.fetchall()}
    if changed:  # begun or ended to be trained, perhaps; a use that only changed is in both
        reweigh(user_id, changed)
