"""A set as a whole: range of motion, tempo, how both drift, both sides against each other, and speed lost."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import numpy as np

from analysis.core.body import Body
from analysis.core.judging import Filmed
from analysis.core.metrics import Measure
from analysis.core.phases import Lift
from analysis.core.pose import Floats
from analysis.core.results import Series
from analysis.core.views import SQUARE

LEAST: Final = 3
"""Drifts and losses are told from this many repetitions on; fewer are no trend."""
LAST: Final = 2
"""A trend compares the mean of so many repetitions (a single one below four), so that one odd one makes none."""
WHOLE: Final = 0.8
"""A repetition with this share of the usual range is compared in speed."""
LEAST_RANGE_DEG: Final = 20.0
"""Seen from square on, a joint that bends towards the camera hardly changes its angle: its sides are not compared."""


def own_measures(body: Body, curve: Floats, series: Series, lift: Lift) -> dict[str, Measure]:
    """What every repetition has, whatever the exercise: how far it went (`range_share` of a usual one; `rom_deg` from
    aside), and its phases in seconds."""
    sure = float(np.median(body.track.confidence[lift.whole].max(axis=1)))
    found: dict[str, float] = {
        "eccentric_s": lift.eccentric_s,
        "turn_pause_s": lift.pause_s,
        "concentric_s": lift.concentric_s,
    }
    way = curve[lift.whole]
    if np.isfinite(way).any():
        found["range_share"] = float(np.nanmax(way) - np.nanmin(way)) / 100
    swing = series.values[lift.reach]
    if series.unit == "deg" and body.view(lift.reach) not in SQUARE and np.isfinite(swing).mean() >= 0.6:
        low, high = np.nanpercentile(swing, [2, 98])
        found["rom_deg"] = float(high - low)
    return {name: Measure(value, lift.extreme_s, sure) for name, value in found.items() if np.isfinite(value)}


def rest_after(filmed: Sequence[Filmed]) -> list[float]:
    """Seconds of rest between each repetition and the next."""
    return [max(0.0, after.lift.begin_s - before.lift.finish_s) for before, after in pairwise(filmed)]


def set_metrics(body: Body, filmed: Sequence[Filmed], angle: str | None) -> dict[str, float | str | None]:
    """The metrics of the set by name, None for what cannot be told: `rom_deg` and the phases are medians of the counted
    repetitions, `tempo` is eccentric-pause-concentric-pause in seconds, drifts compare the last with the first."""
    counted = [one for one in filmed if one.counted]
    medians = {name: _median(counted, name) for name in ("rom_deg", "eccentric_s", "turn_pause_s", "concentric_s")}
    rests = rest_after(counted)
    rest = float(np.median(rests)) if rests else None
    effort_first = bool(counted) and counted[0].lift.effort_first
    stretched, contracted = (rest, medians["turn_pause_s"]) if effort_first else (medians["turn_pause_s"], rest)
    phases = (medians["eccentric_s"], stretched, medians["concentric_s"], contracted)
    trends = {name: measure.value for name, measure in set_measures(filmed).items()}
    return {
        "rom_deg": medians["rom_deg"],
        "tempo": "-".join("x" if one is None else f"{one:.1f}" for one in phases) if counted else None,
        "eccentric_s": phases[0],
        "stretched_pause_s": stretched,
        "concentric_s": phases[2],
        "contracted_pause_s": contracted,
        "range_drift_ratio": trends.get("range_drift_ratio"),
        "tempo_drift_ratio": trends.get("tempo_drift_ratio"),
        "symmetry_ratio": _symmetry(body, counted, angle),
        "velocity_loss_ratio": trends.get("velocity_loss_ratio"),
    }


def set_measures(filmed: Sequence[Filmed]) -> dict[str, Measure]:
    """Trends over the counted repetitions: drifts are the change from the first to the last as a share of the first,
    the velocity loss is of the last against the quickest, `hurry_ratio` how much quicker the last were."""
    counted = [one for one in filmed if one.counted]
    if len(counted) < LEAST:
        return {}
    few = LAST if len(counted) > LEAST else 1
    last = counted[-few]
    sure = float(np.median([measure.confidence for one in counted for measure in one.measures.values()] or [0.0]))
    found: dict[str, float] = {}
    if len(ranges := _values(counted, "range_share")) == len(counted):
        found["range_drift_ratio"] = _change(ranges, few)
    takes = [one.lift.concentric_s + one.lift.eccentric_s for one in counted]
    takes = [value for value in takes if np.isfinite(value)]
    if len(takes) >= LEAST:
        found["tempo_drift_ratio"] = _change(takes, few)
        found["hurry_ratio"] = -_change(takes, few)
    speeds = [
        one.measures["range_share"].value / one.measures["concentric_s"].value
        for one in counted
        if {"range_share", "range_ratio", "concentric_s"} <= set(one.measures)
        and one.measures["concentric_s"].value > 0
        # Half a repetition is slower for the way it goes, not for the effort.
        and one.measures["range_ratio"].value >= WHOLE
    ]
    if len(speeds) >= LEAST:
        quickest = float(np.mean(sorted(speeds)[-few:]))
        found["velocity_loss_ratio"] = 1 - float(np.mean(speeds[-few:])) / quickest
    return {name: Measure(value, last.lift.start_s, sure) for name, value in found.items()}


def _values(filmed: Sequence[Filmed], name: str) -> list[float]:
    return [one.measures[name].value for one in filmed if name in one.measures]


def _median(filmed: Sequence[Filmed], name: str) -> float | None:
    values = _values(filmed, name)
    return float(np.median(values)) if values else None


def _change(values: Sequence[float], few: int) -> float:
    first = float(np.mean(values[:few]))
    return float(np.mean(values[-few:])) / first - 1 if first > 0 else 0.0


def _symmetry(body: Body, counted: Sequence[Filmed], angle: str | None) -> float | None:
    """The smaller range of the two sides over the greater, where the camera sees both alike."""
    if angle is None:
        return None
    signals = [body.angle(angle, side).values for side in ("left", "right")]
    ratios = []
    for one in counted:
        parts = [values[one.lift.reach] for values in signals]
        if one.view in SQUARE and all(np.isfinite(part).mean() >= 0.6 for part in parts):
            ranges = [float(np.nanpercentile(part, 98) - np.nanpercentile(part, 2)) for part in parts]
            if max(ranges) >= LEAST_RANGE_DEG:
                ratios.append(min(ranges) / max(ranges))
    return float(np.median(ratios)) if ratios else None
