"""What somebody measured, plotted over time on their page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.admin import TabularInline

from accounts.admin.shared import ReadOnly
from accounts.api.outputs.metrics import Day, read_days, read_habits, read_latest, standing_shape
from accounts.enums import MetricKind, MetricUnit
from accounts.models import Metric, User
from fitai.common.admin import is_admin
from fitai.common.plots import LEFT, NARROW, TOP, WIDE, Frame, Mark, named_days, round_levels
from fitai.science.trend import smooth

SHOWN_DAYS = 730


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
