"""How well a search ranks, and a matcher recognises: judged beforehand, by hand, and never changed to fit."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log2
from pathlib import Path

HERE = Path(__file__).parent
FIRST = 10
NDCG, TOP_1, RECOGNISED = 0.90, 0.85, 0.90
"""What has to be reached."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What somebody types in a language, and how good an answer each exercise is: 3 is what they mean, 2 a good answer
    too, 1 something related."""

    query: str
    language: str
    kind: str
    grades: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Named:
    """What another app or catalogue calls an exercise, and ours that is the same; None where we have none."""

    name: str
    source: str
    slug: str | None


def judged() -> list[Judged]:
    return [Judged(**one) for one in json.loads((HERE / "judged.json").read_text(encoding="utf-8"))]


def named() -> list[Named]:
    return [Named(**one) for one in json.loads((HERE / "names.json").read_text(encoding="utf-8"))]


def ndcg(grades: Mapping[str, int], found: Sequence[str]) -> float:
    """Normalised discounted cumulative gain of the first ten, with gains of 2^grade - 1 (Burges et al. 2005)."""
    best = sorted(grades.values(), reverse=True)
    return _gained([grades.get(slug, 0) for slug in found]) / _gained(best)


def _gained(grades: Sequence[int]) -> float:
    return sum((2**grade - 1) / log2(place + 2) for place, grade in enumerate(grades[:FIRST]))


def is_top(grades: Mapping[str, int], found: Sequence[str]) -> bool:
    """Whether the first answer is as good as any."""
    return bool(found) and grades.get(found[0], 0) == max(grades.values())


def mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
