"""Steady keypoints on a uniform grid: gaps stay gaps, cuts stay cuts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from analysis.core.pose import INDEX, Track
from analysis.core.smoothing import body_scale, low_pass, middle, running_median, shots, steady
from analysis.core.tracking import link
from tests.analysis.core.figure import hidden, kept, moved, perform, still
from tests.analysis.core.mannequin import FPS, FRONT, REAR, SIDE, THREE_QUARTER, TORSO, after


def track_of(detections) -> Track:
    (track,) = link(detections)
    return track


def test_the_grid_is_uniform_and_at_most_30_hz():
    seen = perform("squat", 2, noise=0).detections
    for times, step in (
        (seen.times, 1 / 30),
        (seen.times / 2, 1 / 30),
        (seen.times * 1.25, 1.25 / 30),
    ):
        smooth = steady(track_of(replace(seen, times=times)))
        assert np.allclose(np.diff(smooth.times), step)
        assert smooth.times[0] == times[0]
        assert times[-1] - step < smooth.times[-1] <= times[-1] + 1e-9


def test_irregular_times_give_the_same_movement():
    seen = perform("squat", 2, noise=0).detections
    rng = np.random.default_rng(1)
    whole, part = steady(track_of(seen)), steady(track_of(kept(seen, rng.random(len(seen.times)) > 0.3)))
    there = np.interp(part.times, whole.times, whole.joint("left_hip")[:, 1])
    assert np.nanmax(np.abs(part.joint("left_hip")[:, 1] - there)) < 4


def test_noise_and_stray_frames_go_and_the_movement_stays():
    clean = track_of(perform("squat", 3, noise=0).detections)
    noisy = track_of(perform("squat", 3, noise=4).detections)
    noisy.points[50, INDEX["left_wrist"]] += 300
    off = steady(noisy).points - clean.points
    assert np.nanmax(np.abs(off[50, INDEX["left_wrist"]])) < 15
    assert np.nanstd(off) < 2.5
    assert np.nanmax(np.abs(steady(clean).points - clean.points)) < 6


@pytest.mark.parametrize(("frames", "filled"), [(6, True), (12, False)])
def test_only_short_gaps_are_filled(frames: int, filled: bool):
    smooth = steady(track_of(hidden(perform("squat", 2).detections, slice(60, 60 + frames))))
    assert np.isfinite(smooth.points[60 : 60 + frames, 5:]).all() == filled
    assert (smooth.confidence[61 : 59 + frames, 5:] > 0).all() == filled


def test_faint_keypoints_are_gaps():
    seen = perform("squat", 2).detections
    seen.points[40:80, 0, INDEX["left_wrist"], 2] = 0.1
    smooth = steady(track_of(seen))
    assert np.isnan(smooth.joint("left_wrist")[42:78]).all()
    assert np.isfinite(smooth.joint("right_wrist")).all()


def test_a_cut_is_kept_sharp_and_told():
    first, second = still("squat", 2, noise=1), moved(still("squat", 2, noise=1), x=150, size=0.7)
    track = track_of(after(first, second))
    assert shots(track) == [(0, 60), (60, 120)]
    smooth = steady(track)
    assert shots(smooth) == [(0, 60), (60, 120)]
    assert np.abs(smooth.points[59, 5:] - track.points[59, 5:]).max() < 6
    assert np.abs(smooth.points[60, 5:] - track.points[60, 5:]).max() < 6


def test_what_jumps_about_or_away_and_back_is_no_cut():
    quick = perform("jumping_jack", 12, yaw=FRONT, out_s=0.3, back_s=0.3, hold_s=0, rest_s=0)
    assert len(shots(track_of(quick.detections))) == 1
    seen = still("squat", 4)
    seen.points[60:66, 0, :, 0] += 120
    assert len(shots(track_of(seen))) == 1
    wild = still("squat", 4, noise=60)
    assert len(shots(track_of(wild))) == 1


@pytest.mark.parametrize("yaw", [SIDE, THREE_QUARTER, FRONT, REAR])
@pytest.mark.parametrize("exercise", ["squat", "deadlift", "push_up", "overhead_press"])
def test_the_body_keeps_its_size_from_every_side(exercise: str, yaw: float):
    scale = body_scale(steady(track_of(perform(exercise, 3, yaw=yaw).detections)))
    lying_before_the_camera = exercise == "push_up" and yaw in (FRONT, REAR)
    assert (np.abs(scale / TORSO - 1) < (0.35 if lying_before_the_camera else 0.2)).all()
    assert scale.max() / scale.min() < 1.15


def test_a_body_twice_as_near_is_twice_as_large():
    seen = perform("squat", 2).detections
    one, two = (body_scale(track_of(moved(seen, size=size))) for size in (1, 2))
    assert np.allclose(two / one, 2)


def test_a_body_that_is_not_seen_has_no_size():
    seen = still("squat", 1)
    seen.points[..., 2] = 0.05
    assert np.isnan(body_scale(track_of(seen))).all()


def test_low_pass_and_median_leave_gaps_and_constants_alone():
    line = np.full(60, 7.0)
    line[20:25] = np.nan
    for smooth in (low_pass(line, 1 / FPS), running_median(line, 1 / FPS)):
        assert (np.isnan(smooth) == np.isnan(line)).all()
        assert np.allclose(smooth[np.isfinite(smooth)], 7.0)


def test_the_low_pass_keeps_what_a_body_does_and_drops_what_it_does_not():
    times = np.arange(90) / FPS
    for hertz, least, most in ((0.5, 0.97, 1.0), (1.5, 0.85, 1.0), (8.0, 0.0, 0.06)):
        kept_share = np.ptp(low_pass(np.sin(2 * np.pi * hertz * times), 1 / FPS)[15:-15]) / 2
        assert least <= kept_share <= most


def test_the_middle_is_that_of_both_sides_or_the_one_in_view():
    track = track_of(still("squat", 1, yaw=FRONT, noise=0))
    track.points[:, INDEX["left_hip"]], track.points[:, INDEX["right_hip"]] = [10, 0], [20, 0]
    track.confidence[:, INDEX["left_hip"]], track.confidence[:, INDEX["right_hip"]] = 0.9, 0.9
    track.confidence[5, INDEX["left_hip"]] = 0
    track.points[6, [INDEX["left_hip"], INDEX["right_hip"]]] = np.nan
    track.confidence[6, [INDEX["left_hip"], INDEX["right_hip"]]] = 0
    place, sure = middle(track, "hip")
    assert place[4:6].tolist() == [[15, 0], [20, 0]]
    assert np.isnan(place[6]).all()
    assert sure[4:7].tolist() == [0.9, 0.9, 0.0]
