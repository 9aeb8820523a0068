"""Keypoints over time: what the pose model saw, and what every other module here reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

KEYPOINTS: Final = (
    *("nose", "left_eye", "right_eye", "left_ear", "right_ear"),
    *("left_shoulder", "right_shoulder", "left_elbow", "right_elbow", "left_wrist", "right_wrist"),
    *("left_hip", "right_hip", "left_knee", "right_knee", "left_ankle", "right_ankle"),
)
"""The 17 keypoints of COCO, in its order; left and right are the person's own."""

INDEX: Final = {name: index for index, name in enumerate(KEYPOINTS)}
SEEN: Final = 0.4
"""Confidence below which a keypoint is not judged by."""


@dataclass(frozen=True, slots=True)
class Detections:
    """Everybody seen in every frame of a video, in the order the model gave them.

    `times[T]` in seconds from the stream's own time stamps, `boxes[T, P, 5]` (x1, y1, x2, y2 in pixels, confidence),
    `points[T, P, 17, 3]` (x to the right, y down, in pixels; confidence 0 to 1). NaN where there is nobody.
    """

    times: Floats
    boxes: Floats
    points: Floats
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Track:
    """One person through the video, on the same time axis: `boxes[T, 4]`, `points[T, 17, 2]` in pixels with NaN for
    what was not seen, `confidence[T, 17]` with 0 there."""

    times: Floats
    boxes: Floats
    points: Floats
    confidence: Floats
    width: int
    height: int

    def joint(self, name: str) -> Floats:
        """`[T, 2]` of one keypoint."""
        return self.points[:, INDEX[name]]

    def seen(self, name: str) -> Floats:
        """`[T]` confidence of one keypoint."""
        return self.confidence[:, INDEX[name]]


@dataclass(frozen=True, slots=True)
class Repetition:
    """One repetition in seconds of the video: it starts and ends at rest, `extreme_s` is the turn in its middle (the
    bottom of a squat, the lock-out of a deadlift or a press, the top of a curl). `counted` is false for one that
    begins or ends outside the clip with its concentric phase not in view."""

    start_s: float
    extreme_s: float
    end_s: float
    counted: bool = True
