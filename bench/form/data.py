"""Loads what is measured with: the labelled keypoints and the sequences of RepCount-A, as the core's own values."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from analysis.core.pose import INDEX, Detections, Floats, Track
from analysis.core.smoothing import low_pass, running_median

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"


@dataclass(frozen=True, slots=True)
class Clip:
    """A labelled clip: repetitions completed and begun, and the second of each extreme."""

    name: str
    profile: str
    view: str
    full: int
    begun: int
    extremes_s: tuple[float, ...]
    detections: Detections


@dataclass(frozen=True, slots=True)
class Sequence:
    """A sequence of RepCount-A: one person, and the times at which repetitions begin and end."""

    name: str
    exercise: str
    profile: str | None
    count: int
    bounds_s: tuple[tuple[float, float], ...]
    track: Track


PROFILES: Final = {"pushup": "push_up", "ohp": "overhead_press", "jack": "jumping_jack", "rdl": "romanian_deadlift"} | {
    "pullup": "pull_up"
}


def clips(data: Path = DATA) -> list[Clip]:
    """The labelled clips whose keypoints are there."""
    found = []
    for label in json.loads((data / "clips" / "labels.json").read_text()):
        path = data / "keypoints" / f"{label['id']}.npz"
        if not path.exists():
            continue
        with np.load(path) as stored:
            boxes, points, fps = stored["boxes"], stored["kpts"], float(stored["fps"])
        found.append(
            Clip(
                name=label["id"],
                profile=PROFILES.get(label["exercise"], label["exercise"]),
                view=label["view"],
                full=label["reps_full"],
                begun=label["reps_started"],
                extremes_s=tuple(label["extremes_s"]),
                detections=Detections(
                    times=np.arange(len(boxes)) / fps,
                    boxes=boxes.astype(np.float64),
                    points=points.astype(np.float64),
                    width=label["width"],
                    height=label["height"],
                ),
            )
        )
    return found


BLAZE: Final = dict(
    zip(
        INDEX,
        (0, 2, 5, 7, 8, 11, 12, 13, 14, 15, 16, 23, 24, 25, 26, 27, 28),
        strict=True,
    )
)
"""The landmark of BlazePose's 33 for each keypoint of COCO's 17."""

REPCOUNT: Final = {
    **dict.fromkeys(("bench_pressing", "benchpressing"), "bench_press"),
    **dict.fromkeys(("front_raise", "frontraise"), "front_raise"),
    **dict.fromkeys(("jump_jack", "jumpjacks"), "jumping_jack"),
    **dict.fromkeys(("pull_up", "pullups"), "pull_up"),
    **dict.fromkeys(("push_up", "pushups"), "push_up"),
    **dict.fromkeys(("situp", "situps"), "sit_up"),
    **dict.fromkeys(("squat", "squant"), "squat"),
}
FPS: Final = 30.0


def sequences(data: Path = DATA, half: str = "half_a") -> list[Sequence]:
    """The sequences of RepCount-A whose skeletons are there."""
    folder = data / "repcount_a"
    if not (folder / f"{half}_labels.csv").exists():
        return []
    found = []
    with (
        np.load(folder / f"{half}_blazepose_xy.npz") as stored,
        (folder / f"{half}_labels.csv").open(encoding="utf-8") as labels,
    ):
        for row in csv.DictReader(labels):
            name = Path(row["name"]).stem
            frames = [int(frame) for frame in row["rep_boundaries_frames"].split()]
            found.append(
                Sequence(
                    name=name,
                    exercise=row["exercise"],
                    profile=REPCOUNT.get(row["exercise"]),
                    count=int(row["count"]),
                    bounds_s=tuple((a / FPS, b / FPS) for a, b in zip(frames[::2], frames[1::2], strict=False)),
                    track=unscaled(stored[name].astype(np.float64)),
                )
            )
    return found


LIMBS: Final = (
    *((f"{side}_shoulder", f"{side}_hip", 1.0) for side in ("left", "right")),
    *((f"{side}_hip", f"{side}_knee", 0.85) for side in ("left", "right")),
    *((f"{side}_knee", f"{side}_ankle", 0.85) for side in ("left", "right")),
    *((f"{side}_shoulder", f"{side}_elbow", 0.65) for side in ("left", "right")),
    *((f"{side}_elbow", f"{side}_wrist", 0.55) for side in ("left", "right")),
    *(("left_shoulder", "right_shoulder", 0.75), ("left_hip", "right_hip", 0.5)),
)
"""Limbs in torso lengths."""
TORSO_PX: Final = 200.0
WIDTH: Final = 1000


def unscaled(landmarks: Floats) -> Track:
    """A track from landmarks `[T, 33, 2]` that were scaled to 0..1 in each frame; all zero where nobody was seen.

    Width and height of each frame are restored as far as a body allows: as large as they can be while no limb grows
    longer than it is in proportion to the others.
    """
    seen = np.abs(landmarks).sum(axis=(1, 2)) > 0
    points = landmarks[:, list(BLAZE.values())]
    ratio = np.geomspace(1 / 36, 36, 49)
    limits = np.full((len(LIMBS), len(points), len(ratio)), np.inf)
    for limit, (a, b, length) in zip(limits, LIMBS, strict=True):
        dx, dy = (points[:, INDEX[a]] - points[:, INDEX[b]]).T ** 2
        limit[:] = length**2 / np.maximum(dx[:, None] + ratio * dy[:, None], 1e-6)
    # The second-tightest limb decides: one misplaced keypoint shall not.
    width = np.sort(limits, axis=0)[1]
    best = np.argmax(2 * np.log(width) + np.log(ratio), axis=1)
    square = width[np.arange(len(points)), best]
    scale = 0.5 * np.log(np.stack([square, square * ratio[best]], axis=1))
    scale[~seen] = np.nan
    scale = np.stack([low_pass(running_median(line, 1 / FPS, 0.5), 1 / FPS, 0.1) for line in scale.T], axis=1)
    points = np.where(seen[:, None, None], points * np.exp(scale)[:, None, :] * TORSO_PX, np.nan)
    return Track(
        times=np.arange(len(points)) / FPS,
        boxes=np.concatenate([points.min(axis=1), points.max(axis=1)], axis=1),
        points=points,
        confidence=np.repeat(seen.astype(np.float64)[:, None], len(BLAZE), axis=1),
        width=WIDTH,
        height=WIDTH,
    )
