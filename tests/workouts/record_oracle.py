"""Personal records worked out once more: from what the API shows of a person's workouts, in fractions, without a line
of the product. A set holds a record where it is better than all done before it, warm-ups and plans aside."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

Json = dict[str, Any]
Held = tuple[str, Decimal | None, Decimal | None, Decimal | None, str, datetime]
"""Exercise, key (the weight, for repetitions at it), value, what it beat, workout, and when that began."""

UNITS = {
    "kg": Fraction(1),
    "lb": Fraction(45_359_237, 100_000_000),
    "m": Fraction(1),
    "km": Fraction(1_000),
    "mi": Fraction(1_609_344, 1_000),
    "yd": Fraction(9_144, 10_000),
    "ft": Fraction(3_048, 10_000),
}
BY_REPS = ("weight_reps", "reps", "assisted_reps")


def records(workouts: list[tuple[str, Json]], library: Mapping[str, Json]) -> dict[tuple[str, str], Held]:
    """What each set holds, by set and kind. `workouts` with the moment each was made, `library` by exercise: its
    `tracking` and `bodyweight_share`."""
    done: dict[str, dict[tuple[datetime, str], list[Any]]] = defaultdict(lambda: defaultdict(list))
    for made_at, workout in workouts:
        began = datetime.fromisoformat(workout["started_at"] or made_at)
        for entry in workout["exercises"]:
            for item in entry["sets"]:
                if item["completed"] and item["kind"] != "warmup":
                    place = (datetime.fromisoformat(item["completed_at"]), entry["rank"], entry["id"], item["rank"])
                    known = library[entry["exercise_id"]]
                    marks = measured(item, known["tracking"], carried(item, workout, known))
                    done[entry["exercise_id"]][began, workout["id"]].append((place, item["id"], marks))
    return {
        (set_id, kind): (exercise, key, decimal(value), decimal(beaten), workout, began)
        for exercise, days in done.items()
        for set_id, kind, key, value, beaten, (began, workout) in won(days)
    }


def won(days: Mapping[tuple[datetime, str], list[Any]]) -> Iterator[tuple[Any, ...]]:
    best: dict[Any, Fraction] = {}
    for day in sorted(days):
        sets = sorted(days[day], key=lambda placed: placed[:2])
        total = sum((marks.get(("set_volume", None), Fraction(0)) for *_, marks in sets), Fraction(0))
        before, lifted, passed = best.get("workout_volume"), Fraction(0), False
        for _, set_id, marks in sets:
            for (kind, key), value in marks.items():
                held = best.get((kind, key))
                better = held is None or (value < held if kind == "pace" else value > held)
                if value > 0 and better:
                    yield set_id, kind, key, value, held, day
                    best[kind, key] = value
            lifted += marks.get(("set_volume", None), Fraction(0))
            if lifted > (before or 0) and not passed:
                passed = True
                yield set_id, "workout_volume", None, total, before, day
        if passed:
            best["workout_volume"] = total


def carried(item: Json, workout: Json, known: Json) -> Fraction | None:
    """What one repetition moves, in kg: the implement, less what helps, and one's own share of the body."""
    share = Fraction(known.get("bodyweight_share", "0"))
    body = converted(workout["body_weight"], workout["body_weight_unit"])
    own = rounded(body * share, 1_000) if body is not None and share else None
    if item["weight"] is None and item["assistance"] is None:
        return own
    implement = (converted(item["weight"], item["weight_unit"]) or 0) - (
        converted(item["assistance"], item["weight_unit"]) or 0
    )
    return max(Fraction(0), implement + (own or 0))


def measured(item: Json, tracking: str, load: Fraction | None) -> dict[tuple[str, Decimal | None], Fraction]:
    """What a set comes to, of each kind that its exercise is measured in."""
    reps, seconds = Fraction(item["reps"] or 0), Fraction(item["duration_seconds"] or 0)
    metres = converted(item["distance"], item["distance_unit"]) or Fraction(0)
    entered = item["weight"] is not None or item["assistance"] is not None
    marks: dict[tuple[str, Decimal | None], Fraction] = {}
    if tracking in BY_REPS:
        if entered and load is not None and reps:
            marks["weight", None] = load
            left = 10 - Fraction(item["rpe"]) if item["rpe"] is not None else Fraction(item["rir"] or 0)
            if reps + left <= 12:
                most = load if reps + left == 1 else load * (30 + reps + left) / 30
                marks["e1rm", None] = rounded(most, 100)
        written = (converted(item["weight"], item["weight_unit"]) or 0) - (
            converted(item["assistance"], item["weight_unit"]) or 0
        )
        marks["reps_at_weight", decimal(Fraction(written))] = reps
        marks["set_volume", None] = rounded((load or 0) * reps, 1_000)
    if tracking == "weight_time" and entered and load is not None and (reps or seconds or metres):
        marks["weight", None] = load
    if tracking in ("time", "weight_time", "distance_time"):
        marks["time", None] = seconds
    if tracking == "distance_time":
        marks["distance", None] = metres
        if metres >= 100 and seconds:
            marks["pace", None] = rounded(seconds * 1_000 / metres, 1_000)
    return marks


def converted(value: str | None, unit: str | None) -> Fraction | None:
    return None if value is None or unit is None else rounded(Fraction(value) * UNITS[unit], 1_000)


def rounded(value: Fraction, parts: int) -> Fraction:
    """To so many parts of one, a half to the even neighbour."""
    return Fraction(round(value * parts), parts)


def decimal(value: Fraction | None) -> Decimal | None:
    return None if value is None else Decimal(value.numerator) / Decimal(value.denominator)
