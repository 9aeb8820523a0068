"""From one line that swings to the repetitions in it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from analysis.core.pose import Floats

PROMINENCE: Final = 0.45
"""A swing smaller than this share of the set's usual one is no repetition."""
LARGEST: Final = 3.0
"""Nor is one that is this many times larger: lying down, standing up, walking off."""
FLOOR: Final = 0.15
"""The least swing that is counted, as a share of the exercise's usual one: below it is fidgeting."""
SPACING: Final = 0.3
"""Extremes nearer to each other than this share of the usual time between them are one."""
REST: Final = 0.05
"""Within this share of a swing above its foot a person rests."""
HELD: Final = 0.03
"""Within this share of a swing below its top an extreme is held."""
SETTLED: Final = 0.3
"""A swing has come to its turn when it is slower than this share of its fastest."""
STRANGE: Final = 0.35
"""Mean difference of posture (in usual changes) from which on a swing may be something else than the others."""
MANY: Final = 4
"""So many repetitions are needed to tell which posture is the strange one."""


@dataclass(frozen=True, slots=True)
class Cycle:
    """One swing, as rows of the line: from `start` up to `extreme` and back to `end`; None for what the clip cuts off.

    `rise` and `fall` are as large as seen, 0 for what is cut off; `settled` says whether a cut-off one came to a turn.
    """

    start: int | None
    extreme: int
    end: int | None
    rise: float
    fall: float
    settled: bool = True

    @property
    def size(self) -> float:
        """The smaller way of the two, or the one in view."""
        return min(way for way in (self.rise, self.fall) if way > 0)

    @property
    def whole(self) -> bool:
        """Whether both ways are in view."""
        return self.start is not None and self.end is not None


def cycles(times: Floats, values: Floats, postures: Floats | None = None, *, even: bool = False) -> list[Cycle]:
    """The repetitions of a set in a line that rises towards their extremes.

    The scale is the one at which swings are most alike and explain most of the movement, or, where the line swings
    evenly about its middle, its spread. What is much smaller or larger, or done in another posture (`postures[T, F]`,
    in shares of a usual change, NaN where unknown), is left out.
    """
    size = _even_size(values) if even else _usual_size(values)
    if size <= 0:
        return []
    largest = np.inf if even else LARGEST * size
    found = [one for one in _swings(values, PROMINENCE * size) if PROMINENCE * size <= one.size <= largest]
    found = [_trimmed(values, one) for one in _apart(times, values, found)]
    if postures is not None:
        found = _alike(postures, found)
    return [_held(times, _settled(times, values, one), values) for one in found]


def turns(values: Floats, threshold: float) -> list[tuple[int, bool]]:
    """Alternating turning points (row, whether it is a peak), each at least `threshold` from the next; the first and
    the last are the highest or lowest before the first and after the last turn."""
    rows = np.flatnonzero(np.isfinite(values))
    found: list[tuple[int, bool]] = []
    if not len(rows):
        return found
    slope = np.sign(np.diff(values[rows]))
    bends = rows[np.flatnonzero(slope[1:] != slope[:-1]) + 1]
    low = high = int(rows[0])
    rising: bool | None = None
    for row in (*bends.tolist(), int(rows[-1])):
        if values[row] > values[high]:
            high = row
        if values[row] < values[low]:
            low = row
        if rising is not False and values[high] - values[row] >= threshold:
            found.append((high, True))
            rising = False
        elif rising is not True and values[row] - values[low] >= threshold:
            found.append((low, False))
            rising = True
        else:
            continue
        low = high = row
    if rising is not None:
        found.append((high, True) if rising else (low, False))
    return found


def _usual_size(values: Floats) -> float:
    """The size of the swings that are most alike and together largest; 0 where nothing swings."""
    known = values[np.isfinite(values)]
    best, size = 0.0, 0.0
    threshold = 0.8 * float(np.subtract(*np.percentile(known, [98, 2]))) if len(known) else 0.0
    while threshold >= FLOOR:
        sizes = np.array([one.size for one in _swings(values, threshold)])
        if len(sizes):
            usual = _weighted_median(sizes, sizes)
            alike = np.exp(-0.5 * (np.log(sizes / usual) / 0.4) ** 2)
            # Between the path that swings explain (1) and their energy (2): few large ones beat much fidgeting.
            # A single one is like nothing, however large.
            score = float((sizes**1.5 * alike).sum()) * len(sizes) / (len(sizes) + 1)
            if score > 1.1 * best:
                best, size = score, usual
        threshold *= 0.8
    return size


