"""Operations of every type, accepted and refused, with what becomes of them: the same whichever door they come through.

A word that begins with `@` stands for an id: `@w` for the workout, `@a` and `@b` for its entries, `@s` and `@t` for the
sets of `@a`, others for ids that are new.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from tests.workouts.gym import BENCH, PULL_UP, SQUAT, UNKNOWN, Json

Faults = tuple[tuple[str, str], ...]

AT: Final = "2026-03-02T18:00:00Z"
EARLIER: Final = "2026-03-02T17:59:00Z"
WORLD: Final[tuple[tuple[str, Json], ...]] = (
    ("workout.create", {"id": "@w", "name": "Push"}),
    ("exercise.add", {"id": "@a", "exercise_id": BENCH}),
    ("exercise.add", {"id": "@b", "exercise_id": SQUAT}),
    ("set.add", {"id": "@s", "workout_exercise_id": "@a", "notes": "still to do"}),
    ("set.add", {"id": "@t", "workout_exercise_id": "@a", "kind": "warmup", "reps": 4, "rpe": 8}),
)
"""What each workout begins with; then come the operations that `lead` to the case."""


@dataclass(frozen=True, slots=True)
class Case:
    """An operation, and its faults as pointers into it. `impossible` is what the workout's status does not allow: a
    live call is refused, of a batch it is stored without effect."""

    type: Any
    payload: Any
    lead: tuple[str, ...] = ("start",)
    faults: Faults = ()
    impossible: bool = False
    missing: bool = False
    """The id that a simple address would have in its path names nothing: 404 there."""

    def __str__(self) -> str:
        return f"{'+'.join(self.lead)} {self.type} {self.payload}"[:160]


def _refused(type: Any, payload: Any, pointer: str, code: str, **more: Any) -> Case:
    return Case(type, payload, faults=((pointer, code),), **more)


_FIELDS: Final = {"id": "@n", "workout_exercise_id": "@a"}
ACCEPTED: Final = (
    Case("workout.start", {}, lead=()),
    Case("workout.pause", {}),
    Case("workout.resume", {}, lead=("start", "pause")),
    Case("workout.complete", {}),
    Case("workout.complete", {}, lead=("start", "cancel")),
    Case("workout.cancel", {}, lead=("start", "pause")),
    Case("workout.update", {"name": "Pull", "notes": None, "body_weight": 80.5, "body_weight_unit": "kg"}),
    Case("workout.delete", {}),
    Case("workout.restore", {}, lead=("start", "delete")),
    Case("exercise.add", {"id": "@n", "exercise_id": PULL_UP}),
    Case("exercise.add", {"id": "@n", "exercise_id": PULL_UP, "after": None}, lead=("start", "complete")),
    Case("exercise.move", {"id": "@b", "rank": "Zz"}),
    Case("exercise.move", {"id": "@a", "after": "@b"}),
    Case("exercise.update", {"id": "@a", "exercise_id": PULL_UP, "notes": "slow", "superset": 1}),
    Case("exercise.remove", {"id": "@a"}),
    Case("set.add", {**_FIELDS, "kind": "warmup", "reps": 10, "weight": "45", "weight_unit": "lb", "rir": 3}),
    Case("set.add", {"id": "@n", "exercise_id": PULL_UP, "assistance": 12.5}),
    Case("set.add", {"id": "@n", "workout_exercise_id": "@b", "distance": "0.25", "distance_unit": "mi"}),
    Case("set.update", {"id": "@s", "reps": 6, "notes": "good", "completed": False}),
    Case("set.update", {"id": "@t", "weight": 90, "rpe": None}),
    Case("set.remove", {"id": "@s"}),
    Case("rest.start", {"seconds": 3600, "set_id": "@s"}),
    Case("rest.stop", {}),
)
IMPOSSIBLE: Final = (
    Case("workout.start", {}, impossible=True),
    Case("workout.pause", {}, lead=(), impossible=True),
    Case("workout.resume", {}, impossible=True),
    Case("workout.complete", {}, lead=(), impossible=True),
    Case("workout.complete", {}, lead=("start", "complete"), impossible=True),
    Case("workout.cancel", {}, lead=("start", "complete"), impossible=True),
)
SET_FAULTS: Final[tuple[tuple[Json, Faults], ...]] = (
    ({"reps": 1001}, (("/reps", "max_value"),)),
    ({"reps": True}, (("/reps", "invalid"),)),
    ({"reps": "5"}, (("/reps", "invalid"),)),
    ({"weight": "1500.001"}, (("/weight", "max_value"),)),
    ({"weight": 3306.94, "weight_unit": "lb"}, (("/weight", "max_value"),)),
    ({"weight": "-1"}, (("/weight", "min_value"),)),
    ({"weight": "1.0001"}, (("/weight", "max_decimal_places"),)),
    ({"weight": "NaN"}, (("/weight", "invalid"),)),
    ({"weight": "ten"}, (("/weight", "invalid"),)),
    ({"weight": 5, "weight_unit": "stone"}, (("/weight_unit", "invalid_choice"),)),
    ({"rpe": 8.3}, (("/rpe", "invalid"),)),
    ({"rpe": 10.5}, (("/rpe", "max_value"),)),
    ({"rpe": 8, "rir": 2}, (("/rir", "invalid"),)),
    ({"rir": 11}, (("/rir", "max_value"),)),
    ({"duration_seconds": 86401}, (("/duration_seconds", "max_value"),)),
    ({"distance": "1000.001", "distance_unit": "km"}, (("/distance", "max_value"),)),
    ({"kind": "superset"}, (("/kind", "invalid_choice"),)),
    ({"completed": "yes"}, (("/completed", "invalid"),)),
    ({"position": 0}, (("/position", "unknown_field"),)),
    ({"weight_kg": "100"}, (("/weight_kg", "unknown_field"),)),
    ({"records": []}, (("/records", "unknown_field"),)),
    ({"id": "first"}, (("/id", "invalid"),)),
    ({"exercise_id": BENCH}, (("/exercise_id", "invalid"),)),
    ({"rank": "a0", "after": None}, (("/after", "invalid"),)),
    ({"after": UNKNOWN}, (("/after", "not_found"),)),
    ({"notes": "x" * 4001, "reps": -1}, (("/notes", "max_length"), ("/reps", "min_value"))),
)
REFUSED: Final = (
    _refused("workout.abandon", {}, "/type", "unknown_type"),
    _refused("rest.end", {"start_op_id": "x"}, "/type", "unknown_type"),
    _refused("cue", {"text": "push!"}, "/type", "unknown_type"),
    _refused("set.explode", {}, "/type", "unknown_type"),
    _refused("workout.start", {"at": "now"}, "/payload/at", "unknown_field"),
    _refused("workout.update", {"type": "none"}, "/payload/type", "unknown_field"),
    _refused("workout.update", {"status": "completed"}, "/payload/status", "unknown_field"),
    _refused("workout.update", {"name": "x" * 201}, "/payload/name", "max_length"),
    _refused("workout.update", {"body_weight": 19, "body_weight_unit": "kg"}, "/payload/body_weight", "min_value"),
    _refused("exercise.add", {}, "/payload/exercise_id", "required"),
    _refused("exercise.add", {"exercise_id": UNKNOWN}, "/payload/exercise_id", "not_found"),
    _refused("exercise.add", {"exercise_id": "bench"}, "/payload/exercise_id", "invalid"),
    _refused("exercise.add", {"exercise_id": BENCH, "after": UNKNOWN}, "/payload/after", "not_found"),
    _refused("exercise.add", {"exercise_id": BENCH, "rank": "!"}, "/payload/rank", "invalid"),
    _refused("exercise.add", {"exercise_id": BENCH, "rank": "a0", "after": None}, "/payload/after", "invalid"),
    _refused("exercise.add", {"exercise_id": BENCH, "sets": []}, "/payload/sets", "unknown_field"),
    _refused("exercise.move", {"id": UNKNOWN, "rank": "a0"}, "/payload/id", "not_found"),
    _refused("exercise.move", {"id": "@a"}, "/payload/rank", "required"),
    _refused("exercise.update", {"id": UNKNOWN, "notes": "x"}, "/payload/id", "not_found", missing=True),
    _refused("exercise.update", {"id": "@a", "superset": 100}, "/payload/superset", "max_value"),
    _refused("exercise.update", {"id": "@a", "exercise_id": UNKNOWN}, "/payload/exercise_id", "not_found"),
    _refused("exercise.remove", {"id": UNKNOWN}, "/payload/id", "not_found", missing=True),
    _refused("set.add", {"id": "@n", "reps": 5}, "/payload/workout_exercise_id", "required"),
    _refused("set.add", {"exercise_id": UNKNOWN, "reps": 1}, "/payload/exercise_id", "not_found"),
    _refused("set.add", {"workout_exercise_id": UNKNOWN}, "/payload/workout_exercise_id", "not_found"),
    _refused("set.add", {"exercise_id": "bench"}, "/payload/exercise_id", "invalid"),
    _refused("set.update", {"id": UNKNOWN, "reps": 1}, "/payload/id", "not_found", missing=True),
    _refused("set.update", {"id": "@s", "distance": 1000.001, "distance_unit": "km"}, "/payload/distance", "max_value"),
    _refused("set.update", {"id": "@s", "target": {"reps": 5}}, "/payload/target", "unknown_field"),
    _refused("set.remove", {"id": UNKNOWN}, "/payload/id", "not_found", missing=True),
    _refused("rest.start", {}, "/payload/seconds", "required"),
    _refused("rest.start", {"seconds": 0}, "/payload/seconds", "min_value"),
    _refused("rest.start", {"seconds": 60, "set_id": UNKNOWN}, "/payload/set_id", "not_found"),
    *(
        Case("set.add", {**_FIELDS, **fields}, faults=tuple((f"/payload{at}", code) for at, code in faults))
        for fields, faults in SET_FAULTS
    ),
)
ENVELOPES: Final[tuple[tuple[Mapping[str, Any], Faults], ...]] = (
    ({"op_id": ""}, (("/op_id", "invalid"),)),
    ({"op_id": "x" * 65}, (("/op_id", "invalid"),)),
    ({"op_id": "ключ"}, (("/op_id", "invalid"),)),
    ({"op_id": 7}, (("/op_id", "invalid"),)),
    ({"device_id": "my phone"}, (("/device_id", "invalid"),)),
    ({"type": None}, (("/type", "invalid"),)),
    ({"payload": []}, (("/payload", "invalid"),)),
    ({"at": "yesterday"}, (("/at", "invalid"),)),
    ({"at": "2026-11-20T18:00:00"}, (("/at", "invalid"),)),
    ({"at": "20261120T180000Z"}, (("/at", "invalid"),)),
    ({"at": "1969-12-31T23:59:59Z"}, (("/at", "min_value"),)),
    ({"seq": 1}, (("/seq", "unknown_field"),)),
    ({"at": None, "payload": None}, (("/payload", "invalid"), ("/at", "invalid"))),
)
"""What is wrong with an operation before its type and payload are looked at."""
BATCHES: Final[tuple[tuple[Mapping[str, Any], Faults], ...]] = (
    ({"sent_at": None}, (("/sent_at", "invalid"),)),
    ({"ops": None}, (("/ops", "invalid"),)),
    ({"ops": {}}, (("/ops", "invalid"),)),
    ({"ops": []}, (("/ops", "invalid"),)),
    ({"ops": [5]}, (("/ops/0", "invalid"),)),
    ({"device": "x"}, (("/device", "unknown_field"),)),
)
"""What is wrong with what a batch says beside its operations."""
