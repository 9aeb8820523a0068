"""From where the camera looks, told from the keypoints: what can be judged depends on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analysis.core.pose import SEEN, Floats, Track
from analysis.core.results import View

SIDES: Final = ("ear", "shoulder", "elbow", "hip", "knee")
STEADY_S: Final = 2.0
"""The view is the median of so long: a lean or a turned head is no new view, a cut is."""
SHORTEST_S: Final = 1.0
SIDE_WIDTH: Final = 0.30
"""Shoulders narrower than this in torso lengths: within about 25° of the side (ours, as the next two; straight from
the front they measure 0.6 to 0.95, arms overhead 0.5)."""
FRONT_WIDTH: Final = 0.50
SURELY_FRONT_WIDTH: Final = 0.75
PLAINLY_NEARER: Final = 0.5
"""The confidences of one side's joints against the other's, in sum."""
SQUARE: Final = frozenset({View.FRONT, View.REAR})
EARS_ALIKE: Final = 0.6
"""The worse seen ear against the better, from which on a face looks at the camera."""
MAJORITY: Final = 0.7


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of frames, `first` to `last` inclusive, seen from one side; `left_near` says which side is nearer."""

    first: int
    last: int
    view: View
    left_near: bool


def spans(track: Track, scale: Floats, stated: View | None = None) -> tuple[Span, ...]:
    """The views of a track in order; `scale[T]` is the length of the torso in pixels. With a view stated by the caller
    only the nearer side is told from the picture. Frames without the person belong to the span before them."""
    step = float(np.median(np.diff(track.times))) if len(track.times) > 1 else 1.0
    window = max(1, round(STEADY_S / step))
    left_near = _left_near(track, window)
    views = [stated] * len(left_near) if stated else _views(track, scale, window)
    # Neither side is nearer to who looks from the front or from behind.
    aspects = [(view, bool(left) or view in SQUARE) for view, left in zip(views, left_near, strict=True)]
    return tuple(Span(first, last, *aspects[first]) for first, last in _runs(aspects, max(1, round(SHORTEST_S / step))))


def view_between(found: tuple[Span, ...], first: int, last: int) -> View | None:
    """The view of the frames `first` to `last`; None when it changes in between."""
    shares: dict[View, int] = {}
    for span in found:
        shared = min(span.last, last) - max(span.first, first) + 1
        if shared > 0:
            shares[span.view] = shares.get(span.view, 0) + shared
    if not shares:
        return None
    best = max(shares, key=lambda view: shares[view])
    return best if shares[best] >= MAJORITY * sum(shares.values()) else None


def _views(track: Track, scale: Floats, window: int) -> list[View]:
    here = np.isfinite(track.boxes[:, 0])
    shoulders = track.joint("left_shoulder")[:, 0] - track.joint("right_shoulder")[:, 0]
    with np.errstate(divide="ignore", invalid="ignore"):
        width = _steady(shoulders / scale, window)
    ears = np.stack([track.seen("left_ear"), track.seen("right_ear")])
    alike = _steady(np.where(here, ears.min(axis=0) / np.maximum(ears.max(axis=0), SEEN), np.nan), window)
    face = _steady(np.where(here, track.seen("nose"), np.nan), window)
    broad = np.abs(width)
    square = (broad >= SURELY_FRONT_WIDTH) | ((broad >= FRONT_WIDTH) & (alike >= EARS_ALIKE))
    known = [
        (broad < SIDE_WIDTH, View.SIDE),
        (square & (width > 0), View.FRONT),
        (square & (width < 0) & (face < SEEN), View.REAR),
    ]
    return [next((view for there, view in known if there[i]), View.THREE_QUARTER) for i in range(len(width))]


def _left_near(track: Track, window: int) -> NDArray[np.bool_]:
    """`[T]` whether the left side is nearer: it is seen better, or, where that is not plain, is so in most frames."""
    left, right = (sum(track.seen(f"{side}_{joint}") for joint in SIDES) for side in ("left", "right"))
    better = np.where(np.isfinite(track.boxes[:, 0]), left - right, np.nan)
    usual = np.isfinite(better).any() and float(np.nanmedian(better)) >= 0
    steady = _steady(better, window)
    return np.where(np.abs(steady) >= PLAINLY_NEARER, steady > 0, usual)


def _steady(values: Floats, window: int) -> Floats:
    """The running median that looks past gaps; where a whole window is empty, what was before it."""
    half = window // 2
    padded = np.pad(values, half, constant_values=np.nan)
    windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * half + 1)
    seen = np.isfinite(windows).any(axis=1)
    if not seen.any():
        return np.zeros(len(values))
    last = np.maximum.accumulate(np.where(seen, np.arange(len(values)), np.argmax(seen)))
    steady = np.zeros(len(values))
    steady[seen] = np.nanmedian(windows[seen], axis=1)
    return steady[last]


def _runs(words: Sequence[object], shortest: int) -> list[tuple[int, int]]:
    """First and last of each run of the same word; a run that is too short joins the one before it."""
    starts = [0, *(i for i in range(1, len(words)) if words[i] != words[i - 1]), len(words)]
    runs: list[tuple[int, int]] = []
    for first, after in pairwise(starts):
        if runs and (after - first < shortest or words[first] == words[runs[-1][0]]):
            runs[-1] = (runs[-1][0], after - 1)
        else:
            runs.append((first, after - 1))
    return runs
