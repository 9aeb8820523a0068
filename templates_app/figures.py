"""What lists say of a plan, worked out from its tree."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from accounts.preferences import REST_TIMER_SECONDS
from templates_app.plan import Day, Plan, PlannedExercise
from templates_app.planner.catalogue import CatalogueExercise
from templates_app.planner.timing import SHORT_MINUTES, day_seconds


def figures(plan: Plan, library: Mapping[str, CatalogueExercise]) -> dict[str, Any]:
    """The derived columns of a template. What the library has no more counts for nothing."""
    used = sorted(plan.exercise_ids())
    known = [library[id] for id in used if id in library]
    return {
        "week_count": len(plan.weeks),
        "days_per_week": max(len(week.days) for week in plan.weeks),
        "minutes": max(minutes(day, library) for _, day in plan.days()),
        "set_count": sum(len(entry.sets) for _, day in plan.days() for entry in day.exercises),
        "equipment": _words(one.equipment for one in known),
        "muscles": _words(one.primary_muscles for one in known),
        "exercise_ids": [UUID(id) for id in used],
    }


def minutes(day: Day, library: Mapping[str, CatalogueExercise]) -> int:
    """How long a day takes, in whole minutes, by the planner's time model. A set that says nothing of its rest is
    followed by that of the rest timer."""
    rested = replace(day, exercises=tuple(_with_rests(entry) for entry in day.exercises))
    found = -(-day_seconds(rested, library, SHORT_MINUTES) // 60)
    if found > SHORT_MINUTES:  # a longer session has a longer warm-up
        found = -(-day_seconds(rested, library, found) // 60)
    return found


def _with_rests(entry: PlannedExercise) -> PlannedExercise:
    if all(item.rest_seconds is not None for item in entry.sets):
        return entry
    sets = (
        item if item.rest_seconds is not None else replace(item, rest_seconds=REST_TIMER_SECONDS) for item in entry.sets
    )
    return replace(entry, sets=tuple(sets))


def _words(groups: Iterable[Iterable[str]]) -> list[str]:
    return sorted({word for group in groups for word in group})
