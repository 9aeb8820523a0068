"""What an accepted operation changes. The state of a workout is nothing but the fold of its events in their order.

Every field is a register in which the later stamp wins; because events are folded in the order of their stamps, that
falls out of writing one after the other. The presence of a node is such a register too: an edit brings back what an
earlier operation removed. An edit folded before its add makes a placeholder, which is not shown until the add.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from workouts.core.lifecycle import ABANDONED, COMPLETED, ENDED, IN_PROGRESS, PLANNED, TRANSITIONS
from workouts.core.operations import Event, Op, Payload
from workouts.core.state import ExerciseState, Rest, SetState, Stamp, WorkoutState, visible

_REMOVALS: Final = frozenset({"exercise.remove", "set.remove"})
_MICROSECOND: Final = timedelta(microseconds=1)

_WORKOUT_FIELDS: Final = ("name", "notes", "template_id", "template_version", "body_weight", "body_weight_unit")
_EXERCISE_FIELDS: Final = frozenset({"exercise_id", "rank", "superset", "notes"})
_SET_FIELDS: Final = frozenset(
    {
        "rank",
        "reps",
        "weight",
        "assistance",
        "weight_unit",
        "rpe",
        "rir",
        "duration_seconds",
        "distance",
        "distance_unit",
        "notes",
        "target",
    }
)


def evolve(state: WorkoutState | None, event: Op, *, in_place: bool = False) -> WorkoutState:
    """The workout after one more event.

    `state` is None before the first one. With `in_place` the given workout itself is changed and returned, which
    spares copying its two dictionaries; its nodes are replaced, never changed, so an earlier `copy()` stays as it was.
    """
    if state is None:
        after = WorkoutState(id="")
    else:
        after = state if in_place else state.copy()
    fold = _FOLDS.get(event.type)
    if fold is not None:
        fold(after, event)
    elif event.type in TRANSITIONS:
        _transit(after, event)
    if event.type != "cue" and "merged_from" not in event.payload:
        stamp = event.stamp
        if after.last_stamp is None or stamp > after.last_stamp:
            after.last_stamp = stamp
    if isinstance(event, Event) and event.seq > after.seq:
        after.seq = event.seq
    return after


def replay(events: Iterable[Op], *, until: Stamp | None = None) -> WorkoutState:
    """The workout its events make, in whatever order they are given; with `until`, as it stood before that stamp.

    Its `seq` is the highest of the events folded, so whoever leaves out cues, which change nothing else, must keep the
    higher of this and the number known.
    """
    state = WorkoutState(id="")
    for event in sorted(events, key=_stamp):
        if until is not None and event.stamp >= until:
            break
        evolve(state, event, in_place=True)
    return state


def is_naive(before: WorkoutState | None, events: Sequence[Op], after: WorkoutState) -> bool:
    """Whether a client that knows only what `before` shows, and folds these events one by one as they come, sees
    exactly what `after` shows.

    It does not when one came late and lost, brought back what a snapshot no longer holds, or ended the workout at
    another moment than its own; then it needs a fresh snapshot. Such a client forgets what it no longer shows, passes
    over edits of what it does not know, lets a `rest.end` stop whatever rest it counts, and never moves an end.
    """
    known = None if before is None else visible(before)
    forgets = any(event.type in _REMOVALS for event in events)
    for event in events:
        ended_at = None if known is None else known.ended_at
        known = evolve(known, event, in_place=known is not None)
        known.last_stamp = None
        if ended_at is not None and ended_at != known.ended_at:
            return False
        if forgets:
            known = visible(known)
    return known is None or visible(known).shows_like(visible(after))


def _stamp(event: Op) -> Stamp:
    return event.stamp


def _transit(state: WorkoutState, event: Op) -> None:
    """Move the workout through its lifecycle, or skip what is impossible where it stands.

    An abandoned workout ended with the last operation before: the idle hours until the clean-up found it are neither
    training nor part of it. One that was given up (cancelled or abandoned) and is completed after all keeps its active
    time and its end, or ends with the last of its sets where one was done since.
    """
    status = TRANSITIONS[event.type].get(state.status)
    if status is None:
        return
    at = _last_sign_of_life(state, event) if status == ABANDONED else event.at
    if state.active_since is not None:
        state.active_us += max(0, (at - state.active_since) // _MICROSECOND)
        state.active_since = None
    state.status = status
    if status == IN_PROGRESS:
        state.active_since = at
        if state.started_at is None:
            state.started_at = at
    elif status in ENDED:
        state.rest = None
        if state.ended_at is None:
            state.ended_at = at
        elif status == COMPLETED:
            done = (item.completed_at for item in state.in_order() if item.completed_at is not None)
            state.ended_at = max([state.ended_at, *done])


def _last_sign_of_life(state: WorkoutState, event: Op) -> datetime:
    """When the last operation before this one happened; by this one's own time where only a snapshot is known."""
    if state.last_stamp is None:
        return event.at
    last = state.last_stamp[0]
    return last if state.started_at is None else max(last, state.started_at)


