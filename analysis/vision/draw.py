"""The annotated video and the key frames of an analysed set."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import av
import cv2

from analysis.core.results import JudgedRepetition, SetAnalysis
from analysis.vision.lettering import Picture
from analysis.vision.overlay import ORDER, Overlay
from analysis.vision.pipeline import Progress
from fitai.common.media.decoding import ACCEPTED, Limits, decode

VIDEO_NAME: Final = "annotated.mp4"
TICKS: Final = 90_000
ENCODER: Final = {"preset": "veryfast", "crf": "24"}
WEBP_QUALITY: Final = 84
BT709: Final = 1


@dataclass(frozen=True, slots=True)
class KeyFrame:
    """A picture of one moment that says most: `kind` is `worst` or `best`, `rep` counts from 1."""

    kind: str
    rep: int
    time_s: float
    path: Path


@dataclass(frozen=True, slots=True)
class Drawn:
    """What was drawn of a set: an MP4 (H.264, yuv420p, its index first), and no, one or two key frames (WebP)."""

    video: Path
    frames: tuple[KeyFrame, ...]


def draw(
    path: Path | str,
    analysis: SetAnalysis,
    folder: Path,
    progress: Progress = lambda done: None,
    limits: Limits = ACCEPTED,
) -> Drawn:
    """Draw an analysed set into a folder, frame by frame; sound and metadata of the original are left out.

    `progress` is told the part done (0 to 1), from the first frame on; what it raises ends the work. Raises what
    `decode` raises.
    """
    wanted = moments(analysis)
    kept: list[KeyFrame] = []
    video_path = folder / VIDEO_NAME
    with decode(path, limits) as video:
        length = analysis.duration_s or video.stated_seconds or limits.seconds
        overlay = None
        told = -1.0
        with writing(video_path) as write:
            for frame in video:
                if overlay is None:
                    overlay = Overlay(analysis, frame.rgb.shape[1], frame.rgb.shape[0])
                overlay.mark(frame.rgb, frame.time_s)
                while wanted and wanted[0].time_s <= frame.time_s + 1e-3:
                    moment = wanted.pop(0)
                    target = folder / f"{moment.kind}.webp"
                    _save(frame.rgb, target)
                    kept.append(KeyFrame(moment.kind, moment.rep, frame.time_s, target))
                write(frame.rgb, frame.time_s)
                if frame.time_s - told >= 0.5:
                    told = frame.time_s
                    progress(min(1.0, told / length))
    progress(1.0)
    return Drawn(video_path, tuple(kept))


@dataclass(frozen=True, slots=True)
class Moment:
    kind: str
    rep: int
    time_s: float


def moments(analysis: SetAnalysis) -> list[Moment]:
    """When the worst repetition shows its gravest fault, and the best one its extreme, in the order of the video."""
    numbered = [(number, one) for number, one in enumerate(analysis.repetitions, 1) if one.counted]
    found: list[Moment] = []
    graded = sorted(numbered, key=lambda entry: _grade(analysis, *entry))
    if graded:
        number, best = graded[0]
        found.append(Moment("best", number, best.extreme_s))
        number, _worst = graded[-1]
        faults = [cue for cue in analysis.cues if cue.rep == number]
        if faults and number != found[0].rep:
            gravest = min(faults, key=lambda cue: ORDER.index(cue.severity))
            found.append(Moment("worst", number, gravest.time_s))
    return sorted(found, key=lambda moment: moment.time_s)


def _grade(analysis: SetAnalysis, number: int, repetition: JudgedRepetition) -> tuple[float, ...]:
    """The lower, the better: cues by their weight, then the smaller range of motion."""
    mine = [cue.severity for cue in analysis.cues if cue.rep == number]
    return (*(mine.count(severity) for severity in ORDER), -repetition.metrics.get("rom_deg", 0.0))


def _save(rgb: Picture, path: Path) -> None:
    written, content = cv2.imencode(
        ".webp", cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_WEBP_QUALITY, WEBP_QUALITY]
    )
    if not written:
        raise OSError(f"{path.name} could not be encoded.")
    path.write_bytes(content.tobytes())


@contextmanager
def writing(path: Path) -> Iterator[Any]:
    """Encodes frames as they are given `(rgb, time_s)`, one behind the drawing."""
    with (
        av.open(str(path), "w", format="mp4", options={"movflags": "faststart"}) as container,
        ThreadPoolExecutor(1) as behind,
    ):
        stream: Any = None
        last: Future[None] | None = None

        def encode(rgb: Picture, time_s: float) -> None:
            frame = av.VideoFrame.from_ndarray(rgb, "rgb24").reformat(format="yuv420p", dst_colorspace="ITU709")
            frame.pts, frame.time_base = round(time_s * TICKS), Fraction(1, TICKS)
            container.mux(stream.encode(frame))

        def write(rgb: Picture, time_s: float) -> None:
            nonlocal stream, last
            if stream is None:
                stream = _stream(container, rgb)
            if last is not None:
                last.result()
            last = behind.submit(encode, rgb, time_s)

        yield write
        if last is not None:
            last.result()
            container.mux(stream.encode(None))


def _stream(container: Any, rgb: Picture) -> Any:
    stream = container.add_stream("libx264", rate=30, options=ENCODER)
    stream.height, stream.width = rgb.shape[:2]
    stream.pix_fmt = "yuv420p"
    context = stream.codec_context
    context.time_base = Fraction(1, TICKS)
    context.colorspace = context.color_primaries = context.color_trc = BT709
    context.thread_count = 2
    return stream
