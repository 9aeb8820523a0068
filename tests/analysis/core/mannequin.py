"""A jointed doll that does exercises before a camera walking round it: keypoints whose angles are known."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from analysis.core.pose import INDEX, KEYPOINTS, Detections, Floats

FPS = 30.0
TORSO, THIGH, SHIN, UPPER_ARM, FOREARM = 100.0, 85.0, 85.0, 65.0, 55.0
SHOULDERS, HIPS = 72.0, 50.0
WIDTH, HEIGHT = 800, 640
FLOOR = 560.0
SIDES = {"left": -0.5, "right": 0.5}
"""Half a width to the doll's own left and right."""

SIDE, THREE_QUARTER, FRONT, OTHER_SIDE, REAR = 0.0, 40.0, 90.0, 180.0, 270.0
"""Degrees of the camera's walk: from its right side over its front to its left side and its back."""


def swing(repetitions: int = 3, *, out_s: float = 0.8, hold_s: float = 0.2, back_s: float = 0.8, rest_s: float = 0.5):
    """`[T]` from 0 at rest to 1 at the extreme and back, so often, with rest before, between and after."""
    out = (1 - np.cos(np.linspace(0, np.pi, round(out_s * FPS)))) / 2
    back = (1 + np.cos(np.linspace(0, np.pi, round(back_s * FPS)))) / 2
    one = [out, np.ones(round(hold_s * FPS)), back, np.zeros(round(rest_s * FPS))]
    return np.concatenate([np.zeros(round(rest_s * FPS)), *one * repetitions])


def standing(
    *,
    shin: Floats | float = 0.0,
    thigh: Floats | float = 0.0,
    trunk: Floats | float = 0.0,
    arm: Floats | float = 0.0,
    elbow: Floats | float = 175.0,
    knees: Floats | float = HIPS,
    feet: float = HIPS,
    frames: int | None = None,
) -> dict[str, Floats]:
    """Joints `[T, 3]` (ahead, up, to the right) of who stands on both feet.

    Degrees: shin and trunk lean forward, the thigh leans back (so the knee is bent by both), the arm hangs at 0 and
    points forward at 90, the elbow is straight at 180. `knees` and `feet` are how far they are apart.
    """
    shin, thigh, trunk, arm, elbow, knees = np.broadcast_arrays(
        *(np.atleast_1d(np.asarray(one, dtype=float)) for one in (shin, thigh, trunk, arm, elbow, knees)),
        *([np.empty(frames)] if frames else []),
    )[:6]
    nothing = np.zeros(len(shin))
    joints: dict[str, Floats] = {}
    for side, half in SIDES.items():
        ankle = np.stack([nothing, nothing, nothing + half * feet], axis=1)
        knee = ankle + SHIN * _leaning(shin)
        hip = knee + THIGH * _leaning(-thigh)
        shoulder = hip + TORSO * _leaning(trunk)
        knee[:, 2], hip[:, 2], shoulder[:, 2] = half * knees, half * HIPS, half * SHOULDERS
        joints |= {f"{side}_ankle": ankle, f"{side}_knee": knee, f"{side}_hip": hip, f"{side}_shoulder": shoulder}
    return joints | _arms(joints, arm, elbow) | _head(joints, trunk)


