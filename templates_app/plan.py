"""A training plan as a value: weeks, days, exercises and prescribed sets, with the rule by which each progresses.

The planner makes one, a version of a template stores one as JSON, the next step of a person is read from one. Pure:
no database, no clock. `from_json` trusts its input, which the API or the planner has checked; `to_json` gives the
shape of the API, decimals as strings.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

SetKind = Literal["warmup", "working", "drop", "failure", "amrap", "backoff"]
LoadType = Literal["absolute", "percent_1rm", "percent_tm", "rpe", "rir", "bodyweight"]
Rule = Literal["none", "linear", "double", "percentage"]
Json = dict[str, Any]


def decimal(value: Any) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def text(value: Decimal | None) -> str | None:
    return None if value is None else format(value.normalize() if value else Decimal(0), "f")


@dataclass(frozen=True, slots=True)
class Load:
    """How heavy: a weight, a share of the 1RM or the training max in percent, an effort, or the body alone.

    `unit` ("kg" or "lb") belongs to `absolute` only; `bodyweight` has no value.
    """

    type: LoadType
    value: Decimal | None = None
    unit: str | None = None

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Load:
        return cls(raw["type"], decimal(raw.get("value")), raw.get("unit"))

    def to_json(self) -> Json:
        return {"type": self.type, "value": text(self.value), "unit": self.unit}


@dataclass(frozen=True, slots=True)
class PrescribedSet:
    """One set as the plan asks for it: `reps` up to `reps_max` (None: exactly `reps`), or seconds, or metres.

    `tempo` is eccentric-pause-concentric-pause in seconds, as "3-1-1-0".
    """

    kind: SetKind = "working"
    reps: int | None = None
    reps_max: int | None = None
    seconds: int | None = None
    distance: Decimal | None = None
    load: Load | None = None
    rest_seconds: int | None = None
    tempo: str | None = None

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> PrescribedSet:
        load = raw.get("load")
        return cls(
            kind=raw.get("kind", "working"),
            reps=raw.get("reps"),
            reps_max=raw.get("reps_max"),
            seconds=raw.get("seconds"),
            distance=decimal(raw.get("distance")),
            load=None if load is None else Load.from_json(load),
            rest_seconds=raw.get("rest_seconds"),
            tempo=raw.get("tempo"),
        )

    def to_json(self) -> Json:
        return {
            "kind": self.kind,
            "reps": self.reps,
            "reps_max": self.reps_max,
            "seconds": self.seconds,
            "distance": text(self.distance),
            "load": None if self.load is None else self.load.to_json(),
            "rest_seconds": self.rest_seconds,
            "tempo": self.tempo,
        }


@dataclass(frozen=True, slots=True)
class Progression:
    """The rule by which an exercise gets harder, and what happens when it does not.

    - `linear`: all reps done → + `increment`; after `stall_after` failures in a row × (1 − `deload_percent` / 100).
    - `double`: reps rise from `reps` to `reps_max` on all sets, then + `increment` and back to `reps`; stalls alike.
    - `percentage`: loads are shares of a training max, which rises by `increment` with each wave that was done.
    - `none`: what the plan says, as it stands.

    `increment` is a weight in `unit`; None takes the usual step of the exercise.
    """

    rule: Rule = "none"
    increment: Decimal | None = None
    unit: str | None = None
    stall_after: int = 3
    deload_percent: Decimal = Decimal(10)

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Progression:
        return cls(
            rule=raw["rule"],
            increment=decimal(raw.get("increment")),
            unit=raw.get("unit"),
            stall_after=raw.get("stall_after", 3),
            deload_percent=decimal(raw.get("deload_percent", 10)) or Decimal(0),
        )

    def to_json(self) -> Json:
        return {
            "rule": self.rule,
            "increment": text(self.increment),
            "unit": self.unit,
            "stall_after": self.stall_after,
            "deload_percent": text(self.deload_percent),
        }


@dataclass(frozen=True, slots=True)
class PlannedExercise:
    """An exercise in its place in a day. Entries of one `superset` number are done in turn."""

    id: str
    exercise_id: str
    sets: tuple[PrescribedSet, ...]
    superset: int | None = None
    substitutes: tuple[str, ...] = ()
    progression: Progression = field(default_factory=Progression)

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> PlannedExercise:
        return cls(
            id=str(raw["id"]),
            exercise_id=str(raw["exercise_id"]),
            sets=tuple(PrescribedSet.from_json(item) for item in raw["sets"]),
            superset=raw.get("superset"),
            substitutes=tuple(map(str, raw.get("substitutes", ()))),
            progression=Progression.from_json(raw.get("progression") or {"rule": "none"}),
        )

    def to_json(self) -> Json:
        return {
            "id": self.id,
            "exercise_id": self.exercise_id,
            "superset": self.superset,
            "substitutes": list(self.substitutes),
            "progression": self.progression.to_json(),
            "sets": [item.to_json() for item in self.sets],
        }


@dataclass(frozen=True, slots=True)
class Day:
    """One training session of a week."""

    id: str
    name: str
    exercises: tuple[PlannedExercise, ...]

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Day:
        return cls(str(raw["id"]), raw["name"], tuple(PlannedExercise.from_json(item) for item in raw["exercises"]))

    def to_json(self) -> Json:
        return {"id": self.id, "name": self.name, "exercises": [item.to_json() for item in self.exercises]}


@dataclass(frozen=True, slots=True)
class Week:
    """A week of a plan; `number` counts from 1."""

    number: int
    days: tuple[Day, ...]

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Week:
        return cls(raw["number"], tuple(Day.from_json(item) for item in raw["days"]))

    def to_json(self) -> Json:
        return {"number": self.number, "days": [item.to_json() for item in self.days]}


@dataclass(frozen=True, slots=True)
class Plan:
    """All weeks. Whoever comes to the end begins anew."""

    weeks: tuple[Week, ...]

    @classmethod
    def from_json(cls, raw: list[Any]) -> Plan:
        """From the `weeks` of a template."""
        return cls(tuple(Week.from_json(item) for item in raw))

    def to_json(self) -> list[Json]:
        return [item.to_json() for item in self.weeks]

    def days(self) -> Iterator[tuple[Week, Day]]:
        """Every day in the order of training."""
        for week in self.weeks:
            for day in week.days:
                yield week, day

    def waves(self, exercise_id: str) -> dict[int, int]:
        """For each week, by number, which wave of an exercise's percentages it belongs to, counted from 0.

        A wave begins anew where a week asks for the same as the first did and the week before it for something else:
        a plan of eight weeks may hold two waves of four.
        """
        found: dict[int, int] = {}
        first: list[Any] | None = None
        last: list[Any] | None = None
        wave = 0
        for week in self.weeks:
            asked = [
                [(item.kind, item.reps, item.load) for item in entry.sets]
                for day in week.days
                for entry in day.exercises
                if entry.exercise_id == exercise_id
            ]
            if asked:
                if first is None:
                    first = asked
                elif asked == first and last != first:
                    wave += 1
                last = asked
            found[week.number] = wave
        return found

    def exercise_ids(self) -> set[str]:
        return {entry.exercise_id for _, day in self.days() for entry in day.exercises}
