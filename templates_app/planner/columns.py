"""What the solver chooses among: an exercise in a role, on a day, in a form, with what it costs and is worth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from templates_app.planner.catalogue import BALLISTIC, EXPLOSIVE_PATTERNS, CatalogueExercise
from templates_app.planner.merits import jitter, merit, roles, uses_training_max
from templates_app.planner.prescription import Role, Scheme, is_spared, scheme
from templates_app.planner.request import History, PlanRequest
from templates_app.planner.standing import standing
from templates_app.planner.timing import (
    AMRAP_EXTRA_REPS,
    CHANGE_SECONDS,
    SECONDS_PER_REP,
    SHORT_MINUTES,
    STATION_SECONDS,
    SWITCH_SECONDS,
)
from templates_app.planner.volume import floors
from templates_app.planner.week import FULL, PULLS, Theme

Style = Literal["straight", "superset", "circuit"]
Form = Literal["straight", "paired", "circuit"]

PAIRED_REST: Final = 60
"""After both exercises of a superset: each muscle has rested while the other worked (ours)."""
WARM_UP_REST: Final = 60
FAMILIES: Final[tuple[tuple[frozenset[str], frozenset[str]], ...]] = (
    (frozenset({"horizontal_push", "chest_fly"}), frozenset({"horizontal_pull", "rear_fly"})),
    (frozenset({"vertical_push", "shoulder_raise"}), frozenset({"vertical_pull", "shoulder_extension"})),
    (frozenset({"elbow_extension"}), frozenset({"elbow_flexion"})),
    (frozenset({"knee_extension"}), frozenset({"knee_flexion"})),
    (
        frozenset({"calf_raise"}),
        frozenset({"core_flexion", "core_antiextension", "core_rotation", "core_lateral_flexion"}),
    ),
)
"""Opposites that can take turns: one works while the other rests."""

WAVE_SETS: Final = 3
BARS: Final = frozenset({"barbell", "trap_bar", "smith"})
"""What is loaded heavily enough to want a lighter set first, wherever in a day it stands (ours)."""
ROOMY_MINUTES: Final = 45
"""From so many minutes on a lift of many joints is worth three sets, not two."""
CANDIDATES: Final = 40
"""Up to so many exercises are all weighed; of more, the best of each pattern."""
LEAST_CANDIDATES: Final = 2
"""Of each pattern, whatever they are: enough for days in a row. Beyond them only what is a good choice is weighed."""
CHOSEN_PATTERNS: Final = frozenset({"squat", "hinge", "horizontal_push", "horizontal_pull", "vertical_pull"})


def per_pattern(pattern: str, days: int) -> int:
    """How many exercises of a pattern are weighed: enough for every day to have its own."""
    return (3 if days <= 3 else 4) + (2 if pattern in CHOSEN_PATTERNS else 0)


@dataclass(frozen=True, slots=True)
class Column:
    """A choice the solver can take: `day` counts from 0, `fixed` and `each` are seconds, once and for every set."""

    day: int
    exercise: CatalogueExercise
    role: Role
    form: Form
    scheme: Scheme
    least: int
    most: int
    fixed: int
    each: int
    merit: int


def style(request: PlanRequest) -> Style:
    """Circuits where breath is trained too, supersets where time is short of what the muscles need, else set by set."""
    if request.goal in {"fat_loss", "endurance"} or (request.goal == "general" and request.minutes <= SHORT_MINUTES):
        return "circuit"
    needed = sum(sets for sets, _ in floors(request).values()) / 1.7 * 3.2
    short = request.minutes <= 45 and request.days_per_week * (request.minutes - 6) < needed
    return "superset" if short or request.minutes <= SHORT_MINUTES else "straight"


def turns(request: PlanRequest) -> int:
    """Sets of everything in a superset, rounds of a circuit."""
    return 3 if request.minutes >= SHORT_MINUTES else 2


def round_rest(request: PlanRequest) -> int:
    """Seconds after a round of a circuit (ours)."""
    if is_spared(request):
        return 90
    return 45 if request.goal == "endurance" else 60


def warm_ups(exercise: CatalogueExercise, role: Role, request: PlanRequest) -> tuple[int, ...]:
    """Repetitions of the lighter sets before a lift: more for heavier ones, none where nothing can be lighter."""
    if exercise.tracking != "weight_reps" or role in {"isolate", "core"} or exercise.kind == "plyometric":
        return ()
    if role == "assist" and (style(request) != "straight" or not exercise.equipment & BARS):
        return ()
    if role == "assist" or request.minutes <= SHORT_MINUTES or request.goal == "endurance":
        return (8,)
    if role == "explosive":
        return (5, 3)
    return (8, 5, 3) if request.goal in {"strength", "power"} else (8, 5)


def candidates(usable: Sequence[CatalogueExercise], request: PlanRequest, history: History) -> list[CatalogueExercise]:
    """The exercises worth weighing: all, or where there are very many the best of each pattern and the liked, and no
    specialty for muscles that something else is for."""
    able = [item for item in usable if roles(item, request)]
    if len(able) <= CANDIDATES:
        return able
    rare = {item.id for item in able if standing(item) == "specialty" and item.id not in request.like}
    covered = {muscle for item in able if item.id not in rare for muscle in item.primary_muscles}
    able = [item for item in able if item.id not in rare or not item.primary_muscles <= covered]
    by_pattern: dict[str, list[CatalogueExercise]] = {}
    for item in able:
        by_pattern.setdefault(item.pattern, []).append(item)
    kept: set[str] = {item.id for item in able if item.id in request.like}
    for pattern, items in by_pattern.items():
        ranked = sorted(items, key=lambda item: (-_worth(item, request, history), item.slug, item.id))
        kept |= {
            item.id
            for place, item in enumerate(ranked[: per_pattern(pattern, request.days_per_week)])
            if place < LEAST_CANDIDATES or standing(item) in {"staple", "solid"}
        }
    return [item for item in able if item.id in kept]


def _worth(exercise: CatalogueExercise, request: PlanRequest, history: History) -> int:
    best = max(merit(exercise, role, request, history) for role in roles(exercise, request))
    return 3 * best + jitter(exercise, request.seed)


def columns(
    usable: Sequence[CatalogueExercise], week: Sequence[Theme], request: PlanRequest, history: History
) -> list[Column]:
    """Every choice for every day, in a fixed order."""
    chosen = candidates(usable, request, history)
    hearts = {day: _hearts(chosen, theme, request) for day, theme in enumerate(week)}
    leaps = {item.pattern for item in chosen} & EXPLOSIVE_PATTERNS  # where these can be done, nothing need be thrown
    return [
        column
        for day, theme in enumerate(week)
        for exercise in chosen
        if exercise.pattern in theme.patterns or (exercise.id in request.like and exercise.pattern not in FULL.patterns)
        for role in roles(exercise, request)
        if not (theme.is_light and role in {"main", "explosive"})
        if not (role == "main" and exercise.pattern not in hearts[day])
        if not (exercise.pattern == BALLISTIC and exercise.id not in request.like and leaps & theme.patterns)
        for column in _forms(day, exercise, role, request, history)
    ]


def _hearts(chosen: Sequence[CatalogueExercise], theme: Theme, request: PlanRequest) -> frozenset[str]:
    """Patterns a day can be built around: squats, hinges and presses; pulls where there are none of these."""
    found = {one.pattern for one in chosen if "main" in roles(one, request)} & theme.patterns
    return frozenset(found - PULLS or found)


def _forms(day: int, exercise: CatalogueExercise, role: Role, request: PlanRequest, history: History) -> list[Column]:
    plan = scheme(exercise, role, request)
    work = work_seconds(exercise, plan)
    worth = 3 * merit(exercise, role, request, history) + jitter(exercise, request.seed)
    kind = style(request)
    least, most = plan.least, plan.most
    if role == "main" and request.level == "beginner":
        most = min(most, 3)
    if request.minutes < SHORT_MINUTES:
        least = min(least, 2)
    elif role == "assist" and request.minutes >= ROOMY_MINUTES:
        least = min(3, most)
    if role == "main" and uses_training_max(exercise, request):
        least = WAVE_SETS
    warm = warm_ups(exercise, role, request)
    straight = Column(
        day=day,
        exercise=exercise,
        role=role,
        form="straight",
        scheme=plan,
        least=least,
        most=most,
        fixed=CHANGE_SECONDS
        + sum(reps * SECONDS_PER_REP + WARM_UP_REST for reps in warm)
        + (AMRAP_EXTRA_REPS * SECONDS_PER_REP if role == "main" else 0)
        - plan.rest,
        each=work + plan.rest,
        merit=worth,
    )
    if role in {"main", "explosive"} or kind == "straight":
        return [straight]
    count = turns(request)
    if kind == "circuit":
        return [
            Column(day, exercise, role, "circuit", plan, count, count, STATION_SECONDS, work + SWITCH_SECONDS, worth)
        ]
    if not any(exercise.pattern in family[side] for family in FAMILIES for side in (0, 1)):
        return [straight]
    fixed = (CHANGE_SECONDS + STATION_SECONDS - PAIRED_REST + 1) // 2
    each = work + (SWITCH_SECONDS + PAIRED_REST + 1) // 2
    return [straight, Column(day, exercise, role, "paired", plan, count, count, fixed, each, worth)]


def work_seconds(exercise: CatalogueExercise, plan: Scheme) -> int:
    """Work of one set at the upper end of its range, both sides."""
    once = plan.high if exercise.is_timed else plan.high * (sum(plan.tempo) if plan.tempo else SECONDS_PER_REP)
    return once * (2 if exercise.unilateral else 1)
