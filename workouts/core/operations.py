"""The operations of a workout: what a device may send, checked field by field, and what is stored of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

from fitai.science.units import plain, to_kg, to_metres
from fitai.values.fields import Parser, identifier, nullable, text, whole
from fitai.values.schema import Nested, Payload, Problem, Schema, refuse
from workouts.core.fields import (
    BODY_FIELDS,
    MAX_BODY_WEIGHT_KG,
    MAX_DISTANCE_M,
    MAX_NAME,
    MAX_NOTES,
    MAX_REST_SECONDS,
    MAX_SUPERSET,
    MAX_VERSION,
    MAX_WEIGHT_KG,
    MIN_BODY_WEIGHT_KG,
    SET_FIELDS,
    TARGET_FIELDS,
    instant,
    rank,
)
from workouts.core.state import Stamp

MAX_EXERCISES: Final = 100
MAX_SETS: Final = 500


@dataclass(frozen=True, slots=True)
class Op:
    """Something a person (or the server) did to a workout, once, on one device, at one moment (aware, UTC)."""

    op_id: str
    type: str
    at: datetime
    device_id: str
    payload: Payload

    @property
    def stamp(self) -> Stamp:
        return self.at, self.device_id, self.op_id


@dataclass(frozen=True, slots=True)
class Event(Op):
    """An accepted operation with its number in the workout's stream; its payload is the one `decide` resolved."""

    seq: int
    actor_id: str | None


class Invalid(Exception):
    """A payload that does not fit its type; `errors` hold JSON pointers relative to the payload."""

    def __init__(self, errors: list[Problem]) -> None:
        super().__init__("; ".join(f"{error['pointer']}: {error['detail']}" for error in errors))
        self.errors = errors


class UnknownType(Invalid):
    """No operation a client may send; the one pointer is relative to the operation, not to its payload."""

    def __init__(self, type: object) -> None:
        super().__init__([{"pointer": "/type", "code": "unknown_type", "detail": "Is not an operation."}])
        self.type = type


def over_weight(value: Decimal | None, unit: str | None) -> bool:
    """Whether a weight is more than anybody loads; without a unit it gets the benefit of the doubt."""
    return value is not None and to_kg(value, unit or "lb") > MAX_WEIGHT_KG


def over_distance(value: Decimal | None, unit: str | None) -> bool:
    """Whether a distance is more than one workout covers; without a unit it gets the benefit of the doubt."""
    return value is not None and to_metres(value, unit or "ft") > MAX_DISTANCE_M


def body_weight_fault(value: Decimal | None, unit: str) -> str | None:
    """The code of what is wrong with a body weight, if anything."""
    if value is None:
        return None
    kg = to_kg(value, unit)
    return "min_value" if kg < MIN_BODY_WEIGHT_KG else "max_value" if kg > MAX_BODY_WEIGHT_KG else None


def _check_measures(payload: Payload, pointer: str, errors: list[Problem]) -> None:
    for name in ("weight", "assistance"):
        if over_weight(payload.get(name), payload.get("weight_unit")):
            refuse(errors, f"{pointer}/{name}", "max_value", f"Must be at most {MAX_WEIGHT_KG:,} kg.")
    if over_distance(payload.get("distance"), payload.get("distance_unit")):
        refuse(errors, f"{pointer}/distance", "max_value", "Must be at most 1,000 km.")
    if payload.get("rpe") is not None and payload.get("rir") is not None:
        refuse(errors, f"{pointer}/rir", "invalid", "Effort is given as RPE or as RIR, not both.")


def _check_target(payload: Payload, pointer: str, errors: list[Problem]) -> None:
    reps, most = payload.get("reps"), payload.get("reps_max")
    if most is not None and (reps is None or most < reps):
        refuse(errors, f"{pointer}/reps_max", "min_value", "Must not be below reps.")


def _check_body_weight(payload: Payload, pointer: str, errors: list[Problem]) -> None:
    value, unit = payload.get("body_weight"), payload.get("body_weight_unit")
    if value is not None and unit is not None and (code := body_weight_fault(value, unit)):
        refuse(errors, f"{pointer}/body_weight", code, "Must be between 20 and 500 kg.")


def _check_place(payload: Payload, pointer: str, errors: list[Problem]) -> None:
    if "rank" in payload and "after" in payload:
        refuse(errors, f"{pointer}/after", "invalid", "A place is given as rank or as after, not both.")


def _check_move(payload: Payload, pointer: str, errors: list[Problem]) -> None:
    if "rank" not in payload and "after" not in payload:
        refuse(errors, f"{pointer}/rank", "required", "Is required, or after in its place.")


def _check_parent(payload: Payload, pointer: str, errors: list[Problem]) -> None:
    if "workout_exercise_id" in payload and "exercise_id" in payload:
        refuse(errors, f"{pointer}/exercise_id", "invalid", "Give workout_exercise_id or exercise_id, not both.")
    if "workout_exercise_id" not in payload and "exercise_id" not in payload:
        refuse(errors, f"{pointer}/workout_exercise_id", "required", "Is required, or exercise_id in its place.")


def _check_times(payload: Payload, pointer: str, errors: list[Problem]) -> None:
    started, ended = payload.get("started_at"), payload.get("ended_at")
    if ended is None:
        return
    if started is None:
        refuse(errors, f"{pointer}/started_at", "required", "Is required where ended_at is given.")
    elif ended < started:
        refuse(errors, f"{pointer}/ended_at", "min_value", "Must not be before started_at.")


