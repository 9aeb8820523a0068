"""An operation as it came in, and what can be said of it before anything is looked up."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from fitai.common.problems import Invalid, error
from workouts.core.decide import entry_id
from workouts.core.operations import Op

ADDS = frozenset({"workout.create", "exercise.add", "set.add"})
PLACED = frozenset({"exercise.add", "exercise.move", "set.add"})
REGISTERS: Mapping[str, tuple[frozenset[str], ...]] = {
    "set.update": (frozenset({"weight", "assistance", "weight_unit"}), frozenset({"distance", "distance_unit"})),
    "workout.update": (frozenset({"body_weight", "body_weight_unit"}),),
}
"""Fields that are written together or not at all."""


@dataclass(slots=True)
class Request:
    """An operation as it came in: `payload` is what the client sent, `at` is None where the server's clock counts.

    The rest serves the simple REST routes: `index` names a node by its place in the workout, `addressed` says that the
    payload's id stood in the path (so an unknown one is 404), `to_last_entry` that an exercise means its last entry,
    `sent` is what the client sent where the payload was made from it.
    """

    op_id: str
    type: str
    payload: Any
    device_id: str
    at: datetime | None = None
    index: int | None = None
    addressed: bool = False
    to_last_entry: bool = False
    sent: Any = None
    from_server: bool = False


def digest_of(request: Request) -> bytes:
    """What makes two operations the same: their type and what was sent, not when or from where."""
    try:
        said = request.payload if request.sent is None else request.sent
        sent = orjson.dumps([request.type, request.index, said], option=orjson.OPT_SORT_KEYS, default=str)
    except (TypeError, orjson.JSONEncodeError):
        raise Invalid(errors=[error("", "invalid", "Send a JSON object.")]) from None
    return hashlib.blake2b(sent, digest_size=16).digest()


def named_exercises(requests: Iterable[Request]) -> set[str]:
    """The exercise ids that occur in payloads not checked yet."""
    found = set()
    for request in requests:
        for _, exercise_id in exercise_ids(request.payload):
            try:
                found.add(str(UUID(exercise_id)))
            except (ValueError, TypeError, AttributeError):
                continue
    return found


def named_templates(requests: Iterable[Request]) -> set[str]:
    """The template ids in payloads not checked yet."""
    found = set()
    for request in requests:
        if request.type == "workout.create" and isinstance(request.payload, dict):
            try:
                found.add(str(UUID(request.payload.get("template_id"))))
            except (ValueError, TypeError, AttributeError):
                continue
    return found


def exercise_ids(payload: Any) -> Iterable[tuple[str, Any]]:
    """The exercises that a payload names, with a pointer to each."""
    if not isinstance(payload, dict):
        return
    if payload.get("exercise_id") is not None:
        yield "/exercise_id", payload["exercise_id"]
    tree = payload.get("exercises")
    if isinstance(tree, list):
        for index, node in enumerate(tree):
            if isinstance(node, dict) and node.get("exercise_id") is not None:
                yield f"/exercises/{index}/exercise_id", node["exercise_id"]


def chosen_ids(requests: Iterable[Request], workout_id: UUID) -> list[str]:
    """The ids that clients chose for what they add, and those that follow from what they say."""
    found = []
    for request in requests:
        if request.type in ADDS and isinstance(request.payload, dict):
            for value in node_ids(request.payload, workout_id):
                try:
                    found.append(str(UUID(value)))
                except (ValueError, TypeError, AttributeError):
                    continue
    return found


def node_ids(payload: Mapping[str, Any], workout_id: UUID) -> Iterable[Any]:
    """The ids of the exercises and sets that an add makes; naming an exercise may make its entry."""
    if "exercise_id" in payload or "workout_exercise_id" in payload:
        if "id" in payload:
            yield payload["id"]
        if "exercise_id" in payload:
            yield entry_id(str(workout_id), str(payload["exercise_id"]))
        return
    tree = payload.get("exercises")
    for node in tree if isinstance(tree, list) else ():
        if isinstance(node, dict):
            if "id" in node:
                yield node["id"]
            if isinstance(node.get("sets"), list):
                yield from (item["id"] for item in node["sets"] if isinstance(item, dict) and "id" in item)


def leaves_open(op: Op) -> bool:
    """Whether what an operation says depends on how the workout stands: half of a register, a place among others."""
    if op.type in PLACED:
        return "rank" not in op.payload
    return any(0 < len(register & op.payload.keys()) < len(register) for register in REGISTERS.get(op.type, ()))
