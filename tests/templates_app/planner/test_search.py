"""The order in which soft rules give way, each beside the next one: choices made by hand, of which one excludes the
others by its time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from templates_app.planner import CatalogueExercise, PlanRequest
from templates_app.planner.columns import Column
from templates_app.planner.prescription import Scheme
from templates_app.planner.search import exists, solve
from templates_app.planner.tiers import STAGES, strict
from templates_app.planner.volume import GROUPS, goal_floors
from templates_app.planner.week import Theme, slots

REQUEST = PlanRequest("general", "intermediate", 1, 15, 4)
WHOLE_DAY = 700
"""Of the 720 seconds that a quarter of an hour leaves."""
SHORT = 200
PATTERNS = "horizontal_push horizontal_pull elbow_flexion elbow_extension shrug shoulder_raise grip calf_raise jump"
EVERY_GOAL_MUSCLE = " ".join(sorted(muscle for group in goal_floors(REQUEST) for muscle in GROUPS[group]))


def day(*places: str, twice: str = "") -> Theme:
    """A day that may hold anything; it is built around nothing, and `places` are to be filled."""
    everything = frozenset(f"{PATTERNS} spare_a spare_b".split())
    return Theme(
        "Day",
        everything,
        slots(*places, "none", "none"),
        frozenset({"spare_a"}),
        frozenset(twice.split()),
        is_light=True,
    )


def column(
    name: str,
    pattern: str,
    primary: str = "serratus",
    secondary: str = "",
    *,
    sets: int = 1,
    seconds: int = 0,
    on: int = 0,
    merit: int = 60,
) -> Column:
    exercise = CatalogueExercise.from_row(
        {
            "id": name,
            "slug": name,
            "name": name,
            "primary_muscles": primary.split(),
            "secondary_muscles": secondary.split(),
            "equipment": ["bodyweight"],
            "kind": "strength",
            "pattern": pattern,
            "mechanic": "isolation",
            "force": "",
            "difficulty": "beginner",
            "tracking": "reps",
            "unilateral": False,
            "per_hand": False,
            "contraindications": [],
        }
    )
    return Column(on, exercise, "isolate", "straight", Scheme(8, 8, 0, sets, sets), sets, sets, seconds, 0, merit)


def spares(days: int = 1) -> list[Column]:
    """Two exercises a day that cost no time and serve nothing: a day needs two."""
    return [column(f"{name}{on}", f"spare_{name}", on=on) for on in range(days) for name in "ab"]


def enough() -> Column:
    """Every muscle's lower bound, on the first day."""
    return column("enough", "jump", EVERY_GOAL_MUSCLE, sets=6)


def taken(columns: Sequence[Column], *week: Theme, request: PlanRequest = REQUEST) -> set[str]:
    """The exercises of the best plan, without the spare ones."""
    solution = solve(columns, week or (day(),), replace(request, days_per_week=max(len(week), 1)))
    assert solution is not None
    assert solution.is_optimal
    return {choice.column.exercise.slug for choice in solution.choices if choice.column.exercise.pattern[:5] != "spare"}


def either(high: Column, lows: Sequence[Column], *week: Theme, request: PlanRequest = REQUEST) -> set[str]:
    """What is taken of one that takes the whole day and others that take it together; without the one, the others."""
    assert taken([*spares(len(week) or 1), *lows], *week, request=request) == {low.exercise.slug for low in lows}
    return taken([*spares(len(week) or 1), high, *lows], *week, request=request)


@pytest.mark.parametrize(
    ("named_first", "others"),
    [("quads", ("side_delts", "abs")), ("abs", ("biceps", "triceps", "calves"))],
)
def test_muscles_that_the_goal_names_first(named_first: str, others: tuple[str, ...]) -> None:
    high = column("high", "grip", "serratus", named_first, seconds=WHOLE_DAY)  # half a set
    patterns = ("shrug", "elbow_flexion", "elbow_extension")
    lows = [column(m, p, m, sets=4, seconds=SHORT) for m, p in zip(others, patterns, strict=False)]
    assert either(high, lows) == {"high"}


def test_a_lower_bound_before_balance() -> None:
    calves = column("calves", "calf_raise", "serratus", "calves", sets=5)
    push = column("push", "horizontal_push", "serratus", "calves", sets=8)  # gives the last half of a set
    pull = column("pull", "horizontal_pull", sets=1)
    assert taken([*spares(), calves, pull, push]) >= {"push"}  # though it leans far to one side
    assert "push" not in taken([*spares(), replace(calves, least=6, most=6), pull, push])


