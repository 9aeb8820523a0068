"""The weekly sets of each muscle against the range that they should be in, as a drawing."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from templates_app.models import TemplateVersion
from templates_app.plan import Plan
from templates_app.planner.catalogue import CatalogueExercise
from templates_app.planner.lint.reading import fractional_sets
from templates_app.planner.request import Goal, Level, PlanRequest
from templates_app.planner.statement import number
from templates_app.planner.volume import ceiling, floors, group_name

LABELS = 172
"""Pixels left of the scale."""
SCALE = 520
FIGURES = 124
ROW = 26
STEP = 5
"""Sets between two lines of the scale."""


@dataclass(frozen=True, slots=True)
class Dot:
    """A week, or several with as many sets."""

    x: float
    title: str
    verdict: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A group of muscles: the range from floor to ceiling, and a dot for each week's sets."""

    name: str
    y: int
    low: float
    width: float
    dots: tuple[Dot, ...]
    sets: str
    range: str


@dataclass(frozen=True, slots=True)
class Line:
    x: float
    label: str


@dataclass(frozen=True, slots=True)
class Chart:
    bars: tuple[Bar, ...]
    lines: tuple[Line, ...]
    width: int
    height: int


def chart_of(version: TemplateVersion, plan: Plan, library: Mapping[str, CatalogueExercise]) -> Chart | None:
    """The drawing; None where nothing is known of the plan's exercises."""
    weeks = [(week.number, fractional_sets(week.days, library)) for week in plan.weeks]
    level = cast(Level, version.level)
    least = {group: floor for group, (floor, _) in floors(_request(version, plan)).items()}
    trained = (group for _, sets in weeks for group in sets)
    groups = {group: max(sets.get(group, 0) for _, sets in weeks) for group in [*least, *trained]}
    if not any(groups.values()):
        return None
    most = {group: ceiling(group, level) for group in groups}
    end = -(-max(*most.values(), *groups.values()) // STEP) * STEP
    ordered = sorted(groups, key=lambda group: (group not in least, -groups[group], group))
    bars = []
    for place, group in enumerate(ordered):
        low, high = least.get(group, 0), most[group]
        by_sets: dict[float, list[int]] = {}
        for week, sets in weeks:
            by_sets.setdefault(sets.get(group, 0), []).append(week)
        bars.append(
            Bar(
                name=group_name(group).replace("_", " ").capitalize(),
                y=ROW * place + ROW,
                low=LABELS + low / end * SCALE,
                width=(high - low) / end * SCALE,
                dots=tuple(
                    Dot(
                        LABELS + count / end * SCALE,
                        f"{_weeks(numbers)}: {number(count)} sets",
                        _verdict(count, low, high),
                    )
                    for count, numbers in sorted(by_sets.items())
                ),
                sets=_span(list(by_sets)),
                range=f"{number(low)}–{number(high)}",
            )
        )
    lines = tuple(Line(LABELS + at / end * SCALE, str(at)) for at in range(0, int(end) + 1, STEP))
    return Chart(tuple(bars), lines, LABELS + SCALE + FIGURES, ROW * (len(bars) + 2))


def _request(version: TemplateVersion, plan: Plan) -> PlanRequest:
    """What somebody would have asked the planner for to get such a plan, as far as its floors depend on it."""
    days = max(len(week.days) for week in plan.weeks)
    return PlanRequest(cast(Goal, version.goal), cast(Level, version.level), days, minutes=60, weeks=len(plan.weeks))


def _verdict(count: float, low: float, high: float) -> str:
    return "under" if count < low else "over" if count > high else "within"


def _weeks(numbers: list[int]) -> str:
    return f"week {numbers[0]}" if len(numbers) == 1 else f"weeks {', '.join(map(str, numbers))}"


def _span(counts: list[float]) -> str:
    low, high = min(counts), max(counts)
    return number(low) if low == high else f"{number(low)}–{number(high)}"
