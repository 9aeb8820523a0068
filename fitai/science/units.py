"""What a number on a plate, a scale or a track means in kilograms and metres."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal
from typing import Final

KG_PER_LB: Final = Decimal("0.45359237")
"""The international avoirdupois pound, exact by definition (1959 yard and pound agreement)."""

METRES: Final[dict[str, Decimal]] = {
    "m": Decimal(1),
    "km": Decimal(1000),
    "mi": Decimal("1609.344"),
    "yd": Decimal("0.9144"),
    "ft": Decimal("0.3048"),
}
"""Metres in one of each unit of distance, exact by the same agreement."""

WEIGHT_UNITS: Final = ("kg", "lb")
DISTANCE_UNITS: Final = tuple(METRES)

_THOUSANDTH: Final = Decimal("0.001")


def round_thousandth(value: Decimal) -> Decimal:
    """A gram, or a millimetre: the finest step shown, halves to the even neighbour."""
    return value.quantize(_THOUSANDTH, rounding=ROUND_HALF_EVEN)


def to_kg(value: Decimal, unit: str) -> Decimal:
    """A weight in kilograms, to the gram. `unit` is kg or lb, anything else is a KeyError."""
    if unit == "kg":
        return value
    if unit == "lb":
        return round_thousandth(value * KG_PER_LB)
    raise KeyError(unit)


def to_metres(value: Decimal, unit: str) -> Decimal:
    """A distance in metres, to the millimetre. An unknown unit is a KeyError."""
    return value if unit == "m" else round_thousandth(value * METRES[unit])


def plain(value: Decimal) -> str:
    """A decimal as people write it: no exponent, no trailing zeros ("102.5", "100", "0")."""
    if not value:
        return "0"
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
