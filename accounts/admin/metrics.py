"""What somebody measured, plotted over time on their page."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from math import ceil, floor, log10
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.admin import TabularInline

from accounts.admin.shared import ReadOnly
from accounts.api.outputs.metrics import Day, read_days, read_habits, read_latest, standing_shape
from accounts.enums import MetricKind, MetricUnit
from accounts.models import Metric, User
from fitai.common.admin import is_admin
from fitai.science.trend import smooth

SHOWN_DAYS = 730
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


@dataclass(frozen=True, slots=True)
class Dot:
    x: float
    y: float
    text: str


@dataclass(frozen=True, slots=True)
class Plot:
    """Two years of a kind: a dot a day, and the trend through them."""

    frame: Frame
    name: str
    unit: str
    latest: str
    measured_at: Any
    change: str
    trend: str
    levels: list[Mark]
    dates: list[Mark]
    dots: list[Dot]
    line: str


def plots_of(user: User) -> list[Plot]:
    """Of each kind that the person has ever measured, in the person's own units and days."""
    habits, latest = read_habits(user.pk), read_latest(user.pk)
    since = {kind: row["measured_at"] - timedelta(days=SHOWN_DAYS) for kind, row in latest.items()}
    days = read_days(user.pk, habits, since)
    frames = [WIDE, *[NARROW] * len(latest)]
    return [
        _plot(frame, MetricKind(kind), row, days[kind], habits.unit(kind))
        for frame, (kind, row) in zip(frames, latest.items(), strict=False)
    ]


def _plot(frame: Frame, kind: MetricKind, latest: Any, days: Sequence[Day], unit: str) -> Plot:
    standing = standing_shape(latest, days, unit)
    shown = MetricUnit(unit).label
    month, trend = standing["change"]["30"], standing["trend"]
    trended = list(smooth((one.day, one.mean) for one in days))
    values = [*(one.mean for one in days), *(value for _, value in trended)]
    levels = list(round_levels(float(min(values)), float(max(values))))
    low, high = levels[0], levels[-1]
    first, last = days[0].day, days[-1].day
    if first == last:
        first, last = first - timedelta(days=3), last + timedelta(days=3)

    def across(day: date) -> float:
        return round(LEFT + (frame.right - LEFT) * (day - first).days / (last - first).days, 1)

    def up(value: float | Decimal) -> float:
        return round(frame.bottom - (frame.bottom - TOP) * (float(value) - low) / (high - low), 1)

    return Plot(
        frame=frame,
        name=kind.label,
        unit=shown,
        latest=f"{days[-1].last:,.1f} {shown}",
        measured_at=latest["measured_at"],
        change=f"{Decimal(month['value']):+,.1f} in 30 days" if month else "",
        trend=f"trend {Decimal(trend['value']):,.1f}" if trend else "",
        levels=[Mark(up(level), f"{level:g}") for level in levels],
        dates=[Mark(across(day), text) for day, text in named_days(first, last)],
        dots=[Dot(across(one.day), up(one.mean), f"{one.day:%d %b %Y}: {one.mean:,.1f} {shown}") for one in days],
        line=" ".join(f"{across(day)},{up(value)}" for day, value in trended) if len(trended) > 1 else "",
    )


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


class MetricInline(ReadOnly, TabularInline):
    """A tab of plots: no row is edited here. Health is for who runs the server, and not for who moderates."""

    model = Metric
    verbose_name_plural = "measurements"
    template = "admin/accounts/metrics.html"
    tab = True
    plots: list[Plot]

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_admin(request)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Metric]:
        return Metric.objects.none()

    def get_formset(self, request: HttpRequest, obj: User | None = None, **kwargs: Any) -> Any:
        self.plots = [] if obj is None else plots_of(obj)
        return super().get_formset(request, obj, **kwargs)
