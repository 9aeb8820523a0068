"""Why an exercise is like another, as a sentence in each language of the library."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path

import orjson
from django.db.models import TextChoices

from exercises.enums import Equipment, Language, Muscle, Pattern, Relation

LABELS = Path(__file__).parent / "labels.json"


class Reason(StrEnum):
    """In what two exercises are alike."""

    VARIATION = "variation"
    MUSCLES = "muscles"
    PATTERN = "pattern"
    EQUIPMENT = "equipment"


SENTENCES: Mapping[str, Mapping[Reason, str]] = {
    Language.ENGLISH: {
        Reason.VARIATION: "A variation of it: {}",
        Reason.MUSCLES: "Also trains: {}",
        Reason.PATTERN: "The same movement: {}",
        Reason.EQUIPMENT: "Also uses: {}",
    },
    Language.GERMAN: {
        Reason.VARIATION: "Eine Variante davon: {}",
        Reason.MUSCLES: "Trainiert ebenfalls: {}",
        Reason.PATTERN: "Dieselbe Bewegung: {}",
        Reason.EQUIPMENT: "Braucht ebenfalls: {}",
    },
    Language.SPANISH: {
        Reason.VARIATION: "Una variante: {}",
        Reason.MUSCLES: "También trabaja: {}",
        Reason.PATTERN: "El mismo movimiento: {}",
        Reason.EQUIPMENT: "También usa: {}",
    },
}
VOCABULARIES: Mapping[Reason, type[TextChoices]] = {
    Reason.VARIATION: Relation,
    Reason.MUSCLES: Muscle,
    Reason.PATTERN: Pattern,
    Reason.EQUIPMENT: Equipment,
}
TRANSLATED: Mapping[str, Mapping[str, Mapping[str, str]]] = orjson.loads(LABELS.read_bytes())
"""By language and reason, the words of the vocabularies; English is what the vocabularies say themselves."""


def said(reason: Reason, values: Sequence[str], language: str) -> str:
    """The sentence of a reason."""
    return SENTENCES[language][reason].format(", ".join(label(reason, value, language) for value in values))


def label(reason: Reason, value: str, language: str) -> str:
    """What people call a value."""
    if language == Language.ENGLISH:
        name = str(VOCABULARIES[reason](value).label)
        return name if name[:2].isupper() else name.lower()
    return TRANSLATED[language][reason][value]