def _even_size(values: Floats) -> float:
    known = values[np.isfinite(values)]
    return 2 * float(np.std(np.clip(known, *np.percentile(known, [5, 95])))) if len(known) else 0.0


def _swings(values: Floats, threshold: float) -> list[Cycle]:
    points = turns(values, threshold)
    found = []
    for i, (peak, is_peak) in enumerate(points):
        if is_peak:
            start = points[i - 1][0] if i else None
            end = points[i + 1][0] if i + 1 < len(points) else None
            rise = float(values[peak] - values[start]) if start is not None else 0.0
            fall = float(values[peak] - values[end]) if end is not None else 0.0
            found.append(Cycle(start, peak, end, rise, fall))
    return found


def _weighted_median(values: Floats, weights: Floats) -> float:
    order = np.argsort(values)
    total = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(total, total[-1] / 2)])


def _apart(times: Floats, values: Floats, found: list[Cycle]) -> list[Cycle]:
    """With extremes that are too near to be two repetitions made one, at the higher of them."""
    if len(found) < MANY:
        return found
    usual = float(np.median(np.diff([times[one.extreme] for one in found])))
    kept = [found[0]]
    for one in found[1:]:
        last = kept[-1]
        if times[one.extreme] - times[last.extreme] >= SPACING * usual:
            kept.append(one)
            continue
        higher = one if values[one.extreme] > values[last.extreme] else last
        kept[-1] = replace(higher, start=last.start, end=one.end)
    return kept


def _trimmed(values: Floats, one: Cycle) -> Cycle:
    """Without the rest around it: it starts when the line last leaves its foot, and ends when it is back there."""
    start, end = one.start, one.end
    if start is not None:
        start += int(np.flatnonzero(values[start : one.extreme] <= values[start] + REST * one.rise)[-1])
    if end is not None:
        back = values[one.extreme : end + 1] <= values[end] + REST * one.fall
        end = one.extreme + int(np.flatnonzero(back)[0])
    return replace(one, start=start, end=end)


def _alike(postures: Floats, found: list[Cycle]) -> list[Cycle]:
    """Without what is done in another posture than any quarter of the others."""
    if len(found) < MANY:
        return found
    unknown = np.full(postures.shape[1], np.nan)
    poses = np.array(
        [[unknown if row is None else postures[row] for row in (one.extreme, one.start, one.end)] for one in found]
    )
    apart = np.minimum(np.abs(poses[:, None] - poses[None]), 3.0)
    known = np.isfinite(apart)
    mean = np.where(known, apart, 0.0).sum(axis=(2, 3)) / np.maximum(1, known.sum(axis=(2, 3)))
    off = np.sort(mean, axis=1)[:, len(found) // 4]
    limit = max(STRANGE, 5 * float(np.median(off)))
    return [one for one, distance in zip(found, off, strict=True) if distance <= limit]


def _settled(times: Floats, values: Floats, one: Cycle) -> Cycle:
    """Told whether, where the clip cuts it off, it had slowed down as it does at a turn."""
    if one.whole:
        return one
    rows = np.flatnonzero(np.isfinite(values))
    seen = values[rows[rows >= (one.start or 0)]] if one.end is None else values[rows[rows <= one.end]][::-1]
    lag = max(1, round(0.1 / float(np.median(np.diff(times)))))
    speed = seen[lag:] - seen[:-lag]
    return replace(one, settled=not len(speed) or bool(speed[-1] <= SETTLED * speed.max()))


def _held(times: Floats, one: Cycle, values: Floats) -> Cycle:
    """With the extreme where a person would point: in the middle of a short hold, soon after the start of a long."""
    level = values[one.extreme] - HELD * max(one.rise, one.fall)
    first = last = one.extreme
    while first > (one.start or 0) and values[first - 1] >= level:
        first -= 1
    while last < (len(values) - 1 if one.end is None else one.end) and values[last + 1] >= level:
        last += 1
    at = times[first] + 0.4 * min(1.0, times[last] - times[first])
    return replace(one, extreme=int(np.argmin(np.abs(times - at))))
