"""Exercises of nearly the same name: words in any order, a slip of the keys, plurals, with or without the equipment.

The index of names finds what has enough trigrams in common; then names are compared word by word, because one word of
four makes another exercise ("Incline ..." and "Decline Dumbbell Bench Press"), and four slips do not.
"""

import difflib
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db import connection

from exercises.querysets import VISIBLE
from exercises.search.text import plain
from fitai.common.actors import Actor

NEAR: Final = 0.85  # from here on two names are taken for one
ALIKE: Final = 0.8  # two words that differ no more than by a slip or their ending
LISTED: Final = 5
TRIGRAMS_IN_COMMON: Final = 0.6
LOOKED_AT: Final = 50
OPPOSITES: Final = frozenset(
    frozenset(pair)
    for pair in (
        ("abduction", "adduction"),
        ("abductor", "adductor"),
        ("abduccion", "aduccion"),
        ("abduktion", "adduktion"),
        ("internal", "external"),
        ("interna", "externa"),
        ("overhand", "underhand"),
        ("flexion", "extension"),
    )
)
"""Words that look alike, and mean another exercise."""

CANDIDATES: Final = f"""
SELECT e.id, e.slug, e.name, array_agg(DISTINCT known)
FROM exercises_searchdocument d JOIN exercises_exercise e ON e.id = d.exercise_id, unnest(d.names) known
WHERE %(name)s <%% exercises_joined(d.names) AND {{seen}} AND e.id <> %(itself)s
GROUP BY e.id ORDER BY max(similarity(known, %(name)s)) DESC, e.id LIMIT {LOOKED_AT}
"""  # noqa: S608  fixed pieces; values are parameters


@dataclass(frozen=True, slots=True)
class Candidate:
    """An exercise that may be the same; `similarity` goes up to 1."""

    id: UUID
    slug: str
    name: str
    similarity: float

    def shape(self) -> dict[str, Any]:
        return {"id": str(self.id), "slug": self.slug, "name": self.name, "similarity": self.similarity}


def near_duplicates(actor: Actor, name: str, *, itself: UUID, among: str = VISIBLE) -> list[Candidate]:
    """The exercises under nearly this name, nearest first: of those that the actor sees, or that fulfil `among`, fixed
    SQL over `e`. To be called in a transaction."""
    said = plain(name)
    if not said:
        return []
    values: dict[str, Any] = {"name": said, "me": actor.user_id, "itself": itself, "least": str(TRIGRAMS_IN_COMMON)}
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pg_trgm.word_similarity_threshold', %(least)s, true)", values)
        cursor.execute(CANDIDATES.format(seen=f"({among})"), values)
        compared = [
            Candidate(id, slug, shown, round(max(nearness(said, other) for other in known), 2))
            for id, slug, shown, known in cursor.fetchall()
        ]
    near = [one for one in compared if one.similarity >= NEAR]
    return sorted(near, key=lambda one: (-one.similarity, one.slug))[:LISTED]


def nearness(one: str, other: str) -> float:
    """How near two plain names are, 0 to 1: 0 as soon as a word of either has none like it in the other."""
    if one.replace(" ", "") == other.replace(" ", ""):
        return 1.0
    words, others = one.split(), other.split()
    if len(words) != len(others):
        return 0.0
    ratios = []
    for word in words:
        nearest = max(others, key=lambda candidate: _alike(word, candidate))
        ratios.append(_alike(word, nearest))
        others.remove(nearest)
    return sum(ratios) / len(ratios) if min(ratios) >= ALIKE else 0.0


def _alike(word: str, other: str) -> float:
    if word == other:
        return 1.0
    if {word, other} in OPPOSITES or min(len(word), len(other)) < 4:
        return 0.0
    return difflib.SequenceMatcher(None, word, other, autojunk=False).ratio()
