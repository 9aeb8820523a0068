"""The sets of an exercise for the next workout, and the reason for them in words.

Weights come from the rule of the exercise where the plan has asked for it before, else from the load that the plan
names and an estimate of what the person can lift; both are rounded to what they can load. Where neither says anything,
the weight stays open and it is said what would help.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Final

from fitai.science.strength import TRAINING_MAX
from fitai.science.units import plain
from templates_app.plan import PlannedExercise, PrescribedSet
from workouts.progression import words
from workouts.progression.history import MAIN, Done
from workouts.progression.known import Exercise, Known, increment
from workouts.progression.ladders import Assistances, Ladder, Weights
from workouts.progression.loading import Rack, stack
from workouts.progression.maxes import training_max
from workouts.progression.place import reference
from workouts.progression.rules import Kind, Scheme, Step, follow
from workouts.progression.sets import (
    OPEN_RESERVE,
    AskedSet,
    all_bare,
    bare,
    counted,
    loaded,
    planned_weight,
    reserve_of,
    share_of,
    weighed,
    with_open_ones,
)

MOST_OF_MAX: Final = Decimal("1.05")
"""Share of the estimated 1RM above which nothing is asked for in silence."""


@dataclass(frozen=True, slots=True)
class Prescription:
    """What to do, why, and what the person would have to say so that it could be said better."""

    sets: tuple[AskedSet, ...]
    why: str
    need: str | None = None


def prescribe(entry: PlannedExercise, known: Known) -> Prescription:
    """The sets of a planned exercise."""
    main = reference(entry)
    if main is None:
        return Prescription(all_bare(entry), "As the plan says")
    kind = _kind(known.exercise, main)
    if entry.progression.rule in ("linear", "double") and (main.reps is not None or main.seconds is not None):
        return _by_rule(entry, main, known, kind)
    if kind != "weight":
        return Prescription(all_bare(entry), "As the plan says")
    if entry.progression.rule == "percentage":
        return _by_percentage(entry, known)
    return _as_planned(entry, main, known)


def _kind(exercise: Exercise, main: PrescribedSet) -> Kind | None:
    """What is loaded: weight, help, or nothing but the body."""
    if main.load is not None and main.load.type == "bodyweight":
        return None
    if exercise.tracking == "assisted_reps":
        return "assistance"
    if exercise.tracking in ("weight_reps", "weight_time"):
        return "weight"
    return "weight" if main.load is not None and main.load.type == "absolute" else None


# ── Linear and double progression ────────────────────────────────────────────────────────────────


def _by_rule(entry: PlannedExercise, main: PrescribedSet, known: Known, kind: Kind | None) -> Prescription:
    scheme = _scheme(entry, main, known)
    ladder = _ladder(kind, known)
    step = follow("double" if entry.progression.rule == "double" else "linear", scheme, known.of_line, ladder, kind)
    if step is None:
        return _start(entry, main, known, kind, scheme)
    step = _after_absence(step, known, ladder, scheme)
    warning = _over_max(step.load, known) if kind == "weight" else ""
    return Prescription(_filled(entry, main, known, kind, step.load, step.count, scheme), step.why + warning)


def _scheme(entry: PlannedExercise, main: PrescribedSet, known: Known) -> Scheme:
    timed = main.reps is None and main.seconds is not None
    progression = entry.progression
    return Scheme(
        low=(main.seconds if timed else main.reps) or 1,
        high=main.reps_max if progression.rule == "double" and not timed else None,
        timed=timed,
        load=main.load,
        rir=reserve_of(main.load),
        step=increment(entry, known.exercise, known.kit.unit),
        is_usual=progression.increment is None,
        stall_after=progression.stall_after,
        deload=progression.deload_percent / 100,
        unit=known.kit.unit,
    )


def _ladder(kind: Kind | None, known: Known) -> Ladder | None:
    if kind == "weight":
        return Weights(known.rack)
    return Assistances(stack(known.kit.unit)) if kind == "assistance" else None


def _after_absence(step: Step, known: Known, ladder: Ladder | None, scheme: Scheme) -> Step:
    share = known.comeback
    if share == 1:
        return step
    why = f"Back after {known.days_away} days: {words.percent((1 - share) * 100)} lighter. Before that: {step.why}"
    if ladder is None or step.load is None:
        return Step(step.load, max(1, int((step.count * share).to_integral_value(ROUND_FLOOR))), why)
    return Step(ladder.easier(step.load, share), scheme.low, why)


def _filled(
    entry: PlannedExercise,
    main: PrescribedSet,
    known: Known,
    kind: Kind | None,
    load: Decimal | None,
    count: int,
    scheme: Scheme,
) -> tuple[AskedSet, ...]:
    """All sets around the load and the repetitions of the main one."""
    sets, unit = counted(entry, main, count, timed=scheme.timed), known.kit.unit
    if load is None:
        return sets
    if kind == "assistance":
        return tuple(replace(item, assistance=load, unit=unit) for item in sets)
    return loaded(entry, sets, main, load, known.rack, unit)


def _start(
    entry: PlannedExercise, main: PrescribedSet, known: Known, kind: Kind | None, scheme: Scheme
) -> Prescription:
    """The first time that this plan asks for it."""
    if kind is None:
        return Prescription(_filled(entry, main, known, kind, None, scheme.low, scheme), "A start, as the plan says")
    if kind == "assistance":
        load = _last_used(known, lambda item: item.assistance_used)
        if load is not None and known.comeback != 1:
            load = Assistances(stack(known.kit.unit)).easier(load, known.comeback)
        away = "" if known.comeback == 1 else f", more after {known.days_away} days away"
        why = f"{words.weight(load or Decimal(0), known.kit.unit)} of help, by what you needed last{away}"
    else:
        load, why = _first_weight(main, known)
    sets = _filled(entry, main, known, kind, load, scheme.low, scheme)
    if load is not None:
        return Prescription(sets, f"A start: {why}")
    need = f"how much help you need for {scheme.low}" if kind == "assistance" else _question(main)
    return Prescription(sets if scheme.timed else _by_effort(sets), f"No history yet: start with {need}", need)


def _question(main: PrescribedSet) -> str:
    """What would say how strong somebody is: a weight for the repetitions to failure that the set is worth."""
    if main.reps is None and main.seconds is not None:
        return f"a weight you can hold for {main.seconds} s"
    if main.reps is None and main.distance is not None:
        return f"a weight you can take for {plain(main.distance)} m"
    if main.reps is None:
        return "a weight to do as many with as you can"
    reserve = reserve_of(main.load)
    reps = Decimal(main.reps) + (OPEN_RESERVE if reserve is None else reserve)
    return f"a weight you can do for {int(reps.to_integral_value(ROUND_CEILING))}"


def _by_effort(sets: tuple[AskedSet, ...]) -> tuple[AskedSet, ...]:
    """Nothing is known: the effort says how heavy, and whoever trains finds the weight."""
    return tuple(
        replace(item, rir=int(OPEN_RESERVE))
        if item.kind == "working" and item.rpe is None and item.rir is None
        else item
        for item in sets
    )


def _first_weight(main: PrescribedSet, known: Known) -> tuple[Decimal | None, str]:
    """A weight from what the plan names and the person can do, and why; rounded down, to begin with too little."""
    rack, unit = known.rack, known.kit.unit
    named = planned_weight(main.load, unit)
    if named is not None:
        weight = rack.nearest(named)
        return weight, f"{words.weight(weight, unit)} as the plan says{_over_max(weight, known)}"
    (best, source), share = _maximum(known), share_of(main)
    if best is None or share is None:
        last = _last_weight(known)
        return last, "" if last is None else f"{words.weight(last, unit)}, by what you used last{_away(known)}"
    asked = best * share * known.comeback
    weight = rack.below(_capped(asked, known))
    return weight, f"{words.weight(weight, unit)} by {source}{_away(known)}{_empty_bar(asked, rack, unit)}"


def _last_weight(known: Known) -> Decimal | None:
    """What was used last, less after a break: for exercises whose 1RM nothing says."""
    last = _last_used(known, lambda item: item.weight_used)
    return last if last is None or known.comeback == 1 else known.rack.below(last * known.comeback)


def _last_used(known: Known, of: Callable[[Done], Decimal | None]) -> Decimal | None:
    """The load of the latest set that had one."""
    for session in reversed(known.sessions):
        for item in reversed(session.main):
            if (load := of(item)) is not None:
                return load
    return None


def _maximum(known: Known) -> tuple[Decimal | None, str]:
    """What they can lift once, and how that is known: as they said, until they have trained it here."""
    unit, best, given = known.kit.unit, known.estimate, known.given_max
    if _is_given(known):
        assert given is not None  # noqa: S101
        return given / TRAINING_MAX, f"a training max of {words.number(given)} {unit}"
    return best, "" if best is None else f"an estimated 1RM of {words.number(best)} {unit}"


def _is_given(known: Known) -> bool:
    return known.given_max is not None and (known.estimate is None or not known.of_line)


# ── By the sets' own loads ───────────────────────────────────────────────────────────────────────


def _by_percentage(entry: PlannedExercise, known: Known) -> Prescription:
    value, changed = training_max(entry, known)
    if value is None:
        need = "a training max: nine tenths of what you can lift once"
        return Prescription(_by_effort(all_bare(entry)), f"No history yet: start with {need}", need)
    best = value / TRAINING_MAX
    sets, notes = _each(entry, known, best)
    said, whole = _shares(entry, best, "a", known), f"a training max of {words.number(value)} {known.kit.unit}"
    said = (said if whole in said else f"{said} by {whole}") + (f" ({changed})" if changed else "")
    return Prescription(sets, f"{said}{_away(known)}{notes}")


def _as_planned(entry: PlannedExercise, main: PrescribedSet, known: Known) -> Prescription:
    load = main.load
    if load is None and entry.progression.rule == "none":
        return Prescription(all_bare(entry), "As the plan says; the weight is yours to choose")
    best, source = _maximum(known)
    if share_of(main) is None:
        best = None
    if load is not None and load.type == "absolute":
        sets, notes = _each(entry, known, best)
        return Prescription(sets, f"As the plan says{notes}")
    if best is None and (weight := _last_weight(known)) is not None:
        sets = loaded(entry, all_bare(entry), main, weight, known.rack, known.kit.unit)
        return Prescription(sets, f"{words.weight(weight, known.kit.unit)}, by what you used last{_away(known)}")
    if best is None:
        need = _question(main)
        sets = all_bare(entry) if main.reps is None else _by_effort(all_bare(entry))
        return Prescription(sets, f"No history yet: start with {need}", need)
    sets, notes = _each(entry, known, best)
    reserve = reserve_of(load)
    article = "a" if _is_given(known) else "an estimated"
    asked = _shares(entry, best, article, known) if reserve is None else f"{words.effort(reserve)} by {source}"
    return Prescription(sets, f"{asked}{_away(known)}{notes}")


def _each(entry: PlannedExercise, known: Known, best: Decimal | None) -> tuple[tuple[AskedSet, ...], str]:
    """Every set by its own load, from what can be lifted once; with it what has to be said of that."""
    rack, unit = known.rack, known.kit.unit
    found: list[AskedSet] = []
    first: Decimal | None = None
    notes: dict[str, None] = {}
    for item in entry.sets:
        weight = planned_weight(item.load, unit)
        note = ""
        if weight is not None:
            weight = rack.nearest(weight)
            note = _over_max(weight, known)
        elif best is not None and _goes_by_max(item) and (share := share_of(item)) is not None:
            asked = best * share * known.comeback
            if asked > (most := _capped(asked, known)):
                weight, note = rack.below(most), "; held to 105 % of your estimated 1RM"
            else:
                weight, note = rack.nearest(asked), _empty_bar(asked, rack, unit)
        if item.kind != "warmup":
            notes[note] = None
        if first is None and item.kind in MAIN:
            first = weight
        found.append(weighed(bare(item), weight, unit))
    return with_open_ones(entry, tuple(found), first, rack, unit), "".join(notes)


def _goes_by_max(item: PrescribedSet) -> bool:
    return item.load is not None and item.load.type != "bodyweight"


def _shares(entry: PlannedExercise, best: Decimal, article: str, known: Known) -> str:
    """ "65, 75, 85 % of a training max of 100 kg", and what there is of the 1RM."""
    loads = [item.load for item in entry.sets if item.kind != "warmup" and item.load is not None]
    found = []
    for type, name, whole in (("percent_tm", "training max", best * TRAINING_MAX), ("percent_1rm", "1RM", best)):
        percents = [words.number(load.value) for load in loads if load.type == type and load.value is not None]
        if percents:
            shares = ", ".join(dict.fromkeys(percents))
            found.append(f"{shares} % of {article} {name} of {words.number(whole)} {known.kit.unit}")
    return ", ".join(found)


# ── What has to be said ──────────────────────────────────────────────────────────────────────────


def _capped(weight: Decimal, known: Known) -> Decimal:
    best = known.estimate
    return weight if best is None else min(weight, best * MOST_OF_MAX)


def _over_max(weight: Decimal | None, known: Known) -> str:
    best = known.estimate
    if weight is None or best is None or weight <= best * MOST_OF_MAX:
        return ""
    return "; more than 105 % of your estimated 1RM, so take less if in doubt"


def _away(known: Known) -> str:
    if known.comeback == 1:
        return ""
    return f", {words.percent((1 - known.comeback) * 100)} off after {known.days_away} days away"


def _empty_bar(asked: Decimal, rack: Rack, unit: str) -> str:
    if asked >= rack.least or not rack.least:
        return ""
    return f"; {words.weight(rack.least, unit)} is the lightest there is, so take another implement if it is too much"
