"""How what passes a socket is described, in JSON Schema and once: code and the AsyncAPI document are made of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Message = dict[str, Any]
Shape = dict[str, Any]

SEQ: Shape = {"type": "integer", "minimum": 0}
INSTANT: Shape = {"type": "string", "format": "date-time"}
ID: Shape = {"type": "string", "format": "uuid"}
NAME: Shape = {"type": "string", "pattern": r"^[\x21-\x7e]{1,64}$"}
"""What an operation or a device is called by whoever made it."""


def component(name: str) -> Shape:
    """A shape that the OpenAPI document has, under the same name."""
    return {"$ref": f"#/components/schemas/{name}"}


def record(members: Mapping[str, Shape], optional: Sequence[str] = ()) -> Shape:
    """An object of these members and no others."""
    required = [name for name in members if name not in optional]
    return {"type": "object", "properties": dict(members), "required": required, "additionalProperties": False}


@dataclass(frozen=True, slots=True)
class Kind:
    """A type of message: what it says, and an example. Called with its members, it is the message."""

    type: str
    summary: str
    members: Mapping[str, Shape] = field(default_factory=dict)
    optional: tuple[str, ...] = ()
    example: Mapping[str, Any] = field(default_factory=dict)

    def __call__(self, **members: Any) -> Message:
        return {"type": self.type, **members}

    @property
    def shape(self) -> Shape:
        return record({"type": {"const": self.type}, **self.members}, self.optional)

    def narrowed(self, example: Mapping[str, Any], **members: Shape) -> "Kind":
        """The same where more is known of some members."""
        return Kind(self.type, self.summary, {**self.members, **members}, self.optional, example)


@dataclass(frozen=True, slots=True)
class Told:
    """What the followers of one kind of channel are told: their first snapshot, and each type of event's payload."""

    summary: str
    names: str
    """A pattern of the channel's names."""
    snapshot: Shape
    events: Mapping[str, Shape]
    example: Mapping[str, Any]
    """A snapshot, and an event that follows: `channel`, `data` and `event`."""
