"""How much and how hard: sets a muscle, effort, growth, balance, easy weeks."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any, Final

from templates_app.plan import PrescribedSet, Week
from templates_app.planner.lint.reading import Reading, effort_named, reserves, week_sets, worked
from templates_app.planner.prescription import MAX_RIR, is_spared, rir_floor
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
    """Between the floor of level and goal and 4 repetitions in reserve. What a share of the 1RM implies may be easier,
    not harder."""
    for pointer, entry, exercise in reading.entries():
        best = reading.history.e1rm_kg.get(exercise.id)
        for index, item, reserve in reserves(entry, best):
            if (said := _wrong_effort(reading, item, reserve)) is not None:
                text, figures = said
                yield Statement("effort", f"{exercise.name} {text}", f"{pointer}/sets/{index}", figures)


def _wrong_effort(reading: Reading, item: PrescribedSet, reserve: float | None) -> tuple[str, dict[str, Any]] | None:
    """What is wrong with the effort of a set, in words and figures."""
    least, named = rir_floor(reading.request), effort_named(item)
    figures = {"rir": reserve, "least": least, "most": MAX_RIR}
    if item.kind in {"amrap", "failure"} and is_spared(reading.request):
        kind = "goes to failure" if item.kind == "failure" else "has an open set"
        return f"{kind}, which is not for somebody who must not strain.", figures
    if reserve is None or (reserve >= least and (named is None or reserve <= MAX_RIR)):
        return None
    if named is None and item.kind not in {"amrap", "failure"}:
        left = number(max(round(reserve, 1), 0))
        text = f"asks for {item.reps} repetitions with a weight that leaves {left} in reserve; {least} at least."
        return text, {**figures, "rir": round(reserve, 1)}
    return f"asks for {number(reserve)} repetitions in reserve; {least} to {MAX_RIR} make sense.", figures


def too_many_to_failure(reading: Reading) -> Iterator[Statement]:
    """A beginner takes at most one set of an exercise to failure."""
    if reading.request.level != "beginner":
        return
    for pointer, entry, exercise in reading.entries():
        sets = reserves(entry, reading.history.e1rm_kg.get(exercise.id))
        count = sum(
            1
            for _, item, reserve in sets
            if item.kind in {"failure", "amrap"} or (reserve is not None and reserve <= 0)
        )
        if count > 1:
            text = f"{exercise.name} goes to failure {count} times; for a beginner once is enough."
            yield Statement("failure_sets", text, pointer, {"sets": count})


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
        if days < TWICE and sets:
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
        text = f"Trained on one day a week only: {listed([group_name(group) for group in rare])}."
        if request.days_per_week == 1:
            text = "Every muscle is trained on one day a week only, as there is one; two serve strength better."
        yield Statement("frequency", text, "/0", {"groups": rare})


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
