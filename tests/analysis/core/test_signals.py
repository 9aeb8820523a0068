"""What moves in a repetition."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.core.guessing import LOOKS
from analysis.core.pose import INDEX
from analysis.core.signals import PROFILES, Concentric, angle, measure
from analysis.core.smoothing import steady
from analysis.core.tracking import link
from tests.analysis.core.figure import EXERCISES, perform, still
from tests.analysis.core.mannequin import FRONT, SIDE

WORDS = {
    *("squat", "deadlift", "romanian_deadlift", "push_up", "bench_press", "overhead_press", "row", "curl", "lunge"),
    *("pull_up", "dip", "sit_up", "plank", "lateral_raise", "front_raise", "jumping_jack", "hip_thrust"),
}


def measured(detections):
    (track,) = link(detections)
    return measure(steady(track))


def test_an_angle_is_between_0_and_180_whichever_way_it_opens():
    b = np.zeros((4, 2))
    a = np.array([[1.0, 0], [1, 0], [1, 0], [1, 0]])
    c = np.array([[0.0, 2], [0, -2], [-3, 0], [2, 0]])
    assert np.allclose(angle(a, b, c), [90, 90, 180, 0])


def test_every_profile_has_a_word_a_look_and_known_signals():
    assert set(PROFILES) == WORDS == set(LOOKS)
    known = set(measured(still("squat", 1)))
    for profile in PROFILES.values():
        assert set(profile.swings) <= known
        assert bool(profile.swings) == (profile.concentric != Concentric.NONE)


def test_values_are_those_of_the_body():
    upright = {name: np.nanmedian(signal.values) for name, signal in measured(still("squat", 1, noise=0)).items()}
    for name, value, within in (
        ("left_knee", 176, 6),
        ("right_hip", 176, 6),
        ("lean", 0, 3),
        ("hip_height", 1.7, 0.1),
        ("shoulder_height", 2.7, 0.15),
        ("right_wrist_over_shoulder", -1.2, 0.1),
        ("knees_uneven", 0, 0.05),
        ("hip_rise", 0, 0.01),
    ):
        assert upright[name] == pytest.approx(value, abs=within), name


def test_a_signal_is_as_sure_as_its_least_sure_keypoint():
    seen = still("squat", 1)
    seen.points[..., 2] = 0.9
    seen.points[:, 0, INDEX["left_ankle"], 2] = 0.5
    seen.points[10:20, 0, INDEX["right_ankle"], 2] = 0.0
    signals = measured(seen)
    assert np.allclose(signals["left_knee"].confidence, 0.5)
    assert np.allclose(signals["right_hip"].confidence, 0.9)
    assert np.isnan(signals["right_knee"].values[11:19]).all()
    assert (signals["right_knee"].confidence[11:19] == 0).all()


@pytest.mark.parametrize("exercise", sorted(set(EXERCISES) & set(PROFILES)))
@pytest.mark.parametrize("yaw", [SIDE, FRONT])
def test_signals_swing_the_way_their_profile_says(exercise: str, yaw: float):
    signals = measured(perform(exercise, 3, yaw=yaw, noise=0, hold_s=0.5).detections)
    rest, extreme = slice(0, 15), slice(50, 60)
    changes = {
        name: (np.median(signals[name].values[extreme]) - np.median(signals[name].values[rest])) / swing
        for name, swing in PROFILES[exercise].swings.items()
    }
    shares = [share for share in changes.values() if np.isfinite(share)]
    against = [share for share in shares if share < -0.25]
    assert np.median(shares) > 0.3
    assert len(against) <= len(shares) / 6
