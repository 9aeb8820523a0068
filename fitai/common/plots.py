"""What the admin's plots share: how large they are, and the round numbers and days of their grids."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil, floor, log10

LEFT, TOP = 44, 12
STEPS = (1, 2, 2.5, 5, 10)
MOST_LINES, MOST_DATES = 5, 7


@dataclass(frozen=True, slots=True)
class Frame:
    """How large a plot is, in about the pixels of the page, so that letters are as large in each."""

    width: int
    height: int

    @property
    def right(self) -> int:
        return self.width - 14

    @property
    def bottom(self) -> int:
        return self.height - 30


WIDE, NARROW = Frame(928, 280), Frame(440, 180)


@dataclass(frozen=True, slots=True)
class Mark:
    """A line of the grid, or the day of a value, with its words."""

    at: float
    text: str


def round_levels(low: float, high: float) -> Iterator[float]:
    """Round numbers around the values, few enough to be read."""
    span = max(high - low, 1.0)
    size = 10 ** floor(log10(span / (MOST_LINES - 1)))
    step = next(size * step for step in STEPS if size * step * (MOST_LINES - 1) >= span)
    bottom, top = floor(low / step), ceil(high / step)
    for number in range(bottom, max(top, bottom + 1) + 1):
        yield number * step


def named_days(first: date, last: date) -> Iterator[tuple[date, str]]:
    """Days with a word each: some days of a month, or the beginnings of months."""
    span = (last - first).days
    if span < 60:
        step = ceil((span + 1) / MOST_DATES)
        for days in range(0, span + 1, step):
            day = first + timedelta(days=days)
            yield day, f"{day.day} {day:%b}"
        return
    step = next(months for months in (1, 2, 3, 6, 12) if span / 30 / months <= MOST_DATES)
    for number in range(first.year * 12 + first.month, last.year * 12 + last.month):
        day = date(number // 12, number % 12 + 1, 1)
        if (day.month - 1) % step == 0:
            yield day, f"{day:%b}" if day.month > step else f"{day:%b %Y}"
