"""From rows to the core's state and back: one statement to load a workout, and only what changed to store it."""

import base64
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson
from django.db import connection

from exercises.querysets import VISIBLE
from fitai.common.actors import Actor
from fitai.common.problems import IdTaken
from fitai.common.rendering import dumps
from fitai.common.sql import Rows, upsert_together
from templates_app.querysets import VISIBLE as TEMPLATE_VISIBLE
from workouts.core.records import FORMULA_VERSION, Record
from workouts.core.shape import ExerciseFacts, body_weight_kg, measures, totals
from workouts.core.state import ExerciseState, Rest, SetState, WorkoutState
from workouts.models import Set, Workout, WorkoutExercise

# One row a workout, its tree as JSON arrays. Decimals travel as text, so that none becomes a float. Operations of the
# owner that have these ids, and rows of other workouts that have these ids, come along: the clock is locked before, so
# nothing of this person can change between the parts.
LOAD = """
SELECT w.id, w.user_id, w.name, w.notes, w.status, w.body_weight, w.body_weight_unit, w.template_id, w.template_version,
  w.started_at, w.ended_at, w.active_us, w.active_since, w.rest::text, w.deleted_at, w.created_at, w.seq,
  w.last_at, w.last_device, w.last_op, w.change_seq,
  (SELECT json_agg(json_build_array(e.id, e.exercise_id, e.rank, e.superset, e.notes, e.added, e.removed,
     x.tracking, x.bodyweight_share::text, x.primary_muscles))::text
   FROM workouts_workoutexercise e LEFT JOIN exercises_exercise x ON x.id = e.exercise_id WHERE e.workout_id = w.id),
  (SELECT json_agg(json_build_array(s.id, s.workout_exercise_id, s.rank, s.kind, s.reps, s.weight::text,
     s.assistance::text, s.weight_unit, s.rpe::text, s.rir, s.duration_seconds, s.distance::text, s.distance_unit,
     s.notes, s.target, s.completed, s.completed_at, s.added, s.removed))::text
   FROM workouts_set s WHERE s.workout_id = w.id),
  (SELECT json_agg(json_build_array(r.kind, r.key::text, r.value::text, r.previous::text, r.set_id))::text
   FROM workouts_record r WHERE r.workout_id = w.id)
FROM workouts_workout w WHERE
"""
# What the library offers no longer, though a plan that the actor sees or trains by asks for it, under this id or that
# of an exercise that was merged into it.
PLANNED = f"""(e.owner_id IS NULL OR e.owner_id = %(me)s OR e.status IN ('approved', 'archived'))
  AND EXISTS (SELECT FROM templates_app_template t LEFT JOIN templates_app_enrolment n
    ON n.template_id = t.id AND n.user_id = %(me)s AND n.status = 'active'
  JOIN templates_app_templateversion v ON v.template_id = t.id AND v.number = COALESCE(n.version, t.version)
  WHERE t.id = ANY(%(templates)s::uuid[]) AND (n.id IS NOT NULL OR {TEMPLATE_VISIBLE})
    AND jsonb_path_exists(v.tree,
      '$[*].days[*].exercises[*] ? (@.exercise_id == $ids[*] || @.substitutes[*] == $ids[*])',
      jsonb_build_object('ids',
        (SELECT jsonb_agg(x.id) FROM exercises_exercise x WHERE x.id = e.id OR x.merged_into_id = e.id))))"""  # noqa: S608  fixed pieces
