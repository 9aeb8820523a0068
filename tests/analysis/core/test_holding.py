"""A plank: how long, and how straight."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.core.analyse import analyse
from analysis.core.pose import Floats
from analysis.core.results import SetAnalysis
from tests.analysis.core.mannequin import FPS, FRONT, SIDE, filmed, prone, squat


def held(sag: Floats, yaw: float = SIDE) -> SetAnalysis:
    return analyse(filmed(prone(elbow=np.full(len(sag), 170.0), sag=sag), yaw, noise=0.5), "plank")


def seconds(*stretches: tuple[float, float]) -> Floats:
    """The sag over time from (seconds, sag)."""
    return np.concatenate([np.full(round(long_s * FPS), sag) for long_s, sag in stretches])


def cues(found: SetAnalysis) -> list[tuple[str, str, float]]:
    return [(cue.code, cue.severity.value, round(cue.time_s)) for cue in found.cues]


def test_a_straight_plank_is_timed() -> None:
    found = held(seconds((12, -0.06)))
    assert (found.count, found.repetitions, cues(found), found.not_judged) == (0, (), [], ())
    assert found.metrics == {
        "hold_s": pytest.approx(12, abs=0.2),
        "longest_hold_s": pytest.approx(12, abs=0.2),
        "hip_offset_ratio": pytest.approx(-0.06, abs=0.003),
    }
    assert (found.series.unit, found.series.name) == ("%", "Hips below the line from shoulders to ankles")


@pytest.mark.parametrize(
    ("sag", "said"),
    [
        pytest.param(-0.14, [], id="a little high is good"),
        pytest.param(-0.2, [("hips_high", "minor", 0)], id="high"),
        pytest.param(-0.3, [("hips_high", "major", 0)], id="very high"),
        pytest.param(0.03, [("hips_sag", "minor", 0)], id="low"),
        pytest.param(0.08, [("hips_sag", "major", 0)], id="very low"),
    ],
)
def test_hips_too_high_or_too_low(sag: float, said: list[tuple[str, str, float]]) -> None:
    assert cues(held(seconds((6, sag)))) == said


def test_hips_that_sink_have_one_cue_where_they_are_lowest() -> None:
    assert cues(held(seconds((9, -0.06), (3, 0.03), (6, 0.08)))) == [("hips_sag", "major", 12)]


def test_two_sinkings_have_two() -> None:
    found = held(seconds((6, 0.03), (6, -0.06), (6, 0.03)))
    assert cues(found) == [("hips_sag", "minor", 0), ("hips_sag", "minor", 12)]


def test_a_break_parts_a_hold() -> None:
    plank = filmed(prone(elbow=np.full(150, 170.0), sag=-0.05))
    up = filmed(squat(1))
    found = analyse(
        type(plank)(
            np.arange(2 * 150 + len(up.times)) / FPS,
            np.concatenate([plank.boxes, up.boxes, plank.boxes]),
            np.concatenate([plank.points, up.points, plank.points]),
            plank.width,
            plank.height,
        ),
        "plank",
    )
    assert found.metrics["hold_s"] == pytest.approx(10, abs=0.6)
    assert found.metrics["longest_hold_s"] == pytest.approx(5, abs=0.3)


def test_a_moment_is_no_hold() -> None:
    assert held(seconds((1.5, -0.05))).metrics["hold_s"] == 0


def test_who_lies_on_the_floor_does_not_hold() -> None:
    doll = prone(elbow=np.full(180, 170.0), sag=-0.02)
    for side in ("left", "right"):
        shoulder = doll[f"{side}_shoulder"]
        doll[f"{side}_elbow"], doll[f"{side}_wrist"] = (shoulder + np.array([ahead, 0, 0]) for ahead in (60, 110))
    assert analyse(filmed(doll), "plank").metrics["hold_s"] == 0


@pytest.mark.parametrize("yaw", [SIDE, FRONT])
def test_who_stands_does_not_hold(yaw: float) -> None:
    found = analyse(filmed(squat(2), yaw), "plank")
    assert found.metrics["hold_s"] == 0
    assert [one.code for one in found.not_judged] == ["no_hold"]
