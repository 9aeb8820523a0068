"""A person through a set as the metrics read it: limbs by nearer and farther side, angles with their confidence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analysis.core import geometry, smoothing, views
from analysis.core.pose import INDEX, SEEN, Floats, Track
from analysis.core.results import View

ENOUGH: Final = 0.6
"""Share of a window's frames that must be seen for a value to be taken from it."""

AHEAD: Final = 0.05
"""A nose so many torso lengths before the ear, or else the shoulder, says where somebody looks."""

JOINT_ANGLES: Final = {
    "knee": ("hip", "knee", "ankle"),
    "hip": ("shoulder", "hip", "knee"),
    "elbow": ("shoulder", "elbow", "wrist"),
    "shoulder": ("hip", "shoulder", "elbow"),
}


@dataclass(frozen=True, slots=True)
class Signal:
    """A quantity over the frames of a body: `values[T]`, NaN where a keypoint it needs is below the confidence that is
    judged by, and `confidence[T]` of the worst of these keypoints."""

    values: Floats
    confidence: Floats

    def window(self, frames: slice) -> Signal:
        return Signal(self.values[frames], self.confidence[frames])

    @property
    def enough(self) -> bool:
        """Whether so much of it is seen that it can be judged by."""
        return len(self.values) > 0 and float(np.isfinite(self.values).mean()) >= ENOUGH


class Body:
    """The steadied track of one person with the views it is seen from; `near_` keypoints are those of the side nearer
    to the camera, `left_` and `right_` the person's own."""

    def __init__(self, track: Track, stated: View | None = None) -> None:
        self.track = track
        self.times = track.times
        self.step = float(self.times[1] - self.times[0]) if len(self.times) > 1 else 1.0
        self.scale = smoothing.body_scale(track)
        self.spans = views.spans(track, self.scale, stated)

    @cached_property
    def left_near(self) -> NDArray[np.bool_]:
        near = np.ones(len(self.times), dtype=bool)
        for span in self.spans:
            near[span.first : span.last + 1] = span.left_near
        return near

    def point(self, name: str) -> tuple[Floats, Floats]:
        """`[T, 2]` and `[T]` confidence of `nose`, `left_knee`, `near_knee`, `far_knee` ..."""
        side, _, joint = name.partition("_")
        if side not in ("near", "far"):
            return self.track.points[:, INDEX[name]], self.track.confidence[:, INDEX[name]]
        left, right = INDEX[f"left_{joint}"], INDEX[f"right_{joint}"]
        first = self.left_near if side == "near" else ~self.left_near
        return (
            np.where(first[:, None], self.track.points[:, left], self.track.points[:, right]),
            np.where(first, self.track.confidence[:, left], self.track.confidence[:, right]),
        )

    def limb(self, start: str, end: str) -> Floats:
        """`[T]` from one keypoint to another in torso lengths."""
        return geometry.length(self.point(start)[0] - self.point(end)[0]) / self.scale

    def measure(self, formula: Callable[..., Floats], *names: str) -> Signal:
        """A formula of keypoints, known where all of them are seen well enough."""
        found = [self.point(name) for name in names]
        confidence = np.min([one[1] for one in found], axis=0)
        values = formula(*(one[0] for one in found))
        return Signal(np.where(confidence >= SEEN, values, np.nan), confidence)

    def angle(self, joint: str, side: str = "near") -> Signal:
        """Degrees at a knee, hip, elbow or shoulder."""
        return self.measure(geometry.joint_angle, *(f"{side}_{name}" for name in JOINT_ANGLES[joint]))

    def trunk(self) -> Signal:
        """Degrees of the trunk from upright, signed in the picture."""
        return self.measure(geometry.lean, "near_hip", "near_shoulder")

    def facing(self, frames: slice) -> int:
        """1 when the person looks to the right of the picture, -1 to the left, 0 when neither is plain."""
        for behind in ("near_ear", "near_shoulder"):
            ahead = self.measure(lambda nose, other: (nose - other)[:, 0] / self.scale, "nose", behind).window(frames)
            if ahead.enough and abs(middle := float(np.nanmedian(ahead.values))) >= AHEAD:
                return 1 if middle > 0 else -1
        return 0

    def frame(self, time_s: float) -> int:
        """The frame nearest to a second of the video."""
        return int(np.clip(round((time_s - float(self.times[0])) / self.step), 0, len(self.times) - 1))

    def frames(self, from_s: float, to_s: float) -> slice:
        """The frames between two seconds, both included."""
        return slice(self.frame(from_s), self.frame(to_s) + 1)

    def view(self, frames: slice) -> View | None:
        """From where these frames are seen; None when that changes."""
        return views.view_between(self.spans, frames.start, frames.stop - 1)
