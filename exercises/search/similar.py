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

# The exercise itself first, with no relation; nothing at all for who does not see it.
CANDIDATES = f"""
WITH asked AS MATERIALIZED (SELECT * FROM exercises_exercise e WHERE e.id = %(id)s AND {VISIBLE}),
near AS (
    SELECT e.id, e.slug, e.pattern, e.primary_muscles, e.secondary_muscles, e.equipment, NULL AS relation
    FROM asked a JOIN exercises_exercise e ON e.primary_muscles && a.primary_muscles
    WHERE e.id <> a.id AND {VISIBLE} AND NOT EXISTS (
        SELECT FROM exercises_variation v WHERE v.exercise_id = a.id AND v.other_id = e.id)
      AND (%(available)s::varchar[] IS NULL OR e.equipment <@ %(available)s::varchar[])
    ORDER BY (e.pattern = a.pattern AND a.pattern <> '') DESC,
             (e.primary_muscles @> a.primary_muscles AND e.primary_muscles <@ a.primary_muscles) DESC,
             (e.secondary_muscles && a.secondary_muscles) DESC, (e.equipment && a.equipment) DESC, e.slug, e.id
    LIMIT {COMPARED}
)
SELECT id, slug, pattern, primary_muscles, secondary_muscles, equipment, NULL AS relation, true FROM asked
UNION ALL
SELECT e.id, e.slug, e.pattern, e.primary_muscles, e.secondary_muscles, e.equipment, v.relation, false
FROM asked a JOIN exercises_variation v ON v.exercise_id = a.id JOIN exercises_exercise e ON e.id = v.other_id
WHERE {VISIBLE} AND (%(available)s::varchar[] IS NULL OR e.equipment <@ %(available)s::varchar[])
UNION ALL
SELECT near.*, false FROM near
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
    asked = next(Traits(*traits) for *traits, itself in rows if itself)
    others = [Traits(*traits) for *traits, itself in rows if not itself]
    ranked = sorted(((score_of(asked, other), other) for other in others), key=lambda pair: (-pair[0], pair[1].slug))
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
