"""How many weekly sets a muscle should get and can bear, and how sets are counted.

Sets are fractional: one for a muscle an exercise is done for, half a one for a muscle that helps (Pelland 2024, 67
studies, 2,058 people). Inside the planner they are counted in halves, as integers.

Ceilings are the "maximum recoverable volume" of Renaissance Periodization's published landmarks. They are **expert
opinion**, and public copies disagree by a few sets; groups without a published landmark have one of ours. Floors for
hypertrophy are the same source's "minimum effective volume", which agrees with under 5, 5–9 and 10 or more weekly sets
growing more in that order (Schoenfeld 2017, 15 studies); floors for other goals are ours, at or below it.
"""

from __future__ import annotations

from typing import Final

from templates_app.planner.request import Goal, Level, PlanRequest

GROUPS: Final[dict[str, frozenset[str]]] = {
    "chest": frozenset({"chest"}),
    "back": frozenset({"lats", "upper_back"}),
    "quads": frozenset({"quads"}),
    "hamstrings": frozenset({"hamstrings"}),
    "glutes": frozenset({"glutes"}),
    "side_rear_delts": frozenset({"side_delts", "rear_delts"}),
    "front_delts": frozenset({"front_delts"}),
    "biceps": frozenset({"biceps", "brachialis"}),
    "triceps": frozenset({"triceps"}),
    "calves": frozenset({"calves", "soleus"}),
    "abs": frozenset({"abs", "obliques"}),
    "traps": frozenset({"traps"}),
    "lower_back": frozenset({"lower_back"}),
    "forearms": frozenset({"forearms"}),
    "adductors": frozenset({"adductors"}),
    "abductors": frozenset({"abductors"}),
    "neck": frozenset({"neck"}),
}
"""Muscles that are counted as one. A set that is done for two muscles of a group is one set of the group."""

NAMES: Final = {
    "side_rear_delts": "side and rear shoulders",
    "front_delts": "front shoulders",
    "abs": "trunk",
    "lower_back": "lower back",
}
"""Groups whose name does not speak for itself."""

CEILINGS: Final[dict[str, int]] = {
    "chest": 22,
    "back": 25,
    "quads": 20,
    "hamstrings": 20,
    "glutes": 16,
    "side_rear_delts": 26,
    "front_delts": 12,
    "biceps": 26,
    "triceps": 18,
    "calves": 20,
    "abs": 25,
    "traps": 26,
    "lower_back": 18,  # from here on ours: helpers of what is planned for others
    "forearms": 25,
    "adductors": 18,
    "abductors": 18,
    "neck": 12,
}
"""Weekly sets beyond which somebody advanced hardly recovers."""

LEVEL_CEILING: Final[dict[Level, float]] = {"beginner": 0.7, "intermediate": 0.85, "advanced": 1.0}
"""Share of a ceiling at each level (ours): who is new grows from less and is sore from less."""

DAY_CEILING: Final = 10
"""Sets of one muscle on one day (ours): what goes beyond is better done on another day."""

LEVEL_FLOOR: Final[dict[Level, float]] = {"beginner": 0.7, "intermediate": 1.0, "advanced": 1.2}
"""Share of a floor at each level (ours)."""

