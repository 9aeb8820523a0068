"""Keep the records true: after a change they are worked out again from the changed workout on.

The changed workout's sets are in memory. The database is asked for what stood before it, for the records from it on,
and for the sets of later workouts, of which there mostly are none.
"""

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection

from fitai.common.sql import execute, upsert
from workouts.core.records import Best, Record, SetRow, compute
from workouts.core.shape import body_weight_kg, measures
from workouts.core.state import WorkoutState
from workouts.operations.store import RECORD_COLUMNS, Exercise, performed_at, record_row

# What stands before the pivot (the best of each mark) and from it on (every record), then the sets of later workouts.
READ = """
SELECT 'best', kind, key, CASE WHEN kind = 'pace' THEN min(value) ELSE max(value) END, NULL::numeric, NULL::uuid,
  NULL::uuid, NULL::timestamptz, NULL::timestamptz, NULL::int, NULL::numeric, NULL::numeric, NULL::int, exercise_id,
  NULL::text[]
FROM workouts_record
WHERE user_id = %(user)s AND exercise_id = ANY(%(exercises)s) AND (performed_at, workout_id) < (%(at)s, %(workout)s)
GROUP BY exercise_id, kind, key
UNION ALL
SELECT 'record', kind, key, value, previous, set_id, workout_id, performed_at, NULL, NULL, NULL, NULL, NULL,
  exercise_id, NULL
FROM workouts_record
WHERE user_id = %(user)s AND exercise_id = ANY(%(exercises)s)
  AND ((performed_at, workout_id) >= (%(at)s, %(workout)s) OR workout_id = %(workout)s)
UNION ALL
SELECT 'set', s.kind, s.weight_kg, s.load_kg, coalesce(10 - s.rpe, s.rir), s.id, s.workout_id, s.performed_at,
  s.completed_at, s.reps, s.assistance_kg, s.distance_m, s.duration_seconds, s.exercise_id,
  ARRAY[e.rank, e.id::text, s.rank]
FROM workouts_set s JOIN workouts_workoutexercise e ON e.id = s.workout_exercise_id
WHERE s.user_id = %(user)s AND s.exercise_id = ANY(%(exercises)s) AND s.shows AND s.completed
  AND (s.performed_at, s.workout_id) > (%(at)s, %(workout)s) AND s.workout_id <> %(workout)s
"""


Placed = tuple[list[str], SetRow]
"""A set, and where it stands in its workout."""


@dataclass(slots=True)
class RecordChange:
    """The records a set holds now, after they changed."""

    exercise_id: str
    won: list[Record] = field(default_factory=list)
    lost: list[Record] = field(default_factory=list)


@dataclass(slots=True)
class Refreshed:
    """What became of the records: those standing in the changed workout, and every change."""

    standing: dict[str, list[Record]] = field(default_factory=lambda: defaultdict(list))
    """By set, of the exercises that were looked at."""
    changes: list[RecordChange] = field(default_factory=list)

    @property
    def workouts(self) -> set[str]:
        """The workouts whose records changed."""
        return {record.workout_id for change in self.changes for record in (*change.won, *change.lost)}


def refresh_records(
    user_id: UUID,
    before: WorkoutState | None,
    after: WorkoutState,
    exercises: Iterable[str],
    facts: Mapping[str, Exercise],
) -> Refreshed:
    """Work out the records of these exercises again, from the place of the changed workout in the history on."""
    performed = performed_at(after)
    moved = before is not None and performed_at(before) != performed
    since = min(performed, performed_at(before)) if before is not None else performed
    tracking = {id: facts[id].tracking for id in exercises}
    bests, standing, rows = _read(user_id, after.id, since, tracking)
    for exercise_id, placed in counting_sets(after, facts, tracking):
        rows[exercise_id].append(placed)
    refreshed = Refreshed()
    gone: list[Record] = []
    written: list[tuple[Any, ...]] = []
    for exercise_id in tracking:
        ordered = [row for _, row in sorted(rows[exercise_id], key=as_done)]
        times = {row.workout_id: row.performed_at for row in ordered}
        new = {(r.set_id, r.kind): r for r in compute(ordered, Best(dict(bests[exercise_id])))}
        old = {(r.set_id, r.kind): r for r in standing[exercise_id]}
        change = RecordChange(exercise_id)
        for holder, record in new.items():
            own = record.workout_id == after.id
            if own:
                refreshed.standing[record.set_id].append(record)
            if old.get(holder) != record:
                change.won.append(record)
            elif not (own and moved):
                continue
            written.append(record_row(user_id, exercise_id, record, times[record.workout_id]))
        change.lost = [record for holder, record in old.items() if holder not in new]
        gone += change.lost
        if change.won or change.lost:
            refreshed.changes.append(change)
    if gone:
        marks = ", ".join(["(%s::uuid, %s)"] * len(gone))
        execute(f"DELETE FROM workouts_record WHERE (set_id, kind) IN ({marks})", [(r.set_id, r.kind) for r in gone])  # noqa: S608
    upsert("workouts_record", RECORD_COLUMNS, written, conflict=("set_id", "kind"))
    return refreshed


def counting_sets(
    state: WorkoutState, facts: Mapping[str, Exercise], exercises: Container[str]
) -> Iterator[tuple[str, Placed]]:
    """The sets of the changed workout that count, by exercise."""
    if state.deleted:
        return
    weighed, performed = body_weight_kg(state), performed_at(state)
    for s in state.sets.values():
        entry = state.exercises[s.workout_exercise_id]
        if entry.exercise_id is None or entry.exercise_id not in exercises:
            continue
        if s.completed and s.added and not s.removed and entry.shows:
            known = facts[entry.exercise_id]
            m = measures(s, known.bodyweight_share, weighed)
            row = SetRow(
                s.id, state.id, performed, s.completed_at, s.kind, s.reps, m.load_kg, m.weight_kg, m.assistance_kg,
                m.rir, s.duration_seconds, m.distance_m, known.tracking,
            )  # fmt: skip
            yield entry.exercise_id, ([entry.rank, entry.id, s.rank], row)


def as_done(placed: Placed) -> tuple[Any, ...]:
    """As the sets were done; those of a workout entered as a whole, all done at its end, as they stand in it."""
    place, row = placed
    return row.performed_at, row.workout_id, row.completed_at, place, row.set_id


def _read(
    user_id: UUID, workout_id: str, since: datetime, tracking: Mapping[str, str]
) -> tuple[dict[str, dict[Any, Decimal]], dict[str, list[Record]], dict[str, list[Placed]]]:
    bests: dict[str, dict[Any, Decimal]] = defaultdict(dict)
    standing: dict[str, list[Record]] = defaultdict(list)
    rows: dict[str, list[Placed]] = defaultdict(list)
    params: dict[str, Any] = {
        "user": user_id,
        "exercises": [UUID(id) for id in tracking],
        "workout": UUID(workout_id),
        "at": since,
    }
    with connection.cursor() as cursor:
        cursor.execute(READ, params)
        for (
            what,
            kind,
            a,
            b,
            c,
            set_id,
            workout,
            performed,
            done,
            reps,
            assistance,
            distance,
            seconds,
            owner,
            place,
        ) in cursor.fetchall():
            exercise = str(owner)
            if what == "best":
                bests[exercise][kind, a] = b
            elif what == "record":
                standing[exercise].append(Record(kind, a, b, c, str(set_id), str(workout)))
            else:
                row = SetRow(
                    str(set_id), str(workout), performed, done, kind, reps, b, a, assistance, c, seconds, distance,
                    tracking[exercise],
                )  # fmt: skip
                rows[exercise].append((place, row))
    return bests, standing, rows
