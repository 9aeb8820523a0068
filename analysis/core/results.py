"""The result of an analysed set as values: what the API shows, but for the pictures and the pose model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

import numpy as np

from analysis.core import VERSION
from analysis.core.pose import Floats, Track

DECIMALS: Final = 3
Json = dict[str, Any]


class View(StrEnum):
    """From where the camera looks at the person."""

    SIDE = "side"
    FRONT = "front"
    REAR = "rear"
    THREE_QUARTER = "three_quarter"


class Severity(StrEnum):
    """How much a fault matters: worth knowing, worth mending, not a strict repetition."""

    INFO = "info"
    MINOR = "minor"
    MAJOR = "major"


SEVERITIES: Final = (Severity.INFO, Severity.MINOR, Severity.MAJOR)
"""From the least to the most."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """The number behind a cue: a metric (its unit is in its name), what it was, what it should be at most or at least,
    and who says so."""

    metric: str
    value: float
    threshold: float
    source: str

    def to_json(self) -> Json:
        return {
            "metric": self.metric,
            "value": number(self.value),
            "threshold": self.threshold,
            "source": self.source,
        }


@dataclass(frozen=True, slots=True)
class Cue:
    """One thing to do better, and the second of the video at which to look. `rep` counts from 1; None is the set."""

    code: str
    message: str
    severity: Severity
    rep: int | None
    time_s: float
    evidence: Evidence
    confidence: float

    def to_json(self) -> Json:
        return {
            "code": self.code,
            "message": self.message,
            "severity": self.severity.value,
            "rep": self.rep,
            "time_s": number(self.time_s),
            "evidence": self.evidence.to_json(),
            "confidence": number(self.confidence),
        }


@dataclass(frozen=True, slots=True)
class NotJudged:
    """What nothing is said about, and why, in words for the person."""

    code: str
    why: str

    def to_json(self) -> Json:
        return {"code": self.code, "why": self.why}


@dataclass(frozen=True, slots=True)
class Unseen:
    """A stretch of the video in which the person, or what the exercise is judged by, was not seen well."""

    from_s: float
    to_s: float
    why: str

    def to_json(self) -> Json:
        return {"from_s": number(self.from_s), "to_s": number(self.to_s), "why": self.why}


@dataclass(frozen=True, slots=True)
class JudgedRepetition:
    """One repetition with its times in seconds of the video; `strict_ok` when no major fault was seen in it."""

    start_s: float
    extreme_s: float
    end_s: float
    counted: bool
    strict_ok: bool
    metrics: Mapping[str, float]

    def to_json(self) -> Json:
        return {
            "start_s": number(self.start_s),
            "extreme_s": number(self.extreme_s),
            "end_s": number(self.end_s),
            "counted": self.counted,
            "strict_ok": self.strict_ok,
            "metrics": {name: number(value) for name, value in self.metrics.items()},
        }


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in the video, by the number that picks them; the box (x1, y1, x2, y2 in pixels) is where they were first
    seen, at `time_s`. `subject` is the one analysed."""

    person: int
    box: tuple[float, float, float, float]
    time_s: float
    subject: bool

    def to_json(self) -> Json:
        return {
            "person": self.person,
            "box": [number(side) for side in self.box],
            "time_s": number(self.time_s),
            "subject": self.subject,
        }


@dataclass(frozen=True, slots=True)
class Series:
    """A quantity over the video as the chart draws it: `values[N]` in `unit` ("deg" or "%") at `times[N]` in seconds,
    NaN in gaps; `name` in words for the person."""

    name: str
    unit: str
    times: Floats
    values: Floats


NO_SERIES: Final = Series("", "", np.empty(0), np.empty(0))


@dataclass(frozen=True, slots=True)
class Shot:
    """A stretch of the video seen from one side; `near` is the person's own side that is nearer to the camera."""

    from_s: float
    to_s: float
    view: View
    near: str


@dataclass(frozen=True, slots=True)
class SetAnalysis:
    """All that a filmed set says.

    `to_json` is what is stored and shown. The video and the chart are drawn from `track` (None when nobody was seen),
    `series`, `shots` and `angle`, the joint judged most (None without a rubric).
    """

    profile: str | None
    repetitions: tuple[JudgedRepetition, ...] = ()
    metrics: Mapping[str, float | str | None] = field(default_factory=dict)
    cues: tuple[Cue, ...] = ()
    not_judged: tuple[NotJudged, ...] = ()
    visibility: tuple[Unseen, ...] = ()
    view: View | None = None
    people: tuple[Person, ...] = ()
    guess: str | None = None
    confidence: float = 0.0
    rubric_version: int | None = None
    core_version: int = VERSION
    duration_s: float = 0.0
    track: Track | None = None
    series: Series = NO_SERIES
    shots: tuple[Shot, ...] = ()
    angle: str | None = None

    @property
    def count(self) -> int:
        return sum(repetition.counted for repetition in self.repetitions)

    @property
    def strict_count(self) -> int:
        return sum(repetition.counted and repetition.strict_ok for repetition in self.repetitions)

    def to_json(self) -> Json:
        """The result as stored: numbers to three decimals, and no NaN."""
        return {
            "repetitions": [repetition.to_json() for repetition in self.repetitions],
            "count": self.count,
            "strict_count": self.strict_count,
            "confidence": number(self.confidence),
            "guess": self.guess,
            "metrics": {
                name: number(value) if isinstance(value, float) else value for name, value in self.metrics.items()
            },
            "cues": [cue.to_json() for cue in self.cues],
            "not_judged": [one.to_json() for one in self.not_judged],
            "visibility": [one.to_json() for one in self.visibility],
            "view": self.view.value if self.view else None,
            "people": [person.to_json() for person in self.people],
            "core_version": self.core_version,
            "rubric_version": self.rubric_version,
        }


def number(value: float) -> float | None:
    """As stored in JSON, which has no NaN."""
    return round(float(value), DECIMALS) if np.isfinite(value) else None
