"""What moves in a repetition: angles and heights over time, each with its confidence, and which matter where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

import numpy as np

from analysis.core.pose import Floats, Track
from analysis.core.smoothing import body_scale, middle

SIDES: Final = ("left", "right")


@dataclass(frozen=True, slots=True)
class Signal:
    """One quantity over time: `values[T]` in `unit` ("deg" or "torso", lengths of the trunk), NaN where unknown, and
    `confidence[T]`, the least of the keypoints it is made of."""

    name: str
    unit: str
    values: Floats
    confidence: Floats


class Concentric(StrEnum):
    """When the effort is: on the way to the extreme (a curl) or on the way back (a squat)."""

    BEFORE = "before"
    AFTER = "after"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Profile:
    """How an exercise is seen.

    `swings`: for each signal how far it goes from rest to the extreme in a usual repetition, with its sign, in the
    signal's unit (ours, from the ranges of motion in the exercises' descriptions). `extreme` names the turn.
    """

    concentric: Concentric
    extreme: str
    swings: Mapping[str, float]


def angle(a: Floats, b: Floats, c: Floats) -> Floats:
    """`[T]` degrees at `b` between `a` and `c` (each `[T, 2]`), 0 to 180."""
    first, second = a - b, c - b
    cross = first[:, 0] * second[:, 1] - first[:, 1] * second[:, 0]
    return np.degrees(np.arctan2(np.abs(cross), (first * second).sum(axis=1)))


def measure(track: Track) -> dict[str, Signal]:
    """Every signal of a steady track, by name: for each side the angles `elbow`, `knee`, `hip`, `shoulder` and the
    heights (upwards, in torso lengths) of one joint above another; for the whole body its lean, heights and widths,
    and the `rise` of a joint in the picture."""
    scale = body_scale(track)
    found: dict[str, Signal] = {}

    def add(name: str, unit: str, values: Floats, *confidences: Floats) -> None:
        sure = np.minimum.reduce(confidences)
        known = np.isfinite(values) & (sure > 0)
        found[name] = Signal(name, unit, np.where(known, values, np.nan), np.where(known, sure, 0.0))

    for side in SIDES:
        at = {part: track.joint(f"{side}_{part}") for part in ("shoulder", "elbow", "wrist", "hip", "knee", "ankle")}
        seen = {part: track.seen(f"{side}_{part}") for part in at}
        for name, parts in _ANGLES.items():
            add(f"{side}_{name}", "deg", angle(*(at[part] for part in parts)), *(seen[part] for part in parts))
        for name, (upper, lower) in _HEIGHTS.items():
            add(f"{side}_{name}", "torso", (at[lower][:, 1] - at[upper][:, 1]) / scale, seen[upper], seen[lower])
        reach = np.hypot(*(at["wrist"] - at["shoulder"]).T) / scale
        add(f"{side}_reach", "torso", reach, seen["wrist"], seen["shoulder"])
    (hip, hip_sure), (shoulder, shoulder_sure) = middle(track, "hip"), middle(track, "shoulder")
    (ankle, ankle_sure), (wrist, wrist_sure) = middle(track, "ankle"), middle(track, "wrist")
    nose, nose_sure = track.joint("nose"), track.seen("nose")
    trunk = shoulder - hip
    add("lean", "deg", np.degrees(np.arctan2(np.abs(trunk[:, 0]), -trunk[:, 1])), hip_sure, shoulder_sure)
    add("hip_height", "torso", (ankle[:, 1] - hip[:, 1]) / scale, hip_sure, ankle_sure)
    add("shoulder_height", "torso", (ankle[:, 1] - shoulder[:, 1]) / scale, shoulder_sure, ankle_sure)
    add("trunk_height", "torso", -trunk[:, 1] / scale, shoulder_sure, hip_sure)
    add("hip_rise", "torso", _rise(hip) / scale, hip_sure)
    add("shoulder_rise", "torso", _rise(shoulder) / scale, shoulder_sure)
    add("wrist_rise", "torso", _rise(wrist) / scale, wrist_sure)
    add("nose_rise", "torso", _rise(nose) / scale, nose_sure)
    add("nose_over_wrists", "torso", (wrist[:, 1] - nose[:, 1]) / scale, wrist_sure, nose_sure)
    uneven = np.abs(track.joint("left_knee") - track.joint("right_knee"))[:, 1] / scale
    add("knees_uneven", "torso", uneven, track.seen("left_knee"), track.seen("right_knee"))
    apart = np.abs(track.joint("left_ankle") - track.joint("right_ankle"))[:, 0] / scale
    add("feet_apart", "torso", apart, track.seen("left_ankle"), track.seen("right_ankle"))
    apart = np.abs(track.joint("left_wrist") - track.joint("right_wrist"))[:, 0] / scale
    add("hands_apart", "torso", apart, track.seen("left_wrist"), track.seen("right_wrist"))
    return found


def _rise(points: Floats) -> Floats:
    """Height in the picture above the usual one, so that a change of scale hardly moves it."""
    known = points[np.isfinite(points[:, 1]), 1]
    return (np.median(known) if len(known) else 0.0) - points[:, 1]


_ANGLES: Final = {
    "elbow": ("shoulder", "elbow", "wrist"),
    "knee": ("hip", "knee", "ankle"),
    "hip": ("shoulder", "hip", "knee"),
    "shoulder": ("hip", "shoulder", "elbow"),
}
_HEIGHTS: Final = {
    "wrist_over_shoulder": ("wrist", "shoulder"),
    "wrist_over_elbow": ("wrist", "elbow"),
    "wrist_over_hip": ("wrist", "hip"),
    "elbow_over_shoulder": ("elbow", "shoulder"),
    "shoulder_over_knee": ("shoulder", "knee"),
    "hip_over_knee": ("hip", "knee"),
    "shoulder_over_hip": ("shoulder", "hip"),
}


def _both(**swings: float) -> dict[str, float]:
    return {f"{side}_{name}": swing for name, swing in swings.items() for side in SIDES}


def _profile(concentric: Concentric, extreme: str, *parts: Mapping[str, float]) -> Profile:
    return Profile(concentric, extreme, MappingProxyType({k: v for part in parts for k, v in part.items()}))


_BEFORE, _AFTER = Concentric.BEFORE, Concentric.AFTER
_HINGE: Final = (
    _both(hip=80, shoulder_over_knee=0.6, wrist_over_hip=0.5),
    {"shoulder_height": 0.6, "shoulder_rise": 0.6, "nose_rise": 0.7, "lean": -50, "wrist_rise": 0.5},
)

PROFILES: Final[Mapping[str, Profile]] = MappingProxyType(
    {
        "squat": _profile(
            _AFTER,
            "bottom",
            _both(knee=-80, hip=-75, hip_over_knee=-0.6),
            {"hip_height": -0.7, "shoulder_height": -0.8, "hip_rise": -0.7, "shoulder_rise": -0.8, "nose_rise": -0.8},
        ),
        "deadlift": _profile(_BEFORE, "lock-out", _both(knee=45, hip_over_knee=0.3), *_HINGE, {"hip_height": 0.4}),
        "romanian_deadlift": _profile(_BEFORE, "lock-out", *_HINGE),
        "push_up": _profile(
            _AFTER,
            "bottom",
            _both(elbow=-75, wrist_over_shoulder=0.5, reach=-0.4, elbow_over_shoulder=0.35),
            {"shoulder_rise": -0.5, "nose_rise": -0.5, "nose_over_wrists": -0.5},
        ),
        "bench_press": _profile(
            _AFTER,
            "bottom",
            _both(elbow=-80, wrist_over_shoulder=-0.6, reach=-0.5, elbow_over_shoulder=-0.5),
            {"wrist_rise": -0.6},
        ),
        "overhead_press": _profile(
            _BEFORE,
            "lock-out",
            _both(elbow=90, wrist_over_shoulder=0.8, elbow_over_shoulder=0.7, shoulder=80, reach=0.5),
            {"wrist_rise": 0.8, "nose_over_wrists": -0.8},
        ),
        "row": _profile(
            _BEFORE, "top", _both(elbow=-70, reach=-0.5, wrist_over_shoulder=0.4, shoulder=-40), {"wrist_rise": 0.4}
        ),
        "curl": _profile(
            _BEFORE,
            "top",
            _both(elbow=-100, wrist_over_elbow=0.8, wrist_over_shoulder=0.8, reach=-0.6, wrist_over_hip=0.8),
            {"wrist_rise": 0.8},
        ),
        "lunge": _profile(
            _AFTER,
            "bottom",
            _both(knee=-70, hip_over_knee=-0.5),
            {"hip_height": -0.5, "hip_rise": -0.6, "shoulder_rise": -0.6, "shoulder_height": -0.6, "nose_rise": -0.6},
        ),
        "pull_up": _profile(
            _BEFORE,
            "top",
            _both(elbow=-90, wrist_over_shoulder=-0.7, reach=-0.6, elbow_over_shoulder=-0.6),
            {"shoulder_rise": 0.7, "nose_rise": 0.7, "hip_rise": 0.7, "nose_over_wrists": 0.7},
        ),
        "dip": _profile(
            _AFTER,
            "bottom",
            _both(elbow=-70, wrist_over_shoulder=0.5, reach=-0.3, elbow_over_shoulder=0.5),
            {"shoulder_rise": -0.5, "nose_rise": -0.5, "hip_rise": -0.5},
        ),
        "sit_up": _profile(
            _BEFORE,
            "top",
            _both(hip=-60, shoulder_over_hip=0.7, shoulder_over_knee=0.7),
            {"lean": -60, "trunk_height": 0.7, "shoulder_rise": 0.7, "nose_rise": 0.9},
        ),
        "plank": _profile(Concentric.NONE, "hold"),
        "lateral_raise": _profile(
            _BEFORE,
            "top",
            _both(shoulder=70, wrist_over_shoulder=0.9, wrist_over_hip=0.9, elbow_over_shoulder=0.5),
            {"wrist_rise": 0.9, "hands_apart": 1.5},
        ),
        "front_raise": _profile(
            _BEFORE,
            "top",
            _both(shoulder=75, wrist_over_shoulder=1.0, wrist_over_hip=1.0, elbow_over_shoulder=0.5),
            {"wrist_rise": 1.0},
        ),
        "jumping_jack": _profile(
            _BEFORE,
            "top",
            _both(shoulder=120, wrist_over_shoulder=1.6, wrist_over_hip=1.6, elbow_over_shoulder=1.0),
            {"feet_apart": 0.8, "wrist_rise": 1.6},
        ),
        "hip_thrust": _profile(_BEFORE, "top", _both(hip=60, hip_over_knee=0.5), {"hip_height": 0.5, "hip_rise": 0.5}),
    }
)
"""By the words of an exercise's `form_profile`."""
