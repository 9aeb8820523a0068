"""What a person can load: bars with pairs of plates, dumbbells in their rack, stacks in their steps.

Weights are in the person's own unit throughout; for an exercise done with one in each hand they are those of one.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from functools import lru_cache
from typing import Final

from fitai.science.units import KG_PER_LB, round_thousandth, to_kg

_THOUSAND: Final = 1000

BARS: Final = {
    "barbell": {"kg": Decimal(20), "lb": Decimal(45)},
    "trap_bar": {"kg": Decimal(25), "lb": Decimal(55)},
    "ez_bar": {"kg": Decimal(10), "lb": Decimal(20)},
    "smith": {"kg": Decimal(0), "lb": Decimal(0)},  # counterbalanced: people write down the plates
}
"""Usual weights of empty bars (ours: makers differ by a few kilograms)."""

FIXED: Final[dict[str, dict[str, tuple[tuple[int | str, int | None], ...]]]] = {
    "dumbbell": {"kg": ((1, 10), ("2.5", None)), "lb": (("2.5", 15), (5, None))},
    "kettlebell": {"kg": ((4, None),), "lb": ((5, None),)},
}
"""(step, up to) of what comes in fixed weights, as common racks have them (ours)."""

STACK: Final = {"kg": Decimal("2.5"), "lb": Decimal(5)}
"""Steps of a machine or cable with its add-on weight (ours)."""

LB_PER_KG: Final = 1 / KG_PER_LB


@dataclass(frozen=True, slots=True)
class Kit:
    """The unit a person thinks in, and the plates that they have pairs of."""

    unit: str = "kg"
    plates: tuple[Decimal, ...] = tuple(map(Decimal, ("25", "20", "15", "10", "5", "2.5", "1.25")))


def convert(value: Decimal, unit: str, to: str) -> Decimal:
    """A weight in another unit, to the gram or its like."""
    if unit == to:
        return value
    return to_kg(value, unit) if to == "kg" else round_thousandth(value * LB_PER_KG)


@dataclass(frozen=True, slots=True)
class Rack:
    """The weights there are for an exercise: an empty implement of `least`, and what can be put on it.

    `plates` go on `sides` at once; without plates there are fixed weights in `steps`: (step, up to) in ascending order,
    the last without end. Every difference between neighbours is at most `widest`.
    """

    least: Decimal = Decimal(0)
    plates: tuple[Decimal, ...] = ()
    sides: int = 2
    steps: tuple[tuple[Decimal, Decimal | None], ...] = ()

    @property
    def widest(self) -> Decimal:
        if self.plates:
            return min(self.plates) * self.sides
        return max(step for step, _ in self.steps)

    def below(self, weight: Decimal) -> Decimal:
        """The heaviest there is that is not above (to the gram), or the lightest of all."""
        if not self.plates:
            return Decimal(self._step_below(_thousandths(weight))) / _THOUSAND
        rest, sums = self._side(weight), self._sums(weight)
        return self._with((sums & ((1 << rest + 1) - 1)).bit_length() - 1)

    def above(self, weight: Decimal) -> Decimal:
        """The lightest there is that is heavier."""
        if weight < self.least:
            return self.least
        if not self.plates:
            return Decimal(self._step_above(_thousandths(weight))) / _THOUSAND
        rest = self._side(weight)
        heavier = self._sums(weight + self.widest) >> rest + 1
        return self._with(rest + (heavier & -heavier).bit_length())

    def nearest(self, weight: Decimal) -> Decimal:
        """The one that is nearest, of two the lighter."""
        below = self.below(weight)
        if weight <= below:
            return below
        above = self.above(weight)
        return above if above - weight < weight - below else below

    def _side(self, weight: Decimal) -> int:
        """What there is to load on each side, in thousandths."""
        return max(0, _thousandths(weight) - _thousandths(self.least)) // self.sides

    def _sums(self, weight: Decimal) -> int:
        """What plates add up to on a side, as the bits of a number, at least as far as this weight asks."""
        until = 1 << self._side(weight).bit_length()
        return _sums(tuple(map(_thousandths, self.plates)), until)

    def _with(self, side: int) -> Decimal:
        return self.least + Decimal(side * self.sides) / _THOUSAND

    def _step_below(self, weight: int) -> int:
        start = 0
        for step, until in self.steps:
            if until is None or weight < _thousandths(until):
                size = _thousandths(step)
                return max(_thousandths(self.least), start + max(0, weight - start) // size * size)
            start = _thousandths(until)
        raise AssertionError("the last step has no end")

    def _step_above(self, weight: int) -> int:
        start = 0
        for step, until in self.steps:
            size = _thousandths(step)
            found = start + ((weight - start) // size + 1) * size
            if until is None or found <= _thousandths(until):
                return found
            start = _thousandths(until)
        raise AssertionError("the last step has no end")


@lru_cache(maxsize=64)
def _sums(plates: tuple[int, ...], until: int) -> int:
    """The sums of any number of each of these plates, none included: bit n is set where they add up to n < `until`."""
    sums, inside = 1, (1 << until) - 1
    for plate in plates:
        shift = plate
        while shift < until:  # none or one, then up to three, up to seven ...
            sums |= sums << shift & inside
            shift *= 2
    return sums


def rack_for(equipment: Collection[str], kit: Kit) -> Rack:
    """What there is to load an exercise with."""
    plates = tuple(plate for plate in kit.plates if plate > 0)
    for name, bars in BARS.items():
        if name in equipment:
            return Rack(bars[kit.unit], plates, 2) if plates else stack(kit.unit, bars[kit.unit])
    for name, fixed in FIXED.items():
        if name in equipment:
            steps = tuple((Decimal(step), None if until is None else Decimal(until)) for step, until in fixed[kit.unit])
            return Rack(steps[0][0], steps=steps)
    if plates and not {"weighted_bodyweight", "plate"}.isdisjoint(equipment):
        return Rack(Decimal(0), plates, 1)
    return stack(kit.unit)


def comes_in_fixed_weights(equipment: Collection[str]) -> bool:
    """Whether the next weight up is the next implement of the rack."""
    return BARS.keys().isdisjoint(equipment) and not FIXED.keys().isdisjoint(equipment)


def stack(unit: str, least: Decimal = Decimal(0)) -> Rack:
    """The steps of a machine."""
    return Rack(least, steps=((STACK[unit], None),))


def _thousandths(weight: Decimal) -> int:
    return int((weight * _THOUSAND).to_integral_value(ROUND_HALF_EVEN))


def ramp(count: int) -> Sequence[Decimal]:
    """Shares of the working weight for so many warm-up sets that say no weight (ours): evenly up to 80 %."""
    return [Decimal("0.3") + Decimal("0.5") * (number + 1) / count for number in range(count)]
