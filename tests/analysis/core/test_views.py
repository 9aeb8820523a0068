"""From where the camera looks at somebody who squats before it."""

from __future__ import annotations

import pytest

from analysis.core.body import Body
from analysis.core.results import View
from analysis.core.smoothing import steady
from analysis.core.tracking import link, subject
from tests.analysis.core.footage import keypoints, needs_footage
from tests.analysis.core.mannequin import (
    FRONT,
    OTHER_SIDE,
    REAR,
    SIDE,
    THREE_QUARTER,
    after,
    filmed,
    push_up,
    squat,
)


def body_of(detections, stated: View | None = None) -> Body:
    return Body(steady(subject(link(detections))), stated)


def seen_of(body: Body) -> list[tuple[View, bool]]:
    return [(span.view, span.left_near) for span in body.spans]


@pytest.mark.parametrize(
    ("yaw", "view", "left_near"),
    [
        pytest.param(SIDE, View.SIDE, False, id="its right side"),
        pytest.param(OTHER_SIDE, View.SIDE, True, id="its left side"),
        pytest.param(15.0, View.SIDE, False, id="a little off the side"),
        pytest.param(THREE_QUARTER, View.THREE_QUARTER, False, id="between side and front"),
        pytest.param(140.0, View.THREE_QUARTER, True, id="between front and left side"),
        pytest.param(320.0, View.THREE_QUARTER, False, id="between back and right side"),
        pytest.param(FRONT, View.FRONT, True, id="the front"),
        pytest.param(REAR, View.REAR, True, id="the back"),
    ],
)
@pytest.mark.parametrize("noise", [0.0, 2.0])
def test_the_view_is_told(yaw: float, view: View, left_near: bool, noise: float) -> None:
    assert seen_of(body_of(filmed(squat(), yaw, noise=noise))) == [(view, left_near)]


def test_who_lies_is_seen_from_the_side_too() -> None:
    assert seen_of(body_of(filmed(push_up(), OTHER_SIDE))) == [(View.SIDE, True)]


def test_a_view_that_is_stated_is_taken() -> None:
    assert seen_of(body_of(filmed(squat(), THREE_QUARTER), View.SIDE)) == [(View.SIDE, False)]


def test_a_cut_changes_the_view_where_it_is() -> None:
    body = body_of(after(filmed(squat(2), FRONT), filmed(squat(2), OTHER_SIDE)))
    assert seen_of(body) == [(View.FRONT, True), (View.SIDE, True)]
    cut = body.frames(0, 5.1).stop
    assert abs(body.spans[1].first - cut) <= 4
    assert body.view(slice(0, cut - 10)) == View.FRONT
    assert body.view(slice(cut + 10, len(body.times))) == View.SIDE
    assert body.view(slice(cut - 30, cut + 30)) is None


def test_near_and_far_follow_who_turns_round() -> None:
    body = body_of(after(filmed(squat(2), SIDE), filmed(squat(2), OTHER_SIDE)))
    assert seen_of(body) == [(View.SIDE, False), (View.SIDE, True)]
    near = body.point("near_knee")[1]
    assert (near.min(), near.max()) == pytest.approx((0.95, 0.95))


@needs_footage
@pytest.mark.parametrize(
    ("name", "views"),
    [
        ("squat_side_pauses", [View.SIDE]),
        ("squat_34_bw", [View.THREE_QUARTER]),
        ("squat_multishot", [View.FRONT, View.SIDE, View.FRONT]),
        ("deadlift_side_b", [View.SIDE]),
        ("curl_ez_front", [View.THREE_QUARTER]),
        ("pushup_side_good", [View.SIDE]),
        ("pullup_rear", [View.REAR]),
    ],
)
def test_the_view_of_real_footage(name: str, views: list[View]) -> None:
    assert [view for view, _ in seen_of(body_of(keypoints(name)))] == views
