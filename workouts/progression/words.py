"""Sets and weights as a coach says them."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from fitai.science.units import plain


def tally(counts: Sequence[int], *, seconds: bool = False) -> str:
    """ "3 × 8", "8, 8, 6", or "2 × 40 s"."""
    mark = " s" if seconds else ""
    if len(set(counts)) == 1:
        return f"{len(counts)} × {counts[0]}{mark}"
    return ", ".join(map(str, counts)) + mark


def number(value: Decimal, places: str = "0.1") -> str:
    """A number as it is said, not to the gram."""
    return plain(value.quantize(Decimal(places)))


def weight(value: Decimal, unit: str) -> str:
    return f"{plain(value)} {unit}"


def percent(value: Decimal) -> str:
    return f"{number(value)} %"


def effort(in_reserve: Decimal) -> str:
    """RPE, of repetitions in reserve."""
    return f"RPE {plain(10 - in_reserve)}"
