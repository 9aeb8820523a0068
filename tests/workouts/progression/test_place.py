"""Where somebody stands in a plan."""

from __future__ import annotations

import time
from uuid import UUID, uuid4, uuid5

import pytest

from templates_app.plan import Day, Load, Plan, PlannedExercise, PrescribedSet, Progression, Week
from tests.workouts.progression.trainee import load
from workouts.progression.place import (
    Place,
    after,
    cycles_before,
    day_trained,
    entry_id,
    find_day,
    line_of,
    pause_before,
    position,
    weeks_of,
)

WORKOUT = "01890000-0000-7000-8000-00000000a001"
FIVE = PrescribedSet(reps=5)


def entry(id: str, exercise: str, *sets: PrescribedSet, rule: str = "linear", **values: object) -> PlannedExercise:
    return PlannedExercise(id, exercise, sets or (FIVE,), progression=Progression(rule), **values)  # type: ignore[arg-type]


def day(id: str, *entries: PlannedExercise) -> Day:
    return Day(id, id.title(), entries)


PLAN = Plan(
    (
        Week(1, (day("a1", entry("a1s", "squat"), entry("a1b", "bench")), day("b1", entry("b1d", "deadlift")))),
        Week(2, (day("a2", entry("a2s", "squat"), entry("a2b", "bench")), day("b2", entry("b2d", "deadlift")))),
    )
)
DAYS = list(PLAN.days())


def test_a_place_in_words() -> None:
    week, second = DAYS[3]
    assert position(Place(1, 3), week, second, PLAN) == "Week 2 of 2, day 2 of 2"
    assert position(Place(3, 3), week, second, PLAN) == "Week 2 of 2, day 2 of 2, round 3"


def test_finding_a_day() -> None:
    assert find_day(DAYS, day_id="b2") == 3
    assert find_day(DAYS, week=2) == 2
    assert find_day(DAYS, day_id="b2", week=1) == 3  # a day is in one week only
    assert find_day(DAYS, day_id="gone") is None
    assert find_day(DAYS, week=3) is None


@pytest.mark.parametrize(
    ("place", "trained", "expected"),
    [
        ((1, 0), 0, ((1, 0), (1, 1))),
        ((1, 1), 3, ((1, 3), (2, 0))),  # two days left out
        ((2, 3), 1, ((2, 1), (2, 2))),  # one of them again
        ((2, 3), 3, ((2, 3), (3, 0))),
        ((2, 0), 3, ((1, 3), (2, 0))),  # the last day of the pass before once more
        ((1, 0), 3, ((1, 3), (2, 0))),
    ],
)
def test_moving_on(place: tuple[int, int], trained: int, expected: tuple[tuple[int, int], tuple[int, int]]) -> None:
    assert after(DAYS, Place(*place), trained) == (Place(*expected[0]), Place(*expected[1]))


def test_the_id_of_an_entry_says_what_it_was_made_from() -> None:
    planned = "01890000-0000-7000-8000-00000000b001"
    assert entry_id(WORKOUT, planned) == str(uuid5(UUID(WORKOUT), planned))


def test_the_day_that_was_trained() -> None:
    made = {entry_id(WORKOUT, "a2b"): "dips"}  # another exercise in its place
    assert day_trained(DAYS, WORKOUT, made, 0) == 2
    own_ids = {"x": "squat", "y": "bench"}
    assert [day_trained(DAYS, WORKOUT, own_ids, expected) for expected in range(4)] == [0, 2, 2, 0]
    assert day_trained(DAYS, WORKOUT, {"x": "bench"}, 0) == 0
    assert day_trained(DAYS, WORKOUT, {"x": "deadlift", "y": "row"}, 2) == 3
    assert day_trained(DAYS, WORKOUT, {"x": "row", "y": None}, 0) is None
    assert day_trained(DAYS, WORKOUT, {}, 0) is None


def test_one_day_over_and_over() -> None:
    assert after(DAYS[:1], Place(2, 0), 0) == (Place(2, 0), Place(3, 0))


