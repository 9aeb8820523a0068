"""Whether somebody can and may do what the plan says, its substitutes included."""

from __future__ import annotations

from collections.abc import Iterator

from templates_app.planner.catalogue import ALWAYS_AT_HAND, NOT_IN_PREGNANCY, TRAINED_KINDS, CatalogueExercise
from templates_app.planner.lint.reading import Reading
from templates_app.planner.request import LEVELS
from templates_app.planner.statement import Statement, listed, spoken


def permission(reading: Reading) -> Iterator[Statement]:
    """Equipment, injuries, wishes against it, and skill."""
    seen: set[str] = set()
    for pointer, entry, exercise in reading.entries():
        ids = [exercise.id, *entry.substitutes]
        for index, id in enumerate(ids):
            if id in seen:
                continue
            seen.add(id)
            here = pointer if index == 0 else f"{pointer}/substitutes/{index - 1}"
            known = reading.catalogue.get(id)
            if known is None:
                yield Statement("unknown_exercise", "This substitute is not in the library.", here)
            else:
                yield from _judge(known, here, reading)


def _judge(exercise: CatalogueExercise, pointer: str, reading: Reading) -> Iterator[Statement]:
    request = reading.request
    if exercise.kind not in TRAINED_KINDS:
        yield Statement("not_strength", f"{exercise.name} is {exercise.kind}, not strength work.", pointer)
    missing = [word for word in sorted(exercise.equipment) if word not in request.equipment and word != ALWAYS_AT_HAND]
    if missing:
        needs = listed([spoken(word) for word in missing])
        yield Statement("equipment", f"{exercise.name} needs {needs}.", pointer, {"missing": missing})
    hurts = [word for word in sorted(exercise.contraindications) if word in request.injuries]
    if "pregnancy" in request.injuries and exercise.slug in NOT_IN_PREGNANCY and "pregnancy" not in hurts:
        hurts.append("pregnancy")
    if hurts:
        text = f"{exercise.name} is better left out with: {listed([spoken(word) for word in hurts])}."
        yield Statement("injury", text, pointer, {"injuries": hurts})
    if exercise.id in request.avoid or any(muscle in request.avoid for muscle in exercise.primary_muscles):
        yield Statement("avoided", f"{exercise.name} was to be avoided.", pointer)
    too_hard = exercise.difficulty == LEVELS[-1] and request.level == LEVELS[0]
    if too_hard:
        yield Statement("skill", f"{exercise.name} is for advanced lifters.", pointer)
