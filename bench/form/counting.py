"""How well repetitions are counted: the labelled clips and RepCount-A, beside the rule of ultralytics' AIGym."""

from __future__ import annotations

from collections.abc import Sequence as Many
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from analysis.core.counting import Count, count
from analysis.core.pose import Track
from analysis.core.signals import SIDES, angle
from analysis.core.tracking import link, subject
from bench.form.data import DATA, Clip, Sequence, clips, sequences

NEAR_S: Final = 0.5
UP_DEG: Final = 145.0
DOWN_DEG: Final = 90.0
"""The angles by which AIGym tells up from down, as it comes."""
KNEE, HIP, ELBOW, SHOULDER = (
    ("hip", "knee", "ankle"),
    ("shoulder", "hip", "knee"),
    ("shoulder", "elbow", "wrist"),
    ("hip", "shoulder", "elbow"),
)
JOINTS: Final = {
    **dict.fromkeys(("squat", "lunge"), KNEE),
    **dict.fromkeys(("deadlift", "romanian_deadlift", "sit_up", "hip_thrust"), HIP),
    **dict.fromkeys(("lateral_raise", "front_raise", "jumping_jack"), SHOULDER),
}
"""The joint whose angle AIGym would be told to watch; the elbow for all others."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A labelled clip, what was counted in it, and what AIGym's rule counts on the same keypoints."""

    clip: Clip
    found: Count
    gym: int

    @property
    def exact(self) -> bool:
        return self.clip.full <= self.found.counted <= self.clip.begun

    @property
    def near(self) -> bool:
        return self.clip.full - 1 <= self.found.counted <= self.clip.begun + 1

    @property
    def misses_s(self) -> list[float]:
        """For each labelled extreme the seconds to the nearest found one."""
        found = np.array([one.extreme_s for one in self.found.repetitions])
        return [float(np.abs(found - at).min()) if len(found) else np.inf for at in self.clip.extremes_s]


@dataclass(frozen=True, slots=True)
class Tally:
    """A sequence of RepCount-A and what was counted in it, also by AIGym's rule."""

    sequence: Sequence
    found: Count
    gym: int


def on_clips(data: Path = DATA, *, known: bool = True) -> list[Outcome]:
    return [_outcome(clip, known) for clip in clips(data)]


def _outcome(clip: Clip, known: bool) -> Outcome:
    track = subject(link(clip.detections))
    return Outcome(clip, count(track, clip.profile if known else None), by_gym(track, clip.profile))


def on_sequences(data: Path = DATA, *, known: bool = True, half: str = "half_a") -> list[Tally]:
    """Where the exercise is known but has no profile, it is counted by what moves most regularly."""
    return [
        Tally(one, count(one.track, (one.profile or one.exercise) if known else None), by_gym(one.track, one.profile))
        for one in sequences(data, half)
    ]


def by_gym(track: Track, profile: str | None) -> int:
    """What AIGym's rule counts: how often the angle of one joint falls below one threshold after having been above
    another; the better side for it, the one that counts more."""
    joints = JOINTS.get(profile or "", ELBOW)
    return max(
        _falls(angle(*(np.nan_to_num(track.joint(f"{side}_{joint}")) for joint in joints)).tolist()) for side in SIDES
    )


def _falls(angles: Many[float]) -> int:
    found, up = 0, False
    for degrees in angles:
        if degrees < DOWN_DEG:
            found, up = found + up, False
        elif degrees > UP_DEG:
            up = True
    return found


def report(data: Path = DATA, half: str = "half_a") -> str:
    """The section of the bench on counting, in Markdown."""
    lines = ["Counting: the labelled clips (keypoints)", ""]
    outcomes, unknown = on_clips(data), on_clips(data, known=False)
    lines += ["| clip | true | ours | AIGym's rule | exercise unknown | taken for | extreme off at most |"]
    lines += ["|---|---|---|---|---|---|---|"]
    for one, other in zip(outcomes, unknown, strict=True):
        truth = str(one.clip.full) if one.clip.full == one.clip.begun else f"{one.clip.full}–{one.clip.begun}"
        worst = f"{max(one.misses_s):.1f} s" if one.misses_s else "–"
        guess = other.found.guess or "–"
        cells = [one.clip.name, truth, one.found.counted, one.gym, other.found.counted, guess, worst]
        lines.append(f"| {' | '.join(str(cell) for cell in cells)} |")
    if outcomes:
        lines += ["", *(_summary(name, found) for name, found in (("known", outcomes), ("unknown", unknown)))]
        gym = sum(one.clip.full <= one.gym <= one.clip.begun for one in outcomes)
        lines.append(f"AIGym's rule on the same keypoints: exact {gym} of {len(outcomes)}")
    tallies = on_sequences(data, half=half)
    if not tallies:
        return "\n".join(lines)
    blind = on_sequences(data, known=False, half=half)
    lines += ["", f"Counting: RepCount-A, {half}", ""]
    lines += ["| exercise | sequences | OBO | MAE | exact | OBO unknown | MAE unknown | OBO AIGym's rule | MAE |"]
    lines += ["|---|---|---|---|---|---|---|---|---|"]
    words = sorted({one.sequence.profile or "" for one in tallies}, reverse=True)
    for word in (*words, None):
        rows = [i for i, one in enumerate(tallies) if word is None or (one.sequence.profile or "") == word]
        truths = [tallies[i].sequence.count for i in rows]
        ours = rates([tallies[i].found.counted for i in rows], truths)
        theirs = rates([blind[i].found.counted for i in rows], truths)
        rule = rates([tallies[i].gym for i in rows], truths)
        name = "all" if word is None else word or "others"
        figures = [f"{value:.3f}" for value in (*ours, *theirs[:2], *rule[:2])]
        lines.append(f"| {name} | {len(rows)} | {' | '.join(figures)} |")
    return "\n".join(lines)


def rates(found: Many[int], truths: Many[int]) -> tuple[float, float, float]:
    """OBO (share within one), MAE (mean error as a share of the true count) and the share that is exact."""
    off = np.abs(np.array(found) - np.array(truths))
    return float((off <= 1).mean()), float((off / np.array(truths)).mean()), float((off == 0).mean())


def _summary(name: str, outcomes: list[Outcome]) -> str:
    misses = np.array([miss for one in outcomes for miss in one.misses_s])
    exact, near = sum(one.exact for one in outcomes), sum(one.near for one in outcomes)
    return (
        f"exercise {name}: exact {exact} of {len(outcomes)}, within one {near}, "
        f"{(misses <= NEAR_S).mean():.1%} of {len(misses)} extremes within {NEAR_S} s"
    )
