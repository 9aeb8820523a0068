"""A good plan written by hand: four days of an intermediate lifter, six weeks, the last one easy."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Final
from uuid import UUID, uuid5

from templates_app.plan import Day, Load, Plan, PlannedExercise, PrescribedSet, Progression, Week
from templates_app.planner import CatalogueExercise
from tests.templates_app.planner.people import PEOPLE

REQUEST: Final = PEOPLE["upper and lower"]

# Exercise, sets, repetitions at least and at most, rest.
DAYS: Final = {
    "Upper A": """
        barbell-bench-press 4 6 10 150
        machine-shoulder-press 3 8 12 120
        chest-supported-dumbbell-row 3 8 12 120
        pull-up 3 6 10 105
        machine-rear-delt-fly 2 10 15 75
        cable-lateral-raise 2 10 15 75
        triceps-pushdown 2 10 15 75
        cable-curl 2 10 15 75
    """,
    "Lower A": """
        barbell-back-squat 3 6 10 150
        romanian-deadlift 3 6 10 150
        leg-extension 3 10 15 75
        seated-leg-curl 3 10 15 75
        standing-calf-raise 4 10 15 75
        cable-crunch 2 10 15 60
    """,
    "Upper B": """
        machine-chest-press 4 6 10 150
        dumbbell-shoulder-press 3 8 12 120
        seated-cable-row 3 8 12 120
        chin-up 3 6 10 120
        cable-face-pull 2 10 15 75
        machine-lateral-raise 2 10 15 75
        skull-crusher 2 10 15 75
        ez-bar-curl 2 10 15 75
    """,
    "Lower B": """
        leg-press 3 6 10 150
        dumbbell-romanian-deadlift 3 6 10 150
        leg-extension 2 10 15 75
        lying-leg-curl 3 10 15 75
        standing-dumbbell-calf-raise 4 10 15 75
        pallof-press 2 10 15 60
    """,
}
SUBSTITUTES: Final = {"barbell-bench-press": ["dumbbell-bench-press"], "cable-curl": ["dumbbell-curl"]}
WEEKS: Final = 6
NAMESPACE: Final = UUID(int=1)


def good_plan(by_slug: Mapping[str, CatalogueExercise]) -> Plan:
    return Plan(tuple(_week(number, by_slug) for number in range(1, WEEKS + 1)))


def _week(number: int, by_slug: Mapping[str, CatalogueExercise]) -> Week:
    days = []
    for name, table in DAYS.items():
        entries = []
        for line in table.split("\n"):
            if not line.strip():
                continue
            slug, *numbers = line.split()
            count, low, high, rest = map(int, numbers)
            if number == WEEKS:
                count = 1
            item = PrescribedSet(reps=low, reps_max=high, load=Load("rir", Decimal(2)), rest_seconds=rest)
            entries.append(
                PlannedExercise(
                    id=str(uuid5(NAMESPACE, f"{number}/{name}/{slug}")),
                    exercise_id=by_slug[slug].id,
                    sets=(item,) * count,
                    substitutes=tuple(by_slug[other].id for other in SUBSTITUTES.get(slug, ())),
                    progression=Progression("double"),
                )
            )
        days.append(Day(str(uuid5(NAMESPACE, f"{number}/{name}")), name, tuple(entries)))
    return Week(number, tuple(days))
