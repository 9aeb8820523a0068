"""What one value may be: strict parsers from JSON to what the program works with."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final

_UUID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.ASCII)
_DECIMAL: Final = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)
_UNFIT: Final = re.compile("[\x00\ud800-\udfff]")

Parser = Callable[[Any], Any]


class Fault(Exception):
    """Why one value is refused: a code for programs, a sentence for people."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail


def text(limit: int) -> Parser:
    """Words of at most `limit` characters, all of which PostgreSQL and UTF-8 can hold."""

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

    def parse(value: Any) -> str:
        if not isinstance(value, str):
            raise Fault("invalid", detail)
        if value not in allowed:
            raise Fault("invalid_choice", detail)
        return value

    return parse


def whole(low: int, high: int) -> Parser:
    """A whole number within bounds; 5.0 is 5, since some clients know no integers."""

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

    def parse(value: Any) -> Decimal:
        number: Decimal = bounded(value)
        if number * 2 % 1:
            raise Fault("invalid", "Must be in steps of 0.5.")
        return number

    return parse


def boolean(value: Any) -> bool:
    """True or false, never 0, 1 or a word."""
    if not isinstance(value, bool):
        raise Fault("invalid", "Must be true or false.")
    return value


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

    return parse
