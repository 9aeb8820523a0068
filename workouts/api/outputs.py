"""How workouts look, on every door."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from fitai.common.problems import Invalid
from fitai.common.rendering import plain
from templates_app.api.outputs import enrolment
from workouts.api.batches import in_operation
from workouts.core.records import KINDS
from workouts.core.records import Record as CoreRecord
from workouts.core.shape import exercise_shape, record_shape, set_shape, workout_shape
from workouts.models import Record
from workouts.operations.next_step import NextDay, target
from workouts.operations.results import Applied, Result
from workouts.operations.store import Stored
from workouts.operations.summary import compare_with_last_time

Json = dict[str, Any]


def summaries(rows: Sequence[Mapping[str, Any]]) -> list[Json]:
    """Lines of the history, from stored totals."""
    return [summary(row) for row in rows]


def summary(row: Mapping[str, Any]) -> Json:
    """A line of the history."""
    return {
        "id": row["id"],
        "name": row["name"],
        "status": row["status"],
        "seq": row["seq"],
        "started_at": row["started_at"],
        "ended_at": row["ended_at"],
        "active_seconds": row["active_us"] // 1_000_000,
        "active_since": row["active_since"],
        "template_id": row["template_id"],
        "template_version": row["template_version"],
        "totals": {
            "sets": row["total_sets"],
            "reps": row["total_reps"],
            "volume_kg": plain(row["total_volume_kg"]),
            "duration_seconds": row["total_duration_seconds"],
            "distance_m": plain(row["total_distance_m"]),
        },
        "muscles": row["muscles"],
        "record_count": row["record_count"],
    }


def stored_shapes(stored: Sequence[Stored]) -> list[Json]:
    """Whole workouts with their records."""
    return [workout_shape(s.state, s.facts, records=grouped(s.records)) for s in stored]


def whole_rows(rows: Sequence[Mapping[str, Any]]) -> list[Json]:
    """Whole workouts of a page's rows."""
    return stored_shapes([row["stored"] for row in rows])


def applied_shape(applied: Applied) -> Json:
    """The whole workout after operations."""
    return workout_shape(applied.state, applied.facts, records=standing_records([applied.state.id]))


def standing_records(workout_ids: Sequence[UUID | str], **narrow: Any) -> dict[str, list[CoreRecord]]:
    """The records that sets of these workouts hold, by set."""
    rows = Record.objects.filter(workout_id__in=workout_ids, **narrow)
    return grouped(
        CoreRecord(kind, key, value, previous, str(set_id), str(workout_id))
        for kind, key, value, previous, set_id, workout_id in rows.values_list(
            "kind", "key", "value", "previous", "set_id", "workout_id"
        )
    )


def grouped(records: Iterable[CoreRecord]) -> dict[str, list[CoreRecord]]:
    """Records by the set that holds them, each set's in order."""
    found: dict[str, list[CoreRecord]] = {}
    for record in records:
        found.setdefault(record.set_id, []).append(record)
    return {set_id: in_order(held) for set_id, held in found.items()}


def in_order(records: Iterable[CoreRecord]) -> list[CoreRecord]:
    """Records as every answer lists them: by kind, then by set."""
    return sorted(records, key=lambda record: (KINDS.index(record.kind), record.set_id))


def flat_set(applied: Applied, set_id: str) -> Json:
    """A set after it was logged or edited: its fields, the records it holds, and the workout's `seq`."""
    item = applied.state.sets[set_id]
    entry = applied.state.exercises[item.workout_exercise_id]
    siblings = applied.state.shown_sets().get(entry.id, [])
    if entry.exercise_id in applied.refreshed:
        records = applied.records.get(set_id, [])
    else:
        records = standing_records([applied.state.id], set_id=set_id).get(set_id, [])
    position = next((number for number, sibling in enumerate(siblings) if sibling.id == set_id), 0)
    return {
        **set_shape(item, position, records=records),
        "exercise_id": entry.exercise_id,
        "seq": applied.state.seq,
    }


def removed_set(applied: Applied) -> Json:
    """What a deleted set took with it."""
    return {"records": [record_shape(record) for record in in_order(applied.withdrawn)], "seq": applied.state.seq}


def entry(applied: Applied, entry_id: str) -> Json:
    """An exercise of the workout after it was added or edited."""
    shown = applied.state.shown_exercises()
    position = next((number for number, item in enumerate(shown) if item.id == entry_id), 0)
    sets = applied.state.shown_sets().get(entry_id, [])
    held = standing_records([applied.state.id]) if sets else {}
    shape = exercise_shape(applied.state.exercises[entry_id], position, sets, records=held)
    return {**shape, "seq": applied.state.seq}


def batch(applied: Applied) -> Json:
    """The answer to a list of operations, one result each."""
    return {"seq": applied.state.seq, "results": [result_shape(result) for result in applied.results]}


def result_shape(result: Result) -> Json:
    shape: Json = {"op_id": result.op_id, "status": result.status, "seq": result.seq}
    if result.problem is not None:
        shape["problem"] = result.problem.document()
        if isinstance(result.problem, Invalid):
            shape["problem"]["errors"] = in_operation(result.problem)
    return shape


def next_shape(found: NextDay) -> Json:
    """What to do next in a plan."""
    entries = found.day.exercises
    needs = dict.fromkeys((entry.exercise_id, found.prescriptions[entry.id].need) for entry in entries)
    return {
        "template_id": found.followed.template_id,
        "version": found.followed.version,
        "round": found.place.round,
        "week": found.week.number,
        "day": {"id": found.day.id, "name": found.day.name},
        "position": found.position,
        "exercises": [
            {
                "id": entry.id,
                "exercise_id": entry.exercise_id,
                "name": found.exercises[entry.exercise_id][0].name,
                "superset": entry.superset,
                "substitutes": list(entry.substitutes),
                "sets": [{"kind": item.kind, **target(item)} for item in found.prescriptions[entry.id].sets],
                "why": found.prescriptions[entry.id].why,
            }
            for entry in entries
        ],
        "needs": [{"exercise_id": id, "what": what} for id, what in needs if what is not None],
        "enrolment": None if found.followed.enrolment is None else enrolment(found.followed.enrolment),
    }


def completed_shape(applied: Applied) -> Json:
    """The workout with its `summary`: totals, records, and how each exercise stands against last time."""
    shape = applied_shape(applied)
    records = [
        {"exercise_id": exercise["exercise_id"], "set_id": item["id"], **record}
        for exercise in shape["exercises"]
        for item in exercise["sets"]
        for record in item["records"]
    ]
    compared = compare_with_last_time(applied.user_id, applied.state)
    return {**shape, "summary": {"totals": shape["totals"], "records": records, "exercises": compared}}
