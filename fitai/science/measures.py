"""What is measured of a body: in which units it is told, in which it is compared, and what is humanly possible."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from fitai.science.units import KG_PER_LB, round_thousandth

CM_PER_INCH: Final = Decimal("2.54")
"""Exact by definition (1959 yard and pound agreement)."""

MASS: Final = {"kg": Decimal(1), "lb": KG_PER_LB}
LENGTH: Final = {"cm": Decimal(1), "in": CM_PER_INCH}
TIME: Final = {"min": Decimal(1), "h": Decimal(60)}


@dataclass(frozen=True, slots=True)
class Measure:
    """A kind of measurement: `units` by what one of each is in the first, the canonical one; `low` to `high`, in it, is
    what has been seen of people, with a margin."""

    units: dict[str, Decimal]
    low: Decimal
    high: Decimal

    @property
    def canonical_unit(self) -> str:
        return next(iter(self.units))

    def canonical(self, value: Decimal, unit: str) -> Decimal:
        """The value in the canonical unit, to the thousandth. An unknown unit is a KeyError."""
        factor = self.units[unit]
        return value if factor == 1 else round_thousandth(value * factor)

    def preferred_unit(self, *chosen: str) -> str:
        """The first of the chosen units that this is told in, else the canonical one."""
        return next((unit for unit in chosen if unit in self.units), self.canonical_unit)


def _measure(units: dict[str, Decimal], low: str, high: str) -> Measure:
    return Measure(units, Decimal(low), Decimal(high))


def _girth(low: str, high: str) -> Measure:
    return _measure(LENGTH, low, high)


def _only(unit: str) -> dict[str, Decimal]:
    return {unit: Decimal(1)}


MEASURES: Final[dict[str, Measure]] = {
    # The heaviest person known weighed about 635 kg (J. B. Minnoch, 1978; Guinness World Records).
    "weight": _measure(MASS, "10", "650"),
    # Below what men need to live, about 3 % (McArdle, Katch & Katch, Exercise Physiology), some contest bodies measure.
    "body_fat": _measure(_only("percent"), "1", "80"),
    # Girths of the full profile of the ISAK (International Standards for Anthropometric Assessment), limbs on both
    # sides. The largest waist known was 302 cm (W. Hudson, 1987; Guinness World Records).
    "neck": _girth("15", "120"),
    "chest": _girth("30", "320"),
    "waist": _girth("30", "320"),
    "hips": _girth("30", "320"),
    "upper_arm_left": _girth("8", "130"),
    "upper_arm_right": _girth("8", "130"),
    "forearm_left": _girth("8", "90"),
    "forearm_right": _girth("8", "90"),
    "thigh_left": _girth("15", "200"),
    "thigh_right": _girth("15", "200"),
    "calf_left": _girth("10", "130"),
    "calf_right": _girth("10", "130"),
    # The slowest healthy heart on record beat 27 times a minute (M. Brady, 2005; Guinness World Records).
    "resting_heart_rate": _measure(_only("bpm"), "20", "220"),
    # RMSSD; adults at rest have 19 to 107 ms (Nunan 2010, 44 studies), trained youths a multiple.
    "heart_rate_variability": _measure(_only("ms"), "1", "500"),
    # The highest reported was 97.5 (O. Svendsen, 2012).
    "vo2max": _measure(_only("ml_kg_min"), "5", "110"),
    "sleep": _measure(TIME, "1", "1440"),
}
