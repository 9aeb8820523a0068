"""The loads of an exercise from easy to hard: more weight, or less help."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Protocol

from workouts.progression import words
from workouts.progression.loading import Rack

_HUNDREDTH: Final = Decimal("0.01")


class Ladder(Protocol):
    """The loads of an exercise, from easy to hard."""

    def harder(self, load: Decimal, by: Decimal) -> Decimal:
        """The load `by` harder, or one step where that is less than a step; the same at the end of the ladder."""

    def easier(self, load: Decimal, share: Decimal) -> Decimal:
        """About this share (below 1) of the load, at least a step easier where there is one."""

    def scaled(self, load: Decimal, share: Decimal) -> Decimal:
        """The load that is nearest to this share."""

    def change(self, old: Decimal, new: Decimal, unit: str) -> str:
        """What is different, in words."""


@dataclass(frozen=True, slots=True)
class Weights:
    """More weight is harder."""

    rack: Rack

    def harder(self, load: Decimal, by: Decimal) -> Decimal:
        found = self.rack.nearest(load + by)
        return found if found > load else self.rack.above(load)

    def easier(self, load: Decimal, share: Decimal) -> Decimal:
        return min(load, self.rack.below(load * share))

    def scaled(self, load: Decimal, share: Decimal) -> Decimal:
        return self.rack.nearest(load * share)

    def change(self, old: Decimal, new: Decimal, unit: str) -> str:
        if old != old.quantize(_HUNDREDTH):  # it was lifted in the other unit: the difference is no plate
            return words.weight(new, unit)
        sign = "+" if new > old else "−"
        return "Same weight" if new == old else f"{sign}{words.number(abs(new - old), '0.01')} {unit}"


@dataclass(frozen=True, slots=True)
class Assistances:
    """Less help is harder, down to none."""

    rack: Rack

    def harder(self, load: Decimal, by: Decimal) -> Decimal:
        found = self.rack.below(load - by)
        return found if found < load else self.rack.below(load - self.rack.widest)

    def easier(self, load: Decimal, share: Decimal) -> Decimal:
        found = self.rack.nearest(load * (2 - share))
        return found if found > load else self.rack.above(load)

    def scaled(self, load: Decimal, share: Decimal) -> Decimal:
        return load

    def change(self, old: Decimal, new: Decimal, unit: str) -> str:
        much = words.number(abs(new - old), "0.01")
        return "Same help" if new == old else f"{much} {unit} {'more' if new > old else 'less'} help"
