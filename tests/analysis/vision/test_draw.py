from pathlib import Path

import numpy as np
import pytest

from analysis.core.results import SetAnalysis, Severity
from fitai.common.media.decoding import decode
from tests.analysis.vision.cast import cue, squats, track
from tests.common.media.videos import make_video, pyav

pytest.importorskip("cv2", reason="the requirements of the vision role are not installed")

from analysis.vision.draw import draw, moments
from analysis.vision.overlay import COLOURS, FAR, GOOD, Overlay

TIMES = [index / 20 for index in range(66)]
FAULT = cue(2, 2.0, Severity.MAJOR)


@pytest.fixture
def footage(tmp_path: Path) -> Path:
    return make_video(tmp_path / "set.mp4", times=TIMES, size=(320, 240))


def test_the_annotated_video_plays_everywhere_and_keeps_its_times(footage: Path, tmp_path: Path) -> None:
    told: list[float] = []
    drawn = draw(footage, squats(TIMES, (FAULT,)), tmp_path, told.append)
    content = drawn.video.read_bytes()
    assert drawn.video.suffix == ".mp4"
    assert content.index(b"moov") < content.index(b"mdat")
    with pyav().open(str(drawn.video)) as video:
        stream = video.streams.video[0]
        assert (stream.codec_context.name, stream.codec_context.pix_fmt) == ("h264", "yuv420p")
        assert (stream.width, stream.height, len(video.streams)) == (320, 240, 1)
        times = [float(frame.time) for frame in video.decode(stream)]
    assert times == pytest.approx(TIMES, abs=0.001)
    assert (told[-1], told == sorted(told)) == (1.0, True)


def test_key_frames_show_the_worst_and_the_best_repetition(footage: Path, tmp_path: Path) -> None:
    drawn = draw(footage, squats(TIMES, (FAULT,)), tmp_path)
    assert [(one.kind, one.rep, round(one.time_s, 3), one.path.name) for one in drawn.frames] == [
        ("best", 1, 1.0, "best.webp"),
        ("worst", 2, 2.0, "worst.webp"),
    ]
    for one in drawn.frames:
        content = one.path.read_bytes()
        assert (content[:4], content[8:12]) == (b"RIFF", b"WEBP")


def test_a_set_without_faults_has_no_worst() -> None:
    assert [(moment.kind, moment.rep) for moment in moments(squats(TIMES))] == [("best", 1)]


def test_nobody_in_view_is_drawn_too(footage: Path, tmp_path: Path) -> None:
    drawn = draw(footage, SetAnalysis("squat", duration_s=3.25), tmp_path)
    assert drawn.frames == ()
    assert drawn.video.stat().st_size > 1000


def test_a_fast_video_is_drawn_at_the_rate_of_the_analysis(tmp_path: Path) -> None:
    fast = make_video(tmp_path / "fast.mp4", times=[index / 120 for index in range(240)], size=(320, 240))
    drawn = draw(fast, squats([index / 30 for index in range(60)]), tmp_path)
    with decode(drawn.video) as video:
        assert len(list(video)) == 61


# ── The marks of a moment ────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("time_s", "count"), [(0.0, 0), (1.4, 0), (1.6, 1), (2.6, 2), (3.25, 2)])
def test_a_squat_counts_when_one_has_come_up(time_s: float, count: int) -> None:
    assert Overlay(squats(TIMES), 320, 240).counted_by(time_s) == count


def test_a_deadlift_counts_at_its_lock_out() -> None:
    overlay = Overlay(squats(TIMES, profile="deadlift"), 320, 240)
    assert [overlay.counted_by(time_s) for time_s in (0.9, 1.1, 2.1)] == [0, 1, 2]


def test_advice_is_of_one_repetition_and_the_gravest_first() -> None:
    cues = (
        cue(1, 1.0, Severity.INFO, "short_range"),
        cue(2, 2.0, Severity.INFO, "short_range"),
        cue(2, 2.0, Severity.MINOR, "chest_down"),
        cue(2, 2.1, Severity.MAJOR, "depth"),
    )
    overlay = Overlay(squats(TIMES, cues), 320, 240)
    shown = {time_s: [one.code for one in overlay.cues_at(time_s)] for time_s in (0.5, 1.2, 2.1, 4.5)}
    assert shown == {0.5: [], 1.2: ["short_range"], 2.1: ["depth", "chest_down"], 4.5: []}


def test_repetitions_have_the_colour_of_their_gravest_fault() -> None:
    overlay = Overlay(squats(TIMES, (cue(2, 2.0, Severity.INFO), FAULT)), 320, 240)
    assert [overlay.verdict(number) for number in (1, 2, 3)] == [GOOD, COLOURS[Severity.MAJOR], FAR]


def marked(analysis: SetAnalysis, time_s: float, size: tuple[int, int] = (320, 240)) -> np.ndarray:
    """Which pixels the marks change."""
    plain = np.full((size[1], size[0], 3), 120, np.uint8)
    picture = plain.copy()
    Overlay(analysis, *size).mark(picture, time_s)
    return (picture != plain).any(axis=-1)


def test_the_skeleton_is_where_the_person_is() -> None:
    changed = marked(squats(TIMES), 0.2)
    for joint in ((0.5, 0.25), (0.5, 0.5), (0.5, 0.7), (0.5, 0.9)):
        assert changed[round(joint[1] * 240), round(joint[0] * 320)]
    assert not changed[40:200, 230:].any()
    twice = marked(squats(TIMES), 0.2, (640, 480))
    assert twice[round(0.7 * 480), 320]


def test_what_was_not_seen_is_not_drawn() -> None:
    hidden = squats(TIMES)
    assert hidden.track
    hidden.track.confidence[:] = 0.3
    assert not marked(hidden, 0.2)[60:200, 100:].any()


@pytest.mark.parametrize(
    ("box", "corner"),
    [
        ((120, 24, 200, 230), "upper right"),
        ((200, 0, 320, 160), "lower left"),
        ((0, 100, 120, 240), "lower right"),
    ],
    ids=["in the middle", "at the right", "at the left"],
)
def test_advice_stands_where_the_person_does_not(box: tuple[int, int, int, int], corner: str) -> None:
    silent, advised = squats(TIMES), squats(TIMES, (FAULT,))
    for one in (silent, advised):
        assert one.track
        one.track.boxes[:] = box
        one.track.confidence[:] = 0
    rows, columns = np.nonzero(marked(advised, 2.1) & ~marked(silent, 2.1))
    where = f"{'upper' if rows.mean() < 120 else 'lower'} {'left' if columns.mean() < 160 else 'right'}"
    assert where == corner


def test_people_who_leave_the_picture_do_not_stop_the_drawing() -> None:
    away = squats(TIMES)
    assert away.track
    away.track.points[:, :, 0] += 400
    marked(away, 1.0)
    away.track.points[:] = np.nan
    marked(away, 1.0)
    assert track(TIMES).points.shape == (66, 17, 2)
