"""The JSON of free-exercise-db: one list of exercises, in English.

`{id, name, force, level, mechanic, equipment, primaryMuscles[], secondaryMuscles[], instructions[], category}`; images
are not taken.
"""

from typing import Any

from exercises.enums import Difficulty, Equipment, Force, Kind, Language, Mechanic, Pattern
from exercises.sources.entries import Entry, Unusable, identifier, name, steps, text, words
from exercises.sources.guesses import delt_in, gear_in, is_weight, tracking
from exercises.sources.vocabulary import translate, vocabulary

LEVELS = {
    "beginner": Difficulty.BEGINNER,
    "intermediate": Difficulty.INTERMEDIATE,
    "expert": Difficulty.ADVANCED,
}
KINDS = {
    "strength": Kind.STRENGTH,
    "powerlifting": Kind.STRENGTH,
    "strongman": Kind.STRENGTH,
    "olympic weightlifting": Kind.STRENGTH,
    "stretching": Kind.MOBILITY,
    "plyometrics": Kind.PLYOMETRIC,
    "cardio": Kind.CARDIO,
}
PATTERNS = {"olympic weightlifting": Pattern.OLYMPIC, "stretching": Pattern.MOBILITY}


def page(said: Any) -> tuple[list[Any], None]:
    """The entries of a document, which is all there is. Raises `Unusable` for another document."""
    if not isinstance(said, list):
        raise Unusable("no list of exercises")
    return said, None


def entry(said: Any) -> Entry:
    """One exercise. Raises `Unusable`."""
    if not isinstance(said, dict):
        raise Unusable("that are no exercise")
    known = vocabulary()["free_exercise_db"]
    called = name(said.get("name"))
    force = _word(said.get("force"), Force)
    primary, strange = translate(known["muscles"], words(said.get("primaryMuscles")))
    if not primary:
        raise Unusable("without a muscle that is known")
    secondary, also_strange = translate(known["muscles"], words(said.get("secondaryMuscles")))
    equipment, doubts = _equipment(said.get("equipment"), called)
    doubts += [f"no such muscle: {word}" for word in strange + also_strange]
    category = text(said.get("category"), 40).lower()
    kind = KINDS.get(category, Kind.STRENGTH)
    if kind is Kind.STRENGTH and not is_weight(equipment):
        kind = Kind.BODYWEIGHT
    pulls = force == Force.PULL
    return Entry(
        external_id=identifier(said.get("id")),
        content={
            "name": called,
            "aliases": [],
            "instructions": steps(said.get("instructions")),
            "language": Language.ENGLISH.value,
            "primary_muscles": _parts(primary, called, helps_to_pull=False),
            "secondary_muscles": [
                muscle for muscle in _parts(secondary, called, helps_to_pull=pulls) if muscle not in primary
            ],
            "equipment": equipment,
            "kind": kind.value,
            "pattern": PATTERNS[category].value if category in PATTERNS else "",
            "mechanic": _word(said.get("mechanic"), Mechanic),
            "force": force,
            "difficulty": LEVELS.get(text(said.get("level"), 20), Difficulty.BEGINNER).value,
            "tracking": tracking(kind, force, equipment).value,
        },
        doubts=tuple(doubts),
    )


def _equipment(said: Any, called: str) -> tuple[list[str], list[str]]:
    """What it needs, and what is doubtful of that. "other" is looked for in the name; else somebody who has nothing is
    not offered it."""
    word = text(said, 40).lower()
    found, _ = translate(vocabulary()["free_exercise_db"]["equipment"], [word] if word else [])
    if found:
        return found, []
    named = gear_in(called)
    if named:
        return named, [f"equipment from the name, it says: {word or 'nothing'}"]
    if not word:
        return [Equipment.BODYWEIGHT.value], ["it says no equipment: taken as none needed"]
    return [Equipment.MACHINE.value], [f"equipment taken as a machine, it says: {word}"]


def _parts(muscles: list[str], called: str, *, helps_to_pull: bool) -> list[str]:
    ours = [delt_in(called, helps_to_pull=helps_to_pull).value if one == "front_delts" else one for one in muscles]
    return list(dict.fromkeys(ours))


def _word(said: Any, vocabulary: Any) -> str:
    found = text(said, 20).lower()
    return found if found in vocabulary.values else ""
