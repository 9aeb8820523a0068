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


def max_from(load: Decimal, reps: Decimal | int, in_reserve: Decimal | int = 0) -> Decimal:
    """The 1RM that a set says, in the unit of the load, by the same curve: asked for the same set again, it gives the
    same load. Beyond `MAX_REPS` to failure the curve at `MAX_REPS` is taken, which says too little, never too much.
    """
    return load / share_of_max(min(Decimal(reps) + Decimal(in_reserve), Decimal(MAX_REPS)))
