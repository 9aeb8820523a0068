"""How long a day of a plan takes, from the first warm-up to the last set.

The model, with what each part rests on. Work: 4 s a repetition, which is 1–2 s up and 1–2 s down (ACSM 2009) and a
moment between, or what the tempo says; both sides where one works at a time. Rests: what the plan prescribes.
Warm-up and change-over: ours, to be replaced by what the logs of real workouts show.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from typing import Final

from templates_app.plan import Day, PlannedExercise, PrescribedSet
from templates_app.planner.catalogue import CatalogueExercise

SECONDS_PER_REP: Final = 4
AMRAP_EXTRA_REPS: Final = 4
"""Repetitions beyond the asked ones that an open set is reckoned with (ours)."""
CHANGE_SECONDS: Final = 75
"""From the last set of an exercise to the first of the next: walking, loading, setting up (ours)."""
STATION_SECONDS: Final = 30
"""To lay out one more exercise of a superset or circuit (ours)."""
SWITCH_SECONDS: Final = 15
"""From one exercise of a superset or circuit to the next (ours)."""
SHORT_MINUTES: Final = 30


def warm_up_seconds(minutes: int) -> int:
    """Moving before the first set: 5 minutes, 3 in a short session (ours)."""
    return 180 if minutes <= SHORT_MINUTES else 300


def tempo_seconds(tempo: str | None) -> int:
    """Seconds of one repetition: the sum of "3-1-1-0"; the usual ones without a tempo."""
    if tempo is None:
        return SECONDS_PER_REP
    return max(sum(int(part) for part in tempo.split("-") if part.isdigit()), 1)


def set_seconds(item: PrescribedSet, unilateral: bool) -> int:
    """Work of one set, both sides, without rest; the upper end of a range of repetitions."""
    reps = item.reps_max or item.reps or 0
    if item.kind == "amrap":
        reps += AMRAP_EXTRA_REPS
    return (reps * tempo_seconds(item.tempo) + (item.seconds or 0)) * (2 if unilateral else 1)


def day_seconds(day: Day, catalogue: Mapping[str, CatalogueExercise], minutes: int) -> int:
    """A whole day. Exercises of one superset share one change-over; the last rest of a block is the change-over."""
    total = warm_up_seconds(minutes)

    def block(place: int) -> tuple[bool, int]:
        superset = day.exercises[place].superset
        return (False, place) if superset is None else (True, superset)

    for _, places in groupby(range(len(day.exercises)), block):
        entries = [day.exercises[place] for place in places]
        total += (
            CHANGE_SECONDS
            + STATION_SECONDS * (len(entries) - 1)
            + sum(_entry_seconds(entry, catalogue) for entry in entries)
        )
        total -= entries[-1].sets[-1].rest_seconds or 0
    return total


def _entry_seconds(entry: PlannedExercise, catalogue: Mapping[str, CatalogueExercise]) -> int:
    exercise = catalogue.get(entry.exercise_id)
    unilateral = exercise is not None and exercise.unilateral
    return sum(set_seconds(item, unilateral) + (item.rest_seconds or 0) for item in entry.sets)
