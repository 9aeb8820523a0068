"""What a movement looks like, where nobody says which exercise it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

import numpy as np

from analysis.core.consensus import (
    RHYTHMIC,
    Shots,
    agree,
    correlate,
    moves,
    repetition,
    rhythmic,
    span,
    step_of,
    trusted,
    weigh,
)
from analysis.core.cycles import cycles
from analysis.core.pose import Floats
from analysis.core.signals import PROFILES, SIDES, Concentric, Profile, Signal
from analysis.core.smoothing import low_pass

USUAL: Final = {"deg": 60.0, "torso": 0.6}
"""A change that counts as one, in each unit."""
LIKE: Final = 0.15
"""How well a movement fits the exercise it is said to look like, at least."""
ALLIED: Final = 0.7
"""Signals whose speeds correlate so much with the most regular one tell of the same movement."""

FIDGETING: Final = 0.25
"""What moves by less than this share of a usual change is not followed."""
OFTEN: Final = 8
"""A movement repeated this often may be freed of all that is slower than it."""

Range = tuple[float, float]
_STANDING: Final[Range] = (0, 30)
_LYING: Final[Range] = (50, 125)
_STRAIGHT: Final[Range] = (140, 180)
_BENT: Final[Range] = (20, 120)
_ON_LEGS: Final[Range] = (1.3, 2.3)
_STILL: Final[Range] = (-0.2, 0.2)


@dataclass(frozen=True, slots=True)
class Look:
    """How an exercise looks: how far the shoulders rise from rest to the extreme, in torso lengths, and where the body
    is at rest and at the extreme; a name without a side means both sides."""

    shoulders: Range
    poses: Mapping[str, tuple[Range, Range]]


def _look(shoulders: Range, **poses: tuple[Range, Range]) -> Look:
    return Look(shoulders, MappingProxyType(poses))


LOOKS: Final[Mapping[str, Look]] = MappingProxyType(
    {
        "squat": _look(
            (-1.5, -0.3),
            lean=(_STANDING, (5, 70)),
            knee=(_STRAIGHT, (30, 125)),
            knees_uneven=((0, 0.2), (0, 0.25)),
            wrist_over_shoulder=((-1.3, 0.8), (-0.8, 0.8)),
        ),
        "deadlift": _look(
            (0.3, 1.6),
            lean=((35, 110), _STANDING),
            knee=((60, 145), (150, 180)),
            elbow=(_STRAIGHT, _STRAIGHT),
            wrist_over_shoulder=((-1.4, -0.6), (-1.4, -0.7)),
        ),
        "romanian_deadlift": _look(
            (0.3, 1.4),
            lean=((40, 110), _STANDING),
            knee=((145, 180), (150, 180)),
            elbow=(_STRAIGHT, _STRAIGHT),
            wrist_over_shoulder=((-1.4, -0.6), (-1.4, -0.7)),
            hip_height=((1.1, 2.2), _ON_LEGS),
        ),
        "push_up": _look(
            (-0.9, -0.15),
            lean=(_LYING, _LYING),
            hip=((145, 180), (145, 180)),
            elbow=(_STRAIGHT, (30, 130)),
            wrist_over_shoulder=((-1.3, -0.4), (-0.8, 0.1)),
        ),
        "bench_press": _look(
            _STILL,
            lean=(_LYING, _LYING),
            elbow=(_STRAIGHT, (20, 125)),
            wrist_over_shoulder=((0.4, 1.4), (-0.2, 0.7)),
        ),
        "overhead_press": _look(
            _STILL,
            lean=(_STANDING, _STANDING),
            elbow=((10, 115), _STRAIGHT),
            wrist_over_shoulder=((-0.3, 0.5), (0.5, 1.5)),
        ),
        "row": _look(
            _STILL,
            lean=((30, 110), (30, 110)),
            knee=((110, 180), (110, 180)),
            elbow=(_STRAIGHT, (40, 125)),
            wrist_over_shoulder=((-1.4, -0.6), (-0.9, -0.1)),
        ),
        "curl": _look(
            _STILL,
            lean=(_STANDING, _STANDING),
            elbow=(_STRAIGHT, (10, 90)),
            shoulder=((0, 40), (0, 65)),
            wrist_over_shoulder=((-1.4, -0.7), (-0.6, 0.4)),
        ),
        "lunge": _look(
            (-1.2, -0.2),
            lean=(_STANDING, (0, 40)),
            knee=(_STRAIGHT, (60, 135)),
            knees_uneven=((0, 0.6), (0.3, 1.2)),
        ),
        "pull_up": _look(
            (0.25, 1.4),
            lean=((0, 40), (0, 50)),
            elbow=(_STRAIGHT, _BENT),
            wrist_over_shoulder=((0.6, 1.6), (-0.2, 0.7)),
        ),
        "dip": _look(
            (-0.9, -0.2),
            lean=((0, 50), (0, 60)),
            elbow=(_STRAIGHT, (40, 125)),
            wrist_over_shoulder=((-1.2, -0.6), (-0.8, 0.0)),
        ),
        "sit_up": _look(
            (0.3, 1.4),
            lean=(_LYING, (0, 60)),
            hip=((90, 160), (20, 100)),
            knee=((30, 140), (30, 140)),
        ),
        "lateral_raise": _look(
            _STILL,
            lean=(_STANDING, _STANDING),
            elbow=((130, 180), (130, 180)),
            hands_apart=((0, 1.2), (1.5, 4.0)),
            feet_apart=((0, 0.9), (0, 0.9)),
            wrist_over_shoulder=((-1.4, -0.7), (-0.3, 0.4)),
        ),
        "front_raise": _look(
            _STILL,
            lean=(_STANDING, _STANDING),
            elbow=((130, 180), (130, 180)),
            hands_apart=((0, 1.2), (0, 1.2)),
            feet_apart=((0, 0.9), (0, 0.9)),
            wrist_over_shoulder=((-1.4, -0.7), (-0.3, 0.5)),
        ),
        "jumping_jack": _look(
            (-0.4, 0.5),
            lean=(_STANDING, _STANDING),
            feet_apart=((0, 0.8), (0.6, 2.5)),
            wrist_over_shoulder=((-1.4, -0.2), (0.3, 1.6)),
        ),
        "hip_thrust": _look(
            (-0.3, 0.3),
            lean=(_LYING, _LYING),
            knee=((40, 130), (50, 130)),
            hip=((60, 135), (145, 180)),
        ),
        "plank": _look(
            _STILL,
            lean=(_LYING, _LYING),
            hip=((145, 180), (145, 180)),
            knee=((145, 180), (145, 180)),
            wrist_over_shoulder=((-1.2, -0.2), (-1.2, -0.2)),
        ),
    }
)


def recognise(times: Floats, signals: Mapping[str, Signal], parts: Shots) -> str | None:
    """The profile whose movement and poses fit best; None where none fits."""
    best, guess = LIKE, None
    for name, profile in PROFILES.items():
        agreed = agree(times, signals, parts, profile.swings)
        found = cycles(times, agreed.values, posture(signals))
        rest = [row for one in found for row in (one.start, one.end) if row is not None]
        often = sum(1.0 if one.whole else 0.5 for one in found)
        fit = _fit(signals, LOOKS[name], rest, [one.extreme for one in found])
        score = fit * agreed.strength**0.5 * often / (often + 0.5)
        if score > best:
            best, guess = score, name
    always = list(range(len(times)))
    if guess is None and span(signals["shoulder_rise"]) < 0.3 and _fit(signals, LOOKS["plank"], always, always) > 0.5:
        return "plank"
    return guess


def _fit(signals: Mapping[str, Signal], look: Look, rest: list[int], turn: list[int]) -> float:
    """How well the poses at rest and at the extreme, and the way between, are those of an exercise, 0 to 1."""
    before, after = (_value(signals, "shoulder_rise", rows) for rows in (rest, turn))
    fits = [_within(after - before, look.shoulders, "torso")]
    for part, pair in look.poses.items():
        for rows, bounds in zip((rest, turn), pair, strict=True):
            fits.append(_within(_value(signals, part, rows), bounds, _named(signals, part)[0].unit))
    known = [fit for fit in fits if np.isfinite(fit)]
    if not known or len(known) < len(fits) / 2:
        return 0.0
    # As if every exercise named four parts, so that one described more closely is at no disadvantage.
    return float(np.prod(known)) ** (4 / len(known))


def _value(signals: Mapping[str, Signal], part: str, rows: list[int]) -> float:
    """The usual value of a part, of both sides if it has sides; NaN where it is not seen."""
    values = np.array([trusted(one)[rows] for one in _named(signals, part)])
    values = values[np.isfinite(values)]
    return float(np.median(values)) if len(values) else np.nan


def _named(signals: Mapping[str, Signal], part: str) -> list[Signal]:
    return [signals[name] for name in (part, *(f"{side}_{part}" for side in SIDES)) if name in signals]


def _within(value: float, bounds: Range, unit: str) -> float:
    """1 inside the bounds, less outside of them."""
    off = max(bounds[0] - value, value - bounds[1], 0.0) / USUAL[unit]
    return float(np.exp(-3 * off**2)) if np.isfinite(value) else np.nan


@dataclass(frozen=True, slots=True)
class Improvised:
    """A profile made from what moves; the signals to follow it by; and whether these swing evenly about zero."""

    profile: Profile
    signals: Mapping[str, Signal]
    even: bool


def improvise(times: Floats, signals: Mapping[str, Signal], parts: Shots) -> Improvised:
    """A profile of what moves most regularly and of all that moves with it; rest is where most time is spent."""
    step = step_of(times)
    moving = {
        name: one
        for name, one in signals.items()
        if moves(one, step, parts) and span(one) >= FIDGETING * USUAL[one.unit]
    }
    if not moving:
        return Improvised(Profile(Concentric.NONE, "extreme", {}), {}, False)
    usual = np.array([USUAL[one.unit] for one in moving.values()])
    speeds, worth = weigh(moving, step, parts, usual)
    _, period, strength = repetition(speeds, worth, step)
    even = strength >= RHYTHMIC and times[-1] - times[0] >= OFTEN * period
    if even:
        moving = {
            name: replace(one, values=one.values - low_pass(one.values, step, period / 2))
            for name, one in moving.items()
        }
        speeds, worth = weigh(moving, step, parts, usual)
    names = list(moving)
    leader = int(np.argmax(rhythmic(speeds, worth, step)))
    low, middle, high = np.nanpercentile(trusted(moving[names[leader]]), [5, 50, 95])
    up = 1.0 if middle - low <= high - middle else -1.0
    alike = [correlate(speed, speeds[leader])[0] for speed in speeds]
    swings = {
        name: up * float(np.sign(share)) * span(moving[name])
        for name, share in zip(names, alike, strict=True)
        if abs(share) >= ALLIED
    }
    return Improvised(Profile(Concentric.NONE, "extreme", swings), moving, even)


def posture(signals: Mapping[str, Signal]) -> Floats:
    """`[T, F]` the body's heights, which do not depend on where the camera stands, in shares of a usual change."""
    kept = [name for name in sorted(signals) if "_over_" in name or name.endswith("_height")]
    return np.stack([signals[name].values / USUAL[signals[name].unit] for name in kept], axis=1)
