"""Who is who over time: from the people of single frames to one person through the whole video."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from heapq import heappop, heappush

import numpy as np
from numpy.typing import NDArray

from analysis.core.pose import SEEN, Detections, Floats, Track

CERTAIN = 0.25
"""A detection, or a keypoint, less confident than this says nothing."""
LOST_S = 1.0
"""A person not seen for longer begins anew, and is joined to the earlier one only if nothing speaks against it."""
REUNION_S = 5.0
"""The longest absence after which somebody of the same size in the same place is taken for the same person."""
CUT_S = 1.5
"""The longest cut or cross-fade across which the most prominent person stays the subject."""
MOST_TRACKS = 40
"""So many people are told apart, the most prominent ones: each takes 2 MB of a long video, and a flickering one has
thousands."""


@dataclass(slots=True)
class _Tracklet:
    """Consecutive detections of one person: frame and place in the frame's list."""

    frames: list[int] = field(default_factory=list)
    slots: list[int] = field(default_factory=list)
    box: Floats = field(default_factory=lambda: np.zeros(4))
    drift: Floats = field(default_factory=lambda: np.zeros(4))
    expected: list[float] = field(default_factory=list)
    area: float = 0.0


def link(detections: Detections) -> list[Track]:
    """Everybody in the video, each as one track over all frames, the most prominent (length × size) first.

    Camera cuts, cross-fades and short absences do not end a track: who takes the place of a lost person at the same
    size, or is the most prominent one after a cut, is taken for the same.
    """
    ends = _Ends(detections, sorted(_tracklets(detections), key=lambda one: -one.area))
    people: list[list[_Tracklet]] = []
    for number in range(len(ends.tracklets)):
        if ends.free[number]:
            people.append([ends.tracklets[one] for one in _chain(ends, number)])
    people.sort(key=lambda chain: -sum(one.area for one in chain))
    return [_track(detections, chain) for chain in people[:MOST_TRACKS]]


def subject(tracks: list[Track], person: int | None = None) -> Track:
    """Who trains: the person picked (an index into `tracks`), else the one with most time × size × movement.

    ValueError where there is nobody, IndexError where there is no such person.
    """
    if not tracks:
        raise ValueError("nobody was seen")
    if person is not None:
        return tracks[person]
    return max(tracks, key=_prominence)


def _prominence(track: Track) -> float:
    height = track.boxes[:, 3] - track.boxes[:, 1]
    seen = np.isfinite(height)
    if not seen.any():
        return 0.0
    size = float(np.median(height[seen]))
    middle = (track.boxes[:, :2] + track.boxes[:, 2:]) / 2
    shape = (track.points - middle[:, None, :]) / size
    shape[track.confidence < CERTAIN] = np.nan
    spreads = [
        np.subtract(*np.percentile(known, [98, 2]))
        for line in shape.reshape(len(shape), -1).T
        if len(known := line[np.isfinite(line)]) > 4
    ]
    # Who holds a plank does not move: somebody still is somebody.
    return float(seen.sum()) * size * (0.02 + (float(np.mean(spreads)) if spreads else 0.0))


def _tracklets(detections: Detections) -> list[_Tracklet]:
    done: list[_Tracklet] = []
    active: list[_Tracklet] = []
    times = detections.times
    for frame in range(len(times)):
        boxes = detections.boxes[frame].astype(np.float64)
        slots = _people(boxes, detections.points[frame])
        done += [one for one in active if times[frame] - times[one.frames[-1]] > LOST_S]
        active = [one for one in active if times[frame] - times[one.frames[-1]] <= LOST_S]
        taken: set[int] = set()
        for i, slot in _pairs(active, boxes, slots, times, frame):
            one = active[i]
            if slot in taken or one.frames[-1] == frame:
                continue
            taken.add(slot)
            _extend(one, frame, slot, boxes[slot])
        for slot in slots:
            if slot not in taken:
                fresh = _Tracklet(box=boxes[slot, :4].copy())
                _extend(fresh, frame, slot, boxes[slot])
                active.append(fresh)
    return done + active


def _pairs(
    active: list[_Tracklet], boxes: Floats, slots: list[int], times: Floats, frame: int
) -> list[tuple[int, int]]:
    """Which tracklet a box of this frame may continue (by their places), the likeliest first."""
    if not active or not slots:
        return []
    expected = np.array([one.expected for one in active])
    apart_s = times[frame] - times[[one.frames[-1] for one in active]]
    scores = _likeness(expected[:, None], boxes[slots, :4], apart_s[:, None])
    found = [(float(scores[i, j]), int(i), slots[j]) for i, j in zip(*np.nonzero(scores > 0), strict=True)]
    return [(i, slot) for _, i, slot in sorted(found, reverse=True)]


