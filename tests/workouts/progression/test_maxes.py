"""Percentage waves: the training max they are of, and how it moves."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from templates_app.plan import PlannedExercise, PrescribedSet
from tests.workouts.progression.trainee import BENCH, SQUAT, START, How, Trainee, load, missing, planned, sets, weights
from workouts.progression.known import Exercise
from workouts.progression.loading import Kit

WAVE = ([(5, 65), (5, 75), (5, 85)], [(3, 70), (3, 80), (3, 90)], [(5, 75), (3, 85), (1, 95)], [(5, 40), (5, 50)])
"""Repetitions and percent of three weeks and an easy one; the last set of the three is as many as possible."""


def week(number: int, **progression: object) -> PlannedExercise:
    asked = [
        PrescribedSet("amrap" if place == 2 else "working", reps, load=load("percent_tm", percent))
        for place, (reps, percent) in enumerate(WAVE[number])
    ]
    return planned(*asked, rule="percentage", **progression)  # type: ignore[arg-type]


def ride(trainee: Trainee, cycle: int, *hows: How | None) -> None:
    """One wave, one session a week."""
    for number in range(4):
        trainee.train(week(number), hows[number] if number < len(hows) else None, cycle=cycle, days=7)


def test_each_wave_raises_it() -> None:
    trainee = Trainee(SQUAT, given_max=Decimal(100))
    first = [trainee.train(week(number), days=7) for number in range(4)]
    assert [weights(one) for one in first] == [["65", "75", "85"], ["70", "80", "90"], ["75", "85", "95"], ["40", "50"]]
    assert first[0].why == "65, 75, 85 % of a training max of 100 kg"
    second = trainee.asked(week(0), cycle=1)
    assert weights(second) == ["67.5", "80", "90"]
    assert second.why == "65, 75, 85 % of a training max of 105 kg (+5 kg: every set of the last wave done)"


def test_more_than_asked_for_is_no_more() -> None:
    trainee = Trainee(BENCH, given_max=Decimal(100))
    ride(trainee, 0, missing(5, 5, 12))
    assert "102.5 kg" in trainee.asked(week(0), cycle=1).why


@pytest.mark.parametrize(
    ("how", "why"),
    [
        (missing(5, 5, 4), "100 kg (as before: sets of the last wave were missed)"),
        (lambda n, i: None if n == 2 else {}, "100 kg (as before: sets of the last wave were left out)"),
    ],
)
def test_a_missed_set_holds_it(how: How, why: str) -> None:
    trainee = Trainee(SQUAT, given_max=Decimal(100))
    ride(trainee, 0, how)
    assert trainee.asked(week(0), cycle=1).why.endswith(why)


@pytest.mark.parametrize(
    ("share", "why"),
    [
        ("0.6", "100 kg (as before: sets of the last wave were missed)"),
        ("0.997", "105 kg (+5 kg: every set of the last wave done)"),
    ],
)
def test_less_weight_than_asked_is_missed_and_what_units_round_is_not(share: str, why: str) -> None:
    trainee = Trainee(SQUAT, given_max=Decimal(100))
    ride(trainee, 0, *[lambda number, item: {"weight": (item.weight or 0) * Decimal(share)}] * 4)
    assert why in trainee.asked(week(0), cycle=1).why


@pytest.mark.parametrize(
    ("exercise", "values", "why"),
    [
        (SQUAT, {}, "of a training max of 310 lb (+10 lb: every set of the last wave done)"),
        (BENCH, {}, "of a training max of 305 lb (+5 lb: every set of the last wave done)"),
        (
            BENCH,
            {"increment": Decimal(1), "unit": "kg"},
            "of a training max of 302.2 lb (+2.2 lb: every set of the last wave done)",
        ),
    ],
)
def test_it_rises_in_the_persons_own_unit(exercise: Exercise, values: dict[str, Any], why: str) -> None:
    trainee = Trainee(exercise, Kit("lb", tuple(map(Decimal, ("45", "25", "10", "5", "2.5")))), given_max=Decimal(300))
    for number in range(4):
        trainee.train(week(number, **values), days=7)
    assert trainee.asked(week(0, **values), cycle=1).why.endswith(why)


def test_missed_waves_in_a_row_lower_it() -> None:
    trainee = Trainee(SQUAT, given_max=Decimal(100))
    for cycle in range(2):
        ride(trainee, cycle, missing(5, 5, 4))
    entry = week(0, stall_after=2)
    assert trainee.asked(entry, cycle=2).why.endswith("90 kg (10 % off: sets of the last wave were missed)")
    ride(trainee, 2)
    assert "95 kg" in trainee.asked(entry, cycle=3).why


def test_a_wave_that_nobody_trained_changes_nothing() -> None:
    trainee = Trainee(SQUAT, given_max=Decimal(100))
    ride(trainee, 0)
    assert "105 kg" in trainee.asked(week(0), cycle=3).why


def test_the_present_wave_is_not_judged() -> None:
    trainee = Trainee(SQUAT, given_max=Decimal(100))
    trainee.train(week(0), missing(5, 5, 1))
    assert trainee.asked(week(1)).why == "70, 80, 90 % of a training max of 100 kg"


def test_it_starts_from_what_was_lifted_before() -> None:
    trainee = Trainee(SQUAT)
    trainee.lifted((1, 200), rir=0)
    trainee.now += timedelta(days=2)
    assert trainee.asked(week(0)).why == "65, 75, 85 % of a training max of 180 kg"
    ride(trainee, 0, missing(5, 5, 12))  # what is lifted meanwhile does not move what the wave began with
    assert "185 kg" in trainee.asked(week(0), cycle=1).why


def test_without_any_history_it_is_asked_for() -> None:
    trainee = Trainee(SQUAT)
    found = trainee.asked(week(0))
    assert (weights(found), found.sets[0].rir, found.sets[2].rir) == ([None] * 3, 2, None)
    assert found.need == "a training max: nine tenths of what you can lift once"
    assert found.why == f"No history yet: start with {found.need}"
    trainee.train(week(0), lambda n, i: {"weight": 100, "rir": 2})
    assert trainee.asked(week(1)).why == "70, 80, 90 % of a training max of 110.8 kg"


def test_a_max_that_is_given_later_counts_from_then() -> None:
    trainee = Trainee(SQUAT, given_max=Decimal(100))
    for cycle in range(4):
        ride(trainee, cycle)
    assert "of 120 kg" in trainee.asked(week(0), cycle=4).why
    trainee.given_max, trainee.given_at = Decimal(115), trainee.now
    assert trainee.asked(week(0), cycle=4).why == "65, 75, 85 % of a training max of 115 kg"
    ride(trainee, 4)
    assert "of 120 kg (+5 kg" in trainee.asked(week(0), cycle=5).why


def test_weeks_without_it_that_the_plan_makes_are_no_break() -> None:
    trainee = Trainee(SQUAT, given_max=Decimal(100), pause=14)
    for cycle in range(3):
        trainee.train(week(0), cycle=cycle, days=21)
    raised = "65, 75, 85 % of a training max of 115 kg (+5 kg: every set of the last wave done)"
    assert trainee.asked(week(0), cycle=3).why == raised
    trainee.now += timedelta(days=8)
    assert trainee.asked(week(0), cycle=3).why == f"{raised}, 10 % off after 29 days away"


def test_training_it_outside_of_the_plan_is_no_break() -> None:
    trainee = Trainee(SQUAT, given_max=Decimal(100))
    trainee.train(week(0), days=10)
    trainee.lifted((5, 60))
    trainee.now += timedelta(days=10)
    assert trainee.train(week(1)).why == "70, 80, 90 % of a training max of 100 kg"
    assert trainee.asked(week(2)).why == "75, 85, 95 % of a training max of 100 kg"


def test_percent_of_the_1rm_is_said_to_be_that() -> None:
    entry = planned(*sets(1, 5, load("percent_1rm", 80)), rule="percentage")
    trainee = Trainee(SQUAT, given_max=Decimal(90))
    found = trainee.asked(entry)
    assert (weights(found), found.why) == (["80"], "80 % of a 1RM of 100 kg by a training max of 90 kg")
    assert trainee.asked(replace(entry, progression=planned(rule="none").progression)).why == "80 % of a 1RM of 100 kg"


def test_a_break_lowers_it() -> None:
    trainee = Trainee(SQUAT, given_max=Decimal(100))
    trainee.train(week(0), days=20)
    back = trainee.train(week(1), days=2)
    assert weights(back) == ["62.5", "72.5", "80"]
    assert back.why == "70, 80, 90 % of a training max of 100 kg, 10 % off after 20 days away"
    assert trainee.asked(week(2)).why == "75, 85, 95 % of a training max of 90 kg"


def test_what_somebody_says_they_can_do_holds_as_of_now() -> None:
    trainee = Trainee(SQUAT, given_max=Decimal(100))
    trainee.lifted((5, 100), days_ago=90, rir=0)
    assert trainee.asked(week(0)).why == "65, 75, 85 % of a training max of 100 kg"
    assert weights(trainee.asked(planned(*sets(1, 5, load("percent_tm", 80)), rule="linear"))) == ["80"]


def test_nothing_beyond_the_max_in_silence() -> None:
    trainee = Trainee(SQUAT, given_max=Decimal(150))
    trainee.lifted((1, 100), rir=0)
    found = trainee.asked(week(2))
    assert weights(found) == ["105", "105", "105"]
    assert found.why == ("75, 85, 95 % of a training max of 150 kg; held to 105 % of your estimated 1RM")
    assert trainee.now == START