# An id means the exercise that stands for it since it was merged. The lock keeps it from being merged before what is
# written down here is committed.
KNOWN = f"""
SELECT (SELECT json_agg(json_build_array(op_id, stream, seq, status, encode(digest, 'hex'), encode(answer, 'base64'),
          answer_status, created_at))::text FROM common_event WHERE user_id = %(me)s AND op_id = ANY(%(ops)s)),
       (SELECT json_agg(id)::text FROM (
          SELECT id FROM workouts_set WHERE id = ANY(%(new)s::uuid[]) AND workout_id <> %(workout)s
          UNION ALL
          SELECT id FROM workouts_workoutexercise WHERE id = ANY(%(new)s::uuid[]) AND workout_id <> %(workout)s) taken),
       (SELECT json_agg(json_build_array(named.id, e.id, e.tracking, e.bodyweight_share::text,
          e.primary_muscles))::text
        FROM (SELECT id, merged_into_id FROM exercises_exercise WHERE id = ANY(%(exercises)s::uuid[])
              ORDER BY id FOR KEY SHARE) named
        JOIN exercises_exercise e ON e.id = COALESCE(named.merged_into_id, named.id)
        WHERE ({VISIBLE}) OR {PLANNED}),
       (SELECT json_agg(json_build_array(t.id, t.version, n.version))::text
        FROM templates_app_template t LEFT JOIN templates_app_enrolment n
          ON n.template_id = t.id AND n.user_id = %(me)s AND n.status = 'active'
        WHERE t.id = ANY(%(templates)s::uuid[]) AND (n.id IS NOT NULL OR {TEMPLATE_VISIBLE}))
"""  # noqa: S608  fixed pieces; values are parameters
LOADED = 24  # columns of LOAD
# Both in one round trip: the person's workout, deleted or not, locked to the end of the transaction, and what is known.
LOAD_LOCKED = f"""
WITH stored({", ".join(f"c{number}" for number in range(LOADED))}) AS MATERIALIZED (
  {LOAD} w.id = %(workout)s AND w.user_id = %(me)s FOR UPDATE OF w)
SELECT known.*, stored.* FROM ({KNOWN}) known(ops, taken, facts, followed) LEFT JOIN stored ON true
"""  # noqa: S608  as above
LOAD_LOCKED = " ".join(LOAD_LOCKED.split())  # psycopg reads what is longer than 4,096 letters anew each time


@dataclass(frozen=True, slots=True)
class Exercise(ExerciseFacts):
    """What a workout's numbers and its summary need to know of an exercise."""

    muscles: tuple[str, ...] = ()


@dataclass(slots=True)
class Stored:
    """A workout as its rows have it."""

    user_id: UUID
    change_seq: int
    state: WorkoutState
    facts: dict[str, Exercise] = field(default_factory=dict)
    deleted_at: datetime | None = None
    records: list[Record] = field(default_factory=list)
    """Those that its sets hold."""
    whole: bool = True
    """False where it is reduced to what guests see."""

    @property
    def performed_at(self) -> datetime:
        return performed_at(self.state)


def performed_at(state: WorkoutState) -> datetime:
    """The workout's place in the history: its start, or its creation while it has none."""
    moment = state.started_at or state.created_at
    assert moment is not None  # noqa: S101  every stored workout was created
    return moment


def load(condition: str, params: Sequence[Any] | Mapping[str, Any], *, suffix: str = "") -> list[Stored]:
    """The workouts for which `condition` (SQL over `w`, ours) holds."""
    with connection.cursor() as cursor:
        cursor.execute(f"{LOAD} {condition} {suffix}", params)
        return [_stored(row) for row in cursor.fetchall()]


def _stored(row: Sequence[Any]) -> Stored:
    (
        id, user_id, name, notes, status, body_weight, body_weight_unit, template_id, template_version,
        started_at, ended_at, active_us, active_since, rest, deleted_at, created_at, seq,
        last_at, last_device, last_op, change_seq, exercises, sets, records,
    ) = row  # fmt: skip
    facts: dict[str, Exercise] = {}
    entries: dict[str, ExerciseState] = {}
    for entry, exercise_id, rank, superset, entry_notes, added, removed, tracking, share, muscles in _rows(exercises):
        entries[entry] = ExerciseState(entry, exercise_id, rank, superset, entry_notes, added, removed)
        if exercise_id is not None and exercise_id not in facts:
            facts[exercise_id] = Exercise(tracking, Decimal(share), tuple(muscles))
    state = WorkoutState(
        id=str(id),
        name=name,
        notes=notes,
        status=status,
        body_weight=body_weight,
        body_weight_unit=body_weight_unit,
        template_id=None if template_id is None else str(template_id),
        template_version=template_version,
        started_at=started_at,
        ended_at=ended_at,
        active_us=active_us,
        active_since=active_since,
        rest=_rest(rest),
        deleted=deleted_at is not None,
        created_at=created_at,
        seq=seq,
        last_stamp=(last_at, last_device, last_op),
        exercises=entries,
        sets={item[0]: _set_state(item) for item in _rows(sets)},
    )
    held = [
        Record(kind, _decimal(key), Decimal(value), _decimal(previous), set_id, state.id)
        for kind, key, value, previous, set_id in _rows(records)
    ]
    return Stored(user_id, change_seq, state, facts, deleted_at, held)


