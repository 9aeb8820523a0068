"""Pictures that somebody sent: what their first bytes claim, and small ones made of them, by a child process that has
no files, no network and limits. The parent never decodes a picture, and checks what it is given back."""

import json
import os
import select
import signal
import stat
import struct
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from io import BytesIO
from pathlib import Path
from typing import IO, Final

import PIL

from fitai.common.media import children
from fitai.common.media.children import CRASHES, ChildDied

PROGRAM: Final = Path(__file__).with_name("shrinker.py")
LIBRARIES: Final = str(Path(PIL.__file__).parents[1])
LENGTH: Final = struct.Struct("<I")
CODES: Final = frozenset({"too_large", "too_many_pixels", "unreadable"})

PNG: Final = b"\x89PNG\r\n\x1a\n"
JPEG: Final = b"\xff\xd8\xff"
ALONE: Final = frozenset({0x01, *range(0xD0, 0xD8)})
"""Markers of a JPEG that have nothing after them."""
FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""Markers that say how large the picture is."""
PLAIN: Final = frozenset({b"VP8 ", b"VP8L", b"VP8X", b"ALPH"})
"""Chunks of a WebP that is a picture and nothing else."""
MARKERS: Final = 1000


@dataclass(frozen=True, slots=True)
class Limits:
    """What of a picture is accepted, in pixels of what it claims and of what is decoded, and what reading it may cost.

    The dearest that was measured, a lossless WebP of 40 megapixels, takes 0.7 GB and some seconds.
    """

    pixels: int = 40_000_000
    memory_bytes: int = 1_200_000_000
    cpu_seconds: float = 20
    cpu_per_second: float = 0  # pictures have no length
    seconds: float = 0
    wait_seconds: float = 45
    answer_bytes: int = 2_000_000


ACCEPTED: Final = Limits()


@dataclass(frozen=True, slots=True)
class Claim:
    """What a picture says of itself."""

    kind: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Small:
    """A picture that was made: a WebP file without any metadata, and its size in pixels."""

    content: bytes
    width: int
    height: int


Fit = Callable[[list[Claim]], bool]
"""Whether the pictures of an answer are those that were asked for."""


class PictureError(Exception):
    """The picture is not accepted; trying again is of no use. `code` is `unreadable`, `too_large` or
    `too_many_pixels`."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail


# ── What it claims ───────────────────────────────────────────────────────────────────────────────


def claimed(file: IO[bytes], limits: Limits = ACCEPTED) -> Claim:
    """Look at the first bytes alone; `PictureError` for what is no picture of the three kinds, or too large a one."""
    file.seek(0)
    start = file.read(30)
    try:
        if start.startswith(PNG) and start[12:16] == b"IHDR":
            claim = Claim("png", *struct.unpack(">II", start[16:24]))
        elif start.startswith(b"RIFF") and start[8:12] == b"WEBP":
            claim = Claim("webp", *_webp(start))
        elif start.startswith(JPEG):
            claim = Claim("jpeg", *_jpeg(file))
        else:
            raise PictureError("unreadable", "This is no picture of a kind that is accepted: JPEG, PNG, WebP.")
    except (struct.error, IndexError):
        raise _damaged() from None
    if not claim.width or not claim.height:
        raise _damaged()
    if claim.width * claim.height > limits.pixels:
        raise PictureError("too_many_pixels", f"The picture has more than {limits.pixels // 1_000_000} megapixels.")
    return claim


