from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from exercises.models import Catalogue, Exercise, SearchDocument, Translation, Variation, Word
from tests.exercises.conftest import MakeExercise

ExerciseEvent = apps.get_model("exercises", "ExerciseEvent")
TranslationEvent = apps.get_model("exercises", "TranslationEvent")


def run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def version() -> int:
    return Catalogue.objects.get().version


@pytest.mark.parametrize(
    "values",
    [
        {"primary_muscles": []},
        {"primary_muscles": ["pecs"]},
        {"secondary_muscles": ["heart"]},
        {"equipment": []},
        {"equipment": ["anvil"]},
        {"contraindications": ["boredom"]},
        {"kind": "dance"},
        {"pattern": "twirl"},
        {"mechanic": "magic"},
        {"force": "dark"},
        {"difficulty": "impossible"},
        {"tracking": "vibes"},
        {"status": "lost"},
        {"language": "xx"},
        {"bodyweight_share": "1.21"},
        {"bodyweight_share": "-0.01"},
        {"met": "0"},
        {"rating": "0.9"},
        {"rating": "5.1"},
        {"slug": "bench-press"},
    ],
)
def test_the_database_refuses_what_cannot_be(make_exercise: MakeExercise, values: dict[str, Any]) -> None:
    make_exercise("Bench Press")
    with pytest.raises(IntegrityError), transaction.atomic():
        make_exercise("Squat", **values)
    assert list(Exercise.objects.values_list("slug", flat=True)) == ["bench-press"]


def test_two_people_may_use_one_slug_and_one_person_only_once(
    make_exercise: MakeExercise, athlete: Any, stranger: Any
) -> None:
    make_exercise("Squat")
    make_exercise("Squat", owner=athlete)
    make_exercise("Squat", owner=stranger)
    with pytest.raises(IntegrityError), transaction.atomic():
        make_exercise("Squat", owner=athlete)
    with pytest.raises(IntegrityError), transaction.atomic():
        Exercise.objects.filter(owner=athlete).update(status="approved")


def test_an_exercise_is_no_variation_of_itself(make_exercise: MakeExercise) -> None:
    squat = make_exercise("Squat")
    with pytest.raises(IntegrityError), transaction.atomic():
        Variation.objects.create(exercise=squat, other=squat, relation="easier")


def test_an_edit_counts_a_version_and_a_rating_does_not(make_exercise: MakeExercise) -> None:
    squat = make_exercise("Squat")
    Exercise.objects.update(rating=Decimal("4.5"), rating_count=2)
    Exercise.objects.update(name="Squat")
    run("UPDATE exercises_exercise SET name = 'Back Squat'")
    squat.refresh_from_db()
    assert squat.version == 2
    assert squat.updated_at >= squat.created_at


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE exercises_exercise SET rating = 5",
        "UPDATE exercises_exercise SET name = 'Back Squat'",
        "INSERT INTO exercises_translation (exercise_id, language, name, aliases, instructions, mistakes)"
        " SELECT id, 'de', 'Kniebeuge', '{}', '{}', '{}' FROM exercises_exercise",
        "DELETE FROM exercises_variation",
        "DELETE FROM exercises_translation",
    ],
)
def test_any_change_gives_the_catalogue_a_later_version(make_exercise: MakeExercise, statement: str) -> None:
    make_exercise("Squat")
    before = version()
    run(statement)
    assert version() > before


def test_history_keeps_what_bulk_updates_and_sql_by_hand_changed(make_exercise: MakeExercise) -> None:
    squat = make_exercise("Squat")
    Exercise.objects.update(difficulty="advanced")
    run("UPDATE exercises_exercise SET name = 'Back Squat'")
    Exercise.objects.update(rating=5)
    assert list(
        ExerciseEvent.objects.filter(pgh_obj=squat).order_by("pgh_id").values_list("pgh_label", "name", "difficulty")
    ) == [("insert", "Squat", "beginner"), ("update", "Squat", "advanced"), ("update", "Back Squat", "advanced")]


