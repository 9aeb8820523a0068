"""A client written from the contract alone: it has a snapshot, folds the events that follow, and shows the workout.

It shares no code with the product, so that both can only agree by meaning the same. Totals and records are not its
business: the first need the library, the second a person's whole history.
"""

from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

Json = dict[str, Any]

METRES = {"m": "1", "km": "1000", "mi": "1609.344", "yd": "0.9144", "ft": "0.3048"}
KILOGRAMS = {"kg": "1", "lb": "0.45359237"}
ACTUAL = ("reps", "weight", "duration_seconds", "distance")
BLANK_SET: Json = {
    **dict.fromkeys(("reps", "weight", "assistance", "weight_unit", "weight_kg", "rpe", "rir", "duration_seconds")),
    **dict.fromkeys(("distance", "distance_unit", "distance_m", "notes", "target", "completed_at")),
    "kind": "working",
    "completed": False,
}
MOVES = {
    "start": {"planned": "in_progress"},
    "pause": {"in_progress": "paused"},
    "resume": {"paused": "in_progress"},
    "complete": dict.fromkeys(("in_progress", "paused", "cancelled", "abandoned"), "completed"),
    "cancel": dict.fromkeys(("in_progress", "paused", "abandoned"), "cancelled"),
    "abandon": dict.fromkeys(("in_progress", "paused"), "abandoned"),
}


class Follower:
    """Knows one workout from messages of the socket. `stale` while a snapshot must come first."""

    def __init__(self) -> None:
        self.workout: Json | None = None
        self.deleted = False
        self.stale = True
        self.trained = timedelta()

    def hear(self, message: Json) -> None:
        """A snapshot or an event; an event that is not the next one is a fault of the server."""
        if message["type"] == "snapshot":
            self.read(message["data"])
            assert message["seq"] == message["data"]["seq"]
        elif message["type"] == "event" and self.workout is not None:
            event = message["event"]
            assert message["seq"] == event["seq"] == self.workout["seq"] + 1
            self.fold(event)

    def read(self, workout: Json) -> None:
        """Start again from the whole."""
        self.workout = plainly(workout)
        self.trained = timedelta(seconds=workout["active_seconds"])
        self.stale = False

    def fold(self, event: Json) -> None:
        """Take in one event as the last one."""
        assert self.workout is not None
        self.workout["seq"] = event["seq"]
        if event.get("reorders"):
            self.stale = True
        noun, _, verb = event["type"].partition(".")
        payload = event["payload"]
        if noun == "workout" and verb in MOVES:
            self.move(MOVES[verb], event["at"])
        elif noun == "workout":
            self.deleted = {"delete": True, "restore": False}.get(verb, self.deleted)
            self.workout |= {"update": payload, "delete": {"rest": None}}.get(verb, {})
        elif noun == "rest":
            self.rest(verb, payload, event["at"])
        elif noun == "exercise":
            self.exercise(verb, payload)
        elif noun == "set":
            self.set(verb, payload, event["at"])

    def move(self, moves: dict[str, str], at: str) -> None:
        workout = self.workout
        assert workout is not None
        status = moves.get(workout["status"])
        if status is None:
            return
        if workout["active_since"] is not None:
            self.trained += max(timedelta(), moment(at) - moment(workout["active_since"]))
            workout["active_since"] = None
            workout["active_seconds"] = self.trained // timedelta(seconds=1)
        workout["status"] = status
        if status == "in_progress":
            workout["active_since"] = at
            workout["started_at"] = workout["started_at"] or at
        elif status != "paused":
            workout["rest"] = None
            workout["ended_at"] = workout["ended_at"] or at

    def rest(self, verb: str, payload: Json, at: str) -> None:
        assert self.workout is not None
        self.workout["rest"] = None
        if verb == "start":
            ends_at = moment(at) + timedelta(seconds=payload["seconds"])
            timer = {"set_id": payload.get("set_id"), "seconds": payload["seconds"], "ends_at": written(ends_at)}
            self.workout["rest"] = timer

    def exercise(self, verb: str, payload: Json) -> None:
        assert self.workout is not None
        entries = self.workout["exercises"]
        if verb == "remove":
            entries.pop(payload["id"], None)
        elif verb == "add":
            entry = entries.setdefault(payload["id"], {"superset": None, "notes": None, "sets": {}})
            entry.update(payload)
        elif payload["id"] in entries:
            entry = entries[payload["id"]]
            entry.update({name: value for name, value in payload.items() if name in entry})

    def set(self, verb: str, payload: Json, at: str) -> None:
        assert self.workout is not None
        entries = self.workout["exercises"]
        parent = payload["workout_exercise_id"]
        if verb == "add" and "exercise_id" in payload and parent not in entries:
            made = {"id": parent, "exercise_id": payload["exercise_id"], "rank": payload["exercise_rank"]}
            entries[parent] = {**made, "superset": None, "notes": None, "sets": {}}
        if parent not in entries:
            return
        sets = entries[parent]["sets"]
        if verb == "remove":
            sets.pop(payload["id"], None)
        elif verb == "add" or payload["id"] in sets:
            blank = {**BLANK_SET, "id": payload["id"], "workout_exercise_id": parent}
            sets[payload["id"]] = written_to(sets.get(payload["id"], blank), payload, at)

    @property
    def shown(self) -> Json:
        """The workout as a person sees it: its nodes in their order."""
        assert self.workout is not None
        entries = in_order(self.workout["exercises"].values())
        return {**self.workout, "exercises": [{**entry, "sets": in_order(entry["sets"].values())} for entry in entries]}


def plainly(workout: Json) -> Json:
    """A workout without what a follower does not keep, its nodes by id."""
    left_out = ("totals", "records", "position", "summary")

    def kept(node: Json) -> Json:
        return {name: value for name, value in node.items() if name not in left_out}

    entries = {
        entry["id"]: {**kept(entry), "sets": {item["id"]: kept(item) for item in entry["sets"]}}
        for entry in workout["exercises"]
    }
    return {**kept(workout), "exercises": entries}


def seen(workout: Json) -> Json:
    """What the server shows, in the terms of a follower."""
    follower = Follower()
    follower.read(workout)
    return follower.shown


def in_order(nodes: Any) -> list[Json]:
    return [
        {**node, "position": place}
        for place, node in enumerate(sorted(nodes, key=lambda node: (node["rank"], node["id"])))
    ]


def written_to(item: Json, payload: Json, at: str) -> Json:
    """A set after an add or an edit."""
    names = {name for name in payload if name in item or name == "rank"} - {"completed"}
    item = {**item, **{name: payload[name] for name in names}}
    item["kind"] = item["kind"] or "working"
    if payload.get("rpe") is not None:
        item["rir"] = None
    elif payload.get("rir") is not None:
        item["rpe"] = None
    item["weight_kg"] = converted(item["weight"], KILOGRAMS, item["weight_unit"])
    item["distance_m"] = converted(item["distance"], METRES, item["distance_unit"])
    done = payload.get("completed")
    if done is not None and done != item["completed"]:
        item |= {"completed": done, "completed_at": at if done else None}
    return item


def converted(value: str | None, factors: dict[str, str], unit: str | None) -> str | None:
    if value is None or unit is None:
        return None
    exact = Decimal(value) * Decimal(factors[unit])
    rounded = exact if factors[unit] == "1" else exact.quantize(Decimal("0.001"), rounding=ROUND_HALF_EVEN)
    text = format(rounded, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def written(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
