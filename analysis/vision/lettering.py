"""Words and panels on a picture, readable on any background."""

from functools import lru_cache
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
Colour = tuple[int, int, int]

FACE: Final = cv2.FontFace("sans")
REGULAR, BOLD, HEAVY = 400, 600, 800
WHITE: Final[Colour] = (255, 255, 255)
INK: Final[Colour] = (15, 23, 42)
GREY: Final[Colour] = (203, 213, 225)


@lru_cache(maxsize=512)
def width_of(text: str, size: int, weight: int = REGULAR) -> int:
    """How many pixels wide a line of text is."""
    return int(cv2.getTextSize((10_000, 10_000), text, (0, 0), FACE, size, weight)[2])


def write(picture: Picture, text: str, x: float, y: float, size: int, colour: Colour, weight: int = REGULAR) -> None:
    """A line of text whose baseline begins at (x, y)."""
    cv2.putText(picture, text, (round(x), round(y)), colour, FACE, size, weight)


@lru_cache(maxsize=128)
def wrapped(text: str, width: int, size: int, weight: int = REGULAR) -> tuple[str, ...]:
    """The text in lines no wider than this, broken between words."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and width_of(longer, size, weight) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return tuple(lines)


def panel(
    picture: Picture, x: int, y: int, width: int, height: int, colour: Colour = INK, opacity: float = 0.72
) -> None:
    """A rounded, translucent ground for words; what lies outside the picture is left out."""
    left, top = max(0, x), max(0, y)
    right, bottom = min(picture.shape[1], x + width), min(picture.shape[0], y + height)
    if left >= right or top >= bottom:
        return
    cover = _cover(width, height, opacity)[top - y : bottom - y, left - x : right - x]
    ground = picture[top:bottom, left:right]
    blended = (ground * (256 - cover) + np.array(colour, np.uint16) * cover) >> 8
    ground[:] = blended.astype(np.uint8)


@lru_cache(maxsize=64)
def _cover(width: int, height: int, opacity: float) -> NDArray[np.uint16]:
    """How much of each pixel of a rounded panel is covered, out of 256."""
    radius = max(2, min(width, height) // 2 if min(width, height) < 40 else min(width, height) // 6)
    mask = np.zeros((height, width), np.uint8)
    cv2.rectangle(mask, (radius, 0), (width - 1 - radius, height - 1), 255, -1)
    cv2.rectangle(mask, (0, radius), (width - 1, height - 1 - radius), 255, -1)
    for x in (radius, width - 1 - radius):
        for y in (radius, height - 1 - radius):
            cv2.circle(mask, (x, y), radius, 255, -1, cv2.LINE_AA)
    return (mask.astype(np.uint16) * round(opacity * 256) // 255)[..., None]
