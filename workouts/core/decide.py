"""Whether an operation may be accepted, and what exactly it then says for ever.

What a client left open (an id, a place "after" another, the unit of a weight, the entry an exercise is logged in) is
resolved here, once, against the workout as it stands; the event carries the answer, so the fold never has to guess.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID, uuid5

import fractional_indexing

from workouts.core.fields import MAX_RANK
from workouts.core.lifecycle import Impossible, allowed, is_possible, require_possible
from workouts.core.operations import (
    MAX_EXERCISES,
    MAX_SETS,
    Op,
    Payload,
    body_weight_fault,
    over_distance,
    over_weight,
)
from workouts.core.state import ExerciseState, SetState, WorkoutState

APPLIED: Final = "applied"
SUPERSEDED: Final = "superseded"

_NOWHERE: Final = "A" + "0" * 26
"""The one key the index makes and does not accept."""

_DISTANCE_UNIT: Final = "m"
"""What a distance without a unit is meant in."""

_ACTUAL: Final = ("reps", "weight", "duration_seconds", "distance")


class Rejected(Exception):
    """An operation that cannot be accepted, whenever it may arrive; the pointer is relative to its payload."""

    def __init__(self, code: str, detail: str, pointer: str | None = None) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.pointer = pointer


@dataclass(frozen=True, slots=True)
class Decision:
    """The operation as it will be stored, and whether it has an effect at present."""

    events: tuple[Op, ...]
    status: str


@dataclass(frozen=True, slots=True)
class Defaults:
    """What a person means when an operation leaves it open."""

    weight_unit: str = "kg"
    body_weight: Decimal | None = None
    body_weight_unit: str | None = None


def decide(
    state: WorkoutState | None,
    op: Op,
    *,
    now: datetime,
    default_weight_unit: str = "kg",
    body_weight: tuple[Decimal, str] | None = None,
    before: WorkoutState | None = None,
) -> Decision:
    """What becomes of an operation whose payload `parse_payload` has accepted.

    `state` is the workout with everything accepted so far (None before its `workout.create`). `before` is the workout
    just before the operation's place in the order, to be given for one that arrives late: a lifecycle operation is
    superseded when it is impossible there. `body_weight` (value, unit) fills a new workout's. Raises `Rejected`; of a
    deleted workout everything is but its restoration, and what the library says of its exercises.
    """
    if state is None:
        if op.type != "workout.create":
            raise Rejected("not_found", "The workout does not exist.")
        defaults = Defaults(default_weight_unit, *(body_weight or (None, None)))
        return Decision((replace(op, payload=_create(op, now, defaults)),), APPLIED)
    if state.deleted and op.type != "workout.restore" and "merged_from" not in op.payload:
        raise Rejected("not_found", "The workout is deleted.")
    if op.type == "workout.create":
        raise Rejected("id_taken", "The workout exists already.", "/id")
    if op.type == "rest.end":
        timer = (before or state).rest
        ends = timer is not None and timer.op_id == op.payload["start_op_id"]
        return Decision((op,), APPLIED if ends else SUPERSEDED)
    resolve = _RESOLVERS.get(op.type)
    if resolve is not None:
        payload = resolve(state, op, Defaults(default_weight_unit))
        return Decision((replace(op, payload=payload),), APPLIED)
    standing = (before or state).status
    return Decision((op,), APPLIED if is_possible(standing, op.type) else SUPERSEDED)


def entry_id(workout_id: str, exercise_id: str) -> str:
    """The entry that an exercise is logged in when a device names only the exercise."""
    return str(uuid5(UUID(workout_id), exercise_id))


def rank_between(before: str | None, after: str | None) -> str:
    """A place between two neighbours, either of which may be missing; equal ones are followed, ties go by id.

    Where no key fits any more (below the smallest there is, or none short enough to be sent again), a neighbour's place
    is shared.
    """
    low, high = before or None, after or None
    if low is not None and high is not None and low >= high:
        high = None
    try:
        between = str(fractional_indexing.generate_key_between(low, high))
    except (fractional_indexing.FIError, RecursionError):  # it recurses once a character
        between = _NOWHERE
    if between == _NOWHERE or len(between) > MAX_RANK:
        return low or high or "a0"
    return between


def _create(op: Op, now: datetime, defaults: Defaults) -> Payload:
    payload = dict(op.payload)
    for name in ("started_at", "ended_at"):
        if payload.get(name) is not None:
            # A workout cannot begin in the future; a device whose clock runs ahead thinks it does.
            payload[name] = min(payload[name], now)
    if defaults.body_weight is not None:
        payload["body_weight"] = defaults.body_weight
        payload["body_weight_unit"] = defaults.body_weight_unit
    if "exercises" in payload:
        payload["exercises"] = _plant(payload["id"], op.op_id, payload["exercises"], defaults)
    return payload


def _plant(workout_id: str, op_id: str, tree: list[Payload], defaults: Defaults) -> list[Payload]:
    """The tree of a new workout with an id and a rank on every node."""
    exercises: list[Payload] = []
    seen: set[str] = set()
    place: str | None = None
    for index, branch in enumerate(tree):
        pointer = f"/exercises/{index}"
        exercise = dict(branch)
        exercise.setdefault("id", _made_id(workout_id, op_id, pointer))
        _once(exercise["id"], seen, pointer)
        place = exercise["rank"] = exercise.get("rank") or rank_between(place, None)
        exercise["sets"] = []
        set_place: str | None = None
        for number, leaf in enumerate(branch.get("sets", ())):
            at = f"{pointer}/sets/{number}"
            item = _measured(leaf, None, defaults, at)
            item.setdefault("id", _made_id(workout_id, op_id, at))
            _once(item["id"], seen, at)
            set_place = item["rank"] = item.get("rank") or rank_between(set_place, None)
            if item.get("target") is not None:
                item["target"] = _with_units(item["target"], defaults, f"{at}/target")
            exercise["sets"].append(item)
        exercises.append(exercise)
    return exercises


def _update(state: WorkoutState, op: Op, defaults: Defaults) -> Payload:
    payload = dict(op.payload)
    if "body_weight" in payload or "body_weight_unit" in payload:
        value = payload.get("body_weight", state.body_weight)
        unit = payload.get("body_weight_unit") or state.body_weight_unit or defaults.weight_unit
        if code := body_weight_fault(value, unit):
            raise Rejected(code, "Must be between 20 and 500 kg.", "/body_weight")
        payload["body_weight"] = value
        payload["body_weight_unit"] = None if value is None else unit
    return payload


def _add_exercise(state: WorkoutState, op: Op, defaults: Defaults) -> Payload:
    payload = dict(op.payload)
    id = payload.setdefault("id", _made_id(state.id, op.op_id, "/exercise"))
    known = state.exercises.get(id)
    if known is None:
        _make_room(len(state.exercises), MAX_EXERCISES, "exercises")
    elif id != entry_id(state.id, payload["exercise_id"]):
        # Several devices may make the entry an exercise's id implies; any other id is used once.
        raise Rejected("id_taken", "The id names another entry of this workout.", "/id")
    elif "after" not in payload:
        payload.setdefault("rank", known.rank)
    return _placed(payload, state.exercises.values())


def _move_exercise(state: WorkoutState, op: Op, defaults: Defaults) -> Payload:
    _entry(state, op.payload["id"], "/id")
    return _placed(dict(op.payload), state.exercises.values())


def _edit_exercise(state: WorkoutState, op: Op, defaults: Defaults) -> Payload:
    _entry(state, op.payload["id"], "/id")
    return op.payload


def _add_set(state: WorkoutState, op: Op, defaults: Defaults) -> Payload:
    payload = _measured(op.payload, None, defaults, "")
    id = payload.setdefault("id", _made_id(state.id, op.op_id, "/set"))
    if id in state.sets:
        raise Rejected("id_taken", "The id names another set of this workout.", "/id")
    _make_room(len(state.sets), MAX_SETS, "sets")
    if "exercise_id" in payload:
        parent = payload["workout_exercise_id"] = _entry_for(state, payload["exercise_id"])
        known = state.exercises.get(parent)
        if known is None:
            _make_room(len(state.exercises), MAX_EXERCISES, "exercises")
            payload["exercise_rank"] = rank_between(_last(state.exercises.values()), None)
        else:
            payload["exercise_rank"] = known.rank
    else:
        parent = payload["workout_exercise_id"]
        _entry(state, parent, "/workout_exercise_id")
    return _placed(payload, [s for s in state.sets.values() if s.workout_exercise_id == parent])


def _edit_set(state: WorkoutState, op: Op, defaults: Defaults) -> Payload:
    known = state.sets.get(op.payload["id"])
    if known is None:
        raise Rejected("not_found", "The workout has no such set.", "/id")
    payload = _measured(op.payload, known, defaults, "")
    payload["workout_exercise_id"] = known.workout_exercise_id
    return payload


def _start_rest(state: WorkoutState, op: Op, defaults: Defaults) -> Payload:
    set_id = op.payload.get("set_id")
    if set_id is not None and set_id not in state.sets:
        raise Rejected("not_found", "The workout has no such set.", "/set_id")
    return op.payload


_RESOLVERS: Final[dict[str, Callable[[WorkoutState, Op, Defaults], Payload]]] = {
    "workout.update": _update,
    "exercise.add": _add_exercise,
    "exercise.move": _move_exercise,
    "exercise.update": _edit_exercise,
    "exercise.remove": _edit_exercise,
    "set.add": _add_set,
    "set.update": _edit_set,
    "set.remove": _edit_set,
    "rest.start": _start_rest,
}


def _made_id(workout_id: str, op_id: str, place: str) -> str:
    """The id of a node its maker did not name: the same whenever the operation is decided again."""
    return str(uuid5(UUID(workout_id), op_id + place))


def _entry_for(state: WorkoutState, exercise_id: str) -> str:
    """The entry in which a set of this exercise belongs when a device names only the exercise.

    It is the one the exercise's id implies, unless that has become another exercise since; then the last that is of
    this exercise, or a new one.
    """
    implied = entry_id(state.id, exercise_id)
    known = state.exercises.get(implied)
    if known is None or known.exercise_id in (None, exercise_id):
        return implied
    same = [entry for entry in state.exercises.values() if entry.exercise_id == exercise_id]
    if same:
        return max(same, key=lambda entry: (entry.shows, entry.rank, entry.id)).id
    number = 2
    while (further := entry_id(state.id, f"{exercise_id}:{number}")) in state.exercises:
        number += 1
    return further


def _once(id: str, seen: set[str], pointer: str) -> None:
    if id in seen:
        raise Rejected("duplicate", "The id is used twice in this workout.", f"{pointer}/id")
    seen.add(id)


def _entry(state: WorkoutState, id: str, pointer: str) -> None:
    if id not in state.exercises:
        raise Rejected("not_found", "The workout has no such exercise.", pointer)


def _make_room(count: int, limit: int, noun: str) -> None:
    if count >= limit:
        raise Rejected("max_items", f"A workout has at most {limit} {noun}, those removed included.")


def _last(siblings: Iterable[ExerciseState] | Iterable[SetState]) -> str | None:
    return max((sibling.rank for sibling in siblings), default=None)


def _placed(payload: Payload, siblings: Iterable[ExerciseState] | Iterable[SetState]) -> Payload:
    """The payload with a rank, wherever it asked to stand: at `after`, else behind the last."""
    if "rank" in payload:
        return payload
    if "after" not in payload:
        payload["rank"] = rank_between(_last(siblings), None)
        return payload
    after = payload.pop("after")
    others = {sibling.id: sibling.rank for sibling in siblings if sibling.id != payload["id"]}
    if after is None:
        payload["rank"] = rank_between(None, min(others.values(), default=None))
        return payload
    if after not in others:
        raise Rejected("not_found", "There is no such neighbour.", "/after")
    rank = others[after]
    payload["rank"] = rank_between(rank, min((other for other in others.values() if other > rank), default=None))
    return payload


def _measured(raw: Payload, known: SetState | None, defaults: Defaults, pointer: str) -> Payload:
    """The set's fields with its registers whole (a weight with its unit and assistance, a distance with its unit).

    Writing what was actually done completes the set, unless the payload says otherwise.
    """
    payload = dict(raw)
    if "completed" not in payload and any(payload.get(name) is not None for name in _ACTUAL):
        payload["completed"] = True
    if "weight" in payload or "assistance" in payload or "weight_unit" in payload:
        weight: Any = payload.get("weight", known.weight if known else None)
        assistance: Any = payload.get("assistance", known.assistance if known else None)
        unit = payload.get("weight_unit") or (known.weight_unit if known else None) or defaults.weight_unit
        for name, value in (("weight", weight), ("assistance", assistance)):
            if over_weight(value, unit):
                raise Rejected("max_value", "Must be at most 1,500 kg.", f"{pointer}/{name}")
        payload["weight"] = weight
        payload["assistance"] = assistance
        payload["weight_unit"] = None if weight is None and assistance is None else unit
    if "distance" in payload or "distance_unit" in payload:
        distance: Any = payload.get("distance", known.distance if known else None)
        unit = payload.get("distance_unit") or (known.distance_unit if known else None) or _DISTANCE_UNIT
        if over_distance(distance, unit):
            raise Rejected("max_value", "Must be at most 1,000 km.", f"{pointer}/distance")
        payload["distance"] = distance
        payload["distance_unit"] = None if distance is None else unit
    return payload


def _with_units(target: Payload, defaults: Defaults, pointer: str) -> Payload:
    """A target with the units its numbers are meant in."""
    target = {name: value for name, value in target.items() if value is not None}
    for names, unit, default, over, detail in (
        (("weight", "assistance"), "weight_unit", defaults.weight_unit, over_weight, "Must be at most 1,500 kg."),
        (("distance",), "distance_unit", _DISTANCE_UNIT, over_distance, "Must be at most 1,000 km."),
    ):
        given = [name for name in names if name in target]
        if not given:
            target.pop(unit, None)
        for name in given:
            target.setdefault(unit, default)
            if over(target[name], target[unit]):
                raise Rejected("max_value", detail, f"{pointer}/{name}")
    return target


__all__ = [
    "APPLIED",
    "SUPERSEDED",
    "Decision",
    "Impossible",
    "Rejected",
    "allowed",
    "decide",
    "entry_id",
    "is_possible",
    "rank_between",
    "require_possible",
]
