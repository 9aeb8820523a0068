"""What filters ask for, and whose an exercise is, as words of the search index: `m=chest` stands in the vector of
whatever has the chest as a primary muscle.

So a filter costs no more among a hundred thousand exercises than among a thousand: the index answers it together with
the words. `exercises_index` of the database writes the same labels.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from exercises.enums import Equipment, Language

OF_A_BEGINNING = 12
UNSHARED = 10
"""The shelf of what only its owner finds."""
BEGINNING = "qq"
"""Beginnings of up to twelve letters are words of the index, too, `qqb` for what begins with b: an index has no quick
answer for all words that begin so."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What a result must be; an empty list asks for nothing."""

    muscles: Sequence[str] = ()
    equipment: Sequence[str] = ()
    difficulty: Sequence[str] = ()
    kind: Sequence[str] = ()
    available_equipment: Sequence[str] | None = None
    injuries: Sequence[str] = ()
    exclude_ids: Sequence[UUID] = ()

    def conditions(self) -> list[str]:
        """As SQL over the table `e`, with the parameters of `values()`."""
        said = {
            "e.primary_muscles && %(muscles)s::varchar[]": self.muscles,
            "e.equipment && %(equipment)s::varchar[]": self.equipment,
            "e.difficulty = ANY(%(difficulty)s)": self.difficulty,
            "e.kind = ANY(%(kind)s)": self.kind,
            "NOT e.contraindications && %(injuries)s::varchar[]": self.injuries,
            "NOT e.id = ANY(%(exclude_ids)s::uuid[])": self.exclude_ids,
            "e.equipment <@ %(available)s::varchar[]": self.available_equipment is not None,
        }
        return [condition for condition, asked in said.items() if asked]

    def values(self) -> dict[str, Any]:
        return {
            "muscles": list(self.muscles),
            "equipment": list(self.equipment),
            "difficulty": list(self.difficulty),
            "kind": list(self.kind),
            "injuries": list(self.injuries),
            "exclude_ids": list(self.exclude_ids),
            "available": self._at_hand(),
        }

    def wanted(self) -> list[str]:
        """What has to be there, as parts of a query."""
        parts = [_any("e", self.equipment), _any("d", self.difficulty), _any("k", self.kind)]
        if self.available_equipment is None:
            parts.append(_any("m", self.muscles))
        elif self.muscles:  # of what is needed something is at hand, the rest is checked below
            parts.append(_any("w", [f"{muscle}+{item}" for muscle in self.muscles for item in self._at_hand()]))
        else:
            parts.append(_any("e", self._at_hand()))
        return [part for part in parts if part]

    def unwanted(self) -> list[str]:
        """What must not be there, likewise. `exclude_ids` are no labels."""
        parts = [_none("x", self.injuries)]
        missing = sorted({*Equipment.values} - {*self._at_hand()}) if self.available_equipment is not None else []
        if missing:  # the one piece that is all it takes is at hand, as was wanted
            parts.append(f"('n=1' | {_none('e', missing)})")
        return [part for part in parts if part]

    def _at_hand(self) -> list[str]:
        return [*(self.available_equipment or ()), Equipment.BODYWEIGHT.value]


def owned_by(reader: UUID) -> str:
    """A query for what is somebody's own."""
    return f"'o={reader}'"


def fits(language: str, filters: Filters) -> str:
    """A query that most documents meet: in a language that is read, and without what the filters leave out."""
    said = " | ".join(f"'l={known}'" for known in languages_of(language))
    return " & ".join([f"({said} | 'original')", *filters.unwanted()])


def languages_of(language: str) -> list[str]:
    """The languages in which somebody reads: their own, and English."""
    return sorted({language, Language.ENGLISH.value})


def _any(label: str, words: Iterable[str]) -> str:
    said = " | ".join(f"'{label}={word}'" for word in words)
    return f"({said})" if said else ""


def _none(label: str, words: Iterable[str]) -> str:
    return f"!{_any(label, words)}" if words else ""