def test_history_of_translations(make_exercise: MakeExercise) -> None:
    translation = Translation.objects.create(exercise=make_exercise("Squat"), language="de", name="Kniebeuge")
    Translation.objects.update(name="Tiefe Kniebeuge")
    translation.delete()
    assert list(TranslationEvent.objects.order_by("pgh_id").values_list("pgh_label", "name")) == [
        ("insert", "Kniebeuge"),
        ("update", "Tiefe Kniebeuge"),
        ("delete", "Tiefe Kniebeuge"),
    ]


def documents() -> list[tuple[str, list[str]]]:
    return list(SearchDocument.objects.order_by("language").values_list("language", "names"))


def test_documents_follow_every_change(make_exercise: MakeExercise) -> None:
    squat = make_exercise("Back Squat", aliases=["BB Squat"], equipment=["barbell", "rack"])
    english = ["back squat", "bb squat", "back squat barbell", "bb squat barbell"]
    assert documents() == [("en", english)]
    run("UPDATE exercises_exercise SET name = 'Barbell Squat', aliases = '{}'")
    assert documents() == [("en", ["barbell squat"])]
    translation = Translation.objects.create(exercise=squat, language="de", name="Kniebeuge")
    assert documents() == [("de", ["kniebeuge", "kniebeuge barbell"]), ("en", ["barbell squat"])]
    Translation.objects.update(language="es", name="Sentadilla")
    assert documents() == [("en", ["barbell squat"]), ("es", ["sentadilla", "sentadilla barbell"])]
    translation.delete()
    assert documents() == [("en", ["barbell squat"])]


def test_a_document_stands_on_the_shelf_of_how_common_its_exercise_is(make_exercise: MakeExercise) -> None:
    raise_ = make_exercise("Seated Dumbbell Side Raise")
    Translation.objects.create(exercise=raise_, language="de", name="Seitheben")
    (rare,) = set(SearchDocument.objects.values_list("shelf", flat=True))
    assert rare >= 2
    for commonness, shelf in ((5, 0), (2, 1), (1, rare)):
        Exercise.objects.update(commonness=commonness)
        assert sorted(SearchDocument.objects.values_list("language", "shelf")) == [("de", shelf), ("en", shelf)]
    run("UPDATE exercises_exercise SET name = 'Side Raise'")
    assert sorted(SearchDocument.objects.values_list("language", "shelf")) == [("de", 1), ("en", 1)]


def test_what_is_not_shared_stands_on_a_shelf_of_its_own(make_exercise: MakeExercise) -> None:
    make_exercise("Side Raise", commonness=5)
    for status, deleted_at, shelf in (
        ("approved", None, 0),
        ("pending", None, 10),
        ("archived", None, 10),
        ("approved", timezone.now(), 10),
        ("approved", None, 0),
    ):
        Exercise.objects.update(status=status, deleted_at=deleted_at)
        assert SearchDocument.objects.values_list("shelf", flat=True).get() == shelf, status


def test_names_are_as_alike_as_their_trigrams(db: None) -> None:
    alike = """SELECT bit_count(a & b)::float8 / bit_count(a | b), similarity(%(a)s, %(b)s)
               FROM (SELECT exercises_trigrams(%(a)s) AS a, exercises_trigrams(%(b)s) AS b) pair"""
    with connection.cursor() as cursor:
        for a, b in (("back squat", "squat back"), ("bench press barbell", "incline bench press"), ("row", "curl")):
            cursor.execute(alike, {"a": a, "b": b})
            ours, theirs = cursor.fetchone()
            assert ours == pytest.approx(theirs, abs=0.03)


def test_an_exercise_can_be_deleted_with_all_that_is_derived(make_exercise: MakeExercise) -> None:
    squat = make_exercise("Squat")
    Translation.objects.create(exercise=squat, language="de", name="Kniebeuge")
    squat.delete()
    run("SET CONSTRAINTS ALL IMMEDIATE")
    assert not SearchDocument.objects.exists()


def test_words_of_shared_names_are_known_alone_and_joined(make_exercise: MakeExercise, athlete: Any) -> None:
    make_exercise("Step Up", aliases=["No 12 Box"])
    make_exercise("Secret Thing", owner=athlete)
    assert list(Word.objects.order_by("word").values_list("word", "spelled", "letters")) == [
        ("box", "box", "box"),
        ("step", "step", "epst"),
        ("stepup", "step up", "eppstu"),
    ]
