"""What other catalogues say, in our words; what no exercise is, is refused in words that can be counted."""

import json
import time
from pathlib import Path
from typing import Any

import pytest

from exercises.enums import Equipment, Muscle
from exercises.sources import free_exercise_db, wger
from exercises.sources.entries import CONTENT, Entry, Unusable, lines_of_html, text, web_address
from exercises.sources.vocabulary import vocabulary
from tests.exercises.sources.stand_in import LICENSE, facts, info, told

SHARED = Path(__file__).resolve().parents[4] / "shared" / "data" / "catalogue"


def test_an_exercise_of_free_exercise_db() -> None:
    assert free_exercise_db.entry(facts("Barbell Bench Press", level="expert")) == Entry(
        external_id="Barbell_Bench_Press",
        content={
            "name": "Barbell Bench Press",
            "aliases": [],
            "instructions": ["Do the Barbell Bench Press.", "Rest."],
            "language": "en",
            "primary_muscles": ["chest"],
            "secondary_muscles": ["triceps"],
            "equipment": ["barbell"],
            "kind": "strength",
            "pattern": "",
            "mechanic": "compound",
            "force": "push",
            "difficulty": "advanced",
            "tracking": "weight_reps",
        },
    )


def test_an_exercise_of_wger() -> None:
    said = info(
        345,
        told("Bankdrücken", language=1, license_author="Berta", aliases=[{"id": 1, "alias": "Flachbank"}]),
        told("Bench Press", license_object_url="https://example.org/bench", aliases=[{"id": 2, "alias": "BP"}]),
        told("Жим", language=5),
    )
    assert wger.entry(said) == Entry(
        external_id="00000000-0000-4000-8000-000000000345",
        content={
            "name": "Bench Press",
            "aliases": ["BP"],
            "instructions": ["Do the Bench Press.", "Down", "Up & rest"],
            "language": "en",
            "primary_muscles": ["chest"],
            "secondary_muscles": ["triceps"],
            "equipment": ["barbell", "bench"],
            "kind": "strength",
            "pattern": "",
            "mechanic": "",
            "force": "",
            "difficulty": "beginner",
            "tracking": "weight_reps",
        },
        translations={
            "de": {
                "name": "Bankdrücken",
                "aliases": ["Flachbank"],
                "instructions": ["Do the Bankdrücken.", "Down", "Up & rest"],
            }
        },
        author="Ann Author, Berta",
        license="CC-BY-SA 4",
        license_url=LICENSE["url"],
        url="https://example.org/bench",
    )


@pytest.mark.parametrize(
    ("said", "told_as"),
    [
        ({"name": "Side Lateral Raise", "primaryMuscles": ["shoulders"]}, {"primary_muscles": ["side_delts"]}),
        ({"name": "Rear Delt Row", "primaryMuscles": ["shoulders"]}, {"primary_muscles": ["rear_delts"]}),
        (
            {"name": "Row", "force": "pull", "primaryMuscles": ["lats"], "secondaryMuscles": ["shoulders", "biceps"]},
            {"secondary_muscles": ["rear_delts", "biceps"]},
        ),
        ({"name": "Push-Up", "equipment": "body only"}, {"kind": "bodyweight", "tracking": "reps"}),
        ({"name": "Plank", "equipment": "body only", "force": "static"}, {"tracking": "time"}),
        ({"name": "Farmer's Hold", "force": "static"}, {"tracking": "weight_time"}),
        ({"name": "Running", "category": "cardio"}, {"kind": "cardio", "tracking": "distance_time"}),
        ({"name": "Lunge Stretch", "category": "stretching"}, {"kind": "mobility", "tracking": "time"}),
        ({"name": "Suspended Row", "equipment": "other"}, {"equipment": ["suspension"], "kind": "bodyweight"}),
        ({"name": "Tire Flip", "equipment": "other"}, {"equipment": ["machine"]}),
        ({"name": "Mountain Climbers", "equipment": None}, {"equipment": ["bodyweight"]}),
        ({"name": "Odd", "force": 7, "level": [], "mechanic": {}}, {"force": "", "mechanic": ""}),
        ({"name": " Two\u0000 \u202ewords\n"}, {"name": "Two words"}),
        ({"name": "Long", "instructions": ["a" * 2000, 7, None, "  "]}, {"instructions": ["a" * 999 + "…"]}),
    ],
)
def test_what_free_exercise_db_leaves_open(said: dict[str, Any], told_as: dict[str, Any]) -> None:
    entry = free_exercise_db.entry(facts("X") | said)
    assert {name: entry.content[name] for name in told_as} == told_as


def test_what_was_guessed_is_said() -> None:
    doubts = free_exercise_db.entry(facts("Tire Flip", equipment="other", secondaryMuscles=["spleen"])).doubts
    assert doubts == ("equipment taken as a machine, it says: other", "no such muscle: spleen")
    doubts = wger.entry(info(1, muscles=[], equipment=[{"id": 99, "name": "Anvil"}])).doubts
    assert doubts == (
        "muscle from the category: Chest",
        "no such equipment: Anvil",
        "equipment taken as a machine, it says nothing",
    )


