"""An exercise as the planner sees it, and what keeps it out of somebody's plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, cast

from fitai.science.increments import usual_step
from templates_app.planner.request import LEVELS, Level, PlanRequest
from templates_app.planner.vocabulary import words

ALWAYS_AT_HAND: Final = "bodyweight"
CORE_PATTERNS: Final = frozenset(
    {"core_flexion", "core_antiextension", "core_rotation", "core_lateral_flexion", "carry"}
)
EXPLOSIVE_PATTERNS: Final = frozenset({"olympic", "jump"})
BALLISTIC: Final = "ballistic"
"""A pattern of our own: a throw, or a push-up that leaves the floor. The library's names the way it goes; but none is
the press, squat or trunk work that a day needs of that way."""
TRAINED_KINDS: Final = frozenset({"strength", "bodyweight", "plyometric"})
"""What a set of strength work can be. Cardio and mobility have no place among prescribed sets."""
TRAINED_TRACKING: Final = frozenset({"weight_reps", "reps", "assisted_reps", "time", "weight_time"})

NOT_IN_PREGNANCY: Final = words(
    """
    back-extension barbell-bench-press barbell-hip-thrust chest-supported-dumbbell-row close-grip-bench-press crunch
    dead-bug decline-barbell-bench-press decline-push-up diamond-push-up dumbbell-bench-press dumbbell-fly
    dumbbell-pullover dumbbell-skull-crusher exercise-ball-leg-curl hamstring-walkout hanging-knee-raise
    hanging-leg-raise jm-press lying-leg-curl machine-hip-thrust neck-curl neck-extension plank renegade-row
    skull-crusher smith-machine-bench-press spider-curl weighted-back-extension
    """
)
"""Beyond the catalogue's contraindications, by slug: done flat on the back, which is to be avoided from the second
trimester (ACOG Committee Opinion 804), flat on the belly, or by folding it up under load (ours). The bridge from the
floor stays: it is brief."""


@dataclass(frozen=True, slots=True)
class CatalogueExercise:
    """An exercise of the library: the words of `exercises.enums`, the id under which plans name it."""

    id: str
    slug: str
    name: str
    primary_muscles: frozenset[str]
    secondary_muscles: frozenset[str]
    equipment: frozenset[str]
    kind: str
    pattern: str
    mechanic: str
    force: str
    difficulty: str
    tracking: str
    unilateral: bool
    per_hand: bool
    contraindications: frozenset[str]
    harder: frozenset[str] = frozenset()
    easier: frozenset[str] = frozenset()
    first_muscle: str | None = None
    """The primary muscle that the library names first: what it is done for most."""

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> CatalogueExercise:
        """From a row of `exercises.rows`, or a file of the catalogue to which an id and `related` were added.

        `related` holds "<id> <relation>" of the variations; without it the exercise has none.
        """
        related = [item.rsplit(" ", 1) for item in row.get("related") or ()]
        return cls(
            id=str(row["id"]),
            slug=row["slug"],
            name=row["name"],
            primary_muscles=frozenset(row["primary_muscles"]),
            secondary_muscles=frozenset(row["secondary_muscles"]) - frozenset(row["primary_muscles"]),
            equipment=frozenset(row["equipment"]),
            kind=row["kind"],
            pattern=_pattern(row),
            mechanic=row["mechanic"] or "",
            force=row["force"] or "",
            difficulty=row["difficulty"],
            tracking=row["tracking"],
            unilateral=row["unilateral"],
            per_hand=row["per_hand"],
            contraindications=frozenset(row["contraindications"]),
            harder=frozenset(id for id, relation in related if relation == "harder"),
            easier=frozenset(id for id, relation in related if relation == "easier"),
            first_muscle=next(iter(row["primary_muscles"]), None),
        )

    @property
    def is_weighted(self) -> bool:
        """Whether a weight is chosen for it, so that it can be made as light or as heavy as wanted."""
        return self.tracking in {"weight_reps", "weight_time"}

    @property
    def works(self) -> frozenset[str]:
        """The muscles that a set of it is counted for: none where something light is thrown."""
        return frozenset() if self.pattern == BALLISTIC else self.primary_muscles

    @property
    def helps(self) -> frozenset[str]:
        """The muscles that half a set of it is counted for."""
        return frozenset() if self.pattern == BALLISTIC else self.secondary_muscles

    @property
    def is_timed(self) -> bool:
        return self.tracking in {"time", "weight_time"}

    @property
    def is_compound(self) -> bool:
        return self.mechanic == "compound"

    def usual_step(self, unit: str) -> Decimal:
        """What its weight usually goes up by."""
        return usual_step(self.first_muscle, unit, per_hand=self.per_hand)

    @property
    def is_core(self) -> bool:
        return self.pattern in CORE_PATTERNS

    @property
    def is_explosive(self) -> bool:
        return self.kind == "plyometric" or self.pattern in EXPLOSIVE_PATTERNS


def _pattern(row: Mapping[str, Any]) -> str:
    pattern: str = row["pattern"] or ""
    return BALLISTIC if row["kind"] == "plyometric" and pattern not in EXPLOSIVE_PATTERNS else pattern


def trains(exercise: CatalogueExercise) -> bool:
    """Whether it can be strength work at all."""
    return exercise.kind in TRAINED_KINDS and exercise.tracking in TRAINED_TRACKING


def missing_equipment(exercise: CatalogueExercise, equipment: frozenset[str]) -> list[str]:
    """What it needs and is not there."""
    return sorted(exercise.equipment - equipment - {ALWAYS_AT_HAND})


def complaints(exercise: CatalogueExercise, injuries: frozenset[str]) -> list[str]:
    """The injuries with which it is better left out."""
    against = set(exercise.contraindications & injuries)
    if "pregnancy" in injuries and exercise.slug in NOT_IN_PREGNANCY:
        against.add("pregnancy")
    return sorted(against)


def avoided(exercise: CatalogueExercise, avoid: frozenset[str]) -> list[str]:
    """The wishes against it: its id, or muscles it is done for."""
    return sorted(({exercise.id} | exercise.primary_muscles) & avoid)


def is_too_hard(exercise: CatalogueExercise, level: Level) -> bool:
    """Beginners do nothing advanced, and nothing whose weight cannot be chosen that is more than for beginners."""
    if level != "beginner":
        return exercise.difficulty == "advanced" and level == "intermediate" and not exercise.is_weighted
    if exercise.difficulty == "advanced":
        return True
    return exercise.difficulty == "intermediate" and (not exercise.is_weighted or exercise.is_explosive)


def is_permitted(exercise: CatalogueExercise, request: PlanRequest) -> bool:
    """Whether it may stand in the plan of this person. A liked exercise may be one step harder than its level."""
    steps = LEVELS.index(cast(Level, exercise.difficulty)) - LEVELS.index(request.level)
    wanted = exercise.id in request.like and steps <= 1
    return (
        trains(exercise)
        and not missing_equipment(exercise, request.equipment)
        and not complaints(exercise, request.injuries)
        and not avoided(exercise, request.avoid)
        and (wanted or not is_too_hard(exercise, request.level))
    )


def permitted(catalogue: Sequence[CatalogueExercise], request: PlanRequest) -> list[CatalogueExercise]:
    """What the plan is made of, in one order whatever order the catalogue came in."""
    return sorted((item for item in catalogue if is_permitted(item, request)), key=lambda item: (item.slug, item.id))
