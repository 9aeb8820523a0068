"""Several devices, wrong clocks, bad connections: everybody ends up with the same workout."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.workouts.core.ledger import FACTS, Ledger, said
from tests.workouts.strategies import History, histories, thorough
from workouts.core.clock import received_at
from workouts.core.evolve import evolve, replay
from workouts.core.fields import instant
from workouts.core.lifecycle import TRANSITIONS
from workouts.core.operations import Event, Op, dump_payload, load_payload
from workouts.core.shape import workout_shape
from workouts.core.state import ExerciseState, Rest, SetState, WorkoutState, visible

any_history = st.one_of(
    histories(whole=True),
    histories(whole=False),
    histories(whole=False, abandons=True),
    histories(whole=False, deletes_workout=True, abandons=True),
)


def received(history: History) -> Ledger:
    ledger = Ledger()
    ledger.receive(history.batches)
    return ledger


@given(any_history)
@thorough()
def test_folding_as_events_arrive_equals_replaying_them_all(history: History) -> None:
    ledger = received(history)
    assert ledger.workout == replay(ledger.events)
    assert ledger.shape == workout_shape(replay(reversed(ledger.events)), FACTS)


@given(any_history)
@thorough()
def test_no_operation_is_lost_or_doubled(history: History) -> None:
    ledger = received(history)
    accepted = [op_id for op_id in history.op_ids if ledger.answers[op_id] != "rejected"]
    assert [event.op_id for event in ledger.events] == accepted
    assert [event.seq for event in ledger.events] == list(range(1, len(accepted) + 1))


@given(histories(whole=True))
@thorough()
def test_a_device_that_knows_its_ids_is_never_rejected(history: History) -> None:
    assert set(received(history).answers.values()) <= {"applied", "superseded"}


@given(any_history, st.integers(0, 2**16))
@thorough()
def test_accepted_events_give_one_state_in_any_order_of_arrival(history: History, seed: int) -> None:
    ledger = received(history)
    shuffled = list(ledger.events)
    Random(seed).shuffle(shuffled)
    state: WorkoutState | None = None
    seen: list[Event] = []
    for event in shuffled:
        seen.append(event)
        late = state is not None and state.is_late(event.stamp)
        state = replay(seen) if late else evolve(state, event)
    assert state == ledger.workout


@given(histories(whole=True, abandons=True), st.integers(0, 2**16))
@thorough()
def test_whole_operations_give_one_workout_in_any_order_of_arrival(history: History, seed: int) -> None:
    ledger = received(history)
    other = Ledger()
    for op in arrivals(history, Random(seed)):
        other.accept(op, op.at)
    assert without_seq(other.shape) == without_seq(ledger.shape)
    assert replace(other.workout, seq=0) == replace(ledger.workout, seq=0)


@given(any_history)
@thorough()
def test_a_client_with_a_snapshot_and_the_events_sees_what_the_server_has(history: History) -> None:
    ledger = received(history)
    client: WorkoutState | None = None
    for push in ledger.pushes:
        if client is None or not push.naive:
            client = read(push.shape, deleted=deleted_after(ledger.events, push.event.seq))
        else:
            stored = dump_payload(push.event.payload)
            client = visible(evolve(client, replace(push.event, payload=load_payload(stored))))
        assert workout_shape(client, FACTS) == push.shape
        assert client.deleted == deleted_after(ledger.events, push.event.seq)


@given(any_history)
@thorough()
def test_what_arrives_in_order_and_touches_what_shows_needs_no_snapshot(history: History) -> None:
    ledger = Ledger()
    for batch in history.batches:
        for index in range(len(batch.ops)):
            before = None if ledger.state is None else ledger.state.copy()
            count = len(ledger.events)
            ledger.receive([replace(batch, ops=batch.ops[index : index + 1])])
            if before is None or len(ledger.events) == count:
                continue
            push = ledger.pushes[-1]
            hidden = any(e.removed for e in before.exercises.values()) or any(s.removed for s in before.sets.values())
            fraction = before.active_us % 1_000_000 or push.event.at.microsecond
            ended = push.event.type == "workout.abandon" or before.ended_at not in (None, ledger.workout.ended_at)
            if not before.is_late(push.event.stamp) and not hidden and not fraction and not ended:
                assert push.naive


@given(any_history)
@thorough()
def test_every_field_holds_the_latest_write(history: History) -> None:
    ledger = received(history)
    events = sorted(ledger.events, key=lambda event: event.stamp)
    state = ledger.workout
    assert {id: facts_of(item) for id, item in state.sets.items()} == expected_sets(events)
    assert {
        id: (e.exercise_id, e.rank, e.superset, e.notes, e.removed) for id, e in state.exercises.items()
    } == expected_exercises(events)
    for name in ("name", "notes", "body_weight", "body_weight_unit"):
        assert getattr(state, name) == latest(events, name, types=("workout.create", "workout.update"))


@given(any_history)
@thorough()
def test_the_lifecycle_is_its_operations_in_order_without_the_impossible(history: History) -> None:
    ledger = received(history)
    status, active, since = "planned", 0.0, None
    started = ended = None
    events = sorted(ledger.events, key=lambda event: event.stamp)
    for place, event in enumerate(events):
        after = TRANSITIONS.get(event.type, {}).get(status)
        if after is None:
            continue
        at = events[place - 1].at if after == "abandoned" else event.at
        if status == "in_progress" and since is not None:
            active += (at - since).total_seconds()
        since = at if after == "in_progress" else None
        started = started or since
        if after in ("completed", "cancelled", "abandoned"):
            given_up = ended is not None and after == "completed"
            done = [item.completed_at for item in replay(events[:place]).in_order() if item.completed_at]
            ended = max([ended or at, *done]) if given_up else ended or at
        status = after
    state = ledger.workout
    assert (state.status, state.active_since, state.started_at, state.ended_at) == (status, since, started, ended)
    assert state.active_seconds == int(round(active, 6))


@given(any_history)
@thorough()
def test_earlier_copies_stay_as_they_were(history: History) -> None:
    ledger = received(history)
    state: WorkoutState | None = None
    kept: list[tuple[WorkoutState, dict[str, Any]]] = []
    for event in ledger.events:
        state = evolve(state, event, in_place=True)
        kept.append((state.copy(), workout_shape(state, FACTS)))
    assert all(workout_shape(copy, FACTS) == shape for copy, shape in kept)


@given(any_history)
@thorough()
def test_stored_payloads_read_back_the_same(history: History) -> None:
    events = received(history).events
    assert [load_payload(dump_payload(event.payload)) for event in events] == [event.payload for event in events]


def arrivals(history: History, dice: Random) -> list[Op]:
    """Every operation once, its time as first received, shuffled; only an add still precedes its edits."""
    ops: dict[str, Op] = {}
    for batch in history.batches:
        for raw in batch.ops:
            at = received_at(instant(raw["at"]), batch.sent_at, batch.now)
            payload = said(raw, batch.device_id)
            ops.setdefault(raw["op_id"], Op(raw["op_id"], raw["type"], at, batch.device_id, payload))
    waiting = list(ops.values())
    dice.shuffle(waiting)
    waiting.sort(key=lambda op: op.type != "workout.create")
    known: set[str] = set()
    arrived: list[Op] = []
    while waiting:
        op = next(op for op in waiting if needs(op) <= known)
        waiting.remove(op)
        arrived.append(op)
        known |= {op.payload["id"]} if "id" in op.payload else set()
        for exercise in op.payload.get("exercises", ()):
            known |= {exercise["id"], *(item["id"] for item in exercise["sets"])}
    return arrived


def needs(op: Op) -> set[str]:
    names = {"set.add": ("workout_exercise_id",), "exercise.add": (), "workout.create": ()}.get(
        op.type, ("id", "set_id")
    )
    return {op.payload[name] for name in names if op.payload.get(name)}


def without_seq(shape: dict[str, Any]) -> dict[str, Any]:
    return {**shape, "seq": None}


def deleted_after(events: list[Event], seq: int) -> bool:
    known = sorted((event for event in events if event.seq <= seq), key=lambda event: event.stamp)
    marks = [event.type for event in known if event.type in ("workout.delete", "workout.restore")]
    return bool(marks) and marks[-1] == "workout.delete"


def read(shape: dict[str, Any], *, deleted: bool) -> WorkoutState:
    """What a client makes of a snapshot: nothing but what the JSON says."""
    state = WorkoutState(
        id=shape["id"],
        name=shape["name"],
        notes=shape["notes"],
        status=shape["status"],
        body_weight=number(shape["body_weight"]),
        body_weight_unit=shape["body_weight_unit"],
        template_id=shape["template_id"],
        template_version=shape["template_version"],
        started_at=time(shape["started_at"]),
        ended_at=time(shape["ended_at"]),
        active_us=shape["active_seconds"] * 1_000_000,
        active_since=time(shape["active_since"]),
        deleted=deleted,
        seq=shape["seq"],
    )
    if shape["rest"] is not None:
        rest = shape["rest"]
        ends_at = time(rest["ends_at"])
        assert ends_at is not None
        state.rest = Rest(rest["set_id"], rest["seconds"], ends_at, "")
    for entry in shape["exercises"]:
        names = ("id", "exercise_id", "rank", "superset", "notes")
        state.exercises[entry["id"]] = ExerciseState(**{name: entry[name] for name in names}, added=True)
        for item in entry["sets"]:
            same = ("id", "workout_exercise_id", "rank", "kind", "reps", "weight_unit", "rir", "duration_seconds")
            more = ("distance_unit", "notes", "target", "completed")
            state.sets[item["id"]] = SetState(
                **{name: item[name] for name in (*same, *more)},
                **{name: number(item[name]) for name in ("weight", "assistance", "rpe", "distance")},
                completed_at=time(item["completed_at"]),
                added=True,
            )
    return state


def number(value: str | None) -> Decimal | None:
    return None if value is None else Decimal(value)


def time(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value)


SET_REGISTERS = (
    "rank",
    "reps",
    "weight",
    "assistance",
    "weight_unit",
    "duration_seconds",
    "distance",
    "distance_unit",
    "notes",
    "target",
)


def facts_of(item: SetState) -> dict[str, Any]:
    names = (*SET_REGISTERS, "kind", "rpe", "rir", "completed", "removed")
    return {name: getattr(item, name) for name in names}


def latest(events: list[Event], name: str, *, types: tuple[str, ...]) -> Any:
    writes = [event.payload[name] for event in events if event.type in types and name in event.payload]
    return writes[-1] if writes else None


def expected_sets(events: list[Event]) -> dict[str, dict[str, Any]]:
    """What each set must be: for every register by itself, the last of its writes."""
    writes: dict[str, list[tuple[str, dict[str, Any]]]] = {}
    parents: dict[str, str] = {}
    for event in events:
        for exercise in event.payload.get("exercises", ()):
            for item in exercise["sets"]:
                parents[item["id"]] = exercise["id"]
        if event.type.startswith("set."):
            parents[event.payload["id"]] = event.payload["workout_exercise_id"]
    for event in events:
        if event.type.startswith("set."):
            writes.setdefault(event.payload["id"], []).append((event.type, event.payload))
        for exercise in event.payload.get("exercises", ()):
            for item in exercise["sets"]:
                writes.setdefault(item["id"], []).append(("set.add", item))
        if event.type == "exercise.remove":
            for id, parent in parents.items():
                if parent == event.payload["id"]:
                    writes.setdefault(id, []).append(("set.remove", {}))
    return {id: expected_set(chain) for id, chain in writes.items()}


def expected_set(chain: list[tuple[str, dict[str, Any]]]) -> dict[str, Any]:
    def last(name: str, otherwise: Any = None) -> Any:
        values = [payload[name] for _, payload in chain if name in payload]
        return values[-1] if values else otherwise

    def effort(name: str, rival: str) -> Any:
        values = [payload.get(name) for _, payload in chain if name in payload or payload.get(rival) is not None]
        return values[-1] if values else None

    return {
        **{name: last(name) for name in SET_REGISTERS},
        "kind": last("kind") or "working",
        "rpe": effort("rpe", "rir"),
        "rir": effort("rir", "rpe"),
        "completed": last("completed", False),
        "removed": chain[-1][0] == "set.remove",
    }


def expected_exercises(events: list[Event]) -> dict[str, tuple[Any, ...]]:
    strong: dict[str, list[dict[str, Any]]] = {}
    weak: dict[str, dict[str, Any]] = {}
    present: dict[str, bool] = {}
    for event in events:
        payload = event.payload
        for exercise in payload.get("exercises", ()):
            strong.setdefault(exercise["id"], []).append(exercise)
            present[exercise["id"]] = True
        if event.type.startswith("exercise."):
            strong.setdefault(payload["id"], []).append(payload)
            present[payload["id"]] = event.type != "exercise.remove"
        if event.type.startswith("set."):
            present[payload["workout_exercise_id"]] = True
            if "exercise_id" in payload:
                implied = {"exercise_id": payload["exercise_id"], "rank": payload["exercise_rank"]}
                weak.setdefault(payload["workout_exercise_id"], implied)

    def value(id: str, name: str) -> Any:
        writes = [payload[name] for payload in strong.get(id, ()) if name in payload]
        return writes[-1] if writes else weak.get(id, {}).get(name)

    return {
        id: (value(id, "exercise_id"), value(id, "rank"), value(id, "superset"), value(id, "notes"), not shows)
        for id, shows in present.items()
    }
