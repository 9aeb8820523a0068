"""What a prescription depends on beside the plan: the exercise, the kit, what was lifted and when."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Final

from fitai.science.increments import usual_step
from templates_app.plan import PlannedExercise
from workouts.progression.history import Session, estimated_max
from workouts.progression.loading import Kit, Rack, comes_in_fixed_weights, convert, rack_for

COMEBACK: Final = ((56, Decimal("0.8")), (28, Decimal("0.85")), (14, Decimal("0.9")))
"""(more than so many days away, share of the weight to come back with). That strength falls with the length of a break
is Bosquet 2013 (103 studies); the shares are ours, and careful."""

REMEMBERED: Final = 24
"""Sessions that an estimate of strength looks back: of an older one not a millionth would be left."""


@dataclass(frozen=True, slots=True)
class Exercise:
    """What the library says of an exercise, as far as its loads depend on it."""

    name: str
    tracking: str = "weight_reps"
    equipment: tuple[str, ...] = ("barbell",)
    primary_muscles: tuple[str, ...] = ()
    per_hand: bool = False
    bodyweight_share: Decimal = Decimal(0)

    @property
    def is_timed(self) -> bool:
        return self.tracking in ("time", "weight_time")

    def usual_step(self, unit: str) -> Decimal:
        """What its weight usually goes up by; of one hand for one in each."""
        return usual_step(next(iter(self.primary_muscles), None), unit, per_hand=self.per_hand)


@dataclass(frozen=True)
class Known:
    """All of it.

    `sessions` of the exercise, oldest first, whoever asked for them; `line` the ids of the plan's entries that progress
    together with this one; `given_max` the training max as the person gave it at `given_at`, in `kit.unit`; `cycle` the
    wave of percentages they are in, counted from 0; `pause` the days without the exercise that the plan itself makes
    before this one.
    """

    exercise: Exercise
    kit: Kit
    now: datetime
    sessions: Sequence[Session] = ()
    line: Collection[str] = ()
    given_max: Decimal | None = None
    given_at: datetime | None = None
    cycle: int = 0
    pause: int = 0

    @cached_property
    def rack(self) -> Rack:
        return rack_for(self.exercise.equipment, self.kit)

    @cached_property
    def of_line(self) -> list[Session]:
        return [session for session in self.sessions if session.entry_id in self.line]

    @property
    def days_away(self) -> int:
        """Days since anything said how strong they are: training, or a training max that was given since."""
        if not self.sessions:
            return 0
        last = self.sessions[-1].at
        return days_between(last if self.given_at is None else max(last, self.given_at), self.now)

    @cached_property
    def comeback(self) -> Decimal:
        """The share of their weights that they come back with."""
        return comeback(self.days_away - self.pause)

    @cached_property
    def estimate(self) -> Decimal | None:
        """What they could lift once when they trained last. The body's part of a pull-up is not known here, so of
        exercises that move it nothing is estimated."""
        if self.exercise.bodyweight_share or self.exercise.is_timed:
            return None
        return estimated_max(self.sessions[-REMEMBERED:])


def comeback(days_away: int) -> Decimal:
    """The share of their weights that somebody comes back with after so many days."""
    return next((share for days, share in COMEBACK if days_away > days), Decimal(1))


def days_between(earlier: datetime, later: datetime) -> int:
    return (later - earlier).days


def increment(entry: PlannedExercise, exercise: Exercise, unit: str) -> Decimal:
    """What the weight goes up by: as the plan says, else the usual step; 0 is the next weight of the rack."""
    progression = entry.progression
    if progression.increment is not None:
        return convert(progression.increment, progression.unit or unit, unit)
    return Decimal(0) if comes_in_fixed_weights(exercise.equipment) else exercise.usual_step(unit)
