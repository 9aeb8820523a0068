"""Words of the exercise library that tables are written in. The library's own enums need Django; a test compares."""

from __future__ import annotations

from typing import Final


def words(text: str) -> frozenset[str]:
    """The words of a text, for tables that are easier to read as text."""
    return frozenset(text.split())


EQUIPMENT: Final = words(
    """
    barbell dumbbell kettlebell cable machine smith ez_bar trap_bar band bodyweight assisted weighted_bodyweight plate
    medicine_ball exercise_ball suspension foam_roll cardio_machine bench rack pull_up_bar dip_bars box
    """
)
