"""A stick person who does every exercise: joints between a pose at rest and one at the extreme, and scenes with them.

The mannequin's angles are exact and few; the figure is for counting: many exercises, tempos, views, and what happens
around a set. It is filmed by the mannequin's camera.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from analysis.core.pose import Detections, Floats
from tests.analysis.core.mannequin import (
    FOREARM,
    FPS,
    HIPS,
    SHIN,
    SHOULDERS,
    SIDE,
    SIDES,
    THIGH,
    TORSO,
    UPPER_ARM,
    filmed,
)

Joints = dict[str, Floats]


@dataclass(frozen=True)
class Pose:
    """Directions in degrees. The trunk leans forward from upright; limbs point down at 0, ahead at 90, up at 180.
    `arms_out` and `legs_out` lift limbs sideways; `far` overrides those of the left side."""

    trunk: float = 0
    thigh: float = 0
    shin: float = 0
    arm: float = 0
    forearm: float = 0
    arms_out: float = 8
    legs_out: float = 4
    far: Mapping[str, float] | None = None

    def vector(self, side: str) -> Floats:
        values = {name: getattr(self, name) for name in NAMES} | dict((self.far or {}) if side == "left" else {})
        return np.array([values[name] for name in NAMES])


NAMES = ("trunk", "thigh", "shin", "arm", "forearm", "arms_out", "legs_out")


@dataclass(frozen=True)
class Exercise:
    """Its two poses, and the joint that stays where it is."""

    rest: Pose
    extreme: Pose
    anchor: str = "ankle"


UPRIGHT = Pose()
EXERCISES = {
    "squat": Exercise(UPRIGHT, Pose(trunk=42, thigh=88, shin=-28, arm=80, forearm=85)),
    "deadlift": Exercise(Pose(trunk=68, thigh=55, shin=-15), UPRIGHT),
    "romanian_deadlift": Exercise(Pose(trunk=75, thigh=12, shin=-3), UPRIGHT),
    "push_up": Exercise(
        Pose(trunk=72, thigh=-72, shin=-72, arms_out=5),
        Pose(trunk=86, thigh=-86, shin=-86, arm=-65, forearm=20, arms_out=20),
        "wrist",
    ),
    "bench_press": Exercise(
        Pose(trunk=-88, thigh=70, shin=-10, arm=178, forearm=178),
        Pose(trunk=-88, thigh=70, shin=-10, arm=178, forearm=178, arms_out=85),
        "hip",
    ),
    "overhead_press": Exercise(Pose(arm=35, forearm=165), Pose(arm=172, forearm=176)),
    "row": Exercise(Pose(trunk=62, thigh=25, shin=-12), Pose(trunk=62, thigh=25, shin=-12, arm=-55, forearm=25)),
    "curl": Exercise(Pose(forearm=8), Pose(arm=8, forearm=140)),
    "lunge": Exercise(
        Pose(thigh=28, shin=-8, far={"thigh": -20, "shin": -30}),
        Pose(trunk=8, thigh=80, shin=-5, far={"thigh": -8, "shin": -78}),
    ),
    "pull_up": Exercise(
        Pose(arm=176, forearm=178, arms_out=20), Pose(trunk=-8, arm=30, forearm=172, arms_out=40), "wrist"
    ),
    "dip": Exercise(Pose(thigh=-10, shin=-60), Pose(trunk=20, thigh=-5, shin=-60, arm=-75, forearm=10), "wrist"),
    "sit_up": Exercise(
        Pose(trunk=-86, thigh=130, shin=40, arm=120, forearm=140),
        Pose(trunk=-5, thigh=130, shin=40, arm=70, forearm=90),
        "hip",
    ),
    "lateral_raise": Exercise(UPRIGHT, Pose(arms_out=88, forearm=5)),
    "front_raise": Exercise(UPRIGHT, Pose(arm=88, forearm=90)),
    "jumping_jack": Exercise(UPRIGHT, Pose(arms_out=165, legs_out=24), "hip"),
    "hip_thrust": Exercise(
        Pose(trunk=-45, thigh=128, shin=12, arm=-60, forearm=-60),
        Pose(trunk=-85, thigh=92, shin=0, arm=-85, forearm=-85),
        "shoulder",
    ),
    "calf_hop": Exercise(Pose(thigh=15, shin=-10, arm=-30, forearm=40), Pose(arm=60, forearm=130)),
}
"""Those with a profile, and one without."""


def joints(exercise: str, way: Floats) -> Joints:
    """Joints `[T, 3]` (ahead, up, to the right), `way[T]` of the way from rest (0) to the extreme (1)."""
    what = EXERCISES[exercise]
    found: Joints = {}
    for side, half in SIDES.items():
        rest, extreme = what.rest.vector(side), what.extreme.vector(side)
        trunk, thigh, shin, arm, forearm, arms_out, legs_out = (rest + np.outer(way, extreme - rest)).T
        hip = np.zeros((len(way), 3))
        hip[:, 2] = half * HIPS
        shoulder = hip + TORSO * _towards(180 - trunk, 0 * trunk, half)
        shoulder[:, 2] = half * SHOULDERS
        knee = hip + THIGH * _towards(thigh, legs_out, half)
        elbow = shoulder + UPPER_ARM * _towards(arm, arms_out, half)
        # A forearm goes on out of the frontal plane less than the upper arm does.
        wrist = elbow + FOREARM * _towards(forearm, arms_out * np.where(arms_out > 90, 0.2, 1.0), half)
        found |= {
            f"{side}_{name}": place
            for name, place in (
                *(("hip", hip), ("shoulder", shoulder), ("knee", knee), ("elbow", elbow), ("wrist", wrist)),
                ("ankle", knee + SHIN * _towards(shin, legs_out, half)),
            )
        }
    neck = (found["left_shoulder"] + found["right_shoulder"]) / 2
    chest = neck - (found["left_hip"] + found["right_hip"]) / 2
    head = neck + 0.35 * chest
    ahead = np.stack([chest[:, 1], -chest[:, 0], chest[:, 2]], axis=1) * 0.16
    right = np.array([0.0, 0.0, 12.0])
    found |= {"nose": head + ahead, "left_eye": head + ahead * 0.8 - 0.4 * right}
    found |= {"right_eye": head + ahead * 0.8 + 0.4 * right, "left_ear": head - right, "right_ear": head + right}
    fixed = (found[f"left_{what.anchor}"] + found[f"right_{what.anchor}"]) / 2
    return {name: place - fixed + [0.0, HEIGHTS.get(what.anchor, 0.0), 0.0] for name, place in found.items()}


HEIGHTS = {"hip": 150.0, "shoulder": 60.0, "wrist": 60.0}
"""Of what stays where it is, above the floor."""


def _towards(angle: Floats, out: Floats, half: float) -> Floats:
    a, o = np.radians(angle), np.radians(out)
    flat = np.cos(o)
    return np.stack([np.sin(a) * flat, -np.cos(a) * flat, np.sign(half) * np.sin(o)], axis=1)


@dataclass(frozen=True)
class Set:
    """A filmed set: what a pose model saw, and the seconds of the true extremes."""

    detections: Detections
    extremes_s: tuple[float, ...]


def tempo(
    repetitions: int,
    *,
    out_s: float = 1.0,
    back_s: float = 1.0,
    hold_s: float = 0.1,
    rest_s: float = 0.2,
    lead_s: float = 0.6,
) -> tuple[Floats, tuple[float, ...]]:
    """The way `[T]` of a set, at rest before and after it, and the middles of its extremes in seconds."""
    there = (1 - np.cos(np.linspace(0, np.pi, round(out_s * FPS)))) / 2
    again = (1 + np.cos(np.linspace(0, np.pi, round(back_s * FPS)))) / 2
    one = np.concatenate([there, np.ones(round(hold_s * FPS)), again, np.zeros(round(rest_s * FPS))])
    lead = np.zeros(round(lead_s * FPS))
    first = lead_s + out_s + hold_s / 2
    return np.concatenate([lead, *[one] * repetitions, lead]), tuple(
        first + i * len(one) / FPS for i in range(repetitions)
    )


def perform(exercise: str, repetitions: int = 5, *, yaw: float = SIDE, noise: float = 2.0, **timing: float) -> Set:
    """A set seen from `yaw`, with so many pixels of noise on a person of about 300."""
    way, extremes_s = tempo(repetitions, **timing)
    return Set(filmed(joints(exercise, way), yaw, noise=noise), extremes_s)


def still(exercise: str, seconds: float, *, share: float = 0.0, yaw: float = SIDE, noise: float = 2.0) -> Detections:
    """Nothing but a pose, at rest (0), at the extreme (1) or between."""
    return filmed(joints(exercise, np.full(round(seconds * FPS), share)), yaw, noise=noise)


def walking(seconds: float, from_x: float, to_x: float, *, size: float = 1.0, yaw: float = SIDE) -> Detections:
    """Somebody who walks through the picture, from one place to another, in pixels."""
    frames = round(seconds * FPS)
    phase = np.linspace(0, seconds * 2 * np.pi * 0.9, frames)
    person = joints("squat", np.zeros(frames))
    for side, turn in (("left", 0.0), ("right", np.pi)):
        reach = 35 * np.sin(phase + turn)
        for name, share in (("knee", 0.5), ("ankle", 1.0), ("wrist", -0.6), ("elbow", -0.3)):
            person[f"{side}_{name}"] = person[f"{side}_{name}"] + np.outer(reach, [share, 0, 0])
    return moved(filmed(person, yaw, noise=2.0), x=np.linspace(from_x, to_x, frames) - 400, size=size)


def moved(detections: Detections, *, x: Floats | float = 0.0, y: float = 0.0, size: float = 1.0) -> Detections:
    """Elsewhere in the picture, or nearer."""
    points, boxes = detections.points.copy(), detections.boxes.copy()
    shift = np.zeros((len(points), 1, 1, 2)) + np.stack(np.broadcast_arrays(x, y), axis=-1).reshape(-1, 1, 1, 2)
    middle = np.array([detections.width / 2, detections.height / 2])
    points[..., :2] = (points[..., :2] - middle) * size + middle + shift
    for first in (0, 2):
        boxes[..., first : first + 2] = (boxes[..., first : first + 2] - middle) * size + middle + shift[:, 0]
    return replace(detections, points=points, boxes=boxes)


def hidden(detections: Detections, frames: slice | NDArray[np.int_]) -> Detections:
    """Nobody seen in some frames."""
    points, boxes = detections.points.copy(), detections.boxes.copy()
    points[frames], boxes[frames] = np.nan, np.nan
    return replace(detections, points=points, boxes=boxes)


def kept(detections: Detections, frames: NDArray[np.bool_]) -> Detections:
    """Only some frames, by a mask, at their own times."""
    return replace(
        detections, times=detections.times[frames], points=detections.points[frames], boxes=detections.boxes[frames]
    )


def cut(detections: Detections, from_s: float, to_s: float) -> Detections:
    """The part between two seconds, at its own times."""
    return kept(detections, (detections.times >= from_s) & (detections.times <= to_s))


def mirrored(detections: Detections) -> Detections:
    """As in a mirror: left is right."""
    swap = [0, *(index + (1 if index % 2 else -1) for index in range(1, 17))]
    points, boxes = detections.points[:, :, swap].copy(), detections.boxes.copy()
    points[..., 0] = detections.width - points[..., 0]
    boxes[..., [0, 2]] = detections.width - boxes[..., [2, 0]]
    return replace(detections, points=points, boxes=boxes)


def slower(detections: Detections, factor: float) -> Detections:
    """Played so many times slower."""
    return replace(detections, times=detections.times * factor)
