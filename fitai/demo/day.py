"""A day of training from an export of Hevy: one line a set, a workout's lines together.

Layout: `title, start_time, end_time, description, exercise_title, superset_id, exercise_notes, set_index, set_type,
weight_kg, reps, distance_km, duration_seconds, rpe`.
"""

import csv
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from itertools import groupby
from pathlib import Path
from typing import Any

COLUMNS = frozenset(
    {"title", "start_time", "exercise_title", "superset_id", "exercise_notes", "set_type", "weight_kg", "reps"}
    | {"distance_km", "duration_seconds", "rpe"}
)
KINDS = {"normal": "working", "warmup": "warmup", "failure": "failure", "dropset": "drop"}
FEWEST_EXERCISES = 4  # one with a slip, one that a worker dies in, one offline, one meanwhile

Line = tuple[int, Mapping[str, str]]
"""The number of a line in the file, and its values by column."""


class UnreadableData(Exception):
    """The file is no such export, or no day of it suits the tour."""


@dataclass(frozen=True, slots=True)
class DaySet:
    """One set as it was logged; what was not written down is None. RPE goes from 1 to 10 by halves."""

    kind: str
    weight_kg: Decimal | None = None
    reps: int | None = None
    rpe: Decimal | None = None
    distance_km: Decimal | None = None
    duration_seconds: int | None = None

    @property
    def fields(self) -> dict[str, Any]:
        """The set as the API takes it."""
        values: dict[str, Any] = {"kind": self.kind, "completed": True}
        if self.weight_kg is not None:
            values |= {"weight": str(self.weight_kg), "weight_unit": "kg"}
        if self.distance_km is not None:
            values |= {"distance": str(self.distance_km), "distance_unit": "km"}
        if self.rpe is not None:
            values["rpe"] = str(self.rpe)
        counted = {"reps": self.reps, "duration_seconds": self.duration_seconds}
        return values | {name: value for name, value in counted.items() if value is not None}


@dataclass(frozen=True, slots=True)
class DayExercise:
    """An exercise under the name the athlete's other app gave it, with its sets in their order."""

    name: str
    sets: tuple[DaySet, ...]
    notes: str | None = None
    superset: int | None = None


@dataclass(frozen=True, slots=True)
class Day:
    """One workout; `began` is on the athlete's own clock."""

    title: str
    began: datetime
    exercises: tuple[DayExercise, ...]

    @property
    def sets(self) -> list[DaySet]:
        return [item for exercise in self.exercises for item in exercise.sets]

    @property
    def kinds(self) -> Counter[str]:
        """How many sets there are of each kind."""
        return Counter(item.kind for item in self.sets)

    @property
    def rated(self) -> int:
        """How many sets have an RPE."""
        return sum(item.rpe is not None for item in self.sets)

    @property
    def suits(self) -> bool:
        """Whether the tour can be told with it: a loaded working set to correct early, two sets to log offline late."""
        if len(self.exercises) < FEWEST_EXERCISES or len(self.exercises[-2].sets) < 2:
            return False
        return any(item.kind == "working" and item.weight_kg for item in self.exercises[0].sets)


def choose_day(days: Iterable[Day]) -> Day:
    """The newest of those that suit and have the most kinds of sets, all else being equal with RPE."""
    suitable = [day for day in days if day.suits]
    if not suitable:
        raise UnreadableData(
            "It has no day with four exercises, a loaded working set first and two sets to log offline."
        )
    return max(suitable, key=lambda day: (len(day.kinds), day.rated > 0, day.began))


def read_days(path: Path) -> list[Day]:
    """Every workout of an export. Raises UnreadableData, where it can with the line that is wrong."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = csv.DictReader(file, restval="")
            missing = COLUMNS.difference(rows.fieldnames or ())
            if missing:
                raise UnreadableData(f"It lacks the columns {', '.join(sorted(missing))}.")
            lines = [(rows.line_num, row) for row in rows]
    except (UnicodeDecodeError, csv.Error) as error:
        raise UnreadableData(f"It is no CSV in UTF-8: {error}.") from None
    return [
        _day(list(group)) for _, group in groupby(lines, key=lambda line: (line[1]["title"], line[1]["start_time"]))
    ]


def _day(lines: list[Line]) -> Day:
    number, first = lines[0]
    exercises = groupby(lines, key=lambda line: line[1]["exercise_title"])
    return Day(
        title=first["title"],
        began=_moment(first["start_time"], number),
        exercises=tuple(_exercise(list(group)) for _, group in exercises),
    )


def _exercise(lines: list[Line]) -> DayExercise:
    number, first = lines[0]
    return DayExercise(
        name=first["exercise_title"],
        sets=tuple(_set(row, number) for number, row in lines),
        notes=first["exercise_notes"].replace("\\n", "\n").strip() or None,
        superset=_whole(first["superset_id"], number),
    )


def _set(row: Mapping[str, str], number: int) -> DaySet:
    kind = KINDS.get(row["set_type"])
    if kind is None:
        raise UnreadableData(f"Line {number}: no such kind of set: {row['set_type']!r}.")
    return DaySet(
        kind=kind,
        weight_kg=_decimal(row["weight_kg"], number),
        reps=_whole(row["reps"], number),
        rpe=_decimal(row["rpe"], number),
        distance_km=_decimal(row["distance_km"], number) or None,  # some exports have 0 for what a set lacks
        duration_seconds=_whole(row["duration_seconds"], number) or None,
    )


def _decimal(text: str, number: int) -> Decimal | None:
    try:
        return Decimal(text) if text else None
    except InvalidOperation:
        raise UnreadableData(f"Line {number}: not a number: {text!r}.") from None


def _whole(text: str, number: int) -> int | None:
    value = _decimal(text, number)
    if value is not None and value % 1:
        raise UnreadableData(f"Line {number}: not a whole number: {text!r}.")
    return None if value is None else int(value)


def _moment(text: str, number: int) -> datetime:
    try:
        return datetime.strptime(text, "%d %b %Y, %H:%M")
    except ValueError:
        raise UnreadableData(f"Line {number}: not a time such as '1 May 2025, 10:24': {text!r}.") from None
