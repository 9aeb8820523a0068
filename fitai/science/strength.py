"""Estimated one-repetition maximum: what somebody could lift once, from what was lifted several times.

Every formula takes the load in kilograms and the repetitions to failure (a decimal, since effort is rated in half
steps) and returns kilograms, unrounded. They agree within a few percent up to about ten repetitions and part
beyond twelve (LeSuer 1997; Reynolds 2006), so callers cap at `MAX_REPS`.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Final

MAX_REPS: Final = 12
"""Beyond this many repetitions to failure no estimate is shown."""

TRAINING_MAX: Final = Decimal("0.9")
"""The training max as a share of the 1RM: what plans of percentages are reckoned from, so that sets can be done."""

_ONE: Final = Decimal(1)
_HUNDRED: Final = Decimal(100)


def epley(load_kg: Decimal, reps: Decimal) -> Decimal:
    """w · (1 + r / 30), and the load itself for a single, which needs no estimate. Epley 1985."""
    return load_kg if reps == _ONE else load_kg * (30 + reps) / 30


def brzycki(load_kg: Decimal, reps: Decimal) -> Decimal:
    """36 w / (37 − r). Brzycki 1993. Repetitions below 37 only."""
    return 36 * load_kg / (37 - reps)


def lombardi(load_kg: Decimal, reps: Decimal) -> Decimal:
    """w · r^0.1. Lombardi 1989."""
    return load_kg * reps ** Decimal("0.1")


def mayhew(load_kg: Decimal, reps: Decimal) -> Decimal:
    """100 w / (52.2 + 41.9 e^(−0.055 r)). Mayhew 1992; a single reads 9 % high."""
    return _HUNDRED * load_kg / (Decimal("52.2") + Decimal("41.9") * (Decimal("-0.055") * reps).exp())


def wathan(load_kg: Decimal, reps: Decimal) -> Decimal:
    """100 w / (48.8 + 53.8 e^(−0.075 r)). Wathan 1994."""
    return _HUNDRED * load_kg / (Decimal("48.8") + Decimal("53.8") * (Decimal("-0.075") * reps).exp())


def oconner(load_kg: Decimal, reps: Decimal) -> Decimal:
    """w · (1 + 0.025 r). O'Conner 1989."""
    return load_kg * (_ONE + Decimal("0.025") * reps)


def lander(load_kg: Decimal, reps: Decimal) -> Decimal:
    """100 w / (101.3 − 2.67123 r). Lander 1985. Repetitions below 38 only."""
    return _HUNDRED * load_kg / (Decimal("101.3") - Decimal("2.67123") * reps)


def weight_dependent(load_kg: Decimal, reps: Decimal) -> Decimal:
    """w · (1 + (r − 1)^0.85 / (−2.55 + 4.58 ln w)). Marzagão 2026, arXiv 2603.17495; loads above 1.75 kg only."""
    return load_kg * (_ONE + (reps - 1) ** Decimal("0.85") / (Decimal("-2.55") + Decimal("4.58") * load_kg.ln()))


ONE_RM: Final[dict[str, Callable[[Decimal, Decimal], Decimal]]] = {
    "epley": epley,
    "brzycki": brzycki,
    "lombardi": lombardi,
    "mayhew": mayhew,
    "wathan": wathan,
    "oconner": oconner,
    "lander": lander,
    "weight_dependent": weight_dependent,
}
