"""What of a workout friends see, and what they cannot even work out."""

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from hypothesis import given

from fitai.values.schema import Nested, Schema
from tests.workouts.core.ledger import FACTS
from tests.workouts.core.test_histories import any_history, received
from tests.workouts.strategies import History, thorough
from workouts.core.evolve import replay
from workouts.core.guests import HIDDEN, SHOWN, guest_event, guest_records, guest_state
from workouts.core.operations import SCHEMAS, Event, dump_payload, load_payload
from workouts.core.records import KINDS, Record
from workouts.core.shape import ExerciseFacts, workout_shape
from workouts.core.state import ExerciseState, SetState, WorkoutState

BENCH, PULL_UP = "bench", "pull-up"
LIBRARY = {BENCH: ExerciseFacts(), PULL_UP: ExerciseFacts("reps", Decimal("0.95"))}


def members(schema: Schema) -> Iterable[str]:
    for name, parser in schema.fields.items():
        yield name
        if isinstance(parser, Nested) and name != "target":
            yield from members(parser.schema)


def test_of_each_member_it_is_decided_whether_guests_see_it() -> None:
    sent = {name for schema in SCHEMAS.values() for name in members(schema)} - {"after"}  # that is stored as a rank
    made = {"exercise_rank", "merged_from", "start_op_id", "template_version"}
    assert sent | made == SHOWN | HIDDEN
    assert set() == SHOWN & HIDDEN


def told(event: Event) -> Event:
    """An event as it comes to a guest."""
    seen = guest_event({"type": event.type, "payload": dump_payload(event.payload)})
    return replace(event, payload=load_payload(seen["payload"]))


@given(any_history)
@thorough(30)
def test_what_guests_are_told_makes_what_guests_are_shown(history: History) -> None:
    ledger = received(history)
    seen = replay(told(event) for event in ledger.events)
    shown = guest_state(replay(ledger.events))
    assert seen == shown
    assert workout_shape(seen, FACTS) == workout_shape(shown, FACTS)


def heavy(body_weight: str | None, notes: str | None) -> WorkoutState:
    """Five pull-ups and five bench presses of somebody who weighs so much and writes this down."""
    return WorkoutState(
        "w",
        name="Push",
        notes=notes,
        template_id=None if notes is None else "plan",
        body_weight=None if body_weight is None else Decimal(body_weight),
        body_weight_unit=None if body_weight is None else "kg",
        exercises={id: ExerciseState(id, id, "a0", notes=notes, added=True) for id in (BENCH, PULL_UP)},
        sets={
            "s1": SetState("s1", BENCH, reps=5, weight=Decimal(100), weight_unit="kg", completed=True, added=True),
            "s2": SetState("s2", PULL_UP, reps=5, notes=notes, completed=True, added=True),
        },
    )


def test_nothing_tells_what_somebody_weighs_or_writes() -> None:
    shown = [workout_shape(guest_state(heavy(*said)), LIBRARY) for said in (("80", "tired"), ("120", None))]
    assert shown[0] == shown[1] == workout_shape(heavy(None, None), LIBRARY)
    assert shown[0]["totals"]["volume_kg"] == "500"


def test_a_guest_sees_no_record_that_counts_the_body_in() -> None:
    state = heavy("80", None)
    held = [
        Record(kind, None, Decimal(9), Decimal(8), set_id, "w") for kind in KINDS for set_id in ("s1", "s2", "gone")
    ]
    seen = guest_records(held, state, LIBRARY)
    assert [(record.kind, record.previous) for record in seen if record.set_id == "s1"] == [(k, None) for k in KINDS]
    assert [record.kind for record in seen if record.set_id == "s2"] == ["reps_at_weight", "time", "distance", "pace"]


def test_what_a_coach_says_is_no_business_of_guests() -> None:
    cue: dict[str, Any] = {"seq": 4, "type": "cue", "payload": {"text": "Chest up"}}
    assert guest_event(cue) == {"seq": 4, "type": "cue", "payload": {}}
