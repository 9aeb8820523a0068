"""Somebody who trains one exercise of a plan, session by session, without a database."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from templates_app.plan import Load, PlannedExercise, PrescribedSet, Progression
from workouts.progression.history import Asked, Done, Session
from workouts.progression.known import Exercise, Known
from workouts.progression.loading import Kit
from workouts.progression.place import reference
from workouts.progression.prescribe import AskedSet, Prescription, prescribe

START = datetime(2026, 3, 2, 18, tzinfo=UTC)
BENCH = Exercise("Bench Press", primary_muscles=("chest",))
SQUAT = Exercise("Squat", primary_muscles=("quads",))
CURL = Exercise("Dumbbell Curl", equipment=("dumbbell",), primary_muscles=("biceps",), per_hand=True)
PUSH_UP = Exercise("Push-up", "reps", ("bodyweight",), ("chest",), bodyweight_share=Decimal("0.64"))
DIP = Exercise("Assisted Dip", "assisted_reps", ("assisted",), ("triceps",), bodyweight_share=Decimal(1))
PLANK = Exercise("Plank", "time", ("bodyweight",), ("abs",))
CARRY = Exercise("Farmer's Carry", "weight_time", ("dumbbell",), ("forearms",), per_hand=True)

How = Callable[[int, AskedSet], dict[str, Any] | None]
"""What was done of a set by its number; None leaves it out."""


def load(type: str, value: Any = None, unit: str | None = None) -> Load:
    return Load(type, None if value is None else Decimal(str(value)), unit)  # type: ignore[arg-type]


def planned(
    *sets: PrescribedSet, rule: str = "linear", id: str = "bench-1", exercise: str = "bench", **progression: Any
) -> PlannedExercise:
    """An entry of a plan."""
    return PlannedExercise(id, exercise, sets, progression=Progression(rule, **progression))  # type: ignore[arg-type]


def sets(count: int, reps: int | None = None, of: Load | None = None, **values: Any) -> list[PrescribedSet]:
    return [PrescribedSet(reps=reps, load=of, **values) for _ in range(count)]


@dataclass
class Trainee:
    """Trains an exercise every other day, as it is prescribed or otherwise."""

    exercise: Exercise = BENCH
    kit: Kit = field(default_factory=Kit)
    now: datetime = START
    sessions: list[Session] = field(default_factory=list)
    line: Sequence[str] = ("bench-1",)
    given_max: Decimal | None = None
    given_at: datetime = START
    pause: int = 0

    def asked(self, entry: PlannedExercise, *, cycle: int = 0) -> Prescription:
        return prescribe(
            entry,
            Known(
                self.exercise,
                self.kit,
                self.now,
                self.sessions,
                self.line,
                self.given_max,
                None if self.given_max is None else self.given_at,
                cycle,
                self.pause,
            ),
        )

    def train(self, entry: PlannedExercise, how: How | None = None, *, cycle: int = 0, days: int = 2) -> Prescription:
        """Do what is prescribed, or what `how` says, and wait `days`; what was prescribed."""
        prescription = self.asked(entry, cycle=cycle)
        main = reference(entry)
        done = [done_of(item, how(number, item) if how else {}) for number, item in enumerate(prescription.sets)]
        self.sessions.append(
            Session(self.now, tuple(done), entry.id, cycle, None if main is None else main.load, self.pause)
        )
        self.now += timedelta(days=days)
        return prescription

    def lifted(self, *done: tuple[int, Any], days_ago: int = 0, rir: int | None = None) -> None:
        """Reps × weight, in a workout that no plan asked for."""
        told = None if rir is None else Decimal(rir)
        items = tuple(Done(True, reps=reps, weight=Decimal(str(weight)), rir=told) for reps, weight in done)
        self.sessions.append(Session(self.now - timedelta(days=days_ago), items))


def done_of(item: AskedSet, how: dict[str, Any] | None) -> Done:
    """The set as a workout has it afterwards; numbers that `how` leaves out are as asked."""
    rir = None if item.rir is None else Decimal(item.rir)
    rir = 10 - item.rpe if item.rpe is not None else rir
    asked = Asked(item.reps, item.weight, item.assistance, rir, item.seconds, item.reps_max)
    if how is None:
        return Done(False, item.kind, asked=asked)
    plain = Done(True, item.kind, item.reps, item.weight, item.assistance, None, item.seconds, asked)
    numbers: dict[str, Any] = {name: Decimal(str(value)) if name != "reps" else value for name, value in how.items()}
    return replace(plain, **numbers)


def missing(*reps: int) -> How:
    """So many repetitions in each set; whatever is not named is as asked."""
    return lambda number, item: {"reps": reps[number]} if number < len(reps) else {}


def weights(prescription: Prescription) -> list[str | None]:
    return [None if item.weight is None else f"{item.weight.normalize():f}" for item in prescription.sets]


def reps(prescription: Prescription) -> list[int | None]:
    return [item.reps for item in prescription.sets]
