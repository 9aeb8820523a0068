"""How good a choice an exercise is for somebody, and which places in a day it can take: a coach's judgement (ours).

Merits order what the rules leave open; no rule rests on them. `standing.py` says how common and useful an
exercise is; the rest is what it is: joints, equipment, difficulty.
"""

from __future__ import annotations

import hashlib
from typing import Final

from templates_app.planner.catalogue import CatalogueExercise
from templates_app.planner.prescription import Role, is_spared
from templates_app.planner.request import History, PlanRequest
from templates_app.planner.standing import Standing, standing
from templates_app.planner.vocabulary import words

STANDING_MERIT: Final[dict[Standing, int]] = {
    "staple": 6,
    "solid": 0,
    "second": -6,
    "specialty": -15,
    "preparation": -15,
}
OUTGROWN: Final = words(
    """
    dumbbell-deadlift dumbbell-lunge dumbbell-squat dumbbell-step-up goblet-squat incline-push-up kettlebell-deadlift
    kettlebell-goblet-squat knee-push-up trap-bar-deadlift
    """
)
"""Good beginnings that somebody experienced has better things than, where there are any."""
ONLY_IF_LIKED: Final = frozenset({"neck", "wrist_flexion", "wrist_extension", "grip", "ankle_dorsiflexion", ""})
"""Patterns that nobody is given unasked; the last is an exercise of which nothing is known."""

TRAINING_MAX_LIFTS: Final = words("""
    barbell-back-squat front-squat barbell-deadlift sumo-deadlift trap-bar-deadlift barbell-bench-press
    barbell-overhead-press
    """)
"""Barbell lifts whose 1RM people know or can be asked for: percentages of a training max make sense for these."""
HEAVY_LIFTS: Final = TRAINING_MAX_LIFTS | words("""
    belt-squat chest-dip close-grip-bench-press dumbbell-bench-press dumbbell-floor-press dumbbell-shoulder-press
    dumbbell-squat goblet-squat hack-squat handstand-push-up incline-barbell-bench-press incline-dumbbell-bench-press
    iso-lateral-chest-press leg-press machine-chest-press machine-shoulder-press pike-push-up pull-up
    seated-barbell-overhead-press smith-machine-bench-press smith-machine-incline-bench-press
    smith-machine-overhead-press smith-machine-squat standing-dumbbell-press triceps-dip weighted-chin-up weighted-dip
    weighted-pull-up
    """)
"""What can be done for few heavy repetitions with good form; rows and stiff-legged pulls do better with more."""
COMPETITION: Final = frozenset({"barbell-back-squat", "barbell-bench-press", "barbell-deadlift"})
PULLED_FROM_FLOOR: Final = frozenset({"barbell-deadlift", "sumo-deadlift", "trap-bar-deadlift"})
"""Of these one a week is enough: they cost most to recover from (ours)."""

MAIN_PATTERNS: Final = frozenset(
    {"squat", "hinge", "horizontal_push", "vertical_push", "horizontal_pull", "vertical_pull"}
)
SINGLE_JOINT_PATTERNS: Final = words(
    """
    rear_fly chest_fly shoulder_raise shoulder_extension shrug elbow_flexion elbow_extension knee_flexion knee_extension
    hip_abduction hip_adduction calf_raise
    """
)
"""Done like isolation, for more repetitions, whatever joints move along."""
EXPLOSIVE_LIFTS: Final = frozenset({"push-press", "kettlebell-swing"})
"""Fast lifts that their pattern does not show."""
BREATHLESS: Final = frozenset({"burpee", "kettlebell-swing", "squat-jump", "wall-ball"})
"""Fast lifts that go on and on, for circuits."""
_NOT_MAIN: Final = frozenset({"bodyweight-squat", "wall-sit", "barbell-good-morning", "push-press", "kettlebell-swing"})
_PORTABLE: Final = frozenset(
    {"dumbbell", "kettlebell", "bodyweight", "band", "medicine_ball", "plate", "suspension", "box"}
)
"""Equipment that can be taken to one spot, as a circuit needs."""


def is_main_lift(exercise: CatalogueExercise) -> bool:
    """Whether a day can be built around it: many joints, and a load to progress by."""
    return (
        exercise.is_compound
        and exercise.pattern in MAIN_PATTERNS
        and exercise.slug not in _NOT_MAIN
        and standing(exercise) in {"staple", "solid"}
        and not exercise.unilateral
        and exercise.tracking in {"weight_reps", "assisted_reps", "reps"}
        and not (exercise.tracking == "reps" and exercise.difficulty == "beginner")
    )


