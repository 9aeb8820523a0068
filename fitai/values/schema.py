"""What a JSON object may hold: its fields, those it must have, and what must hold between them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from fitai.values.fields import Fault, Parser, Shape, or_null

Payload = dict[str, Any]
Problem = dict[str, str]
Check = Callable[[Payload, str, list[Problem]], None]


@dataclass(frozen=True, slots=True)
class Schema:
    """The fields of one JSON object, those it must have, and what must hold between them.

    `shown` are members that answers have and nobody writes.
    """

    fields: Mapping[str, Parser | Nested | Keyed | Listed]
    required: tuple[str, ...] = ()
    checks: tuple[Check, ...] = ()
    shown: frozenset[str] = frozenset()

    def parse(self, raw: Any, pointer: str, errors: list[Problem]) -> Payload:
        """The object with every value parsed; what is wrong goes to `errors`, and is left out."""
        if not isinstance(raw, dict):
            refuse(errors, pointer, "invalid", "Must be an object.")
            return {}
        parsed: Payload = {}
        found = len(errors)
        for name, value in raw.items():
            parser = self.fields.get(name)
            if parser is None:
                self._refuse_member(name, pointer, errors)
                continue
            if isinstance(parser, Nested | Keyed | Listed):
                parsed[name] = parser.parse(value, f"{pointer}/{name}", errors)
                continue
            try:
                parsed[name] = parser(value)
            except Fault as fault:
                refuse(errors, f"{pointer}/{name}", fault.code, fault.detail)
        for name in self.required:
            if name not in raw:
                refuse(errors, f"{pointer}/{name}", "required", "Is required.")
        if len(errors) == found:
            for check in self.checks:
                check(parsed, pointer, errors)
        return parsed

    def shape(self, side: Literal["takes", "gives"]) -> Shape:
        """The object in JSON Schema, as it is taken or as it is given; its checks go beyond that."""
        return {
            "type": "object",
            "properties": {name: _shape_of(field, side) for name, field in self.fields.items()},
            "required": list(self.required),
            "additionalProperties": False,
        }

    def _refuse_member(self, name: object, pointer: str, errors: list[Problem]) -> None:
        here = f"{pointer}/{_escaped(name)}"
        if name in self.shown:
            refuse(errors, here, "read_only", "This member cannot be written here.")
        else:
            refuse(errors, here, "unknown_field", "There is no such member.")


@dataclass(frozen=True, slots=True)
class Nested:
    """An object, or with `limit` a list of `least` to so many objects, inside a payload."""

    schema: Schema
    limit: int | None = None
    least: int = 0

    def parse(self, value: Any, pointer: str, errors: list[Problem]) -> Any:
        if self.limit is None:
            return None if value is None else self.schema.parse(value, pointer, errors)
        if not _is_list(value, pointer, errors, self.limit, self.least):
            return []
        return [self.schema.parse(item, f"{pointer}/{index}", errors) for index, item in enumerate(value)]


@dataclass(frozen=True, slots=True)
class Keyed:
    """An object of at most `limit` members, each named by a value; a member that is null stays null."""

    parser: Parser
    schema: Schema
    limit: int

    def parse(self, value: Any, pointer: str, errors: list[Problem]) -> dict[Any, Payload | None]:
        if not isinstance(value, dict):
            refuse(errors, pointer, "invalid", "Must be an object.")
            return {}
        if len(value) > self.limit:
            refuse(errors, pointer, "max_items", f"Must have at most {self.limit} members.")
            return {}
        parsed: dict[Any, Payload | None] = {}
        for name, item in value.items():
            here = f"{pointer}/{_escaped(name)}"
            try:
                key = self.parser(name)
            except Fault as fault:
                refuse(errors, here, fault.code, fault.detail)
                continue
            if key in parsed:
                refuse(errors, here, "duplicate", "Is named already.")
            parsed[key] = None if item is None else self.schema.parse(item, here, errors)
        return parsed


@dataclass(frozen=True, slots=True)
class Listed:
    """A list of at most `limit` values; null is an empty one."""

    parser: Parser
    limit: int

    def parse(self, value: Any, pointer: str, errors: list[Problem]) -> list[Any]:
        if value is None:
            return []
        if not _is_list(value, pointer, errors, self.limit):
            return []
        parsed = []
        for index, item in enumerate(value):
            try:
                parsed.append(self.parser(item))
            except Fault as fault:
                refuse(errors, f"{pointer}/{index}", fault.code, fault.detail)
        return parsed


def _shape_of(field: Any, side: Literal["takes", "gives"]) -> Shape:
    if not isinstance(field, Nested):
        shape: Shape = vars(field)[side]
        return shape
    whole = field.schema.shape(side)
    if field.limit is None:
        return or_null(whole)
    return {"type": "array", "items": whole, "minItems": field.least, "maxItems": field.limit}


def refuse(errors: list[Problem], pointer: str, code: str, detail: str) -> None:
    """Note what is wrong, and where."""
    errors.append({"pointer": pointer, "code": code, "detail": detail})


def _is_list(value: Any, pointer: str, errors: list[Problem], limit: int, least: int = 0) -> bool:
    if not isinstance(value, list):
        refuse(errors, pointer, "invalid", "Must be a list.")
    elif len(value) > limit:
        refuse(errors, pointer, "max_items", f"Must have at most {limit} entries.")
    elif len(value) < least:
        refuse(errors, pointer, "min_items", f"Must have at least {least} {'entry' if least == 1 else 'entries'}.")
    else:
        return True
    return False


def _escaped(name: object) -> str:
    text = str(name).encode("utf-8", "replace").decode()
    return text[:100].replace("~", "~0").replace("/", "~1")
