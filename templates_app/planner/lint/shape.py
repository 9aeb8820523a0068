"""Weeks, days and minutes as asked, and exercises far enough apart."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from templates_app.planner import week as calendar
from templates_app.planner.lint.reading import Reading, worked
from templates_app.planner.statement import Statement
from templates_app.planner.timing import day_seconds

HARD_DAY_SETS: Final = 3
"""Sets of loaded squats, hinges, lunges and Olympic lifts from which a day counts as hard."""
MOST_SETS: Final = 8
"""Sets of one exercise on one day beyond which a plan is refused (ours)."""


def shape(reading: Reading) -> Iterator[Statement]:
    """Exactly the weeks and days asked for, nothing empty, nothing unknown, nothing twice on a day."""
    request, weeks = reading.request, reading.plan.weeks
    if len(weeks) != request.weeks:
        yield Statement("weeks", f"The plan has {len(weeks)} weeks of {request.weeks}.", "")
    for at, week in enumerate(weeks):
        if len(week.days) != request.days_per_week:
            text = f"Week {week.number} has {len(week.days)} days of {request.days_per_week}."
            yield Statement("days", text, f"/{at}/days")
        for place, day in enumerate(week.days):
            pointer = f"/{at}/days/{place}"
            if not day.exercises:
                yield Statement("empty_day", f"{day.name} has no exercise.", pointer)
            ids = [entry.exercise_id for entry in day.exercises]
            for index, entry in enumerate(day.exercises):
                here = f"{pointer}/exercises/{index}"
                if entry.exercise_id not in reading.catalogue:
                    yield Statement("unknown_exercise", "This exercise is not in the library.", here)
                elif ids.index(entry.exercise_id) < index:
                    name = reading.catalogue[entry.exercise_id].name
                    yield Statement("repeated_exercise", f"{name} stands twice on {day.name}.", here)
                if not 1 <= len(worked(entry)) <= MOST_SETS:
                    yield Statement("set_count", f"{len(worked(entry))} working sets of one exercise.", here)


def minutes(reading: Reading) -> Iterator[Statement]:
    """No day longer than the minutes there are."""
    for at, week in enumerate(reading.plan.weeks):
        for place, day in enumerate(week.days):
            spent = day_seconds(day, reading.catalogue, reading.request.minutes)
            if spent > reading.request.minutes * 60:
                yield Statement(
                    "minutes",
                    f"{day.name} of week {week.number} takes {-(-spent // 60)} of {reading.request.minutes} minutes.",
                    f"/{at}/days/{place}",
                    {"minutes": -(-spent // 60), "allowed": reading.request.minutes},
                )


def neighbours(reading: Reading) -> Iterator[Statement]:
    """Not the same exercise on consecutive days of the calendar."""
    for at, week in enumerate(reading.plan.weeks):
        for a, b in calendar.neighbours(len(week.days)):
            first = {entry.exercise_id for entry in week.days[a].exercises}
            for index, entry in enumerate(week.days[b].exercises):
                if entry.exercise_id in first:
                    name = reading.catalogue[entry.exercise_id].name
                    yield Statement(
                        "neighbouring_days",
                        f"{name} is trained on consecutive days: {week.days[a].name} and {week.days[b].name}.",
                        f"/{at}/days/{b}/exercises/{index}",
                    )


def days_apart(reading: Reading) -> Iterator[Statement]:
    """Up to four days a week no two hard days in a row."""
    if reading.request.days_per_week > calendar.APART_UP_TO:
        return
    for at, week in enumerate(reading.plan.weeks):
        hard = []
        for day in week.days:
            heavy = [
                len(worked(entry))
                for entry in day.exercises
                if reading.catalogue[entry.exercise_id].is_weighted
                and reading.catalogue[entry.exercise_id].pattern in calendar.DEMANDING
            ]
            hard.append(sum(heavy) >= HARD_DAY_SETS)
        for a, b in calendar.neighbours(len(week.days)):
            if hard[a] and hard[b]:
                yield Statement(
                    "hard_days",
                    f"{week.days[a].name} and {week.days[b].name} of week {week.number} are hard days in a row.",
                    f"/{at}/days/{b}",
                )
