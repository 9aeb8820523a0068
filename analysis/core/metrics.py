"""Numbers of one repetition by name, each with its unit, the views it means something in, and how sure it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from analysis.core import geometry
from analysis.core.body import Body, Signal
from analysis.core.phases import Lift
from analysis.core.pose import Floats
from analysis.core.results import View

SIDE: Final = frozenset({View.SIDE})
ASIDE: Final = frozenset({View.SIDE, View.THREE_QUARTER})
FRONT: Final = frozenset({View.FRONT})
ANY: Final = frozenset(View)
NARROW_STANCE: Final = 0.3
"""Feet nearer than this, in torso lengths: the gap of the knees over that of the ankles says nothing."""
LEAST_STEP: Final = 0.8
"""A lunge whose feet are not so many torso lengths apart has not arrived, or is not seen from the side."""
SHORT_SHIN: Final = 0.45
FRONT_SHIN: Final = 0.6
SHORT_ARM: Final = 0.3
SHORT_FOREARM: Final = 0.25
"""A limb shorter than this in torso lengths points at the camera or was not found: nothing is read from it. The front
leg of a lunge may be the far one, which is often misplaced."""
LEAST_RISE: Final = 0.25
"""Hips and shoulders together must rise by so many torso lengths for a ratio of the two to mean anything."""
HELD: Final = 100 * 2 / 3


@dataclass(frozen=True, slots=True)
class Measure:
    """A value, the second of the video where it was read, and the confidence of the keypoints there (0 to 1)."""

    value: float
    time_s: float
    confidence: float


@dataclass(frozen=True, slots=True)
class Metric:
    """How a number is read from a repetition: None when what it needs is not seen."""

    name: str
    views: frozenset[View]
    read: Callable[[Body, Lift], Measure | None]


def _measured(body: Body, signal: Signal, frames: slice, value: float, at: int) -> Measure:
    sure = float(np.median(signal.confidence[frames]))
    return Measure(value, float(body.times[frames.start + at]), sure)


def _least(body: Body, signal: Signal, frames: slice) -> Measure | None:
    values = signal.values[frames]
    if not signal.window(frames).enough:
        return None
    return _measured(body, signal, frames, float(np.nanmin(values)), int(np.nanargmin(values)))


def _greatest(body: Body, signal: Signal, frames: slice) -> Measure | None:
    values = signal.values[frames]
    if not signal.window(frames).enough:
        return None
    return _measured(body, signal, frames, float(np.nanmax(values)), int(np.nanargmax(values)))


def _held(body: Body, signal: Signal, frames: slice) -> Measure | None:
    """What is reached or passed for a third of the window, shown where it is greatest."""
    part = signal.window(frames)
    if not part.enough:
        return None
    return _measured(body, signal, frames, float(np.nanpercentile(part.values, HELD)), int(np.nanargmax(part.values)))


def _spread(body: Body, signal: Signal, frames: slice) -> Measure | None:
    """The range, without the outermost 5 % on both ends, shown where it is farthest from where it began."""
    part = signal.window(frames)
    if not part.enough:
        return None
    low, high = np.nanpercentile(part.values, [5, 95])
    began = part.values[np.isfinite(part.values)][0]
    return _measured(body, signal, frames, float(high - low), int(np.nanargmax(np.abs(part.values - began))))


def _at_turn(body: Body, signal: Signal, lift: Lift) -> Measure | None:
    part = signal.window(lift.turn)
    if not part.enough:
        return None
    return Measure(float(np.nanmedian(part.values)), lift.extreme_s, float(np.median(part.confidence)))


def _on_shin(body: Body, signal: Signal, side: str = "near", least: float = SHORT_SHIN) -> Signal:
    """The signal where the shin it is read from is not foreshortened."""
    return Signal(
        np.where(body.limb(f"{side}_knee", f"{side}_ankle") >= least, signal.values, np.nan), signal.confidence
    )


def _knee_angle(body: Body, lift: Lift) -> Measure | None:
    return _least(body, _on_shin(body, body.angle("knee")), lift.turn)


def _hip_depth(body: Body, lift: Lift) -> Measure | None:
    """How far the hip is below the knee, over the length of the shin."""

    def over_shin(hip: Floats, knee: Floats, ankle: Floats) -> Floats:
        return (hip[:, 1] - knee[:, 1]) / geometry.length(knee - ankle)

    signal = body.measure(over_shin, "near_hip", "near_knee", "near_ankle")
    return _greatest(body, _on_shin(body, signal), lift.turn)


def _trunk_over_shin(body: Body, lift: Lift) -> Measure | None:
    """How much more the trunk leans than the shin, both towards the side the trunk leans to."""

    def more(shoulder: Floats, hip: Floats, knee: Floats, ankle: Floats) -> Floats:
        trunk = geometry.lean(hip, shoulder)
        return np.abs(trunk) - np.sign(trunk) * geometry.lean(ankle, knee)

    signal = body.measure(more, "near_shoulder", "near_hip", "near_knee", "near_ankle")
    return _at_turn(body, _on_shin(body, signal), lift)


def _hip_rise(body: Body, lift: Lift) -> Measure | None:
    """Rise of the hip over rise of the shoulder when both together have risen by a third of the ascent."""
    hip = body.measure(lambda point: -point[:, 1], "near_hip").window(lift.concentric)
    shoulder = body.measure(lambda point: -point[:, 1], "near_shoulder").window(lift.concentric)
    together = hip.values + shoulder.values
    early = together[: max(3, len(together) // 2)]
    if not (hip.enough and shoulder.enough and np.isfinite(early).any()):
        return None
    lowest = int(np.nanargmin(early))
    risen = together[lowest:] - together[lowest]
    scale = float(body.scale[lift.concentric][lowest])
    if np.nanmax(risen) < LEAST_RISE * scale:
        return None
    third = lowest + int(np.argmax(risen >= np.nanmax(risen) / 3))
    hips = hip.values[third] - hip.values[lowest]
    shoulders = shoulder.values[third] - shoulder.values[lowest]
    sure = float(min(np.median(hip.confidence), np.median(shoulder.confidence)))
    # A shoulder that has not risen yet makes the ratio large, not infinite.
    ratio = float(hips / max(shoulders, 0.02 * scale))
    return Measure(ratio, float(body.times[lift.concentric.start + third]), sure)


def _knee_gap(body: Body, lift: Lift) -> Measure | None:
    def gap(left_knee: Floats, right_knee: Floats, left_ankle: Floats, right_ankle: Floats) -> Floats:
        feet = np.abs(left_ankle[:, 0] - right_ankle[:, 0])
        feet = np.where(feet >= NARROW_STANCE * body.scale, feet, np.nan)
        return np.abs(left_knee[:, 0] - right_knee[:, 0]) / feet

    signal = body.measure(gap, "left_knee", "right_knee", "left_ankle", "right_ankle")
    return _least(body, signal, lift.rising)


def _elbow(body: Body) -> Signal:
    """The angle where neither part of the arm is foreshortened, as that of a push-up with its elbows out is."""
    signal = body.angle("elbow")
    plain = (body.limb("near_shoulder", "near_elbow") >= SHORT_ARM) & (
        body.limb("near_elbow", "near_wrist") >= SHORT_FOREARM
    )
    return Signal(np.where(plain, signal.values, np.nan), signal.confidence)


def _elbow_least(body: Body, lift: Lift) -> Measure | None:
    return _least(body, _elbow(body), lift.turn)


def _elbow_greatest(body: Body, lift: Lift) -> Measure | None:
    """At rest before or after: None when neither is seen, for between them the arm is bent."""
    signal = _elbow(body)
    edge = max(1, (lift.reach.stop - lift.reach.start) // 5)
    ends = (slice(lift.reach.start, lift.reach.start + edge), slice(lift.reach.stop - edge, lift.reach.stop))
    seen = any(signal.window(end).enough for end in ends)
    return _greatest(body, signal, lift.reach) if seen else None


def _lockout_elbow(body: Body, lift: Lift) -> Measure | None:
    return _greatest(body, _elbow(body), lift.turn)


def _lockout(joint: str) -> Callable[[Body, Lift], Measure | None]:
    return lambda body, lift: _greatest(body, body.angle(joint), lift.turn)


def _back(body: Body, lift: Lift) -> Measure | None:
    """Torso over shin on the way up, over the same at lock-out: a round back brings shoulder and hip nearer."""

    def ratio(shoulder: Floats, hip: Floats, knee: Floats, ankle: Floats) -> Floats:
        return geometry.length(shoulder - hip) / geometry.length(knee - ankle)

    signal = _on_shin(body, body.measure(ratio, "near_shoulder", "near_hip", "near_knee", "near_ankle"))
    upright, pulling = signal.window(lift.turn), signal.window(lift.concentric)
    if not (upright.enough and pulling.enough):
        return None
    low = float(np.nanpercentile(pulling.values, 10))
    at = int(np.nanargmin(np.abs(pulling.values - low)))
    return _measured(body, signal, lift.concentric, low / float(np.nanmedian(upright.values)), at)


def hip_offset(body: Body) -> Signal:
    """Signed distance of the hip from the line shoulder–ankle over its length: positive sags, negative is piked."""
    return body.measure(geometry.below_line, "near_hip", "near_shoulder", "near_ankle")


def _hip_offset(body: Body, lift: Lift) -> Measure | None:
    return _held(body, hip_offset(body), lift.whole)


def _upper_arm_swing(body: Body, lift: Lift) -> Measure | None:
    return _spread(body, body.measure(geometry.lean, "near_elbow", "near_shoulder"), lift.reach)


def _trunk_sway(body: Body, lift: Lift) -> Measure | None:
    return _spread(body, body.trunk(), lift.reach)


def _trunk_lean(body: Body, lift: Lift) -> Measure | None:
    signal = body.trunk()
    return _greatest(body, Signal(np.abs(signal.values), signal.confidence), lift.turn)


def _back_lean(body: Body, lift: Lift) -> Measure | None:
    facing = body.facing(lift.whole)
    if not facing:
        return None
    signal = body.trunk()
    return _at_turn(body, Signal(-facing * signal.values, signal.confidence), lift)


def _wrist_level(body: Body, lift: Lift) -> Measure | None:
    def apart(left: Floats, right: Floats) -> Floats:
        return np.abs(left[:, 1] - right[:, 1]) / body.scale

    return _at_turn(body, body.measure(apart, "left_wrist", "right_wrist"), lift)


def _front_leg(body: Body, lift: Lift) -> str | None:
    """Which leg of a lunge is in front: its ankle is ahead of the other by a step."""
    facing = body.facing(lift.whole)
    left, right = body.point("left_ankle")[0], body.point("right_ankle")[0]
    ahead = (left[lift.turn, 0] - right[lift.turn, 0]) / body.scale[lift.turn]
    if not facing or not np.isfinite(ahead).any() or abs(step := facing * float(np.nanmedian(ahead))) < LEAST_STEP:
        return None
    return "left" if step > 0 else "right"


def _front_shin(body: Body, lift: Lift) -> Measure | None:
    side = _front_leg(body, lift)
    if side is None:
        return None
    signal = _on_shin(body, body.measure(geometry.lean, f"{side}_ankle", f"{side}_knee"), side, FRONT_SHIN)
    return _at_turn(body, Signal(body.facing(lift.whole) * signal.values, signal.confidence), lift)


def _front_knee(body: Body, lift: Lift) -> Measure | None:
    side = _front_leg(body, lift)
    if side is None:
        return None
    return _least(body, _on_shin(body, body.angle("knee", side), side, FRONT_SHIN), lift.turn)


METRICS: Final = {
    metric.name: metric
    for metric in (
        Metric("knee_angle_deg", ASIDE, _knee_angle),
        Metric("hip_depth_ratio", SIDE, _hip_depth),
        Metric("trunk_over_shin_deg", SIDE, _trunk_over_shin),
        Metric("hip_rise_ratio", SIDE, _hip_rise),
        Metric("knee_gap_ratio", FRONT, _knee_gap),
        Metric("lockout_hip_deg", SIDE, _lockout("hip")),
        Metric("lockout_knee_deg", SIDE, _lockout("knee")),
        Metric("lockout_elbow_deg", ANY, _lockout_elbow),
        Metric("back_ratio", SIDE, _back),
        Metric("elbow_least_deg", ASIDE, _elbow_least),
        Metric("elbow_greatest_deg", ASIDE, _elbow_greatest),
        Metric("hip_offset_ratio", SIDE, _hip_offset),
        Metric("upper_arm_swing_deg", SIDE, _upper_arm_swing),
        Metric("trunk_sway_deg", SIDE, _trunk_sway),
        Metric("trunk_lean_deg", SIDE, _trunk_lean),
        Metric("back_lean_deg", SIDE, _back_lean),
        Metric("wrist_level_ratio", FRONT, _wrist_level),
        Metric("front_shin_lean_deg", SIDE, _front_shin),
        Metric("front_knee_angle_deg", SIDE, _front_knee),
    )
}
"""By name; a rubric may use any of them, and these:"""

RELATIVE: Final = frozenset({"range_ratio", "knee_gap_loss_ratio"})
"""Measured against the other repetitions of the set, by `judging.relative`."""