FLOORS: Final[dict[Goal, dict[str, tuple[int, int]]]] = {
    "hypertrophy": {
        "chest": (8, 1),
        "back": (10, 1),
        "quads": (8, 1),
        "hamstrings": (6, 1),
        "side_rear_delts": (8, 2),
        "biceps": (8, 2),
        "triceps": (6, 2),
        "glutes": (4, 2),
        "calves": (6, 3),
        "abs": (4, 3),
    },
    "strength": {
        "quads": (7, 1),
        "chest": (7, 1),
        "back": (8, 1),
        "hamstrings": (6, 1),
        "glutes": (6, 1),
        "front_delts": (4, 2),
        "triceps": (5, 2),
        "abs": (4, 2),
        "biceps": (3, 3),
        "side_rear_delts": (3, 3),
    },
    "power": {
        "quads": (7, 1),
        "glutes": (6, 1),
        "hamstrings": (6, 1),
        "back": (6, 2),
        "chest": (5, 2),
        "front_delts": (3, 2),
        "calves": (3, 2),
        "abs": (4, 2),
        "triceps": (3, 3),
    },
    "general": {
        "quads": (6, 1),
        "back": (6, 1),
        "chest": (6, 1),
        "hamstrings": (5, 1),
        "glutes": (5, 1),
        "side_rear_delts": (4, 2),
        "abs": (4, 2),
        "biceps": (3, 3),
        "triceps": (3, 3),
        "calves": (3, 3),
    },
    "fat_loss": {
        "quads": (6, 1),
        "glutes": (6, 1),
        "back": (6, 1),
        "chest": (6, 1),
        "hamstrings": (5, 1),
        "abs": (4, 2),
        "side_rear_delts": (4, 2),
        "biceps": (3, 3),
        "triceps": (3, 3),
    },
    "endurance": {
        "quads": (6, 1),
        "hamstrings": (6, 1),
        "glutes": (6, 1),
        "calves": (6, 1),
        "abs": (6, 1),
        "back": (6, 2),
        "chest": (5, 2),
        "side_rear_delts": (3, 3),
    },
}
"""Weekly sets at least, and in which order of importance: 1 is what the goal names first."""

LIKED_MUSCLE: Final = (1.5, 0.6)
"""What a muscle gets at least that somebody wishes to train: so many times its floor, and this share of its ceiling
(ours)."""
LIKED_RANK: Final = 4
"""Of a muscle that the goal does not name and somebody wishes to train."""


def group_of(muscle: str) -> str | None:
    """The group a muscle is counted in; None for those that nobody counts (serratus, hip flexors, tibialis)."""
    return next((name for name, muscles in GROUPS.items() if muscle in muscles), None)


def group_name(group: str) -> str:
    return NAMES.get(group, group)


def ceiling(group: str, level: Level) -> float:
    """Weekly sets at most, in half sets."""
    return int(CEILINGS[group] * LEVEL_CEILING[level] * 2) / 2


def goal_floors(request: PlanRequest) -> dict[str, tuple[float, int]]:
    """Weekly sets at least for each group that the goal names, and its rank; none for what shall be avoided."""
    return {
        group: (_bounded(sets * LEVEL_FLOOR[request.level], group, request), rank)
        for group, (sets, rank) in FLOORS[request.goal].items()
        if not _is_avoided(group, request)
    }


def liked_floors(request: PlanRequest) -> dict[str, float]:
    """Weekly sets at least for each group that somebody wishes to train, whether the goal names it or not."""
    times, share = LIKED_MUSCLE
    wanted = {}
    for group in sorted({group for muscle in request.like if (group := group_of(muscle))}):
        if not _is_avoided(group, request):
            named, _ = FLOORS[request.goal].get(group, (0, 0))
            least = max(named * LEVEL_FLOOR[request.level] * times, ceiling(group, request.level) * share)
            wanted[group] = _bounded(least, group, request)
    return wanted


def floors(request: PlanRequest) -> dict[str, tuple[float, int]]:
    """Weekly sets at least for each group that this plan is for, and its rank."""
    wanted = goal_floors(request)
    for group, sets in liked_floors(request).items():
        least, rank = wanted.get(group, (0.0, LIKED_RANK))
        wanted[group] = (max(least, sets), rank)
    return wanted


def _is_avoided(group: str, request: PlanRequest) -> bool:
    return GROUPS[group] <= request.avoid or (group == "back" and "lats" in request.avoid)


def _bounded(sets: float, group: str, request: PlanRequest) -> float:
    return min(float(round(sets)), ceiling(group, request.level) * 0.7 // 0.5 / 2)
