"""Personal records: the sets of one exercise in which somebody did better than ever before.

Records are a function of the history in the order it was trained, whatever order it was entered in: a set holds one
when its value is strictly better than every earlier one. Warm-ups, and sets that were only planned, never count.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import ROUND_HALF_EVEN, Decimal
from itertools import groupby
from typing import Final

from fitai.science.strength import MAX_REPS, epley
from fitai.science.units import round_thousandth

FORMULA_VERSION: Final = 1
"""Of the estimated one-repetition maximum: Epley on repetitions to failure, up to 12. Stored with every record."""

KINDS: Final = ("weight", "reps_at_weight", "e1rm", "set_volume", "workout_volume", "time", "distance", "pace")

MIN_PACE_M: Final = Decimal(100)
"""Below this distance a pace says more of the stopwatch than of the runner."""

_BY_REPS: Final = frozenset({"weight", "reps_at_weight", "e1rm", "set_volume", "workout_volume"})
_KINDS_OF: Final[dict[str, frozenset[str]]] = {
    "weight_reps": _BY_REPS,
    "reps": _BY_REPS,
    "assisted_reps": _BY_REPS,
    "time": frozenset({"time"}),
    "distance_time": frozenset({"distance", "time", "pace"}),
    "weight_time": frozenset({"weight", "time"}),
}

_ZERO: Final = Decimal(0)
_CENT: Final = Decimal("0.01")

Mark = tuple[str, Decimal | None]
"""What a record is a record of: its kind, and for reps at a weight that weight in kg."""


@dataclass(frozen=True, slots=True)
class SetRow:
    """A set of one exercise as the records see it.

    `performed_at` is the start of its workout, `load_kg` the system load (None when nothing is known), `weight_kg` what
    is written on the implement (None when not entered), `rir` the repetitions left, given or 10 − RPE.
    """

    set_id: str
    workout_id: str
    performed_at: datetime
    completed_at: datetime | None
    kind: str
    reps: int | None
    load_kg: Decimal | None
    weight_kg: Decimal | None
    assistance_kg: Decimal | None
    rir: Decimal | None
    duration_seconds: int | None
    distance_m: Decimal | None
    tracking: str


@dataclass(frozen=True, slots=True)
class Record:
    """A set that beat everything before it; `previous` is what it beat, None for the first."""

    kind: str
    key: Decimal | None
    value: Decimal
    previous: Decimal | None
    set_id: str
    workout_id: str


@dataclass(slots=True)
class Best:
    """The best of each mark up to some moment: what the sets after it must beat."""

    values: dict[Mark, Decimal] = field(default_factory=dict)

    def beaten_by(self, kind: str, key: Decimal | None, value: Decimal) -> bool:
        """Whether this value is a record: better than the best so far, or the first of its mark."""
        held = self.values.get((kind, key))
        return held is None or (value < held if kind == "pace" else value > held)


def compute(rows: Iterable[SetRow], best: Best | None = None) -> list[Record]:
    """Every record these sets hold, in their order.

    `rows` are all sets of one exercise of one person by (performed_at, workout_id, completed_at, place), or those from
    the first set of some workout on, with `best` as it stood before that workout (left untouched).
    """
    standing = Best(dict(best.values) if best is not None else {})
    records: list[Record] = []
    for _, workout in groupby(_counting(rows), key=_workout):
        records.extend(_of_workout(list(workout), standing))
    return records


def estimate_1rm(load_kg: Decimal, reps: int, rir: Decimal | None = None) -> Decimal | None:
    """The load for a single repetition, to 10 g; None beyond 12 repetitions to failure. Epley 1985."""
    to_failure = reps + (rir or _ZERO)
    if reps < 1 or to_failure > MAX_REPS:
        return None
    return epley(load_kg, to_failure).quantize(_CENT, rounding=ROUND_HALF_EVEN)


def _workout(row: SetRow) -> str:
    return row.workout_id


def _counting(rows: Iterable[SetRow]) -> Iterator[SetRow]:
    return (row for row in rows if row.kind != "warmup" and row.completed_at is not None)


def _of_workout(rows: list[SetRow], standing: Best) -> Iterator[Record]:
    total = sum((_volume(row) for row in rows), _ZERO)
    before = standing.values.get(("workout_volume", None))
    running = _ZERO
    fallen = False
    for row in rows:
        for kind, key, value in _marks(row):
            if value > 0 and standing.beaten_by(kind, key, value):
                yield Record(kind, key, value, standing.values.get((kind, key)), row.set_id, row.workout_id)
                standing.values[kind, key] = value
        running += _volume(row)
        if not fallen and running > (before or _ZERO):
            fallen = True
            yield Record("workout_volume", None, total, before, row.set_id, row.workout_id)
    if fallen:
        standing.values["workout_volume", None] = total


def _volume(row: SetRow) -> Decimal:
    """Load times repetitions, where the exercise is one of repetitions."""
    if row.load_kg is None or not row.reps or "set_volume" not in _KINDS_OF.get(row.tracking, ()):
        return _ZERO
    return round_thousandth(row.load_kg * row.reps)


def _marks(row: SetRow) -> Iterator[tuple[str, Decimal | None, Decimal]]:
    """What one set achieved of each kind its exercise is measured in."""
    kinds = _KINDS_OF.get(row.tracking, frozenset())
    reps, load, duration, distance = row.reps or 0, row.load_kg, row.duration_seconds or 0, row.distance_m or _ZERO
    loaded = load is not None and (row.weight_kg is not None or row.assistance_kg is not None)
    done = reps > 0 if "e1rm" in kinds else bool(reps or duration or distance)
    if "weight" in kinds and load is not None and loaded and done:
        yield "weight", None, load
    if "reps_at_weight" in kinds:
        yield "reps_at_weight", (row.weight_kg or _ZERO) - (row.assistance_kg or _ZERO), Decimal(reps)
    if "e1rm" in kinds and load is not None and loaded:
        estimate = estimate_1rm(load, reps, row.rir)
        if estimate is not None:
            yield "e1rm", None, estimate
    if "set_volume" in kinds:
        yield "set_volume", None, _volume(row)
    if "time" in kinds:
        yield "time", None, Decimal(duration)
    if "distance" in kinds:
        yield "distance", None, distance
    if "pace" in kinds and distance >= MIN_PACE_M and duration > 0:
        yield "pace", None, round_thousandth(duration * 1000 / distance)
