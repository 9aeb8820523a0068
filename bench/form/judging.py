"""How well form is judged: the labelled clips, sequences labelled good and bad, and single labelled frames."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from analysis.core.analyse import analyse
from analysis.core.body import Body
from analysis.core.metrics import METRICS
from analysis.core.phases import still
from analysis.core.pose import INDEX, KEYPOINTS, Detections, Floats, Track
from analysis.core.results import SetAnalysis, Severity, View
from analysis.core.rubrics import RUBRICS
from bench.form.data import DATA, Clip, clips

FAULTS: Final = {
    "pushup_side_hipsag": ("hips_sag", frozenset({1, 2, 3, 4, 5})),
    "curl_side_drift_then_good": ("elbow_swing", frozenset({1, 2, 3})),
    "deadlift_side_heellift": ("hips_first", frozenset({1})),
}
"""The clips whose labels name a fault: its cue, and the repetitions that have it. All others are good."""
RATE: Final = 30.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """A clip and what was said of it."""

    clip: Clip
    found: SetAnalysis

    @property
    def fault(self) -> tuple[str, frozenset[int]] | None:
        return FAULTS.get(self.clip.name)

    def repetitions(self, code: str) -> set[int]:
        """Those with a cue of this code."""
        return {cue.rep for cue in self.found.cues if cue.code == code and cue.rep}

    @property
    def false_majors(self) -> list[str]:
        """Major cues that the label does not name."""
        code, repetitions = self.fault or ("", frozenset())
        return [
            f"{cue.code} in {cue.rep}: {cue.evidence.value:.3f}"
            for cue in self.found.cues
            if cue.severity == Severity.MAJOR and not (cue.code == code and cue.rep in repetitions)
        ]


def on_clips(data: Path = DATA) -> list[Verdict]:
    return [Verdict(clip, analyse(clip.detections, clip.profile)) for clip in clips(data)]


OPENPOSE: Final = {
    "nose": 0,
    **{"right_shoulder": 2, "right_elbow": 3, "right_wrist": 4, "left_shoulder": 5, "left_elbow": 6, "left_wrist": 7},
    **{"right_hip": 8, "right_knee": 9, "right_ankle": 10, "left_hip": 11, "left_knee": 12, "left_ankle": 13},
    **{"right_eye": 14, "left_eye": 15, "right_ear": 16, "left_ear": 17},
}
"""The keypoint of OpenPose's 18 for each of COCO's 17."""
OPENPOSE_SEEN: Final = 0.1
OPENPOSE_LIFT: Final = 0.4
"""OpenPose is less sure of what it finds: its 0.1 means what 0.5 means to us."""


@dataclass(frozen=True, slots=True)
class Recital:
    """A sequence labelled good or bad, and what was said of it."""

    name: str
    good: bool
    found: SetAnalysis

    @property
    def right(self) -> bool:
        return self.good == (not any(cue.severity != Severity.INFO for cue in self.found.cues))


def on_sequences(folder: str, profile: str, data: Path = DATA) -> list[Recital]:
    return [
        Recital(path.stem, "good" in path.stem, analyse(_openpose(np.load(path)), profile))
        for path in sorted((data / "posetrainer" / folder).glob("*.npy"))
    ]


def _openpose(frames: Floats) -> Detections:
    points = np.zeros((len(frames), 1, len(KEYPOINTS), 3))
    points[:, 0] = frames[:, [OPENPOSE[name] for name in KEYPOINTS]]
    seen = points[..., 2] > OPENPOSE_SEEN
    points[..., 2] = np.where(seen, np.minimum(points[..., 2] + OPENPOSE_LIFT, 1.0), 0.0)
    boxes = np.full((len(frames), 1, 5), np.nan)
    for row in np.flatnonzero(seen[:, 0].any(axis=1)):
        known = points[row, 0, seen[row, 0], :2]
        boxes[row, 0] = (*known.min(axis=0), *known.max(axis=0), 0.9)
    return Detections(np.arange(len(frames)) / RATE, boxes, points, 1280, 720)


ASPECT: Final = 16 / 9
"""Of the videos that Exercise-Correction's frames, scaled to 0..1, came from."""


