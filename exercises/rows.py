"""Reading exercises in somebody's language: one fixed statement, a tenth of the cost of composing it anew."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import connection

from exercises.querysets import VISIBLE
from fitai.common.actors import Actor

Row = Mapping[str, Any]

PLAIN = (
    "id",
    "slug",
    "primary_muscles",
    "secondary_muscles",
    "equipment",
    "kind",
    "pattern",
    "mechanic",
    "force",
    "difficulty",
    "tracking",
    "unilateral",
    "per_hand",
    "bodyweight_share",
    "met",
    "contraindications",
    "media",
    "form_profile",
    "version",
    "rating",
    "rating_count",
    "merged_into_id",
)
TEXT_LISTS = ("aliases", "instructions", "mistakes")
STATUS = "CASE WHEN e.deleted_at IS NULL THEN e.status ELSE 'archived' END"
AIMED = "CASE WHEN %(muscle)s = ANY(e.primary_muscles) THEN '1' ELSE '2' END"
NAMES = (*PLAIN, "status", "name", *TEXT_LISTS, "related", "aimed")
# What a translation leaves empty is shown in the exercise's own language. `related` is "<id> <relation>" of each
# visible variation; `aimed` is "1" where the muscle asked for is a primary one, else "2".
STATEMENT = f"""
SELECT {", ".join(f"e.{name}" for name in PLAIN)},
       {STATUS}, COALESCE(t.name, e.name),
       {", ".join(f"CASE WHEN t.{name} <> '{{}}' THEN t.{name} ELSE e.{name} END" for name in TEXT_LISTS)},
       ARRAY(
           SELECT v.other_id || ' ' || v.relation
           FROM exercises_variation v JOIN exercises_exercise o ON o.id = v.other_id
           WHERE v.exercise_id = e.id AND {VISIBLE.replace("e.", "o.")}
           ORDER BY v.id
       ),
       {AIMED}
FROM exercises_exercise e
LEFT JOIN exercises_translation t ON t.exercise_id = e.id AND t.language = %(language)s
"""  # noqa: S608  fixed pieces; values are parameters
# The exercise of an id, or that which stands for it since it was merged, if the actor sees it. The lock keeps it from
# being merged before what now refers to it is committed.
STANDING = f"""
SELECT e.id FROM (SELECT id, merged_into_id FROM exercises_exercise WHERE id = %(id)s FOR KEY SHARE) named
JOIN exercises_exercise e ON e.id = COALESCE(named.merged_into_id, named.id) WHERE {VISIBLE}
"""  # noqa: S608  as above


def read_rows(
    actor: Actor,
    language: str,
    *,
    where: Iterable[str] = (),
    values: Mapping[str, Any] | None = None,
    order: str = "e.slug, e.id",
    count: int = 1,
    seen: str = VISIBLE,
) -> list[Row]:
    """At most `count` exercises that the actor sees. `where`, `order` and `seen` are fixed SQL over `e`."""
    conditions = " AND ".join(f"({condition})" for condition in (seen, *where))
    given = {"muscle": "", **(values or {}), "me": actor.user_id, "language": language, "count": count}
    with connection.cursor() as cursor:
        cursor.execute(f"{STATEMENT} WHERE {conditions} ORDER BY {order} LIMIT %(count)s", given)
        return [dict(zip(NAMES, row, strict=True)) for row in cursor.fetchall()]


def read_page(
    actor: Actor, language: str, *, where: Iterable[str], values: Mapping[str, Any], order: Sequence[str]
) -> Callable[[Sequence[Any] | None, bool, int], list[Row]]:
    """How `paginate_fetched` reads pages in the order of these names."""
    keys = [AIMED if name == "aimed" else f"e.{name}" for name in order]

    def fetch(position: Sequence[Any] | None, backwards: bool, count: int) -> list[Row]:
        beyond, given = [*where], dict(values)
        if position is not None:
            marks = {f"after_{name}": str(value) for name, value in zip(order, position, strict=True)}
            casts = ", ".join(f"%(after_{name})s{'::uuid' if name == 'id' else ''}" for name in order)
            beyond.append(f"({', '.join(keys)}) {'<' if backwards else '>'} ({casts})")
            given |= marks
        direction = " DESC" if backwards else ""
        ordered = ", ".join(f"{key}{direction}" for key in keys)
        return read_rows(actor, language, where=beyond, values=given, order=ordered, count=count)

    return fetch


def read_in_order(actor: Actor, language: str, ids: Sequence[UUID]) -> list[Row]:
    """These exercises, in the order of `ids`."""
    rows = read_rows(actor, language, where=["e.id = ANY(%(ids)s)"], values={"ids": list(ids)}, count=len(ids))
    by_id = {row["id"]: row for row in rows}
    return [by_id[id] for id in ids if id in by_id]


def standing(actor: Actor, exercise_id: UUID) -> UUID | None:
    """The exercise that an id means today, if the actor sees it: itself, or that into which it was merged. To be asked
    in the transaction that writes it down."""
    with connection.cursor() as cursor:
        cursor.execute(STANDING, {"id": exercise_id, "me": actor.user_id})
        row = cursor.fetchone()
    return row[0] if row else None


def merged_into(ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """Of these exercises those that were merged into another, and which."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, merged_into_id FROM exercises_exercise WHERE id = ANY(%s) AND merged_into_id IS NOT NULL",
            [list(ids)],
        )
        return dict(cursor.fetchall())


def catalogue_version() -> int:
    """The number of the library's present state; 0 before anything was in it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT version FROM exercises_catalogue WHERE id = 1")
        row = cursor.fetchone()
    return int(row[0]) if row else 0
