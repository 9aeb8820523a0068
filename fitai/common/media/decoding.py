"""Frames of a video that somebody sent, read by a child process that has no files, no network and limits.

The parent never parses the video: it hands over an open file and takes back arrays, whose every claim it checks.
"""

import fcntl
import importlib.util
import json
import math
import os
import select
import signal
import stat
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any, Final

import numpy as np
from numpy.typing import NDArray

from fitai.common.media import children
from fitai.common.media.children import CRASHES, ChildDied

PROGRAM: Final = Path(__file__).with_name("decoder.py")
LENGTH: Final = struct.Struct("<I")
FRAME: Final = struct.Struct("<dIII")
PIPE_BYTES: Final = 1 << 20
LONGEST_MESSAGE: Final = 10_000
CODES: Final = frozenset({"too_long", "too_large", "too_many_pixels", "unreadable"})


@dataclass(frozen=True, slots=True)
class Limits:
    """What of a video is accepted, counted on what is decoded, and what reading it may cost.

    `out_side_px` and `out_rate` (frames a second) are what is handed on of it; `stall_seconds` is how long the next
    message may take, `wait_seconds` how long all of them may.

    What it may cost grows with it: `pixel_rate` pixels to begin with and for each second of the video, and processor
    time in the same way, `cpu_seconds` and `cpu_per_second`. So a file costs no more than what is charged for it is
    worth, also one whose single picture never ends. Measured at the dearest of what is accepted, HEVC of 10 bit, 4096 ×
    2160 at 60 frames a second: about 3 s a second at 9 Mbit/s, of which 180 s fit into 200 MB, and 5.6 s at 86 Mbit/s,
    of which 19 s fit; both pass. What takes 8 s a second or more is ended within 40 s of processor time.
    """

    bytes: int = 200_000_000
    seconds: float = 180
    side_px: int = 4096
    rate: float = 240
    total_pixels: int = 100_000_000_000  # 4096 × 2160 at 60 frames a second for all of the 180 s
    pixel_rate: int = 1_100_000_000  # 4096 × 2160 at 120 frames a second, 2704 × 1520 at 240
    out_side_px: int = 1280
    out_rate: float = 30
    threads: int = 2
    memory_bytes: int = 2 << 30
    cpu_seconds: float = 10
    cpu_per_second: float = 6
    stall_seconds: float = 30
    wait_seconds: float = 900


ACCEPTED: Final = Limits()


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture: `time_s` since the first, from the stream's own time stamps; `rgb[height, width, 3]`, upright."""

    time_s: float
    rgb: NDArray[np.uint8]


class DecodingError(Exception):
    """The video is not accepted; trying again is of no use. `code` is `too_long`, `too_large`, `too_many_pixels` or
    `unreadable`; `seconds` of it were decoded until that was known, or as much work was done as so many take."""

    def __init__(self, code: str, detail: str, seconds: float = 0.0) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.seconds = seconds


class ChildStalled(ChildDied):
    """The process that read the video was not heard of for too long: it waits for a processor, or was stopped. What a
    video costs cannot be the reason, for its processor time ends before."""


class DecoderMissing(Exception):
    """The requirements of the vision role are not installed here."""


