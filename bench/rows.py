"""From a made-up workout to the rows that `workouts.operations.apply` would have stored of it.

The same core parses, decides, folds and finds the records; only the way into the tables differs. A test compares the
two row by row.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from fitai.common.rendering import dumps
from workouts.core.decide import APPLIED, decide
from workouts.core.evolve import evolve
from workouts.core.operations import Event, Op, dump_payload, parse_payload
from workouts.core.records import Best, compute
from workouts.core.state import WorkoutState
from workouts.operations.apply import EVENT_COLUMNS
from workouts.operations.records import Placed, as_done, counting_sets
from workouts.operations.requests import Request, digest_of
from workouts.operations.store import (
    EXERCISE_COLUMNS,
    RECORD_COLUMNS,
    SET_COLUMNS,
    WORKOUT_COLUMNS,
    Exercise,
    performed_at,
    record_row,
    set_rows,
    workout_row,
)

DEVICE = "bench"
TABLES = {  # in the order in which they refer to each other
    "workouts_workout": WORKOUT_COLUMNS,
    "workouts_workoutexercise": EXERCISE_COLUMNS,
    "workouts_set": SET_COLUMNS,
    "workouts_record": RECORD_COLUMNS,
    "common_event": EVENT_COLUMNS,
}
Row = tuple[Any, ...]


def requested(raw: Mapping[str, Any]) -> Request:
    """The operation that stores a workout whole after the fact, as its device sends it when the workout ends."""
    return Request(raw["id"], "workout.create", raw, DEVICE, at=datetime.fromisoformat(raw["ended_at"]))


@dataclass(slots=True)
class Book:
    """One person's training written down, to be given workouts in the order they were done."""

    user_id: UUID
    facts: Mapping[str, Exercise]
    change_seq: int = 0
    bests: dict[str, Best] = field(default_factory=lambda: defaultdict(Best))

    def rows(self, raw: Mapping[str, Any]) -> dict[str, list[Row]]:
        """The rows of one workout, by table."""
        request = requested(raw)
        at = request.at
        assert at is not None
        op = Op(request.op_id, request.type, at, DEVICE, parse_payload(request.type, raw))
        decided = decide(None, op, now=at).events[0]
        event = Event(op.op_id, op.type, at, DEVICE, decided.payload, 1, str(self.user_id))
        state = evolve(None, event)
        self.change_seq += 1
        sets = set_rows(self.user_id, state, state.sets.values(), self.facts)
        entries = [
            (e.id, state.id, e.exercise_id, e.rank, e.superset, e.notes, e.added, e.removed)
            for e in state.exercises.values()
        ]
        stored_event = (
            f"workout:{state.id}", event.seq, event.type, event.at, event.device_id, event.actor_id, self.user_id,
            event.op_id, dumps(dump_payload(event.payload)).decode(), APPLIED, False, digest_of(request), None, None,
            at,
        )  # fmt: skip
        return {
            "workouts_workout": [workout_row(self.user_id, state, self.facts, self.change_seq, at)],
            "workouts_workoutexercise": entries,
            "workouts_set": sets,
            "workouts_record": self._records(state),
            "common_event": [stored_event],
        }

    def _records(self, state: WorkoutState) -> list[Row]:
        """The records that this workout set, by exercise."""
        by_exercise: dict[str, list[Placed]] = defaultdict(list)
        for exercise_id, placed in counting_sets(state, self.facts, self.facts):
            by_exercise[exercise_id].append(placed)
        found = []
        for exercise_id, rows in by_exercise.items():
            best = self.bests[exercise_id]
            for record in compute([row for _, row in sorted(rows, key=as_done)], best):
                best.values[record.kind, record.key] = record.value
                found.append(record_row(self.user_id, exercise_id, record, performed_at(state)))
        return found
