"""What can stand in for an exercise, and why."""

from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from accounts.models import User
from exercises.enums import Equipment, Language, Muscle, Pattern, Relation
from exercises.models import Exercise, Translation, Variation
from exercises.search.labels import Reason, label
from exercises.search.similar import CANDIDATES, Traits, score_of
from tests.cast import ApiClient, client_of, codes
from tests.exercises.conftest import MakeExercise

COPY = """
INSERT INTO exercises_exercise
SELECT copy.* FROM exercises_exercise e, generate_series(1, %(many)s) n, jsonb_populate_record(e, jsonb_build_object(
  'id', gen_random_uuid(), 'slug', 'copy-' || n,
  'primary_muscles', jsonb_build_array((%(muscles)s::text[])[1 + n %% 25]))) copy
WHERE e.id = %(id)s
"""
UNKNOWN = "01890000-0000-7000-8000-0000000fffff"


def traits(**values: Any) -> Traits:
    ordinary = {"pattern": "squat", "primary_muscles": ["quads"], "secondary_muscles": [], "equipment": ["barbell"]}
    return Traits(uuid4(), "slug", **{**ordinary, **values})


SQUAT = traits(primary_muscles=["quads", "glutes"], secondary_muscles=["hamstrings"], equipment=["barbell", "rack"])


@pytest.mark.parametrize(
    ("other", "score"),
    [
        (SQUAT, 0.9),
        (
            traits(
                **{name: getattr(SQUAT, name) for name in ("primary_muscles", "secondary_muscles", "equipment")},
                relation="easier",
            ),
            1.0,
        ),
        (traits(equipment=["dumbbell"]), round(0.55 * 1 / 2.5 + 0.2, 3)),
        (traits(pattern="lunge", secondary_muscles=["glutes"]), round(0.55 * 1.5 / 2.5 + 0.15 / 2, 3)),
        (traits(pattern="", primary_muscles=["chest"], equipment=["bench"]), 0.0),
    ],
)
def test_how_alike_two_exercises_are(other: Traits, score: float) -> None:
    assert score_of(SQUAT, other) == score


def test_no_pattern_is_no_common_pattern() -> None:
    assert score_of(traits(pattern=""), traits(pattern="")) == 0.7


@pytest.fixture
def phone(athlete: User) -> ApiClient:
    return client_of(athlete)


@pytest.fixture
def press(make_exercise: MakeExercise, stranger: User) -> Exercise:
    """A bench press among others."""
    press = make_exercise(
        "Bench Press", pattern="horizontal_push", secondary_muscles=["triceps"], equipment=["barbell", "bench"]
    )
    dumbbells = make_exercise(
        "Dumbbell Press", pattern="horizontal_push", secondary_muscles=["triceps"], equipment=["dumbbell", "bench"]
    )
    make_exercise("Push Up", pattern="horizontal_push", secondary_muscles=["triceps"], equipment=["bodyweight"])
    make_exercise("Cable Fly", pattern="chest_fly", equipment=["cable"])
    make_exercise("Secret Press", pattern="horizontal_push", owner=stranger)
    make_exercise("Squat", primary_muscles=["quads"], pattern="squat")
    pushdown = make_exercise("Close Grip", primary_muscles=["triceps"], equipment=["barbell"])
    Variation.objects.create(exercise=press, other=dumbbells, relation="equipment")
    Variation.objects.create(exercise=press, other=pushdown, relation="harder")
    return press


def similar(device: ApiClient, exercise: Exercise, query: str = "", **headers: str) -> list[Any]:
    answer = device.get(f"/api/v1/exercises/{exercise.pk}/similar{query}", **headers)
    assert answer.status_code == 200, answer.content
    return list(answer.json()["results"])