def test_a_long_plan_is_walked_in_no_time() -> None:
    """A year of five days and 250 workouts: as prescribed, with ids that a device chose, and of no day at all."""
    weeks = [Week(n, tuple(day(f"{n}.{d}", *[entry(f"{n}.{d}.{e}", f"x{d}{e}") for e in range(8)]) for d in range(5)))
             for n in range(1, 53)]  # fmt: skip
    days = list(Plan(tuple(weeks)).days())
    ids = [str(uuid4()) for _ in range(250)]
    began = time.process_time()
    for number, id in enumerate(ids):
        planned = days[number][1].exercises
        assert day_trained(days, id, {entry_id(id, one.id): one.exercise_id for one in planned}, number) == number
        own = {str(uuid4()): one.exercise_id for one in planned}
        assert day_trained(days, id, own, number) == number
        assert day_trained(days, id, {str(uuid4()): "row"}, number) is None
    assert time.process_time() - began < 1


def test_pauses_that_the_plan_makes() -> None:
    plan = Plan(
        tuple(Week(n, (day(f"d{n}", *([entry(f"e{n}", "squat")] if n % 3 == 0 else [])),)) for n in range(1, 8))
    )
    weeks = weeks_of(plan, "squat")
    places = ((1, 3), (1, 6), (2, 3), (2, 6))
    assert [pause_before(weeks, 7, round, week) for round, week in places] == [14, 14, 21, 14]
    assert pause_before(weeks_of(PLAN, "bench"), 2, 2, 1) == 0


def test_a_substitute_is_as_good() -> None:
    days = list(Plan((Week(1, (day("a", entry("as", "squat", substitutes=("leg press",))),)),)).days())
    assert day_trained(days, WORKOUT, {"x": "leg press"}, 0) == 0


def test_what_progresses_together() -> None:
    heavy, light = PrescribedSet(reps=5, load=load("rir", 1)), PrescribedSet(reps=10, load=load("rir", 3))
    warm = PrescribedSet("warmup", reps=8)
    plan = Plan(
        (
            Week(1, (day("h1", entry("1", "squat", warm, heavy)), day("l1", entry("2", "squat", light)))),
            Week(2, (day("h2", entry("3", "squat", heavy, heavy)), day("l2", entry("4", "squat", light, rule="none")))),
            Week(3, (day("h3", entry("5", "squat", PrescribedSet(reps=5, load=load("rir", 4))), entry("6", "bench")),)),
        )
    )
    entries = {found.id: found for _, each in plan.days() for found in each.exercises}
    assert line_of(plan, entries["1"]) == {"1", "3", "5"}
    assert line_of(plan, entries["2"]) == {"2"}
    assert line_of(plan, entries["6"]) == {"6"}


def wave(*percents: int) -> list[PrescribedSet]:
    return [PrescribedSet(reps=5, load=Load("percent_tm", load("percent_tm", value).value)) for value in percents]


def test_waves_of_percentages() -> None:
    asked = [wave(65, 75), wave(70, 80), wave(40, 50), wave(65, 75), wave(70, 80), wave(40, 50)]
    plan = Plan(
        tuple(
            Week(number, (day(f"d{number}", entry(f"e{number}", "squat", *sets)),))
            for number, sets in enumerate(asked, 1)
        )
    )
    found = plan.waves("squat")
    assert found == {1: 0, 2: 0, 3: 0, 4: 1, 5: 1, 6: 1}
    assert [cycles_before(found, round, week) for round, week in ((1, 1), (1, 6), (2, 1), (3, 4))] == [0, 1, 2, 5]
    assert plan.waves("bench") == dict.fromkeys(range(1, 7), 0)


def test_percentages_of_one_training_max_progress_together() -> None:
    asked = [PrescribedSet(reps=count, load=load("percent_tm", 80)) for count in (5, 3, 1)]
    entries = [entry(str(count), "squat", item, rule="percentage") for count, item in enumerate(asked)]
    plan = Plan((Week(1, tuple(day(found.id, found) for found in entries)),))
    assert line_of(plan, entries[0]) == {"0", "1", "2"}


def test_the_same_week_after_week_is_one_wave() -> None:
    plan = Plan(tuple(Week(n, (day(f"d{n}", entry(f"e{n}", "squat", *wave(80))),)) for n in range(1, 5)))
    assert plan.waves("squat") == dict.fromkeys(range(1, 5), 0)
    assert cycles_before(plan.waves("squat"), 3, 2) == 2
