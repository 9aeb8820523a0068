"""The phases of a repetition: the way out to its turn, the way back, and the pauses, in frames and in seconds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from analysis.core.body import Body
from analysis.core.pose import Floats, Repetition
from analysis.core.signals import Concentric

MOVING: Final = (0.05, 0.95)
"""A way is under way between these shares of it; before and after it is a pause (ours)."""
TURNING: Final = 0.85
"""What is nearer to the extreme than this share of the way is the turn."""
EDGE_S: Final = 0.4
"""How much of the rest on both sides belongs to a repetition: the top of a push-up, the bottom of a curl."""

EARLY_S: Final = 0.8
"""The effort is looked at from so long before the movement as a whole sets out: hips may rise first."""


@dataclass(frozen=True, slots=True)
class Lift:
    """One repetition in frames of a body.

    `whole` moves from its start to its end, `reach` has a little of the rest on both sides too, `turn` is about the
    extreme, `concentric` the way with the effort and a little before it, `rising` the turn and half of the way back.
    `begin_s` and `finish_s` are where it really moves; `out_s` and `back_s` how long the two ways took (NaN for
    one outside the clip), `pause_s` how long the turn was held.
    """

    start_s: float
    extreme_s: float
    end_s: float
    whole: slice
    reach: slice
    turn: slice
    concentric: slice
    rising: slice
    begin_s: float
    finish_s: float
    out_s: float
    pause_s: float
    back_s: float
    effort_first: bool

    @property
    def concentric_s(self) -> float:
        return self.out_s if self.effort_first else self.back_s

    @property
    def eccentric_s(self) -> float:
        return self.back_s if self.effort_first else self.out_s


def lifts(body: Body, curve: Floats, repetitions: Sequence[Repetition], concentric: Concentric) -> list[Lift]:
    """The phases of all repetitions; `curve[T]` is what they were counted by, growing from rest towards the extreme."""
    ends = [0, *(body.frame(one.end_s) for one in repetitions)]
    starts = [*(body.frame(one.start_s) for one in repetitions), len(body.times) - 1]
    return [_lift(body, curve, one, concentric, (ends[i], starts[i + 1])) for i, one in enumerate(repetitions)]


def still(from_s: float, to_s: float, frames: slice) -> Lift:
    """A stretch in which a position is held: all of it is the turn."""
    whole = dict.fromkeys(("whole", "reach", "turn", "concentric", "rising"), frames)
    return Lift(
        start_s=from_s,
        extreme_s=(from_s + to_s) / 2,
        end_s=to_s,
        begin_s=from_s,
        finish_s=to_s,
        out_s=float("nan"),
        pause_s=to_s - from_s,
        back_s=float("nan"),
        effort_first=False,
        **whole,
    )


def _lift(body: Body, curve: Floats, one: Repetition, concentric: Concentric, bound: tuple[int, int]) -> Lift:
    """`bound` is where the repetition before ends and the next one starts: the rest in between belongs to both."""
    first, top, last = (body.frame(second) for second in (one.start_s, one.extreme_s, one.end_s))
    edge = round(EDGE_S / body.step)
    earliest, latest = min(first, bound[0]), max(last, bound[1])
    foot, other_foot = max(earliest, first - edge), min(latest, last + edge)
    begin, arrive = _way(curve[foot : top + 1])
    end, leave = _way(curve[top : other_foot + 1][::-1])
    begin, arrive, leave, end = foot + begin, foot + arrive, other_foot - leave, other_foot - end
    near_first, near_last = _near(curve, first, top, last)
    effort_first = concentric == Concentric.BEFORE
    effort = (begin, arrive, earliest) if effort_first else (leave, end, top)
    seconds = body.times
    return Lift(
        start_s=one.start_s,
        extreme_s=one.extreme_s,
        end_s=one.end_s,
        whole=slice(begin, end + 1),
        reach=slice(max(earliest, begin - edge), min(latest, end + edge) + 1),
        turn=slice(near_first, near_last + 1),
        concentric=slice(max(effort[2], effort[0] - round(EARLY_S / body.step)), effort[1] + 1),
        rising=slice(near_first, (leave + end) // 2 + 1),
        begin_s=float(seconds[begin]),
        finish_s=float(seconds[end]),
        out_s=float(seconds[arrive] - seconds[begin]) if top > first else float("nan"),
        pause_s=float(seconds[leave] - seconds[arrive]),
        back_s=float(seconds[end] - seconds[leave]) if last > top else float("nan"),
        effort_first=effort_first,
    )


def _way(curve: Floats) -> tuple[int, int]:
    """Where a way towards the extreme, which is its last value, sets out and where it arrives."""
    known = np.flatnonzero(np.isfinite(curve))
    if len(known) < 2:
        return 0, len(curve) - 1
    low, high = float(np.nanmin(curve)), float(curve[known[-1]])
    share = (curve - low) / max(high - low, 1e-9)
    below = np.flatnonzero(share < MOVING[0])
    begin = int(below[-1]) if len(below) else 0
    above = np.flatnonzero(share[begin:] >= MOVING[1])
    return begin, begin + int(above[0]) if len(above) else len(curve) - 1


def _near(curve: Floats, first: int, top: int, last: int) -> tuple[int, int]:
    """The stretch about the extreme that is no farther from it than the turn is, on either way."""
    bounds = []
    for way in (curve[first : top + 1][::-1], curve[top : last + 1]):
        known = way[np.isfinite(way)]
        if len(known) < 2:
            bounds.append(0)
            continue
        level = known.max() - (1 - TURNING) * (known.max() - known.min())
        away = np.flatnonzero(way < level)
        away = away[away > 0]
        bounds.append(int(away[0]) - 1 if len(away) else len(way) - 1)
    return top - bounds[0], top + bounds[1]