def _rest(stored: str | None) -> Rest | None:
    if stored is None:
        return None
    rest = orjson.loads(stored)
    return Rest(rest["set_id"], rest["seconds"], datetime.fromisoformat(rest["ends_at"]), rest["op_id"])


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _set_state(item: list[Any]) -> SetState:
    for index in (5, 6, 8, 11):
        if item[index] is not None:
            item[index] = Decimal(item[index])
    if item[14] is not None:
        item[14] = {
            name: Decimal(value) if name in ("weight", "assistance", "rpe", "distance") else value
            for name, value in item[14].items()
        }
    if item[16] is not None:
        item[16] = datetime.fromisoformat(item[16])
    return SetState(*item)


# ── What is known of operations and ids ──────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class KnownOp:
    """An operation that was accepted before, and what it was answered."""

    stream: str
    seq: int
    status: str
    digest: bytes
    answer: bytes | None
    answer_status: int | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class KnownTemplate:
    """A template that somebody sees or trains by: its current version, and the one they are enrolled in."""

    version: int
    enrolled: int | None


@dataclass(frozen=True, slots=True)
class Known:
    """What the database knows of things that a call names."""

    ops: dict[str, KnownOp]
    """Operations of this person accepted before, by id."""
    taken: frozenset[str]
    """Ids that belong to nodes of other workouts."""
    facts: dict[str, Exercise]
    """Exercises that the actor can see."""
    merged: dict[str, str]
    """Ids that were named, of exercises for which others of these stand since they were merged."""
    templates: dict[str, KnownTemplate]


def load_locked(
    actor: Actor,
    workout_id: UUID,
    *,
    op_ids: Sequence[str],
    new_ids: Sequence[str],
    exercises: Collection[str],
    templates: Collection[str] = (),
) -> tuple[Stored | None, Known]:
    """The person's workout, deleted or not, locked to the end of the transaction, and what the database knows of the
    things that a call names: one statement."""
    params: dict[str, Any] = {
        "me": actor.user_id,
        "workout": workout_id,
        "ops": list(op_ids),
        "new": list(new_ids),
        "exercises": list(exercises),
        "templates": list(templates),
    }
    with connection.cursor() as cursor:
        cursor.execute(LOAD_LOCKED, params)
        ops, taken, facts, followed, *row = cursor.fetchone()
    return None if row[0] is None else _stored(row), _known(ops, taken, facts, followed)


def _known(ops: str | None, taken: str | None, facts: str | None, followed: str | None) -> Known:
    known = {}
    for op_id, stream, seq, status, digest, answer, answer_status, created_at in _rows(ops):
        body = None if answer is None else base64.b64decode(answer)
        known[op_id] = KnownOp(
            stream, seq, status, bytes.fromhex(digest), body, answer_status, datetime.fromisoformat(created_at)
        )
    offered, merged = {}, {}
    for named, id, tracking, share, muscles in _rows(facts):
        offered[id] = Exercise(tracking, Decimal(share), tuple(muscles))
        if named != id:
            merged[named] = id
    plans = {id: KnownTemplate(version, enrolled) for id, version, enrolled in _rows(followed)}
    return Known(known, frozenset(_rows(taken)), offered, merged, plans)


