"""Who changed what, field by field, and going back to it."""

from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Block
from exercises.models import Edition, Exercise, Translation, Variation
from exercises.operations.exercises import create_exercise, submit_exercise
from exercises.operations.moderation import approve_exercise
from tests.cast import ApiClient, actor_of, client_of
from tests.exercises.conftest import MakeExercise

URL = "/api/v1/exercises"
PRESS = {"name": "Floor Press", "primary_muscles": ["chest"], "equipment": ["dumbbell"], "kind": "strength"}
ExerciseEvent = apps.get_model("exercises", "ExerciseEvent")


@pytest.fixture
def phone(athlete: Any) -> ApiClient:
    return client_of(athlete)


def run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def history(client: ApiClient, id: Any, query: str = "") -> Any:
    answer = client.get(f"{URL}/{id}/history{query}")
    assert answer.status_code == 200, answer.content
    return answer.json()


def told(client: ApiClient, id: Any) -> list[tuple[int, list[tuple[str, Any, Any]]]]:
    return [
        (one["version"], [(change["field"], change["before"], change["after"]) for change in one["changes"]])
        for one in history(client, id)["results"]
    ]


def test_each_version_says_who_when_how_and_what(phone: ApiClient, athlete: Any) -> None:
    mine = phone.post(URL, PRESS).json()
    phone.patch(f"{URL}/{mine['id']}", {"name": "Ground Press", "note": "So we call it", "met": "3.5"})
    latest, first = history(phone, mine["id"])["results"]
    assert latest.pop("at").endswith("Z")
    assert latest == {
        "version": 2,
        "by": {"id": str(athlete.pk), "username": "athlete", "display_name": "Ada Athlete"},
        "via": "http",
        "note": "So we call it",
        "changes": [
            {
                "field": "name",
                "before": "Floor Press",
                "after": "Ground Press",
                "lines": [
                    {
                        "op": "changed",
                        "pieces": [
                            {"op": "removed", "text": "Floor"},
                            {"op": "added", "text": "Ground"},
                            {"op": "same", "text": " Press"},
                        ],
                    }
                ],
            },
            {
                "field": "met",
                "before": None,
                "after": "3.5",
                "lines": [{"op": "added", "pieces": [{"op": "added", "text": "3.5"}]}],
            },
        ],
    }
    assert {one["field"]: one["after"] for one in first["changes"]} == {
        "language": "en",
        **PRESS,
        "difficulty": "beginner",
        "tracking": "weight_reps",
        "bodyweight_share": "0",
        "status": "draft",
        "slug": "floor-press",
    }


def test_bulk_updates_and_sql_by_hand_are_in_it(make_exercise: MakeExercise, phone: ApiClient) -> None:
    squat, box = make_exercise("Squat"), make_exercise("Box Squat")
    Exercise.objects.filter(pk=squat.pk).update(difficulty="advanced")
    run("UPDATE exercises_exercise SET name = 'Back Squat' WHERE slug = 'squat'")
    Translation.objects.create(exercise=squat, language="de", name="Kniebeuge")
    run("UPDATE exercises_translation SET mistakes = '{Hast}'")
    Variation.objects.create(exercise=squat, other=box, relation="easier")
    run("DELETE FROM exercises_translation")
    easier = [{"id": str(box.pk), "relation": "easier"}]
    assert told(phone, squat.pk)[:-1] == [
        (7, [("de.name", "Kniebeuge", None), ("de.aliases", [], None), ("de.instructions", [], None),
             ("de.mistakes", ["Hast"], None)]),
        (6, [("variations", [], easier)]),
        (5, [("de.mistakes", [], ["Hast"])]),
        (4, [("de.name", None, "Kniebeuge"), ("de.aliases", None, []), ("de.instructions", None, []),
             ("de.mistakes", None, [])]),
        (3, [("name", "Squat", "Back Squat")]),
        (2, [("difficulty", "beginner", "advanced")]),
    ]  # fmt: skip
    assert {(one["by"], one["via"], one["note"]) for one in history(phone, squat.pk)["results"]} == {(None, None, None)}


