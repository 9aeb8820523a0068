"""How much and how hard: sets a muscle, effort, growth, balance, easy weeks."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from templates_app.plan import Week
from templates_app.planner.lint.reading import Reading, reserve_of, week_sets, worked
from templates_app.planner.prescription import MAX_RIR, rir_floor
from templates_app.planner.statement import Statement, listed, number
from templates_app.planner.volume import CEILINGS, ceiling, floors, group_name
from templates_app.planner.week import HIP, KNEE, PULLS, PUSHES

MOST_GROWTH: Final = 1.2
"""Weekly sets beside those of the week before."""
EASY_SHARE: Final = 0.75
"""A week with no more than this share of the sets of the week before is an easy one."""
LONGEST_STRETCH: Final = 8
"""Hard weeks in a row that ask for an easy one (every 4–8 weeks, Bell 2023)."""
BALANCE: Final = (0.75, 1.33)
TWICE: Final = 2


def volume(reading: Reading) -> Iterator[Statement]:
    """No muscle beyond what somebody of this level recovers from, in any week."""
    said: set[str] = set()
    for at, week in enumerate(reading.plan.weeks):
        for group, sets in reading.weekly_sets(week).items():
            most = ceiling(group, reading.request.level)
            if sets > most and group in CEILINGS and group not in said:
                said.add(group)
                yield Statement(
                    "volume_ceiling",
                    f"Week {week.number} has {number(sets)} sets for {group_name(group)}, at most {number(most)} are"
                    f" recovered from at this level.",
                    f"/{at}",
                    {"group": group, "sets": sets, "most": most},
                )


def effort(reading: Reading) -> Iterator[Statement]:
    """Between the floor of level and goal and 4 repetitions in reserve."""
    least = rir_floor(reading.request)
    for pointer, entry, exercise in reading.entries():
        for index, item in enumerate(entry.sets):
            reserve = reserve_of(item)
            if item.kind == "warmup" or reserve is None or least <= reserve <= MAX_RIR:
                continue
            yield Statement(
                "effort",
                f"{exercise.name} asks for {number(reserve)} repetitions in reserve; {least} to {MAX_RIR} make sense.",
                f"{pointer}/sets/{index}",
                {"rir": reserve, "least": least, "most": MAX_RIR},
            )


def too_many_to_failure(reading: Reading) -> Iterator[Statement]:
    """A beginner takes at most one set of an exercise to failure."""
    if reading.request.level != "beginner":
        return
    for pointer, entry, exercise in reading.entries():
        count = sum(1 for item in entry.sets if item.kind in {"failure", "amrap"} or _is_failure(reserve_of(item)))
        if count > 1:
            text = f"{exercise.name} goes to failure {count} times; for a beginner once is enough."
            yield Statement("failure_sets", text, pointer, {"sets": count})


def _is_failure(reserve: float | None) -> bool:
    return reserve is not None and reserve <= 0


def growth(reading: Reading) -> Iterator[Statement]:
    """A hard week has at most 20 % more sets than the hard week before it."""
    before: int | None = None
    for at, week in enumerate(reading.plan.weeks):
        sets = week_sets(week)
        if before is not None and sets > before * MOST_GROWTH:
            yield Statement(
                "growth",
                f"Week {week.number} has {sets} sets after {before}: more than a fifth more.",
                f"/{at}",
                {"sets": sets, "before": before},
            )
        if before is None or sets > before * EASY_SHARE:
            before = sets


def floors_and_frequency(reading: Reading) -> Iterator[Statement]:
    """Muscles below the lower bound of their sets, or trained on fewer than two days."""
    week, request = reading.plan.weeks[0], reading.request
    weekly = reading.weekly_sets(week)
    daily = [reading.muscle_sets(day) for day in week.days]
    short, rare = [], []
    for group, (least, rank) in sorted(floors(request).items(), key=lambda item: (item[1][1], item[0])):
        sets = weekly.get(group, 0.0)
        if sets < least:
            short.append((group, sets, least, rank))
        days = sum(1 for one in daily if one.get(group, 0.0) >= 1)
        if days < min(TWICE, request.days_per_week) and sets:
            rare.append(group)
    frame = f"{request.days_per_week} × {request.minutes} minutes"
    for group, sets, least, rank in short:
        yield Statement(
            "volume_floor",
            f"{_subject(group)} {_gets(group)} {number(sets)} of {number(least)} sets a week: {frame}.",
            "/0",
            {"group": group, "sets": sets, "least": least, "rank": rank},
        )
    if rare:
        names = listed([group_name(group) for group in rare])
        yield Statement("frequency", f"Trained on one day a week only: {names}.", "/0", {"groups": rare})


def _subject(group: str) -> str:
    name = group_name(group)
    return name[0].upper() + name[1:]


def _gets(group: str) -> str:
    singular = group in {"chest", "back", "abs", "lower_back", "biceps", "triceps", "neck"}
    return "gets" if singular else "get"


def balance(reading: Reading) -> Iterator[Statement]:
    """Pushes beside pulls, hips beside knees."""
    week = reading.plan.weeks[0]
    for code, above, below, words in (
        ("push_pull", PUSHES, PULLS, ("pushing", "pulling")),
        ("hinge_squat", HIP, KNEE, ("hip", "knee")),
    ):
        first, second = _pattern_sets(reading, week, above), _pattern_sets(reading, week, below)
        low, high = BALANCE
        if first + second and not low * second <= first <= high * second:
            yield Statement(
                code,
                f"{first} sets of {words[0]} beside {second} of {words[1]} work; {low} to {high} to 1 is balanced.",
                "/0",
                {"first": first, "second": second},
            )


def _pattern_sets(reading: Reading, week: Week, patterns: frozenset[str]) -> int:
    return sum(
        len(worked(entry))
        for day in week.days
        for entry in day.exercises
        if reading.catalogue[entry.exercise_id].pattern in patterns
    )


def easy_weeks(reading: Reading) -> Iterator[Statement]:
    """Eight hard weeks in a row."""
    counts = [week_sets(week) for week in reading.plan.weeks]
    easy = [place + 1 for place in range(1, len(counts)) if counts[place] <= counts[place - 1] * EASY_SHARE]
    marks = [0, *easy, len(counts) + 1]
    for start, end in pairwise(marks):
        hard = end - start - 1
        if hard >= LONGEST_STRETCH:
            text = f"Weeks {start + 1} to {end - 1} go by without an easy one; every 4 to 8 weeks it is time for one."
            yield Statement("easy_week", text, f"/{start}", {"weeks": hard})