def _rows(aggregated: str | None) -> list[Any]:
    return orjson.loads(aggregated) if aggregated else []


# ── Storing ──────────────────────────────────────────────────────────────────────────────────────

WORKOUT_COLUMNS = (
    "id", "user_id", "name", "notes", "status", "template_id", "template_version", "started_at", "ended_at",
    "active_us", "active_since", "body_weight", "body_weight_unit", "rest", "total_sets", "total_reps",
    "total_volume_kg", "total_duration_seconds", "total_distance_m", "muscles", "seq", "change_seq",
    "last_at", "last_device", "last_op", "created_at", "performed_at", "touched_at", "deleted_at",
)  # fmt: skip
EXERCISE_COLUMNS = ("id", "workout_id", "exercise_id", "rank", "superset", "notes", "added", "removed")
SET_COLUMNS = (
    "id", "workout_id", "workout_exercise_id", "rank", "kind", "reps", "weight", "assistance", "weight_unit", "rpe",
    "rir", "duration_seconds", "distance", "distance_unit", "notes", "target", "completed", "completed_at", "added",
    "removed",
    "user_id", "exercise_id", "performed_at", "shows", "load_kg", "weight_kg", "assistance_kg", "distance_m",
)  # fmt: skip
RECORD_COLUMNS = (
    "user_id", "exercise_id", "kind", "key", "value", "previous", "set_id", "workout_id", "performed_at",
    "formula_version",
)  # fmt: skip
RECORD_FIELDS = (
    "kind", "reps", "weight", "assistance", "weight_unit", "rpe", "rir", "duration_seconds", "distance",
    "distance_unit", "completed", "completed_at",
)  # fmt: skip


@dataclass(slots=True)
class Changes:
    """What storing found to be different, for what depends on it."""

    exercises: set[str] = field(default_factory=set)
    """Ids of the exercises whose records may have changed."""


def save(
    user_id: UUID,
    before: WorkoutState | None,
    after: WorkoutState,
    facts: Mapping[str, Exercise],
    *,
    change_seq: int,
    now: datetime,
    deleted_at: datetime | None = None,
) -> Changes:
    """Write the rows in which `after` differs from `before`, in one statement; the workout's own row is written each
    time, and keeps the moment of its deletion. Raises IdTaken where a row of that id is somebody else's."""
    changes = Changes()
    entries_before = before.exercises if before is not None else {}
    sets_before = before.sets if before is not None else {}
    moved = before is not None and performed_at(before) != performed_at(after)
    reloaded = before is not None and body_weight_kg(before) != body_weight_kg(after)
    vanished = before is not None and before.deleted != after.deleted

    changed_entries = {
        id: entry
        for id, entry in after.exercises.items()
        if (known := entries_before.get(id)) is not entry and known != entry
    }
    everything = moved or reloaded or vanished
    changed_sets = []
    for id, item in after.sets.items():
        old = sets_before.get(id)
        if everything or item.workout_exercise_id in changed_entries or (old is not item and old != item):
            changed_sets.append(item)
            entry = after.exercises[item.workout_exercise_id]
            old_entry = entries_before.get(item.workout_exercise_id)
            if everything or _counts_differently(old, old_entry, item, entry):
                changes.exercises.update(e.exercise_id for e in (entry, old_entry) if e and e.exercise_id)

    row = workout_row(user_id, after, facts, change_seq, now, deleted_at)
    entries = [
        (e.id, after.id, e.exercise_id, e.rank, e.superset, e.notes, e.added, e.removed)
        for e in changed_entries.values()
    ]
    own = upsert_together(
        [
            Rows(Workout, WORKOUT_COLUMNS, [row], same="user_id"),
            Rows(WorkoutExercise, EXERCISE_COLUMNS, entries, same="workout_id"),
            Rows(Set, SET_COLUMNS, set_rows(user_id, after, changed_sets, facts), same="workout_id"),
        ]
    )
    if not own:  # somebody else may have taken a chosen id since it was looked up
        raise IdTaken()
    return changes