def _webp(start: bytes) -> tuple[int, int]:
    kind = start[12:16]
    if kind == b"VP8X":
        return int.from_bytes(start[24:27], "little") + 1, int.from_bytes(start[27:30], "little") + 1
    if kind == b"VP8L" and start[20] == 0x2F:
        bits = int.from_bytes(start[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8 " and start[23:26] == b"\x9d\x01\x2a":
        width, height = struct.unpack("<HH", start[26:30])
        return width & 0x3FFF, height & 0x3FFF
    raise _damaged()


def _jpeg(file: IO[bytes]) -> tuple[int, int]:
    """Walks over the segments before the picture: EXIF and profiles may be long."""
    file.seek(2)
    for _ in range(MARKERS):
        if file.read(1) != b"\xff":
            break
        marker = 0xFF
        while marker == 0xFF:
            marker = file.read(1)[0]
        if marker in ALONE:
            continue
        (length,) = struct.unpack(">H", file.read(2))
        if marker in FRAMES:
            _, height, width = struct.unpack(">BHH", file.read(5))
            return width, height
        if marker in (0xD9, 0xDA) or length < 2:
            break
        file.seek(length - 2, os.SEEK_CUR)
    raise _damaged()


def _damaged() -> PictureError:
    return PictureError("unreadable", "The file is damaged, or no picture.")


# ── Small ones of it ─────────────────────────────────────────────────────────────────────────────


def squares(path: Path | str, sizes: Sequence[int], limits: Limits = ACCEPTED) -> list[bytes]:
    """The middle of a picture as WebP files of these sides: upright, in sRGB, without any metadata.

    Raises `PictureError` for a picture that is not accepted, `ChildDied` when the child was killed or hung, `OSError`
    where there is no such file.
    """
    made, _ = _checked(_ask(path, sizes, "square", limits), _squares_of(sizes))
    return [one.content for one in made]


def whole(path: Path | str, widths: Sequence[int], limits: Limits = ACCEPTED) -> tuple[list[Small], float]:
    """A picture as WebP files of at most these widths, smallest first, and how bright it is on average (0 to 255).

    Upright, in sRGB, without any metadata; never enlarged, so that a small one has fewer sizes; at most twice as high
    as the width. Raises what `squares` raises.
    """
    return _checked(_ask(path, widths, "whole", limits), _within(widths))


def _squares_of(sizes: Sequence[int]) -> Fit:
    asked = [Claim("webp", size, size) for size in sizes]
    return lambda claims: claims == asked


def _within(widths: Sequence[int]) -> Fit:
    def fit(claims: list[Claim]) -> bool:
        return len(claims) <= len(widths) and all(
            claim.kind == "webp" and claim.width <= width and claim.height <= 2 * width
            for claim, width in zip(claims, widths, strict=False)
        )

    return fit


def _ask(path: Path | str, sizes: Sequence[int], shape: str, limits: Limits) -> bytes:
    """What the child answers."""
    file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        if not stat.S_ISREG(os.fstat(file).st_mode):
            raise _damaged()
        child = children.start(PROGRAM, LIBRARIES, {**asdict(limits), "sizes": list(sizes), "shape": shape}, file)
    finally:
        os.close(file)
    try:
        answer = _read(child, limits)
        _see_how_it_ended(child)
    finally:
        children.end(child)
    return answer


def _read(child: subprocess.Popen[bytes], limits: Limits) -> bytes:
    """All that it says, up to a limit, patiently but not for ever."""
    assert child.stdout is not None  # noqa: S101  it was started with a pipe
    poll = select.poll()
    poll.register(child.stdout, select.POLLIN)
    deadline = time.monotonic() + limits.wait_seconds
    said = bytearray()
    while len(said) <= limits.answer_bytes:
        wait = deadline - time.monotonic()
        if wait <= 0 or not poll.poll(wait * 1000):
            raise ChildDied(f"The process that reads the picture took more than {limits.wait_seconds:.0f} s.")
        chunk = os.read(child.stdout.fileno(), 65_536)
        if not chunk:
            return bytes(said)
        said += chunk
    raise _damaged()


def _see_how_it_ended(child: subprocess.Popen[bytes]) -> None:
    try:
        status = child.wait(5)
    except subprocess.TimeoutExpired:
        raise _damaged() from None
    if status == -signal.SIGXCPU:
        raise PictureError("too_large", "Reading this picture takes too much computing.")
    if -status in CRASHES:
        raise _damaged()
    if status:
        raise ChildDied(f"The process that read the picture ended with {status}.")


def _checked(answer: bytes, fit: Fit) -> tuple[list[Small], float]:
    """The pictures in the answer, of the kind and sizes that were asked for, and nothing beside them; and how bright
    they are."""
    try:
        (length,) = LENGTH.unpack_from(answer)
        said = json.loads(answer[LENGTH.size : LENGTH.size + length])
        if "code" in said:
            code = str(said["code"])
            raise PictureError(code if code in CODES else "unreadable", str(said.get("detail", "")))
        lengths, brightness = [int(one) for one in said["lengths"]], float(said["brightness"])
    except (struct.error, KeyError, TypeError, ValueError):
        raise _damaged() from None
    at = LENGTH.size + length
    if at + sum(lengths) != len(answer) or min(lengths, default=0) <= 0:
        raise _damaged()
    contents, claims = [], []
    for length in lengths:
        contents.append(answer[at : at + length])
        at += length
        with closing(BytesIO(contents[-1])) as file:
            claims.append(claimed(file))
    if not fit(claims) or not all(set(_chunks(content)) <= PLAIN for content in contents):
        raise _damaged()
    made = [Small(content, one.width, one.height) for content, one in zip(contents, claims, strict=True)]
    return made, brightness


def _chunks(content: bytes) -> Iterator[bytes]:
    """The names of what a WebP holds."""
    at = 12
    while at < len(content):
        yield content[at : at + 4]
        at += 8 + int.from_bytes(content[at + 4 : at + 8], "little")
        at += at % 2