@pytest.mark.parametrize(
    ("said", "equipment"),
    [
        ([], ["machine"]),
        ([{"name": "Gym mat"}], ["bodyweight"]),
        ([{"name": "SZ-Bar"}, {"name": "Incline bench"}, 7, {"name": 7}], ["ez_bar", "bench"]),
    ],
)
def test_equipment_of_wger(said: list[Any], equipment: list[str]) -> None:
    assert wger.entry(info(1, equipment=said)).content["equipment"] == equipment


@pytest.mark.parametrize(
    ("said", "why"),
    [
        *((odd, "that are no exercise") for odd in (None, 7, "x", [], [[]])),
        *(
            (facts("X") | {"name": odd}, "without a name")
            for odd in (None, 7, "", " \u200b ", "!!!", ["x"], {"a": 1}, "\u0000")
        ),
        (facts("X") | {"name": "x" * 81}, "with a name of more than 80 characters"),
        *((facts("X") | {"id": odd}, "without an id") for odd in (None, True, 1.5, "", [], "x" * 201)),
        *(
            (facts("X", primaryMuscles=odd), "without a muscle that is known")
            for odd in (None, [], "chest", [7], ["spleen"], {"chest": 1})
        ),
    ],
)
def test_what_is_no_exercise_of_free_exercise_db(said: Any, why: str) -> None:
    with pytest.raises(Unusable, match=f"^{why}$"):
        free_exercise_db.entry(said)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (None, "that are no exercise"),
        (info(1, told("Жим", language=5)), "in no language that the library has"),
        (info(1, told("x", language=True)), "in no language that the library has"),
        (info(1, told("")), "in no language that the library has"),
        (info(1) | {"translations": {"name": "x"}}, "in no language that the library has"),
        (info(1, muscles=[], category={"name": "Other"}), "without a muscle that is known"),
        (info(1, muscles="all", category=None), "without a muscle that is known"),
        (info(1) | {"uuid": None, "id": None}, "without an id"),
    ],
)
def test_what_is_no_exercise_of_wger(said: Any, why: str) -> None:
    with pytest.raises(Unusable, match=f"^{why}$"):
        wger.entry(said)


@pytest.mark.parametrize(
    ("shape", "said", "read"),
    [
        (free_exercise_db, [1], ([1], None)),
        (wger, [1], ([1], None)),
        (wger, {"results": [1], "next": "/2"}, ([1], "/2")),
        (wger, {"results": [1]}, ([1], None)),
    ],
)
def test_pages(shape: Any, said: Any, read: Any) -> None:
    assert shape.page(said) == read


@pytest.mark.parametrize(
    ("shape", "said"),
    [
        *((free_exercise_db, odd) for odd in (None, {}, {"results": []}, "[]", 1)),
        *((wger, odd) for odd in (None, {}, {"results": {}}, {"results": [], "next": 7}, "x")),
    ],
)
def test_other_documents(shape: Any, said: Any) -> None:
    with pytest.raises(Unusable):
        shape.page(said)


def test_html_is_text() -> None:
    hostile = (
        "<p onclick=evil()>Lie <i>down</i>.</p><script>steal()</script><style>p{}</style>"
        "<!-- hidden <p> -->Push<br>&lt;b&gt;Up&lt;/b&gt;<img src=x onerror=evil()><p>\u202eEnd"
    )
    assert lines_of_html(hostile) == ["Lie down.", "Push", "<b>Up</b>", "End"]
    assert lines_of_html(None) == lines_of_html(["<p>x</p>"]) == []


@pytest.mark.parametrize("piece", ["<", "<a ", "<!--", "<![", "&", "<p", "</", "<script>", "<?", "<a b='", "a"])
def test_hostile_html_costs_little(piece: str) -> None:
    began = time.monotonic()
    lines_of_html("<" + piece * 1_000_000)
    assert time.monotonic() - began < 0.2


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "ftp://example.org", "//example.org", "http://", "https://[", "http://a b", None]
)
def test_what_is_no_address(address: Any) -> None:
    assert web_address(address) == ""


def test_a_text_is_cut_where_it_is_too_long() -> None:
    assert (text("abc def", 5), text("abc", 3), text(7, 3)) == ("abc…", "abc", "")


def test_our_words_are_ours() -> None:
    known = vocabulary()
    for table in ("free_exercise_db", "wger"):
        assert {word for words in known[table]["muscles"].values() for word in words} <= set(Muscle.values)
        assert {word for words in known[table]["equipment"].values() for word in words} <= set(Equipment.values)
    assert {word for words in known["wger"]["categories"].values() for word in words} <= set(Muscle.values)
    assert set(known["named"].values()) <= set(Equipment.values)


@pytest.mark.skipif(not SHARED.is_dir(), reason="the facts (../shared/data) are not beside this checkout")
def test_all_of_free_exercise_db() -> None:
    said = json.loads((SHARED / "free-exercise-db-facts.json").read_bytes())
    entries = [free_exercise_db.entry(one) for one in said]
    assert len(entries) == 873
    assert all(tuple(entry.content) == CONTENT for entry in entries)
    assert sum(bool(entry.doubts) for entry in entries) == 199
