"""A repetition's ways and pauses."""

from __future__ import annotations

import pytest

from tests.analysis.core.mannequin import curl, filmed, squat
from tests.analysis.core.test_metrics import lifted


def test_the_ways_and_pauses_of_a_squat() -> None:
    doll = squat(2, out_s=2.0, hold_s=1.0, back_s=0.8, rest_s=1.5)
    _, found = lifted(filmed(doll), "squat")
    for one in found:
        assert (one.eccentric_s, one.pause_s, one.concentric_s) == (
            pytest.approx(1.6, abs=0.35),
            pytest.approx(1.3, abs=0.35),
            pytest.approx(0.65, abs=0.25),
        )
        assert not one.effort_first


def test_the_effort_of_a_curl_comes_first() -> None:
    body, found = lifted(filmed(curl(2)), "curl")
    assert [one.effort_first for one in found] == [True, True]
    assert [(one.out_s, one.back_s) == (one.concentric_s, one.eccentric_s) for one in found] == [True, True]
    assert [one.concentric.stop <= one.turn.stop for one in found] == [True, True]
    assert len(body.times) > found[1].reach.stop >= found[1].whole.stop


def test_rest_belongs_to_the_repetitions_beside_it_but_no_further() -> None:
    _, (first, second) = lifted(filmed(squat(2, rest_s=3.0)), "squat")
    assert first.reach.stop <= second.reach.start
    assert (first.reach.stop - first.whole.stop, second.whole.start - second.reach.start) == (12, 12)


def test_a_repetition_does_not_reach_into_the_next() -> None:
    body, (first, second) = lifted(filmed(squat(2, out_s=0.4, back_s=0.4, rest_s=0.05)), "squat")
    assert first.reach.stop - 1 <= body.frame(second.start_s)
    assert second.reach.start >= body.frame(first.end_s)


def test_a_way_outside_the_clip_takes_no_time() -> None:
    detections = filmed(squat(2))
    cut = detections.times >= 1.35
    later = type(detections)(
        detections.times[cut] - detections.times[cut][0],
        detections.boxes[cut],
        detections.points[cut],
        detections.width,
        detections.height,
    )
    _, found = lifted(later, "squat")
    assert [one.out_s == one.out_s for one in found] == [False, True]
