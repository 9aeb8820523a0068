"""How many repetitions a set had, and when each began, turned and ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from analysis.core.consensus import agree
from analysis.core.cycles import Cycle, cycles
from analysis.core.guessing import improvise, posture, recognise
from analysis.core.pose import Floats, Repetition, Track
from analysis.core.signals import PROFILES, Concentric, measure
from analysis.core.smoothing import shots, steady

PARTLY: Final = 0.7
"""At the clip's edge a repetition counts when at least this share of its way with the effort is in view."""


@dataclass(frozen=True, slots=True)
class Curve:
    """A line for the chart: `values[T]` (NaN in gaps) over `times[T]` in seconds."""

    times: Floats
    values: Floats
    name: str
    unit: str


@dataclass(frozen=True, slots=True)
class Count:
    """The repetitions of a set in their order, with those not counted because the clip cuts off their effort.

    `begun` counts these too. `signal` is what was counted by: 0 % at rest, 100 % at the extreme of the exercise's usual
    repetition. `confidence`, 0 to 1, is how well the signals were seen and agreed. `guess` is the profile that the
    movement looks like, where none is known. `used` says how much each signal weighed, the heaviest first.
    """

    repetitions: tuple[Repetition, ...]
    begun: int
    signal: Curve
    confidence: float
    guess: str | None = None
    used: tuple[tuple[str, float], ...] = ()

    @property
    def counted(self) -> int:
        """How many repetitions count."""
        return sum(one.counted for one in self.repetitions)


def count(track: Track, profile: str | None = None) -> Count:
    """Count a set of an exercise (one of `PROFILES`), or, where none is given, of what it looks like.

    An exercise that has no profile, and what looks like none, is counted by what moves most regularly.
    """
    smooth = steady(track)
    times = smooth.times
    signals, parts = measure(smooth), shots(smooth)
    guess = None if profile in PROFILES else recognise(times, signals, parts)
    used = PROFILES.get(profile if profile is not None else guess or "")
    if used:
        agreed = agree(times, signals, parts, used.swings)
        found = cycles(times, agreed.values, posture(signals))
    else:
        free = improvise(times, signals, parts)
        used = free.profile
        agreed = agree(times, free.signals, parts, used.swings)
        found = cycles(times, agreed.values, None if free.even else posture(signals), even=free.even)
    usual = float(np.median([one.size for one in found])) if found else 0.0
    repetitions = tuple(_repetition(times, one, used.concentric, usual) for one in found)
    curve = Curve(times, agreed.values * 100, used.extreme, "%")
    return Count(repetitions, len(repetitions), curve, agreed.confidence, guess, agreed.used)


def _repetition(times: Floats, one: Cycle, concentric: Concentric, usual: float) -> Repetition:
    ways = {Concentric.BEFORE: one.rise, Concentric.AFTER: one.fall}
    effort = ways.get(concentric, 0.0)
    return Repetition(
        start_s=float(times[one.extreme if one.start is None else one.start]),
        extreme_s=float(times[one.extreme]),
        end_s=float(times[one.extreme if one.end is None else one.end]),
        # Where the clip cuts off the way without effort, the effort counts if it came to its turn.
        counted=one.whole or (one.settled and effort >= PARTLY * usual),
    )
