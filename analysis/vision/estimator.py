"""What a pose model is to the rest: pictures in, people out."""

from collections.abc import Sequence
from typing import Final, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
MOST_PEOPLE: Final = 6
"""In one picture; beyond them only the least sure are left out."""


class People(NamedTuple):
    """Everybody in one picture, the surest first: `boxes[P, 5]` (x1, y1, x2, y2 in pixels, confidence) and
    `points[P, 17, 3]` (x, y in pixels, confidence) in the order of COCO."""

    boxes: NDArray[np.float32]
    points: NDArray[np.float32]


class PoseEstimator(Protocol):
    """Finds people and their keypoints. `name` and `digest` say which model it is, `batch` how many pictures it likes
    to be given at once."""

    name: str
    digest: str
    batch: int

    def estimate(self, pictures: Sequence[Picture]) -> list[People]:
        """The people in each of the pictures `[height, width, 3]`, RGB, all of one size."""
        ...
