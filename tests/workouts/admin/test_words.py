"""What coaches read of sets and events."""

from decimal import Decimal
from typing import Any

import pytest

from workouts.admin.words import Names, clock, effort, in_full, measures, sentence, span
from workouts.core.operations import SCHEMAS

BENCH, ENTRY, FIRST, GONE = "b", "e", "s1", "s0"
NAMES = Names(
    exercises={BENCH: "Bench Press"}, entries={ENTRY: "Bench Press"}, sets={FIRST: (ENTRY, 1), GONE: (ENTRY, None)}
)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({}, ""),
        ({"reps": 1}, "1 rep"),
        ({"reps": 8}, "8 reps"),
        ({"reps": 0, "weight": "120", "weight_unit": "kg"}, "0 × 120 kg"),
        ({"reps": 8, "weight": "80.000", "weight_unit": "kg"}, "8 × 80 kg"),
        ({"reps": 5, "weight": Decimal("182.5"), "weight_unit": "lb"}, "5 × 182.5 lb"),
        ({"reps": 8, "reps_max": 10, "weight": 28, "weight_unit": "kg"}, "8–10 × 28 kg"),
        ({"reps": 8, "reps_max": 8}, "8 reps"),
        ({"reps": 6, "assistance": "20", "weight_unit": "kg"}, "6 × body weight − 20 kg"),
        ({"reps": 6, "weight": "10", "assistance": "20", "weight_unit": "kg"}, "6 × 10 kg − 20 kg"),
        ({"weight": "32", "weight_unit": "kg", "distance": "40", "distance_unit": "m"}, "32 kg · 40 m"),
        ({"distance": "8.20", "distance_unit": "km", "duration_seconds": 2460}, "8.2 km · 41:00"),
        ({"duration_seconds": 45}, "45 s"),
    ],
)
def test_measures(values: dict[str, Any], said: str) -> None:
    assert measures(values) == said


def test_effort_is_told_once() -> None:
    said = [effort({"rpe": "8.0", "rir": None}), effort({"rpe": None, "rir": 0}), effort({})]
    assert said == ["RPE 8", "0 in reserve", ""]


def test_times() -> None:
    assert [clock(59), clock(60), clock(3599), clock(3661)] == ["59 s", "1:00", "59:59", "1:01:01"]
    assert [span(0), span(59), span(60), span(3599), span(3720)] == ["0 s", "59 s", "1 min", "59 min", "1 h 02 min"]


def test_a_set_in_one_breath() -> None:
    values = {"kind": "failure", "reps": 4, "weight": "82.5", "weight_unit": "kg", "rpe": "10"}
    assert in_full(values) == "4 × 82.5 kg, RPE 10, to failure"


@pytest.mark.parametrize(
    ("type", "payload", "said"),
    [
        ("workout.create", {"id": "w"}, "Made the workout"),
        (
            "workout.create",
            {"name": "Push", "exercises": [{"exercise_id": BENCH, "sets": [{}, {}]}, {"exercise_id": "unknown"}]},
            "Made “Push”: 2 sets of Bench Press, an exercise",
        ),
        ("workout.create", {"name": "Push", "ended_at": "2026-11-19T18:00:00Z"}, "Made “Push”, after the fact"),
        ("workout.complete", {}, "Completed"),
        ("workout.update", {"name": None, "notes": "slept well"}, "Took its name away, Noted “slept well”"),
        ("workout.update", {"body_weight": "68.40", "body_weight_unit": "kg"}, "Weighed 68.4 kg"),
        ("workout.update", {"body_weight": None, "body_weight_unit": None}, "Took the body weight away"),
        ("exercise.add", {"id": "new", "exercise_id": BENCH}, "Added Bench Press"),
        ("exercise.move", {"id": ENTRY, "rank": "a1"}, "Moved Bench Press"),
        ("exercise.remove", {"id": ENTRY}, "Removed Bench Press"),
        ("exercise.update", {"id": ENTRY, "superset": 1, "notes": None}, "Bench Press: superset 1, no note"),
        ("exercise.update", {"id": ENTRY, "exercise_id": "unknown"}, "Bench Press: now another exercise"),
        ("set.add", {"id": FIRST, "reps": 5, "completed": True}, "Logged set 1 of Bench Press: 5 reps"),
        ("set.add", {"id": FIRST}, "Planned set 1 of Bench Press"),
        ("set.update", {"id": FIRST, "notes": "easy"}, "Wrote down set 1 of Bench Press: note “easy”"),
        ("set.update", {"id": FIRST, "completed": False}, "Not done after all: set 1 of Bench Press"),
        ("set.remove", {"id": GONE}, "Removed a set of Bench Press"),
        ("set.remove", {"id": "unknown"}, "Removed a set of an exercise"),
        ("rest.start", {"seconds": 90, "set_id": FIRST}, "Rest of 1:30 after set 1 of Bench Press"),
        ("rest.start", {"seconds": 30}, "Rest of 30 s"),
        ("rest.end", {"start_op_id": "x"}, "The rest was over"),
        ("cue", {"text": "Elbows in"}, "“Elbows in”"),
        ("workout.share", {"audience": "friends"}, "audience: friends"),
    ],
)
def test_sentences(type: str, payload: dict[str, Any], said: str) -> None:
    assert sentence(type, payload, NAMES) == said


def test_every_type_of_event_has_words_of_its_own() -> None:
    least = {"seconds": 60, "text": "Up", "id": FIRST, "start_op_id": "x", "exercise_id": BENCH, "name": "Push"}
    said = {type: sentence(type, least, NAMES) for type in (*SCHEMAS, "workout.abandon", "rest.end", "cue")}
    assert [type for type, words in said.items() if "start_op_id" in words] == []
