"""A held position such as the plank: how long it was held, and how straight."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analysis.core.body import Body
from analysis.core.judging import NO_HOLD, Filmed, heed, make_cue, unjudged
from analysis.core.metrics import Measure, hip_offset
from analysis.core.phases import still
from analysis.core.pose import Floats
from analysis.core.results import SEVERITIES, Cue, NotJudged
from analysis.core.rules import Rubric

LYING: Final = 35.0
"""Degrees from level up to which the line from shoulder to ankle is that of a plank (ours, as the next three)."""
STRAIGHT_KNEE: Final = 140.0
PROPPED: Final = 0.25
"""The elbow is at least so many torso lengths below the shoulder: who lies on the floor does not hold."""
BREAK_S: Final = 1.0
"""A shorter break, or one in which the person was not seen, does not end a hold."""
LEAST_S: Final = 2.0
PIECE_S: Final = 3.0
"""A hold is judged in pieces of about this length: hips sink slowly."""


@dataclass(frozen=True, slots=True)
class Hold:
    """A position held from one second of the video to another."""

    from_s: float
    to_s: float


def holds(body: Body) -> list[Hold]:
    """When the person was in the position of a plank, on hands or elbows."""

    def slope(shoulder: Floats, ankle: Floats) -> Floats:
        line = ankle - shoulder
        return np.degrees(np.arctan2(np.abs(line[:, 1]), np.abs(line[:, 0])))

    def prop(shoulder: Floats, elbow: Floats) -> Floats:
        return (elbow[:, 1] - shoulder[:, 1]) / body.scale

    level = body.measure(slope, "near_shoulder", "near_ankle").values <= LYING
    straight = body.angle("knee").values >= STRAIGHT_KNEE
    propped = body.measure(prop, "near_shoulder", "near_elbow").values >= PROPPED
    found: list[Hold] = []
    for first, last in _runs(level & straight & propped):
        from_s, to_s = float(body.times[first]), float(body.times[last])
        if found and from_s - found[-1].to_s <= BREAK_S:
            found[-1] = Hold(found[-1].from_s, to_s)
        else:
            found.append(Hold(from_s, to_s))
    return [one for one in found if one.to_s - one.from_s >= LEAST_S]


def judge_holds(
    body: Body, found: list[Hold], rubric: Rubric
) -> tuple[dict[str, float | str | None], list[Cue], list[NotJudged]]:
    """The metrics of the holds, their cues (one for each stretch in which a rule is broken) and what is not judged."""
    pieces = [piece for one in found for piece in _pieces(body, one)]
    cues: list[Cue] = []
    silent: dict[str, NotJudged] = {}
    for rule in rubric.rules:
        before: Cue | None = None
        reasons = [unjudged(rule, piece) for piece in pieces]
        for piece, reason in zip(pieces, reasons, strict=True):
            cue = None if reason else heed(rule, piece, None)
            if cue and before:
                worse = SEVERITIES.index(cue.severity) > SEVERITIES.index(before.severity)
                before = cues[-1] = make_cue(rule, piece.measures[rule.metric], cue.severity, None) if worse else before
            elif cue:
                cues.append(cue)
                before = cue
            else:
                before = None
        if pieces and all(reasons):
            silent[rule.code] = NotJudged(rule.code, reasons[0])
    silent |= {code: NotJudged(code, why) for code, why in rubric.unseen.items()}
    if not found:
        silent[NO_HOLD.code] = NO_HOLD
    cues.sort(key=lambda cue: (-SEVERITIES.index(cue.severity), cue.time_s))
    return _metrics(body, found), cues, list(silent.values())


def _metrics(body: Body, found: list[Hold]) -> dict[str, float | str | None]:
    offset = hip_offset(body).values
    parts = [offset[body.frames(one.from_s, one.to_s)] for one in found]
    held = np.concatenate(parts) if parts else np.empty(0)
    known = held[np.isfinite(held)]
    return {
        "hold_s": float(sum(one.to_s - one.from_s for one in found)),
        "longest_hold_s": max((one.to_s - one.from_s for one in found), default=0.0),
        "hip_offset_ratio": float(np.median(known)) if len(known) else None,
    }


def _pieces(body: Body, one: Hold) -> list[Filmed]:
    number = max(1, round((one.to_s - one.from_s) / PIECE_S))
    edges = np.linspace(one.from_s, one.to_s, number + 1)
    return [_piece(body, float(a), float(b)) for a, b in pairwise(edges)]


def _piece(body: Body, from_s: float, to_s: float) -> Filmed:
    frames = body.frames(from_s, to_s)
    part = hip_offset(body).window(frames)
    measures = {}
    if part.enough:
        middle = float(np.nanmedian(part.values))
        measures["hip_offset_ratio"] = Measure(middle, from_s, float(np.median(part.confidence)))
    return Filmed(still(from_s, to_s, frames), body.view(frames), measures, counted=True)


def _runs(kept: NDArray[np.bool_]) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate([[False], kept, [False]]).astype(int)))
    return list(zip(edges[::2].tolist(), (edges[1::2] - 1).tolist(), strict=True))
