"""Weeks grow harder and then easy."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from templates_app.planner import GOALS, LEVELS, PlanRequest
from templates_app.planner.mesocycle import PlanWeek, block_lengths, plan_weeks, reserve, wave

STRONG = PlanRequest("strength", "intermediate", 3, 60, 12)


@pytest.mark.parametrize("goal", GOALS)
@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("weeks", range(1, 17))
def test_weeks_are_all_there_and_an_easy_one_comes_in_time(goal: str, level: str, weeks: int) -> None:
    request = PlanRequest(goal, level, 3, 60, weeks)  # type: ignore[arg-type]
    made = plan_weeks(request)
    assert [week.number for week in made] == list(range(1, weeks + 1))
    easy = [week.number for week in made if week.is_easy]
    gaps = [b - a for a, b in zip([0, *easy], [*easy, weeks + 1], strict=True)]
    assert max(gaps) <= 8
    if easy and level != "beginner":
        assert min(gaps[:-1]) >= 4
    if level == "beginner":
        assert easy == [number for number in (8, 16) if number <= weeks]
    elif weeks >= 4:
        assert easy[-1] == weeks


def test_blocks() -> None:
    lengths = {weeks: block_lengths(replace(STRONG, weeks=weeks)) for weeks in (1, 3, 4, 6, 7, 8, 9, 12, 16)}
    assert lengths == {
        1: [1],
        3: [3],
        4: [4],
        6: [6],
        7: [7],
        8: [4, 4],
        9: [5, 4],
        12: [4, 4, 4],
        16: [4, 4, 4, 4],
    }
    assert block_lengths(replace(STRONG, goal="hypertrophy", weeks=9)) == [5, 4]


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (replace(STRONG, goal="hypertrophy", level="advanced", weeks=5), [3, 2, 2, 1, 4]),
        (replace(STRONG, goal="hypertrophy", weeks=5), [3, 2, 2, 1, 4]),
        (replace(STRONG, goal="general", weeks=6), [3, 3, 3, 2, 2, 4]),
        (replace(STRONG, goal="general", level="beginner", weeks=3), [3, 3, 2]),
        (replace(STRONG, weeks=4, injuries=frozenset({"hernia"})), [3, 3, 3, 4]),
    ],
)
def test_reserve_falls_to_what_level_and_goal_allow(request_: PlanRequest, expected: list[int]) -> None:
    assert [reserve(week, "assist", request_) for week in plan_weeks(request_)] == expected


def test_only_small_lifts_of_advanced_people_who_want_size_come_to_failure() -> None:
    request = replace(STRONG, goal="hypertrophy", level="advanced", weeks=5)
    last = plan_weeks(request)[3]
    assert [reserve(last, role, request) for role in ("explosive", "main", "assist", "isolate", "core")] == [
        4,
        1,
        1,
        0,
        0,
    ]


def test_waves() -> None:
    weeks = [PlanWeek(number, 0, number - 1, 3, False) for number in (1, 2, 3)]
    assert [wave(week) for week in weeks] == [
        [(5, 65), (5, 75), (5, 85)],
        [(3, 70), (3, 80), (3, 90)],
        [(5, 75), (3, 85), (1, 95)],
    ]
    assert wave(PlanWeek(4, 0, 3, 3, True)) == [(5, 40), (5, 50), (5, 60)]
    assert wave(PlanWeek(7, 1, 2, 3, False)) == wave(weeks[2])  # what grows is the training max
    longer = [wave(PlanWeek(number, 0, number - 1, 5, False))[-1] for number in range(1, 6)]
    assert longer == [(5, 85), (5, Decimal("87.5")), (3, 90), (3, Decimal("92.5")), (1, 95)]
