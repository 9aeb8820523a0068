"""What one value of an operation may be: strict parsers from JSON to the values the core works with."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

import fractional_indexing

from fitai.science.units import DISTANCE_UNITS, WEIGHT_UNITS

SET_KINDS: Final = ("warmup", "working", "drop", "failure", "amrap", "backoff")

MAX_NAME: Final = 200
MAX_NOTES: Final = 4_000
MAX_RANK: Final = 200
MAX_REPS: Final = 1_000
MAX_WEIGHT_KG: Final = Decimal(1_500)
MAX_DURATION_SECONDS: Final = 86_400
MAX_DISTANCE_M: Final = Decimal(1_000_000)
MIN_BODY_WEIGHT_KG: Final = Decimal(20)
MAX_BODY_WEIGHT_KG: Final = Decimal(500)
MAX_REST_SECONDS: Final = 7_200
MAX_SUPERSET: Final = 99
MAX_VERSION: Final = 2**31 - 1
EARLIEST: Final = datetime(1970, 1, 1, tzinfo=UTC)

_UUID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.ASCII)
_RANK: Final = re.compile(r"[A-Za-z][0-9A-Za-z]*", re.ASCII)
_DECIMAL: Final = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)
_INSTANT: Final = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)", re.ASCII)
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


def instant(value: Any) -> datetime:
    """An RFC 3339 time with its offset, in UTC; years before 1970 are mistakes of a clock."""
    if not isinstance(value, str) or not _INSTANT.fullmatch(value):
        raise Fault("invalid", "Must be an RFC 3339 time with an offset.")
    try:
        moment = datetime.fromisoformat(value.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Fault("invalid", "Must be an RFC 3339 time with an offset.") from None
    if moment < EARLIEST:
        raise Fault("min_value", "Must not be before 1970.")
    return moment


def rank(value: Any) -> str:
    """A place among its neighbours: a fractional-indexing key in base 62, of at most 200 characters."""
    if not isinstance(value, str) or not _RANK.fullmatch(value):
        raise Fault("invalid", "Must be a fractional-indexing key.")
    if len(value) > MAX_RANK:
        raise Fault("max_length", f"Must have at most {MAX_RANK} characters.")
    try:
        fractional_indexing.validate_order_key(value)
    except fractional_indexing.FIError:
        raise Fault("invalid", "Must be a fractional-indexing key.") from None
    return value


def nullable(parser: Parser) -> Parser:
    def parse(value: Any) -> Any:
        return None if value is None else parser(value)

    return parse


_weight: Final = nullable(decimal(Decimal(0), Decimal("3306.934"), 3, limit="1,500 kg"))
_distance: Final = nullable(decimal(Decimal(0), Decimal("3280839.896"), 3, limit="1,000 km"))
# The bounds are those limits in the smallest units, pounds and feet; larger units are held to them once known.

MEASURES: Final[Mapping[str, Parser]] = {
    "kind": nullable(choice(SET_KINDS)),
    "reps": nullable(whole(0, MAX_REPS)),
    "weight": _weight,
    "weight_unit": nullable(choice(WEIGHT_UNITS)),
    "rpe": nullable(half_steps(1, 10)),
    "rir": nullable(whole(0, 10)),
    "duration_seconds": nullable(whole(0, MAX_DURATION_SECONDS)),
    "distance": _distance,
    "distance_unit": nullable(choice(DISTANCE_UNITS)),
}
"""What a set and the target of a set have in common."""

SET_FIELDS: Final[Mapping[str, Parser]] = {
    **MEASURES,
    "assistance": _weight,
    "completed": boolean,
    "notes": nullable(text(MAX_NOTES)),
}

TARGET_FIELDS: Final[Mapping[str, Parser]] = {
    **MEASURES,
    "reps_max": nullable(whole(0, MAX_REPS)),
    "rest_seconds": nullable(whole(0, MAX_REST_SECONDS)),
}

BODY_FIELDS: Final[Mapping[str, Parser]] = {
    "body_weight": nullable(decimal(Decimal(0), Decimal("1102.312"), 3, limit="500 kg")),
    "body_weight_unit": nullable(choice(WEIGHT_UNITS)),
}
