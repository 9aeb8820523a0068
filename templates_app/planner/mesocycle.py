"""The weeks of a plan: blocks that grow harder, each ended by an easy week.

Effort falls from 3 repetitions in reserve to what level and goal allow; sets grow a little where size is the goal. An
easy week comes every 4–8 weeks, about 7 days, with fewer sets and less effort (Bell 2022, 2023: what coaches agree on,
no trial). Beginners need none within 8 weeks: their loads fall by themselves when they stall.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from templates_app.planner.prescription import MAX_RIR, SPARED_RIR, Role, is_spared, rir_floor
from templates_app.planner.request import Goal, PlanRequest

BLOCK_WEEKS: Final[dict[Goal, int]] = {
    "strength": 4,
    "power": 4,
    "hypertrophy": 5,
    "general": 6,
    "fat_loss": 6,
    "endurance": 6,
}
"""Weeks of a block with its easy week, where the number of weeks allows (ours)."""
LONGEST_BLOCK: Final = 8
FIRST_RIR: Final = 3
GROWING: Final[frozenset[Goal]] = frozenset({"hypertrophy"})
WEEKLY_GROWTH: Final = 0.1
"""Share of its sets by which a week of a growing block may exceed the one before (ours; 0.2 is the hard limit)."""

WAVE_TOPS: Final = (Decimal(85), Decimal(95))
"""Top sets of a wave, first to last week, in percent of a training max that is 90 % of the 1RM."""
EASY_WAVE: Final = (Decimal(40), Decimal(50), Decimal(60))
WAVE_STEP: Final = Decimal("2.5")
"""Percents of a wave are multiples of this (ours)."""


@dataclass(frozen=True, slots=True)
class PlanWeek:
    """A week: `block` and `step` count from 0, `steps` are the hard weeks of its block."""

    number: int
    block: int
    step: int
    steps: int
    is_easy: bool

    @property
    def ease(self) -> float:
        """0 in the first hard week of a block, 1 in the last."""
        return self.step / (self.steps - 1) if self.steps > 1 else 0.0


def block_lengths(request: PlanRequest) -> list[int]:
    """Weeks of each block, the longer ones first."""
    if request.level == "beginner":
        whole, rest = divmod(request.weeks, LONGEST_BLOCK)
        return [LONGEST_BLOCK] * whole + [rest] * (rest > 0)
    usual = BLOCK_WEEKS[request.goal]
    count = max(request.weeks // usual, -(-request.weeks // LONGEST_BLOCK), 1)
    short, longer = divmod(request.weeks, count)
    return [short + 1] * longer + [short] * (count - longer)


def plan_weeks(request: PlanRequest) -> list[PlanWeek]:
    """All weeks in order. A block under 4 weeks, and a beginner's under 8, has no easy one."""
    shortest = LONGEST_BLOCK if request.level == "beginner" else 4
    weeks: list[PlanWeek] = []
    for block, length in enumerate(block_lengths(request)):
        steps = length - 1 if length >= shortest else length
        for step in range(length):
            weeks.append(PlanWeek(len(weeks) + 1, block, min(step, steps), steps, step >= steps))
    return weeks


def reserve(week: PlanWeek, role: Role, request: PlanRequest) -> int:
    """Repetitions in reserve in a week."""
    if week.is_easy or role == "explosive":
        return MAX_RIR
    if is_spared(request):
        return SPARED_RIR
    last = max(rir_floor(request), 0 if role in {"isolate", "core"} else 1)
    first = max(FIRST_RIR, last)
    if request.goal == "power" and role == "main":
        first, last = MAX_RIR, 3
    if week.steps == 1:
        return first - (first - last) // 2
    return first - round((first - last) * week.ease)


def wave(week: PlanWeek) -> list[tuple[int, Decimal]]:
    """(repetitions, percent of the training max) of the three sets of a week; the last is open-ended but when easy.

    Every block asks for the same percents: what grows from wave to wave is the training max, if the wave was done.
    """
    if week.is_easy:
        return [(5, percent) for percent in EASY_WAVE]
    first, last = WAVE_TOPS
    top = first + (last - first) * Decimal(str(week.ease))
    top = (top / WAVE_STEP).quantize(Decimal(1)) * WAVE_STEP
    reps = 5 if week.ease < 0.45 else 3 if week.ease < 0.95 else 1
    if reps == 1:
        return [(5, top - 20), (3, top - 10), (1, top)]
    return [(reps, top - 20), (reps, top - 10), (reps, top)]
