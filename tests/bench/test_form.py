"""What form analysis is measured with: skeletons given back their shape, AIGym's rule, and the rates."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.core.counting import count
from analysis.core.pose import INDEX
from analysis.core.tracking import link
from bench.form.counting import by_gym, rates
from bench.form.data import BLAZE, unscaled
from tests.analysis.core.figure import perform
from tests.analysis.core.mannequin import FRONT, SIDE


def scaled(detections) -> np.ndarray:
    """Landmarks `[T, 33, 2]` as RepCount-A has them: scaled to 0..1 in each frame."""
    points = detections.points[:, 0, :, :2]
    landmarks = np.repeat(points[:, :1], 33, axis=1)
    landmarks[:, list(BLAZE.values())] = points
    low, high = landmarks.min(axis=1, keepdims=True), landmarks.max(axis=1, keepdims=True)
    return (landmarks - low) / (high - low)


@pytest.mark.parametrize(("exercise", "yaw"), [("squat", SIDE), ("push_up", SIDE), ("jumping_jack", FRONT)])
def test_a_skeleton_scaled_in_each_frame_is_counted_and_has_its_shape_again(exercise: str, yaw: float):
    done = perform(exercise, 4, yaw=yaw, noise=1.0)
    landmarks = scaled(done.detections)
    landmarks[20:24] = 0
    track = unscaled(landmarks)
    assert count(track, exercise).counted == 4
    assert np.isnan(track.points[20:24]).all()
    assert (track.confidence[20:24] == 0).all()
    limb = np.hypot(*(track.joint("left_knee") - track.joint("left_ankle")).T)
    limb = limb[np.isfinite(limb)]
    assert limb.std() / limb.mean() < 0.15
    assert set(BLAZE) == set(INDEX)


@pytest.mark.parametrize(("exercise", "yaw", "found"), [("squat", SIDE, 4), ("curl", SIDE, 4), ("deadlift", FRONT, 0)])
def test_the_rule_of_one_angle_counts_what_bends_enough_before_the_camera(exercise: str, yaw: float, found: int):
    (track,) = link(perform(exercise, 4, yaw=yaw).detections)
    assert by_gym(track, exercise) == found


def test_rates_are_shares_of_the_sequences():
    assert rates([4, 9, 10], [4, 10, 20]) == pytest.approx((2 / 3, 0.2, 1 / 3))
