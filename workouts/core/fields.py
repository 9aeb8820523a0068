"""What one value of an operation may be: strict parsers from JSON to the values the core works with."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

import fractional_indexing

from fitai.science.units import DISTANCE_UNITS, WEIGHT_UNITS
from fitai.values.fields import Fault, Parser, boolean, choice, decimal, half_steps, nullable, shaped, text, whole

SET_KINDS: Final = ("warmup", "working", "drop", "failure", "amrap", "backoff")

MAX_NAME: Final = 200
MAX_NOTES: Final = 4_000
MAX_CUE: Final = 500
MAX_RANK: Final = 200
MAX_REPS: Final = 1_000
MAX_WEIGHT_KG: Final = Decimal(1_500)
MAX_DURATION_SECONDS: Final = 86_400
MAX_DISTANCE_M: Final = Decimal(1_000_000)
MIN_BODY_WEIGHT_KG: Final = Decimal(20)
MAX_BODY_WEIGHT_KG: Final = Decimal(500)
MAX_REST_SECONDS: Final = 7_200
MAX_SUPERSET: Final = 99
MAX_TEMPO: Final = 20
MAX_VERSION: Final = 2**31 - 1
EARLIEST: Final = datetime(1970, 1, 1, tzinfo=UTC)

_RANK: Final = re.compile(r"[A-Za-z][0-9A-Za-z]*", re.ASCII)
_INSTANT: Final = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)", re.ASCII)


@shaped({"type": "string", "format": "date-time"})
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


@shaped({"type": "string", "pattern": f"^{_RANK.pattern}$", "maxLength": MAX_RANK})
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
    "assistance": _weight,
    "reps_max": nullable(whole(0, MAX_REPS)),
    "rest_seconds": nullable(whole(0, MAX_REST_SECONDS)),
    "tempo": nullable(text(MAX_TEMPO)),
}

BODY_FIELDS: Final[Mapping[str, Parser]] = {
    "body_weight": nullable(decimal(Decimal(0), Decimal("1102.312"), 3, limit="500 kg")),
    "body_weight_unit": nullable(choice(WEIGHT_UNITS)),
}