def prone(*, elbow: Floats, sag: Floats | float = 0.0) -> dict[str, Floats]:
    """Joints of a push-up on straight arms: the hip lies `sag` of the line from shoulder to ankle below it."""
    elbow, sag = np.broadcast_arrays(np.atleast_1d(elbow), np.atleast_1d(np.asarray(sag, dtype=float)))
    length = TORSO + THIGH + SHIN
    up = np.sqrt(UPPER_ARM**2 + FOREARM**2 - 2 * UPPER_ARM * FOREARM * np.cos(np.radians(elbow)))
    rise = np.arcsin(np.clip((up - 15) / length, -1, 1))
    along = np.stack([np.cos(rise), np.sin(rise), np.zeros(len(rise))], axis=1)
    down = np.stack([np.sin(rise), -np.cos(rise), np.zeros(len(rise))], axis=1)
    joints: dict[str, Floats] = {}
    for side, half in SIDES.items():
        ankle = np.tile([0.0, 15.0, 0.0], (len(elbow), 1))
        shoulder = ankle + length * along
        hip = ankle + (THIGH + SHIN) * along + (sag * length)[:, None] * down
        knee = (hip + ankle) / 2
        wrist = np.stack([shoulder[:, 0], np.zeros(len(elbow)), np.zeros(len(elbow))], axis=1)
        bend = np.degrees(np.arccos(np.clip((UPPER_ARM**2 + up**2 - FOREARM**2) / (2 * UPPER_ARM * up), -1, 1)))
        elbow_at = shoulder + UPPER_ARM * np.stack(
            [-np.sin(np.radians(bend)), -np.cos(np.radians(bend)), np.zeros(len(bend))], axis=1
        )
        for joint, width in ((hip, HIPS), (knee, HIPS), (ankle, HIPS), (shoulder, SHOULDERS), (elbow_at, SHOULDERS)):
            joint[:, 2] = half * width
        wrist[:, 2] = half * SHOULDERS
        names = ("ankle", "knee", "hip", "shoulder", "elbow", "wrist")
        for name, joint in zip(names, (ankle, knee, hip, shoulder, elbow_at, wrist), strict=True):
            joints[f"{side}_{name}"] = joint
    return joints | _head(joints, np.full(len(elbow), 80.0))


def lunging(*, depth: Floats, shin: float, trunk: float = 5.0) -> dict[str, Floats]:
    """Joints of a lunge with the right leg in front: `depth` 0 to 1, the front shin leaning forward so much."""
    joints = standing(shin=shin * depth, thigh=70 * depth, trunk=trunk * depth)
    hip = joints["left_hip"]
    back = np.radians(35 * depth)
    joints["left_knee"] = hip + THIGH * np.stack([-np.sin(back), -np.cos(back), 0 * back], axis=1)
    lower = np.radians(75 * depth)
    joints["left_ankle"] = joints["left_knee"] + SHIN * np.stack([-np.sin(lower), -np.cos(lower), 0 * lower], axis=1)
    return joints


def filmed(
    joints: Mapping[str, Floats],
    yaw: float = SIDE,
    *,
    seen: Mapping[str, float] | None = None,
    noise: float = 0.0,
    at: tuple[float, float] = (WIDTH / 2, FLOOR),
) -> Detections:
    """What a pose model would say of the doll seen from `yaw`: the far side with less confidence, hidden ears with
    hardly any. `seen` overrides the confidence of keypoints; `noise` is in pixels."""
    angle = np.radians(yaw)
    frames = len(joints["nose"])
    points = np.zeros((frames, 1, 17, 3))
    for name in KEYPOINTS:
        ahead, up, right = joints[name].T
        points[:, 0, INDEX[name], 0] = at[0] + ahead * np.cos(angle) - right * np.sin(angle)
        points[:, 0, INDEX[name], 1] = at[1] - up
        points[:, 0, INDEX[name], 2] = (seen or {}).get(name, _confidence(name, angle))
    points[..., :2] += np.random.default_rng(1).normal(0, noise, points[..., :2].shape) if noise else 0
    low, high = points[..., :2].min(axis=2) - 10, points[..., :2].max(axis=2) + 10
    boxes = np.concatenate([low, high, np.full((frames, 1, 1), 0.9)], axis=2)
    return Detections(np.arange(frames) / FPS, boxes, points, WIDTH, HEIGHT)


def together(*one_each: Detections) -> Detections:
    """Several people in one video, as long as the first."""
    first = one_each[0]
    boxes = np.concatenate([one.boxes[: len(first.times)] for one in one_each], axis=1)
    points = np.concatenate([one.points[: len(first.times)] for one in one_each], axis=1)
    return Detections(first.times, boxes, points, WIDTH, HEIGHT)


