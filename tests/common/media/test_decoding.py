import json
import os
import resource
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest

from fitai.common.media import decoding
from fitai.common.media.decoding import ACCEPTED, ChildDied, ChildStalled, DecodingError, Frame, decode
from tests.common.media.videos import make_bomb, make_video, pyav, turned
from tests.soak import SOAK

LIVE = {"live": "1"}  # states no length
QUIET = {"x265-params": "log-level=none"}


def frames_of(path: Path, **options: int) -> list[Frame]:
    with decode(path, **options) as video:
        return list(video)


def times_of(path: Path) -> list[float]:
    return [round(frame.time_s, 3) for frame in frames_of(path)]


def refused(path: Path, limits: decoding.Limits = ACCEPTED) -> DecodingError:
    with pytest.raises(DecodingError) as failure, decode(path, limits) as video:
        for _ in video:
            pass
    return failure.value


def refusal(path: Path, limits: decoding.Limits = ACCEPTED) -> str:
    return refused(path, limits).code


def white_columns(frame: Frame) -> int:
    return int((frame.rgb[frame.rgb.shape[0] // 2, :, 0] > 127).sum())


def children_cpu_s() -> float:
    """Processor time of all processes that were started here and have ended."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


# ── What is read ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("name", "codec", "pixels", "options"),
    [
        ("h264.mp4", "libx264", "yuv420p", {}),
        ("h264.mov", "libx264", "yuv420p", {}),
        ("h264.mkv", "libx264", "yuv420p", {}),
        ("h264.ts", "libx264", "yuv420p", {}),
        ("hevc10.mp4", "libx265", "yuv420p10le", QUIET),
        ("vp9.webm", "libvpx-vp9", "yuv420p", {}),
        ("av1.mp4", "libsvtav1", "yuv420p", {}),
        ("mpeg4.avi", "mpeg4", "yuv420p", {}),
    ],
)
def test_every_frame_comes_with_its_time(
    tmp_path: Path, name: str, codec: str, pixels: str, options: dict[str, str]
) -> None:
    frames = frames_of(make_video(tmp_path / name, codec=codec, pixels=pixels, options=options))
    assert [round(frame.time_s, 3) for frame in frames] == [round(index / 30, 3) for index in range(30)]
    assert {frame.rgb.shape for frame in frames} == {(48, 64, 3)}
    assert [white_columns(frame) for frame in frames] == pytest.approx([64 * (n + 1) // 30 for n in range(30)], abs=2)


def test_times_are_the_streams_own(tmp_path: Path) -> None:
    times = [0, 0.05, 0.3, 0.35, 0.9, 2.5]
    assert times_of(make_video(tmp_path / "phone.mp4", times=times)) == times
    later = [5 + time_s for time_s in times]
    assert times_of(make_video(tmp_path / "late.mkv", times=later)) == pytest.approx(times, abs=0.002)


def test_no_more_than_thirty_frames_a_second(tmp_path: Path) -> None:
    times = times_of(make_video(tmp_path / "fast.mp4", times=[index / 240 for index in range(480)]))
    assert len(times) == 61
    assert np.diff(times[1:]) == pytest.approx(1 / 30, abs=0.001)
    with decode(tmp_path / "fast.mp4", max_rate=10) as video:
        assert len(list(video)) == 21


def test_a_clock_that_trembles_loses_no_frame(tmp_path: Path) -> None:
    times = [round(index / 30 + (0.008 if index % 3 == 1 else 0), 4) for index in range(60)]
    assert times_of(make_video(tmp_path / "camera.mp4", times=times)) == pytest.approx(times, abs=0.001)


def test_large_pictures_are_scaled_down(tmp_path: Path) -> None:
    make_video(tmp_path / "large.mp4", size=(2000, 1000), times=[0, 0.1])
    with decode(tmp_path / "large.mp4") as video:
        assert (video.width, video.height, video.codec) == (2000, 1000, "h264")
        assert {frame.rgb.shape for frame in video} == {(640, 1280, 3)}
    assert frames_of(tmp_path / "large.mp4", max_side=640)[0].rgb.shape == (320, 640, 3)


@pytest.mark.parametrize(
    ("matrix", "corner"),
    [
        ((1, 0, 0, 1), "top left"),
        ((0, 1, -1, 0), "top right"),
        ((-1, 0, 0, -1), "bottom right"),
        ((0, -1, 1, 0), "bottom left"),
        ((-1, 0, 0, 1), "top right"),
    ],
    ids=["as it is", "a quarter", "upside down", "three quarters", "mirrored"],
)
def test_frames_are_upright(tmp_path: Path, matrix: tuple[int, int, int, int], corner: str) -> None:
    path = turned(make_video(tmp_path / "phone.mp4", times=[index / 30 for index in range(8)]), matrix)
    with decode(path) as video:
        first = next(iter(video)).rgb
        assert (video.width, video.height) == ((48, 64) if matrix[0] == 0 else (64, 48))
    assert first.shape == (video.height, video.width, 3)
    ends = {"top": 2, "bottom": -3}, {"left": 2, "right": -3}
    corners = {f"{row} {column}": first[y, x, 0] for row, y in ends[0].items() for column, x in ends[1].items()}
    assert [name for name, brightness in corners.items() if brightness > 127] == [corner]


def test_oblong_pixels_become_square(tmp_path: Path) -> None:
    path = make_video(tmp_path / "camcorder.mp4", size=(64, 48), options={"aspect": "2"})
    assert frames_of(path)[0].rgb.shape == (48, 128, 3)


# ── What is refused ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no video at all",
        b"#EXTM3U\n#EXT-X-VERSION:3\n#EXTINF:10,\nhttp://127.0.0.1:%d/x.ts\n#EXT-X-ENDLIST\n",
        b"ffconcat version 1.0\nfile 'http://127.0.0.1:%d/x.mp4'\n",
        b'<MPD xmlns="urn:mpeg:dash:schema:mpd:2011"><BaseURL>http://127.0.0.1:%d/</BaseURL></MPD>',
        b"v=0\no=- 0 0 IN IP4 127.0.0.1\nc=IN IP4 127.0.0.1\nm=video %d RTP/AVP 96\n",
    ],
    ids=["empty", "text", "m3u8", "ffconcat", "dash", "sdp"],
)
def test_what_is_no_video_is_refused_and_nobody_is_asked(tmp_path: Path, content: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.2)
        path = tmp_path / "set.mp4"
        path.write_bytes(content.replace(b"%d", str(listener.getsockname()[1]).encode()))
        assert refusal(path) == "unreadable"
        with pytest.raises(TimeoutError):
            listener.accept()


def test_a_sound_is_no_video(tmp_path: Path) -> None:
    av = pyav()
    with av.open(str(tmp_path / "song.mp4"), "w") as container:
        stream = container.add_stream("aac", rate=44100)
        sound = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), "fltp", "mono")
        sound.sample_rate = 44100
        container.mux(stream.encode(sound))
        container.mux(stream.encode(None))
    assert refusal(tmp_path / "song.mp4") == "unreadable"


PROBED = """
import importlib.util, json, sys
decoder = importlib.util.module_from_spec(spec := importlib.util.spec_from_file_location("decoder", sys.argv[3]))
spec.loader.exec_module(decoder)
decoder.av.logging.set_level(decoder.av.logging.ERROR)
with decoder.av.logging.Capture(True) as said:
    try:
        decoder.Reading(open(sys.argv[4], "rb"), json.loads(sys.argv[2]))
    except decoder.Refused as refusal:
        print(refusal.code, any("not on whitelist" in line for _, _, line in said))
"""


def test_a_decoder_that_is_not_wanted_is_not_even_begun(tmp_path: Path) -> None:
    path = make_video(tmp_path / "archive.mkv", codec="ffv1")
    libraries, limits = str(Path(pyav().__file__).parents[1]), json.dumps(asdict(ACCEPTED))
    said = subprocess.run(
        [sys.executable, "-c", PROBED, libraries, limits, str(decoding.PROGRAM), str(path)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout.split() == ["unreadable", "True"]
    assert refusal(path) == "unreadable"


@pytest.mark.parametrize("name", ["set.mp4", "set.mkv", "set.ts"])
def test_a_film_with_sound_is_read(tmp_path: Path, name: str) -> None:
    av = pyav()
    with av.open(str(tmp_path / name), "w") as container:
        film, tape = container.add_stream("libx264", rate=30), container.add_stream("aac", rate=48000)
        film.width, film.height, film.pix_fmt = 64, 48, "yuv420p"
        for _ in range(60):
            container.mux(film.encode(av.VideoFrame.from_ndarray(np.zeros((48, 64, 3), np.uint8), "rgb24")))
        for _ in range(94):
            sound = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), "fltp", "mono")
            sound.sample_rate = 48000
            container.mux(tape.encode(sound))
        container.mux(film.encode(None))
        container.mux(tape.encode(None))
    assert len(frames_of(tmp_path / name)) == 60


@pytest.mark.parametrize("part", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("name", ["ends.mp4", "begins.mp4", "set.mkv", "set.webm"])
def test_a_truncated_video_is_refused(tmp_path: Path, name: str, part: float) -> None:
    codec = "libvpx-vp9" if name == "set.webm" else "libx264"
    index = {"movflags": "faststart"} if name == "begins.mp4" else {}
    path = make_video(
        tmp_path / name, times=[n / 30 for n in range(180)], size=(160, 120), codec=codec, container_options=index
    )
    path.write_bytes(path.read_bytes()[: int(part * path.stat().st_size)])
    assert refusal(path) == "unreadable"


def test_a_day_at_a_frame_a_second_is_too_long(tmp_path: Path) -> None:
    began = time.monotonic()
    assert refusal(make_video(tmp_path / "day.mp4", times=range(0, 86_400, 60))) == "too_long"
    assert time.monotonic() - began < 20


def test_length_is_counted_on_what_is_decoded(tmp_path: Path) -> None:
    times = [float(second) for second in range(200)]
    path = make_video(tmp_path / "live.mkv", times=times, container_options=LIVE)
    with decode(path, replace(ACCEPTED, seconds=1000)) as video:
        assert video.stated_seconds == 0
    assert refusal(path) == "too_long"


def test_pictures_that_are_too_large_are_refused(tmp_path: Path) -> None:
    assert refusal(make_video(tmp_path / "wide.mp4", size=(4100, 64), times=[0, 0.1])) == "too_many_pixels"
    assert refusal(make_video(tmp_path / "tall.mp4", size=(64, 4100), times=[0, 0.1])) == "too_many_pixels"
    few = replace(ACCEPTED, total_pixels=20 * 64 * 48)
    assert refusal(make_video(tmp_path / "many.mp4"), few) == "too_many_pixels"


def test_pictures_that_grow_on_the_way_are_refused(tmp_path: Path) -> None:
    small = make_video(tmp_path / "small.ts")
    large = make_video(tmp_path / "large.ts", size=(4100, 64), times=[1 + index / 30 for index in range(30)])
    both = tmp_path / "both.ts"
    both.write_bytes(small.read_bytes() + large.read_bytes())
    assert refusal(both) == "too_many_pixels"


def test_more_than_240_frames_a_second_are_refused(tmp_path: Path) -> None:
    assert refusal(make_video(tmp_path / "480.mp4", times=[index / 480 for index in range(960)])) == "too_large"


def test_a_file_that_is_too_large_is_not_even_opened(tmp_path: Path) -> None:
    path = make_video(tmp_path / "set.mp4")
    assert refusal(path, replace(ACCEPTED, bytes=path.stat().st_size - 1)) == "too_large"
    assert len(frames_of(path)) == 30


def test_a_pipe_is_not_a_file(tmp_path: Path) -> None:
    assert refusal(Path("/dev/zero")) == "unreadable"


@pytest.mark.parametrize("codec", ["libx264", "libx265", "libvpx-vp9", "libsvtav1"])
def test_mutated_videos_end_as_a_result_or_a_typed_error(tmp_path: Path, codec: str) -> None:
    """Bytes are changed, lost, doubled and zeroed, half of them in the index; 1,200 files with FITAI_SOAK=1."""
    random = np.random.default_rng(len(codec))
    original = make_video(
        tmp_path / "set.mp4", size=(160, 120), codec=codec, options=QUIET if codec == "libx265" else {}
    ).read_bytes()
    for index in range(300 if SOAK else 3):
        content = bytearray(original)
        for _ in range(random.integers(1, 40)):
            at = int(random.integers(original.index(b"moov") if random.random() < 0.5 else 0, len(content)))
            until = at + int(random.integers(1, 200))
            match random.integers(0, 8):
                case 0:
                    del content[at:until]
                case 1:
                    content[at:at] = content[at:until]
                case 2:
                    content[at:until] = bytes(len(content[at:until]))
                case _:
                    content[at : at + 1] = random.bytes(1)
            content += bytes(1)  # never empty
        path = tmp_path / f"{index}.mp4"
        path.write_bytes(content)
        began = time.monotonic()
        with suppress(DecodingError):  # anything else turns this red
            assert len(frames_of(path)) <= 120
        assert time.monotonic() - began < 60


# ── What a refusal has cost ──────────────────────────────────────────────────────────────────────


def test_what_is_refused_by_its_header_has_cost_nothing(tmp_path: Path) -> None:
    (tmp_path / "text.mp4").write_text("no video at all")
    assert refused(tmp_path / "text.mp4").seconds == 0
    assert refused(make_video(tmp_path / "wide.mp4", size=(4100, 64), times=[0, 0.1])).seconds == 0
    assert refused(make_video(tmp_path / "day.mp4", times=range(0, 86_400, 600))).seconds == 0
    assert refused(tmp_path / "day.mp4", replace(ACCEPTED, bytes=1)).seconds == 0


def test_what_is_refused_at_its_end_has_cost_what_was_decoded(tmp_path: Path) -> None:
    path = make_video(tmp_path / "live.mkv", times=[float(second) for second in range(200)], container_options=LIVE)
    assert refused(path).seconds == pytest.approx(180, abs=1)
    path = make_video(tmp_path / "cut.mkv", times=[n / 30 for n in range(180)])
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])
    assert 1 < refused(path).seconds < 6


def test_a_refusal_costs_the_work_where_that_was_more_than_the_video(lying_child: Path) -> None:
    lying_child.write_bytes(message(b"I", INFO) + frame(0.5) + message(b"E", b'{"code": "x", "cpu_seconds": 65.5}'))
    assert refused(lying_child).seconds == 10
    lying_child.write_bytes(message(b"I", INFO) + frame(0.5) + message(b"E", b'{"code": "x", "cpu_seconds": 1e300}'))
    assert refused(lying_child).seconds == 180
    lying_child.write_bytes(message(b"I", INFO) + frame(0.5) + message(b"E", b'{"code": "x", "cpu_seconds": 4}'))
    assert refused(lying_child).seconds == 0.5


def test_a_bomb_of_pixels_is_ended_at_once(tmp_path: Path) -> None:
    path, began, spent = make_bomb(tmp_path / "bomb.mp4"), time.monotonic(), children_cpu_s()
    assert path.stat().st_size < 3_000_000
    assert refusal(path) == "too_many_pixels"
    assert (time.monotonic() - began < 30, children_cpu_s() - spent < 15) == (True, True)


def test_processor_time_is_allowed_as_the_video_goes_on(tmp_path: Path) -> None:
    path = make_video(tmp_path / "set.mp4", times=[index / 30 for index in range(120)], size=(1280, 720))
    costly = replace(ACCEPTED, cpu_seconds=1, cpu_per_second=0.01)
    bomb = make_bomb(tmp_path / "bomb.mp4", 300, 60)
    assert refused(bomb, costly).code == "too_large"
    assert len(frames_of(path)) == 120
    with decode(path) as video:
        frames = iter(video)
        soft = [resource.prlimit(video.pid, resource.RLIMIT_CPU)[0] for _ in zip(range(100), frames, strict=False)]
    assert (soft[0], sorted(soft) == soft, soft[-1] > soft[0]) == (10, True, True)


# ── What the child can do ────────────────────────────────────────────────────────────────────────


def test_a_child_that_is_killed_is_told_apart_from_a_bad_file(tmp_path: Path) -> None:
    path = make_video(tmp_path / "set.mp4", size=(1280, 720), times=[index / 30 for index in range(60)])
    with decode(path) as video:
        frames = iter(video)
        next(frames)
        os.kill(video.pid, signal.SIGKILL)
        with pytest.raises(ChildDied):
            list(frames)


def test_a_child_that_stalls_is_no_fault_of_the_video(tmp_path: Path) -> None:
    path = make_video(tmp_path / "set.mp4", size=(1280, 720), times=[index / 30 for index in range(60)])
    for patience in (replace(ACCEPTED, stall_seconds=0.2), replace(ACCEPTED, wait_seconds=0.5)):
        with decode(path, patience) as video:
            os.kill(video.pid, signal.SIGSTOP)
            with pytest.raises(ChildStalled):
                list(video)
        assert not running(video.pid)


def test_leaving_the_block_ends_the_child(tmp_path: Path) -> None:
    path = make_video(tmp_path / "set.mp4", size=(1280, 720), times=[index / 30 for index in range(60)])
    with decode(path) as video:
        next(iter(video))
        assert running(video.pid)
    assert not running(video.pid)


def test_whatever_a_child_may_have_started_ends_with_it(lying_child: Path) -> None:
    """As where there is no filter that keeps it from starting anything."""
    decoding.PROGRAM.write_text(
        "import os, struct, sys, time\n"
        "other = os.fork()\n"
        "other or time.sleep(60)\n"
        f"text = {INFO!r}\n"
        "sys.stdout.buffer.write(b'I' + struct.pack('<I', len(text)) + text)\n"
        "sys.stdout.buffer.write(b'F' + struct.pack('<dIII', other, 1, 1, 3) + bytes(3))\n"
        "sys.stdout.buffer.flush()\n"
        "time.sleep(60)\n"
    )
    lying_child.touch()
    with decode(lying_child, replace(ACCEPTED, seconds=1e9)) as video:
        other = int(next(iter(video)).time_s)
        assert running(other)
    deadline = time.monotonic() + 5
    while running(other) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not running(other)


PARENT = """
import sys, time
from fitai.common.media.decoding import decode
with decode(sys.argv[1]) as video:
    print(video.pid, flush=True)
    time.sleep(60)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="PR_SET_PDEATHSIG is of Linux")
def test_the_child_dies_with_its_parent(tmp_path: Path) -> None:
    path = make_video(tmp_path / "set.mp4", size=(1280, 720), times=[index / 30 for index in range(60)])
    with subprocess.Popen([sys.executable, "-c", PARENT, str(path)], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout
        child = int(parent.stdout.readline())
        assert running(child)
        os.kill(child, signal.SIGSTOP)  # it would end by itself once nobody reads what it writes
        parent.kill()
    deadline = time.monotonic() + 10
    while running(child) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not running(child)


# ── What the parent believes ─────────────────────────────────────────────────────────────────────

INFO = b'{"width": 4, "height": 2, "turns": 0, "mirrored": false, "codec": "h264", "container": "mov", "seconds": 1}'


def frame(time_s: float, width: int = 4, height: int = 2, stride: int = 12) -> bytes:
    return b"F" + decoding.FRAME.pack(time_s, width, height, stride) + bytes(stride * height)


def message(kind: bytes, content: bytes) -> bytes:
    return kind + decoding.LENGTH.pack(len(content)) + content


@pytest.fixture
def lying_child(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program that says what is in the video, as a decoder would that somebody has taken over."""
    program = tmp_path / "decoder.py"
    program.write_text("import shutil, sys\nshutil.copyfileobj(open(0, 'rb'), sys.stdout.buffer)\n")
    monkeypatch.setattr(decoding, "PROGRAM", program)
    return tmp_path / "said.bin"


def test_what_a_child_says_is_read(lying_child: Path) -> None:
    lying_child.write_bytes(message(b"I", INFO) + frame(0.0) + frame(0.5) + message(b"E", b"{}"))
    assert [one.time_s for one in frames_of(lying_child)] == [0.0, 0.5]


@pytest.mark.parametrize(
    "said",
    [
        b"X",
        message(b"I", b"[]"),
        message(b"I", b'{"width": 4}'),
        b"I" + decoding.LENGTH.pack(2**32 - 1),
        message(b"I", INFO) + frame(0.0, width=70_000, height=1, stride=210_000),
        message(b"I", INFO) + frame(0.0, height=0),
        message(b"I", INFO) + frame(0.0, stride=11),
        message(b"I", INFO) + frame(0.5) + frame(0.5),
        message(b"I", INFO) + frame(float("nan")),
        message(b"I", INFO) + frame(1e9),
        message(b"E", b'{"code": "rooted", "detail": 5}'),
        message(b"E", b'{"code": ["rooted"], "cpu_seconds": NaN}'),
        message(b"E", b'{"code": {}, "cpu_seconds": -Infinity}'),
    ],
    ids=[
        "kind",
        "list",
        "part",
        "length",
        "wide",
        "flat",
        "stride",
        "same time",
        "nan",
        "late",
        "code",
        "list",
        "object",
    ],
)
def test_what_a_child_says_is_not_believed(lying_child: Path, said: bytes) -> None:
    lying_child.write_bytes(said)
    assert refusal(lying_child) == "unreadable"


def test_a_child_that_ends_without_a_word_has_died(lying_child: Path) -> None:
    lying_child.write_bytes(message(b"I", INFO) + frame(0.0))
    with pytest.raises(ChildDied):
        frames_of(lying_child)


def test_too_much_computing_is_the_videos_fault(lying_child: Path) -> None:
    decoding.PROGRAM.write_text(
        "import resource\nresource.setrlimit(resource.RLIMIT_CPU, (1, 6))\nwhile True:\n    pass\n"
    )
    lying_child.touch()
    failure = refused(lying_child)
    worth_of_the_beginning = pytest.approx(ACCEPTED.cpu_seconds / ACCEPTED.cpu_per_second)
    assert (failure.code, failure.seconds) == ("too_large", worth_of_the_beginning)


def test_a_crash_is_the_videos_fault(lying_child: Path) -> None:
    decoding.PROGRAM.write_text("import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)\n")
    lying_child.touch()
    assert refusal(lying_child) == "unreadable"


def test_without_the_requirements_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = make_video(tmp_path / "set.mp4")
    monkeypatch.setattr(decoding.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(decoding.DecoderMissing):
        frames_of(path)


def test_several_are_read_at_once(tmp_path: Path) -> None:
    path = make_video(tmp_path / "set.mp4")
    counts: list[int] = []
    readers = [threading.Thread(target=lambda: counts.append(len(frames_of(path)))) for _ in range(4)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    assert counts == [30] * 4