@dataclass(frozen=True, slots=True)
class Frames:
    """Labelled single frames: of how many the label was told, of how many at all, and how many were judged."""

    name: str
    right: int
    judged: int
    total: int

    @property
    def share(self) -> float:
        return self.right / self.total if self.total else 0.0


def on_planks(data: Path = DATA) -> Frames:
    """Correct, high or low hips."""
    low, high = RUBRICS["plank"].rules
    words = {"C": "", "L": low.code, "H": high.code}
    return _on_frames("plank", "core_plank_model_test", "hip_offset_ratio", words, data)


def on_lunges(data: Path = DATA) -> Frames:
    """The front knee over the toes or not."""
    return _on_frames("lunge", "core_lunge_model_err.test", "front_shin_lean_deg", {"C": "", "L": "knee_forward"}, data)


def _on_frames(profile: str, name: str, metric: str, words: Mapping[str, str], data: Path) -> Frames:
    rules = [rule for rule in RUBRICS[profile].rules if rule.metric == metric]
    right = judged = total = 0
    for label, track in _labelled(data / "exercise_correction" / f"{name}.csv.gz"):
        measure = METRICS[metric].read(Body(track, View.SIDE), still(0.0, 0.0, slice(0, 1)))
        said = [rule.code for rule in rules if measure and rule.severity(measure.value, View.SIDE)]
        total += 1
        judged += measure is not None
        right += (said[0] if said else "") == words[label]
    return Frames(profile, right, judged, total)


def _labelled(path: Path) -> Iterator[tuple[str, Track]]:
    """Each frame of a table of MediaPipe's landmarks as a track of one frame."""
    if not path.exists():
        return
    with gzip.open(path, "rt", encoding="utf-8") as rows:
        for row in csv.DictReader(rows):
            if row["label"] == "label":
                continue
            points, seen = np.full((1, len(KEYPOINTS), 2), np.nan), np.zeros((1, len(KEYPOINTS)))
            for name in KEYPOINTS:
                if f"{name}_x" in row:
                    points[0, INDEX[name]] = float(row[f"{name}_x"]) * ASPECT * 720, float(row[f"{name}_y"]) * 720
                    seen[0, INDEX[name]] = 0.9
            box = np.array([[*np.nanmin(points[0], axis=0), *np.nanmax(points[0], axis=0)]])
            yield row["label"], Track(np.zeros(1), box, points, seen, 1280, 720)


def report(data: Path = DATA) -> str:
    """The section of the bench on judging."""
    verdicts = on_clips(data)
    good = [one for one in verdicts if not one.fault]
    lines = ["Judging", ""]
    for name, (code, repetitions) in FAULTS.items():
        for one in verdicts:
            if one.clip.name == name:
                told = one.repetitions(code)
                found, more = len(told & repetitions), len(told - repetitions)
                lines.append(f"  {name}: {code} in {found} of {len(repetitions)}, and in {more} more")
    majors = [f"{one.clip.name} ({', '.join(one.false_majors)})" for one in verdicts if one.false_majors]
    alarms = [one.clip.name for one in good if one.repetitions("hips_sag")]
    lines.append(f"  major cues that no label names, in {len(verdicts)} clips: {len(majors)} {'; '.join(majors)}")
    lines.append(f"  sag told of good clips: {len(alarms)} {', '.join(alarms)}")
    for folder, profile in (("bicep", "curl"), ("shoulderpress", "overhead_press")):
        told = on_sequences(folder, profile, data)
        wrong = [one.name for one in told if not one.right]
        lines.append(f"  {profile} sequences: {len(told) - len(wrong)} of {len(told)} right {', '.join(wrong)}")
    for frames in (on_planks(data), on_lunges(data)):
        right = f"{frames.right} of {frames.total} right ({frames.share:.1%})"
        lines.append(f"  {frames.name} frames: {right}, {frames.judged} judged")
    return "\n".join(lines)
