"""What sockets say of workouts, beside the shapes that answers over HTTP have too."""

from collections.abc import Mapping
from typing import Final

from fitai.common.examples import WORKOUT
from fitai.common.live.described import ID, INSTANT, NAME, SEQ, Kind, Shape, Told, component, record
from workouts.api.batches import MAX_OPS
from workouts.api.examples import ENTRY, EXAMPLES, GROUP, LOGGED, MEMBERS, OPERATION, SET, TOGETHER, WHOLE
from workouts.core.fields import MAX_CUE, rank
from workouts.core.operations import SCHEMAS
from workouts.enums import ShareAudience

DONE_AT: Final = "2026-03-02T18:04:12Z"


def _operation(type: str) -> Shape:
    payload = SCHEMAS[type].shape("takes")
    return record({"op_id": NAME, "type": {"const": type}, "at": INSTANT, "device_id": NAME, "payload": payload})


OPERATION_SHAPE: Final = component("WorkoutOperation")

# ── From the client ──────────────────────────────────────────────────────────────────────────────

_SAID: Final = {"type": "string", "pattern": r"\S", "maxLength": MAX_CUE}
SENT_AT: Final = {**INSTANT, "description": "the device's clock when it sent this"}
OP: Final = Kind(
    "op",
    "One operation, done now: accepted and acknowledged, or refused and not stored.",
    {"workout_id": ID, "sent_at": SENT_AT, "op": OPERATION_SHAPE},
    example={"workout_id": WORKOUT, "sent_at": DONE_AT, "op": OPERATION},
)
OPS: Final = Kind(
    "ops",
    "What a device did while it had no signal: each operation has its own result.",
    {
        "workout_id": ID,
        "sent_at": SENT_AT,
        "ops": {"type": "array", "items": OPERATION_SHAPE, "minItems": 1, "maxItems": MAX_OPS},
    },
    example={"workout_id": WORKOUT, "sent_at": DONE_AT, "ops": [OPERATION]},
)

CUE: Final = Kind(
    "cue",
    "A coach calls something out to a client who trains: an event of the workout that changes nothing in it.",
    {"workout_id": ID, "text": _SAID},
    example={"workout_id": WORKOUT, "text": "Elbows in!"},
)

# ── From the server ──────────────────────────────────────────────────────────────────────────────

ACK: Final = Kind(
    "ack",
    "The operation is stored: as event `seq`, now or when it came before (`duplicate`). A cue gets its `op_id` here.",
    {"op_id": NAME, "status": {"enum": ["applied", "duplicate"]}, "seq": SEQ},
    example={"op_id": "watch-17", "status": "applied", "seq": 4},
)
RESULTS: Final = Kind(
    "results",
    "What became of each operation of a batch; `seq` is the workout's number now.",
    {"seq": SEQ, "results": {"type": "array", "items": component("ResultOutput")}},
    example=EXAMPLES["BatchOutput"],
)

# ── Events ───────────────────────────────────────────────────────────────────────────────────────

_RANK: Final = vars(rank)["gives"]
_PLACED: Final = {"id": ID, "rank": _RANK}
_PARENT: Final = {"workout_exercise_id": ID}
_RESOLVED: Final[Mapping[str, Mapping[str, Shape]]] = {
    "workout.create": {"body_weight": {"type": "string"}, "body_weight_unit": {"enum": ["kg", "lb", None]}},
    "exercise.add": _PLACED,
    "exercise.move": {"rank": _RANK},
    "exercise.update": {"merged_from": ID},
    "set.add": {**_PARENT, **_PLACED, "exercise_rank": {"type": "string"}},
    "set.update": _PARENT,
    "set.remove": _PARENT,
}
"""What the server adds to an operation or fills in, where it was left open."""
_SOMETIMES: Final = frozenset({"merged_from", "exercise_rank", "body_weight", "body_weight_unit"})


def _payload(type: str) -> Shape:
    """An operation's payload as its event has it: in full, with the place that it asked for as a rank."""
    shape = SCHEMAS[type].shape("gives")
    added = _RESOLVED.get(type, {})
    members = {name: value for name, value in shape["properties"].items() if name != "after"} | dict(added)
    required = {*shape["required"], *added} - _SOMETIMES
    return record(members, optional=[name for name in members if name not in required])


EVENTS: Final[Mapping[str, Shape]] = {
    **{type: _payload(type) for type in SCHEMAS},
    "workout.abandon": record({}),
    "rest.end": record({"start_op_id": NAME}),
    "cue": record({"text": _SAID}, optional=("text",)),
}
"""The payload of each type of event of a workout. Guests are not told what a coach says, nor what they do not see."""

SHAPES: Final[Mapping[str, Shape]] = {"WorkoutOperation": {"oneOf": [_operation(type) for type in SCHEMAS]}}
"""What the document names, because several messages have it."""

TOLD: Final = Told(
    "One workout: its owner's devices, a permitted coach and guests follow it",
    "^workout:[0-9a-f-]{36}$",
    component("WorkoutOutput"),
    EVENTS,
    {
        "channel": f"workout:{WORKOUT}",
        "data": WHOLE,
        "event": {
            **OPERATION,
            "payload": {**LOGGED, "id": SET, "workout_exercise_id": ENTRY, "rank": "a0"},
        },
    },
)

_RECORD: Final = record(
    {
        "exercise_id": ID,
        "set_id": ID,
        "workout_id": ID,
        "kind": component("RecordKind"),
        "value": {"type": "string"},
        "previous": {"type": ["string", "null"]},
    }
)
PERSONAL: Final[Mapping[str, Shape]] = {
    "records": record(
        {"workout_id": ID, "won": {"type": "array", "items": _RECORD}, "lost": {"type": "array", "items": _RECORD}}
    ),
    "workout_shared": record(
        {
            "workout_id": ID,
            "audience": {"enum": [*ShareAudience.values, None]},
            "note": {"type": "string"},
            "shared_at": {"type": ["string", "null"], "format": "date-time"},
        }
    ),
}
"""What workouts tell on a person's own stream."""

_MEMBER: Final[Shape] = {"anyOf": [component("MemberOutput"), record({})]}
GROUP_TOLD: Final = Told(
    "A group: those who have joined it follow it, and along with it each member's workout on a channel of its own",
    "^group:[0-9a-f-]{36}$",
    component("GroupOutput"),
    dict.fromkeys(("member.invited", "member.joined", "member.changed", "member.left", "group.passed"), _MEMBER),
    {
        "channel": f"group:{GROUP}",
        "data": TOGETHER,
        "event": {"type": "member.joined", "payload": MEMBERS[-1]},
    },
)
"""An event without content is about somebody whom this follower does not see."""
