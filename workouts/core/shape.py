"""A workout as the API, the socket and the export show it, and what it adds up to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from fitai.science.units import plain, round_thousandth, to_kg, to_metres
from workouts.core.operations import written
from workouts.core.records import Record
from workouts.core.state import ExerciseState, SetState, WorkoutState, visible

_ZERO: Final = Decimal(0)
_TEN: Final = Decimal(10)


@dataclass(frozen=True, slots=True)
class ExerciseFacts:
    """What the library knows of an exercise that a workout's numbers depend on."""

    tracking: str = "weight_reps"
    bodyweight_share: Decimal = _ZERO


UNKNOWN: Final = ExerciseFacts()
Facts = Mapping[str, ExerciseFacts]


@dataclass(frozen=True, slots=True)
class Totals:
    """What a workout adds up to: its completed sets without the warm-ups."""

    sets: int = 0
    reps: int = 0
    volume_kg: Decimal = _ZERO
    duration_seconds: int = 0
    distance_m: Decimal = _ZERO


def system_load(item: SetState, share: Decimal, body_weight_kg: Decimal | None) -> Decimal | None:
    """What a person moves in one repetition, in kg: their share of body weight, plus the implement, minus assistance.

    Never below nothing. Without a known body weight it is the implement alone; None when nothing is known at all.
    """
    unit = item.weight_unit
    if unit is not None and (item.weight is not None or item.assistance is not None):
        load = to_kg(item.weight, unit) if item.weight is not None else _ZERO
        if item.assistance is not None:
            load -= to_kg(item.assistance, unit)
    elif body_weight_kg is None or not share:
        return None
    else:
        load = _ZERO
    if body_weight_kg is not None and share:
        load += round_thousandth(body_weight_kg * share)
    return max(load, _ZERO)


@dataclass(frozen=True, slots=True)
class Measures:
    """What a set comes to in kilograms and metres; None where nothing was entered.

    `load_kg` is the system load, `weight_kg` what is written on the implement, `rir` the repetitions left in reserve,
    as given or as 10 − RPE.
    """

    load_kg: Decimal | None
    weight_kg: Decimal | None
    assistance_kg: Decimal | None
    distance_m: Decimal | None
    rir: Decimal | None


def measures(item: SetState, share: Decimal, body_weight_kg: Decimal | None) -> Measures:
    """The numbers of a set that records, lists and statistics compare.

    `share` is the part of body weight the exercise moves, `body_weight_kg` what the person weighed in that workout.
    """
    unit = item.weight_unit or "kg"
    return Measures(
        load_kg=system_load(item, share, body_weight_kg),
        weight_kg=None if item.weight is None else to_kg(item.weight, unit),
        assistance_kg=None if item.assistance is None else to_kg(item.assistance, unit),
        distance_m=None if item.distance is None else to_metres(item.distance, item.distance_unit or "m"),
        rir=_TEN - item.rpe if item.rpe is not None else None if item.rir is None else Decimal(item.rir),
    )


def body_weight_kg(state: WorkoutState) -> Decimal | None:
    """What the person weighed in this workout, in kg."""
    if state.body_weight is None or state.body_weight_unit is None:
        return None
    return to_kg(state.body_weight, state.body_weight_unit)


def counts(item: SetState) -> bool:
    """Whether a set adds to the sums of its workout, where its exercise shows: it is done, there, and no warm-up."""
    return item.completed and item.kind != "warmup" and item.added and not item.removed


def volume_kg(item: SetState, facts: ExerciseFacts, body_weight_kg: Decimal | None) -> Decimal:
    """The volume of a set: what is moved in a repetition, in kg, times the repetitions."""
    load = system_load(item, facts.bodyweight_share, body_weight_kg) if item.reps else None
    return _ZERO if load is None or not item.reps else load * item.reps


def totals(state: WorkoutState, facts: Facts) -> Totals:
    """The sums of a workout over what is done and shown, warm-ups aside."""
    weighed = body_weight_kg(state)
    sets = reps = duration = 0
    volume = distance = _ZERO
    exercises = state.exercises
    for item in state.sets.values():
        if not counts(item):
            continue
        exercise = exercises.get(item.workout_exercise_id)
        if exercise is None or not exercise.shows:
            continue
        sets += 1
        if item.reps:
            reps += item.reps
            volume += volume_kg(item, facts.get(exercise.exercise_id or "", UNKNOWN), weighed)
        if item.duration_seconds:
            duration += item.duration_seconds
        if item.distance is not None and item.distance_unit is not None:
            distance += to_metres(item.distance, item.distance_unit)
    return Totals(sets, reps, volume, duration, distance)


