"""Finding the best plan of a model with OR-Tools' CP-SAT: always the same one.

One thread and limits in deterministic time make the answer a function of the model. The soft rules are searched for
stage by stage, each among the plans that are as good by the stages before as was found; taste comes last.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from templates_app.planner.columns import Column
from templates_app.planner.faults import Undecided
from templates_app.planner.model import Model
from templates_app.planner.request import PlanRequest
from templates_app.planner.week import Theme

LIMIT: Final = 0.7
SHARES: Final = (0.5, 0.5, 0.5, 0.5, 1.0)
LEAST_LIMIT: Final = 0.05
ANY_LIMIT: Final = 2.0
"""Of CP-SAT's own time, which counts work and not seconds: for all stages, the share of what is left that each may take
and what it has at least, for any plan at all."""


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
    """The best plan found within the limits, None where none exists; raises `Undecided` where neither came out."""
    from ortools.sat.python import cp_model  # noqa: PLC0415  loads slowly; only who plans pays for it

    model = cp_model.CpModel()
    builder = Model(model, list(columns), list(week), request)
    builder.constrain()
    builder.prefer()
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

    found: tuple[Choice, ...] = ()
    is_proven, work = True, 0.0
    for number, stage in enumerate(builder.stages()):
        if found and solver.value(stage) == 0:  # there is nothing below it to look for
            model.add(stage <= 0)
            continue
        model.minimize(stage)
        status = run(max((LIMIT - work) * SHARES[number], LEAST_LIMIT))
        work += solver.response_proto.deterministic_time
        if status == cp_model.UNKNOWN and not found:
            model.clear_objective()
            status = run(ANY_LIMIT)
            work += solver.response_proto.deterministic_time
            is_proven = False
        if status == cp_model.UNKNOWN and not found:
            raise Undecided()
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            if not found:
                return None
            is_proven = False
            break  # not even what is known already came back in time: it stands
        is_proven = is_proven and status == cp_model.OPTIMAL
        found = read()
        best = solver.value(stage)
        model.clear_hints()
        for index, value in enumerate(solver.response_proto.solution):
            model.add_hint(model.get_int_var_from_proto_index(index), value)
        model.add(stage <= best)
    return Solution(found, is_proven, work)


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
