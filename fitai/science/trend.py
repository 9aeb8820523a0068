"""A trend in what is measured daily and wobbles: body weight moves by a kilogram or two with water and meals."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import Final

ALPHA_PER_DAY: Final = Decimal("0.1")
"""How much of the distance to the newest value a trend makes up in a day (Walker, The Hacker's Diet, 1991)."""

SETTLED_DAYS: Final = 120
"""What is older weighs less than four in a million (0.9 ** 120), so a trend needs no more history."""


def smooth(days: Iterable[tuple[date, Decimal]], alpha: Decimal = ALPHA_PER_DAY) -> Iterator[tuple[date, Decimal]]:
    """The trend on each day with a value: an exponentially weighted moving average, `t += a (v - t)`, begun at the
    first value.

    `days` ascend, one value each. Over a gap of n days the trend makes up `a = 1 - (1 - alpha) ** n` at once, which is
    what n days with that same value would have made up: how often somebody steps on the scales does not bend it.

    Source: John Walker, The Hacker's Diet (1991), "Signal and Noise", alpha 0.1 a day; the form for uneven steps is
    that of Eckner, Algorithms for Unevenly Spaced Time Series (2012), with the next value held over the step.
    """
    trend: Decimal | None = None
    before: date | None = None
    for day, value in days:
        if trend is None or before is None:
            trend = value
        else:
            trend += (1 - (1 - alpha) ** (day - before).days) * (value - trend)
        before = day
        yield day, trend
