"""The shape of a training week: which days of the calendar, which part of the body each day, and what a day is for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from templates_app.planner.catalogue import BALLISTIC, CORE_PATTERNS
from templates_app.planner.request import Goal, Level, Split
from templates_app.planner.vocabulary import words

WEEKDAYS: Final[dict[int, tuple[int, ...]]] = {
    1: (0,),
    2: (0, 3),
    3: (0, 2, 4),
    4: (0, 1, 3, 5),
    5: (0, 1, 3, 4, 5),
    6: (0, 1, 2, 3, 4, 5),
    7: (0, 1, 2, 3, 4, 5, 6),
}
"""Days of the week (0 is Monday, or whichever day somebody begins) for each number of days: as even as seven allows,
no two gaps differing by more than one day."""

WEEKDAY_NAMES: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

CORE: Final = CORE_PATTERNS
PUSH: Final = frozenset({"horizontal_push", "vertical_push", "chest_fly", "shoulder_raise", "elbow_extension"})
PULL: Final = words(
    """
    horizontal_pull vertical_pull rear_fly shoulder_extension elbow_flexion shrug grip wrist_flexion wrist_extension
    neck
    """
)
LEGS: Final = words(
    """
    squat hinge lunge hip_extension hip_abduction hip_adduction knee_extension knee_flexion calf_raise
    ankle_dorsiflexion jump olympic
    """
)
ARMS: Final = frozenset({"elbow_flexion", "elbow_extension", "wrist_flexion", "wrist_extension", "grip"})

PUSHES: Final = frozenset({"horizontal_push", "vertical_push", "chest_fly"})
PULLS: Final = frozenset({"horizontal_pull", "vertical_pull", "rear_fly", "shoulder_extension"})
KNEE: Final = frozenset({"squat", "lunge", "knee_extension"})
HIP: Final = frozenset({"hinge", "hip_extension", "knee_flexion"})
"""Patterns whose weekly sets are weighed against each other: pushes : pulls, hip : knee."""

DEMANDING: Final = frozenset({"squat", "hinge", "lunge", "olympic"})
"""Patterns that, with a weight, tire the whole body. A day with one of them is a hard day."""

APART_UP_TO: Final = 4
"""Up to so many days a week hard days are kept apart; with more there is no room for it."""


@dataclass(frozen=True, slots=True)
class Theme:
    """What a day is for: patterns it may hold, one exercise of each unless in `twice`, and what it is built around.

    `slots` are in order of importance; each is filled by one exercise of its patterns. `heads` are the patterns
    without one of which the day would not deserve its name; of `halves` it wants one each, where anything can be done.
    """

    name: str
    patterns: frozenset[str]
    slots: tuple[frozenset[str], ...]
    heads: frozenset[str]
    twice: frozenset[str] = frozenset()
    is_light: bool = False
    halves: tuple[frozenset[str], ...] = ()


def slots(*places: str) -> tuple[frozenset[str], ...]:
    return tuple(frozenset(word.split()) for word in places)


_CORE_SLOT: Final = " ".join(sorted(CORE))
FULL = Theme(
    "Full body",
    PUSH | PULL | LEGS | CORE | {BALLISTIC},
    slots(
        "squat lunge",
        "horizontal_push vertical_push",
        "horizontal_pull vertical_pull",
        "hinge hip_extension knee_flexion olympic",
        _CORE_SLOT,
    ),
    PUSHES | PULLS | KNEE | HIP,
    halves=(PUSHES | PULLS, KNEE | HIP | {"olympic"}),
)
UPPER = Theme(
    "Upper",
    PUSH | PULL | CORE | {BALLISTIC},
    slots(
        "horizontal_push",
        "horizontal_pull",
        "vertical_pull",
        "vertical_push",
        "shoulder_raise",
        "elbow_flexion",
        "elbow_extension",
        "rear_fly",
    ),
    PUSHES | PULLS,
    frozenset({"horizontal_push", "horizontal_pull", "vertical_pull"}),
)
LOWER = Theme(
    "Lower",
    LEGS | CORE,
    slots("squat", "hinge olympic", "lunge knee_extension", "knee_flexion hip_extension", "calf_raise", _CORE_SLOT),
    KNEE | HIP,
    frozenset({"squat"}),
)
LEG_DAY = Theme("Legs", LOWER.patterns, LOWER.slots, LOWER.heads, LOWER.twice)
PUSH_DAY = Theme(
    "Push",
    PUSH | CORE,
    slots("horizontal_push", "vertical_push", "elbow_extension", "shoulder_raise", "chest_fly horizontal_push"),
    frozenset({"horizontal_push", "vertical_push"}),
    frozenset({"horizontal_push", "elbow_extension"}),
)
PULL_DAY = Theme(
    "Pull",
    PULL | CORE,
    slots("vertical_pull", "horizontal_pull", "elbow_flexion", "rear_fly"),
    frozenset({"horizontal_pull", "vertical_pull"}),
    frozenset({"horizontal_pull", "vertical_pull", "elbow_flexion"}),
)
CHEST_DAY = Theme(
    "Chest and triceps",
    frozenset({"horizontal_push", "chest_fly", "elbow_extension"}) | CORE,
    slots("horizontal_push", "chest_fly", "elbow_extension"),
    frozenset({"horizontal_push"}),
    frozenset({"horizontal_push", "elbow_extension"}),
)
BACK_DAY = Theme(
    "Back and biceps",
    PULL_DAY.patterns,
    slots("vertical_pull", "horizontal_pull", "elbow_flexion"),
    PULL_DAY.heads,
    PULL_DAY.twice,
)
SHOULDER_DAY = Theme(
    "Shoulders and trunk",
    frozenset({"vertical_push", "shoulder_raise", "rear_fly", "shrug"}) | CORE,
    slots("vertical_push", "shoulder_raise", "rear_fly", _CORE_SLOT),
    frozenset({"vertical_push", "shoulder_raise", "rear_fly"}),
    frozenset({"shoulder_raise", "core_flexion", "core_antiextension"}),
)
ARM_DAY = Theme(
    "Arms",
    ARMS | CORE,
    slots("elbow_flexion", "elbow_extension"),
    frozenset({"elbow_flexion", "elbow_extension"}),
    frozenset({"elbow_flexion", "elbow_extension"}),
)
LIGHT_DAY = Theme(
    "Shoulders, arms and trunk",
    ARMS | CORE | frozenset({"shoulder_raise", "rear_fly", "calf_raise"}),
    slots("shoulder_raise", "rear_fly", "elbow_flexion", "elbow_extension", _CORE_SLOT),
    ARMS | CORE | frozenset({"shoulder_raise", "rear_fly", "calf_raise"}),
    frozenset({"core_flexion", "core_antiextension"}),
    is_light=True,
)
SMALL_DAY = Theme(
    "Easy full body",
    FULL.patterns - {"olympic", "jump", BALLISTIC},
    slots("lunge squat hip_extension", "horizontal_pull vertical_pull rear_fly", "horizontal_push", _CORE_SLOT),
    FULL.heads | CORE,
    is_light=True,
)

_WEEKS: Final[dict[Split, dict[int, tuple[Theme, ...]]]] = {
    "full_body": {days: (FULL,) * days for days in range(1, 8)},
    "upper_lower": {
        2: (UPPER, LOWER),
        3: (UPPER, LOWER, FULL),
        4: (UPPER, LOWER, UPPER, LOWER),
        5: (UPPER, LOWER, UPPER, LOWER, FULL),
        6: (UPPER, LOWER) * 3,
        7: (*(UPPER, LOWER) * 3, SMALL_DAY),
    },
    "push_pull_legs": {
        3: (PUSH_DAY, LEG_DAY, PULL_DAY),
        4: (PUSH_DAY, LEG_DAY, PULL_DAY, FULL),
        5: (UPPER, LOWER, PUSH_DAY, PULL_DAY, LEG_DAY),
        6: (PUSH_DAY, PULL_DAY, LEG_DAY) * 2,
        7: (*(PUSH_DAY, PULL_DAY, LEG_DAY) * 2, LIGHT_DAY),
    },
    "body_part": {
        4: (CHEST_DAY, LEG_DAY, BACK_DAY, SHOULDER_DAY),
        5: (CHEST_DAY, LEG_DAY, BACK_DAY, SHOULDER_DAY, ARM_DAY),
        6: (CHEST_DAY, BACK_DAY, LEG_DAY, SHOULDER_DAY, ARM_DAY, LEG_DAY),
        7: (CHEST_DAY, BACK_DAY, LEG_DAY, SHOULDER_DAY, ARM_DAY, LEG_DAY, LIGHT_DAY),
    },
}
"""The days of a week for each split; a number of days that a split has no week for excludes it."""


def themes(split: Split, days: int) -> tuple[Theme, ...] | None:
    """The days of a week, or None where the split needs more days."""
    return _WEEKS[split].get(days)


def usual_splits(goal: Goal, level: Level, days: int) -> tuple[Split, ...]:
    """Splits in the order in which they suit: every muscle twice a week with the fewest days to do it in (ours, after
    frequency mattering for strength and hardly for size, Pelland 2024)."""
    if days <= 3:
        return ("full_body",)
    if days == 4 or level == "beginner" or goal in {"general", "fat_loss", "endurance", "power"}:
        return ("upper_lower", "full_body")
    return ("push_pull_legs", "upper_lower", "full_body")


def neighbours(days: int) -> list[tuple[int, int]]:
    """Pairs of training days (counted from 0) that fall on consecutive days, Sunday and the next Monday among them."""
    weekdays = WEEKDAYS[days]
    pairs = [(place, (place + 1) % days) for place in range(days)]
    return [(a, b) for a, b in pairs if a != b and (weekdays[b] - weekdays[a]) % 7 == 1]
