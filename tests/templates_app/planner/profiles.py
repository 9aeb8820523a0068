"""Two hundred people who never were: requests over everything the planner takes, from a seed."""

from __future__ import annotations

import random
from collections.abc import Sequence
from decimal import Decimal

from templates_app.planner import GOALS, LEVELS, SPLITS, CatalogueExercise, History, PlanRequest
from templates_app.planner.vocabulary import EQUIPMENT

GYM = sorted(EQUIPMENT - {"foam_roll", "cardio_machine", "bodyweight"})
PLACES = (
    GYM,
    GYM,
    ["barbell", "bench", "rack", "plate"],
    ["barbell", "dumbbell", "bench", "rack", "pull_up_bar", "plate"],
    ["dumbbell", "bench"],
    ["dumbbell"],
    ["band"],
    ["band", "dumbbell", "pull_up_bar"],
    ["kettlebell"],
    ["pull_up_bar", "dip_bars"],
    ["machine", "cable"],
    [],
)
INJURIES = (
    "lower_back",
    "knee",
    "shoulder",
    "wrist",
    "elbow",
    "hip",
    "ankle",
    "neck",
    "pregnancy",
    "hernia",
    "high_blood_pressure",
)
MUSCLES = ("chest", "lats", "quads", "hamstrings", "glutes", "side_delts", "biceps", "triceps", "calves", "abs")


def profiles(
    catalogue: Sequence[CatalogueExercise], count: int = 200, seed: int = 3
) -> list[tuple[PlanRequest, History]]:
    """The same people for the same seed."""
    draw = random.Random(seed)
    return [_person(draw, catalogue, number) for number in range(count)]


def _person(draw: random.Random, catalogue: Sequence[CatalogueExercise], number: int) -> tuple[PlanRequest, History]:
    ids = sorted(item.id for item in catalogue)
    request = PlanRequest(
        goal=draw.choice(GOALS),
        level=draw.choice(LEVELS),
        days_per_week=draw.randint(1, 7),
        minutes=draw.choice((15, 20, 30, 45, 60, 75, 90, 120, 180)),
        weeks=draw.randint(1, 16),
        equipment=frozenset(draw.choice(PLACES)),
        injuries=frozenset(draw.sample(INJURIES, draw.choice((0, 0, 0, 0, 1, 1, 1, 2, 2, 3, 5)))),
        like=frozenset(draw.sample(ids, draw.choice((0, 0, 2, 4))) + draw.sample(MUSCLES, draw.choice((0, 0, 0, 1)))),
        avoid=frozenset(
            draw.sample(ids, draw.choice((0, 0, 3))) + draw.sample(MUSCLES, draw.choice((0, 0, 0, 0, 1, 3)))
        ),
        split=draw.choice((None, None, None, None, *SPLITS)),
        seed=number,
    )
    lifts = draw.sample(ids, draw.choice((0, 0, 20, 60)))
    e1rm_kg = {id: Decimal(draw.randint(8, 220)) for id in lifts}
    return request, History(e1rm_kg, frozenset(draw.sample(ids, draw.choice((0, 10)))))
