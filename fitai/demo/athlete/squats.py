"""A set of body-weight squats: five repetitions, the fourth of which stops far above parallel."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from fitai.demo.athlete.body import Posture


@dataclass(frozen=True, slots=True)
class Squat:
    """One repetition: how deep (1 brings the hip level with the knee), how long each part of it lasts, and how much of
    the knees' usual way forward they go."""

    depth: float
    down_s: float
    hold_s: float
    up_s: float
    rest_s: float
    knees: float = 1.0


START_S: Final = 1.0
SET: Final = (
    Squat(0.93, 1.10, 0.20, 0.90, 0.50),
    Squat(0.91, 1.05, 0.15, 0.90, 0.45),
    Squat(0.93, 1.10, 0.20, 0.95, 0.50),
    Squat(0.66, 0.90, 0.10, 0.80, 0.55, knees=0.42),
    Squat(0.90, 1.10, 0.25, 1.05, 0.80),
)


def postures(rate: float) -> Iterator[Posture]:
    """How the person stands in each frame of the set, at so many frames a second."""
    length = START_S + sum(squat.down_s + squat.hold_s + squat.up_s + squat.rest_s for squat in SET)
    for index in range(int(length * rate)):
        yield posture(*depth_at(index / rate), index / rate)


def depth_at(time_s: float) -> tuple[float, float]:
    """How deep the person is at this time (0 standing, 1 with the hip level with the knee), and the knees' way."""
    time_s -= START_S
    for squat in SET:
        if time_s < 0:
            break
        if time_s < squat.down_s:
            return squat.depth * eased(time_s / squat.down_s), squat.knees
        if time_s < squat.down_s + squat.hold_s:
            return squat.depth, squat.knees
        time_s -= squat.down_s + squat.hold_s
        if time_s < squat.up_s:
            return squat.depth * (1 - eased(time_s / squat.up_s)), squat.knees
        time_s -= squat.up_s + squat.rest_s
    return 0.0, 1.0


def eased(part: float) -> float:
    return float(0.5 - 0.5 * np.cos(np.pi * part))


def posture(depth: float, knees: float, time_s: float) -> Posture:
    """The joints at this depth; the arms come up for balance, and nobody stands quite still."""
    sway = 0.6 * np.sin(1.9 * time_s) + 0.4 * np.sin(3.1 * time_s + 1)
    return Posture(
        shin=33 * depth * knees + 0.3 * sway,
        thigh=2 + 82 * depth,
        trunk=3 + 41 * depth + sway,
        arm=10 + 78 * depth + 1.5 * sway,
        elbow=12 - 6 * depth,
        nod=-2 + 6 * depth + sway,
    )
