"""A plan from wishes, a catalogue and a history: the one door of the planner."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any, Final

from templates_app.plan import Plan
from templates_app.planner.build import build, lay_out
from templates_app.planner.catalogue import CatalogueExercise, permitted
from templates_app.planner.columns import columns
from templates_app.planner.conflicts import ANY_GOAL, conflicts
from templates_app.planner.explain import causes, explain, plan_name, unmet_wishes
from templates_app.planner.faults import PlannerFault, Undecided
from templates_app.planner.lint import lint
from templates_app.planner.request import GOALS, History, PlanRequest, Split
from templates_app.planner.search import Solution, exists, solve
from templates_app.planner.statement import Statement
from templates_app.planner.week import Theme, themes, usual_splits

PLANNER_VERSION: Final = 3
"""Grows with every change that may give the same request another plan."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A plan with its reasons and what it leaves to be desired, or None with the wishes that exclude each other.

    `is_proven` says that no better plan exists by the planner's own measure; else it is the best found in time.
    """

    plan: Plan | None
    name: str
    explanation: tuple[Statement, ...] = ()
    trade_offs: tuple[Statement, ...] = ()
    conflicts: tuple[Statement, ...] = ()
    is_proven: bool = False

    def to_json(self) -> dict[str, Any]:
        return {
            "planner_version": PLANNER_VERSION,
            "name": self.name,
            "weeks": None if self.plan is None else self.plan.to_json(),
            "explanation": [item.to_json() for item in self.explanation],
            "trade_offs": [item.to_json() for item in self.trade_offs],
            "conflicts": [item.to_json() for item in self.conflicts],
            "is_proven": self.is_proven,
        }


def plan(request: PlanRequest, catalogue: Sequence[CatalogueExercise], history: History) -> Proposal:
    """The best plan there is for these wishes. The same arguments give the same plan, byte for byte.

    Raises `PlannerFault` where the linter refuses what the solver made, and `Undecided` where the solver came to no end
    with a split and found no plan with another: then nobody can say that the wishes exclude each other.
    """
    usable = permitted(catalogue, request)
    undecided: Undecided | None = None
    for split in _splits(request):
        week = themes(split, request.days_per_week)
        if week is None or not _is_worthwhile(week, usable):
            continue
        try:
            solution = solve(columns(usable, week, request, history), week, request)
        except Undecided as fault:
            undecided = fault
            continue
        if solution is not None:
            return _proposal(solution, split, week, usable, request, catalogue, history)
    if undecided is not None:
        raise undecided
    found = conflicts(request, list(catalogue), lambda other: is_possible(other, catalogue, history))
    return Proposal(None, "", conflicts=tuple(found))


def _proposal(
    solution: Solution,
    split: Split,
    week: Sequence[Theme],
    usable: Sequence[CatalogueExercise],
    request: PlanRequest,
    catalogue: Sequence[CatalogueExercise],
    history: History,
) -> Proposal:
    layout = lay_out(solution.choices, week, request)
    made = build(layout, usable, request, history)
    findings = lint(made, request, catalogue, history)
    if findings.refusals:
        raise PlannerFault(findings.refusals)
    by_id = {item.id: item for item in catalogue}
    return Proposal(
        plan=made,
        name=plan_name(request, split),
        explanation=tuple(explain(made, layout, split, request, by_id, history)),
        trade_offs=(
            *causes(findings.trade_offs, made, usable, request, by_id),
            *unmet_wishes(made, request, catalogue),
        ),
        is_proven=solution.is_optimal,
    )


def _splits(request: PlanRequest) -> tuple[Split, ...]:
    if request.split is not None:
        return (request.split,)
    return usual_splits(request.goal, request.level, request.days_per_week)


def _is_worthwhile(week: Sequence[Theme], usable: Sequence[CatalogueExercise]) -> bool:
    """Whether each day could deserve its name; what the solver would find out at more cost."""
    return all(any(exercise.pattern in theme.heads for exercise in usable) for theme in week)


def is_possible(request: PlanRequest, catalogue: Sequence[CatalogueExercise], history: History) -> bool:
    """Whether any plan exists; `days_per_week` 0 stands for any number of days, `ANY_GOAL` for any goal."""
    days = (request.days_per_week,) if request.days_per_week else (1, 3, 5, 7, 2, 4, 6)
    goals = GOALS if request.goal == ANY_GOAL else (request.goal,)
    usable = permitted(catalogue, request)
    for goal, count in product(goals, days):
        asked = replace(request, goal=goal, days_per_week=count)
        for split in _splits(asked):
            week = themes(split, count)
            if week is None or not _is_worthwhile(week, usable):
                continue
            if exists(columns(usable, week, asked, history), week, asked):
                return True
    return False