class Video:
    """A video that is being read: iterate once for its frames.

    `width` and `height` are those of the upright picture in the file, `out_width` and `out_height` those of the frames.
    """

    def __init__(self, child: subprocess.Popen[bytes], limits: Limits) -> None:
        self.pid = child.pid
        self._child = child
        self._limits = limits
        self._patience_s = limits.wait_seconds
        self._last_s = -1.0
        assert child.stdout is not None  # noqa: S101  it was started with a pipe
        self._pipe: IO[bytes] = child.stdout
        self._poll = select.poll()
        self._poll.register(self._pipe, select.POLLIN)
        kind = self._read(1)
        if kind != b"I":
            self._end(kind)
            raise self._damaged()
        about = self._message()
        try:
            self.width, self.height = int(about["width"]), int(about["height"])
            self.codec, self.container = str(about["codec"]), str(about["container"])
            self.stated_seconds = float(about["seconds"])
            self._turns, self._mirrored = int(about["turns"]) % 4, bool(about["mirrored"])
        except (KeyError, TypeError, ValueError):
            raise self._damaged() from None
        if self._turns % 2:
            self.width, self.height = self.height, self.width

    def __iter__(self) -> Iterator[Frame]:
        while (kind := self._read(1)) == b"F":
            time_s, width, height, stride = FRAME.unpack(self._read(FRAME.size))
            side = self._limits.out_side_px + 1  # sides are made even
            sane = 0 < width <= side and 0 < height <= side and width * 3 <= stride <= width * 3 + 256
            if not sane or not self._last_s < time_s <= self._limits.seconds + 1:
                raise self._damaged()
            self._last_s = time_s
            rows = np.empty((height, stride), np.uint8)
            self._fill(rows.reshape(-1).data)
            rgb = rows[:, : width * 3].reshape(height, width, 3)
            if self._mirrored:
                rgb = np.flipud(rgb)
            yield Frame(time_s, np.ascontiguousarray(np.rot90(rgb, self._turns)))
        self._end(kind)

    def _end(self, kind: bytes) -> None:
        """Read how the child says that it ended, and raise if that was an error."""
        if kind != b"E":
            raise self._damaged()
        how = self._message()
        if "code" in how:
            code, took = str(how["code"]), how.get("cpu_seconds")
            worth = max(0.0, took / self._limits.cpu_per_second) if isinstance(took, int | float) else 0.0
            known = code if code in CODES else "unreadable"
            raise self._refusal(known, str(how.get("detail", "")), math.floor(min(worth, self._limits.seconds)))

    def _refusal(self, code: str, detail: str, worth: float = 0.0) -> DecodingError:
        return DecodingError(code, detail, max(self._last_s, worth, 0.0))

    def _damaged(self) -> DecodingError:
        return self._refusal("unreadable", "The file is damaged.")

    def _message(self) -> dict[str, Any]:
        (length,) = LENGTH.unpack(self._read(LENGTH.size))
        if length > LONGEST_MESSAGE:
            raise self._damaged()
        try:
            content = json.loads(self._read(length))
        except ValueError:
            raise self._damaged() from None
        if not isinstance(content, dict):
            raise self._damaged()
        return content

    def _read(self, size: int) -> bytes:
        content = bytearray(size)
        self._fill(memoryview(content))
        return bytes(content)

    def _fill(self, view: memoryview) -> None:
        """Read so many bytes, patiently but not for ever. Raises what became of the child where they do not come."""
        at = 0
        while at < len(view):
            began = time.monotonic()
            wait = min(self._limits.stall_seconds, self._patience_s)
            if wait <= 0 or not self._poll.poll(wait * 1000):
                raise ChildStalled(f"The process that reads the video said nothing for {wait:.0f} s.")
            size = os.readv(self._pipe.fileno(), [view[at:]])
            self._patience_s -= time.monotonic() - began
            if size == 0:
                raise self._what_became_of_it()
            at += size

    def _what_became_of_it(self) -> Exception:
        try:
            status = self._child.wait(5)
        except subprocess.TimeoutExpired:
            return self._damaged()
        if status == -signal.SIGXCPU:
            limits = self._limits
            worth = max(self._last_s, 0.0) + limits.cpu_seconds / limits.cpu_per_second
            return self._refusal("too_large", "Reading this video takes too much computing.", worth)
        if -status in CRASHES:
            return self._damaged()
        return ChildDied(f"The process that read the video ended with {status}.")


@contextmanager
def decode(
    path: Path | str, limits: Limits = ACCEPTED, *, max_side: int | None = None, max_rate: float | None = None
) -> Iterator[Video]:
    """Read a video: `with decode(path) as video: for frame in video: ...`. Leaving the block ends the child.

    Raises `DecodingError` for a video that is not accepted (on entering, or later while iterating), `ChildDied` when
    the child was killed, `ChildStalled` when it hangs, `DecoderMissing` where PyAV is not installed, `OSError` where
    there is no such file.
    """
    limits = _with(limits, max_side, max_rate)
    file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        about = os.fstat(file)
        if not stat.S_ISREG(about.st_mode):
            raise DecodingError("unreadable", "This is not a file.")
        if about.st_size > limits.bytes:
            raise DecodingError("too_large", f"The video is larger than {limits.bytes // 1_000_000} MB.")
        child = _start(file, limits)
    finally:
        os.close(file)
    try:
        yield Video(child, limits)
    finally:
        children.end(child)


def _with(limits: Limits, max_side: int | None, max_rate: float | None) -> Limits:
    values = asdict(limits)
    if max_side is not None:
        values["out_side_px"] = max_side
    if max_rate is not None:
        values["out_rate"] = max_rate
    return Limits(**values)


def _start(file: int, limits: Limits) -> subprocess.Popen[bytes]:
    found = importlib.util.find_spec("av")
    if found is None or found.origin is None:
        raise DecoderMissing("PyAV is not installed: see requirements/vision.txt.")
    libraries = str(Path(found.origin).parents[1])
    child = children.start(PROGRAM, libraries, asdict(limits), file)
    if sys.platform == "linux" and child.stdout is not None:
        with suppress(OSError):  # as far as the system lets it decode ahead
            fcntl.fcntl(child.stdout, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
    return child