def test_a_page_costs_the_same_whatever_it_holds(make_exercise: MakeExercise, phone: ApiClient, moderator: Any) -> None:
    squat, box = make_exercise("Squat"), make_exercise("Box Squat")
    desk, seen = client_of(moderator), []
    assert phone.get(f"{URL}/{squat.pk}").status_code == 200  # the server knows the session by now
    for relation in ("easier", "harder", "variation"):
        desk.patch(f"{URL}/{squat.pk}", {"variations": [{"id": str(box.pk), "relation": relation}]})
        with CaptureQueriesContext(connection) as queries:
            found = history(phone, squat.pk)["results"]
        seen.append((len(found), len(queries)))
    assert seen == [(2, 5), (3, 5), (4, 5)]
    run(f"DELETE FROM exercises_variation WHERE exercise_id = '{squat.pk}'")  # noqa: S608
    page = history(phone, squat.pk, "?limit=2")
    older = phone.get(page["next"]).json()
    assert [one["version"] for one in page["results"] + older["results"]] == [5, 4, 3, 2]
    assert phone.get(older["previous"]).json()["results"] == page["results"]


def test_drafts_stay_with_who_wrote_them(athlete: Any, stranger: Any, moderator: Any) -> None:
    author = actor_of(athlete)
    mine = create_exercise(author, PRESS | {"mistakes": ["Ask my doctor about my shoulder"]})
    client_of(athlete).patch(f"{URL}/{mine.pk}", {"mistakes": []})
    submit_exercise(author, mine.pk)
    approve_exercise(actor_of(moderator), mine.pk, seen_version=3)
    versions = {
        person.username: [one["version"] for one in history(client_of(person), mine.pk)["results"]]
        for person in (athlete, stranger, moderator)
    }
    assert versions == {"athlete": [4, 3, 2, 1], "stranger": [4], "moderator": [4, 3, 2, 1]}
    assert "doctor" not in client_of(stranger).get(f"{URL}/{mine.pk}/history").content.decode()


def test_neither_foreign_drafts_nor_who_blocks_one_are_named(
    make_exercise: MakeExercise, athlete: Any, stranger: Any, moderator: Any
) -> None:
    squat = make_exercise("Squat")
    secret = make_exercise("Secret", owner=athlete)
    Variation.objects.create(exercise=squat, other=secret, relation="easier")
    client_of(moderator).patch(f"{URL}/{squat.pk}", {"difficulty": "advanced"})
    seen = history(client_of(stranger), squat.pk)["results"]
    assert str(secret.pk) not in str(seen)
    assert seen[0]["by"]["username"] == "moderator"
    assert str(secret.pk) in str(history(client_of(athlete), squat.pk))
    Block.objects.create(blocker=moderator, blocked=stranger)
    assert history(client_of(stranger), squat.pk)["results"][0]["by"] is None


# ── Going back ───────────────────────────────────────────────────────────────────────────────────


def test_going_back_brings_back_exactly_what_was_said(make_exercise: MakeExercise, phone: ApiClient) -> None:
    bench = make_exercise("Bench Press", pattern="horizontal_push", form_profile="bench_press")
    other = make_exercise("Push Up")
    body = {
        **PRESS,
        "aliases": ["A", "B"],
        "instructions": ["Lie down.", "Press."],
        "mistakes": ["Bouncing."],
        "secondary_muscles": ["triceps"],
        "pattern": "horizontal_push",
        "mechanic": "compound",
        "force": "push",
        "difficulty": "advanced",
        "unilateral": True,
        "per_hand": True,
        "bodyweight_share": "0.25",
        "met": "3.5",
        "contraindications": ["wrist"],
        "variations": [{"id": str(bench.pk), "relation": "equipment"}],
    }
    mine = phone.post(URL, body).json()
    address = f"{URL}/{mine['id']}"
    phone.patch(address, {"language": "de", "name": "Bodendrücken", "aliases": ["C"]})
    then = {language: phone.get(address, HTTP_ACCEPT_LANGUAGE=language).json() for language in ("en", "de", "es")}
    phone.patch(address, {"language": "de", "name": "Ganz anders", "instructions": ["Anders."]})
    phone.patch(address, {"language": "es", "name": "Otra cosa"})
    changed = {
        **{name: [] for name in ("aliases", "instructions", "mistakes", "secondary_muscles", "contraindications")},
        **dict.fromkeys(("pattern", "mechanic", "force", "met")),
        "name": "Other",
        "kind": "cardio",
        "primary_muscles": ["quads"],
        "equipment": ["box"],
        "difficulty": "beginner",
        "unilateral": False,
        "per_hand": False,
        "tracking": "time",
        "bodyweight_share": "0",
        "variations": [{"id": str(other.pk), "relation": "harder"}],
    }
    assert phone.patch(address, changed).json()["version"] == 5
    answer = phone.post(f"{address}/revert/2")
    assert (answer.status_code, answer.json()) == (200, {**then["en"], "version": 6})
    for language, shown in then.items():
        assert phone.get(address, HTTP_ACCEPT_LANGUAGE=language).json() == {**shown, "version": 6}
    assert not Translation.objects.filter(language="es").exists()
    latest = history(phone, mine["id"])["results"][0]
    assert latest["note"] == "Back to version 2"
    assert phone.post(f"{address}/revert/6").json()["version"] == 6  # it says so already
    assert phone.post(f"{address}/revert/1").json()["version"] == 7
    assert not Translation.objects.exists()
    for unknown in (0, 99, 2**40):
        assert phone.post(f"{address}/revert/{unknown}").status_code == 404


