from typing import Any

import orjson
import pytest

from exercises.duplicates import Candidate
from exercises.findings import CHECKS, UNSAFE_ADVICE, Finding, find
from exercises.models import Submission
from exercises.operations.catalogue import SHIPPED
from exercises.operations.exercises import create_exercise, submit_exercise, update_exercise
from fitai.common.ids import uuid7
from tests.cast import actor_of
from tests.exercises.conftest import MakeExercise

GOOD: dict[str, Any] = {
    "name": "Floor Press",
    "aliases": ["DB Floor Press"],
    "instructions": ["Lie down with a dumbbell in each hand.", "Press them up until your arms are long."],
    "mistakes": ["Letting the elbows crash on the floor, which would bounce the weight off the floor."],
    "primary_muscles": ["chest"],
    "secondary_muscles": ["triceps"],
    "equipment": ["dumbbell"],
    "contraindications": [],
    "kind": "strength",
    "pattern": "horizontal_push",
    "mechanic": "compound",
    "force": "push",
    "difficulty": "beginner",
    "tracking": "weight_reps",
    "unilateral": False,
    "per_hand": True,
    "bodyweight_share": "0",
    "met": None,
    "variations": [],
}
STEP = "Then lower it again under control."


def codes(**said: Any) -> list[tuple[str, str, str]]:
    return [(one.code, one.severity, one.field) for one in find(GOOD | said)]


def test_what_is_good_has_no_findings() -> None:
    assert find(GOOD) == []


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"instructions": []}, [("no_steps", "error", "instructions")]),
        ({"instructions": ["Press it up and down."]}, [("few_steps", "warning", "instructions")]),
        ({"instructions": ["Lie.", STEP]}, [("few_steps", "warning", "instructions")]),
        ({"mistakes": []}, [("no_mistakes", "warning", "mistakes")]),
        ({"pattern": None, "mechanic": None}, [("no_pattern", "hint", "pattern"), ("no_mechanic", "hint", "mechanic")]),
        ({"force": None}, [("no_force", "hint", "force")]),
        ({"force": None, "kind": "cardio"}, []),
        ({"secondary_muscles": ["chest"]}, [("muscle_twice", "warning", "secondary_muscles")]),
        ({"bodyweight_share": "0.6"}, [("share_without_body", "warning", "bodyweight_share")]),
        ({"bodyweight_share": "0.6", "equipment": ["dumbbell", "pull_up_bar"]}, []),
        ({"equipment": ["bodyweight"]}, [("tracking_unfit", "warning", "tracking")]),
        ({"tracking": "assisted_reps"}, [("tracking_unfit", "warning", "tracking")]),
        ({"tracking": "distance_time", "kind": "mobility"}, [("tracking_unfit", "warning", "tracking")]),
        ({"aliases": ["See www.example.com"]}, [("link", "error", "aliases")]),
        ({"instructions": [f"Write to me@example.org. {STEP}", STEP]}, [("e_mail", "error", "instructions")]),
        ({"instructions": [f"Call +49 170 1234567. {STEP}", STEP]}, [("phone_number", "error", "instructions")]),
        ({"es.mistakes": ["Usa el código de descuento"]}, [("advertising", "error", "es.mistakes")]),
        ({"name": "BEST PRESS EVER"}, [("shouting", "hint", "name")]),
        ({"instructions": [f"Rest 90-120 seconds, 3 x 8-12 at 60 %. {STEP}", STEP]}, []),
    ],
)
def test_each_thing_that_is_noticed(said: dict[str, Any], expected: list[tuple[str, str, str]]) -> None:
    assert codes(**said) == expected


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("instructions", "Lock out your knees hard at the top."),
        ("instructions", "Bounce the bar off your chest."),
        ("instructions", "Jerk your neck forward on each rep."),
        ("instructions", "Ignore the pain and go on."),
        ("instructions", "Remember that pain is good."),
        ("instructions", "Take steroids before you start."),
        ("instructions", "Fasting for two days helps here."),
        ("de.instructions", "Knie hart durchstrecken und halten."),
        ("de.instructions", "Den Schmerz ignorieren: ignoriere den Schmerz."),
        ("de.instructions", "Nimm Anabolika dazu."),
        ("es.instructions", "Ignora el dolor y sigue."),
        ("es.instructions", "Toma esteroides antes de empezar."),
    ],
)
def test_unsafe_advice_in_three_languages(field: str, text: str) -> None:
    found = find(GOOD | {field: [*GOOD.get(field, []), text, STEP]})
    assert [(one.code, one.severity, one.field) for one in found] == [("unsafe_advice", "error", field)]
    assert found[0].detail.endswith(".")


def test_every_unsafe_word_has_a_reason() -> None:
    lists = orjson.loads(UNSAFE_ADVICE.read_bytes())
    assert set(lists) == {"en", "de", "es"}
    assert all(advice and reason.endswith(".") for one in lists.values() for advice, reason in one)


def test_what_is_named_as_a_mistake_is_no_advice() -> None:
    assert codes(mistakes=["Bouncing the bar off your chest.", "Ignoring pain: never ignore the pain."]) == []


def test_the_catalogue_has_no_findings() -> None:
    for path in SHIPPED.glob("*.json"):
        said = orjson.loads(path.read_bytes())
        for language, texts in said.get("translations", {}).items():
            said |= {f"{language}.{name}": value for name, value in texts.items()}
        assert [one for one in find(said) if one.severity == "error"] == [], path.stem


def test_duplicates_come_with_their_candidates() -> None:
    near = Candidate(uuid7(), "floor-press", "Floor Press", 0.97)
    (found,) = find(GOOD, [near])
    assert (found.code, found.severity, found.candidates) == ("duplicate", "warning", [near.shape()])


def test_another_part_adds_a_check(monkeypatch: pytest.MonkeyPatch) -> None:
    def has_pictures(said: Any) -> Any:
        yield Finding("no_media", "hint", "media", "There is no picture.")

    monkeypatch.setattr("exercises.findings.CHECKS", [*CHECKS, has_pictures])
    assert codes() == [("no_media", "hint", "media")]


def test_findings_are_kept_with_what_is_submitted_and_proposed(make_exercise: MakeExercise, athlete: Any) -> None:
    make_exercise("Floor Press")
    actor = actor_of(athlete)
    body = {"name": "Press, Floor", "primary_muscles": ["chest"], "equipment": ["dumbbell"], "kind": "strength"}
    mine = create_exercise(actor, {**body, "confirm_duplicate": True})
    submit_exercise(actor, mine.pk)

    def kept() -> list[str]:
        return [one["code"] for one in Submission.objects.get().findings]

    assert kept() == ["no_steps", "no_mistakes", "duplicate", "no_pattern", "no_mechanic", "no_force"]
    update_exercise(actor, mine.pk, {"instructions": [STEP, STEP], "mistakes": [STEP], "name": "Other Thing"})
    assert (kept(), Submission.objects.get().version) == (["no_pattern", "no_mechanic", "no_force"], 3)
    proposal: Any = update_exercise(actor, make_exercise("Squat").pk, {"instructions": ["Visit example.com now"]})
    assert "link" in [one["code"] for one in proposal.findings]
