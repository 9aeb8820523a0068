"""Who is who over time, and who trains."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest

from analysis.core.pose import Detections
from analysis.core.tracking import MOST_TRACKS, link, subject
from tests.analysis.core.figure import cut, hidden, joints, kept, moved, perform, still, tempo, walking
from tests.analysis.core.mannequin import FPS, FRONT, after, filmed, together


def shares(detections: Detections) -> list[float]:
    """For everybody found the share of the video in which they are seen."""
    return [round(float(np.isfinite(track.boxes[:, 0]).mean()), 2) for track in link(detections)]


def at(detections: Detections, from_s: float, length: int) -> Detections:
    """Somebody's part of a longer video: nobody before and after it."""
    before = round(from_s * FPS)
    after_it = max(0, length - before - len(detections.times))

    def padded(values: np.ndarray) -> np.ndarray:
        widths = [(before, after_it), *[(0, 0)] * (values.ndim - 1)]
        return np.pad(values, widths, constant_values=np.nan)[:length]

    times = np.arange(length) / FPS
    return replace(detections, times=times, boxes=padded(detections.boxes), points=padded(detections.points))


def test_one_person_is_one_track_as_the_model_saw_it():
    seen = perform("squat", 2).detections
    (track,) = link(seen)
    assert (track.points == seen.points[:, 0, :, :2]).all()
    assert (track.confidence == seen.points[:, 0, :, 2]).all()
    assert (track.boxes == seen.boxes[:, 0, :4]).all()


def test_nobody_is_nobody_and_picking_is_by_number():
    empty = hidden(still("squat", 1), slice(None))
    assert link(empty) == []
    with pytest.raises(ValueError, match="nobody"):
        subject([])
    tracks = link(together(moved(still("squat", 2), x=-200), moved(still("squat", 2), x=200)))
    assert subject(tracks, 1) is tracks[1]
    with pytest.raises(IndexError):
        subject(tracks, 2)


def test_keypoints_at_the_origin_or_unknown_were_not_seen():
    seen = still("squat", 1)
    seen.points[3, 0, 7, :2] = 0
    seen.points[4, 0, 8] = np.nan
    (track,) = link(seen)
    for frame, joint in ((3, 7), (4, 8)):
        assert np.isnan(track.points[frame, joint]).all()
        assert track.confidence[frame, joint] == 0


def test_the_order_of_a_frame_does_not_mix_people_up():
    left, right = moved(perform("squat", 2).detections, x=-180), moved(perform("curl", 2).detections, x=180)
    both = together(left, right)
    swapped = np.arange(len(both.times)) % 3 == 0
    both.points[swapped], both.boxes[swapped] = both.points[swapped][:, ::-1], both.boxes[swapped][:, ::-1]
    tracks = sorted(link(both), key=lambda track: track.boxes[0, 0])
    assert [
        (track.points == one.points[:, 0, :, :2]).all() for track, one in zip(tracks, (left, right), strict=True)
    ] == [
        True,
        True,
    ]


def test_who_moves_is_the_subject_before_who_only_stands_larger_in_the_picture():
    trains = moved(perform("squat", 4).detections, x=-150)
    stands = moved(still("squat", len(trains.times) / FPS), x=200, size=1.3)
    tracks = link(together(stands, trains))
    assert (subject(tracks).points == trains.points[:, 0, :, :2]).all()


@pytest.mark.parametrize("size", [0.8, 1.5])
def test_a_passer_by_takes_nothing_from_the_subject(size: float):
    trains = perform("squat", 4).detections
    passer = at(walking(4, -100, 900, size=size), 2.0, len(trains.times))
    tracks = link(together(trains, passer))
    assert (subject(tracks).points == trains.points[:, 0, :, :2]).all()
    assert len(tracks) == 2


def test_a_body_boxed_whole_and_in_part_is_one_person():
    seen = perform("deadlift", 2).detections
    half = replace(seen, boxes=seen.boxes - [0, 0, 0, 80, 0.3], points=seen.points * [1, 1, 0.8])
    assert shares(together(seen, half)) == [1.0]