def _people(boxes: Floats, points: Floats) -> list[int]:
    """The places of a frame that hold somebody, the same body only once: a model may box it whole and in part."""
    sure = np.isfinite(boxes).all(axis=1) & (boxes[:, 4] >= CERTAIN) & (boxes[:, 3] > boxes[:, 1])
    slots = [int(slot) for slot in np.argsort(-np.nan_to_num(boxes[:, 4])) if sure[slot]]
    if len(slots) < 2:
        return slots
    kept: list[int] = []
    sizes = np.sqrt(_area(boxes))
    for slot in slots:
        if not any(_same_body(points[slot], points[other], sizes[slot]) for other in kept):
            kept.append(slot)
    return kept


def _same_body(a: Floats, b: Floats, size: float) -> bool:
    sure = (np.minimum(a[:, 2], b[:, 2]) >= SEEN) & (np.arange(len(a)) >= 5)
    if sure.sum() < 4:
        return False
    return bool(np.median(np.hypot(*(a[sure, :2] - b[sure, :2]).T)) < 0.1 * size)


def _extend(one: _Tracklet, frame: int, slot: int, box: Floats) -> None:
    if one.frames and frame - one.frames[-1] == 1:
        one.drift = 0.5 * one.drift + 0.5 * (box[:4] - one.box)
    else:
        one.drift = np.zeros(4)
    one.box = box[:4].copy()
    one.expected = (one.box + one.drift).tolist()
    one.frames.append(frame)
    one.slots.append(slot)
    one.area += float(box[3] - box[1]) * float(box[4])


def _likeness(before: Floats, now: Floats, apart_s: Floats) -> Floats:
    """How well boxes `[..., 4]` continue others: their overlap, or their nearness in sizes; 0 means they do not."""
    overlap = _overlap(before, now)
    size = np.sqrt(np.maximum(_area(before), 1.0))
    other = np.sqrt(np.maximum(_area(now), 1.0))
    distance = _apart(before, now) / np.maximum(size, other)
    alike = np.minimum(size, other) / np.maximum(size, other)
    another = (overlap < 0.2) & ((distance > 0.4 + 0.6 * apart_s) | (alike < 0.5))
    return np.where(another, 0.0, 0.1 + overlap + np.maximum(0.0, 1 - distance) * alike)


def _area(boxes: Floats) -> Floats:
    return np.maximum(0.0, boxes[..., 2] - boxes[..., 0]) * np.maximum(0.0, boxes[..., 3] - boxes[..., 1])


def _apart(a: Floats, b: Floats) -> Floats:
    """Pixels between the middles of boxes."""
    twice = a[..., :2] + a[..., 2:4] - b[..., :2] - b[..., 2:4]
    return np.hypot(twice[..., 0] / 2, twice[..., 1] / 2)


def _overlap(a: Floats, b: Floats) -> Floats:
    width = np.minimum(a[..., 2], b[..., 2]) - np.maximum(a[..., 0], b[..., 0])
    height = np.minimum(a[..., 3], b[..., 3]) - np.maximum(a[..., 1], b[..., 1])
    shared = np.where((width > 0) & (height > 0), width * height, 0.0)
    with np.errstate(invalid="ignore"):
        return np.where(shared > 0, shared / (_area(a) + _area(b) - shared), 0.0)