def test_the_most_similar_come_first_with_their_reasons(press: Exercise, phone: ApiClient) -> None:
    shown = similar(phone, press)
    assert [(one["slug"], one["score"]) for one in shown] == [
        ("dumbbell-press", 0.9),  # 0.55 + 0.2 + 0.15 / 3 + 0.1
        ("push-up", 0.75),
        ("cable-fly", 0.367),
        ("close-grip", 0.312),  # 0.55 * 0.5 / 2 + 0.15 / 2 + 0.1
    ]
    assert shown[0]["reasons"] == [
        {"kind": "variation", "values": ["equipment"], "text": "A variation of it: other equipment"},
        {"kind": "muscles", "values": ["chest"], "text": "Also trains: chest"},
        {"kind": "pattern", "values": ["horizontal_push"], "text": "The same movement: horizontal push"},
        {"kind": "equipment", "values": ["bench"], "text": "Also uses: bench"},
    ]
    detail = phone.get(f"/api/v1/exercises/{shown[1]['id']}").json()
    assert shown[1] == {**detail, "score": 0.75, "reasons": shown[0]["reasons"][1:3]}


def test_only_with_what_one_has(press: Exercise, phone: ApiClient) -> None:
    assert [one["slug"] for one in similar(phone, press, "?available_equipment=barbell,cable&limit=2")] == [
        "push-up",
        "cable-fly",
    ]
    assert [one["slug"] for one in similar(phone, press, "?available_equipment=")] == ["push-up"]
    refused = phone.get(f"/api/v1/exercises/{press.pk}/similar?available_equipment=barbell,spaceship")
    assert codes(refused) == [("?available_equipment/1", "invalid_choice")]


def test_in_the_language_asked_for(press: Exercise, phone: ApiClient) -> None:
    Translation.objects.create(exercise=Exercise.objects.get(slug="push-up"), language="de", name="Liegestütz")
    answer = phone.get(f"/api/v1/exercises/{press.pk}/similar", HTTP_ACCEPT_LANGUAGE="de")
    push_up = answer.json()["results"][1]
    assert (answer["Content-Language"], push_up["name"]) == ("de", "Liegestütz")
    assert [reason["text"] for reason in push_up["reasons"]] == [
        "Trainiert ebenfalls: Brust",
        "Dieselbe Bewegung: Drücken nach vorn",
    ]
    tag = {"HTTP_IF_NONE_MATCH": answer["ETag"], "HTTP_ACCEPT_LANGUAGE": "de"}
    assert phone.get(f"/api/v1/exercises/{press.pk}/similar", **tag).status_code == 304


@pytest.mark.parametrize("language", Language.values)
def test_every_word_has_its_name_in_every_language(language: str) -> None:
    words = {
        Reason.MUSCLES: Muscle,
        Reason.EQUIPMENT: Equipment,
        Reason.PATTERN: Pattern,
        Reason.VARIATION: Relation,
    }
    assert [
        value for reason, known in words.items() for value in known.values if not label(reason, value, language)
    ] == []


def test_of_what_one_does_not_see_there_is_nothing(
    press: Exercise, phone: ApiClient, make_exercise: MakeExercise
) -> None:
    secret = Exercise.objects.get(slug="secret-press")
    for id in (secret.pk, UNKNOWN):
        assert phone.get(f"/api/v1/exercises/{id}/similar").status_code == 404
    assert similar(phone, make_exercise("Neck Curl", primary_muscles=["neck"])) == []


@pytest.mark.parametrize("count", [1, 3])
def test_statements(make_exercise: MakeExercise, phone: ApiClient, django_assert_num_queries: Any, count: int) -> None:
    exercise = make_exercise("Bench Press")
    for number in range(count):
        make_exercise(f"Press {number}")
    phone.get(f"/api/v1/exercises/{exercise.pk}")
    with django_assert_num_queries(2):
        assert len(similar(phone, exercise)) == count


def test_in_a_large_library_candidates_come_from_the_index_on_muscles(make_exercise: MakeExercise) -> None:
    exercise = make_exercise("Bench Press")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")  # nothing needs to be found by search
        cursor.execute(COPY, {"id": exercise.pk, "muscles": Muscle.values, "many": 5000})
        cursor.execute("ANALYZE exercises_exercise")
        cursor.execute(f"EXPLAIN {CANDIDATES}", {"id": exercise.pk, "me": exercise.pk, "available": None})
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "Bitmap Index Scan on exercise_primary_muscles" in plan
    assert "Seq Scan on exercises_exercise" not in plan
