"""What a socket's messages look like: those that every channel has, and how a problem is said."""

from typing import Any, Final

from fitai.common import problems
from fitai.common.examples import ADA, PHONE, WORKOUT
from fitai.common.live.described import ID, INSTANT, NAME, SEQ, Kind, Message, record
from fitai.common.problems import Invalid, Problem, error

CHANNEL: Final = {"type": "string", "minLength": 1, "maxLength": 200}
EXAMPLE: Final = f"workout:{WORKOUT}"

# ── From the client ──────────────────────────────────────────────────────────────────────────────

SUBSCRIBE: Final = Kind(
    "subscribe",
    "Follow a channel: a snapshot, or with `after_seq` the events since. Subscribing again starts again.",
    {"channel": CHANNEL, "after_seq": {"type": ["integer", "null"], "minimum": 0, "maximum": 2**63 - 1}},
    optional=("after_seq",),
    example={"channel": EXAMPLE, "after_seq": 3},
)
UNSUBSCRIBE: Final = Kind(
    "unsubscribe",
    "Follow a channel no longer; of one that was not followed nothing is said.",
    {"channel": CHANNEL},
    example={"channel": EXAMPLE},
)
PING: Final = Kind("ping", "Say that this end lives; a socket that says nothing for 15 minutes is closed with 4408.")

# ── From the server ──────────────────────────────────────────────────────────────────────────────

SNAPSHOT: Final = Kind(
    "snapshot",
    "The state after event `seq`. It takes the place of all that was known; events go on from there.",
    {"channel": CHANNEL, "seq": SEQ, "data": {}},
)
EVENT: Final = Kind(
    "event",
    "What happened, in its order: each `seq` is the last one's plus 1. Where it `reorders`, a snapshot follows.",
    {"channel": CHANNEL, "seq": SEQ, "event": {}},
)
HEAD: Final = Kind(
    "head",
    "Every 5 seconds: the number of the last event. Whoever has a lower one misses something that is on its way.",
    {"channel": CHANNEL, "seq": SEQ},
    example={"channel": EXAMPLE, "seq": 4},
)
PROBLEM: Final = Kind(
    "problem",
    "A refusal, as over HTTP, its `type` named `problem`. `op_id` or `channel` say what it answers. The socket stays.",
    {
        "problem": {"type": "string", "format": "uri", "description": "a page that explains it"},
        "title": {"type": "string"},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "code": {"type": "string", "description": "the kind of refusal, as a word"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": record({"pointer": {"type": "string"}, "code": {"type": "string"}, "detail": {"type": "string"}}),
        },
        "state": {"type": "string", "description": "with a 409: where it stands now"},
        "allowed": {"type": "array", "items": {"type": "string"}, "description": "with a 409: what is possible now"},
        "op_id": {"type": "string"},
        "channel": {"type": "string"},
    },
    optional=("errors", "state", "allowed", "op_id", "channel"),
    example={
        "problem": "https://fitai.example/problems/not-found",
        "title": "Not found",
        "status": 404,
        "code": "not_found",
        "detail": "Not found",
        "channel": EXAMPLE,
    },
)
PRESENCE: Final = Kind(
    "presence",
    "Who follows the channel, on which device: whenever that changes. Who was cut off is in it for 20 seconds more.",
    {
        "channel": CHANNEL,
        "present": {
            "type": "array",
            "items": record({"user_id": ID, "device_id": NAME, "device": {"type": "string"}}),
        },
    },
    example={"channel": EXAMPLE, "present": [{"user_id": ADA, "device_id": PHONE, "device": "Phone"}]},
)
PONG: Final = Kind("pong", "The answer to a ping.")


def event_shape(type: str, payload: dict[str, Any]) -> dict[str, Any]:
    """An event of this type, as a channel's followers see it."""
    members = {
        "seq": SEQ,
        "op_id": {"type": ["string", "null"]},
        "type": {"const": type},
        "at": INSTANT,
        "device_id": NAME,
        "actor_id": {"type": ["string", "null"], "format": "uuid"},
        "payload": payload,
        "reorders": {"const": True},
    }
    return record(members, optional=("reorders",))


def allow(message: Message, *members: str) -> None:
    """Refuse members that this type of message does not have."""
    unknown = set(message) - {"type", *members}
    if unknown:
        raise Invalid(
            errors=[
                error(f"/{problems.escape(name)}", "unknown_field", "There is no such member.")
                for name in sorted(unknown)
            ]
        )


def text_of(message: Message, member: str) -> str:
    """A short text that the message must have."""
    value = message.get(member)
    if not isinstance(value, str) or not 0 < len(value) <= 200:
        raise Invalid(errors=[error(f"/{member}", "required" if value is None else "invalid", "Send a text.")])
    return value


def problem_message(problem: Problem, message: Any) -> Message:
    """A problem as the socket says it, naming what it answers."""
    document = problem.document()
    answer = PROBLEM(problem=document.pop("type"), **document)
    if isinstance(message, dict):
        op = message.get("op")
        if isinstance(op, dict) and isinstance(op.get("op_id"), str):
            answer["op_id"] = op["op_id"][:64]
        if isinstance(message.get("channel"), str):
            answer["channel"] = message["channel"][:200]
    return answer
