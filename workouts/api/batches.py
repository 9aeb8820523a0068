"""Reading a batch of operations, the same from HTTP and the socket."""

from datetime import datetime
from typing import Any
from uuid import UUID

from fitai.common.ids import is_key
from fitai.common.problems import Invalid, error
from fitai.values.fields import Fault
from workouts.core.fields import instant
from workouts.operations.requests import Request

MAX_OPS = 1000
MEMBERS = frozenset({"op_id", "type", "at", "device_id", "payload"})


def read_batch(data: Any, workout_id: UUID) -> tuple[datetime, list[Request]]:
    """`{sent_at, ops: [...]}`. The envelope is checked here, each payload when its operation is applied."""
    if not isinstance(data, dict):
        raise Invalid(errors=[error("", "invalid", "Send a JSON object.")])
    errors = [
        error(f"/{str(name)[:100]}", "unknown_field", "There is no such member.")
        for name in data
        if name not in ("sent_at", "ops")
    ]
    ops = data.get("ops")
    if not isinstance(ops, list) or not 1 <= len(ops) <= MAX_OPS:
        errors.append(error("/ops", "invalid", f"Send a list of 1 to {MAX_OPS} operations."))
        ops = []
    sent_at = read_time(data.get("sent_at"), "/sent_at", errors)
    requests = [read_op(op, f"/ops/{index}", errors, workout_id) for index, op in enumerate(ops)]
    if errors or sent_at is None:
        raise Invalid(errors=errors)
    return sent_at, [request for request in requests if request is not None]


def read_op(op: Any, pointer: str, errors: list[dict[str, str]], workout_id: UUID) -> Request | None:
    """One operation; what is wrong with its envelope goes to `errors`."""
    if not isinstance(op, dict):
        errors.append(error(pointer, "invalid", "Send an object."))
        return None
    found = len(errors)
    errors += [
        error(f"{pointer}/{str(name)[:100]}", "unknown_field", "There is no such member.")
        for name in op
        if name not in MEMBERS
    ]
    for name in ("op_id", "device_id"):
        if not is_key(op.get(name)):
            errors.append(error(f"{pointer}/{name}", "invalid", "Send 1 to 64 printable ASCII characters."))
    if not isinstance(op.get("type"), str):
        errors.append(error(f"{pointer}/type", "invalid", "Send the type of the operation."))
    if not isinstance(op.get("payload"), dict):
        errors.append(error(f"{pointer}/payload", "invalid", "Send an object."))
    elif op.get("type") == "workout.create" and _other_workout(op["payload"].get("id"), workout_id):
        errors.append(error(f"{pointer}/payload/id", "invalid", "It is not the id in the path."))
    at = read_time(op.get("at"), f"{pointer}/at", errors)
    if len(errors) > found:
        return None
    return Request(op["op_id"], op["type"], op["payload"], op["device_id"], at=at)


def in_operation(refused: Invalid, pointer: str = "") -> list[dict[str, str]]:
    """Its errors with pointers into the operation at `pointer`: most are about the payload, and point into that. Only
    what is wrong with the type of an operation is beside it."""
    return [
        entry | {"pointer": f"{pointer}{'' if entry['code'] == 'unknown_type' else '/payload'}{entry['pointer']}"}
        for entry in refused.errors or ()
    ]


def read_time(value: Any, pointer: str, errors: list[dict[str, str]]) -> datetime | None:
    """An RFC 3339 time with its offset."""
    try:
        moment: datetime = instant(value)
        return moment
    except Fault as fault:
        errors.append(error(pointer, fault.code, fault.detail))
        return None


def _other_workout(given: Any, workout_id: UUID) -> bool:
    try:
        return UUID(given) != workout_id
    except (ValueError, TypeError, AttributeError):
        return True
