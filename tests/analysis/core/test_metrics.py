"""What is measured in a repetition, against a doll whose angles are known."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from analysis.core.body import Body
from analysis.core.counting import count
from analysis.core.metrics import METRICS
from analysis.core.phases import Lift, lifts
from analysis.core.pose import INDEX, Detections, Floats
from analysis.core.signals import PROFILES
from analysis.core.smoothing import steady
from analysis.core.tracking import link, subject
from tests.analysis.core.mannequin import (
    FRONT,
    HIPS,
    OTHER_SIDE,
    SIDE,
    curl,
    deadlift,
    filmed,
    lunging,
    press,
    prone,
    push_up,
    squat,
    swing,
)


def lifted(detections: Detections, profile: str) -> tuple[Body, list[Lift]]:
    track = subject(link(detections))
    found, body = count(track, profile), Body(steady(track))
    return body, lifts(body, found.signal.values, found.repetitions, PROFILES[profile].concentric)


def read(detections: Detections, profile: str, metric: str) -> list[float | None]:
    """A metric in every repetition."""
    body, found = lifted(detections, profile)
    measures = [METRICS[metric].read(body, lift) for lift in found]
    return [measure.value if measure else None for measure in measures]


@pytest.mark.parametrize("yaw", [SIDE, OTHER_SIDE])
@pytest.mark.parametrize(
    ("doll", "profile", "metric", "value"),
    [
        pytest.param(squat(knee=80), "squat", "knee_angle_deg", 80, id="knee"),
        pytest.param(squat(knee=60, trunk=50), "squat", "trunk_over_shin_deg", 20, id="the trunk leans more"),
        pytest.param(squat(knee=60, trunk=20), "squat", "trunk_over_shin_deg", -10, id="the trunk leans less"),
        pytest.param(deadlift(), "deadlift", "lockout_hip_deg", 180, id="hips at lock-out"),
        pytest.param(deadlift(), "deadlift", "lockout_knee_deg", 180, id="knees at lock-out"),
        pytest.param(push_up(elbow=75), "push_up", "elbow_least_deg", 75, id="elbow at the bottom"),
        pytest.param(push_up(top=160), "push_up", "elbow_greatest_deg", 160, id="elbow at the top"),
        pytest.param(curl(arm=40), "curl", "upper_arm_swing_deg", 40, id="swing of the upper arm"),
        pytest.param(curl(elbow=65), "curl", "elbow_least_deg", 65, id="elbow at the top of a curl"),
        pytest.param(curl(), "curl", "elbow_greatest_deg", 165, id="elbow at the bottom of a curl"),
        pytest.param(curl(sway=12), "curl", "trunk_sway_deg", 12, id="sway of the trunk"),
        pytest.param(press(elbow=165), "overhead_press", "lockout_elbow_deg", 165, id="elbow at lock-out"),
        pytest.param(press(lean=14), "overhead_press", "back_lean_deg", 14, id="lean backwards"),
        pytest.param(
            press(lean=35), "overhead_press", "back_lean_deg", 35, id="so far that the nose is behind the shoulder"
        ),
        pytest.param(press(lean=-14), "overhead_press", "back_lean_deg", -14, id="lean forwards"),
        pytest.param(lunging(depth=swing(2), shin=22), "lunge", "front_shin_lean_deg", 22, id="front shin"),
        pytest.param(lunging(depth=swing(2), shin=22), "lunge", "front_knee_angle_deg", 88, id="front knee"),
        pytest.param(lunging(depth=swing(2), shin=5, trunk=30), "lunge", "trunk_lean_deg", 30, id="trunk in a lunge"),
    ],
)
def test_angles(doll: Mapping[str, Floats], profile: str, metric: str, value: float, yaw: float) -> None:
    found = read(filmed(doll, yaw, noise=0.5), profile, metric)
    assert found == [pytest.approx(value, abs=2.5)] * len(found)
    assert len(found) >= 2


@pytest.mark.parametrize("sag", [-0.20, -0.03, 0.02, 0.08])
def test_the_hip_above_or_below_the_line(sag: float) -> None:
    assert read(filmed(push_up(2, sag=sag)), "push_up", "hip_offset_ratio") == [pytest.approx(sag, abs=0.002)] * 2


def test_a_hip_that_sinks_for_a_moment_does_not_sag() -> None:
    """What is held for less than a third of the repetition is not the form of it."""
    way = swing(2)
    doll = push_up(2, sag=-0.03 + 0.10 * (way >= 1))
    assert read(filmed(doll), "push_up", "hip_offset_ratio") == [pytest.approx(-0.03, abs=0.005)] * 2


def test_the_depth_of_a_squat_in_lengths_of_the_shin() -> None:
    def depth(knee: float) -> float:
        found = read(filmed(squat(2, knee=knee)), "squat", "hip_depth_ratio")
        assert found == [pytest.approx(found[0], abs=0.01)] * 2
        return found[0] or 0.0

    assert depth(60) == pytest.approx(0.0, abs=0.02)
    assert depth(50) > depth(60) > depth(90)


def test_hips_that_shoot_up() -> None:
    together, hips_first = deadlift(), deadlift(hips_first=True)
    assert [value < 1.0 for value in read(filmed(together), "deadlift", "hip_rise_ratio") if value] == [True] * 2
    assert [value > 1.5 for value in read(filmed(hips_first), "deadlift", "hip_rise_ratio") if value] == [True] * 2


@pytest.mark.parametrize("gap", [1.0, 0.65, 0.4])
def test_knees_that_come_in(gap: float) -> None:
    found = read(filmed(squat(2, knees=gap * HIPS), FRONT), "squat", "knee_gap_ratio")
    assert found == [pytest.approx(gap, abs=0.02)] * 2


def test_feet_together_say_nothing_of_the_knees() -> None:
    doll = squat(2)
    for side in ("left", "right"):
        doll[f"{side}_ankle"][:, 2] *= 0.3
    assert read(filmed(doll, FRONT), "squat", "knee_gap_ratio") == [None] * 2


def test_a_round_back_is_shorter() -> None:
    doll = deadlift()
    bent = 1 - 0.25 * (swing(2, out_s=1.4, hold_s=0.4, back_s=1.2, rest_s=1.0) < 0.5)
    for side in ("left", "right"):
        hip = doll[f"{side}_hip"]
        doll[f"{side}_shoulder"] = hip + (doll[f"{side}_shoulder"] - hip) * bent[:, None]
    found = read(filmed(doll), "deadlift", "back_ratio")
    assert found == [pytest.approx(0.75, abs=0.03)] * 2


@pytest.mark.parametrize("hidden", ["right_knee", "right_ankle", "right_hip"])
def test_what_is_not_seen_is_not_measured(hidden: str) -> None:
    assert read(filmed(squat(2), seen={hidden: 0.3}), "squat", "knee_angle_deg") == [None] * 2


def test_a_shin_that_points_at_the_camera_is_not_measured() -> None:
    doll = squat(2)
    doll["right_ankle"] = doll["right_knee"] + 0.3 * (doll["right_ankle"] - doll["right_knee"])
    assert read(filmed(doll), "squat", "knee_angle_deg") == [None] * 2


@pytest.mark.parametrize(
    ("metric", "hidden_at"), [("elbow_least_deg", 1.0), ("elbow_greatest_deg", 0.0)], ids=["the bottom", "the top"]
)
def test_an_extreme_that_is_not_seen_is_not_taken_from_elsewhere(metric: str, hidden_at: float) -> None:
    way = swing(2, out_s=3.0, back_s=3.0, hold_s=1.0)
    seen = filmed(prone(elbow=168 - 93 * way))
    hidden = np.abs(way - hidden_at) < 0.25
    seen.points[hidden, 0, INDEX["right_wrist"], 2] = 0.2
    assert read(seen, "push_up", metric) == [None] * 2


@pytest.mark.parametrize(("limb", "end"), [("shoulder", "elbow"), ("elbow", "wrist")])
def test_an_arm_that_points_at_the_camera_is_not_measured(limb: str, end: str) -> None:
    doll = push_up(2)
    joint, further = doll[f"right_{limb}"], doll[f"right_{end}"]
    doll[f"right_{end}"] = joint + 0.4 * (further - joint)
    assert read(filmed(doll), "push_up", "elbow_least_deg") == [None] * 2


def test_a_lunge_without_a_step_has_no_front_leg() -> None:
    assert read(filmed(squat(2)), "lunge", "front_shin_lean_deg") == [None] * 2


def test_a_measure_says_when_and_how_sure() -> None:
    body, found = lifted(filmed(squat(1)), "squat")
    measure = METRICS["knee_angle_deg"].read(body, found[0])
    assert measure is not None
    assert (measure.time_s, measure.confidence) == (pytest.approx(1.4, abs=0.15), pytest.approx(0.95))
