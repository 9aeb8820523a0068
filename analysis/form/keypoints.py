"""Keypoints as they are kept: everybody's, in every frame, so that a set can be looked at again without its video."""

from io import BytesIO
from pathlib import Path

import numpy as np

from analysis.core.pose import Detections


def packed(detections: Detections) -> bytes:
    """As a compressed `.npz`; what the pose model said is kept in the precision it said it in."""
    file = BytesIO()
    np.savez_compressed(
        file,
        times=detections.times,
        boxes=detections.boxes.astype(np.float32),
        points=detections.points.astype(np.float32),
        size=np.array([detections.width, detections.height]),
    )
    return file.getvalue()


def unpacked(path: Path) -> Detections:
    """What `packed` wrote."""
    with np.load(path) as stored:
        width, height = (int(side) for side in stored["size"])
        return Detections(
            stored["times"],
            stored["boxes"].astype(np.float64),
            stored["points"].astype(np.float64),
            width,
            height,
        )