def test_balance_before_frequency() -> None:
    """Eleven muscles would have a second day, for one set of pushing too many."""
    second = column("second", "horizontal_push", "serratus", EVERY_GOAL_MUSCLE, sets=3, on=1)
    pull = column("pull", "horizontal_pull", seconds=10 * WHOLE_DAY)
    assert taken([*spares(2), enough(), pull, second], day(), day()) == {"enough"}
    pattern = column("second", "elbow_extension", "serratus", EVERY_GOAL_MUSCLE, sets=3, on=1)
    assert taken([*spares(2), enough(), pull, pattern], day(), day()) == {"enough", "second"}


LIKED = [
    column(f"liked{n}", pattern, on=1, seconds=SHORT)
    for n, pattern in enumerate(("shrug", "elbow_flexion", "elbow_extension"))
]
FOR_ALL = replace(REQUEST, like=frozenset(one.exercise.id for one in LIKED))


def test_frequency_before_what_a_day_is_built_around_and_before_wishes() -> None:
    twice = column("twice", "calf_raise", "calves", on=1, seconds=WHOLE_DAY)
    filled = day("shrug", "elbow_flexion", "elbow_extension")
    for request, week in ((REQUEST, (day(), filled)), (FOR_ALL, (day(), day()))):
        for extra, expected in ((twice, {"enough", "twice"}), (None, {"enough", "liked0", "liked1", "liked2"})):
            columns = [*spares(2), enough(), *LIKED, *([extra] if extra else [])]
            assert taken(columns, *week, request=request) == expected


def test_what_a_day_is_built_around_before_wishes() -> None:
    heart = column("heart", "grip", on=1, seconds=WHOLE_DAY)
    assert taken([*spares(2), heart, *LIKED], day(), day("jump", "jump", "jump", "grip"), request=FOR_ALL) == {"heart"}
    assert len(taken([*spares(2), heart, *LIKED], day(), day(), request=FOR_ALL)) == 3


def test_a_muscle_that_is_liked_comes_after_those_that_the_goal_names() -> None:
    request = replace(REQUEST, like=frozenset({"calves", "neck"}))
    high = column("high", "grip", "serratus", "abs", seconds=WHOLE_DAY)
    lows = [
        column("more", "calf_raise", "neck", sets=4, seconds=SHORT),
        column("neck", "elbow_extension", "neck", sets=4, seconds=SHORT),
    ]
    assert either(high, lows, request=request) == {"high"}


def test_wishes_before_how_a_day_is_filled_and_before_taste() -> None:
    liked = column("liked", "grip", seconds=WHOLE_DAY, merit=0)
    request = replace(REQUEST, like=frozenset({"liked"}))
    fill = [column(f"f{p}", p, seconds=SHORT, merit=120) for p in ("shrug", "elbow_flexion", "elbow_extension")]
    later = day("jump", "jump", "jump", "jump", "shrug", "elbow_flexion", "elbow_extension")
    assert either(liked, fill, later, request=request) == {"liked"}
    further = column("further", "shrug", "quads", sets=3, merit=120, seconds=SHORT)  # beyond what is the least
    met = column("met", "jump", EVERY_GOAL_MUSCLE, sets=6)
    assert taken([*spares(), met, liked, further], request=request) == {"met", "liked"}
    assert taken([*spares(), met, further]) == {"met", "further"}


def test_one_unit_outweighs_all_that_can_be_below_it() -> None:
    assert strict([7, 3, 2, 5]) == [72, 18, 6, 1]
    for sums in ([5], [1, 1, 1], [9, 0, 4]):
        weights = strict(sums)
        for place, weight in enumerate(weights):
            assert weight > sum(w * s for w, s in zip(weights[place + 1 :], sums[place + 1 :], strict=True))


def test_stages_keep_the_order_that_is_promised() -> None:
    order = [tier for tiers in STAGES for tier in tiers]
    promised = ["floor_1", "floor_2", "floor_3", "balance", "frequency", "preference"]
    assert [tier for tier in order if tier in promised] == promised


def test_nothing_fits() -> None:
    long = [replace(one, fixed=WHOLE_DAY) for one in spares()]
    assert solve(long, (day(),), REQUEST) is None
    assert not exists(long, (day(),), REQUEST)