def test_going_back_leaves_out_what_is_gone(make_exercise: MakeExercise, phone: ApiClient) -> None:
    bench = make_exercise("Bench Press")
    mine = phone.post(URL, {**PRESS, "variations": [{"id": str(bench.pk), "relation": "easier"}]}).json()
    phone.patch(f"{URL}/{mine['id']}", {"variations": [], "name": "Other"})
    Exercise.objects.filter(pk=bench.pk).update(status="archived")
    shown = phone.post(f"{URL}/{mine['id']}/revert/1").json()
    assert (shown["name"], shown["variations"]) == ("Floor Press", [])


def test_who_may_go_back(make_exercise: MakeExercise, phone: ApiClient, moderator: Any) -> None:
    squat = make_exercise("Squat")
    Exercise.objects.update(name="Wrong")
    assert phone.post(f"{URL}/{squat.pk}/revert/1").status_code == 403
    assert client_of(moderator).post(f"{URL}/{squat.pk}/revert/1").json()["name"] == "Squat"


# ── What triggers write down ─────────────────────────────────────────────────────────────────────


def test_what_somebody_does_is_one_version_whatever_tables_it_touches(
    make_exercise: MakeExercise, phone: ApiClient
) -> None:
    other = phone.post(URL, {**PRESS, "name": "Other Thing"}).json()
    variations = [{"id": other["id"], "relation": "easier"}]
    mine = phone.post(URL, {**PRESS, "variations": variations}).json()
    assert mine["version"] == 1
    body = {"language": "de", "name": "Bodendrücken", "kind": "mobility", "variations": []}
    assert phone.patch(f"{URL}/{mine['id']}", body).json()["version"] == 2
    assert list(
        Edition.objects.filter(exercise=mine["id"]).order_by("version").values_list("version", "variations")
    ) == [
        (1, variations),
        (2, []),
    ]
    assert phone.get(f"{URL}/{other['id']}").json()["version"] == 3  # pointed back to, and no more
    assert (
        ExerciseEvent.objects.filter(pgh_obj=mine["id"], version=2).latest("pgh_id").pgh_context.metadata["via"]
        == "http"
    )


def test_what_is_written_after_somebody_is_not_theirs(phone: ApiClient) -> None:
    mine = phone.post(URL, PRESS).json()
    Exercise.objects.update(name="By hand")
    latest, first = history(phone, mine["id"])["results"]
    assert (latest["by"], first["by"]["username"]) == (None, "athlete")


def test_editions_go_with_their_exercise(make_exercise: MakeExercise) -> None:
    squat, box = make_exercise("Squat"), make_exercise("Box Squat")
    Translation.objects.create(exercise=squat, language="de", name="Kniebeuge")
    Variation.objects.create(exercise=squat, other=box, relation="easier")
    assert Edition.objects.count() == 2
    squat.delete()
    run("SET CONSTRAINTS ALL IMMEDIATE")
    assert not Edition.objects.exists()
