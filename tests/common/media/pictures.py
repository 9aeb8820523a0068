"""Pictures as people send them, and as somebody would who means harm."""

import io
import struct
import zlib
from typing import Any

from PIL import Image

RED, BLUE = (200, 30, 60), (20, 60, 200)
PNG = b"\x89PNG\r\n\x1a\n"


def encoded(picture: Image.Image, format: str, **options: Any) -> bytes:
    content = io.BytesIO()
    picture.save(content, format, **options)
    return content.getvalue()


def photo(format: str = "JPEG", size: tuple[int, int] = (80, 60), mode: str = "RGB", **options: Any) -> bytes:
    """A picture that is red all over."""
    return encoded(Image.new("RGB", size, RED).convert(mode), format, **options)


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, pixels: bytes, *, depth: int = 8, colour: int = 2, extra: bytes = b"") -> bytes:
    """A PNG written by hand: `pixels` is what goes through zlib, filter bytes and all."""
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return PNG + chunk(b"IHDR", header) + extra + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def bomb(side: int = 30_000) -> bytes:
    """A PNG of about 109 kB that is 900 megapixels."""
    deflate = zlib.compressobj(9)
    row = bytes(side // 8 + 1)
    return png(side, side, b"".join(deflate.compress(row) for _ in range(side)) + deflate.flush(), depth=1, colour=0)


def with_words(kind: bytes, times: int, size: int) -> bytes:
    """A small PNG with texts that are long once they are inflated."""
    head = b"a\x00\x00" if kind == b"zTXt" else b"a\x00\x01\x00\x00\x00"
    words = chunk(kind, head + zlib.compress(bytes(size))) * times
    return png(1, 1, zlib.compress(bytes(4)), extra=words)


def deep(red: int = 0xC800, green: int = 0x1E00, blue: int = 0x3C00) -> bytes:
    """A PNG of 16 bits a channel."""
    return png(10, 10, zlib.compress((b"\x00" + struct.pack(">HHH", red, green, blue) * 10) * 10), depth=16)


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def colour(content: bytes, x: float = 0.5, y: float = 0.5) -> tuple[int, ...]:
    """Of the point so far to the right and down."""
    picture = opened(content)
    found = picture.convert("RGB").getpixel((int(picture.width * x), int(picture.height * y)))
    assert isinstance(found, tuple)
    return tuple(int(channel) for channel in found)


def about(one: tuple[int, ...], other: tuple[int, ...], within: int = 8) -> bool:
    return max(abs(a - b) for a, b in zip(one, other, strict=True)) <= within
