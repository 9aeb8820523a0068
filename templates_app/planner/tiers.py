"""The order in which soft rules give way.

The five that people are promised keep their order: lower bounds, balance, frequency, wishes, variety. What stands
between them has its reason in `docs/planner.md`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

Tier = Literal["whole", "floor_1", "floor_2", "floor_3", "balance", "frequency", "heart", "preference", "shape"]
STAGES: Final[tuple[tuple[Tier, ...], ...]] = (
    ("whole", "floor_1"),
    ("floor_2", "floor_3"),
    ("balance", "frequency", "heart"),
    ("preference", "shape"),
)
"""The soft rules, highest first: one unit of a tier outweighs all that those below it can add up to.

All of them in one sum would have weights beyond what a solver reckons with exactly, each on its own would be another
search; so they are searched for stage by stage."""


def strict(sums: Sequence[int]) -> list[int]:
    """What one unit of each tier has to weigh, highest first, to outweigh the most that all below it can come to."""
    weights: list[int] = []
    below = 0
    for most in reversed(sums):
        weights.insert(0, below + 1)
        below += (below + 1) * most
    return weights