def _create(state: WorkoutState, event: Op) -> None:
    payload = event.payload
    state.id = payload["id"]
    state.created_at = event.at
    _write_workout(state, payload)
    started, ended = payload.get("started_at"), payload.get("ended_at")
    done_at = event.at
    if started is not None and ended is not None:
        done_at = ended
        state.status = COMPLETED
        state.started_at = started
        state.ended_at = ended
        state.active_us = (ended - started) // _MICROSECOND
        state.active_since = None
        state.rest = None
    elif started is not None and state.status == PLANNED:
        state.status = IN_PROGRESS
        state.started_at = started
        state.active_since = started
    for planned in payload.get("exercises", ()):
        exercise = _exercise(state, planned["id"])
        exercise.added = True
        _write_exercise(exercise, planned)
        for item in planned.get("sets", ()):
            added = _set(state, item["id"], exercise.id)
            added.added = True
            _write_set(added, item, done_at)


def _delete(state: WorkoutState, event: Op) -> None:
    state.deleted = True
    state.rest = None


def _restore(state: WorkoutState, event: Op) -> None:
    state.deleted = False


def _update(state: WorkoutState, event: Op) -> None:
    _write_workout(state, event.payload)


def _add_exercise(state: WorkoutState, event: Op) -> None:
    exercise = _exercise(state, event.payload["id"])
    exercise.added = True
    _write_exercise(exercise, event.payload)


def _edit_exercise(state: WorkoutState, event: Op) -> None:
    if "merged_from" in event.payload:
        _follow_merge(state, event)
        return
    _write_exercise(_exercise(state, event.payload["id"]), event.payload)


def _follow_merge(state: WorkoutState, event: Op) -> None:
    """The library made two exercises one. Nobody edited the entry: it does not come back if it was removed, and stays
    what somebody has made of it since. It is no sign of life, and folds the same before or after what comes late, as
    nothing is accepted with the old id any more."""
    known = state.exercises.get(event.payload["id"])
    if known is not None and known.exercise_id == event.payload["merged_from"]:
        followed = state.exercises[known.id] = known.copy()
        followed.exercise_id = event.payload["exercise_id"]


def _remove_exercise(state: WorkoutState, event: Op) -> None:
    exercise = _exercise(state, event.payload["id"])
    exercise.removed = True
    for item in [s for s in state.sets.values() if s.workout_exercise_id == exercise.id and not s.removed]:
        _set_of(state, item).removed = True


