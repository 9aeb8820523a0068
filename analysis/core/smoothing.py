"""From jittery, irregular, gappy keypoints to steady ones: gaps stay gaps, and nothing is smoothed across a cut."""

from __future__ import annotations

import itertools
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analysis.core.pose import INDEX, SEEN, Floats, Track

RATE_HZ: Final = 30.0
"""No faster grid is needed: the quickest repetitions take almost half a second."""
GAP_S: Final = 0.3
"""A keypoint away for longer is unknown there, never invented."""
FAINT: Final = 0.15
"""Keypoints below this confidence are where the model guesses: they are gaps."""
MEDIAN_S: Final = 0.17
GAUSS_S: Final = 0.05
"""Window of the median and width of the low-pass after it: single stray frames go, and half of what is above 4 Hz."""
JUMP: Final = 0.35
"""Torso lengths that no body moves as a whole between two frames."""
SHOT_S: Final = 1.0
"""A shot lasts longer: what jumps away and back at once is a stray estimate."""
SCALE_WINDOW_S: Final = 6.0
"""The size of a body is taken over this time, longer than most repetitions, since a bowed body looks shorter."""

PROPORTIONS: Final = (
    *((f"{side}_shoulder", f"{side}_hip", 1.0) for side in ("left", "right")),
    *((f"{side}_hip", f"{side}_knee", 0.85) for side in ("left", "right")),
    *((f"{side}_knee", f"{side}_ankle", 0.85) for side in ("left", "right")),
    *((f"{side}_shoulder", f"{side}_elbow", 0.65) for side in ("left", "right")),
    ("left_shoulder", "right_shoulder", 0.8),
)
"""Limbs in torso lengths (after Drillis and Contini's segment lengths): seen at an angle a limb is shorter, never
longer, so the longest of them tell the size of the body from any side."""


def steady(track: Track, rate_hz: float = RATE_HZ) -> Track:
    """The same person on a uniform grid of at most 30 Hz, smoothed shot by shot; gaps over 0.3 s stay NaN."""
    if len(track.times) < 2:
        return track
    step = max(1 / rate_hz, float(np.median(np.diff(track.times))))
    grid = track.times[0] + step * np.arange(int((track.times[-1] - track.times[0]) / step + 1e-6) + 1)
    points = np.full((len(grid), len(INDEX), 2), np.nan)
    confidence = np.zeros((len(grid), len(INDEX)))
    boxes = np.full((len(grid), 4), np.nan)
    for first, last in shots(track):
        rows = slice(first, last)
        here = (grid >= track.times[first] - 1e-9) & (grid <= track.times[last - 1] + 1e-9)
        times = track.times[rows]
        for joint in INDEX.values():
            known = (track.confidence[rows, joint] >= FAINT) & np.isfinite(track.points[rows, joint]).all(axis=1)
            for axis in range(2):
                line = _onto(times, track.points[rows, joint, axis], known, grid[here])
                points[here, joint, axis] = low_pass(running_median(line, step), step)
            confidence[here, joint] = _onto(times, track.confidence[rows, joint], known, grid[here])
        there = np.asarray(np.isfinite(track.boxes[rows]).all(axis=1))
        for axis in range(4):
            boxes[here, axis] = _onto(times, track.boxes[rows, axis], there, grid[here])
    confidence[~np.isfinite(points).all(axis=2)] = 0.0
    return Track(grid, boxes, points, confidence, track.width, track.height)


def shots(track: Track) -> list[tuple[int, int]]:
    """First and past-last frame of each camera shot: between them the whole body jumps, once, among steady frames.

    Where the estimate itself jumps about, nothing is a cut.
    """
    points = np.where(track.confidence[:, 5:, None] >= SEEN, track.points[:, 5:], np.nan)
    rows = np.flatnonzero(np.isfinite(points).all(axis=2).sum(axis=1) >= 4)
    cuts: list[int] = []
    if len(rows) > 2:
        moves = np.linalg.norm(np.diff(points[rows], axis=0), axis=2) / _torso(points[rows])
        step = _row_medians(moves)
        times = track.times[rows]
        waited = np.diff(times)
        # What was out of sight for a moment has moved on; after a longer absence the level is told anew anyway.
        slack = np.where(waited <= GAP_S, waited / (2 * np.median(np.diff(track.times))), 1.0)
        for i in np.flatnonzero(step > JUMP * np.maximum(1.0, slack)):
            near = (np.abs(times[:-1] - times[i]) <= 0.5) & (np.abs(np.arange(len(step)) - i) > 1)
            if not near.any() or step[i] > 3 * np.percentile(step[near], 90):
                cuts.append(int(rows[i + 1]))
    at = track.times[cuts]
    alone = np.minimum(np.diff(at, prepend=-np.inf), np.diff(at, append=np.inf)) >= SHOT_S
    ends = [0, *(cut for cut, kept in zip(cuts, alone, strict=True) if kept), len(track.times)]
    return list(itertools.pairwise(ends))


