from typing import Any

from exercises.models import Catalogue, Translation, Variation
from exercises.rows import catalogue_version, read_in_order, read_rows
from fitai.common.ids import uuid7
from tests.cast import actor_of
from tests.exercises.conftest import MakeExercise


def test_texts_come_in_the_language_asked_for_and_in_the_exercises_own_where_untranslated(
    make_exercise: MakeExercise, athlete: Any
) -> None:
    squat = make_exercise("Squat", aliases=["Back Squat"], instructions=["Sit down.", "Stand up."], mistakes=["Haste."])
    Translation.objects.create(exercise=squat, language="de", name="Kniebeuge", instructions=["Setzen.", "Aufstehen."])
    actor = actor_of(athlete)
    said = {
        language: [(r["name"], r["aliases"], r["instructions"], r["mistakes"]) for r in read_rows(actor, language)]
        for language in ("en", "de", "es")
    }
    english = [("Squat", ["Back Squat"], ["Sit down.", "Stand up."], ["Haste."])]
    german = [("Kniebeuge", ["Back Squat"], ["Setzen.", "Aufstehen."], ["Haste."])]
    assert said == {"en": english, "de": german, "es": english}


def test_variations_are_those_that_the_reader_sees(make_exercise: MakeExercise, athlete: Any, stranger: Any) -> None:
    squat, box, own = make_exercise("Squat"), make_exercise("Box Squat"), make_exercise("My Squat", owner=athlete)
    for other, relation in ((box, "easier"), (own, "variation")):
        Variation.objects.create(exercise=squat, other=other, relation=relation)
    where, values = ["e.id = %(id)s"], {"id": squat.pk}
    related = [
        read_rows(actor_of(person), "en", where=where, values=values)[0]["related"] for person in (athlete, stranger)
    ]
    assert related == [[f"{box.pk} easier", f"{own.pk} variation"], [f"{box.pk} easier"]]


def test_rows_come_in_the_order_of_their_ids(make_exercise: MakeExercise, athlete: Any) -> None:
    ids = [make_exercise(name).pk for name in ("B", "C", "A")]
    rows = read_in_order(actor_of(athlete), "en", [ids[2], uuid7(), ids[0], ids[1]])
    assert [row["name"] for row in rows] == ["A", "B", "C"]


def test_before_anything_was_in_the_library_its_version_is_0(db: None) -> None:
    Catalogue.objects.all().delete()
    assert catalogue_version() == 0
