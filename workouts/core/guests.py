"""What of a workout guests see: people who train along in a group, and those it is shared with.

They see the training: exercises, sets, effort, rest, records. Notes, what the person weighed, the plan behind it and
what a coach says stay with the owner and their coach, and so does every number that would give the body weight away:
volumes are those of the implement alone, and no record is shown that counts the body in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Final, TypeVar

from workouts.core.records import Record
from workouts.core.shape import UNKNOWN, ExerciseFacts
from workouts.core.state import ExerciseState, SetState, WorkoutState

SHOWN: Final = frozenset(
    {
        "id",
        "name",
        "started_at",
        "ended_at",
        "exercises",
        "exercise_id",
        "exercise_rank",
        "merged_from",
        "rank",
        "superset",
        "sets",
        "workout_exercise_id",
        "kind",
        "reps",
        "weight",
        "assistance",
        "weight_unit",
        "rpe",
        "rir",
        "duration_seconds",
        "distance",
        "distance_unit",
        "completed",
        "target",
        "seconds",
        "set_id",
        "start_op_id",
    }
)
"""Members of payloads, at any depth; a target is shown whole."""
HIDDEN: Final = frozenset({"notes", "body_weight", "body_weight_unit", "template_id", "template_version"})
"""The others: a test finds each member that an operation may have in one of the two."""
_WITHOUT_BODY: Final = frozenset({"reps_at_weight", "time", "distance", "pace"})
"""Kinds of records that do not count the body weight in."""

Node = TypeVar("Node", ExerciseState, SetState)


def guest_state(state: WorkoutState) -> WorkoutState:
    """The workout as its events make it for a guest."""
    seen = state.copy()
    seen.notes = seen.body_weight = seen.body_weight_unit = seen.template_id = seen.template_version = None
    seen.exercises = {id: _without_notes(entry) for id, entry in state.exercises.items()}
    seen.sets = {id: _without_notes(item) for id, item in state.sets.items()}
    return seen


def _without_notes(node: Node) -> Node:
    if node.notes is None:
        return node
    seen = node.copy()
    seen.notes = None
    return seen


def guest_event(event: Mapping[str, Any]) -> dict[str, Any]:
    """An event as a guest is told of it. None is left out, so that no number is missing."""
    payload = {} if event["type"] == "cue" else _shown(event["payload"])
    return {**event, "payload": payload}


def _shown(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: member if name == "target" else _shown(member) for name, member in value.items() if name in SHOWN}
    return [_shown(item) for item in value] if isinstance(value, list) else value


def guest_records(records: Iterable[Record], state: WorkoutState, facts: Mapping[str, ExerciseFacts]) -> list[Record]:
    """The records of a workout that a guest sees; what they beat was done in other workouts."""
    seen = []
    for record in records:
        item = state.sets.get(record.set_id)
        entry = None if item is None else state.exercises.get(item.workout_exercise_id)
        known = facts.get(entry.exercise_id or "", UNKNOWN) if entry is not None else UNKNOWN
        if not known.bodyweight_share or record.kind in _WITHOUT_BODY:
            seen.append(replace(record, previous=None))
    return seen
