"""A name of another app means an exercise of ours, or none."""

from typing import Any

import pytest

from exercises.search.naming import Candidate, canonical, decide, match_name
from fitai.common.ids import uuid7
from tests.cast import actor_of
from tests.exercises.conftest import MakeExercise


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("DB Flyes", "dumbbell fly"),
        ("Bicep Curls (Barbell)", "Barbell Biceps Curl"),
        ("One-Arm Row", "single arm rows"),
        ("Pull Down", "pulldown"),
        ("Press Ups", "push-up"),
    ],
)
def test_one_spelling_stands_for_all(one: str, other: str) -> None:
    assert canonical(one) == canonical(other)


def candidate(name: str, *implements: str, muscles: tuple[str, ...] = (), common: int = 3) -> Candidate:
    needed = frozenset(word for implement in implements for word in canonical(implement))
    return Candidate(uuid7(), (canonical(name),), needed, frozenset(muscles), common)


@pytest.mark.parametrize(
    ("name", "own", "implements", "same"),
    [
        ("Standing Barbell Curl", "Barbell Curl", ("barbell",), True),  # a detail
        ("Curl (Barbell)", "Curl", ("barbell",), True),  # what it needs anyway
        ("Curl (Cable)", "Curl", ("barbell",), False),  # another implement
        ("Curl", "Barbell Curl", ("barbell",), True),  # the implement is not said
        ("Incline Curl", "Curl", ("barbell",), False),  # another exercise
        ("Curl", "Incline Curl", ("barbell",), False),
        ("Standing", "Standing Barbell Curl", ("barbell",), False),  # details alone say nothing
    ],
)
def test_all_that_differs_must_not_matter(name: str, own: str, implements: tuple[str, ...], same: bool) -> None:
    one = candidate(own, *implements)
    assert decide(name, [one]) == (one.id if same else None)


def test_of_two_the_nearer_name_then_the_more_common_is_meant() -> None:
    near, far = candidate("Barbell Curl", "barbell", common=1), candidate("Curl Version", "barbell", common=5)
    assert decide("Barbell Curl", [far, near]) == near.id
    rare, common = candidate("Barbell Curl", "barbell", common=1), candidate("Curl Barbell", "barbell", common=5)
    assert decide("Barbell Curl", [rare, common]) == common.id


def test_what_is_said_aside_may_be_left_out_unless_it_is_an_implement(
    make_exercise: MakeExercise, athlete: Any
) -> None:
    press = make_exercise("Leg Press", equipment=["machine"])
    actor = actor_of(athlete)
    assert match_name(actor, "Leg Press (Yellow, Level 2)") == press.pk
    assert match_name(actor, "Leg Press (Barbell)") is None


def test_a_private_exercise_is_nobody_elses_match(make_exercise: MakeExercise, athlete: Any, stranger: Any) -> None:
    own = make_exercise("Zercher Carry", owner=athlete)
    assert match_name(actor_of(athlete), "Zercher Carry") == own.pk
    assert match_name(actor_of(stranger), "Zercher Carry") is None