def _counts_differently(
    old: SetState | None, old_entry: ExerciseState | None, new: SetState, entry: ExerciseState
) -> bool:
    """Whether the change of a set can change anybody's records."""
    counted = old is not None and old_entry is not None and old.completed and _shows(old, old_entry)
    counts = new.completed and _shows(new, entry)
    if not counts:
        return counted
    if not counted or old is None or old_entry is None:
        return True
    if (old_entry.exercise_id, old_entry.rank) != (entry.exercise_id, entry.rank):
        return True
    return any(getattr(old, name) != getattr(new, name) for name in RECORD_FIELDS)


def _shows(item: SetState, entry: ExerciseState) -> bool:
    return item.added and not item.removed and entry.shows


def set_rows(
    user_id: UUID, state: WorkoutState, sets: Iterable[SetState], facts: Mapping[str, Exercise]
) -> list[tuple[Any, ...]]:
    """The rows of `workouts_set` for these sets."""
    weighed, performed = body_weight_kg(state), performed_at(state)

    def row(s: SetState) -> tuple[Any, ...]:
        entry = state.exercises[s.workout_exercise_id]
        share = facts[entry.exercise_id].bodyweight_share if entry.exercise_id else Decimal(0)
        m = measures(s, share, weighed)
        return (
            s.id, state.id, s.workout_exercise_id, s.rank, s.kind, s.reps, s.weight, s.assistance, s.weight_unit,
            s.rpe, s.rir, s.duration_seconds, s.distance, s.distance_unit, s.notes,
            None if s.target is None else dumps(s.target).decode(), s.completed, s.completed_at, s.added, s.removed,
            user_id, entry.exercise_id, performed, _shows(s, entry) and not state.deleted,
            m.load_kg, m.weight_kg, m.assistance_kg, m.distance_m,
        )  # fmt: skip

    return [row(item) for item in sets]


def workout_row(
    user_id: UUID,
    state: WorkoutState,
    facts: Mapping[str, Exercise],
    change_seq: int,
    now: datetime,
    deleted_at: datetime | None = None,
) -> tuple[Any, ...]:
    """The row of `workouts_workout` for this state."""
    sums, rest = totals(state, facts), state.rest
    assert state.last_stamp is not None  # noqa: S101  every stored workout was created
    return (
        state.id, user_id, state.name, state.notes, state.status, state.template_id, state.template_version,
        state.started_at, state.ended_at, state.active_us, state.active_since,
        state.body_weight, state.body_weight_unit,
        None if rest is None else dumps(
            {"set_id": rest.set_id, "seconds": rest.seconds, "ends_at": rest.ends_at, "op_id": rest.op_id}
        ).decode(),
        sums.sets, sums.reps, sums.volume_kg, sums.duration_seconds, sums.distance_m, muscles(state, facts),
        state.seq, change_seq, *state.last_stamp, state.created_at, performed_at(state), now,
        (deleted_at or now) if state.deleted else None,
    )  # fmt: skip


def muscles(state: WorkoutState, facts: Mapping[str, Exercise]) -> list[str]:
    """The primary muscles of what was done, in the order of the workout."""
    trained = {item.workout_exercise_id for item in state.sets.values() if item.completed and not item.removed}
    found: dict[str, None] = {}
    for entry in state.shown_exercises():
        if entry.id in trained and entry.exercise_id:
            found.update(dict.fromkeys(facts[entry.exercise_id].muscles))
    return list(found)


def record_row(user_id: UUID, exercise_id: str, record: Record, performed: datetime) -> tuple[Any, ...]:
    """The row of `workouts_record` for a record."""
    return (
        user_id, exercise_id, record.kind, record.key, record.value, record.previous, record.set_id, record.workout_id,
        performed, FORMULA_VERSION,
    )  # fmt: skip


def existing(workout_id: UUID) -> bool:
    """Whether any person has a workout of this id."""
    return Workout.objects.filter(pk=workout_id).exists()
