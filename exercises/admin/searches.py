"""What people search for, drawn over time. Single searches are shown to nobody: a query of few could name somebody."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from unfold.admin import ModelAdmin

from accounts.admin.shared import ReadOnly, is_moderator
from exercises.models import LoggedSearch
from exercises.search.analytics import FEWEST_SEARCHES, analyse, share
from fitai.common.plots import LEFT, TOP, WIDE, Frame, Mark, named_days, round_levels

SPANS = (7, 30, 90)
GAP = 0.25  # of the width of a bar


@dataclass(frozen=True, slots=True)
class Bar:
    """A day: how many searches, and of how many something was opened or put to use."""

    x: float
    width: float
    y: float
    height: float
    part_y: float
    part_height: float
    text: str


@dataclass(frozen=True, slots=True)
class Plot:
    """Searches a day as bars, and beside them which share of them led somewhere as a line."""

    frame: Frame
    levels: list[Mark]
    dates: list[Mark]
    bars: list[Bar]
    shares: list[Mark]
    line: str


def plot_of(days: Sequence[Mapping[str, Any]], frame: Frame = WIDE) -> Plot:
    first, last = days[0]["day"], days[-1]["day"]
    levels = list(round_levels(0, max(1, *(day["searches"] for day in days))))
    slot = (frame.right - LEFT) / len(days)

    def left(day: date) -> float:
        return round(LEFT + slot * (day - first).days, 1)

    def up(value: float, top: float) -> float:
        return round(frame.bottom - (frame.bottom - TOP) * value / top, 1)

    bars, points = [], []
    for one in days:
        day, searches, clicked = one["day"], one["searches"], one["clicked"]
        y, part_y = up(searches, levels[-1]), up(clicked, levels[-1])
        led = share(clicked, searches)
        bars.append(
            Bar(
                x=left(day),
                width=round(slot * (1 - GAP), 1),
                y=y,
                height=round(frame.bottom - y, 1),
                part_y=part_y,
                part_height=round(frame.bottom - part_y, 1),
                text=f"{day:%d %b %Y}: {searches} searches"
                + ("" if led is None else f", {led:.0%} led to an exercise, {one['in_vain']} found nothing"),
            )
        )
        if led is not None:
            points.append(f"{round(left(day) + slot * (1 - GAP) / 2, 1)},{up(led, 1)}")
    return Plot(
        frame=frame,
        levels=[Mark(up(level, levels[-1]), f"{level:g}") for level in levels],
        dates=[Mark(round(left(day) + slot * (1 - GAP) / 2, 1), text) for day, text in named_days(first, last)],
        bars=bars,
        shares=[Mark(up(number / 4, 1), f"{number / 4:.0%}") for number in range(5)],
        line=" ".join(points) if len(points) > 1 else "",
    )


def percent(part: int, whole: int) -> str:
    return f"{part / whole:.0%}" if whole else "–"


@admin.register(LoggedSearch)
class SearchAdmin(ReadOnly, ModelAdmin):
    """One page of figures in place of a list."""

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is None and is_moderator(request)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        asked = request.GET.get("days", "")
        days = int(asked) if asked in map(str, SPANS) else 30
        figures = analyse(days, timezone.now())
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "Searches",
            "figures": figures,
            "led": percent(figures["clicked"], figures["searches"]),
            "in_vain": percent(figures["in_vain"], figures["searches"]),
            "plot": plot_of(figures["days"]),
            "spans": SPANS,
            "days": days,
            "fewest": FEWEST_SEARCHES,
        }
        return TemplateResponse(request, "admin/exercises/searches.html", context)