def _add_set(state: WorkoutState, event: Op) -> None:
    payload = event.payload
    parent = payload["workout_exercise_id"]
    exercise_id = payload.get("exercise_id")
    if exercise_id is None:
        _bring_back(state, parent)
    else:
        exercise = _exercise(state, parent)
        exercise.added = True
        if exercise.exercise_id is None:
            exercise.exercise_id = exercise_id
        if not exercise.rank:
            exercise.rank = payload.get("exercise_rank", "")
    added = _set(state, payload["id"], parent)
    added.added = True
    _write_set(added, payload, event.at)


def _edit_set(state: WorkoutState, event: Op) -> None:
    payload = event.payload
    _bring_back(state, payload["workout_exercise_id"])
    _write_set(_set(state, payload["id"], payload["workout_exercise_id"]), payload, event.at)


def _remove_set(state: WorkoutState, event: Op) -> None:
    payload = event.payload
    _bring_back(state, payload["workout_exercise_id"])
    _set(state, payload["id"], payload["workout_exercise_id"]).removed = True


def _start_rest(state: WorkoutState, event: Op) -> None:
    if state.deleted:  # by an operation that came late: a deleted workout rests no more
        return
    seconds = event.payload["seconds"]
    state.rest = Rest(event.payload.get("set_id"), seconds, event.at + timedelta(seconds=seconds), event.op_id)


def _stop_rest(state: WorkoutState, event: Op) -> None:
    state.rest = None


def _end_rest(state: WorkoutState, event: Op) -> None:
    # A snapshot does not say which operation set the timer: what is known only from there ends with any end.
    if state.rest is not None and state.rest.op_id in ("", event.payload["start_op_id"]):
        state.rest = None


_FOLDS: Final[dict[str, Callable[[WorkoutState, Op], None]]] = {
    "workout.create": _create,
    "workout.delete": _delete,
    "workout.restore": _restore,
    "workout.update": _update,
    "exercise.add": _add_exercise,
    "exercise.move": _edit_exercise,
    "exercise.update": _edit_exercise,
    "exercise.remove": _remove_exercise,
    "set.add": _add_set,
    "set.update": _edit_set,
    "set.remove": _remove_set,
    "rest.start": _start_rest,
    "rest.stop": _stop_rest,
    "rest.end": _end_rest,
}


def _exercise(state: WorkoutState, id: str) -> ExerciseState:
    """A copy of the entry to write to, present again or new, standing in the workout in its place."""
    known = state.exercises.get(id)
    exercise = ExerciseState(id) if known is None else known.copy()
    exercise.removed = False
    state.exercises[id] = exercise
    return exercise


def _bring_back(state: WorkoutState, id: str) -> None:
    known = state.exercises.get(id)
    if known is None or known.removed:
        _exercise(state, id)


def _set(state: WorkoutState, id: str, parent: str) -> SetState:
    """A copy of the set to write to, present again or new, standing in the workout in its place."""
    known = state.sets.get(id)
    if known is not None:
        return _set_of(state, known)
    item = state.sets[id] = SetState(id, parent)
    return item


def _set_of(state: WorkoutState, known: SetState) -> SetState:
    item = state.sets[known.id] = known.copy()
    item.removed = False
    return item


def _write_workout(state: WorkoutState, payload: Payload) -> None:
    for name in _WORKOUT_FIELDS:
        if name in payload:
            setattr(state, name, payload[name])


def _write_exercise(exercise: ExerciseState, payload: Payload) -> None:
    for name in _EXERCISE_FIELDS:
        if name in payload:
            setattr(exercise, name, payload[name])


def _write_set(item: SetState, payload: Payload, at: datetime) -> None:
    for name, value in payload.items():
        if name in _SET_FIELDS:
            setattr(item, name, value)
    if "kind" in payload:
        item.kind = payload["kind"] or "working"
    if payload.get("rpe") is not None:
        item.rir = None
    elif payload.get("rir") is not None:
        item.rpe = None
    completed: Any = payload.get("completed")
    if completed is not None and completed != item.completed:
        item.completed = completed
        item.completed_at = at if completed else None


__all__ = ["evolve", "is_naive", "replay"]
