"""A workout as it stands after its events: what was done, what is planned, and what was taken away again.

Nodes (`ExerciseState`, `SetState`) are never changed once they stand in a `WorkoutState`: the fold replaces them by
a changed copy. A shallow `WorkoutState.copy()` is therefore a faithful, cheap "before".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from workouts.core.lifecycle import PLANNED

Stamp = tuple[datetime, str, str]
"""The order of operations: (at, device_id, op_id)."""


@dataclass(slots=True)
class SetState:
    """One set: what is planned (`target`) and what was done, with units as entered.

    `added` is false for a placeholder, a set whose edit came before its add in the order; `removed` is true for one
    that was taken away, and may come back.
    """

    id: str
    workout_exercise_id: str
    rank: str = ""
    kind: str = "working"
    reps: int | None = None
    weight: Decimal | None = None
    assistance: Decimal | None = None
    weight_unit: str | None = None
    rpe: Decimal | None = None
    rir: int | None = None
    duration_seconds: int | None = None
    distance: Decimal | None = None
    distance_unit: str | None = None
    notes: str | None = None
    target: dict[str, Any] | None = None
    completed: bool = False
    completed_at: datetime | None = None
    added: bool = False
    removed: bool = False

    def copy(self) -> SetState:
        # Spelled out: copy.copy and dataclasses.replace cost several times as much, once for every set logged.
        return SetState(
            self.id,
            self.workout_exercise_id,
            self.rank,
            self.kind,
            self.reps,
            self.weight,
            self.assistance,
            self.weight_unit,
            self.rpe,
            self.rir,
            self.duration_seconds,
            self.distance,
            self.distance_unit,
            self.notes,
            self.target,
            self.completed,
            self.completed_at,
            self.added,
            self.removed,
        )


@dataclass(slots=True)
class ExerciseState:
    """An exercise in its place in the workout; the flags mean what they mean for a set."""

    id: str
    exercise_id: str | None = None
    rank: str = ""
    superset: int | None = None
    notes: str | None = None
    added: bool = False
    removed: bool = False

    @property
    def shows(self) -> bool:
        return self.added and not self.removed

    def copy(self) -> ExerciseState:
        return ExerciseState(self.id, self.exercise_id, self.rank, self.superset, self.notes, self.added, self.removed)


@dataclass(frozen=True, slots=True)
class Rest:
    """The rest timer: a deadline that every device counts down to. `op_id` names the `rest.start` that set it."""

    set_id: str | None
    seconds: int
    ends_at: datetime
    op_id: str


@dataclass(slots=True)
class WorkoutState:
    """The fold of a workout's events.

    `active_us` sums the closed stretches of training in microseconds, `active_since` is the start of the running one
    (null unless in progress). `seq` is the highest number folded so far, `last_stamp` the latest stamp, cues aside:
    they have no place in the order.
    """

    id: str
    name: str | None = None
    notes: str | None = None
    status: str = PLANNED
    body_weight: Decimal | None = None
    body_weight_unit: str | None = None
    template_id: str | None = None
    template_version: int | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    active_us: int = 0
    active_since: datetime | None = None
    rest: Rest | None = None
    deleted: bool = False
    created_at: datetime | None = None
    seq: int = 0
    last_stamp: Stamp | None = None
    exercises: dict[str, ExerciseState] = field(default_factory=dict)
    sets: dict[str, SetState] = field(default_factory=dict)

    @property
    def active_seconds(self) -> int:
        """Whole seconds trained in closed stretches; the sum is cut, not each stretch."""
        return self.active_us // 1_000_000

    def copy(self) -> WorkoutState:
        """A workout that may be folded further without touching this one."""
        return WorkoutState(
            self.id,
            self.name,
            self.notes,
            self.status,
            self.body_weight,
            self.body_weight_unit,
            self.template_id,
            self.template_version,
            self.started_at,
            self.ended_at,
            self.active_us,
            self.active_since,
            self.rest,
            self.deleted,
            self.created_at,
            self.seq,
            self.last_stamp,
            dict(self.exercises),
            dict(self.sets),
        )

    def is_late(self, stamp: Stamp) -> bool:
        """Whether an operation with this stamp belongs before something already folded, so that a replay is due."""
        return self.last_stamp is not None and stamp < self.last_stamp

    def shows_like(self, other: WorkoutState) -> bool:
        """Whether a person sees the same in both; what is only kept for the fold may differ."""
        return (
            self.status == other.status
            and self.active_us == other.active_us
            and self.active_since == other.active_since
            and self.exercises == other.exercises
            and self.sets == other.sets
            and _timer(self.rest) == _timer(other.rest)
            and self.deleted == other.deleted
            and self.name == other.name
            and self.notes == other.notes
            and self.started_at == other.started_at
            and self.ended_at == other.ended_at
            and self.body_weight == other.body_weight
            and self.body_weight_unit == other.body_weight_unit
            and self.template_id == other.template_id
            and self.template_version == other.template_version
            and self.id == other.id
        )

    def shown_exercises(self) -> list[ExerciseState]:
        """The exercises a person sees, in their order (rank, id)."""
        return sorted((e for e in self.exercises.values() if e.added and not e.removed), key=_place)

    def shown_sets(self) -> dict[str, list[SetState]]:
        """The sets a person sees, in their order (rank, id), by the exercise they belong to."""
        groups: dict[str, list[SetState]] = {e.id: [] for e in self.exercises.values() if e.added and not e.removed}
        for item in self.sets.values():
            if item.added and not item.removed and item.workout_exercise_id in groups:
                groups[item.workout_exercise_id].append(item)
        for group in groups.values():
            if len(group) > 1:
                group.sort(key=_place)
        return groups

    def in_order(self) -> Iterator[SetState]:
        """Every set a person sees, from the top of the workout to its end."""
        groups = self.shown_sets()
        for exercise in self.shown_exercises():
            yield from groups[exercise.id]


def _timer(rest: Rest | None) -> tuple[str | None, int, datetime] | None:
    return None if rest is None else (rest.set_id, rest.seconds, rest.ends_at)


def _place(node: ExerciseState | SetState) -> tuple[str, str]:
    return node.rank, node.id


def visible(state: WorkoutState) -> WorkoutState:
    """What a client knows that has nothing but the snapshot.

    It holds no removed nodes, no fractions of a second trained, and not the moment of the last operation.
    """
    known = state.copy()
    known.last_stamp = None
    known.active_us = state.active_seconds * 1_000_000
    known.exercises = {id: e for id, e in state.exercises.items() if e.added and not e.removed}
    known.sets = {
        id: s for id, s in state.sets.items() if s.added and not s.removed and s.workout_exercise_id in known.exercises
    }
    if state.rest is not None:
        known.rest = Rest(state.rest.set_id, state.rest.seconds, state.rest.ends_at, "")
    return known
