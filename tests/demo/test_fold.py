"""The demo's own copy of a workout follows every history that several devices can write."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fitai.demo.fold import Copy, differences, fold, without_records
from tests.workouts.core.ledger import FACTS, Ledger, Push, entry, set_id, workout
from tests.workouts.strategies import History, histories, thorough
from workouts.core.operations import dump_payload, written

SHARES = {id: facts.bodyweight_share for id, facts in FACTS.items()}


def wire(push: Push) -> dict[str, Any]:
    """The event as a socket says it."""
    event = push.event
    said = {"seq": event.seq, "op_id": event.op_id, "type": event.type, "at": written(event.at)}
    return {**said, "payload": dump_payload(event.payload)}


def follow(ledger: Ledger) -> Copy:
    """What a device has that began with the workout as it was made."""
    copy = Copy(ledger.pushes[0].shape)
    for push in ledger.pushes[1:]:
        copy = fold(copy, wire(push), SHARES)
    return copy


@given(st.one_of(histories(whole=True), histories(whole=False)))
@thorough()
def test_a_copy_shows_what_the_server_shows_after_every_event(history: History) -> None:
    ledger = Ledger()
    ledger.receive(history.batches)
    copy: Copy | None = None
    for push in ledger.pushes:
        copy = Copy(push.shape) if copy is None or not push.naive else fold(copy, wire(push), SHARES)
        assert copy.workout == push.shape


def test_fractions_of_a_second_add_up_over_the_pauses_of_a_workout_heard_whole() -> None:
    ledger = workout()
    for at, verb in ((20.0, "start"), (21.6, "pause"), (30.0, "resume"), (31.6, "pause"), (40.0, "complete")):
        ledger.do(f"workout.{verb}", at=at)

    copy = follow(ledger)

    assert copy.workout == ledger.shape
    assert (copy.workout["active_seconds"], copy.fraction_us) == (3, 200_000)


def test_the_end_of_an_earlier_rest_leaves_the_present_one() -> None:
    ledger = workout()
    ledger.do("rest.start", {"seconds": 60}, at=20, op_id="first")
    ledger.do("rest.start", {"seconds": 90}, at=50, op_id="second")
    ledger.do("rest.end", {"start_op_id": "first"}, at=80)

    assert follow(ledger).workout == ledger.shape
    assert ledger.shape["rest"] == {"set_id": None, "seconds": 90, "ends_at": "2026-03-02T18:02:20Z"}

    ledger.do("rest.end", {"start_op_id": "second"}, at=140)
    assert follow(ledger).workout["rest"] is None


def test_effort_is_the_later_of_rpe_and_rir() -> None:
    ledger = workout()
    efforts = []
    ledger.do("set.add", {"id": set_id(1), "workout_exercise_id": entry(0), "reps": 5, "rir": 2})
    for effort in ({"rpe": 9}, {"rir": 0}, {"rpe": None}):
        ledger.do("set.update", {"id": set_id(1), **effort})
        assert follow(ledger).workout == ledger.shape
        item = follow(ledger).workout["exercises"][0]["sets"][0]
        efforts.append((item["rpe"], item["rir"]))
    assert efforts == [("9", None), (None, 0), (None, 0)]


def test_a_fold_leaves_the_copy_before_as_it_was() -> None:
    ledger = workout()
    before = Copy(ledger.shape)
    ledger.do("set.add", {"id": set_id(1), "workout_exercise_id": entry(0), "reps": 5, "weight": 100})

    after = fold(before, wire(ledger.pushes[-1]), SHARES)

    assert before.workout == ledger.pushes[0].shape
    assert after.workout["totals"]["volume_kg"] == "500"


def test_an_event_of_an_unknown_type_moves_only_the_number() -> None:
    shape = workout().shape
    cue = {"seq": 2, "op_id": "c", "type": "cue", "at": "2026-03-02T18:00:20Z", "payload": {"text": "Elbows in"}}

    assert fold(Copy(shape), cue, SHARES).workout == {**shape, "seq": 2}


@pytest.mark.parametrize(
    ("left", "right", "lines"),
    [
        ({"a": 1, "b": [{"c": "x"}]}, {"b": [{"c": "x"}], "a": 1}, []),
        (
            {"a": 1, "b": [{"c": "x"}]},
            {"a": 2, "b": [{"c": "y"}]},
            ["a: phone 1, watch 2", "b[0].c: phone 'x', watch 'y'"],
        ),
        ({"sets": [1, 2]}, {"sets": [1]}, ["sets: phone has 2, watch 1"]),
        ({"rest": {"seconds": 3}}, {"rest": None}, ["rest: phone {'seconds': 3}, watch None"]),
        ({"a": None, "b": 1}, {"b": 1, "c": None}, ["a: only phone has it", "c: only watch has it"]),
    ],
)
def test_differences_name_the_place_and_both_values(left: Any, right: Any, lines: list[str]) -> None:
    assert differences(left, right, ("phone", "watch")) == lines


def test_records_are_set_aside_and_nothing_else() -> None:
    ledger = workout()
    ledger.do("set.add", {"id": set_id(1), "workout_exercise_id": entry(0), "reps": 5, "weight": 100})
    shape = ledger.shape
    held = ledger.shape
    held["exercises"][0]["sets"][0]["records"] = [{"kind": "weight", "value": "100", "previous": None}]

    assert without_records(held) == without_records(shape)
    assert held != shape
    del shape["exercises"][0]["sets"][0]["records"]
    assert without_records(held) == shape
