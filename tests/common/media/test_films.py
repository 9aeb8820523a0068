"""Short videos, encoded anew."""

import os
import signal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fitai.common.media import decoding, films
from fitai.common.media.children import ChildDied
from fitai.common.media.decoding import DecoderMissing, DecodingError
from fitai.common.media.films import transcode
from tests.common.media.pictures import opened
from tests.common.media.videos import make_video, pyav, turned


def frames(path: Path) -> list[Any]:
    with pyav().open(str(path)) as container:
        return [(frame.time, frame.to_ndarray(format="rgb24")) for frame in container.decode(video=0)]


@pytest.mark.parametrize(
    ("size", "shown"),
    [((160, 120), (160, 120)), ((1440, 1080), (960, 720)), ((1000, 1000), (720, 720)), ((66, 34), (66, 34))],
)
def test_it_fits_and_is_never_enlarged(tmp_path: Path, size: tuple[int, int], shown: tuple[int, int]) -> None:
    sent = make_video(tmp_path / "sent.mp4", times=(0, 0.1, 0.2), size=size)
    film = transcode(sent, tmp_path / "film.mp4")
    assert ((film.width, film.height), (film.source_width, film.source_height)) == (shown, size)
    assert opened(film.poster).size == shown
    assert {picture.shape[1::-1] for _, picture in frames(film.path)} == {shown}


def test_the_pictures_are_those_that_were_sent(tmp_path: Path) -> None:
    """At most 30 a second, at their times, without sound, upright."""
    sent = make_video(tmp_path / "sent.mp4", times=[index / 60 for index in range(60)])
    film = transcode(turned(sent, (0, 1, -1, 0)), tmp_path / "film.mp4")
    made = frames(film.path)
    assert ((film.width, film.height), len(made)) == ((48, 64), 31)
    assert [round(time_s, 2) for time_s, _ in made[:3]] == [0.0, 0.02, 0.05]
    assert abs(film.seconds - 1) < 0.04
    first, last = made[0][1], made[-1][1]
    assert (first.mean() < 20, last.mean() > 150) == (True, True)
    with pyav().open(str(film.path)) as container:
        (stream,) = container.streams
        assert (stream.codec_context.name, stream.codec_context.pix_fmt) == ("h264", "yuv420p")
    content = film.path.read_bytes()
    assert content.index(b"moov") < content.index(b"mdat")


def test_the_poster_is_not_the_dark_beginning(tmp_path: Path) -> None:
    """The bar of the picture grows with time: the first moment that is bright enough is shown."""
    film = transcode(make_video(tmp_path / "sent.mp4"), tmp_path / "film.mp4")
    assert np.asarray(opened(film.poster).convert("L")).mean() > films.DARK
    assert film.brightness > films.DARK


def test_what_is_in_the_way_of_the_work_ends_it(tmp_path: Path) -> None:
    sent = make_video(tmp_path / "sent.mp4", times=[index / 10 for index in range(20)])
    told: list[float] = []
    transcode(sent, tmp_path / "film.mp4", told.append)
    assert [round(one, 2) for one in told] == [0.0, 0.26, 0.52, 0.78]

    def stop(done: float) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        transcode(sent, tmp_path / "film.mp4", stop)


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"", "unreadable"), (b"<html>", "unreadable"), (b"\x00\x00\x00\x18ftypmp42" + bytes(99), "unreadable")],
)
def test_what_is_no_video_is_refused(tmp_path: Path, content: bytes, code: str) -> None:
    (tmp_path / "sent").write_bytes(content)
    with pytest.raises(DecodingError) as refused:
        transcode(tmp_path / "sent", tmp_path / "film.mp4")
    assert refused.value.code == code


def test_limits_of_its_own(tmp_path: Path) -> None:
    long = make_video(tmp_path / "long.mp4", times=[0, 10, 20, 31])
    dense = make_video(tmp_path / "dense.mp4", times=[index / 240 for index in range(260)])
    for sent, code in ((long, "too_long"), (dense, "too_large")):
        with pytest.raises(DecodingError) as refused:
            transcode(sent, tmp_path / "film.mp4")
        assert refused.value.code == code


def test_a_child_that_was_killed_is_no_fault_of_the_video(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sent = make_video(tmp_path / "sent.mp4")
    started = decoding._start

    def doomed(*args: Any) -> Any:
        child = started(*args)
        os.kill(child.pid, signal.SIGKILL)
        return child

    monkeypatch.setattr(decoding, "_start", doomed)
    with pytest.raises(ChildDied):
        transcode(sent, tmp_path / "film.mp4")


def test_where_pyav_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoding.importlib.util, "find_spec", lambda name: None)
    (tmp_path / "sent").write_bytes(b"a film")
    with pytest.raises(DecoderMissing):
        transcode(tmp_path / "sent", tmp_path / "film.mp4")
