from typing import Any

import pytest
from django.apps import apps
from django.test import Client

from accounts.enums import Role
from accounts.models import User
from exercises.models import Exercise, Translation
from tests.cast import make_person
from tests.exercises.conftest import MakeExercise

URL = "/admin/exercises/exercise"


@pytest.fixture
def desk(db: None) -> Client:
    """The admin, with somebody who may do everything."""
    client = Client()
    client.force_login(make_person("boss", role=Role.ADMIN, is_staff=True, is_superuser=True))
    return client


def rows(answer: Any) -> list[str]:
    assert answer.status_code == 200
    return [exercise.slug for exercise in answer.context["cl"].result_list]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["bench-press", "my-squat"]),
        ("q=flat", ["bench-press"]),
        ("status__exact=draft", ["my-squat"]),
        ("kind__exact=strength", ["bench-press", "my-squat"]),
        ("muscle=quads", ["my-squat"]),
        ("gear=bench", ["bench-press"]),
        ("made_by=people", ["my-squat"]),
        ("made_by=catalogue", ["bench-press"]),
    ],
)
def test_the_list_searches_and_filters(
    make_exercise: MakeExercise, desk: Client, athlete: Any, query: str, expected: list[str]
) -> None:
    make_exercise("Bench Press", aliases=["Flat Bench"], equipment=["barbell", "bench"])
    make_exercise("My Squat", owner=athlete, primary_muscles=["quads"])
    assert rows(desk.get(f"{URL}/?{query}")) == expected


def test_an_edit_with_a_translation_and_its_history(make_exercise: MakeExercise, desk: Client) -> None:
    squat = make_exercise("Squat", instructions=["Sit.", "Stand."])
    page = desk.get(f"{URL}/{squat.pk}/change/")
    assert b"Sit.\nStand." in page.content
    form = page.context["adminform"].form
    said = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    said |= {
        "name": "Back Squat",
        "aliases": "BB Squat\r\n\r\n  Squat  ",
        "primary_muscles": ["quads", "glutes"],
        "instructions": "Sit down.\r\nStand up.",
        "translations-TOTAL_FORMS": 1,
        "translations-INITIAL_FORMS": 0,
        "translations-0-language": "de",
        "translations-0-name": "Kniebeuge",
        "translations-0-instructions": "Setzen.",
        "variations-TOTAL_FORMS": 0,
        "variations-INITIAL_FORMS": 0,
    }
    answer = desk.post(f"{URL}/{squat.pk}/change/", said)
    assert answer.status_code == 302, answer.context["errors"]
    squat.refresh_from_db()
    assert (squat.name, squat.aliases, squat.primary_muscles, squat.instructions, squat.version) == (
        "Back Squat",
        ["BB Squat", "Squat"],
        ["quads", "glutes"],
        ["Sit down.", "Stand up."],
        2,
    )
    assert list(Translation.objects.values_list("language", "name", "instructions")) == [
        ("de", "Kniebeuge", ["Setzen."])
    ]
    said = apps.get_model("exercises", "ExerciseEvent").objects.latest("pgh_id").pgh_context.metadata
    assert (said["user"], said["via"]) == (str(User.objects.get(username="boss").pk), "admin")
    history = desk.get(f"/admin/exercises/exerciseevent/?pgh_obj={squat.pk}")
    assert [event.name for event in history.context["cl"].result_list] == ["Back Squat", "Squat"]
    event = apps.get_model("exercises", "ExerciseEvent").objects.first()
    assert desk.get(f"/admin/exercises/exerciseevent/{event.pk}/change/").status_code == 200


def test_nothing_is_deleted_here(make_exercise: MakeExercise, desk: Client) -> None:
    squat = make_exercise("Squat")
    assert desk.post(f"{URL}/{squat.pk}/delete/", {"post": "yes"}).status_code == 403
    assert Exercise.objects.filter(pk=squat.pk).exists()


def test_the_pages_of_one_exercise_and_of_the_catalogue_open(make_exercise: MakeExercise, desk: Client) -> None:
    make_exercise("Squat")
    for address in (f"{URL}/add/", "/admin/exercises/catalogue/", "/admin/exercises/catalogue/1/change/"):
        assert desk.get(address).status_code == 200
