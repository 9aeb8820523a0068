"""Who stands in for the camera and the pose model: a set that is known, and an estimator that recites it."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from analysis.core.pose import INDEX, Track
from analysis.core.results import Cue, Evidence, JudgedRepetition, SetAnalysis, Severity, Shot, View
from analysis.vision.estimator import People, Picture

OWN_CLIP = Path(__file__).resolve().parents[3] / "fitai" / "demo" / "athlete" / "squat.mp4"
STANDING = {
    "shoulder": (0.5, 0.25),
    "elbow": (0.5, 0.4),
    "wrist": (0.5, 0.52),
    "hip": (0.5, 0.5),
    "knee": (0.5, 0.7),
} | {"ankle": (0.5, 0.9)}


class Reciter:
    """An estimator that finds a person of half the picture's size in its middle, or nobody."""

    name, digest = "reciter", "0" * 64

    def __init__(self, batch: int = 1, people: int = 1) -> None:
        self.batch = batch
        self.people = people
        self.shapes: list[tuple[int, ...]] = []
        self.batches: list[int] = []

    def estimate(self, pictures: Sequence[Picture]) -> list[People]:
        self.batches.append(len(pictures))
        self.shapes += [picture.shape for picture in pictures]
        return [self.one(picture.shape[1], picture.shape[0]) for picture in pictures]

    def one(self, width: int, height: int) -> People:
        box = np.array([width / 4, height / 4, width * 3 / 4, height * 3 / 4, 0.9], np.float32)
        points = np.zeros((17, 3), np.float32)
        for index, (x, y) in standing().items():
            points[index] = x * width, y * height, 0.8
        return People(np.tile(box, (self.people, 1)), np.tile(points, (self.people, 1, 1)))


def standing() -> dict[int, tuple[float, float]]:
    """Where the keypoints of somebody who stands are, in parts of the picture, by their index."""
    return {
        INDEX[f"{side}_{joint}"]: (x + shift, y)
        for joint, (x, y) in STANDING.items()
        for side, shift in (("left", 0.02), ("right", 0.0))
    }


def track(times: Sequence[float], width: int = 320, height: int = 240) -> Track:
    """A person who stands in the middle, seen from their right side."""
    points = np.full((17, 2), np.nan)
    for index, (x, y) in standing().items():
        points[index] = x * width, y * height
    return Track(
        times=np.array(times, float),
        boxes=np.tile(np.array([0.4 * width, 0.1 * height, 0.6 * width, 0.95 * height]), (len(times), 1)),
        points=np.tile(points, (len(times), 1, 1)),
        confidence=np.tile(np.where(np.isfinite(points[:, 0]), 0.9, 0.0), (len(times), 1)),
        width=width,
        height=height,
    )


def cue(rep: int | None, time_s: float, severity: Severity, code: str = "depth") -> Cue:
    evidence = Evidence("knee_angle_deg", 115.0, 90.0, "ours")
    return Cue(code, "Go a little deeper.", severity, rep, time_s, evidence, 0.9)


def squats(times: Sequence[float], cues: tuple[Cue, ...] = (), profile: str = "squat") -> SetAnalysis:
    """Three repetitions of a second each, from 0.5 s on, the third cut off by the end of the clip."""
    return SetAnalysis(
        profile,
        repetitions=(
            JudgedRepetition(0.5, 1.0, 1.5, True, True, {"rom_deg": 90.0, "eccentric_s": 0.5}),
            JudgedRepetition(1.5, 2.0, 2.5, True, not cues, {"rom_deg": 60.0}),
            JudgedRepetition(2.5, 3.0, 3.2, False, True, {}),
        ),
        metrics={"tempo": "0.5-0.0-0.5-0.0"},
        cues=cues,
        view=View.SIDE,
        duration_s=times[-1],
        track=track(times),
        shots=(Shot(0.0, times[-1], View.SIDE, "right"),),
        angle="knee",
    )
