"""A plan as the linter reads it: sets looked up, counted and pointed at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from templates_app.plan import Day, Plan, PlannedExercise, PrescribedSet, Week
from templates_app.planner.catalogue import CatalogueExercise
from templates_app.planner.request import History, PlanRequest
from templates_app.planner.volume import GROUPS


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
            share = 1.0 if muscles & exercise.primary_muscles else 0.5 if muscles & exercise.secondary_muscles else 0
            if share and sets:
                sums[group] = sums.get(group, 0.0) + share * sets
    return sums


def worked(entry: PlannedExercise) -> list[PrescribedSet]:
    """The sets that count: all but warm-ups."""
    return [item for item in entry.sets if item.kind != "warmup"]


def reserve_of(item: PrescribedSet) -> float | None:
    """Repetitions in reserve that a set asks for; None where its effort is not said."""
    if item.kind == "failure":
        return 0.0
    if item.load is None or item.load.value is None:
        return None
    if item.load.type == "rir":
        return float(item.load.value)
    return 10 - float(item.load.value) if item.load.type == "rpe" else None


def week_sets(week: Week) -> int:
    return sum(len(worked(entry)) for day in week.days for entry in day.exercises)
