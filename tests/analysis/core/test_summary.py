"""A set as a whole: range, tempo and what changes on the way."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.core.analyse import analyse
from analysis.core.results import SetAnalysis
from tests.analysis.core.mannequin import FRONT, HIPS, Detections, curl, filmed, press, squat, standing, swing


def set_of(detections: Detections, profile: str = "squat") -> SetAnalysis:
    return analyse(detections, profile)


def test_range_and_tempo() -> None:
    metrics = set_of(filmed(squat(4, knee=80, out_s=2.0, hold_s=0.6, back_s=1.0, rest_s=1.0))).metrics
    assert metrics["rom_deg"] == pytest.approx(100, abs=2)
    assert metrics["eccentric_s"] == pytest.approx(1.6, abs=0.3)
    assert metrics["stretched_pause_s"] == pytest.approx(0.9, abs=0.3)
    assert metrics["concentric_s"] == pytest.approx(0.8, abs=0.2)
    assert metrics["contracted_pause_s"] == pytest.approx(1.4, abs=0.4)
    phases = ("eccentric_s", "stretched_pause_s", "concentric_s", "contracted_pause_s")
    assert metrics["tempo"] == "-".join(f"{metrics[name]:.1f}" for name in phases)


def test_the_pause_at_the_top_of_a_curl_is_the_contracted_one() -> None:
    way = swing(3, hold_s=1.5, rest_s=0.2)
    metrics = set_of(filmed(standing(elbow=165 - 115 * way, arm=8 * way)), "curl").metrics
    stretched, contracted = metrics["stretched_pause_s"], metrics["contracted_pause_s"]
    assert isinstance(stretched, float)
    assert isinstance(contracted, float)
    assert contracted > 1.3 > 0.8 > stretched


def test_one_repetition_has_no_rest_and_no_trend() -> None:
    metrics = set_of(filmed(squat(1))).metrics
    assert str(metrics["tempo"]).endswith("-x")
    names = ("range_drift_ratio", "tempo_drift_ratio", "velocity_loss_ratio", "contracted_pause_s", "symmetry_ratio")
    assert [metrics[name] for name in names] == [None] * 5


def test_slowing_down() -> None:
    quick, slow = swing(3, back_s=0.6), swing(2, back_s=1.4)
    way = np.concatenate([quick, slow])
    found = set_of(filmed(standing(shin=30 * way, thigh=70 * way, trunk=35 * way)))
    assert found.count == 5
    assert found.metrics["velocity_loss_ratio"] == pytest.approx(0.5, abs=0.1)
    assert found.metrics["tempo_drift_ratio"] == pytest.approx(0.5, abs=0.2)
    assert [(cue.code, cue.rep) for cue in found.cues] == [("slowing", None)]


def test_a_range_that_shrinks() -> None:
    way = np.concatenate([swing(2), 0.95 * swing(1), 0.75 * swing(2)])
    found = set_of(filmed(standing(shin=30 * way, thigh=75 * way, trunk=35 * way)))
    assert found.count == 5
    # Heights shrink faster than angles do.
    assert found.metrics["range_drift_ratio"] == pytest.approx(-0.33, abs=0.05)
    assert {(cue.code, cue.rep) for cue in found.cues if cue.code != "depth"} == {
        ("short_range", 4),
        ("short_range", 5),
    }


def test_both_sides_from_the_front() -> None:
    even = set_of(filmed(press(2), FRONT), "overhead_press")
    assert even.metrics["symmetry_ratio"] == pytest.approx(1.0, abs=0.02)
    wide = curl(2)
    for side, out in (("left", -1.0), ("right", 1.0)):
        bent = swing(2) * (1.0 if side == "left" else 0.7)
        wide[f"{side}_wrist"] = wide[f"{side}_elbow"] + np.stack(
            [0 * bent, -55 * np.cos(np.radians(150 * bent)), out * 55 * np.sin(np.radians(150 * bent))], axis=1
        )
    assert set_of(filmed(wide, FRONT), "curl").metrics["symmetry_ratio"] == pytest.approx(0.7, abs=0.05)


def test_no_angle_is_read_from_the_front() -> None:
    found = set_of(filmed(squat(3, knees=HIPS), FRONT))
    assert found.metrics["rom_deg"] is None
    assert found.series.unit == "%"
