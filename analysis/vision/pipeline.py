"""From a video to what was seen in it: frames stream from the decoding child through the pose model."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analysis.core.pose import Detections
from analysis.vision.estimator import MOST_PEOPLE, People, PoseEstimator
from fitai.common.media.decoding import ACCEPTED, Frame, Limits, decode

MODEL_SIDE_PX: Final = 640
"""What pose models look at; frames are handed over no larger."""
FRAMES_AT_ONCE: Final = 1024

Progress = Callable[[float], None]


def detect(
    path: Path | str,
    estimator: PoseEstimator,
    progress: Progress = lambda done: None,
    limits: Limits = ACCEPTED,
    *,
    reached: Callable[[float], None] = lambda seconds: None,
) -> Detections:
    """Everybody in every frame of a video, in pixels of the upright picture at no more than 1280 a side.

    `progress` is told the part done (0 to 1) after the first frames and about twice a second of video; what it raises
    ends the work. `reached` is told before it up to which second the video was watched. Memory does not grow with the
    video but for the keypoints. Raises what `decode` raises.
    """
    seen = _Seen()
    told = -1.0
    with decode(path, limits, max_side=MODEL_SIDE_PX) as video, ThreadPoolExecutor(1) as ahead:
        shrink = min(1.0, limits.out_side_px / max(video.width, video.height))
        width, height = round(video.width * shrink), round(video.height * shrink)
        length = video.stated_seconds or limits.seconds
        frames = iter(video)
        batches = ahead.submit(_take, frames, estimator.batch)
        while batch := batches.result():
            batches = ahead.submit(_take, frames, estimator.batch)  # is decoded while the model looks at this one
            at_scale = np.array([width / batch[0].rgb.shape[1], height / batch[0].rgb.shape[0]], np.float32)
            for frame, people in zip(batch, estimator.estimate([frame.rgb for frame in batch]), strict=True):
                seen.add(frame.time_s, people, at_scale)
            reached(batch[-1].time_s)
            if batch[-1].time_s - told >= 0.5:
                told = batch[-1].time_s
                progress(min(1.0, told / length))
    progress(1.0)
    return seen.detections(width, height)


def _take(frames: Iterator[Frame], count: int) -> list[Frame]:
    return list(islice(frames, count))


class _Seen:
    """What was seen so far, in few large arrays: thousands of small ones between the frames would keep the allocator
    from giving their memory out again, and the worker would grow with the video."""

    def __init__(self) -> None:
        self._count = self._most = 0
        self._times = np.empty(FRAMES_AT_ONCE)
        self._boxes = np.full((FRAMES_AT_ONCE, MOST_PEOPLE, 5), np.nan, np.float32)
        self._points = np.full((FRAMES_AT_ONCE, MOST_PEOPLE, 17, 3), np.nan, np.float32)

    def add(self, time_s: float, people: People, by: NDArray[np.float32]) -> None:
        if self._count == len(self._times):
            self._times = np.concatenate([self._times, np.empty_like(self._times)])
            self._boxes = np.concatenate([self._boxes, np.full_like(self._boxes, np.nan)])
            self._points = np.concatenate([self._points, np.full_like(self._points, np.nan)])
        at, count = self._count, min(len(people.boxes), MOST_PEOPLE)
        self._times[at] = time_s
        self._boxes[at, :count] = people.boxes[:count]
        self._boxes[at, :count, :4] *= np.tile(by, 2)
        self._points[at, :count] = people.points[:count]
        self._points[at, :count, :, :2] *= by
        self._count, self._most = at + 1, max(self._most, count)

    def detections(self, width: int, height: int) -> Detections:
        frames, people = slice(self._count), slice(self._most)
        return Detections(
            self._times[frames].copy(),
            self._boxes[frames, people].astype(np.float64),
            self._points[frames, people].astype(np.float64),
            width,
            height,
        )