@pytest.mark.parametrize("gap_s", [0.3, 0.9, 3.0])
def test_a_short_absence_in_place_is_the_same_person(gap_s: float):
    seen = perform("squat", 4).detections
    gone = slice(60, 60 + round(gap_s * FPS))
    (track,) = link(hidden(seen, gone))
    assert np.isnan(track.points[gone]).all()
    assert np.isfinite(track.points[gone.stop :]).all()


def test_after_a_cut_the_person_stays_the_same_at_another_place_and_size():
    first, second = perform("squat", 2).detections, perform("squat", 2, yaw=FRONT).detections
    assert shares(after(first, moved(second, x=180, size=0.6))) == [1.0]
    black = after(first, hidden(moved(second, x=-250, y=40, size=1.4), slice(0, 20)))
    assert shares(black) == [round(1 - 20 / len(black.times), 2)]


def test_over_a_cross_fade_the_person_changes_over_once():
    way, _ = tempo(2)
    first, second = filmed(joints("squat", way)), moved(filmed(joints("squat", way), FRONT), x=250, size=0.7)
    length = len(first.times) + len(second.times) - 12
    faded = together(at(first, 0, length), at(second, (len(first.times) - 12) / FPS, length))
    (track,) = link(faded)
    from_second = track.points[:, 0, 0] == at(second, (len(first.times) - 12) / FPS, length).points[:, 0, 0, 0]
    assert np.isfinite(track.points).all()
    assert np.flatnonzero(np.diff(from_second)).tolist() == [len(first.times) - 7]


def test_another_person_long_after_is_another_person():
    first = cut(perform("squat", 2).detections, 0, 3)
    second = moved(perform("squat", 2).detections, x=300, size=0.5)
    length = len(first.times) + len(second.times) + 200
    found = shares(together(at(first, 0, length), at(second, 10, length)))
    assert len(found) == 2


def test_times_need_not_be_regular():
    seen = perform("squat", 3).detections
    rng = np.random.default_rng(5)
    assert shares(kept(seen, rng.random(len(seen.times)) > 0.5)) == [1.0]


@pytest.mark.parametrize("people", [1, 6])
def test_people_who_jump_about_for_three_minutes_take_seconds(people: int):
    frames, rng = 5400, np.random.default_rng(people)
    corner, size = rng.uniform(0, 600, (frames, people, 2)), rng.uniform(60, 200, (frames, people, 2))
    points = corner[:, :, None] + rng.uniform(0, 60, (frames, people, 17, 2))
    seen = Detections(
        times=np.arange(frames) / FPS,
        boxes=np.concatenate([corner, corner + size, np.full((frames, people, 1), 0.9)], axis=-1),
        points=np.concatenate([points, np.full((frames, people, 17, 1), 0.9)], axis=-1),
        width=800,
        height=800,
    )
    began = time.process_time()
    tracks = link(seen)
    assert time.process_time() - began < 8
    assert 0 < len(tracks) <= MOST_TRACKS
    for frame in (0, 100, 5399):
        boxes = [tuple(track.boxes[frame]) for track in tracks if np.isfinite(track.boxes[frame, 0])]
        assert len(set(boxes)) == len(boxes)  # nobody is two people at once


def test_a_person_is_put_together_across_cuts_as_one_by_one():
    """The best joint first, wherever it is: a large shot far away is taken before a small one that is near."""
    seen = perform("squat", 6).detections
    third = len(seen.times) // 3
    near = moved(seen, x=30)
    near.boxes[:third], near.boxes[third:] = seen.boxes[:third], near.boxes[third:]
    near.boxes[third : third + 10] = near.points[third : third + 10] = np.nan
    near.boxes[2 * third : 2 * third + 60] = near.points[2 * third : 2 * third + 60] = np.nan
    (track,) = link(near)
    gone = np.isnan(track.boxes[:, 0])
    assert np.flatnonzero(np.diff(gone)).tolist() == [third - 1, third + 9, 2 * third - 1, 2 * third + 59]
