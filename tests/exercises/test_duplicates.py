from typing import Any

import pytest

from exercises.duplicates import NEAR, near_duplicates, nearness
from exercises.models import Exercise, Translation
from fitai.common.ids import uuid7
from tests.cast import actor_of
from tests.exercises.conftest import MakeExercise


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("bench press", "press bench"),
        ("pull up", "pullup"),
        ("barbell bench press", "barbel bench pres"),
        ("biceps curl", "biceps curls"),
        ("romanian deadlift", "romanain deadlift"),
    ],
)
def test_one_exercise_under_two_spellings(one: str, other: str) -> None:
    assert nearness(one, other) >= NEAR
    assert nearness(one, other) == nearness(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("incline dumbbell bench press", "decline dumbbell bench press"),
        ("hip abduction", "hip adduction"),
        ("leg curl", "leg press"),
        ("front squat", "squat"),
        ("high bar squat", "low bar squat"),
        ("single arm row", "single leg row"),
    ],
)
def test_two_exercises_of_similar_names(one: str, other: str) -> None:
    assert nearness(one, other) < NEAR


def test_names_aliases_and_translations_are_compared_with_their_equipment(
    make_exercise: MakeExercise, athlete: Any
) -> None:
    squat = make_exercise("Back Squat", aliases=["BB Squat"])
    Translation.objects.create(exercise=squat, language="de", name="Kniebeuge")
    make_exercise("Front Squat")
    actor = actor_of(athlete)
    for name in ("Squat, Back", "bb squat", "Barbell Back Squat", "Kniebeuge", "Back Squats"):
        assert [one.slug for one in near_duplicates(actor, name, itself=uuid7())] == ["back-squat"], name
    assert near_duplicates(actor, "Back Squat", itself=squat.pk) == []
    assert near_duplicates(actor, "?!", itself=uuid7()) == []


def test_the_catalogue_has_nothing_twice(catalogue: None, athlete: Any) -> None:
    actor = actor_of(athlete)
    some = Exercise.objects.order_by("slug")[::10]
    assert {one.slug: near_duplicates(actor, one.name, itself=one.pk) for one in some} == {one.slug: [] for one in some}
