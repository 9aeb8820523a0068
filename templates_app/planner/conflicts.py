"""Why no plan exists: the smallest set of wishes found that exclude each other.

A deletion filter: wishes are given up one by one, and whatever can be given up while there is still no plan is no part
of the conflict. What remains is irreducible: without any one of it there would be a plan.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, cast

from templates_app.planner.catalogue import CatalogueExercise
from templates_app.planner.request import Goal, PlanRequest
from templates_app.planner.statement import Statement, listed, spoken
from templates_app.planner.vocabulary import EQUIPMENT

ANY_GOAL: Final = cast(Goal, "any")
"""Stands for whichever goal there is a plan for, as 0 does for the days a week."""


@dataclass(frozen=True, slots=True)
class Wish:
    """A part of a request that can be given up: `key` for machines, `words` for people."""

    key: str
    words: str
    relax: Callable[[PlanRequest], PlanRequest]


def wishes(request: PlanRequest, names: dict[str, str]) -> list[Wish]:
    """Everything that can be given up, the easiest to change last: what remains is what is hardest to change."""
    found = [
        Wish(f"split:{request.split}", f"the split {spoken(request.split)}", lambda r: replace(r, split=None))
        for _ in range(1)
        if request.split
    ]
    for item in sorted(request.avoid):
        found.append(Wish(f"avoid:{item}", f"avoiding {names.get(item, spoken(item))}", _without("avoid", item)))
    found.append(Wish("minutes", f"{request.minutes} minutes", lambda r: replace(r, minutes=180)))
    found.append(Wish("level", f"the level {request.level}", lambda r: replace(r, level="advanced")))
    owned = listed([spoken(item) for item in sorted(request.equipment)]) if request.equipment else "the body alone"
    found.append(Wish("equipment", f"training with {owned}", lambda r: replace(r, equipment=EQUIPMENT)))
    found.append(Wish("days_per_week", _days(request.days_per_week), lambda r: replace(r, days_per_week=0)))
    for item in sorted(request.injuries):
        found.append(Wish(f"injury:{item}", _injury(item), _without("injuries", item)))
    # Last, because to try every other goal takes longest.
    found.append(Wish("goal", f"the goal {spoken(request.goal)}", lambda r: replace(r, goal=ANY_GOAL)))
    return found


def _without(field: str, item: str) -> Callable[[PlanRequest], PlanRequest]:
    def relax(request: PlanRequest) -> PlanRequest:
        left = getattr(request, field) - {item}
        return replace(request, injuries=left) if field == "injuries" else replace(request, avoid=left)

    return relax


def _days(days: int) -> str:
    return "one day a week" if days == 1 else f"{days} days a week"


def _injury(item: str) -> str:
    conditions = {"pregnancy": "pregnancy", "hernia": "a hernia", "high_blood_pressure": "high blood pressure"}
    return conditions.get(item, f"sparing the {spoken(item)}")


def conflicts(
    request: PlanRequest, catalogue: list[CatalogueExercise], is_possible: Callable[[PlanRequest], bool]
) -> list[Statement]:
    """The conflict as one statement. `is_possible` takes `days_per_week` 0 as "any number of days", and `ANY_GOAL`."""
    names = {item.id: item.name for item in catalogue}
    kept = wishes(request, names)
    relaxed = request
    for wish in list(kept):
        without = wish.relax(relaxed)
        if not is_possible(without):
            relaxed = without
            kept.remove(wish)
    if is_possible(request):
        return []
    if not kept:
        return [Statement("library", "The library has too few exercises for any plan.", None, {"wishes": []})]
    words = [wish.words for wish in kept]
    if len(words) == 1:
        text = f"No plan can be made for this wish: {words[0]}."
    else:
        text = f"These wishes exclude each other: {listed(words)}. Without any one of them there is a plan."
    return [Statement("wishes", text, None, {"wishes": [wish.key for wish in kept]})]
