"""A plan as the linter reads it: sets looked up, counted and pointed at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from fitai.science.effort import reps_at
from fitai.science.strength import TRAINING_MAX
from fitai.science.units import to_kg
from templates_app.plan import Day, Plan, PlannedExercise, PrescribedSet, Week
from templates_app.planner.catalogue import CatalogueExercise
from templates_app.planner.request import History, PlanRequest
from templates_app.planner.volume import GROUPS

MAIN: Final = frozenset({"working", "amrap", "failure"})
"""The sets that are the work of an exercise: back-offs and drops come after them."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A plan beside what it was asked for."""

    plan: Plan
    request: PlanRequest
    catalogue: Mapping[str, CatalogueExercise]
    history: History

    def entries(self) -> Iterator[tuple[str, PlannedExercise, CatalogueExercise]]:
        """Every exercise of every day with its pointer."""
        for at, week in enumerate(self.plan.weeks):
            for place, day in enumerate(week.days):
                for index, entry in enumerate(day.exercises):
                    yield f"/{at}/days/{place}/exercises/{index}", entry, self.catalogue[entry.exercise_id]

    def first_places(self) -> Iterator[tuple[str, PlannedExercise, CatalogueExercise]]:
        """Every exercise where it is first met: what holds for an exercise is said of it once."""
        seen: set[str] = set()
        for pointer, entry, exercise in self.entries():
            if exercise.id not in seen:
                seen.add(exercise.id)
                yield pointer, entry, exercise

    def muscle_sets(self, day: Day) -> dict[str, float]:
        return fractional_sets([day], self.catalogue)

    def weekly_sets(self, week: Week) -> dict[str, float]:
        return fractional_sets(week.days, self.catalogue)


def fractional_sets(days: Iterable[Day], catalogue: Mapping[str, CatalogueExercise]) -> dict[str, float]:
    """Sets of each group of muscles on these days: 1 where an exercise is done for it, 0.5 where it helps. What the
    catalogue does not have counts for nothing."""
    sums: dict[str, float] = {}
    for entry in (entry for day in days for entry in day.exercises if entry.exercise_id in catalogue):
        exercise, sets = catalogue[entry.exercise_id], len(worked(entry))
        for group, muscles in GROUPS.items():
            share = 1.0 if muscles & exercise.works else 0.5 if muscles & exercise.helps else 0
            if share and sets:
                sums[group] = sums.get(group, 0.0) + share * sets
    return sums


def worked(entry: PlannedExercise) -> list[PrescribedSet]:
    """The sets that count: all but warm-ups."""
    return [item for item in entry.sets if item.kind != "warmup"]


OPEN_WAVE_RESERVE: Final = 1.0
"""Repetitions in reserve at which the open set that ends a wave is stopped, as its plan says."""


def reserves(entry: PlannedExercise, best: Decimal | None = None) -> Iterator[tuple[int, PrescribedSet, float | None]]:
    """Each set but warm-ups by its index, with the repetitions in reserve that it asks for (None: it does not say).

    `best` is the 1RM in kilograms where it is known. As many repetitions as possible leave none, unless the set names
    an effort to stop at, or ends the waves of a percentage rule.
    """
    last = max((index for index, item in enumerate(entry.sets) if item.kind in MAIN), default=-1)
    for index, item in enumerate(entry.sets):
        if item.kind == "warmup":
            continue
        reserve = reserve_of(item, best)
        if item.kind == "amrap" and effort_named(item) is None:
            reserve = OPEN_WAVE_RESERVE if entry.progression.rule == "percentage" and index == last else 0.0
        yield index, item, reserve


def reserve_of(item: PrescribedSet, best: Decimal | None = None) -> float | None:
    """Repetitions in reserve: as the set says, else as its share of the 1RM implies; below 0 it cannot be done."""
    if item.kind == "failure":
        return 0.0
    named, share = effort_named(item), share_of_best(item, best)
    if named is not None or share is None or item.reps is None:
        return named
    return float(reps_at(share) - item.reps)


def effort_named(item: PrescribedSet) -> float | None:
    """Repetitions in reserve that the load of a set names, as RIR or RPE."""
    if item.load is None or item.load.value is None or item.load.type not in ("rir", "rpe"):
        return None
    return float(item.load.value if item.load.type == "rir" else 10 - item.load.value)


def share_of_best(item: PrescribedSet, best: Decimal | None) -> Decimal | None:
    """The share of the 1RM that a set is done with; None where its load does not say."""
    load = item.load
    if load is None or not load.value:
        return None
    if load.type == "percent_1rm":
        return load.value / 100
    if load.type == "percent_tm":
        return load.value / 100 * TRAINING_MAX
    if load.type == "absolute" and best:
        return to_kg(load.value, load.unit or "kg") / best
    return None


def week_sets(week: Week) -> int:
    return sum(len(worked(entry)) for day in week.days for entry in day.exercises)
