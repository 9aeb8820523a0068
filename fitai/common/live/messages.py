"""What a socket's messages look like: the checks every one passes, and how a problem is said."""

from typing import Any

from fitai.common import problems
from fitai.common.problems import Invalid, Problem, error

Message = dict[str, Any]


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
    answer: Message = {"type": "problem", "problem": document.pop("type"), **document}
    if isinstance(message, dict):
        op = message.get("op")
        if isinstance(op, dict) and isinstance(op.get("op_id"), str):
            answer["op_id"] = op["op_id"][:64]
        if isinstance(message.get("channel"), str):
            answer["channel"] = message["channel"][:200]
    return answer
