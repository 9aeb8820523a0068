"""Differences as a coach says them."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from templates_app.diff import compare, load_in_words, longest_rising, sets_in_words
from tests.templates_app.plans import kept_rule, kept_set

Json = dict[str, Any]
NAMES = {"bench": "Bench Press", "row": "Barbell Row", "dip": "Dip"}


def entry(id: str, exercise: str, *sets: Json, **values: Any) -> Json:
    return {
        "id": id,
        "exercise_id": exercise,
        "superset": None,
        "substitutes": [],
        "progression": kept_rule(),
        "sets": list(sets),
        **values,
    }


def plan() -> Json:
    """Two weeks of push and pull; ids are a letter for the day, its week, and a number for the exercise."""
    weeks = [
        {
            "number": number,
            "days": [
                {
                    "id": f"A{number}",
                    "name": "Push",
                    "exercises": [
                        entry(f"A{number}1", "bench", *[kept_set(reps=8) for _ in range(3)]),
                        entry(f"A{number}2", "dip", kept_set(reps=10)),
                    ],
                },
                {"id": f"B{number}", "name": "Pull", "exercises": [entry(f"B{number}1", "row", kept_set(reps=8))]},
            ],
        }
        for number in (1, 2)
    ]
    said: Json = {"name": "Plan", "description": None, "goal": "strength", "level": "beginner", "tags": []}
    return {**said, "weeks": weeks}


def days(one: Json, week: int) -> list[Json]:
    found: list[Json] = one["weeks"][week - 1]["days"]
    return found


def bench(one: Json, week: int = 2) -> Json:
    found: Json = days(one, week)[0]["exercises"][0]
    return found


def rename(one: Json) -> None:
    one |= {"name": "Better", "tags": ["gym", "home"], "description": "Twice a week"}


def more_reps(one: Json) -> None:
    bench(one)["sets"][2] |= {"reps": 10, "reps_max": 12, "load": {"type": "rpe", "value": "8", "unit": None}}


def more_rest(one: Json) -> None:
    bench(one)["sets"][0] |= {"rest_seconds": 90, "kind": "warmup", "tempo": "3-1-1-0"}


def one_set_more(one: Json) -> None:
    bench(one)["sets"].append(kept_set(reps=5, load={"type": "percent_1rm", "value": "80", "unit": None}))


def fewer_sets(one: Json) -> None:
    del bench(one)["sets"][1:]


def another_exercise(one: Json) -> None:
    bench(one).update(exercise_id="dip", substitutes=["bench", "gone"], superset=1)


def another_rule(one: Json) -> None:
    bench(one)["progression"] = kept_rule(rule="linear", increment="2.5", unit="kg")


def add_exercise(one: Json) -> None:
    days(one, 2)[0]["exercises"].insert(0, entry("new", "row", *[kept_set(reps=5)] * 3))


def drop_exercise(one: Json) -> None:
    del days(one, 2)[0]["exercises"][0]


def swap_exercises(one: Json) -> None:
    days(one, 1)[0]["exercises"].reverse()


def move_exercise(one: Json) -> None:
    days(one, 1)[1]["exercises"].append(days(one, 1)[0]["exercises"].pop())


def rename_day(one: Json) -> None:
    days(one, 1)[1]["name"] = "Back"


def drop_day(one: Json) -> None:
    del days(one, 1)[1]


def add_day(one: Json) -> None:
    days(one, 1).append({"id": "C1", "name": "Arms", "exercises": [entry("C11", "dip", kept_set(reps=10))]})


def move_day(one: Json) -> None:
    days(one, 2).insert(0, days(one, 1).pop())


def last_first(one: Json) -> None:
    days(one, 1).append({"id": "C1", "name": "Arms", "exercises": [entry("C11", "dip", kept_set(reps=10))]})
    days(one, 1).insert(0, days(one, 1).pop(1))


def add_week(one: Json) -> None:
    third = deepcopy(one["weeks"][0]) | {"number": 3}
    for day in third["days"]:
        day["id"] += "x"
        for item in day["exercises"]:
            item["id"] += "x"
    one["weeks"].append(third)


def drop_week(one: Json) -> None:
    one["weeks"].pop()


A2 = "/weeks/1/days/0"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda one: None, []),
        (rename, [
            ("/name", "changed", "Name Plan → Better"),
            ("/description", "changed", "Description none → Twice a week"),
            ("/tags", "changed", "Tags none → gym, home"),
        ]),
        (more_reps, [
            (f"{A2}/exercises/0/sets/2/reps", "changed", "Week 2, Push, Bench Press: set 3 reps 8 → 10"),
            (f"{A2}/exercises/0/sets/2/reps_max", "changed", "Week 2, Push, Bench Press: set 3 reps at most none → 12"),
            (f"{A2}/exercises/0/sets/2/load", "changed", "Week 2, Push, Bench Press: set 3 load none → RPE 8"),
        ]),
        (more_rest, [
            (f"{A2}/exercises/0/sets/0/kind", "changed", "Week 2, Push, Bench Press: set 1 kind working → warmup"),
            (f"{A2}/exercises/0/sets/0/rest_seconds", "changed", "Week 2, Push, Bench Press: set 1 rest none → 90 s"),
            (f"{A2}/exercises/0/sets/0/tempo", "changed", "Week 2, Push, Bench Press: set 1 tempo none → 3-1-1-0"),
        ]),
        (one_set_more, [
            (f"{A2}/exercises/0/sets/3", "added", "Week 2, Push, Bench Press: set 4 added, 5 @ 80 % of 1RM"),
        ]),
        (fewer_sets, [
            (f"{A2}/exercises/0/sets/1", "removed", "Week 2, Push, Bench Press: set 2 removed, 8"),
            (f"{A2}/exercises/0/sets/2", "removed", "Week 2, Push, Bench Press: set 3 removed, 8"),
        ]),
        (another_exercise, [
            (f"{A2}/exercises/0/exercise_id", "changed", "Week 2, Push, Bench Press: replaced by Dip"),
            (f"{A2}/exercises/0/superset", "changed", "Week 2, Push, Bench Press: superset none → 1"),
            (f"{A2}/exercises/0/substitutes", "changed",
             "Week 2, Push, Dip: substitutes none → Bench Press, an exercise"),
        ]),
        (another_rule, [
            (f"{A2}/exercises/0/progression", "changed",
             "Week 2, Push, Bench Press: progression none → linear by 2.5 kg"),
        ]),
        (add_exercise, [(f"{A2}/exercises/0", "added", "Week 2, Push, Barbell Row: added, 3 × 5")]),
        (drop_exercise, [(f"{A2}/exercises/0", "removed", "Week 2, Push, Bench Press: removed")]),
        (swap_exercises, [
            ("/weeks/0/days/0/exercises/0", "moved", "Week 1, Push, Dip: moved from place 2 to 1"),
        ]),
        (move_exercise, [
            ("/weeks/0/days/1/exercises/1", "moved", "Week 1, Push, Dip: moved to Week 1, Pull"),
        ]),
        (rename_day, [("/weeks/0/days/1/name", "changed", "Week 1, Pull: name Pull → Back")]),
        (drop_day, [("/weeks/0/days/1", "removed", "Week 1, Pull: removed")]),
        (add_day, [("/weeks/0/days/2", "added", "Week 1, Arms: added")]),
        (move_day, [("/weeks/1/days/0", "moved", "Week 1, Pull: moved to week 2")]),
        (last_first, [
            ("/weeks/0/days/0", "moved", "Week 1, Pull: moved from place 2 to 1"),
            ("/weeks/0/days/2", "added", "Week 1, Arms: added"),
        ]),
        (add_week, [("/weeks/2", "added", "Week 3: added, 2 days")]),
        (drop_week, [("/weeks/1", "removed", "Week 2: removed")]),
    ],
)  # fmt: skip
def test_each_change_is_said_once(change: Callable[[Json], Any], expected: list[tuple[str, str, str]]) -> None:
    old, new = plan(), plan()
    change(new)
    found = compare(old, new, NAMES)
    assert [(one.pointer, one.what, one.text) for one in found] == expected


def test_a_change_carries_both_values() -> None:
    old, new = plan(), plan()
    more_reps(new)
    drop_day(new)
    found = compare(old, new, NAMES)
    assert (found[0].node, found[0].old, found[0].new) == ("set", 8, 10)
    assert (found[-1].node, found[-1].old, found[-1].new) == ("day", days(old, 1)[1], None)


@pytest.mark.parametrize(
    ("places", "expected"),
    [([], []), ([0, 1, 2], [0, 1, 2]), ([2, 0, 1], [0, 1]), ([1, 2, 0, 3], [1, 2, 3]), ([2, 1, 0], [0])],
)
def test_what_keeps_its_order_is_as_much_as_possible(places: list[int], expected: list[int]) -> None:
    assert [int(found) for found in longest_rising([str(place) for place in places], places)] == expected


def test_sets_are_taken_together() -> None:
    warm = kept_set(kind="warmup", reps=5, load={"type": "percent_1rm", "value": "50", "unit": None})
    work = kept_set(reps=8, reps_max=12, load={"type": "rir", "value": "2", "unit": None})
    last = kept_set(kind="amrap", reps=5)
    assert sets_in_words([warm, work, work, last]) == "1 × 5 @ 50 % of 1RM warm-up, 2 × 8–12 @ 2 RIR, 1 × 5+"
    assert sets_in_words([kept_set(seconds=45), kept_set(kind="failure")]) == (
        "1 × 45 s, 1 × as many as possible to failure"
    )


@pytest.mark.parametrize(
    ("load", "said"),
    [
        (None, ""),
        ({"type": "absolute", "value": "62.5", "unit": "kg"}, "62.5 kg"),
        ({"type": "percent_tm", "value": "85", "unit": None}, "85 % of training max"),
        ({"type": "bodyweight", "value": None, "unit": None}, "body weight"),
    ],
)
def test_loads(load: Json | None, said: str) -> None:
    assert load_in_words(load) == said
