"""The shape of a rubric: rules of a metric, where its bands lie, who says so, and what to tell the person."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, Self

from analysis.core.body import JOINT_ANGLES
from analysis.core.metrics import METRICS, RELATIVE
from analysis.core.results import Severity, View

OURS: Final = "ours"
"""The source of a threshold that no publication gives."""


class Side(StrEnum):
    """On which side of its thresholds a value is good."""

    AT_MOST = "at_most"
    AT_LEAST = "at_least"


@dataclass(frozen=True, slots=True)
class Limit:
    """A metric (one of `metrics.METRICS`) that is good at most, or at least, at a value in the metric's unit."""

    metric: str
    side: Side
    value: float

    def to_json(self) -> dict[str, Any]:
        return {"metric": self.metric, "side": self.side.value, "value": self.value}

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> Self:
        return cls(_known(row["metric"], METRICS.keys()), Side(row["side"]), float(row["value"]))

    def kept(self, value: float) -> bool:
        return value <= self.value if self.side == Side.AT_MOST else value >= self.value


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing looked at in every repetition.

    `bands` holds, for each severity that the rule can reach, the value beyond which it is reached. `views` are those it
    is judged in, each with how much farther a major fault must lie there: an angle is told less well aslant. A
    repetition that keeps one of the limits in `unless` is good whatever the bands say. `trust` scales the confidence of
    its cues: 1 is a plain measurement, less an experimental one.
    """

    code: str
    metric: str
    side: Side
    bands: Mapping[Severity, float]
    views: Mapping[View, float]
    message: str
    source: str = OURS
    unless: tuple[Limit, ...] = ()
    trust: float = 1.0

    def severity(self, value: float, view: View) -> Severity | None:
        """How bad a value is; None when it is good."""
        found = None
        for severity, limit in self.bands.items():
            slack = self.views[view] if severity == Severity.MAJOR else 0.0
            bound = limit + slack if self.side == Side.AT_MOST else limit - slack
            if not Limit(self.metric, self.side, bound).kept(value):
                found = severity
        return found

    @property
    def threshold(self) -> float:
        """Where good ends."""
        return next(iter(self.bands.values()))

    def to_json(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "metric": self.metric,
            "side": self.side.value,
            "bands": {severity.value: limit for severity, limit in self.bands.items()},
            "views": {view.value: slack for view, slack in self.views.items()},
            "message": self.message,
            "source": self.source,
            "unless": [one.to_json() for one in self.unless],
            "trust": self.trust,
        }

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> Self:
        """KeyError or ValueError where a part is missing or no word of ours."""
        bands = {Severity(word): float(limit) for word, limit in row["bands"].items()}
        return cls(
            code=row["code"],
            metric=_known(row["metric"], METRICS.keys() | RELATIVE),
            side=Side(row["side"]),
            bands={severity: bands[severity] for severity in Severity if severity in bands},
            views={View(word): float(slack) for word, slack in row["views"].items()},
            message=row["message"],
            source=row["source"],
            unless=tuple(Limit.from_json(one) for one in row.get("unless", ())),
            trust=float(row.get("trust", 1)),
        )


@dataclass(frozen=True, slots=True)
class Rubric:
    """The rules of one exercise. `angle` is the joint whose angle tells a repetition best, drawn in the chart; `unseen`
    names what a person would ask about and no camera of ours can tell, with the reason."""

    profile: str
    version: int
    angle: str
    rules: tuple[Rule, ...]
    unseen: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        return {
            "profile": self.profile,
            "version": self.version,
            "angle": self.angle,
            "rules": [rule.to_json() for rule in self.rules],
            "unseen": dict(self.unseen),
        }

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> Self:
        """KeyError or ValueError where a part is missing or no word of ours."""
        return cls(
            profile=row["profile"],
            version=int(row["version"]),
            angle=_known(row["angle"], JOINT_ANGLES),
            rules=tuple(Rule.from_json(rule) for rule in row["rules"]),
            unseen=dict(row.get("unseen", {})),
        )


def _known(word: str, words: Container[str]) -> str:
    if word not in words:
        raise ValueError(f"{word!r} is nothing that is measured")
    return word
