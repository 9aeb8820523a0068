"""The program that makes small pictures for `fitai.common.media.pictures`, in a process that can do nothing else.

It is started with the picture as standard input, writes one answer to standard output, and imports nothing of FitAI but
`confinement`, which lies beside it. Once its libraries are loaded and before it looks at the first byte it gives away
all that it does not need.

The answer is the length of a JSON object, the object, and the WebP files one after the other: `{lengths: [...],
brightness}` in the order of the sizes asked for, or `{code, detail}` for a picture that is not accepted. Where the
`shape` asked for is `square` there is one for each size; where it is `whole`, the size is the most that it may be wide,
it may be twice as high, and what would be as large as the one before is left out.
"""

import io
import json
import os
import struct
import sys
import warnings
from typing import Any, BinaryIO

# Where the libraries are installed, and this file: neither is on the path of `python -I -S`.
sys.path += [sys.argv[1], os.path.dirname(os.path.abspath(__file__))]

# All that Pillow would else import when it is first needed, which is too late: nothing can be opened then.
from confinement import confine
from PIL import (
    Image,
    ImageCms,
    ImageStat,
    JpegImagePlugin,
    MpoImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)

PRELOADED = (JpegImagePlugin, MpoImagePlugin, PngImagePlugin, TiffImagePlugin, WebPImagePlugin)
FORMATS = ("JPEG", "PNG", "WEBP")
LENGTH = struct.Struct("<I")
ORIENTATION = 0x0112  # of EXIF
UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
TURNED = frozenset({5, 6, 7, 8})
"""Those that lie on their side."""
QUALITY = 85


class Refused(Exception):
    """The picture is not one that is accepted."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail


def small_ones(file: BinaryIO, limits: dict[str, Any]) -> tuple[list[bytes], float]:
    """The picture, or the middle of it, upright, in sRGB, at each size, and how bright it is on average (0 to 255). Of
    an animation it is the first frame."""
    largest = max(limits["sizes"])
    with Image.open(file, formats=FORMATS) as picture:
        check_size(picture, limits)
        profile = picture.info.get("icc_profile")
        picture.draft(None, (2 * largest, 2 * largest))  # a JPEG is decoded at a fraction of its size
        picture.load()
        check_size(picture, limits)
        turn = orientation(picture)
        if limits["shape"] == "square":
            shown = middle(with_channels(picture), largest)
            sizes = [(size, size) for size in limits["sizes"]]
        else:
            whole = with_channels(picture)
            upright = whole.size[::-1] if turn in TURNED else whole.size
            sizes = list(dict.fromkeys(within(upright, size) for size in limits["sizes"]))
            lying = sizes[-1][::-1] if turn in TURNED else sizes[-1]
            shown = whole.resize(lying, Image.Resampling.LANCZOS, reducing_gap=3.0)
        shown = in_srgb(shown, profile)
    if turn in UPRIGHT:
        shown = shown.transpose(UPRIGHT[turn])
    shown.info = {}  # the place where it was taken, and whatever else was written beside the picture
    return [encoded(shown, size) for size in sizes], ImageStat.Stat(shown.convert("L")).mean[0]


def within(size: tuple[int, int], width: int) -> tuple[int, int]:
    """The size of a whole picture that is to be at most so wide and twice as high; it is never enlarged."""
    shrink = min(1.0, width / size[0], 2 * width / size[1])
    return max(1, round(size[0] * shrink)), max(1, round(size[1] * shrink))


def check_size(picture: Image.Image, limits: dict[str, Any]) -> None:
    if picture.width * picture.height > limits["pixels"]:
        raise Refused("too_many_pixels", f"The picture has more than {limits['pixels'] // 1_000_000} megapixels.")


def orientation(picture: Image.Image) -> int:
    """How a camera was held (EXIF, or XMP where a PNG has no EXIF); upright where that cannot be read."""
    try:
        return int(picture.getexif().get(ORIENTATION, 1))
    except Exception:  # whatever a library raises about what somebody made up
        return 1


def with_channels(picture: Image.Image) -> Image.Image:
    """The picture with a channel for each colour, of 8 bits, and one for transparency if it has any."""
    if picture.mode.startswith("I"):
        return picture.convert("I").point([value >> 8 for value in range(65_536)], "L")
    if picture.has_transparency_data:
        return picture.convert("LA" if picture.mode in ("L", "LA") else "RGBA")
    return picture if picture.mode in ("L", "RGB", "CMYK") else picture.convert("RGB")


def middle(picture: Image.Image, size: int) -> Image.Image:
    """The largest square in the middle, at a size. Turning it by quarters later makes no difference."""
    side = min(picture.size)
    left, top = (picture.width - side) // 2, (picture.height - side) // 2
    box = (left, top, left + side, top + side)
    return picture.resize((size, size), Image.Resampling.LANCZOS, box=box, reducing_gap=3.0)


def in_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """The colours as a screen shows them, by the picture's profile, or as they are where that cannot be used."""
    alpha = picture.getchannel("A") if picture.mode in ("LA", "RGBA") else None
    colours = picture.convert(picture.mode[:-1]) if alpha else picture
    shown = None
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            shown = ImageCms.profileToProfile(colours, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
        except (ImageCms.PyCMSError, OSError, TypeError, ValueError):
            shown = None  # a profile of other channels, or none at all
    result = shown or colours.convert("RGB")
    if alpha:
        result.putalpha(alpha)
    return result


def encoded(picture: Image.Image, size: tuple[int, int]) -> bytes:
    content = io.BytesIO()
    small = picture if picture.size == size else picture.resize(size, Image.Resampling.LANCZOS)
    small.save(content, "WEBP", quality=QUALITY, method=4)
    return content.getvalue()


def main() -> None:
    limits = json.loads(sys.argv[2])
    Image.preinit()
    Image.MAX_IMAGE_PIXELS = limits["pixels"]
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    confine(limits, int(sys.argv[3]))
    made: list[bytes] = []
    answer: dict[str, Any]
    try:
        with open(0, "rb", closefd=False) as file:
            made, brightness = small_ones(file, limits)
        answer = {"lengths": [len(one) for one in made], "brightness": brightness}
    except Refused as refusal:
        answer = {"code": refusal.code, "detail": refusal.detail}
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        answer = {"code": "too_many_pixels", "detail": "The picture has too many pixels."}
    except MemoryError:
        answer = {"code": "too_large", "detail": "Reading this picture takes too much memory."}
    except Exception:  # whatever a library raises about a file that somebody made up
        answer = {"code": "unreadable", "detail": "The file is damaged, or no picture."}
    text = json.dumps(answer).encode()
    sys.stdout.buffer.write(b"".join((LENGTH.pack(len(text)), text, *made)))
    sys.stdout.buffer.flush()
    os._exit(0)  # what libraries do at their end is of no use to anybody


if __name__ == "__main__":
    main()
