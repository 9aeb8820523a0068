"""Many exercises edited together: what would change is shown first, and all of it happens or nothing."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from exercises.models import Decision, Exercise
from exercises.operations.exercises import update_exercise
from tests.cast import actor_of
from tests.exercises.admin.conftest import said
from tests.exercises.conftest import MakeExercise

URL = "/admin/exercises/exercise/"


def send(client: Client, exercises: list[Exercise], step: str = "", **values: Any) -> Any:
    chosen = {"action": "edit_together", "_selected_action": [str(one.pk) for one in exercises], "step": step}
    return client.post(URL, {**chosen, **values})


def shown(page: Any) -> dict[str, list[str]]:
    return {row.name: [one.name for one in differences] for row, differences in page.context["previews"]}


@pytest.fixture
def pair(make_exercise: MakeExercise) -> list[Exercise]:
    return [
        make_exercise("Curl", difficulty="advanced", contraindications=["elbow"], pattern="squat"),
        make_exercise("Press", difficulty="beginner"),
    ]


def test_it_shows_what_would_change_and_then_does_it(desk: Client, pair: list[Exercise]) -> None:
    assert "Edit 2 exercises together" in send(desk, pair).content.decode()
    empty = send(desk, pair, "preview")
    assert "Choose what is to change." in empty.content.decode()
    values = {
        **{"difficulty": "advanced", "pattern": "-", "unilateral": "yes", "no_contraindications": "on"},
        **{"equipment": ["cable", "bench"], "reason": "Tidying"},
    }
    page = send(desk, pair, "preview", **values)
    assert shown(page) == {
        "Curl": ["equipment", "contraindications", "pattern", "unilateral"],
        "Press": ["equipment", "difficulty", "unilateral"],
    }
    assert not Decision.objects.exists()
    seen = [f"{one.pk}:1" for one in pair]
    for one in pair:
        assert f'value="{one.pk}:1"' in page.content.decode()
    answer = send(desk, pair, "apply", seen=seen, **values)
    assert (answer.status_code, said(answer)) == (302, ["2 exercises edited."])
    curl, press = Exercise.objects.order_by("name")
    assert (curl.difficulty, curl.pattern, curl.unilateral, curl.contraindications, curl.equipment) == (
        *("advanced", "", True, []),
        ["cable", "bench"],
    )
    assert (press.difficulty, press.version) == ("advanced", 2)
    assert list(Decision.objects.values_list("verdict", "reason")) == [("edited", "Tidying")] * 2


def test_all_or_nothing(desk: Client, pair: list[Exercise], moderator: User) -> None:
    update_exercise(actor_of(moderator), pair[1].pk, {"kind": "mobility"})
    seen = [f"{one.pk}:1" for one in pair]
    answer = send(desk, pair, "apply", seen=seen, difficulty="intermediate")
    assert said(answer)[0].startswith("Nothing was changed. Mo Moderator changed this on ")
    assert f'value="{pair[1].pk}:2"' in answer.content.decode()  # what is there now is shown to be decided on
    assert not Exercise.objects.filter(difficulty="intermediate").exists()


def test_what_was_not_shown_is_not_touched(desk: Client, pair: list[Exercise]) -> None:
    send(desk, pair, "apply", seen=f"{pair[0].pk}:1", difficulty="intermediate")
    assert [one.name for one in Exercise.objects.filter(difficulty="intermediate")] == ["Curl"]


def test_they_are_archived_together(desk: Client, pair: list[Exercise]) -> None:
    assert shown(send(desk, pair, "preview", status="archived")) == {"Curl": ["status"], "Press": ["status"]}
    send(desk, pair, "apply", seen=[f"{one.pk}:1" for one in pair], status="archived")
    assert set(Exercise.objects.values_list("status", flat=True)) == {"archived"}


def test_ordinary_staff_does_not(clerk: Client, pair: list[Exercise]) -> None:
    answer = send(clerk, pair, "apply", seen=f"{pair[0].pk}:1", difficulty="intermediate")
    assert answer.status_code == 403
    assert not Exercise.objects.filter(difficulty="intermediate").exists()


@pytest.mark.parametrize("count", [1, 3])
def test_the_preview_costs_a_constant_number_of_statements(
    make_exercise: MakeExercise, desk: Client, django_assert_num_queries: Any, count: int
) -> None:
    exercises = [make_exercise(f"Squat {number}") for number in range(count)]
    with django_assert_num_queries(6):
        send(desk, exercises, "preview", difficulty="advanced")
