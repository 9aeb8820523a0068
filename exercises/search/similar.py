"""What can stand in for an exercise: how alike two are, and why.

The database selects who comes into question, by the index on muscles and the variations, and keeps the most promising;
they are then compared one by one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from exercises.enums import Equipment, Relation
from exercises.querysets import VISIBLE
from exercises.search.labels import Reason, said
from fitai.common.actors import Actor

COMPARED = 200
SECONDARY = 0.5
"""What a secondary muscle is worth beside a primary one."""
MUSCLES, PATTERN, EQUIPMENT, VARIATION = 0.55, 0.2, 0.15, 0.1
"""The parts of the score, which add up to 1: what is trained counts for more than how, and that for more than with
what."""

TRAITS = "e.id, e.slug, e.pattern, e.primary_muscles, e.secondary_muscles, e.equipment"
SEEN = f"{VISIBLE} AND (%(available)s::varchar[] IS NULL OR e.equipment <@ %(available)s::varchar[])"
PROMISING = f"""
    (e.primary_muscles @> a.primary_muscles AND e.primary_muscles <@ a.primary_muscles) DESC,
    (e.secondary_muscles && a.secondary_muscles) DESC, (e.equipment && a.equipment) DESC, e.slug, e.id
    LIMIT {COMPARED}
"""
# The exercise itself comes first; nothing at all comes for who does not see it. Another pattern is looked at only where
# there is little of the same.
CANDIDATES = f"""
WITH asked AS MATERIALIZED (SELECT {TRAITS} FROM exercises_exercise e WHERE e.id = %(id)s AND {VISIBLE}),
alike AS MATERIALIZED (
    SELECT {TRAITS}
    FROM asked a JOIN exercises_exercise e ON e.pattern = a.pattern AND e.primary_muscles && a.primary_muscles
    WHERE a.pattern <> '' AND e.id <> a.id AND {SEEN} ORDER BY {PROMISING}
), near AS (
    SELECT {TRAITS} FROM asked a JOIN exercises_exercise e ON e.primary_muscles && a.primary_muscles
    WHERE (SELECT count(*) FROM alike) < {COMPARED} AND (a.pattern = '' OR e.pattern <> a.pattern)
      AND e.id <> a.id AND {SEEN} ORDER BY {PROMISING}
)
SELECT asked.*, NULL AS relation FROM asked
UNION ALL SELECT alike.*, NULL FROM alike
UNION ALL SELECT near.*, NULL FROM near
UNION ALL SELECT {TRAITS}, v.relation
FROM asked a JOIN exercises_variation v ON v.exercise_id = a.id JOIN exercises_exercise e ON e.id = v.other_id
WHERE {SEEN}
"""  # noqa: S608  fixed pieces; values are parameters


@dataclass(frozen=True, slots=True)
class Traits:
    """What of an exercise is compared; `relation` is what it is to the one that was asked for."""

    id: UUID
    slug: str
    pattern: str
    primary_muscles: Sequence[str]
    secondary_muscles: Sequence[str]
    equipment: Sequence[str]
    relation: str | None = None


@dataclass(frozen=True, slots=True)
class Similar:
    """An exercise that is like another: how much, 0 to 1, and in what."""

    id: UUID
    score: float
    reasons: list[dict[str, Any]]


def find_similar(
    actor: Actor, exercise_id: UUID, language: str, *, limit: int, available: Sequence[str] | None = None
) -> list[Similar] | None:
    """The exercises most like this one, best first; None where the actor sees no such exercise. `available` leaves out
    what needs anything else. One statement."""
    owned = None if available is None else [*available, Equipment.BODYWEIGHT.value]
    with connection.cursor() as cursor:
        cursor.execute(CANDIDATES, {"id": exercise_id, "me": actor.user_id, "available": owned})
        rows = cursor.fetchall()
    if not rows:
        return None
    asked, *found = (Traits(*row) for row in rows)
    others = {other.id: other for other in found}  # a variation is also found without its relation, before
    ranked = sorted(
        ((score_of(asked, other), other) for other in others.values()), key=lambda pair: (-pair[0], pair[1].slug)
    )
    return [Similar(other.id, score, reasons_of(asked, other, language)) for score, other in ranked[:limit]]


def score_of(asked: Traits, other: Traits) -> float:
    """How alike two exercises are, 0 to 1: the share of muscles and of equipment that they have in common (weighted
    Jaccard), the same pattern of movement, and whether one is a variation of the other."""
    mine, theirs = _muscles(asked), _muscles(other)
    muscles = mine.keys() | theirs.keys()
    common = sum(min(mine.get(name, 0), theirs.get(name, 0)) for name in muscles)
    either = sum(max(mine.get(name, 0), theirs.get(name, 0)) for name in muscles)
    gear = {*asked.equipment} | {*other.equipment}
    return round(
        MUSCLES * common / either
        + PATTERN * _same_pattern(asked, other)
        + EQUIPMENT * len(_shared(asked.equipment, other.equipment)) / len(gear)
        + VARIATION * (other.relation is not None),
        3,
    )


def reasons_of(asked: Traits, other: Traits, language: str) -> list[dict[str, Any]]:
    """In what they are alike, as values and as a sentence."""
    found: list[tuple[Reason, list[str]]] = []
    if other.relation is not None:
        found.append((Reason.VARIATION, [Relation(other.relation).value]))
    if muscles := _shared(asked.primary_muscles, other.primary_muscles):
        found.append((Reason.MUSCLES, muscles))
    if _same_pattern(asked, other):
        found.append((Reason.PATTERN, [asked.pattern]))
    if gear := _shared(asked.equipment, other.equipment):
        found.append((Reason.EQUIPMENT, gear))
    return [
        {"kind": reason.value, "values": values, "text": said(reason, values, language)} for reason, values in found
    ]


def _muscles(traits: Traits) -> dict[str, float]:
    return dict.fromkeys(traits.secondary_muscles, SECONDARY) | dict.fromkeys(traits.primary_muscles, 1.0)


def _same_pattern(asked: Traits, other: Traits) -> bool:
    return asked.pattern != "" and asked.pattern == other.pattern


def _shared(mine: Sequence[str], theirs: Sequence[str]) -> list[str]:
    return [name for name in mine if name in theirs]
