"""What the planner raises."""

from __future__ import annotations

from collections.abc import Sequence

from templates_app.planner.statement import Statement


class PlannerFault(Exception):
    """No answer that could be stood by: a plan that the linter refuses, or none found though none is ruled out.

    A mistake in the planner, never one in the wishes; `refusals` say what it was.
    """

    def __init__(self, refusals: Sequence[Statement]) -> None:
        super().__init__("; ".join(item.text for item in refusals))
        self.refusals = tuple(refusals)


class Undecided(PlannerFault):
    """The search ended before there was a plan, or a proof that there is none."""

    def __init__(self) -> None:
        super().__init__([Statement("undecided", "No plan was found in time, nor that there is none.")])