class _Ends:
    """Where tracklets begin and end, in arrays, and which of them belong to nobody yet: many are weighed at once, and
    of a long video only those that are near in time."""

    def __init__(self, detections: Detections, tracklets: list[_Tracklet]) -> None:
        self.tracklets = tracklets
        self.free = np.ones(len(tracklets), dtype=bool)
        self.area = np.array([one.area for one in tracklets])
        self.start = np.array([one.frames[0] for one in tracklets], dtype=int)
        self.end = np.array([one.frames[-1] for one in tracklets], dtype=int)
        self.start_s, self.end_s = detections.times[self.start], detections.times[self.end]
        first = np.array([one.slots[0] for one in tracklets], dtype=int)
        last = np.array([one.slots[-1] for one in tracklets], dtype=int)
        self.first_box = detections.boxes[self.start, first, :4].astype(np.float64)
        self.last_box = detections.boxes[self.end, last, :4].astype(np.float64)
        self._by_start, self._by_end = np.argsort(self.start_s), np.argsort(self.end_s)
        self._starts, self._stops = self.start_s[self._by_start], self.end_s[self._by_end]

    def between(self, before: int | None, after: int | None) -> NDArray[np.intp]:
        """What is free and may lie between two tracklets of a person, or beside the one given, the largest first."""
        if before is not None:
            near = self._by_start[_within(self._starts, self.end_s[before] - CUT_S, self.end_s[before] + REUNION_S)]
        else:
            near = self._by_end[_within(self._stops, self.start_s[after] - REUNION_S, self.start_s[after] + CUT_S)]
        fits = self.free[near]
        if before is not None:
            fits &= self.start[near] >= self.start[before]
        if after is not None:
            fits &= self.start[near] < self.start[after]
        return np.sort(near[fits])

    def best(self, before: int | None, after: int | None) -> tuple[float, int] | None:
        """What goes on best where a person has a gap, an end or a beginning, with its score; None if nothing fits."""
        near = self.between(before, after)
        if not len(near):
            return None
        score = np.zeros(len(near))
        fits = np.ones(len(near), dtype=bool)
        for first, second in ((before, near), (near, after)):
            if first is not None and second is not None:
                joint = self._joint(first, second, near)
                score += joint
                fits &= joint > 0
        score[~fits] = 0.0
        found = int(np.argmax(score))
        return (float(score[found]), int(near[found])) if score[found] > 0 else None

    def _joint(self, first: int | NDArray[np.intp], second: int | NDArray[np.intp], new: NDArray[np.intp]) -> Floats:
        """How well the second of two tracklets goes on with the first; 0 means it does not."""
        gap = self.start_s[second] - self.end_s[first]
        # A person cannot be seen twice; what overlaps for longer than a cross-fade is somebody else.
        twice = (gap < -CUT_S) | (self.end[second] <= self.end[first])
        twice |= -gap > 0.5 * (self.end_s[second] - self.start_s[second])
        left, right = self.last_box[first], self.first_box[second]
        size, other = np.sqrt(_area(left)), np.sqrt(_area(right))
        with np.errstate(invalid="ignore", divide="ignore"):  # a box of no width is like none
            distance = _apart(left, right) / np.maximum(size, other)
            alike = np.minimum(size, other) / np.maximum(size, other)
        area = self.area[second]
        in_place = (gap <= REUNION_S) & (alike > 0.5) & (distance < 0.75)
        cut = (np.abs(gap) <= CUT_S) & (alike > 0.3)
        score = np.where(cut, 0.5 * alike * np.minimum(area, self.area[new]), 0.0)
        score = np.where(in_place, (2 - distance) * alike * area, score)
        return np.where(twice, 0.0, score)


def _within(ordered: Floats, low: float, high: float) -> slice:
    # The bounds only narrow the choice, so they give way to rounding.
    return slice(*np.searchsorted(ordered, [low - 1e-6, high + 1e-6]))


def _chain(ends: _Ends, first: int) -> list[int]:
    """One person: a tracklet, and again and again that which goes on best at any gap of theirs, at the end or before
    the beginning; in order of time, and no longer free."""
    chain = [first]
    ends.free[first] = False
    offers: list[tuple[float, int, int | None, int | None]] = []

    def look(before: int | None, after: int | None) -> None:
        found = ends.best(before, after)
        if found:
            heappush(offers, (-found[0], found[1], before, after))

    look(None, first)
    look(first, None)
    while offers:
        _, one, before, after = heappop(offers)
        at = bisect_right(chain, ends.start[one], key=lambda other: ends.start[other])
        chain.insert(at, one)
        ends.free[one] = False
        look(before, one)
        look(one, after)
    return chain


def _track(detections: Detections, chain: list[_Tracklet]) -> Track:
    frames = len(detections.times)
    slot = np.full(frames, -1)
    for one in chain:
        start = one.frames[0]
        busy = np.flatnonzero(slot[start:] >= 0)
        # Over a cross-fade both shots are seen: the person changes over in its middle.
        skip = (start + busy[-1] + 1 - start) // 2 if len(busy) else 0
        for frame, place in zip(one.frames, one.slots, strict=True):
            if frame >= start + skip:
                slot[frame] = place
    seen = slot >= 0
    rows = np.flatnonzero(seen)
    boxes = np.full((frames, 4), np.nan)
    points = np.full((frames, 17, 2), np.nan)
    confidence = np.zeros((frames, 17))
    boxes[rows] = detections.boxes[rows, slot[rows], :4]
    found = detections.points[rows, slot[rows]].astype(np.float64)
    known = np.isfinite(found).all(axis=-1) & (found[..., :2] != 0).any(axis=-1)
    points[rows] = np.where(known[..., None], found[..., :2], np.nan)
    confidence[rows] = np.where(known, found[..., 2], 0.0)
    return Track(
        times=detections.times,
        boxes=boxes,
        points=points,
        confidence=confidence,
        width=detections.width,
        height=detections.height,
    )
