"""What one value may be: strict parsers from JSON to what the program works with.

Each carries its JSON Schema, so that documents say what is checked: `parser.takes`, and `parser.gives` for the value as
it is stored and sent. Both hold to draft 7, which AsyncAPI speaks, and later ones.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final

_UUID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.ASCII)
_DECIMAL: Final = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)
_PLAIN: Final = r"^-?\d+(\.\d+)?$"
_UNFIT: Final = re.compile("[\x00\ud800-\udfff]")

Parser = Callable[[Any], Any]
Shape = dict[str, Any]


def shaped(takes: Shape, gives: Shape | None = None) -> Callable[[Parser], Parser]:
    """Say in JSON Schema what a parser takes and, where that differs, what it gives."""

    def mark(parser: Parser) -> Parser:
        vars(parser).update(takes=takes, gives=gives or takes)
        return parser

    return mark


def or_null(shape: Shape) -> Shape:
    """The same, or null."""
    types = shape["type"] if isinstance(shape["type"], list) else [shape["type"]]
    choices = {"enum": [*shape["enum"], None]} if "enum" in shape else {}
    return {**shape, "type": [*types, "null"], **choices}


class Fault(Exception):
    """Why one value is refused: a code for programs, a sentence for people."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail


def text(limit: int) -> Parser:
    """Words of at most `limit` characters, all of which PostgreSQL and UTF-8 can hold."""

    @shaped({"type": "string", "maxLength": limit})
    def parse(value: Any) -> str:
        if not isinstance(value, str):
            raise Fault("invalid", "Must be a string.")
        if len(value) > limit:
            raise Fault("max_length", f"Must have at most {limit:,} characters.")
        if _UNFIT.search(value):
            raise Fault("invalid", "Must not hold NUL or half of a surrogate pair.")
        return value

    return parse


def choice(options: tuple[str, ...]) -> Parser:
    """One of a few words, spelled exactly so."""
    allowed = frozenset(options)
    detail = f"Must be one of {', '.join(options)}."

    @shaped({"type": "string", "enum": list(options)})
    def parse(value: Any) -> str:
        if not isinstance(value, str):
            raise Fault("invalid", detail)
        if value not in allowed:
            raise Fault("invalid_choice", detail)
        return value

    return parse


def whole(low: int, high: int) -> Parser:
    """A whole number within bounds; 5.0 is 5, since some clients know no integers."""

    @shaped({"type": "integer", "minimum": low, "maximum": high})
    def parse(value: Any) -> int:
        if isinstance(value, bool):
            raise Fault("invalid", "Must be a whole number.")
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if not isinstance(value, int):
            raise Fault("invalid", "Must be a whole number.")
        if value < low:
            raise Fault("min_value", f"Must be at least {low:,}.")
        if value > high:
            raise Fault("max_value", f"Must be at most {high:,}.")
        return value

    return parse


def decimal(low: Decimal, high: Decimal, places: int, *, limit: str | None = None) -> Parser:
    """A number or its text, within bounds, without trailing zeros; `limit` says the upper bound in words."""
    most = limit or f"{high:,f}"

    @shaped(_bounded(low, high), {"type": "string", "pattern": _PLAIN})
    def parse(value: Any) -> Decimal:
        number = _number(value)
        if number < low:
            raise Fault("min_value", f"Must be at least {low:,f}.")
        if number > high:
            raise Fault("max_value", f"Must be at most {most}.")
        if len(number.as_tuple().digits) > 28:
            # More digits than arithmetic keeps: they would be rounded away unseen.
            raise Fault("max_decimal_places", f"Must have at most {places} decimal places.")
        number = _canonical(number)
        if -int(number.as_tuple().exponent) > places:
            raise Fault("max_decimal_places", f"Must have at most {places} decimal places.")
        return number

    return parse


def _bounded(low: Decimal, high: Decimal, **more: Any) -> Shape:
    """A decimal as a number within bounds, or as text, of which JSON Schema can say the form only."""
    return {
        "type": ["string", "number"],
        "minimum": float(low),
        "maximum": float(high),
        "pattern": f"^{_DECIMAL.pattern}$",
        **more,
    }


def _number(value: Any) -> Decimal:
    if isinstance(value, Decimal):
        number = value
    elif isinstance(value, str):
        if len(value) > 40 or not _DECIMAL.fullmatch(value):
            raise Fault("invalid", "Must be a decimal number.")
        number = Decimal(value)
    elif isinstance(value, int) and not isinstance(value, bool):
        number = Decimal(value)
    elif isinstance(value, float):
        number = Decimal(str(value))
    else:
        raise Fault("invalid", "Must be a decimal number.")
    if not number.is_finite():
        raise Fault("invalid", "Must be a decimal number.")
    return number


def _canonical(number: Decimal) -> Decimal:
    """The same number with neither trailing zeros nor an exponent above zero (100, never 1E+2)."""
    if not number:
        return Decimal(0)
    number = number.normalize()
    return number.quantize(Decimal(1)) if int(number.as_tuple().exponent) > 0 else number


def half_steps(low: int, high: int) -> Parser:
    """A number within bounds in steps of a half, as effort is told (RPE 8.5)."""
    bounded = decimal(Decimal(low), Decimal(high), 3)

    @shaped(_bounded(Decimal(low), Decimal(high), multipleOf=0.5), {"type": "string", "pattern": _PLAIN})
    def parse(value: Any) -> Decimal:
        number: Decimal = bounded(value)
        if number * 2 % 1:
            raise Fault("invalid", "Must be in steps of 0.5.")
        return number

    return parse


@shaped({"type": "boolean"})
def boolean(value: Any) -> bool:
    """True or false, never 0, 1 or a word."""
    if not isinstance(value, bool):
        raise Fault("invalid", "Must be true or false.")
    return value


@shaped({"type": "string", "format": "uuid"})
def identifier(value: Any) -> str:
    """Any RFC 9562 UUID, in its lowercase hyphenated form."""
    if isinstance(value, str) and len(value) == 36:
        canonical = value.lower()
        if _UUID.fullmatch(canonical):
            return canonical
    raise Fault("invalid", "Must be a UUID.")


def nullable(parser: Parser) -> Parser:
    def parse(value: Any) -> Any:
        return None if value is None else parser(value)

    told = vars(parser)
    return shaped(or_null(told["takes"]), or_null(told["gives"]))(parse) if told else parse
