"""Training plans from wishes: a constraint solver chooses exercises, sets and days, a linter judges the result.

Pure: no Django, no clock, no files. `plan` makes a plan, `lint` judges one, whoever made it.
"""

from templates_app.planner.catalogue import CatalogueExercise
from templates_app.planner.faults import PlannerFault, Undecided
from templates_app.planner.lint import Findings, lint
from templates_app.planner.proposal import PLANNER_VERSION, Proposal, plan
from templates_app.planner.request import GOALS, LEVELS, SPLITS, History, PlanRequest
from templates_app.planner.statement import Statement

__all__ = [
    "GOALS",
    "LEVELS",
    "PLANNER_VERSION",
    "SPLITS",
    "CatalogueExercise",
    "Findings",
    "History",
    "PlanRequest",
    "PlannerFault",
    "Proposal",
    "Statement",
    "Undecided",
    "lint",
    "plan",
]
