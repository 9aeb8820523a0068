"""The judge of a finished plan, whoever made it: the solver, a language model, a person.

It counts on its own and shares only data with the solver: the tables of volume, the constants and the sum of time, the
calendar. What it refuses must not reach a person; what it reports as trade-offs may, and says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from templates_app.plan import Plan
from templates_app.planner.catalogue import CatalogueExercise
from templates_app.planner.lint.dose import (
    balance,
    easy_weeks,
    effort,
    floors_and_frequency,
    growth,
    too_many_to_failure,
    volume,
)
from templates_app.planner.lint.loads import overloads
from templates_app.planner.lint.permission import permission
from templates_app.planner.lint.reading import Reading
from templates_app.planner.lint.shape import days_apart, minutes, neighbours, shape
from templates_app.planner.request import History, PlanRequest
from templates_app.planner.statement import Statement


@dataclass(frozen=True, slots=True)
class Findings:
    """What a plan breaks, and what it leaves to be desired."""

    refusals: tuple[Statement, ...]
    trade_offs: tuple[Statement, ...]

    @property
    def is_accepted(self) -> bool:
        return not self.refusals

    def to_json(self) -> dict[str, Any]:
        return {
            "refusals": [item.to_json() for item in self.refusals],
            "trade_offs": [item.to_json() for item in self.trade_offs],
        }


def lint(plan: Plan, request: PlanRequest, catalogue: Sequence[CatalogueExercise], history: History) -> Findings:
    """Every hard rule, then every soft one. A plan with a broken shape is judged by its shape alone."""
    reading = Reading(plan, request, {item.id: item for item in catalogue}, history)
    broken = list(shape(reading))
    if broken:
        return Findings(tuple(broken), ())
    hard = (permission, minutes, neighbours, days_apart, volume, effort, too_many_to_failure, growth, overloads)
    soft = (floors_and_frequency, balance, easy_weeks)
    return Findings(
        tuple(item for rule in hard for item in rule(reading)),
        tuple(item for rule in soft for item in rule(reading)),
    )
