"""How heavy is hard: the share of the 1RM that can be lifted for some repetitions with some left in reserve.

One curve in repetitions to failure, the closed form that OpenPowerlifting and Liftosaur use for the chart of Reactive
Training Systems. People differ around any such curve (Nuzzo 2024, 7,289 people: standard deviation 2.5 repetitions at
80 % of the 1RM, 4.4 at 60 %), so it starts somebody off; what they then lift decides.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from fitai.science.strength import MAX_REPS

_ONE: Final = Decimal(1)
_HALF: Final = Decimal("0.5")
_FURTHEST: Final = Decimal(17)
_LINEAR_BELOW: Final = Decimal("89.3794")
_TOP: Final = Decimal("99.9667")
"""Percent at which the curve bends, and at which it begins."""


def share_of_max(reps: Decimal | int, in_reserve: Decimal | int = 0) -> Decimal:
    """The share of the 1RM (0.5 to 1) for so many repetitions (from 1) with so many left in reserve (10 − RPE).

    Never rises with either. Seventeen to failure and more are half of the 1RM, which is on the safe side.
    """
    further = Decimal(reps) + Decimal(in_reserve) - 1
    if further <= 0:
        return _ONE
    if further >= 16:
        return _HALF
    if further <= Decimal("2.92"):
        percent = Decimal("0.347619") * further**2 - Decimal("4.60714") * further + Decimal("99.9667")
    else:
        percent = Decimal("97.0955") - Decimal("2.64249") * further
    return percent / 100


def reps_at(share: Decimal) -> Decimal:
    """Repetitions to failure (from 1) with this share of the 1RM (above 0): the curve read the other way; 0 above the
    1RM itself. Of half of it and less are seventeen, the least that can be hoped for.
    """
    if share > 1:
        return Decimal(0)
    percent = share * 100
    if percent <= share_of_max(_FURTHEST) * 100:
        return _FURTHEST
    if percent <= _LINEAR_BELOW:
        return min((Decimal("97.0955") - percent) / Decimal("2.64249") + 1, _FURTHEST)
    root = (Decimal("4.60714") ** 2 - 4 * Decimal("0.347619") * (Decimal("99.9667") - min(percent, _TOP))).sqrt()
    return (Decimal("4.60714") - root) / (2 * Decimal("0.347619")) + 1


def max_from(load: Decimal, reps: Decimal | int, in_reserve: Decimal | int = 0) -> Decimal:
    """The 1RM that a set says, in the unit of the load, by the same curve: asked for the same set again, it gives the
    same load. Beyond `MAX_REPS` to failure the curve at `MAX_REPS` is taken, which says too little, never too much.
    """
    return load / share_of_max(min(Decimal(reps) + Decimal(in_reserve), Decimal(MAX_REPS)))