def uses_training_max(exercise: CatalogueExercise, request: PlanRequest) -> bool:
    """Whether its loads are shares of a training max: strength, past the beginner's linear gains, in whole waves.

    Never for somebody who must not strain: a wave ends in a heavy open set.
    """
    return (
        request.goal == "strength"
        and request.level != "beginner"
        and request.weeks >= 3
        and not is_spared(request)
        and exercise.slug in TRAINING_MAX_LIFTS
    )


def roles(exercise: CatalogueExercise, request: PlanRequest) -> tuple[Role, ...]:
    """The places it can take in a day of this person."""
    liked = exercise.id in request.like
    is_hold = exercise.tracking == "time" and not exercise.is_core
    if not liked and (is_hold or exercise.pattern in ONLY_IF_LIKED or standing(exercise) == "preparation"):
        return ()
    if exercise.is_explosive or exercise.slug in EXPLOSIVE_LIFTS:
        return _fast_roles(exercise, request, liked)
    if exercise.is_core:
        return ("core",)
    if not exercise.is_compound or exercise.pattern in SINGLE_JOINT_PATTERNS:
        return ("isolate",)
    if exercise.slug in PULLED_FROM_FLOOR and request.goal != "endurance":
        return ("main",)
    if is_main_lift(exercise) and not (request.goal in {"strength", "power"} and exercise.slug not in HEAVY_LIFTS):
        return ("main", "assist")
    return ("assist",)


def _fast_roles(exercise: CatalogueExercise, request: PlanRequest, liked: bool) -> tuple[Role, ...]:
    if (request.goal == "power" and exercise.slug != "burpee") or liked:
        return ("explosive",)
    if exercise.slug in BREATHLESS and request.goal in {"fat_loss", "endurance"}:
        return ("assist",)
    return ()


def merit(exercise: CatalogueExercise, role: Role, request: PlanRequest, history: History) -> int:
    """From 0, a makeshift, to about 40, the obvious choice."""
    score = 20
    score += STANDING_MERIT[standing(exercise)]
    score -= 4 if "band" in exercise.equipment and exercise.tracking == "reps" and len(request.equipment) > 3 else 0
    score += _level_merit(exercise, role, request)
    score += _goal_merit(exercise, role, request)
    if role == "main":
        score += 3 if exercise.id in history.e1rm_kg else 0
        score += 3 if exercise.pattern in {"squat", "hinge", "horizontal_push"} else 0
    elif exercise.id in history.recent:
        score -= 2
    return max(score, 0)


def _level_merit(exercise: CatalogueExercise, role: Role, request: PlanRequest) -> int:
    steps = {"beginner": 0, "intermediate": 1, "advanced": 2}
    gap = steps[exercise.difficulty] - steps[request.level]
    if exercise.is_weighted:
        return -3 * max(gap, 0) if not (role == "main" and request.goal == "strength") else 0
    if exercise.tracking == "assisted_reps" or exercise.slug == "band-assisted-pull-up":
        return 1 if request.level == "beginner" else -7
    if exercise.is_core or exercise.is_timed:
        return -2 * abs(gap)
    return -4 * max(gap, 0) + 5 * min(gap, 0)


def _goal_merit(exercise: CatalogueExercise, role: Role, request: PlanRequest) -> int:
    score = -5 if exercise.slug in OUTGROWN and request.level != "beginner" else 0
    barbell = bool(exercise.equipment & {"barbell", "trap_bar"})
    if request.goal in {"strength", "power"} and role == "main":
        score += 6 if barbell else 0
        score += 4 if exercise.slug in COMPETITION else 0
    if request.goal == "strength" and role == "assist":
        score += 1 if barbell else 0
    if role == "explosive":
        score += 4 if exercise.pattern in {"olympic", "jump"} else 1
        score += 2 if exercise.slug in {"power-clean", "box-jump"} else 0
        score -= 4 if exercise.slug in {"clean-and-jerk", "barbell-snatch", "burpee", "pogo-jump"} else 0
    if request.goal in {"fat_loss", "endurance"}:
        if role == "main":
            score += 4 if exercise.pattern in {"squat", "hinge"} else 0
        else:
            score += 3 if exercise.equipment <= _PORTABLE else -2
    if request.goal in {"general", "fat_loss", "endurance"} and barbell:
        score -= 2
    if exercise.slug in PULLED_FROM_FLOOR and request.goal not in {"strength", "power"}:
        score -= 8
    if request.level == "beginner" and request.goal != "strength":
        score -= 2 if barbell else 0
        score += 1 if exercise.equipment & {"machine", "dumbbell", "cable"} else 0
    if role == "main" and exercise.tracking == "reps":
        score -= 2
    return score


def jitter(exercise: CatalogueExercise, seed: int) -> int:
    """0 to 2, fixed for a seed: which of equally good exercises it is."""
    return hashlib.sha256(f"{seed}:{exercise.slug}:{exercise.id}".encode()).digest()[0] % 3