def _check_tree(payload: Payload, pointer: str, errors: list[Problem]) -> None:
    count = 0
    for index, exercise in enumerate(payload.get("exercises", ())):
        count += len(exercise.get("sets", ()))
        if count > MAX_SETS:
            refuse(errors, f"{pointer}/exercises/{index}/sets", "max_items", f"A workout has at most {MAX_SETS} sets.")
            return


_name: Final = nullable(text(MAX_NAME))
_notes: Final = nullable(text(MAX_NOTES))
_superset: Final = nullable(whole(0, MAX_SUPERSET))
_place: Final[dict[str, Parser]] = {"rank": rank, "after": nullable(identifier)}
_nothing: Final = Schema({})

_planned_set: Final = Schema(
    {
        "id": identifier,
        "rank": rank,
        **SET_FIELDS,
        "target": Nested(Schema(TARGET_FIELDS, checks=(_check_measures, _check_target))),
    },
    checks=(_check_measures,),
)

_planned_exercise: Final = Schema(
    {
        "id": identifier,
        "exercise_id": identifier,
        "rank": rank,
        "superset": _superset,
        "notes": _notes,
        "sets": Nested(_planned_set, MAX_SETS),
    },
    required=("exercise_id",),
)

SCHEMAS: Final[Mapping[str, Schema]] = {
    "workout.create": Schema(
        {
            "id": identifier,
            "name": _name,
            "template_id": nullable(identifier),
            "template_version": nullable(whole(0, MAX_VERSION)),
            "started_at": nullable(instant),
            "ended_at": nullable(instant),
            "exercises": Nested(_planned_exercise, MAX_EXERCISES),
        },
        required=("id",),
        checks=(_check_times, _check_tree),
    ),
    "workout.delete": _nothing,
    "workout.restore": _nothing,
    "workout.start": _nothing,
    "workout.pause": _nothing,
    "workout.resume": _nothing,
    "workout.complete": _nothing,
    "workout.cancel": _nothing,
    "workout.update": Schema({"name": _name, "notes": _notes, **BODY_FIELDS}, checks=(_check_body_weight,)),
    "exercise.add": Schema(
        {"id": identifier, "exercise_id": identifier, **_place}, required=("exercise_id",), checks=(_check_place,)
    ),
    "exercise.move": Schema({"id": identifier, **_place}, required=("id",), checks=(_check_place, _check_move)),
    "exercise.update": Schema(
        {"id": identifier, "notes": _notes, "superset": _superset, "exercise_id": identifier}, required=("id",)
    ),
    "exercise.remove": Schema({"id": identifier}, required=("id",)),
    "set.add": Schema(
        {
            "id": identifier,
            "workout_exercise_id": identifier,
            "exercise_id": identifier,
            **_place,
            **SET_FIELDS,
        },
        checks=(_check_parent, _check_place, _check_measures),
    ),
    "set.update": Schema({"id": identifier, **SET_FIELDS}, required=("id",), checks=(_check_measures,)),
    "set.remove": Schema({"id": identifier}, required=("id",)),
    "rest.start": Schema(
        {"seconds": whole(1, MAX_REST_SECONDS), "set_id": nullable(identifier)}, required=("seconds",)
    ),
    "rest.stop": _nothing,
}
"""What a client may send, by type; `workout.abandon`, `rest.end` and `cue` only the server makes."""


def parse_payload(type: Any, raw: Any) -> Payload:
    """The payload a client sent for an operation, every value checked and canonical. Raises `Invalid`."""
    schema = SCHEMAS.get(type) if isinstance(type, str) else None
    if schema is None:
        raise UnknownType(type)
    errors: list[Problem] = []
    payload = schema.parse(raw, "", errors)
    if errors:
        raise Invalid(errors)
    return payload


_DECIMALS: Final = frozenset({"weight", "assistance", "rpe", "distance", "body_weight"})
_INSTANTS: Final = frozenset({"started_at", "ended_at"})


def dump_payload(payload: Payload) -> Payload:
    """The payload as JSON stores and sends it: decimals and times become strings."""
    return {name: _dumped(value) for name, value in payload.items()}


def _dumped(value: Any) -> Any:
    if isinstance(value, Decimal):
        return plain(value)  # a column's 60.000 is the 60 that was entered
    if isinstance(value, datetime):
        return written(value)
    if isinstance(value, dict):
        return dump_payload(value)
    if isinstance(value, list):
        return [_dumped(item) for item in value]
    return value


def load_payload(stored: Payload) -> Payload:
    """The payload that `dump_payload` wrote, with its decimals and times again."""
    return {name: _loaded(name, value) for name, value in stored.items()}


def _loaded(name: str, value: Any) -> Any:
    if isinstance(value, str):
        if name in _DECIMALS:
            return Decimal(value)
        return datetime.fromisoformat(value) if name in _INSTANTS else value
    if isinstance(value, dict):
        return load_payload(value)
    if isinstance(value, list):
        return [_loaded(name, item) for item in value]
    return value


def written(moment: datetime) -> str:
    """A moment as the API writes it: RFC 3339 in UTC."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


__all__ = [
    "MAX_EXERCISES",
    "MAX_SETS",
    "SCHEMAS",
    "Event",
    "Invalid",
    "Op",
    "Payload",
    "Problem",
    "UnknownType",
    "body_weight_fault",
    "dump_payload",
    "load_payload",
    "over_distance",
    "over_weight",
    "parse_payload",
    "written",
]