def running_median(values: Floats, step: float, window_s: float = MEDIAN_S) -> Floats:
    """Median over the window, of what is known in it; NaN where the middle is not known."""
    half = max(1, round(window_s / step / 2))
    edge = np.full(half, np.nan)
    views = np.lib.stride_tricks.sliding_window_view(np.concatenate([edge, values, edge]), 2 * half + 1)
    known = np.isfinite(values)
    result = np.full(len(values), np.nan)
    result[known] = np.nanmedian(views[known], axis=1) if known.any() else np.nan
    return result


def low_pass(values: Floats, step: float, sigma_s: float = GAUSS_S) -> Floats:
    """Gaussian, without delay, over what is known; NaN stays NaN."""
    sigma = sigma_s / step
    if sigma < 0.3 or not len(values):
        return values
    reach = int(np.ceil(3 * sigma))
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    known = np.isfinite(values)
    weight = np.convolve(known, kernel)[reach : reach + len(values)]
    total = np.convolve(np.where(known, values, 0.0), kernel)[reach : reach + len(values)]
    return np.where(known, total / np.where(known, weight, 1.0), np.nan)


def body_scale(track: Track) -> Floats:
    """`[T]` torso length in pixels over time: a high percentile, over some seconds of one shot, of the limbs in view,
    each by its proportion to the torso; NaN only where a whole shot shows no limb."""
    sure = [np.minimum(track.seen(a), track.seen(b)) >= 0.3 for a, b, _ in PROPORTIONS]
    spans = [np.hypot(*(track.joint(a) - track.joint(b)).T) / share for a, b, share in PROPORTIONS]
    lengths = np.where(sure, spans, np.nan)
    seen = np.isfinite(lengths).sum(axis=0)
    # Sorted, NaN comes last: a quarter of what is seen is longer than this row.
    row = np.maximum(0, np.ceil(0.75 * (seen - 1)).astype(int))
    longest = np.where(seen >= 2, np.sort(lengths, axis=0)[row, np.arange(len(seen))], np.nan)
    result = np.full(len(track.times), np.nan)
    half = max(1, round(SCALE_WINDOW_S / 2 / float(np.median(np.diff(track.times))))) if len(track.times) > 1 else 1
    for first, last in shots(track):
        marks, levels = [], []
        for mark in range(0, last - first + half, half):
            part = longest[first:last][max(0, mark - half) : mark + half]
            part = part[np.isfinite(part)]
            if len(part):
                marks.append(mark)
                levels.append(np.percentile(part, 75))
        if marks:
            result[first:last] = np.interp(np.arange(last - first), marks, levels)
    return result


def middle(track: Track, name: str) -> tuple[Floats, Floats]:
    """`[T, 2]` between a left and a right keypoint (the one in view where only one is), and `[T]` its confidence."""
    sides = [INDEX[f"left_{name}"], INDEX[f"right_{name}"]]
    points, weight = track.points[:, sides], track.confidence[:, sides]
    total = weight.sum(axis=1)
    sums = (np.where(weight[..., None] > 0, points, 0.0) * weight[..., None]).sum(axis=1)
    return np.where(total[:, None] > 0, sums / np.where(total > 0, total, 1.0)[:, None], np.nan), weight.max(axis=1)


def _onto(times: Floats, values: Floats, known: NDArray[np.bool_], grid: Floats) -> Floats:
    """`values` at the grid's times; NaN where the nearest known neighbours are more than `GAP_S` apart."""
    rows = np.flatnonzero(known)
    result = np.full(len(grid), np.nan)
    if len(rows) < 2:
        return result
    at = times[rows]
    right = np.clip(np.searchsorted(at, grid), 1, len(at) - 1)
    within = (at[right] - at[right - 1] <= GAP_S) & (grid >= at[0] - 1e-6) & (grid <= at[-1] + 1e-6)
    result[within] = np.interp(grid[within], at, values[rows])
    return result


def _torso(points: Floats) -> float:
    """Usual length in pixels from shoulders to hips, of `[T, 12, 2]` keypoints of the body; infinite where not seen."""
    spans = np.linalg.norm(points[:, [0, 1]] - points[:, [6, 7]], axis=2)
    spans = spans[np.isfinite(spans)]
    return max(float(np.percentile(spans, 75)), 1.0) if len(spans) else np.inf


def _row_medians(values: Floats) -> Floats:
    """Median of each row's known values; 0 where fewer than four are known."""
    enough = np.isfinite(values).sum(axis=1) >= 4
    result = np.zeros(len(values))
    if enough.any():
        result[enough] = np.nanmedian(values[enough], axis=1)
    return result
