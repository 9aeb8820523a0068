"""Short videos as every browser plays them, made of what somebody sent: the confined decoder reads, and only its raw
pictures are encoded here. Needs the requirements of the vision role."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from fitai.common.media.decoding import DecodingError, Frame, Limits, decode

ACCEPTED: Final = Limits(
    bytes=50_000_000,
    seconds=30,
    rate=120,
    total_pixels=40_000_000_000,  # 4096 × 2160 at 120 frames a second for all of the 30 s
    out_side_px=1280,
    out_rate=30,
    wait_seconds=300,
)
SHORT_SIDE_PX: Final = 720
TICKS: Final = 90_000
# At most 15 MB for 30 s, whatever is in the picture.
ENCODER: Final = {"preset": "veryfast", "crf": "24", "maxrate": "4M", "bufsize": "8M", "profile": "high"}
BT709: Final = 1
DARK: Final = 24.0
"""Of 255: a poster is the first picture that is brighter, where there is one."""
POSTER_QUALITY: Final = 82


@dataclass(frozen=True, slots=True)
class Film:
    """What was made: an MP4 without sound (H.264, yuv420p, its index first) at `path`, and a poster (WebP).

    `seconds` is how long it is, `source_width` and `source_height` the upright size of what was sent; `brightness` is
    that of its brightest moment (0 to 255).
    """

    path: Path
    poster: bytes
    width: int
    height: int
    seconds: float
    source_width: int
    source_height: int
    brightness: float


def transcode(
    source: Path | str, target: Path, progress: Callable[[float], None] = lambda done: None, limits: Limits = ACCEPTED
) -> Film:
    """Encode a video anew, at most 1280 × 720 upright or lying and 30 pictures a second; nothing else of it is kept.

    `progress` is told the part done (0 to 1), twice for each second of the video; what it raises ends the work. Raises
    what `decode` raises.
    """
    with decode(source, limits) as video:
        length = video.stated_seconds or limits.seconds
        told, last_s, step_s = -1.0, 0.0, 1 / limits.out_rate
        poster, brightest = None, -1.0
        with _writing(target) as write:
            for frame in video:
                write(frame)
                step_s = frame.time_s - last_s if frame.time_s else step_s
                last_s = frame.time_s
                if frame.time_s - told < 0.5 and told >= 0:
                    continue
                told = frame.time_s
                progress(min(1.0, told / length))
                brightness = float(frame.rgb.mean())
                if brightest < DARK and brightness > brightest:
                    poster = frame
                brightest = max(brightest, brightness)
    if poster is None:
        raise DecodingError("unreadable", "No picture of this video could be read.")
    width, height = _fitted(poster)
    seconds = min(last_s + step_s, limits.seconds)
    return Film(target, _webp(poster, width, height), width, height, seconds, video.width, video.height, brightest)


def _fitted(frame: Frame) -> tuple[int, int]:
    """The size that a frame is shown at: its short side at most 720, both sides even. It is never enlarged."""
    height, width = frame.rgb.shape[:2]
    shrink = min(1.0, SHORT_SIDE_PX / min(width, height))
    return max(2, round(width * shrink / 2) * 2), max(2, round(height * shrink / 2) * 2)


def _webp(frame: Frame, width: int, height: int) -> bytes:
    from PIL import Image  # noqa: PLC0415  slow, and only where videos are made

    content = BytesIO()
    Image.fromarray(frame.rgb).resize((width, height)).save(content, "WEBP", quality=POSTER_QUALITY)
    return content.getvalue()


@contextmanager
def _writing(path: Path) -> Iterator[Callable[[Frame], None]]:
    """Encodes the frames that it is given."""
    import av  # noqa: PLC0415  slow, and only where videos are made

    with av.open(str(path), "w", format="mp4", options={"movflags": "faststart"}) as container:
        stream: Any = None

        def write(frame: Frame) -> None:
            nonlocal stream
            width, height = _fitted(frame)
            if stream is None:
                stream = _stream(container, width, height)
            picture = av.VideoFrame.from_ndarray(frame.rgb, "rgb24").reformat(
                width=stream.width, height=stream.height, format="yuv420p", dst_colorspace="ITU709"
            )
            picture.pts, picture.time_base = round(frame.time_s * TICKS), Fraction(1, TICKS)
            container.mux(stream.encode(picture))

        yield write
        if stream is not None:
            container.mux(stream.encode(None))


def _stream(container: Any, width: int, height: int) -> Any:
    stream = container.add_stream("libx264", rate=30, options=ENCODER)
    stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
    context = stream.codec_context
    context.time_base = Fraction(1, TICKS)
    context.colorspace = context.color_primaries = context.color_trc = BT709
    context.thread_count = 2
    return stream
