"""The sets of a prescription: what a plan says of each, with the weights worked out around the main one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from fitai.science.effort import share_of_max
from fitai.science.strength import TRAINING_MAX
from templates_app.plan import Load, PlannedExercise, PrescribedSet
from workouts.progression.history import MAIN
from workouts.progression.loading import Rack, convert, ramp

OPEN_RESERVE: Final = Decimal(2)
"""Repetitions left in reserve where a plan leaves the effort open."""

BACKOFF: Final = Decimal("0.9")
DROP: Final = Decimal("0.8")
"""Shares of the working weight for back-off and drop sets that name no load (ours)."""


@dataclass(frozen=True, slots=True)
class AskedSet:
    """One set as the next workout asks for it. `weight` and `assistance` are in `unit`; None is open."""

    kind: str
    reps: int | None = None
    reps_max: int | None = None
    weight: Decimal | None = None
    assistance: Decimal | None = None
    unit: str | None = None
    rpe: Decimal | None = None
    rir: int | None = None
    seconds: int | None = None
    distance_m: Decimal | None = None
    rest_seconds: int | None = None
    tempo: str | None = None


def bare(item: PrescribedSet) -> AskedSet:
    """A set as it stands in the plan, its weight open."""
    load = item.load
    rpe = rir = None
    if load is not None and load.type in ("rpe", "rir") and load.value is not None:
        if load.type == "rir" and load.value % 1 == 0:
            rir = int(load.value)
        else:
            rpe = load.value if load.type == "rpe" else 10 - load.value
    return AskedSet(
        kind=item.kind,
        reps=item.reps,
        reps_max=item.reps_max,
        rpe=rpe,
        rir=rir,
        seconds=item.seconds,
        distance_m=item.distance,
        rest_seconds=item.rest_seconds,
        tempo=item.tempo,
    )


def all_bare(entry: PlannedExercise) -> tuple[AskedSet, ...]:
    return tuple(bare(item) for item in entry.sets)


def weighed(asked: AskedSet, weight: Decimal | None, unit: str) -> AskedSet:
    return asked if weight is None else replace(asked, weight=weight, unit=unit)


def counted(entry: PlannedExercise, main: PrescribedSet, count: int, *, timed: bool) -> tuple[AskedSet, ...]:
    """The sets with so many repetitions or seconds in those that are like the main one."""
    found = []
    for item in entry.sets:
        asked = bare(item)
        if item.kind in MAIN and (item.reps, item.reps_max, item.seconds) == (main.reps, main.reps_max, main.seconds):
            if timed:
                asked = replace(asked, seconds=count)
            else:
                most = item.reps_max
                asked = replace(asked, reps=count, reps_max=count if most is not None and count > most else most)
        found.append(asked)
    return tuple(found)


def loaded(
    entry: PlannedExercise, sets: tuple[AskedSet, ...], main: PrescribedSet, weight: Decimal, rack: Rack, unit: str
) -> tuple[AskedSet, ...]:
    """The sets with their weights when the main one has this."""
    found = tuple(
        weighed(asked, _beside(item, main, weight, rack, unit), unit)
        for asked, item in zip(sets, entry.sets, strict=True)
    )
    return with_open_ones(entry, found, weight, rack, unit)


def with_open_ones(
    entry: PlannedExercise, sets: tuple[AskedSet, ...], weight: Decimal | None, rack: Rack, unit: str
) -> tuple[AskedSet, ...]:
    """Warm-ups that name no load lead up to the working weight; back-offs and drops without one come down from it."""
    if weight is None:
        return sets
    steps = iter(ramp(sum(1 for item in entry.sets if item.kind == "warmup" and item.load is None)))
    found = []
    for asked, item in zip(sets, entry.sets, strict=True):
        if item.load is not None or item.kind in MAIN:
            found.append(asked)
        elif item.kind == "warmup":
            found.append(weighed(asked, min(weight, rack.below(weight * next(steps))), unit))
        else:
            found.append(weighed(asked, rack.nearest(weight * (BACKOFF if item.kind == "backoff" else DROP)), unit))
    return tuple(found)


def share_of(item: PrescribedSet) -> Decimal | None:
    """The share of the 1RM that a set asks for, where it names no weight; None where nothing says how often."""
    load = item.load
    if load is not None and load.value is not None and load.type.startswith("percent"):
        return load.value / 100 * (TRAINING_MAX if load.type == "percent_tm" else 1)
    if item.reps is None:
        return None
    reserve = reserve_of(load)
    return share_of_max(item.reps, OPEN_RESERVE if reserve is None else reserve)


def share_named(now: Load | None, before: Load | None) -> Decimal | None:
    """The load that a plan names now as a share of the one that it named before; None unless both are weights, or both
    percentages of the same."""
    if now is None or before is None or now.type != before.type or not now.value or not before.value:
        return None
    if now.type == "absolute":
        return convert(now.value, now.unit or "kg", before.unit or "kg") / before.value
    return now.value / before.value if now.type.startswith("percent") else None


def reserve_of(load: Load | None) -> Decimal | None:
    """Repetitions in reserve that a load asks for."""
    if load is None or load.value is None or load.type not in ("rpe", "rir"):
        return None
    return 10 - load.value if load.type == "rpe" else load.value


def planned_weight(load: Load | None, unit: str) -> Decimal | None:
    """The weight that a plan names, in the person's unit."""
    if load is None or load.type != "absolute" or load.value is None:
        return None
    return convert(load.value, load.unit or unit, unit)


def _beside(item: PrescribedSet, main: PrescribedSet, weight: Decimal, rack: Rack, unit: str) -> Decimal | None:
    if item.load is not None and item.load.type == "bodyweight":
        return None
    if item.load is None:
        return weight if item.kind in MAIN else None
    if (item.load, item.reps) == (main.load, main.reps):
        return weight
    named, named_main = planned_weight(item.load, unit), planned_weight(main.load, unit)
    if named is not None and not named_main:
        return rack.nearest(named)
    if named is not None and named_main:
        other = weight * named / named_main
    else:
        share, share_main = share_of(item), share_of(main)
        if share is None or share_main is None:
            return None
        other = weight * share / share_main
    return min(weight, rack.below(other)) if item.kind == "warmup" else rack.nearest(other)
