"""The labelled keypoints beside the project; the tests that use them skip where they are missing."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from analysis.core.pose import Detections

DATA = Path(__file__).resolve().parents[4] / "shared" / "data"
PROFILES = {
    **{"squat": "squat", "deadlift": "deadlift", "rdl": "romanian_deadlift", "pushup": "push_up", "curl": "curl"},
    **{"ohp": "overhead_press", "lunge": "lunge", "jack": "jumping_jack", "pullup": "pull_up"},
    "front_raise": "front_raise",
}
needs_footage = pytest.mark.skipif(
    not (DATA / "keypoints").is_dir(), reason="the labelled keypoints (../shared/data) are not beside this checkout"
)


def labels() -> dict[str, dict[str, object]]:
    """By the clip's id; none where the data is missing."""
    path = DATA / "clips" / "labels.json"
    return {row["id"]: row for row in json.loads(path.read_text())} if path.exists() else {}


def keypoints(name: str) -> Detections:
    label = labels()[name]
    with np.load(DATA / "keypoints" / f"{name}.npz") as stored:
        boxes, points, fps = stored["boxes"].astype(float), stored["kpts"].astype(float), float(stored["fps"])
    return Detections(np.arange(len(boxes)) / fps, boxes, points, int(label["width"]), int(label["height"]))  # type: ignore[call-overload]
