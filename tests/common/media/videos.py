"""Small videos made on the spot, so that what is in each frame is known: a bar that grows with time."""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

CONTAINERS = {".mp4": "mp4", ".mov": "mov", ".mkv": "matroska", ".webm": "webm", ".avi": "avi", ".ts": "mpegts"}


def pyav() -> Any:
    """What makes videos; without the requirements of the vision role the test that needs one is skipped."""
    return pytest.importorskip("av", reason="the requirements of the vision role are not installed")


def make_video(
    path: Path,
    *,
    times: Sequence[float] = tuple(index / 30 for index in range(30)),
    size: tuple[int, int] = (64, 48),
    codec: str = "libx264",
    pixels: str = "yuv420p",
    options: dict[str, str] | None = None,
    container_options: dict[str, str] | None = None,
) -> Path:
    """A video whose frame `n` is shown from `times[n]` on: white from the left for `n + 1` parts out of the frames, and
    from the top for three quarters."""
    av = pyav()
    width, height = size
    ticks = 30 if path.suffix == ".avi" else 60_000
    with av.open(str(path), "w", format=CONTAINERS[path.suffix], options=container_options or {}) as container:
        stream = container.add_stream(codec, rate=30, options=options or {})
        stream.width, stream.height, stream.pix_fmt = width, height, pixels
        stream.time_base = stream.codec_context.time_base = Fraction(1, ticks)
        for index, time_s in enumerate(times):
            picture = np.zeros((height, width, 3), np.uint8)
            picture[: height * 3 // 4, : max(1, width * (index + 1) // len(times))] = 255
            frame = av.VideoFrame.from_ndarray(picture, "rgb24").reformat(format=pixels)
            frame.pts, frame.time_base = round(time_s * ticks), Fraction(1, ticks)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def make_bomb(path: Path, frames: int = 500, rate: int = 240) -> Path:
    """Some kilobytes a frame that become 4096 × 4096 pixels each: one grey picture over and over."""
    av, side = pyav(), 4096
    with av.open(str(path), "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=rate, options={"preset": "superfast", "crf": "51"})
        stream.width, stream.height, stream.pix_fmt = side, side, "yuv420p"
        stream.time_base = stream.codec_context.time_base = Fraction(1, rate)
        frame = av.VideoFrame.from_ndarray(np.full((side * 3 // 2, side), 128, np.uint8), "yuv420p")
        frame.pts, frame.time_base = 0, Fraction(1, rate)
        picture = bytes([*stream.encode(frame), *stream.encode(None)][0])
        for number in range(frames):
            packet = av.Packet(picture)
            packet.stream, packet.time_base, packet.is_keyframe = stream, Fraction(1, rate), True
            packet.pts = packet.dts = number
            packet.duration = 1
            container.mux(packet)
    return path


def turned(path: Path, matrix: tuple[int, int, int, int]) -> Path:
    """The same MP4, to be shown through this part `(a, b, c, d)` of its display matrix."""
    content = bytearray(path.read_bytes())
    header = content.index(b"tkhd") + 4
    at = header + (52 if content[header] else 40)
    for place, value in zip((0, 4, 12, 16), matrix, strict=True):
        content[at + place : at + place + 4] = (value * 65536).to_bytes(4, "big", signed=True)
    turned_path = path.with_stem(f"{path.stem}-turned")
    turned_path.write_bytes(content)
    return turned_path
