"""Which exercise of the library a foreign name means."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from exercises.enums import Status
from exercises.models import Translation
from exercises.sources.matching import match_names
from tests.exercises.conftest import MakeExercise


@pytest.mark.parametrize(
    "name",
    [
        "Barbell Push-Up",
        "barbell  PUSH UP",
        "Push-ups, Barbell",
        "Barbell Pushup",
        "Knuckle Press",
        "Bärbell Push Up",
        "Knuckle Press (Barbell)",
        "Langhantel-Liegestütz",
        "Liegestutz",
    ],
)
def test_by_name_and_alias_in_any_language(make_exercise: MakeExercise, name: str) -> None:
    push_up = make_exercise("Barbell Push-Up", aliases=["Knuckle Press"])
    Translation.objects.create(exercise=push_up, language="de", name="Langhantel-Liegestütz", aliases=["Liegestütz"])
    make_exercise("Incline Barbell Push-Up")
    assert match_names([name]) == {name: push_up.pk}


@pytest.mark.parametrize("name", ["Push-Up", "Incline Push-Up", "Barbell", "", "!!!", "Barbell Push-Up with a Twist"])
def test_others_are_not_meant(make_exercise: MakeExercise, name: str) -> None:
    make_exercise("Barbell Push-Up", equipment=["dumbbell"])
    assert match_names([name]) == {name: None}


def test_what_people_keep_for_themselves_is_not_meant(make_exercise: MakeExercise, athlete: User) -> None:
    make_exercise("Squat", owner=athlete)
    shared = make_exercise("Lunge", owner=athlete, status=Status.APPROVED)
    assert match_names(["Squat", "Lunge"]) == {"Squat": None, "Lunge": shared.pk}


def test_what_everybody_sees_comes_first(make_exercise: MakeExercise) -> None:
    make_exercise("Squat", status=Status.REJECTED, slug="a")
    approved = make_exercise("Squat", slug="b")
    make_exercise("Squat", status=Status.PENDING, slug="c")
    refused = make_exercise("Lunge", status=Status.REJECTED)
    with CaptureQueriesContext(connection) as asked:
        assert match_names(["Squat", "Lunge", "Squat"]) == {"Squat": approved.pk, "Lunge": refused.pk}
    assert len(asked) == 1