def after(*parts: Detections) -> Detections:
    """One shot after the other, with a hard cut."""
    times = np.arange(sum(len(part.times) for part in parts)) / FPS
    boxes, points = (np.concatenate([getattr(part, name) for part in parts]) for name in ("boxes", "points"))
    return Detections(times, boxes, points, WIDTH, HEIGHT)


def squat(repetitions: int = 3, *, knee: float = 80.0, trunk: float = 35.0, knees: float = HIPS, **timing: float):
    """Squats down to a knee angle in degrees, the trunk leaning as given at the bottom, the shins by 30."""
    way = swing(repetitions, **timing)
    return standing(
        shin=30 * way,
        thigh=(180 - knee - 30) * way,
        trunk=trunk * way,
        knees=HIPS + (knees - HIPS) * way,
        arm=80 * way,
    )


def deadlift(repetitions: int = 2, *, hips_first: bool = False):
    """Deadlifts from the floor to upright; `hips_first` straightens the knees first, while the trunk tips over."""
    way = swing(repetitions, out_s=1.4, hold_s=0.4, back_s=1.2, rest_s=1.0)
    legs = np.clip(way / 0.45, 0, 1) if hips_first else way
    back = np.clip((way - 0.45) / 0.55, 0, 1) if hips_first else way
    tip = 22 * legs * (1 - back) if hips_first else 0.0
    return standing(shin=12 * (1 - legs), thigh=68 * (1 - legs), trunk=65 * (1 - back) + tip, arm=0.0)


def curl(repetitions: int = 3, *, arm: float = 8.0, sway: float = 0.0, elbow: float = 50.0):
    """Curls: the upper arm swings forward and the trunk back by so many degrees."""
    way = swing(repetitions)
    return standing(elbow=165 - (165 - elbow) * way, arm=arm * way, trunk=-sway * way)


def press(repetitions: int = 2, *, elbow: float = 174.0, lean: float = 2.0):
    """Overhead presses up to an elbow angle, leaning back by so many degrees at the top."""
    way = swing(repetitions, out_s=1.0, hold_s=0.5, back_s=1.0)
    return standing(elbow=45 + (elbow - 45) * way, arm=25 + 150 * way, trunk=-lean * way)


def push_up(repetitions: int = 3, *, elbow: float = 75.0, top: float = 168.0, sag: float = -0.03):
    """Push-ups down to an elbow angle and up to another."""
    return prone(elbow=top - (top - elbow) * swing(repetitions), sag=sag)


def _leaning(degrees: Floats) -> Floats:
    angle = np.radians(degrees)
    return np.stack([np.sin(angle), np.cos(angle), np.zeros(len(angle))], axis=1)


def _arms(joints: Mapping[str, Floats], arm: Floats, elbow: Floats) -> dict[str, Floats]:
    found: dict[str, Floats] = {}
    for side in SIDES:
        found[f"{side}_elbow"] = joints[f"{side}_shoulder"] - UPPER_ARM * _leaning(-arm)
        found[f"{side}_wrist"] = found[f"{side}_elbow"] - FOREARM * _leaning(-(arm + 180 - elbow))
    return found


def _head(joints: Mapping[str, Floats], trunk: Floats) -> dict[str, Floats]:
    neck = (joints["left_shoulder"] + joints["right_shoulder"]) / 2
    middle = neck + 35 * _leaning(trunk)
    ahead = _leaning(trunk + 90)
    right = np.array([0.0, 0.0, 1.0])
    return {
        "nose": middle + 16 * ahead,
        "left_eye": middle + 12 * ahead - 5 * right,
        "right_eye": middle + 12 * ahead + 5 * right,
        "left_ear": middle - 12 * right,
        "right_ear": middle + 12 * right,
    }


def _confidence(name: str, angle: float) -> float:
    nearness = np.cos(angle) * (1 if name.startswith("right") else -1 if name.startswith("left") else 0)
    if name == "nose" or name.endswith("eye"):
        return 0.1 if np.sin(angle) < -0.5 else 0.95
    if name.endswith("ear"):
        return 0.1 if nearness < -0.5 else 0.95
    return 0.6 if nearness < -0.5 else 0.95
