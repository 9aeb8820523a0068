"""Eight weeks of the plan in advance: no load above 105 % of what somebody can lift once."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from fitai.science.effort import share_of_max
from fitai.science.strength import TRAINING_MAX
from fitai.science.units import to_kg
from templates_app.plan import PlannedExercise, PrescribedSet
from templates_app.planner.lint.reading import Reading, worked
from templates_app.planner.statement import Statement

WEEKS: Final = 8
MOST: Final = Decimal("1.05")


def overloads(reading: Reading) -> Iterator[Statement]:
    """Each weighted exercise whose 1RM is known, session by session, with the rule by which it progresses.

    Somebody who does not get stronger meanwhile is assumed: a rule must notice that in time.
    """
    for id in sorted(reading.plan.exercise_ids() & set(reading.history.e1rm_kg)):
        exercise = reading.catalogue[id]
        if not exercise.is_weighted:
            continue
        best = reading.history.e1rm_kg[id]
        pointer, heaviest = _heaviest(reading, id, _Lifter(best, exercise.usual_step("kg")))
        if heaviest > best * MOST:
            yield Statement(
                "overload",
                f"{exercise.name} reaches {heaviest:.1f} kg in {WEEKS} weeks, over 105 % of a 1RM of {best:.1f} kg.",
                pointer,
                {"heaviest_kg": f"{heaviest:.1f}", "e1rm_kg": f"{best:.1f}"},
            )


def _heaviest(reading: Reading, id: str, lifter: _Lifter) -> tuple[str, Decimal]:
    """Where the heaviest load is first met, and what it is."""
    weeks = reading.plan.weeks
    waves = reading.plan.waves(id)
    top, where = Decimal(0), ""
    for turn in range(WEEKS):
        at = turn % len(weeks)
        lifter.waves = turn // len(weeks) * (max(waves.values()) + 1) + waves[weeks[at].number]
        for place, day in enumerate(weeks[at].days):
            for index, entry in enumerate(day.exercises):
                if entry.exercise_id == id:
                    load = lifter.train(entry)
                    if load > top:
                        top, where = load, f"/{at}/days/{place}/exercises/{index}"
    return where, top


class _Lifter:
    """Somebody of a fixed strength who does what a rule says."""

    def __init__(self, best: Decimal, usual: Decimal) -> None:
        self.best, self.usual = best, usual
        self.waves = 0
        self.added, self.more_reps, self.failures = Decimal(0), 0, 0

    def train(self, entry: PlannedExercise) -> Decimal:
        """The heaviest load of a session in kilograms, and what follows from how it went."""
        rule = entry.progression
        step = self.usual if rule.increment is None else to_kg(rule.increment, rule.unit or "kg")
        lifted = []
        for item in worked(entry):
            load = self.load_of(item, step if rule.rule == "percentage" else Decimal(0))
            if load is not None:
                lifted.append((load + self.added, item))
        if not lifted:
            return Decimal(0)
        if rule.rule in {"linear", "double"}:
            self.go_on(entry, lifted, step)
        return max(load for load, _ in lifted)

    def go_on(self, entry: PlannedExercise, lifted: list[tuple[Decimal, PrescribedSet]], step: Decimal) -> None:
        rule = entry.progression
        if any(load > self.best * share_of_max((item.reps or 1) + self.more_reps) for load, item in lifted):
            self.failures += 1
            if self.failures >= rule.stall_after:
                self.added -= max(load for load, _ in lifted) * rule.deload_percent / 100
                self.failures = 0
            return
        self.failures = 0
        room = min((item.reps_max or item.reps or 1) - (item.reps or 1) for _, item in lifted)
        if rule.rule == "double" and self.more_reps < room:
            self.more_reps += 1
        else:
            self.added += step
            self.more_reps = 0

    def load_of(self, item: PrescribedSet, step: Decimal) -> Decimal | None:
        """The load that a set asks for before anything was added, None where it asks for none."""
        if item.load is None or item.load.value is None:
            return None
        value = item.load.value
        if item.load.type == "absolute":
            return to_kg(value, item.load.unit or "kg")
        if item.load.type == "percent_1rm":
            return self.best * value / 100
        if item.load.type == "percent_tm":
            return (self.best * TRAINING_MAX + self.waves * step) * value / 100
        return self.best * share_of_max(item.reps or 1, value if item.load.type == "rir" else 10 - value)
