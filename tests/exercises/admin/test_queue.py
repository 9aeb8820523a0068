"""The queue: what waits, in which order, for whom, and many decided at once."""

from typing import Any

import pytest
from django.test import Client

from exercises.models import Decision, Exercise, Proposal
from exercises.operations.exercises import create_exercise, delete_exercise
from fitai.common.actors import Actor
from tests.exercises.admin.conftest import PRESS, QUEUE, Propose, Submit, said
from tests.exercises.conftest import MakeExercise

STEPS = ["Lie down on the floor with both dumbbells.", "Press them up until your arms are straight."]


def shown(answer: Any) -> list[tuple[str, str]]:
    assert answer.status_code == 200
    return [(case.kind, case.name) for case in answer.context["cases"]]


def test_new_exercises_and_edits_wait_in_one_queue_the_oldest_first(
    make_exercise: MakeExercise, desk: Client, submit: Submit, propose: Propose, author: Actor
) -> None:
    squat = make_exercise("Squat", primary_muscles=["quads"])
    first = submit("First")
    propose(squat, difficulty="advanced", kind="bodyweight")
    submit("Last", instructions=STEPS, mistakes=["Haste."])
    create_exercise(author, {"name": "A draft", **PRESS})
    gone = submit("Gone")
    delete_exercise(author, gone.pk)
    answer = desk.get(QUEUE)
    assert shown(answer) == [("exercise", "First"), ("proposal", "Squat"), ("exercise", "Last")]
    one, edit, last = answer.context["cases"]
    assert (one.key, one.author, one.counts) == (
        f"exercise:{first.pk}:2",
        "Ada Athlete",
        [("danger", "1 error"), ("warning", "1 warning"), ("info", "3 hints")],
    )
    assert (edit.field_names, edit.muscle_names) == ("Kind, Difficulty", "Quads")
    assert last.counts == [("info", "3 hints")]
    assert answer.context["total"] == 3
    assert '<span class="font-semibold h-[18px]' in answer.content.decode()


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("kind=exercise", ["Bad", "Good"]),
        ("kind=proposal", ["Squat"]),
        ("found=any", ["Bad", "Good", "Squat"]),
        ("found=error", ["Bad", "Squat"]),
        ("muscle=quads", ["Squat"]),
        ("muscle=chest&found=warning", ["Bad"]),
        ("kind=nonsense&muscle=nowhere&found='", ["Bad", "Good", "Squat"]),
        ("kind=exercise&muscle=quads", []),
        ("page=2", []),
        ("page=%C2%B2", ["Bad", "Good", "Squat"]),
    ],
)
def test_it_is_filtered(
    make_exercise: MakeExercise, desk: Client, submit: Submit, propose: Propose, query: str, expected: list[str]
) -> None:
    submit("Bad")
    submit("Good", instructions=STEPS, mistakes=["Haste."])
    propose(make_exercise("Squat", primary_muscles=["quads"]), difficulty="advanced")
    assert [name for _, name in shown(desk.get(f"{QUEUE}?{query}"))] == expected


@pytest.mark.parametrize("count", [1, 3])
def test_it_costs_a_constant_number_of_statements(
    make_exercise: MakeExercise,
    desk: Client,
    submit: Submit,
    propose: Propose,
    django_assert_num_queries: Any,
    count: int,
) -> None:
    for number in range(count):
        submit(f"Press {number}")
        propose(make_exercise(f"Squat {number}"), difficulty="advanced")
    with django_assert_num_queries(5):  # session, user, the page, its count, the badge
        assert len(shown(desk.get(QUEUE))) == 2 * count


def test_only_moderators_look_and_decide(desk: Client, clerk: Client, submit: Submit) -> None:
    press = submit()
    for address in (QUEUE, "/admin/exercises/proposal/", "/admin/exercises/decision/"):
        assert (desk.get(address).status_code, clerk.get(address).status_code) == (200, 403)
    chosen = {"case": f"exercise:{press.pk}:2", "verdict": "approve", "confirmed": "yes"}
    assert clerk.post(QUEUE, chosen).status_code == 403
    assert Exercise.objects.get().status == "pending"


def test_many_are_approved_and_what_changed_meanwhile_is_not(
    make_exercise: MakeExercise, desk: Client, submit: Submit, propose: Propose
) -> None:
    press, old = submit("Press"), submit("Old")
    edit = propose(make_exercise("Squat"), difficulty="advanced")
    chosen = {
        "case": [f"exercise:{press.pk}:2", f"exercise:{old.pk}:1", f"proposal:{edit.pk}:1", "nonsense"],
        "verdict": "approve",
    }
    asked = desk.post(QUEUE, chosen)
    assert [case.name for case, _ in asked.context["cases"]] == ["Press", "Old", "Squat"]
    assert not Decision.objects.exists()
    answer = desk.post(QUEUE, {**chosen, "confirmed": "yes"})
    refused, done = said(answer)
    assert refused.startswith("Old: Ada Athlete changed this on ")
    assert done == "2 cases approved."
    assert {one.name: one.status for one in Exercise.objects.all()} == {
        "Press": "approved",
        "Old": "pending",
        "Squat": "approved",
    }
    assert Proposal.objects.get().status == "approved"


def test_many_are_rejected_with_a_reason_only(desk: Client, submit: Submit) -> None:
    press, fly = submit("Press"), submit("Fly")
    chosen = {"case": [f"exercise:{one.pk}:2" for one in (press, fly)], "verdict": "reject", "confirmed": "yes"}
    asked = desk.post(QUEUE, {**chosen, "reason": "  "})
    assert "Say why, so that their authors can do better." in asked.content.decode()
    assert not Decision.objects.exists()
    assert said(desk.post(QUEUE, {**chosen, "reason": "Both are unsafe."})) == ["2 cases rejected."]
    assert list(Decision.objects.values_list("verdict", "reason")) == [("rejected", "Both are unsafe.")] * 2


def test_nothing_chosen_is_nothing_done(desk: Client, submit: Submit) -> None:
    submit()
    assert said(desk.post(QUEUE, {"verdict": "approve"})) == ["Nothing was chosen."]
