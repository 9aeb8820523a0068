"""Reading what somebody trained, for what comes next: fixed statements, however long the plan and the history."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson
from django.db import connection

from fitai.common.actors import Actor
from workouts.enums import Status
from workouts.operations.store import Exercise as Facts
from workouts.progression.history import Asked, Done
from workouts.progression.known import Exercise
from workouts.progression.loading import Kit, convert

ENDED = [str(status) for status in (Status.COMPLETED, Status.CANCELLED, Status.ABANDONED)]

# A workout that was entered after the fact counts from when it was entered.
TRAINED = """
SELECT w.id::text, w.status, greatest(w.created_at, w.ended_at),
  (SELECT json_object_agg(e.id, e.exercise_id)::text FROM workouts_workoutexercise e
   WHERE e.workout_id = w.id AND e.added AND NOT e.removed)
FROM workouts_workout w
WHERE w.user_id = %(me)s AND w.template_id = %(template)s AND w.deleted_at IS NULL AND w.status = ANY(%(ended)s)
  AND greatest(w.created_at, w.ended_at) >= %(since)s
ORDER BY w.performed_at, w.id
"""
# Of each exercise the latest workouts that it was done in, found by the index alone, with all their sets of it.
SESSIONS = """
SELECT wanted.id::text, last.workout_id::text, last.performed_at, found.sets
FROM unnest(%(exercises)s::uuid[], %(most)s::int[]) AS wanted(id, most)
CROSS JOIN LATERAL (
  SELECT done.performed_at, done.workout_id FROM (
    SELECT DISTINCT s.performed_at, s.workout_id FROM workouts_set s
    WHERE s.user_id = %(me)s AND s.exercise_id = wanted.id AND s.shows AND s.completed) done
  JOIN workouts_workout w ON w.id = done.workout_id AND w.status = ANY(%(ended)s)
  ORDER BY done.performed_at DESC, done.workout_id DESC LIMIT wanted.most) last
CROSS JOIN LATERAL (
  SELECT json_agg(json_build_array(s.workout_exercise_id, s.completed, s.kind, s.reps, s.weight::text,
    s.assistance::text, s.weight_unit, s.rpe::text, s.rir, s.duration_seconds, s.target)
    ORDER BY e.rank, e.id, s.rank, s.id)::text AS sets
  FROM workouts_set s JOIN workouts_workoutexercise e ON e.id = s.workout_exercise_id
  WHERE s.workout_id = last.workout_id AND s.exercise_id = wanted.id AND s.shows) found
ORDER BY last.performed_at, last.workout_id
"""
KIT = "SELECT plate_sizes_kg::text[], plate_sizes_lb::text[] FROM accounts_preferences WHERE user_id = %(me)s"
# The names of somebody else's own exercises stay with them.
EXERCISES = """
SELECT e.id::text,
  CASE WHEN e.owner_id IS NULL OR e.owner_id = %(me)s OR e.status IN ('approved', 'archived')
    THEN COALESCE(x.name, e.name) END,
  e.tracking, e.equipment, e.primary_muscles, e.per_hand, e.bodyweight_share
FROM exercises_exercise e LEFT JOIN exercises_translation x ON x.exercise_id = e.id AND x.language = %(language)s
WHERE e.id = ANY(%(ids)s::uuid[])
"""


@dataclass(frozen=True, slots=True)
class Trained:
    """A workout that was made from a template and has ended; `entries` are its exercises, id → exercise id."""

    id: str
    completed: bool
    at: datetime
    entries: Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class Bout:
    """The sets of one exercise under one entry of a workout."""

    exercise_id: str
    workout_id: str
    entry: str
    at: datetime
    sets: tuple[Done, ...]


def read_trained(actor: Actor, template_id: UUID, since: datetime) -> list[Trained]:
    """What was made from a template and ended since then, in the order of training."""
    values: dict[str, Any] = {"me": actor.user_id, "template": template_id, "since": since, "ended": ENDED}
    return [
        Trained(id, status == Status.COMPLETED, at, orjson.loads(entries) if entries else {})
        for id, status, at, entries in _all(TRAINED, values)
    ]


def read_bouts(actor: Actor, most: Mapping[str, int], unit: str) -> list[Bout]:
    """The latest so many workouts of each exercise (id → how many), oldest first, their weights in `unit`."""
    values: dict[str, Any] = {
        "me": actor.user_id,
        "exercises": list(most),
        "most": list(most.values()),
        "ended": ENDED,
    }
    found = []
    for exercise_id, workout_id, at, aggregated in _all(SESSIONS, values):
        entries: dict[str, list[Done]] = {}
        for entry, *item in orjson.loads(aggregated):
            entries.setdefault(entry, []).append(_done(item, unit))
        found += [Bout(exercise_id, workout_id, entry, at, tuple(sets)) for entry, sets in entries.items()]
    return found


def read_kit(actor: Actor) -> Kit:
    """The unit and the plates of a person."""
    ((kg, lb),) = _all(KIT, {"me": actor.user_id})
    return Kit(actor.weight_unit, tuple(map(Decimal, lb if actor.weight_unit == "lb" else kg)))


def read_exercises(actor: Actor, ids: Iterable[str], language: str) -> dict[str, tuple[Exercise, Facts]]:
    """By id, what loads depend on and what a workout's numbers do; the library may offer some no longer."""
    rows = _all(EXERCISES, {"me": actor.user_id, "ids": sorted(set(ids)), "language": language})
    return {
        id: (
            Exercise(name, tracking, tuple(equipment), tuple(muscles), per_hand, share),
            Facts(tracking, share, tuple(muscles)),
        )
        for id, name, tracking, equipment, muscles, per_hand, share in rows
    }


def _done(item: list[Any], unit: str) -> Done:
    completed, kind, reps, weight, assistance, weight_unit, rpe, rir, seconds, target = item
    asked = target or {}
    asked_unit = asked.get("weight_unit") or "kg"
    return Done(
        completed=completed,
        kind=kind,
        reps=reps,
        weight=_in(unit, weight, weight_unit),
        assistance=_in(unit, assistance, weight_unit),
        rir=_reserve(rpe, rir),
        seconds=seconds,
        asked=Asked(
            reps=asked.get("reps"),
            weight=_in(unit, asked.get("weight"), asked_unit),
            assistance=_in(unit, asked.get("assistance"), asked_unit),
            rir=_reserve(asked.get("rpe"), asked.get("rir")),
            seconds=asked.get("duration_seconds"),
            reps_max=asked.get("reps_max"),
        ),
    )


def _in(unit: str, weight: str | None, given: str | None) -> Decimal | None:
    return None if weight is None else convert(Decimal(weight), given or "kg", unit)


def _reserve(rpe: str | None, rir: int | None) -> Decimal | None:
    if rpe is not None:
        return 10 - Decimal(rpe)
    return None if rir is None else Decimal(rir)


def _all(statement: str, values: Mapping[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())
