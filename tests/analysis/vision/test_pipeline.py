import sys
from pathlib import Path

import numpy as np
import pytest

from analysis.vision.pipeline import detect
from fitai.common.media.decoding import DecodingError
from tests.analysis.vision.cast import Reciter
from tests.common.media.videos import make_video


def test_what_is_seen_is_told_in_pixels_of_the_upright_picture(tmp_path: Path) -> None:
    times = [0, 0.05, 0.3, 0.5]
    found = detect(make_video(tmp_path / "set.mp4", size=(1920, 1080), times=times), estimator := Reciter())
    assert (found.width, found.height) == (1280, 720)
    assert estimator.shapes == [(360, 640, 3)] * 4
    assert found.times == pytest.approx(times, abs=0.001)
    assert found.boxes.shape == (4, 1, 5)
    assert found.boxes[0, 0] == pytest.approx([320, 180, 960, 540, 0.9])
    assert found.points.shape == (4, 1, 17, 3)
    assert found.points[3, 0, 16] == pytest.approx([640, 648, 0.8])


def test_small_pictures_stay_as_they_are(tmp_path: Path) -> None:
    found = detect(make_video(tmp_path / "set.mp4", size=(320, 240), times=[0, 0.1]), estimator := Reciter())
    assert (found.width, found.height, estimator.shapes[0]) == (320, 240, (240, 320, 3))
    assert found.boxes[0, 0, :4] == pytest.approx([80, 60, 240, 180])


def test_the_model_gets_batches_of_the_size_it_likes(tmp_path: Path) -> None:
    estimator = Reciter(batch=4)
    found = detect(make_video(tmp_path / "set.mp4", times=[index / 30 for index in range(10)]), estimator)
    assert (estimator.batches, len(found.times)) == ([4, 4, 2], 10)


def test_nobody_is_nobody(tmp_path: Path) -> None:
    found = detect(make_video(tmp_path / "set.mp4"), Reciter(people=0))
    assert (found.boxes.shape, found.points.shape) == ((30, 0, 5), (30, 0, 17, 3))


def test_who_is_not_there_is_nan(tmp_path: Path) -> None:
    class Passing(Reciter):
        def estimate(self, pictures):  # type: ignore[no-untyped-def]
            self.people = 2 if not self.batches else 1
            return super().estimate(pictures)

    found = detect(make_video(tmp_path / "set.mp4", times=[0, 0.1]), Passing())
    assert np.isfinite(found.points).all(axis=(2, 3)).tolist() == [[True, True], [True, False]]


def test_progress_moves_and_ends_at_the_end(tmp_path: Path) -> None:
    told: list[float] = []
    detect(make_video(tmp_path / "set.mp4", times=[index / 10 for index in range(41)]), Reciter(), told.append)
    assert told == pytest.approx([0.5 * step / 4.05 for step in range(9)] + [1.0], abs=0.02)


def test_it_says_how_far_it_came_before_it_asks_whether_to_go_on(tmp_path: Path) -> None:
    class Cancelled(Exception):
        pass

    reached: list[float] = []

    def cancel(done: float) -> None:
        if done > 0.5:
            raise Cancelled

    path = make_video(tmp_path / "set.mp4", times=[index / 10 for index in range(41)])
    with pytest.raises(Cancelled):
        detect(path, Reciter(batch=5), cancel, reached=reached.append)
    assert reached == pytest.approx([0.4 + 0.5 * batch for batch in range(len(reached))], abs=0.001)
    assert reached[-1] > 0.5 * 4.05


def test_what_progress_raises_ends_the_work(tmp_path: Path) -> None:
    class Cancelled(Exception):
        pass

    def cancel(done: float) -> None:
        raise Cancelled

    estimator = Reciter()
    with pytest.raises(Cancelled):
        detect(make_video(tmp_path / "set.mp4", times=[index / 10 for index in range(100)]), estimator, cancel)
    assert len(estimator.batches) < 10


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_memory_does_not_grow_with_the_video(tmp_path: Path) -> None:
    path = make_video(tmp_path / "set.mp4", size=(640, 480), times=[index / 30 for index in range(300)])
    sizes: list[int] = []

    def look(done: float) -> None:
        status = Path("/proc/self/status").read_text()
        sizes.append(int(status.partition("VmRSS:")[2].split()[0]) // 1024)

    detect(path, Reciter(), look)
    assert max(sizes) - sizes[0] < 50


def test_a_refused_video_is_refused(tmp_path: Path) -> None:
    (tmp_path / "set.mp4").write_text("no video")
    with pytest.raises(DecodingError) as refused:
        detect(tmp_path / "set.mp4", Reciter())
    assert refused.value.code == "unreadable"
