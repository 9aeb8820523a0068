"""A device's own copy of a workout: the snapshot it was given, moved on by every event it hears.

It knows the public shapes and nothing else, so it can only do what they say: it forgets what was removed, and passes
over edits of what it does not show. Where that is not enough, because an operation came late and lost or brought back
something removed, the event says `reorders`, and a snapshot follows it.
"""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from fitai.science.units import plain, round_thousandth, to_kg, to_metres

Json = dict[str, Any]
Shares = Mapping[str, Decimal]

MOVES: Mapping[str, Mapping[str, str]] = {
    "workout.start": {"planned": "in_progress"},
    "workout.pause": {"in_progress": "paused"},
    "workout.resume": {"paused": "in_progress"},
    "workout.complete": dict.fromkeys(("in_progress", "paused", "cancelled", "abandoned"), "completed"),
    "workout.cancel": dict.fromkeys(("in_progress", "paused", "abandoned"), "cancelled"),
    "workout.abandon": dict.fromkeys(("in_progress", "paused"), "abandoned"),
}
ENDED = ("completed", "cancelled", "abandoned")
OF_WORKOUT = ("name", "notes", "body_weight", "body_weight_unit")
OF_EXERCISE = ("exercise_id", "rank", "superset", "notes")
OF_SET = (
    *("rank", "reps", "weight", "assistance", "weight_unit", "rpe", "rir", "duration_seconds"),
    *("distance", "distance_unit", "notes", "target"),
)
SECOND_US = 1_000_000


@dataclass(frozen=True, slots=True)
class Copy:
    """The workout in its public shape, and the two things an event told that the shape does not show."""

    workout: Json
    fraction_us: int = 0
    """Microseconds trained beyond the whole seconds of `active_seconds`."""
    rest_op: str | None = None
    """The operation that started the rest; None when only a snapshot told of it."""


def fold(copy: Copy, event: Json, shares: Shares) -> Copy:
    """The copy after one more event, which must be the next one. Types it does not know change nothing.

    `shares` says of each exercise what share of body weight it moves. `workout.create` is never heard: whoever has a
    snapshot has a workout that was made before.
    """
    workout, type, payload, at = deepcopy(copy.workout), event["type"], event["payload"], _moment(event["at"])
    fraction_us, rest_op = copy.fraction_us, copy.rest_op
    if type in MOVES:
        fraction_us = _move(workout, type, at, fraction_us)
    elif type == "workout.update":
        workout |= {name: payload[name] for name in OF_WORKOUT if name in payload}
    elif type == "rest.start":
        ends_at = _written(at + timedelta(seconds=payload["seconds"]))
        workout["rest"] = {"set_id": payload.get("set_id"), "seconds": payload["seconds"], "ends_at": ends_at}
        rest_op = event["op_id"]
    elif type == "rest.stop" or (type == "rest.end" and rest_op in (None, payload["start_op_id"])):
        workout["rest"] = None
    elif type.startswith("exercise."):
        _change_exercise(workout, type, payload)
    elif type.startswith("set."):
        _change_set(workout, type, payload, event["at"])
    workout["seq"] = event["seq"]
    _arrange(workout)
    workout["totals"] = totals(workout, shares)
    return Copy(workout, fraction_us, None if workout["rest"] is None else rest_op)


