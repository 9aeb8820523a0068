"""Sets, repetitions, rests and effort: what a goal asks of a lift in its place.

Repetitions follow the ranges of `science.md`: strength 1–6, hypertrophy 5–30 (usually 6–15), power 1–5 fast,
endurance 15–30; beginners start lighter, at 8–12 (ACSM 2009). Rests: at least 3 minutes between heavy sets of 1–6,
1–2 minutes where loads are light, under a minute for endurance (ACSM 2009).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from templates_app.planner.catalogue import CatalogueExercise
from templates_app.planner.request import Goal, Level, PlanRequest
from templates_app.planner.vocabulary import words

Role = Literal["explosive", "main", "assist", "isolate", "core"]
ROLES: Final[tuple[Role, ...]] = ("explosive", "main", "assist", "isolate", "core")
"""What a lift is in a day, in the order of training: fast ones while fresh, heavy before light, the trunk last
(ACSM 2009: large before small, multiple-joint before single-joint, higher before lower intensity)."""


@dataclass(frozen=True, slots=True)
class Scheme:
    """Repetitions `low`–`high` (or seconds, for holds and carries), rest after a set, sets at least and at most.

    `tempo` is given where the load cannot be made heavier: slower is harder.
    """

    low: int
    high: int
    rest: int
    least: int
    most: int
    tempo: tuple[int, int, int, int] | None = None


SCHEMES: Final[dict[Goal, dict[Role, Scheme]]] = {
    "strength": {
        "explosive": Scheme(3, 3, 150, 3, 4),
        "main": Scheme(4, 6, 180, 3, 5),
        "assist": Scheme(6, 8, 120, 2, 4),
        "isolate": Scheme(8, 12, 75, 2, 3),
        "core": Scheme(8, 12, 60, 2, 3),
    },
    "hypertrophy": {
        "explosive": Scheme(3, 5, 120, 3, 3),
        "main": Scheme(6, 10, 150, 3, 4),
        "assist": Scheme(8, 12, 120, 2, 4),
        "isolate": Scheme(10, 15, 75, 2, 4),
        "core": Scheme(10, 15, 60, 2, 3),
    },
    "power": {
        "explosive": Scheme(3, 5, 150, 3, 5),
        "main": Scheme(3, 5, 180, 3, 4),
        "assist": Scheme(5, 8, 120, 2, 4),
        "isolate": Scheme(8, 12, 75, 2, 3),
        "core": Scheme(8, 12, 60, 2, 3),
    },
    "general": {
        "explosive": Scheme(5, 8, 90, 2, 3),
        "main": Scheme(8, 10, 120, 2, 4),
        "assist": Scheme(8, 12, 90, 2, 3),
        "isolate": Scheme(10, 15, 60, 2, 3),
        "core": Scheme(10, 15, 45, 2, 3),
    },
    "fat_loss": {
        "explosive": Scheme(8, 10, 60, 2, 3),
        "main": Scheme(8, 10, 120, 2, 4),
        "assist": Scheme(10, 15, 60, 2, 3),
        "isolate": Scheme(12, 15, 45, 2, 3),
        "core": Scheme(10, 15, 45, 2, 3),
    },
    "endurance": {
        "explosive": Scheme(8, 10, 60, 2, 3),
        "main": Scheme(15, 20, 60, 2, 4),
        "assist": Scheme(15, 20, 60, 2, 3),
        "isolate": Scheme(15, 25, 45, 2, 3),
        "core": Scheme(15, 20, 45, 2, 3),
    },
}

_BODY: Final[dict[Goal, dict[str, tuple[int, int]]]] = {
    "strength": {"beginner": (6, 12), "intermediate": (4, 8), "advanced": (3, 6)},
    "hypertrophy": {"beginner": (8, 15), "intermediate": (6, 10), "advanced": (4, 8)},
    "power": {"beginner": (6, 10), "intermediate": (4, 6), "advanced": (3, 5)},
    "general": {"beginner": (8, 12), "intermediate": (5, 10), "advanced": (3, 8)},
    "fat_loss": {"beginner": (10, 15), "intermediate": (6, 10), "advanced": (4, 8)},
    "endurance": {"beginner": (15, 25), "intermediate": (10, 15), "advanced": (5, 10)},
}
"""Repetitions with nothing but the body, by how hard the exercise is: its weight cannot be chosen, so they give way."""

_LIGHT_BODY: Final = words("calf_raise hip_extension ankle_dorsiflexion squat rear_fly hip_abduction")
"""Where the body or a band alone is little, more repetitions make up for it (load is free for growth, 30–85 %)."""

HOLD_SECONDS: Final[dict[Level, tuple[int, int]]] = {
    "beginner": (20, 40),
    "intermediate": (30, 50),
    "advanced": (40, 60),
}
CARRY_SECONDS: Final = (30, 45)

SPARED: Final = frozenset({"pregnancy", "high_blood_pressure", "hernia"})
"""With these nobody strains against a held breath: effort stays at 3 or more repetitions in reserve (ours, careful)."""
SPARED_RIR: Final = 3
MAX_RIR: Final = 4
"""Beyond this many repetitions in reserve a set is a warm-up; only easy weeks and fast lifts go to it."""

RIR_FLOORS: Final[dict[Level, int]] = {"beginner": 2, "intermediate": 1, "advanced": 0}
"""Repetitions that stay in reserve at least, by level (ours: beginners misjudge them most)."""
GOAL_RIR_FLOORS: Final[dict[Goal, int]] = {
    "strength": 1,
    "hypertrophy": 0,
    "power": 2,
    "general": 2,
    "fat_loss": 2,
    "endurance": 1,
}


def rir_floor(request: PlanRequest) -> int:
    """The nearest to failure that a working set may come."""
    floor = max(RIR_FLOORS[request.level], GOAL_RIR_FLOORS[request.goal])
    return max(floor, SPARED_RIR) if request.injuries & SPARED else floor


def is_spared(request: PlanRequest) -> bool:
    return bool(request.injuries & SPARED)


def scheme(exercise: CatalogueExercise, role: Role, request: PlanRequest) -> Scheme:
    """What this exercise is done for in this role: ranges fitted to what can be loaded, and to the person."""
    base = SCHEMES[request.goal][role]
    if exercise.is_timed:
        low, high = CARRY_SECONDS if exercise.is_weighted else HOLD_SECONDS[request.level]
        return Scheme(low, high, min(base.rest, 60), base.least, min(base.most, 3))
    low, high = base.low, base.high
    if role == "explosive":
        if exercise.pattern == "hinge":
            low, high = (8, 10) if request.goal in {"power", "strength"} else (12, 15)
    elif exercise.tracking == "reps":
        low, high = _BODY[request.goal][exercise.difficulty]
        if exercise.difficulty == "beginner" and exercise.pattern in _LIGHT_BODY and request.goal != "endurance":
            low, high = low + 4, high + 5
    elif role == "main" and request.level == "beginner" and request.goal in {"strength", "power"}:
        low, high = 5, 5
    elif exercise.pattern == "calf_raise" and request.goal in {"strength", "power"}:
        low, high = 8, 12
    if is_spared(request) and role != "explosive" and exercise.tracking != "reps":
        low, high = max(low, 8), max(high, 12)
    rest = max(base.rest, 90) if is_spared(request) and role in {"main", "assist"} else base.rest
    return Scheme(low, high, rest, base.least, base.most, tempo(exercise, role, request))


def tempo(exercise: CatalogueExercise, role: Role, request: PlanRequest) -> tuple[int, int, int, int] | None:
    """Slow on the way down, where a lift with nothing but the body has become easy for somebody who wants to grow."""
    is_easy = exercise.tracking == "reps" and exercise.difficulty == "beginner" and request.level != "beginner"
    if is_easy and role == "assist" and request.goal in {"strength", "hypertrophy"}:
        return (3, 1, 1, 0)
    return None
