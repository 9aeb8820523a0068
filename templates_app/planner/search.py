"""Finding the best plan of a model with OR-Tools' CP-SAT: always the same one.

One thread and limits in deterministic time make the answer a function of the model. Among the plans that keep the soft
rules best, taste decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from templates_app.planner.columns import Column
from templates_app.planner.faults import PlannerFault
from templates_app.planner.model import Model
from templates_app.planner.request import PlanRequest
from templates_app.planner.statement import Statement
from templates_app.planner.week import Theme

RULES_LIMIT: Final = 0.35
LIMIT: Final = 0.7
ANY_LIMIT: Final = 2.0
"""Of CP-SAT's own time, which counts work and not seconds: for the soft rules, for these and taste, for any plan."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A column taken, with its sets."""

    column: Column
    sets: int


@dataclass(frozen=True, slots=True)
class Solution:
    """What was found: whether it is proven best, and how much work it took."""

    choices: tuple[Choice, ...]
    is_optimal: bool
    work: float


def solve(columns: Sequence[Column], week: Sequence[Theme], request: PlanRequest) -> Solution | None:
    """The best plan found within the limits, None where none exists: first by the rules, then among those by taste."""
    from ortools.sat.python import cp_model  # noqa: PLC0415  loads slowly; only who plans pays for it

    model = cp_model.CpModel()
    builder = Model(model, list(columns), list(week), request)
    builder.constrain()
    builder.prefer()
    rules = sum(weight * term for weight, term in builder.rules)
    taste = sum(weight * term for weight, term in builder.taste)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = request.seed % 2**31
    solver.parameters.linearization_level = 2  # proves most plans best in a tenth of the work the default needs
    solver.parameters.cp_model_probing_level = 0  # finds nothing here and costs a third of the time
    solver.parameters.symmetry_level = 0  # days that mirror each other are few; looking for them costs more

    def run(limit: float) -> int:
        solver.parameters.max_deterministic_time = limit
        return int(solver.solve(model))

    def read() -> tuple[Choice, ...]:
        return tuple(
            Choice(column, int(solver.value(builder.sets[place])))
            for place, column in enumerate(columns)
            if solver.boolean_value(builder.taken[place])
        )

    model.minimize(rules)
    status = run(RULES_LIMIT)
    if status == cp_model.UNKNOWN:
        model.clear_objective()
        status = run(ANY_LIMIT)
    if status == cp_model.UNKNOWN:
        raise PlannerFault([Statement("undecided", "No plan was found in time, nor that there is none.")])
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None
    is_proven = status == cp_model.OPTIMAL and model.has_objective()
    found, work = read(), solver.response_proto.deterministic_time
    for index, value in enumerate(solver.response_proto.solution):
        model.add_hint(model.get_int_var_from_proto_index(index), value)
    if is_proven:
        model.add(rules <= round(solver.objective_value))
        model.minimize(taste)
    else:
        model.minimize(rules + taste)
    status = run(max(LIMIT - work, LIMIT / 4))
    if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        found = read()
    return Solution(found, is_proven and status == cp_model.OPTIMAL, work + solver.response_proto.deterministic_time)


def exists(columns: Sequence[Column], week: Sequence[Theme], request: PlanRequest) -> bool:
    """Whether any plan keeps the hard rules."""
    from ortools.sat.python import cp_model  # noqa: PLC0415  as above

    model = cp_model.CpModel()
    Model(model, list(columns), list(week), request).constrain()
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = request.seed % 2**31
    solver.parameters.max_deterministic_time = ANY_LIMIT
    return solver.solve(model) in (cp_model.OPTIMAL, cp_model.FEASIBLE)