def _move(workout: Json, type: str, at: datetime, fraction_us: int) -> int:
    """Start, pause, resume, end, unless it is impossible now; the fraction of a second trained, in microseconds."""
    status = MOVES[type].get(workout["status"])
    if status is None:
        return fraction_us
    if workout["active_since"] is not None:
        trained = max(0, (at - _moment(workout["active_since"])) // timedelta(microseconds=1)) + fraction_us
        workout["active_seconds"] += trained // SECOND_US
        workout["active_since"] = None
        fraction_us = trained % SECOND_US
    workout["status"] = status
    if status == "in_progress":
        workout["active_since"] = _written(at)
        workout["started_at"] = workout["started_at"] or _written(at)
    elif status in ENDED:
        workout["rest"] = None
        workout["ended_at"] = workout["ended_at"] or _written(at)
    return fraction_us


def _change_exercise(workout: Json, type: str, payload: Json) -> None:
    entry = find_exercise(workout, payload["id"])
    if type == "exercise.remove":
        workout["exercises"] = [other for other in workout["exercises"] if other is not entry]
        return
    if entry is None:
        if type != "exercise.add":
            return
        entry = _new_exercise(workout, payload["id"])
    entry |= {name: payload[name] for name in OF_EXERCISE if name in payload}


def _change_set(workout: Json, type: str, payload: Json, at: str) -> None:
    item = find_set(workout, payload["id"])
    if type == "set.remove":
        for entry in workout["exercises"]:
            entry["sets"] = [other for other in entry["sets"] if other is not item]
        return
    if item is None:
        if type != "set.add":
            return
        entry = find_exercise(workout, payload["workout_exercise_id"])
        if entry is None:
            if "exercise_id" not in payload:
                return
            entry = _new_exercise(workout, payload["workout_exercise_id"])
            entry |= {"exercise_id": payload["exercise_id"], "rank": payload["exercise_rank"]}
        item = _new_set(entry, payload["id"])
    _write_set(item, payload, at)


def _write_set(item: Json, payload: Json, at: str) -> None:
    item |= {name: payload[name] for name in OF_SET if name in payload}
    if "kind" in payload:
        item["kind"] = payload["kind"] or "working"
    if payload.get("rpe") is not None:  # effort is either of the two, and the later one counts
        item["rir"] = None
    elif payload.get("rir") is not None:
        item["rpe"] = None
    if payload.get("completed", item["completed"]) != item["completed"]:
        item["completed"] = payload["completed"]
        item["completed_at"] = _written(_moment(at)) if item["completed"] else None
    weight, distance = _number(item["weight"]), _number(item["distance"])
    item["weight_kg"] = None if weight is None else plain(to_kg(weight, item["weight_unit"] or "kg"))
    item["distance_m"] = None if distance is None else plain(to_metres(distance, item["distance_unit"] or "m"))


def _new_exercise(workout: Json, id: str) -> Json:
    entry: Json = {
        "id": id,
        "exercise_id": None,
        "position": 0,
        "rank": "",
        "superset": None,
        "notes": None,
        "sets": [],
    }
    workout["exercises"].append(entry)
    return entry


def _new_set(entry: Json, id: str) -> Json:
    item: Json = dict.fromkeys((*OF_SET, "weight_kg", "distance_m", "completed_at"))
    item |= {"id": id, "workout_exercise_id": entry["id"], "position": 0, "rank": "", "kind": "working"}
    item |= {"completed": False, "records": []}
    entry["sets"].append(item)
    return item


def _arrange(workout: Json) -> None:
    """Exercises and sets in the order of their rank, then id; a position is a place in that order."""
    for nodes in (workout["exercises"], *(entry["sets"] for entry in workout["exercises"])):
        nodes.sort(key=lambda node: (node["rank"], node["id"]))
        for position, node in enumerate(nodes):
            node["position"] = position


def totals(workout: Json, shares: Shares) -> Json:
    """What a workout adds up to: its completed sets without the warm-ups."""
    weighed = _number(workout["body_weight"])
    body_kg = Decimal(0) if weighed is None else to_kg(weighed, workout["body_weight_unit"] or "kg")
    done = [
        (item, round_thousandth(body_kg * shares.get(entry["exercise_id"], Decimal(0))))
        for entry in workout["exercises"]
        for item in entry["sets"]
        if item["completed"] and item["kind"] != "warmup"
    ]
    volume = sum((_load_kg(item, own_kg) * (item["reps"] or 0) for item, own_kg in done), Decimal(0))
    return {
        "sets": len(done),
        "reps": sum(item["reps"] or 0 for item, _ in done),
        "volume_kg": plain(volume),
        "duration_seconds": sum(item["duration_seconds"] or 0 for item, _ in done),
        "distance_m": plain(sum((Decimal(item["distance_m"] or 0) for item, _ in done), Decimal(0))),
    }


def _load_kg(item: Json, own_kg: Decimal) -> Decimal:
    """What one repetition moves: the implement and one's own share, minus the assistance, never below nothing."""
    assistance = _number(item["assistance"])
    helped = Decimal(0) if assistance is None else to_kg(assistance, item["weight_unit"] or "kg")
    return max(Decimal(0), Decimal(item["weight_kg"] or 0) - helped + own_kg)


def find_exercise(workout: Json, id: str) -> Json | None:
    return next((entry for entry in workout["exercises"] if entry["id"] == id), None)


def find_set(workout: Json, id: str) -> Json | None:
    return next((item for entry in workout["exercises"] for item in entry["sets"] if item["id"] == id), None)


def sets_of(workout: Json) -> list[Json]:
    """Every set, from the top of the workout to its end."""
    return [item for entry in workout["exercises"] for item in entry["sets"]]


def differences(left: Any, right: Any, names: tuple[str, str], path: str = "") -> list[str]:
    """Where two JSON values differ, a line for each place, such as `sets[2].reps: phone 8, watch 9`."""
    if isinstance(left, dict) and isinstance(right, dict):
        lines = []
        for name in {**left, **right}:
            place = f"{path}.{name}" if path else name
            if name in left and name in right:
                lines += differences(left[name], right[name], names, place)
            else:
                lines.append(f"{place}: only {names[0] if name in left else names[1]} has it")
        return lines
    if isinstance(left, list) and isinstance(right, list):
        if len(left) != len(right):
            return [f"{path}: {names[0]} has {len(left)}, {names[1]} {len(right)}"]
        return [
            line
            for index, (one, other) in enumerate(zip(left, right, strict=True))
            for line in differences(one, other, names, f"{path}[{index}]")
        ]
    return [] if left == right else [f"{path}: {names[0]} {left!r}, {names[1]} {right!r}"]


def without_records(workout: Json) -> Json:
    """The workout as its own events tell it: records belong to the person, over all workouts."""
    shown = deepcopy(workout)
    for item in sets_of(shown):
        del item["records"]
    return shown


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def _written(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
