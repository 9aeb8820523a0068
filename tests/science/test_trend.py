"""The smoothed trend of what is measured daily."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from fitai.science.trend import smooth

MONDAY = date(2026, 3, 2)


def trend_of(*values: tuple[int, str]) -> list[Decimal]:
    days = [(MONDAY + timedelta(days=day), Decimal(value)) for day, value in values]
    return [smoothed for _, smoothed in smooth(days)]


def test_the_table_of_the_hackers_diet() -> None:
    """Its own worked example: the trend is 172.5 when 171.5 comes in, and moves a tenth of the way."""
    assert trend_of((0, "172.5"), (1, "171.5"), (2, "172"), (3, "171.5")) == [
        Decimal("172.5"),
        Decimal("172.4"),
        Decimal("172.36"),
        Decimal("172.274"),
    ]


def test_a_gap_counts_as_its_days() -> None:
    assert trend_of((0, "80"), (3, "79"))[-1] == trend_of((0, "80"), (1, "79"), (2, "79"), (3, "79"))[-1]


def test_nothing_has_no_trend() -> None:
    assert trend_of() == []


@given(st.lists(st.tuples(st.integers(1, 40), st.decimals(40, 200, places=3)), min_size=1, max_size=60))
def test_it_stays_among_the_values(steps: list[tuple[int, Decimal]]) -> None:
    day, days = MONDAY, []
    for step, value in steps:
        day += timedelta(days=step)
        days.append((day, value))
    values = [value for _, value in days]
    slack = Decimal("1e-20")
    assert all(min(values) - slack <= smoothed <= max(values) + slack for _, smoothed in smooth(days))
