"""Who is who over time: from the people of single frames to one person through the whole video."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from analysis.core.pose import SEEN, Detections, Floats, Track

CERTAIN = 0.25
"""A detection, or a keypoint, less confident than this says nothing."""
LOST_S = 1.0
"""A person not seen for longer begins anew, and is joined to the earlier one only if nothing speaks against it."""
REUNION_S = 5.0
"""The longest absence after which somebody of the same size in the same place is taken for the same person."""
CUT_S = 1.5
"""The longest cut or cross-fade across which the most prominent person stays the subject."""


@dataclass(slots=True)
class _Tracklet:
    """Consecutive detections of one person: frame and place in the frame's list."""

    frames: list[int] = field(default_factory=list)
    slots: list[int] = field(default_factory=list)
    box: Floats = field(default_factory=lambda: np.zeros(4))
    drift: Floats = field(default_factory=lambda: np.zeros(4))
    area: float = 0.0


def link(detections: Detections) -> list[Track]:
    """Everybody in the video, each as one track over all frames, the most prominent (length × size) first.

    Camera cuts, cross-fades and short absences do not end a track: who takes the place of a lost person at the same
    size, or is the most prominent one after a cut, is taken for the same.
    """
    tracklets = _tracklets(detections)
    pool = sorted(tracklets, key=lambda one: -one.area)
    people: list[list[_Tracklet]] = []
    while pool:
        chain = [pool.pop(0)]
        while found := _neighbour(detections, chain, pool):
            pool.remove(found)
            chain = sorted([*chain, found], key=lambda one: one.frames[0])
        people.append(chain)
    people.sort(key=lambda chain: -sum(one.area for one in chain))
    return [_track(detections, chain) for chain in people]


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
        pairs = sorted(
            (
                (_likeness(one.box + one.drift, boxes[slot, :4], float(times[frame] - times[one.frames[-1]])), i, slot)
                for i, one in enumerate(active)
                for slot in slots
            ),
            reverse=True,
        )
        taken: set[int] = set()
        for score, i, slot in pairs:
            one = active[i]
            if score <= 0 or slot in taken or one.frames[-1] == frame:
                continue
            taken.add(slot)
            _extend(one, frame, slot, boxes[slot])
        for slot in slots:
            if slot not in taken:
                fresh = _Tracklet(box=boxes[slot, :4].copy())
                _extend(fresh, frame, slot, boxes[slot])
                active.append(fresh)
    return done + active


def _people(boxes: Floats, points: Floats) -> list[int]:
    """The places of a frame that hold somebody, the same body only once: a model may box it whole and in part."""
    kept: list[int] = []
    for slot in np.argsort(-np.nan_to_num(boxes[:, 4])):
        if not (np.isfinite(boxes[slot]).all() and boxes[slot, 4] >= CERTAIN and boxes[slot, 3] > boxes[slot, 1]):
            continue
        if not any(_same_body(points[slot], points[other], np.sqrt(_area(boxes[slot]))) for other in kept):
            kept.append(int(slot))
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
    one.frames.append(frame)
    one.slots.append(slot)
    one.area += float(box[3] - box[1]) * float(box[4])


def _likeness(before: Floats, now: Floats, apart_s: float) -> float:
    """How well a box continues another: their overlap, or their nearness in sizes; 0 means it does not."""
    overlap = _overlap(before, now)
    size = np.sqrt(max(_area(before), 1.0))
    other = np.sqrt(max(_area(now), 1.0))
    distance = float(np.hypot(*((before[:2] + before[2:] - now[:2] - now[2:]) / 2))) / max(size, other)
    alike = min(size, other) / max(size, other)
    if overlap < 0.2 and (distance > 0.4 + 0.6 * apart_s or alike < 0.5):
        return 0.0
    return 0.1 + overlap + max(0.0, 1 - distance) * alike


def _area(box: Floats) -> float:
    return float(max(0.0, box[2] - box[0]) * max(0.0, box[3] - box[1]))


def _overlap(a: Floats, b: Floats) -> float:
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return 0.0
    shared = float(width * height)
    return shared / (_area(a) + _area(b) - shared)


def _neighbour(detections: Detections, chain: list[_Tracklet], pool: list[_Tracklet]) -> _Tracklet | None:
    """The tracklet that best goes on where a chain has a gap, an end or a beginning; None if none fits."""
    best: tuple[float, _Tracklet | None] = (0.0, None)
    for one in pool:
        score = _joint(detections, chain, one)
        if score > best[0]:
            best = (score, one)
    return best[1]


def _joint(detections: Detections, chain: list[_Tracklet], one: _Tracklet) -> float:
    times = detections.times
    before = [other for other in chain if other.frames[0] <= one.frames[0]]
    after = [other for other in chain if other.frames[0] > one.frames[0]]
    score = 0.0
    for first, second in ([(before[-1], one)] if before else []) + ([(one, after[0])] if after else []):
        gap = float(times[second.frames[0]] - times[first.frames[-1]])
        # A person cannot be seen twice; what overlaps for longer than a cross-fade is somebody else.
        if gap < -CUT_S or second.frames[-1] <= first.frames[-1]:
            return 0.0
        if -gap > 0.5 * (times[second.frames[-1]] - times[second.frames[0]]):
            return 0.0
        left = detections.boxes[first.frames[-1], first.slots[-1], :4].astype(np.float64)
        right = detections.boxes[second.frames[0], second.slots[0], :4].astype(np.float64)
        size, other = np.sqrt(_area(left)), np.sqrt(_area(right))
        distance = float(np.hypot(*((left[:2] + left[2:] - right[:2] - right[2:]) / 2))) / max(size, other)
        alike = float(min(size, other) / max(size, other))
        if gap <= REUNION_S and alike > 0.5 and distance < 0.75:
            score += (2 - distance) * alike * second.area
        elif abs(gap) <= CUT_S and alike > 0.3:
            score += 0.5 * alike * min(second.area, one.area)
        else:
            return 0.0
    return score


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
