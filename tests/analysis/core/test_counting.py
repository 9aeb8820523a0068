"""How many repetitions a set had, and when: made-up people whose truth is known, and the labelled clips."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from analysis.core.counting import Count, count
from analysis.core.cycles import turns
from analysis.core.pose import INDEX, Detections
from analysis.core.signals import PROFILES
from analysis.core.tracking import link, subject
from tests.analysis.core.figure import (
    EXERCISES,
    Set,
    cut,
    hidden,
    joints,
    kept,
    mirrored,
    moved,
    perform,
    slower,
    still,
    walking,
)
from tests.analysis.core.footage import PROFILES as LABELLED
from tests.analysis.core.footage import keypoints, labels, needs_footage
from tests.analysis.core.mannequin import FPS, FRONT, HEIGHT, REAR, SIDE, THREE_QUARTER, WIDTH, after, filmed, together

KNOWN = sorted(set(EXERCISES) & set(PROFILES))
COUNTED = ("squat", "push_up", "curl", "deadlift", "overhead_press")


def counted(detections: Detections, profile: str | None) -> Count:
    return count(subject(link(detections)), profile)


def extremes(found: Count) -> list[float]:
    return [one.extreme_s for one in found.repetitions if one.counted]


def check(done: Set, profile: str | None, within_s: float = 0.3) -> Count:
    found = counted(done.detections, profile)
    assert (found.counted, found.begun) == (len(done.extremes_s), len(done.extremes_s))
    assert extremes(found) == pytest.approx(done.extremes_s, abs=within_s)
    return found


def kneeling(seconds: float) -> Detections:
    return filmed(joints("lunge", np.ones(round(seconds * FPS))), noise=2.0)


# ── Sets of all kinds ────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("yaw", [SIDE, THREE_QUARTER, FRONT, REAR])
@pytest.mark.parametrize("exercise", KNOWN)
def test_every_exercise_is_counted_from_every_side(exercise: str, yaw: float):
    found = check(perform(exercise, 4, yaw=yaw), exercise)
    assert found.confidence > 0.2
    assert found.guess is None


@pytest.mark.parametrize("exercise", COUNTED)
@pytest.mark.parametrize(
    "timing",
    [
        {"repetitions": 1},
        {"repetitions": 15, "out_s": 0.4, "back_s": 0.4, "hold_s": 0.0, "rest_s": 0.0},
        {"repetitions": 3, "out_s": 3.5, "back_s": 1.0, "hold_s": 0.5},
        {"repetitions": 2, "rest_s": 8.0, "lead_s": 5.0},
        {"repetitions": 6, "noise": 6.0},
    ],
    ids=["one", "quick", "slow", "long rests", "noisy"],
)
def test_tempo_and_pauses_do_not_matter(exercise: str, timing: dict[str, float]):
    check(perform(exercise, **timing), exercise, within_s=0.6)  # type: ignore[arg-type]


def test_a_repetition_starts_and_ends_at_rest():
    done = perform("squat", 3, out_s=1.0, hold_s=0.2, back_s=1.0, rest_s=2.0, noise=1.0)
    for one, extreme_s in zip(counted(done.detections, "squat").repetitions, done.extremes_s, strict=True):
        assert one.start_s == pytest.approx(extreme_s - 1.1, abs=0.3)
        assert one.end_s == pytest.approx(extreme_s + 1.1, abs=0.3)
        assert one.counted


def test_a_long_hold_is_one_repetition_soon_after_its_beginning():
    done = perform("overhead_press", 2, hold_s=5.0)
    found = counted(done.detections, "overhead_press")
    begins = [extreme_s - 2.5 for extreme_s in done.extremes_s]
    assert extremes(found) == pytest.approx([begin + 0.25 for begin in begins], abs=0.4)


def test_half_repetitions_count_and_twitches_do_not():
    half = replace_way("squat", [1.0, 0.7, 1.0, 0.25, 1.0, 0.2])
    assert counted(half, "squat").counted == 4


def replace_way(exercise: str, depths: list[float]) -> Detections:
    one = (1 - np.cos(np.linspace(0, 2 * np.pi, 60))) / 2
    return filmed(joints(exercise, np.concatenate([np.zeros(15), *(depth * one for depth in depths)])), noise=2.0)


# ── What is seen of it ───────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("exercise", COUNTED)
@pytest.mark.parametrize("factor", [0.7, 1.4])
def test_the_same_set_played_faster_or_slower_has_the_same_count(exercise: str, factor: float):
    done = perform(exercise, 5)
    check(Set(slower(done.detections, factor), tuple(at * factor for at in done.extremes_s)), exercise)


@pytest.mark.parametrize("exercise", COUNTED)
def test_a_mirrored_shrunk_unsteady_or_thinned_video_has_the_same_count(exercise: str):
    done = perform(exercise, 5, yaw=THREE_QUARTER)
    seen = done.detections
    rng = np.random.default_rng(2)
    sway = 30 * np.sin(seen.times)
    for changed in (
        mirrored(seen),
        moved(seen, size=0.3),
        moved(seen, x=sway),
        kept(seen, rng.random(len(seen.times)) > 0.4),
        replace(seen, times=seen.times + rng.uniform(-0.012, 0.012, len(seen.times))),
        hidden(seen, np.flatnonzero(rng.random(len(seen.times)) < 0.2)),
    ):
        check(replace(done, detections=changed), exercise)


@pytest.mark.parametrize("exercise", COUNTED)
@pytest.mark.parametrize("side", ["left", "right"])
def test_one_side_is_enough_and_a_wild_one_is_dropped(exercise: str, side: str):
    done = perform(exercise, 4)
    rng = np.random.default_rng(4)
    joints_of_side = [index for name, index in INDEX.items() if name.startswith(side)]
    unseen, wild = done.detections.points.copy(), done.detections.points.copy()
    unseen[:, :, joints_of_side, 2] = 0.05
    wild[:, :, joints_of_side, 2] = 0.45
    wild[:, :, joints_of_side, :2] += rng.normal(0, 40, wild[:, :, joints_of_side, :2].shape)
    for points in (unseen, wild):
        check(replace(done, detections=replace(done.detections, points=points)), exercise)


def test_legs_out_of_the_picture_leave_the_squat_to_the_trunk():
    done = perform("squat", 4, yaw=FRONT)
    done.detections.points[:, :, 13:, 2] = 0.05
    check(done, "squat")


def test_stray_keypoints_are_not_followed():
    done = perform("push_up", 5)
    rng = np.random.default_rng(6)
    stray = rng.random(done.detections.points.shape[:3]) < 0.05
    done.detections.points[..., :2][stray] += rng.normal(0, 120, (int(stray.sum()), 2))
    check(done, "push_up")


@pytest.mark.parametrize("exercise", COUNTED)
def test_any_part_of_a_set_holds_what_lies_in_it_and_no_more(exercise: str):
    done = perform(exercise, 4)
    whole = counted(done.detections, exercise).repetitions
    rng = np.random.default_rng(8)
    last = float(done.detections.times[-1])
    for _ in range(6):
        from_s, to_s = sorted(rng.uniform(0, last, 2))
        if to_s - from_s < 1:
            continue
        found = counted(cut(done.detections, from_s, to_s), exercise).counted
        inside = sum(from_s <= one.start_s and one.end_s <= to_s for one in whole)
        touched = sum(from_s < one.end_s and one.start_s < to_s for one in whole)
        assert inside <= found <= touched


@pytest.mark.parametrize(
    ("exercise", "from_start", "counts"),
    [("squat", False, False), ("squat", True, True), ("deadlift", False, True), ("deadlift", True, False)],
)
def test_at_the_clips_edge_the_effort_must_be_in_view(exercise: str, from_start: bool, counts: bool):
    """The clip begins or ends at an extreme: a squat's effort comes after it, a deadlift's before."""
    done = perform(exercise, 3, hold_s=0.3)
    at = done.extremes_s[0 if from_start else -1]
    found = counted(cut(done.detections, at, 99) if from_start else cut(done.detections, 0, at), exercise)
    assert [one.counted for one in found.repetitions][0 if from_start else -1] is counts
    assert (found.counted, found.begun) == (2 + counts, 3)


# ── What happens around it ───────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("exercise", COUNTED)
def test_walking_in_and_out_does_not_count(exercise: str):
    done = perform(exercise, 3)
    scene = after(walking(3, 100, 400), done.detections, walking(3, 400, 750))
    assert extremes(counted(scene, exercise)) == pytest.approx([at + 3 for at in done.extremes_s], abs=0.3)
    assert counted(walking(6, 50, 750), exercise).begun == 0


def test_kneeling_down_before_push_ups_and_rising_after_does_not_count():
    done = perform("push_up", 5)
    scene = after(still("squat", 1), kneeling(2), done.detections, kneeling(2), still("squat", 1))
    assert extremes(counted(scene, "push_up")) == pytest.approx([at + 3 for at in done.extremes_s], abs=0.3)


def test_bending_down_to_the_bar_does_not_count():
    done = perform("deadlift", 3)
    scene = after(still("squat", 2), still("deadlift", 2), done.detections, still("squat", 1), walking(2, 400, 700))
    assert extremes(counted(scene, "deadlift")) == pytest.approx([at + 4 for at in done.extremes_s], abs=0.3)


@pytest.mark.parametrize("exercise", COUNTED)
def test_standing_about_is_no_repetition(exercise: str):
    found = counted(still(exercise, 20, noise=3), exercise)
    assert (found.counted, found.begun) == (0, 0)


def test_a_cut_to_another_view_loses_nobody_and_no_repetition():
    first, second = perform("squat", 3), perform("squat", 2, yaw=FRONT)
    scene = after(first.detections, moved(second.detections, x=160, size=0.7))
    begins = len(first.detections.times) / FPS
    truth = [*first.extremes_s, *(begins + at for at in second.extremes_s)]
    assert extremes(counted(scene, "squat")) == pytest.approx(truth, abs=0.3)


def test_people_beside_and_before_the_subject_change_nothing():
    done = perform("squat", 4)
    length = len(done.detections.times)
    passer = walking(length / FPS, -150, 950, size=1.3)
    beside = moved(perform("curl", 9, out_s=0.5, back_s=0.5).detections, x=-260, size=0.5)
    crowd = together(cut(passer, 0, 99), done.detections, beside)
    check(replace(done, detections=crowd), "squat")


def test_somebody_out_of_sight_for_a_repetition_is_counted_without_it():
    done = perform("squat", 4)
    gone = hidden(done.detections, slice(round(2.8 * FPS), round(5.1 * FPS)))
    assert extremes(counted(gone, "squat")) == pytest.approx([done.extremes_s[i] for i in (0, 2, 3)], abs=0.3)


# ── Exercises that nobody named ──────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("exercise", sorted({*KNOWN} - {"lateral_raise", "jumping_jack"}))
def test_an_exercise_is_recognised_from_the_side(exercise: str):
    assert check(perform(exercise, 3), None).guess == exercise


@pytest.mark.parametrize("exercise", ["lateral_raise", "jumping_jack"])
def test_what_goes_sideways_is_recognised_from_the_front(exercise: str):
    assert check(perform(exercise, 3, yaw=FRONT), None).guess == exercise


def test_a_plank_is_held_not_counted():
    held = counted(still("push_up", 10), None)
    assert (held.guess, held.begun, held.signal.name) == ("plank", 0, "hold")
    assert np.isnan(held.signal.values).all()
    assert counted(still("push_up", 10), "plank").begun == 0


@pytest.mark.parametrize("repetitions", [3, 12])
@pytest.mark.parametrize("yaw", [SIDE, FRONT])
def test_an_exercise_without_a_profile_is_counted_by_what_moves(repetitions: int, yaw: float):
    done = perform("calf_hop", repetitions, yaw=yaw)
    assert counted(done.detections, "calf_raise").counted == repetitions


def test_where_nothing_repeats_nothing_is_guessed():
    for found in (counted(still("squat", 10), None), counted(walking(8, 50, 750), None)):
        assert found.guess is None
    assert counted(still("squat", 10), None).begun == 0


# ── Values ───────────────────────────────────────────────────────────────────────────────────────


def test_the_line_for_the_chart_is_about_0_at_rest_and_higher_at_the_extreme():
    done = perform("squat", 4)
    found = counted(done.detections, "squat")
    line = found.signal
    assert (line.name, line.unit, len(line.times), len(line.values)) == (
        "bottom",
        "%",
        len(line.times),
        len(line.times),
    )
    at = [float(np.interp(second, line.times, line.values)) for second in (0.3, *done.extremes_s)]
    assert at[0] == pytest.approx(0, abs=10)
    assert min(at[1:]) > 80
    assert sum(weight for _, weight in found.used) == pytest.approx(1)
    assert sorted(found.used, key=lambda pair: -pair[1]) == list(found.used)


@pytest.mark.parametrize("frames", [0, 1, 2, 5])
def test_hardly_any_frames_hold_no_repetition(frames: int):
    (track,) = link(still("squat", 1))
    short = replace(
        track,
        times=track.times[:frames],
        boxes=track.boxes[:frames],
        points=track.points[:frames],
        confidence=track.confidence[:frames],
    )
    for profile in ("squat", None, "something"):
        assert count(short, profile).repetitions == ()


def test_a_person_of_whom_no_keypoint_is_sure_is_not_counted():
    seen = perform("squat", 3).detections
    seen.points[..., 2] = 0.05
    for profile in ("squat", None):
        found = counted(seen, profile)
        assert (found.repetitions, found.confidence, found.guess) == ((), 0.0, None)
    assert (seen.width, seen.height) == (WIDTH, HEIGHT)


def test_turns_alternate_and_are_as_far_apart_as_asked():
    line = np.array([0.0, 0.1, 0.0, 1.0, 0.8, 1.1, 0.2, 0.3, np.nan, 0.1, 0.9, 0.5])
    assert turns(line, 0.5) == [(0, False), (5, True), (9, False), (10, True)]
    assert turns(line, 0.15) == [(0, False), (3, True), (4, False), (5, True), (9, False), (10, True), (11, False)]
    assert turns(line, 2.0) == []
    assert turns(np.array([np.nan]), 0.1) == []


# ── Real footage ─────────────────────────────────────────────────────────────────────────────────


@needs_footage
@pytest.mark.parametrize("name", sorted(labels()))
def test_the_labelled_clips_are_counted_exactly(name: str):
    label = labels()[name]
    found = counted(keypoints(name), LABELLED[str(label["exercise"])])
    assert int(label["reps_full"]) <= found.counted <= int(label["reps_started"])  # type: ignore[call-overload]


@needs_footage
@pytest.mark.parametrize(
    "name", ["squat_front_barbell", "deadlift_side_a", "pushup_side_floor", "curl_ez_front", "ohp_seated"]
)
def test_the_labelled_clips_are_recognised(name: str):
    label = labels()[name]
    found = counted(keypoints(name), None)
    assert found.guess == LABELLED[str(label["exercise"])]
    assert int(label["reps_full"]) <= found.counted <= int(label["reps_started"])  # type: ignore[call-overload]


@needs_footage
def test_extremes_of_the_labelled_clips_are_where_a_person_saw_them():
    off = []
    for name, label in labels().items():
        found = np.array(
            [one.extreme_s for one in counted(keypoints(name), LABELLED[str(label["exercise"])]).repetitions]
        )
        off += [float(np.abs(found - at).min()) for at in label["extremes_s"]]  # type: ignore[attr-defined]
    assert np.mean(np.array(off) <= 0.5) >= 0.97


@needs_footage
@pytest.mark.parametrize("name", ["squat_side_slow", "deadlift_side_b", "pushup_side_pillar", "curl_ez_front"])
def test_the_labelled_clips_keep_their_count_when_changed(name: str):
    label, seen = labels()[name], keypoints(name)
    rng = np.random.default_rng(9)
    for changed in (
        mirrored(seen),
        slower(seen, 0.7),
        slower(seen, 1.4),
        kept(seen, rng.random(len(seen.times)) > 0.3),
        replace(seen, points=seen.points + rng.normal(0, 4, seen.points.shape) * [1, 1, 0]),
    ):
        found = counted(changed, LABELLED[str(label["exercise"])]).counted
        assert int(label["reps_full"]) <= found <= int(label["reps_started"])  # type: ignore[call-overload]