def workout_shape(
    state: WorkoutState, facts: Facts, *, records: Mapping[str, Sequence[Record]] | None = None
) -> dict[str, Any]:
    """The whole workout as JSON; `records` are those standing, by the id of the set that holds them."""
    groups = state.shown_sets()
    sums = totals(state, facts)
    rest = state.rest
    held = records or {}
    return {
        "id": state.id,
        "name": state.name,
        "status": state.status,
        "seq": state.seq,
        "started_at": None if state.started_at is None else written(state.started_at),
        "ended_at": None if state.ended_at is None else written(state.ended_at),
        "active_seconds": state.active_seconds,
        "active_since": None if state.active_since is None else written(state.active_since),
        "template_id": state.template_id,
        "template_version": state.template_version,
        "notes": state.notes,
        "body_weight": _text(state.body_weight),
        "body_weight_unit": state.body_weight_unit,
        "rest": None
        if rest is None
        else {"set_id": rest.set_id, "seconds": rest.seconds, "ends_at": written(rest.ends_at)},
        "totals": totals_shape(sums),
        "exercises": [
            exercise_shape(exercise, position, groups[exercise.id], records=held)
            for position, exercise in enumerate(state.shown_exercises())
        ],
    }


def totals_shape(sums: Totals) -> dict[str, Any]:
    """The sums of a workout as JSON, decimals as strings."""
    return {
        "sets": sums.sets,
        "reps": sums.reps,
        "volume_kg": plain(sums.volume_kg),
        "duration_seconds": sums.duration_seconds,
        "distance_m": plain(sums.distance_m),
    }


def exercise_shape(
    exercise: ExerciseState,
    position: int,
    sets: Sequence[SetState],
    *,
    records: Mapping[str, Sequence[Record]] | None = None,
) -> dict[str, Any]:
    """An exercise in its place, with the sets it shows in their order."""
    held = records or {}
    return {
        "id": exercise.id,
        "exercise_id": exercise.exercise_id,
        "position": position,
        "rank": exercise.rank,
        "superset": exercise.superset,
        "notes": exercise.notes,
        "sets": [set_shape(item, number, records=held.get(item.id, ())) for number, item in enumerate(sets)],
    }


def set_shape(item: SetState, position: int, *, records: Sequence[Record] = ()) -> dict[str, Any]:
    """A set: its numbers as entered, and in kilograms and metres."""
    weight, distance = item.weight, item.distance
    return {
        "id": item.id,
        "workout_exercise_id": item.workout_exercise_id,
        "position": position,
        "rank": item.rank,
        "kind": item.kind,
        "reps": item.reps,
        "weight": _text(weight),
        "assistance": _text(item.assistance),
        "weight_unit": item.weight_unit,
        "weight_kg": None if weight is None else plain(to_kg(weight, item.weight_unit or "kg")),
        "rpe": _text(item.rpe),
        "rir": item.rir,
        "duration_seconds": item.duration_seconds,
        "distance": _text(distance),
        "distance_unit": item.distance_unit,
        "distance_m": None if distance is None else plain(to_metres(distance, item.distance_unit or "m")),
        "notes": item.notes,
        "target": None if item.target is None else target_shape(item.target),
        "completed": item.completed,
        "completed_at": None if item.completed_at is None else written(item.completed_at),
        "records": [record_shape(record) for record in records],
    }


def target_shape(target: Mapping[str, Any]) -> dict[str, Any]:
    """What was planned for a set, only what the plan says."""
    return {name: plain(value) if isinstance(value, Decimal) else value for name, value in target.items()}


def record_shape(record: Record) -> dict[str, Any]:
    """A record as the set that holds it shows it."""
    return {"kind": record.kind, "value": plain(record.value), "previous": _text(record.previous)}


def _text(value: Decimal | None) -> str | None:
    return None if value is None else plain(value)


__all__ = [
    "UNKNOWN",
    "ExerciseFacts",
    "Facts",
    "Measures",
    "Totals",
    "body_weight_kg",
    "counts",
    "exercise_shape",
    "measures",
    "record_shape",
    "set_shape",
    "system_load",
    "target_shape",
    "totals",
    "totals_shape",
    "visible",
    "volume_kg",
    "workout_shape",
]
