"""Whether a name of another app or catalogue means an exercise of ours: the same movement with the same implement.

The search proposes, and each proposal is held against the words of the name: all that one says and the other does not
must be a detail ("standing", "alternating"), or a muscle or implement that the exercise has anyway. Where nothing
passes there is no match, which is better than a wrong one: sets would count for another exercise.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from uuid import UUID

from django.db import connection

from exercises.search.match import Search, search
from exercises.search.scope import languages_of
from exercises.search.text import LONGEST_PHRASE, plain, vocabulary
from fitai.common.actors import Actor

PROPOSED = 25
SPELLED_AGAIN = 2  # one spelling may give the phrase that has another
NEVER = 1000.0
ASIDE = re.compile(r"\(([^()]*)\)")
DETAIL, MUSCLE, IMPLEMENT = 1.0, 0.5, 1.0
"""What a difference costs: a detail that one names, a muscle that is trained anyway, an implement that is not named."""

CANDIDATES = """
SELECT e.id, d.names, e.equipment, e.primary_muscles, e.commonness
FROM exercises_searchdocument d JOIN exercises_exercise e ON e.id = d.exercise_id
WHERE e.id = ANY(%(ids)s) AND (d.language = ANY(%(languages)s) OR d.original)
"""


@dataclass(frozen=True, slots=True)
class Candidate:
    """An exercise that may be meant: its names in canonical words, and the words of what it needs and trains."""

    id: UUID
    names: tuple[frozenset[str], ...]
    implements: frozenset[str]
    muscles: frozenset[str]
    commonness: int


def match_names(actor: Actor, names: Iterable[str], language: str = "en") -> dict[str, UUID | None]:
    """The exercise that each name means, among those the actor sees; None where none is the same. Three statements a
    name at most: for jobs, not for requests."""
    return {name: match_name(actor, name, language) for name in dict.fromkeys(names)}


def match_name(actor: Actor, name: str, language: str = "en") -> UUID | None:
    """The exercise that a name means, or None."""
    ids = search(Search(actor, language, f"{name} ", limit=PROPOSED)).ids
    with connection.cursor() as cursor:
        cursor.execute(CANDIDATES, {"ids": ids, "languages": languages_of(language)})
        candidates = [_candidate(*row) for row in cursor.fetchall()]
    whole = decide(name, candidates)
    shorter = ASIDE.sub(" ", name)
    if whole is not None or shorter == name or canonical(ASIDE.findall(name)[0]) & _implements():
        return whole
    return decide(shorter, candidates)


def decide(name: str, candidates: Iterable[Candidate]) -> UUID | None:
    """The candidate that differs least from the name, of those that differ in nothing that matters."""
    said = canonical(name)
    costs = {(_cost(said, own, one), -one.commonness, str(one.id)): one.id for one in candidates for own in one.names}
    least = min(costs, default=(NEVER,))
    return costs[least] if least[0] < NEVER else None  # type: ignore[index]


def _cost(said: frozenset[str], own: frozenset[str], one: Candidate) -> float:
    """How far two names are apart, `NEVER` where they mean different exercises."""
    details, cost = _details(), 0.0
    other_implement = said & _implements() - one.implements
    for word in said ^ own:
        if word in one.implements and not other_implement:
            cost += 0 if word in said else IMPLEMENT
        elif word in one.muscles:
            cost += MUSCLE
        elif word in details:
            cost += DETAIL
        else:
            return NEVER
    return cost if said & own - details else NEVER


@lru_cache(10_000)
def canonical(name: str) -> frozenset[str]:
    """The words of a name as one spelling of each: "DB Flyes" and "Dumbbell Fly" are the same two."""
    words = plain(name).split()
    for _ in range(SPELLED_AGAIN):
        words = _respelled([_singular(word) for word in words])
    return frozenset(words) - _noise() or frozenset(words)


def _respelled(words: list[str]) -> list[str]:
    """The longest phrases that have another spelling, in that."""
    found: list[str] = []
    at = 0
    while at < len(words):
        for length in range(min(LONGEST_PHRASE, len(words) - at), 0, -1):
            phrase = " ".join(words[at : at + length])
            if phrase in _spellings() or length == 1:
                found += _spellings().get(phrase, phrase).split()
                at += length
                break
    return found


def _singular(word: str) -> str:
    if len(word) > 4 and word.endswith("sses"):
        return word[:-2]
    return word[:-1] if len(word) > 2 and word.endswith("s") and not word.endswith("ss") else word


def _singulars(phrase: str) -> str:
    return " ".join(_singular(word) for word in phrase.split())


@cache
def _spellings() -> Mapping[str, str]:
    """Phrases that are said for just one other, in the shortest of their forms; in the singular."""
    same: dict[str, set[str]] = {}
    for phrase, others in vocabulary().synonyms.items():
        if len(others) == 1:
            joined = {_singulars(phrase), _singulars(others[0])}
            for known in [*joined]:
                joined |= same.get(known, set())
            for known in joined:
                same[known] = joined
    return {phrase: min(forms, key=lambda form: (len(form.split()), len(form), form)) for phrase, forms in same.items()}


@cache
def _noise() -> frozenset[str]:
    return frozenset(_singular(word) for word in vocabulary().noise)


@cache
def _details() -> frozenset[str]:
    return frozenset(word for phrase in vocabulary().details for word in canonical(phrase))


@cache
def _implements() -> frozenset[str]:
    return frozenset(word for name in IMPLEMENTS for word in canonical(name))


IMPLEMENTS = (
    "barbell", "dumbbell", "kettlebell", "cable", "machine", "smith machine", "ez bar", "trap bar", "band",
    "bodyweight", "assisted", "weighted", "plate", "medicine ball", "exercise ball", "suspension", "foam roll",
)  # fmt: skip


def _candidate(id: UUID, names: list[str], equipment: list[str], muscles: list[str], commonness: int) -> Candidate:
    needed = [*equipment, "machine"] if "smith" in equipment else equipment
    return Candidate(
        id,
        tuple({canonical(name) for name in names}),
        _words(needed) | ({"weighted"} if "weighted_bodyweight" in equipment else set()),
        _words(muscles),
        commonness,
    )


def _words(labels: Iterable[str]) -> frozenset[str]:
    return frozenset(word for label in labels for word in canonical(label.replace("_", " ")))
