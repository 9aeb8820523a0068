"""Linear and double progression, session by session."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from templates_app.plan import PlannedExercise
from tests.workouts.progression.trainee import (
    BENCH,
    CARRY,
    CURL,
    DIP,
    PLANK,
    PUSH_UP,
    SQUAT,
    How,
    Trainee,
    load,
    missing,
    planned,
    reps,
    sets,
    weights,
)
from workouts.progression.history import Done, Session
from workouts.progression.known import Exercise
from workouts.progression.loading import Kit

LINEAR = planned(*sets(3, 8, load("absolute", 60, "kg")))
DOUBLE = planned(*sets(3, 8, load("absolute", 60, "kg"), reps_max=10), rule="double")


def told(rpe: float) -> How:
    return lambda number, item: {"rir": 10 - rpe}


def after(entry: PlannedExercise, *hows: How | None, exercise: Exercise = BENCH) -> tuple[str | None, int | None, str]:
    """Weight, repetitions and reason after these sessions."""
    trainee = Trainee(exercise)
    for how in hows:
        trainee.train(entry, how)
    found = trainee.asked(entry)
    assert len(set(weights(found))) == len(set(reps(found))) == 1
    return weights(found)[0], reps(found)[0], found.why


# ── Linear ───────────────────────────────────────────────────────────────────────────────────────

MISS = missing(8, 8, 6)


@pytest.mark.parametrize(
    ("hows", "expected"),
    [
        ([], ("60", 8, "A start: 60 kg as the plan says")),
        ([told(7)], ("62.5", 8, "+2.5 kg: 3 × 8 done at RPE 7")),
        ([None], ("62.5", 8, "+2.5 kg: 3 × 8 done")),
        ([missing(8, 9, 10)], ("62.5", 8, "+2.5 kg: 8, 9, 10 done")),
        ([MISS], ("60", 8, "Same again (try 2 of 3): 8, 8, 6 of 3 × 8")),
        ([MISS, MISS], ("60", 8, "Same again (try 3 of 3): 8, 8, 6 of 3 × 8")),
        ([MISS, MISS, MISS], ("52.5", 8, "−7.5 kg: 8, 8, 6 of 3 × 8, missed 3 times in a row")),
        ([MISS, MISS, MISS, None], ("55", 8, "+2.5 kg: 3 × 8 done")),
        ([MISS, MISS, None, MISS], ("62.5", 8, "Same again (try 2 of 3): 8, 8, 6 of 3 × 8")),
        ([lambda n, i: None if n == 2 else {}], ("60", 8, "Same again: 2 × 8 done, 1 left out")),
        ([MISS, lambda n, i: None if n == 2 else {}, MISS], ("60", 8, "Same again (try 2 of 3): 8, 8, 6 of 3 × 8")),
        ([lambda n, i: None], ("60", 8, "A start: 60 kg as the plan says")),
        ([None, lambda n, i: None], ("62.5", 8, "+2.5 kg: 3 × 8 done")),
        ([lambda n, i: {"weight": 65}], ("67.5", 8, "+2.5 kg: 3 × 8 done")),
        ([lambda n, i: {"weight": 55}], ("57.5", 8, "+2.5 kg: 3 × 8 done")),
        (
            [lambda n, i: {"weight": 60 - 5 * n}],
            ("60", 8, "Same again (try 2 of 3): 3 × 8 with less weight of 3 × 8"),
        ),
    ],
)
def test_linear(hows: list[How | None], expected: tuple[str, int, str]) -> None:
    assert after(LINEAR, *hows) == expected


def test_the_lower_body_takes_bigger_steps() -> None:
    assert after(LINEAR, None, exercise=SQUAT)[0] == "65"


def test_pounds() -> None:
    trainee = Trainee(SQUAT, Kit("lb", tuple(map(Decimal, ("45", "25", "10", "5", "2.5")))))
    entry = planned(*sets(3, 5, load("absolute", 60, "kg")))
    assert [weights(trainee.train(entry))[0] for _ in range(3)] == ["130", "140", "150"]


def test_the_plans_own_increment_stall_and_deload() -> None:
    entry = planned(
        *sets(1, 5, load("absolute", 100, "kg")),
        increment=Decimal(5),
        unit="lb",
        stall_after=1,
        deload_percent=Decimal(20),
    )
    assert after(entry, None)[0] == "102.5"
    assert after(entry, missing(3)) == ("80", 5, "−20 kg: 1 × 3 of 1 × 5")


def test_a_weight_between_the_plates_stays_as_it_was_used() -> None:
    assert after(LINEAR, lambda n, i: {"weight": 61, "reps": 7})[0] == "61"
    assert after(LINEAR, lambda n, i: {"weight": 61})[0] == "62.5"


def test_harder_than_it_was_asked_to_be_is_not_done() -> None:
    entry = planned(*sets(3, 8, load("rpe", 8)))
    trainee = Trainee()
    trainee.lifted((8, 60), rir=2)
    assert weights(trainee.train(entry, told(9)))[0] == "60"
    assert weights(trainee.train(entry, told(9.5)))[0] == "62.5"
    assert trainee.asked(entry).why == "Same again: 3 × 8 done, but at RPE 9.5 where RPE 8 was asked for"
    assert weights(trainee.asked(entry))[0] == "62.5"


def test_weight_makes_an_easier_week() -> None:
    trainee = Trainee()
    trainee.lifted((8, 60), rir=2)
    found = [trainee.train(planned(*sets(3, 8, load("rir", rir)))) for rir in (3, 2, 1, 4, 3)]
    assert [(weights(one)[0], one.why.partition(":")[0]) for one in found] == [
        ("57.5", "A start"),
        ("62.5", "+5 kg for RPE 8 this time"),
        ("67.5", "+5 kg for RPE 9 this time"),
        ("62.5", "−5 kg for RPE 6 this time"),
        ("65", "+2.5 kg after an easier week"),
    ]


def test_a_missed_session_does_not_make_the_next_harder() -> None:
    trainee = Trainee()
    trainee.lifted((8, 60), rir=2)
    trainee.train(planned(*sets(3, 8, load("rir", 3))), missing(8, 8, 5))
    assert weights(trainee.asked(planned(*sets(3, 8, load("rir", 2)))))[0] == "57.5"
    assert weights(trainee.asked(planned(*sets(3, 8, load("rir", 4)))))[0] == "55"


def fives(rir: int) -> PlannedExercise:
    return planned(*sets(1, 5, load("rir", rir)))


def at_hundred() -> Trainee:
    trainee = Trainee()
    trainee.lifted((5, 100), rir=2)
    return trainee


def test_failing_and_an_easy_week_is_still_failing() -> None:
    trainee = at_hundred()
    assert weights(trainee.train(fives(2), missing(4))) == ["100"]
    trainee.train(fives(2), missing(3))
    assert weights(trainee.train(fives(4))) == ["92.5"]
    found = trainee.train(fives(2), missing(3))
    assert (weights(found), found.why) == (["100"], "Same again (try 3 of 3) after an easier week: 1 × 3 of 1 × 5")
    assert trainee.asked(fives(2)).why == "−10 kg: 1 × 3 of 1 × 5, missed 3 times in a row"


def test_an_easy_week_earns_no_step() -> None:
    trainee = at_hundred()
    trainee.train(fives(2))
    assert weights(trainee.train(fives(4))) == ["95"]
    found = trainee.asked(fives(2))
    assert (weights(found), found.why) == (["102.5"], "+7.5 kg after an easier week: 1 × 5 done")


def at_weight(kg: object, unit: str = "kg") -> PlannedExercise:
    return planned(*sets(3, 8, load("absolute", kg, unit)))


def test_a_lighter_week_of_the_plan_is_lighter() -> None:
    trainee = Trainee()
    trainee.train(at_weight(60))
    light = trainee.train(at_weight(40))
    assert (weights(light)[0], light.why) == ("42.5", "−17.5 kg as the plan says this time: 3 × 8 done")
    back = trainee.asked(at_weight(60))
    assert (weights(back)[0], back.why) == ("62.5", "+20 kg after an easier week: 3 × 8 done")


def test_weights_that_rise_with_the_plan_rise_once() -> None:
    trainee = Trainee()
    assert [weights(trainee.train(at_weight(kg)))[0] for kg in (60, "62.5", 65, 75)] == ["60", "62.5", "65", "75"]
    assert weights(trainee.train(at_weight(80), missing(8, 8, 5)))[0] == "80"
    held = trainee.asked(at_weight(90))
    assert (weights(held)[0], held.why) == ("80", "Same again (try 2 of 3): 8, 8, 5 of 3 × 8")


def test_a_lighter_week_in_another_unit_or_in_percent() -> None:
    trainee = Trainee()
    trainee.train(at_weight(60))
    assert weights(trainee.asked(at_weight("88.185", "lb")))[0] == "42.5"
    trainee = at_hundred()
    trainee.train(planned(*sets(1, 5, load("percent_1rm", 80))))
    assert weights(trainee.asked(planned(*sets(1, 5, load("percent_1rm", 40)))))[0] == "50"


# ── Double ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("hows", "expected"),
    [
        ([], ("60", 8, "A start: 60 kg as the plan says")),
        ([None], ("60", 9, "One more repetition: 3 × 8 done")),
        ([missing(10, 9, 8)], ("60", 9, "One more repetition: 10, 9, 8 done")),
        ([None, missing(9, 8, 8)], ("60", 9, "One more repetition: 9, 8, 8 done")),
        ([None, missing(8, 8, 8)], ("60", 9, "Same again (try 2 of 3): 3 × 8 done, no more than the time before")),
        ([None, None, None], ("62.5", 8, "+2.5 kg: 3 × 10 done")),
        ([missing(12, 11, 10)], ("62.5", 8, "+2.5 kg: 12, 11, 10 done")),
        ([missing(8, 8, 7)], ("60", 8, "Same again (try 2 of 3): 8, 8, 7 of at least 8")),
        ([missing(8, 8, 7)] * 3, ("52.5", 8, "−7.5 kg: 8, 8, 7 of at least 8, missed 3 times in a row")),
        ([None, lambda n, i: None if n else {}], ("60", 9, "Same again: 1 × 9 done, 2 left out")),
        ([missing(10, 10, 10), missing(7, 7, 7)], ("62.5", 8, "Same again (try 2 of 3): 3 × 7 of at least 8")),
    ],
)
def test_double(hows: list[How | None], expected: tuple[str, int, str]) -> None:
    assert after(DOUBLE, *hows) == expected


def test_the_range_stays_in_sight() -> None:
    trainee = Trainee()
    trainee.train(DOUBLE)
    assert [(item.reps, item.reps_max) for item in trainee.asked(DOUBLE).sets] == [(9, 10)] * 3


def test_repetitions_make_an_easier_week_and_then_weight() -> None:
    trainee = Trainee()
    trainee.lifted((8, 60), rir=2)
    found = []
    for rir in (2, 1, 4):
        found.append(trainee.train(planned(*sets(3, 8, load("rir", rir), reps_max=12), rule="double")))
    assert [(weights(one)[0], reps(one)[0]) for one in found] == [("60", 8), ("60", 9), ("57.5", 8)]
    assert found[2].why == "−2.5 kg for RPE 6 this time: 3 × 9 done"
    trainee.sessions.pop()
    trainee.train(planned(*sets(3, 8, load("rir", 1), reps_max=12), rule="double"), missing(11, 11, 11))
    eased = trainee.asked(planned(*sets(2, 8, load("rir", 4), reps_max=12), rule="double"))
    assert (weights(eased), reps(eased)) == (["60", "60"], [9, 9])
    assert eased.why == "Same weight for RPE 6 this time: 3 × 11 done"


def in_range(rir: int, low: int = 6, high: int = 8) -> PlannedExercise:
    return planned(*sets(2, low, load("rir", rir), reps_max=high), rule="double")


def test_an_easy_week_takes_nothing_away() -> None:
    trainee = Trainee()
    trainee.lifted((6, 75), rir=1)
    found = [trainee.train(in_range(rir)) for rir in (1, 4, 3, 2, 1)]
    assert [(weights(one)[0], reps(one)[0], one.why.partition(":")[0]) for one in found] == [
        ("75", 6, "A start"),
        ("70", 6, "−5 kg for RPE 6 this time"),
        ("72.5", 6, "+2.5 kg after an easier week"),
        ("75", 6, "+2.5 kg after an easier week"),
        ("75", 7, "One more repetition"),
    ]


def test_an_easy_week_that_went_badly_is_heard() -> None:
    trainee = Trainee()
    trainee.lifted((6, 75), rir=1)
    trainee.train(in_range(1))
    trainee.train(in_range(4), missing(6, 4))
    assert (weights(trainee.asked(in_range(1)))[0], trainee.asked(in_range(1)).why) == (
        "70",
        "Same again (try 2 of 3): 6, 4 of at least 6",
    )


def test_nothing_gets_heavier_in_an_easy_week() -> None:
    trainee = Trainee()
    trainee.lifted((8, 75), rir=1)
    trainee.train(in_range(1), missing(8, 8))
    assert weights(trainee.asked(in_range(2)))[0] == "82.5"
    eased = trainee.train(in_range(4))
    assert (weights(eased)[0], reps(eased)[0]) == ("80", 6)
    assert weights(trainee.asked(in_range(1)))[0] == "82.5"
    assert trainee.asked(in_range(1)).why == "+2.5 kg after an easier week: 2 × 8 done"


def test_a_usual_step_is_no_more_than_the_range_makes_up_for() -> None:
    """Five kilograms more are a quarter of a light calf raise, and cost more than the repetitions from 12 to 8."""
    calves = Exercise("Calf Raise", equipment=("machine",), primary_muscles=("calves",))
    light = planned(*sets(2, 8, load("absolute", 20, "kg"), reps_max=12), rule="double")
    heavy = planned(*sets(2, 8, load("absolute", 60, "kg"), reps_max=12), rule="double")
    said = planned(*sets(2, 8, load("absolute", 20, "kg"), reps_max=12), rule="double", increment=Decimal(5), unit="kg")
    assert [after(entry, missing(12, 12), exercise=calves)[0] for entry in (light, heavy, said)] == ["22.5", "65", "25"]


def test_the_next_dumbbell() -> None:
    trainee = Trainee(CURL)
    trainee.lifted((10, 9), rir=2)
    entry = planned(*sets(2, 10, load("rir", 2), reps_max=11), rule="double")
    assert [(weights(one)[0], reps(one)[0]) for one in (trainee.train(entry) for _ in range(5))] == [
        ("9", 10),
        ("9", 11),
        ("10", 10),
        ("10", 11),
        ("12.5", 10),
    ]


# ── Without weight ───────────────────────────────────────────────────────────────────────────────


def test_repetitions_of_the_body_go_on() -> None:
    trainee = Trainee(PUSH_UP)
    entry = planned(*sets(2, 8, load("bodyweight"), reps_max=9), rule="double")
    found = [trainee.train(entry) for _ in range(4)]
    assert [(one.sets[0].reps, one.sets[0].reps_max) for one in found] == [(8, 9), (9, 9), (10, 10), (11, 11)]
    assert found[2].why == "One more repetition: 2 × 9 done; a harder variation would do, too"
    trainee.train(entry, missing(30, 30))
    assert (reps(trainee.asked(entry)), trainee.asked(entry).why) == (
        [30, 30],
        "Time for a harder variation: 2 × 30 done",
    )


def test_repetitions_of_the_body_give_way_in_an_easy_week() -> None:
    trainee = Trainee(PUSH_UP)

    def entry(rir: int) -> PlannedExercise:
        return planned(*sets(2, 8, load("rir", rir), reps_max=15), rule="double")

    trainee.train(entry(1), missing(12, 12))
    easy = trainee.train(entry(4))
    assert (reps(easy), easy.why) == ([10, 10], "Fewer repetitions for RPE 6 this time: 2 × 12 done")
    assert reps(trainee.asked(entry(3))) == [11, 11]


def test_repetitions_of_the_body_step_back() -> None:
    trainee = Trainee(PUSH_UP)
    entry = planned(*sets(2, 10))
    trainee.train(entry)
    for _ in range(2):
        trainee.train(entry, missing(11, 9))
        assert reps(trainee.asked(entry)) == [11, 11]
    trainee.train(entry, missing(11, 9))
    assert (reps(trainee.asked(entry)), trainee.asked(entry).why) == (
        [8, 8],
        "A step back: 11, 9 of 2 × 11, missed 3 times in a row",
    )


def test_a_hold_gets_longer() -> None:
    trainee = Trainee(PLANK)
    entry = planned(*sets(2, seconds=110))
    found = [trainee.train(entry) for _ in range(4)]
    assert [one.sets[0].seconds for one in found] == [110, 115, 120, 120]
    assert [one.why for one in found[2:]] == ["+5 s: 2 × 115 s done", "Time for a harder variation: 2 × 120 s done"]


def test_a_carry_gets_heavier() -> None:
    trainee = Trainee(CARRY)
    entry = planned(*sets(2, seconds=40))
    trainee.sessions.append(Session(trainee.now, (Done(True, seconds=40, weight=Decimal(20)),)))
    found = [trainee.train(entry) for _ in range(2)]
    assert [(one.sets[0].weight, one.sets[0].seconds) for one in found] == [(20, 40), (Decimal("22.5"), 40)]
    trainee.train(entry, lambda n, i: {"seconds": Decimal(30)})
    assert trainee.asked(entry).why == "Same again (try 2 of 3): 2 × 30 s of 2 × 40 s"


def test_help_gets_less() -> None:
    trainee = Trainee(DIP)
    entry = planned(*sets(2, 8), stall_after=1)
    trainee.sessions.append(Session(trainee.now, (Done(True, reps=8, assistance=Decimal(5)),)))
    found = [trainee.train(entry) for _ in range(4)]
    assert [(one.sets[0].assistance, one.sets[0].weight, one.sets[0].unit) for one in found] == [
        (5, None, "kg"),
        (Decimal("2.5"), None, "kg"),
        (0, None, "kg"),
        (0, None, "kg"),
    ]
    assert [one.why for one in found[1:]] == [
        "2.5 kg less help: 2 × 8 done",
        "2.5 kg less help: 2 × 8 done",
        "Time for a harder variation: 2 × 8 done",
    ]
    trainee.train(entry, missing(5, 5))
    assert trainee.asked(entry).sets[0].assistance == Decimal("2.5")
    assert trainee.asked(entry).why == "2.5 kg more help: 2 × 5 of 2 × 8"
    kept = trainee.asked(replace(entry, progression=planned(stall_after=1, deload_percent=Decimal(0)).progression))
    assert (kept.sets[0].assistance, kept.why) == (0, "Same help: 2 × 5 of 2 × 8")
