"""Reading templates: fixed statements, each a constant number for a page or a plan of any size."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson
from django.db import connection

from exercises.querysets import VISIBLE as EXERCISE_VISIBLE
from fitai.common.actors import Actor
from fitai.common.problems import NotFound
from templates_app.content import Tree, stand_in, stand_in_maxes
from templates_app.models import Enrolment
from templates_app.plan import Plan
from templates_app.planner.catalogue import CatalogueExercise
from templates_app.querysets import OWN, SHARED, VISIBLE

Row = Mapping[str, Any]

SUMMARY = (
    "id", "name", "description", "goal", "level", "version", "visibility", "tags", "source", "origin_id", "week_count",
    "days_per_week", "minutes", "set_count", "equipment", "muscles", "created_at", "updated_at", "owner_id",
    "change_seq",
)  # fmt: skip
AUTHOR = ("username", "display_name")
NAMES = (*SUMMARY, *AUTHOR)
COLUMNS = ", ".join([*(f"t.{name}" for name in SUMMARY), *(f"u.{name}" for name in AUTHOR)])

# Each half reads its own index in the order of the page.
PAGE = """
SELECT * FROM (
  (SELECT {columns} FROM templates_app_template t JOIN accounts_user u ON u.id = t.owner_id
   WHERE {own}{conditions} ORDER BY {order} LIMIT %(count)s)
  UNION ALL
  (SELECT {columns} FROM templates_app_template t JOIN accounts_user u ON u.id = t.owner_id
   WHERE {shared}{conditions} ORDER BY {order} LIMIT %(count)s)
) page ORDER BY {page_order} LIMIT %(count)s
"""
# Of the tree of a version, by id, what stands for exercises that were merged since it was written.
MERGED = """(SELECT json_object_agg(x.id, x.merged_into_id)::text FROM exercises_exercise x
  WHERE x.merged_into_id IS NOT NULL AND x.id IN (
    SELECT (jsonb_path_query(v.tree, '$[*].days[*].exercises[*].exercise_id') #>> '{}')::uuid
    UNION SELECT (jsonb_path_query(v.tree, '$[*].days[*].exercises[*].substitutes[*]') #>> '{}')::uuid))"""
TREE = f"""
SELECT v.tree::text, {MERGED} FROM templates_app_templateversion v
WHERE v.template_id = %(id)s AND v.number = %(number)s
"""  # noqa: S608  fixed pieces; values are parameters
WHOLE = f"""
SELECT {COLUMNS}, v.tree::text, {MERGED}, v.generation::text FROM templates_app_template t
JOIN accounts_user u ON u.id = t.owner_id
JOIN templates_app_templateversion v ON v.template_id = t.id AND v.number = t.version
WHERE t.id = %(id)s AND {VISIBLE}
"""  # noqa: S608  fixed pieces; values are parameters
STATE = f"""
SELECT t.change_seq, {", ".join(f"u.{name}" for name in AUTHOR)} FROM templates_app_template t
JOIN accounts_user u ON u.id = t.owner_id WHERE t.id = %(id)s AND {VISIBLE}
"""  # noqa: S608  as above
TRAINED = """EXISTS (SELECT FROM templates_app_enrolment n WHERE n.template_id = t.id AND n.user_id = %(me)s
  AND n.version = v.number AND n.status = 'active')"""
OF_VERSION = ("template_id", "number", "name", "description", "goal", "level", "tags", "note", "created_at")
VERSION = (*OF_VERSION, "owner_id")
# Who trains by a version keeps it, though its author withdraws the template.
A_VERSION = f"""
SELECT {", ".join(f"v.{name}" for name in OF_VERSION)}, t.owner_id, v.tree::text, {MERGED}, v.generation::text
FROM templates_app_templateversion v JOIN templates_app_template t ON t.id = v.template_id
WHERE t.id = %(id)s AND v.number = ANY(%(numbers)s) AND ({VISIBLE} OR {TRAINED}) ORDER BY v.number
"""  # noqa: S608
ENROLMENT = (
    "id", "version", "started_on", "week", "day_id", "round", "positioned_at", "training_maxes", "created_at",
)  # fmt: skip
FOLLOWED = f"""
SELECT t.id, t.owner_id, v.name, v.number, v.tree::text, {MERGED},
  CASE WHEN n.id IS NULL THEN NULL
  ELSE json_build_array({", ".join(f"n.{name}" for name in ENROLMENT)})::text END
FROM templates_app_template t
LEFT JOIN templates_app_enrolment n ON n.template_id = t.id AND n.user_id = %(me)s AND n.status = 'active'
JOIN templates_app_templateversion v ON v.template_id = t.id AND v.number = COALESCE(n.version, t.version)
WHERE t.id = %(id)s AND (n.id IS NOT NULL OR {VISIBLE})
"""  # noqa: S608
# The names of somebody else's own exercises stay with them.
EXERCISE = ("id", "name", "tracking", "primary_muscles", "equipment", "status")
EXERCISES = """
SELECT e.id, COALESCE(x.name, e.name), e.tracking, e.primary_muscles, e.equipment,
  CASE WHEN e.deleted_at IS NULL THEN e.status ELSE 'archived' END
FROM exercises_exercise e LEFT JOIN exercises_translation x ON x.exercise_id = e.id AND x.language = %(language)s
WHERE e.id = ANY(%(ids)s::uuid[])
  AND (e.owner_id IS NULL OR e.owner_id = %(me)s OR e.status IN ('approved', 'archived'))
ORDER BY e.slug, e.id
"""
OF_EXERCISE = (
    "id", "slug", "name", "primary_muscles", "secondary_muscles", "equipment", "kind", "pattern", "mechanic", "force",
    "difficulty", "tracking", "unilateral", "per_hand", "contraindications",
)  # fmt: skip
KNOWN = f"""
SELECT named.id::text, {", ".join(f"e.{name}" for name in OF_EXERCISE)}, {EXERCISE_VISIBLE},
  e.owner_id IS NOT NULL AND e.status NOT IN ('approved', 'archived')
FROM exercises_exercise named JOIN exercises_exercise e ON e.id = COALESCE(named.merged_into_id, named.id)
WHERE named.id = ANY(%(ids)s::uuid[])
"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class KnownExercise:
    """An exercise that a plan names: whether the library offers it to the writer, and whether it is theirs alone."""

    exercise: CatalogueExercise
    offered: bool
    private: bool


@dataclass(frozen=True, slots=True)
class Followed:
    """A template as somebody trains by it: in the version that they are enrolled in, else the current one.

    `enrolment` is None for somebody who has not started.
    """

    template_id: UUID
    name: str
    version: int
    plan: Plan
    enrolment: Enrolment | None


def read_page(
    actor: Actor, *, where: Iterable[str], values: Mapping[str, Any], order: Mapping[str, str]
) -> Callable[[Sequence[Any] | None, bool, int], list[Row]]:
    """How `paginate_fetched` reads pages of what the actor sees, the highest first in the order of these names.

    `where` is fixed SQL over `t`, with `values`, and so is each name's part of `order`.
    """
    names = tuple(dict.fromkeys([*NAMES, *order]))
    columns = ", ".join([COLUMNS, *(f"{order[name]} AS {name}" for name in names[len(NAMES) :])])

    def fetch(position: Sequence[Any] | None, backwards: bool, count: int) -> list[Row]:
        conditions = [*where]
        given: dict[str, Any] = {**values, "me": actor.user_id, "count": count}
        if position is not None:
            marks = [f"%(at_{number})s" for number in range(len(order))]
            conditions.append(f"({', '.join(order.values())}) {'>' if backwards else '<'} ({', '.join(marks)})")
            given |= {f"at_{number}": value for number, value in enumerate(position)}
        direction = "ASC" if backwards else "DESC"
        statement = PAGE.format(
            columns=columns,
            own=OWN,
            shared=SHARED,
            conditions="".join(f" AND ({condition})" for condition in conditions),
            order=", ".join(f"{key} {direction}" for key in order.values()),
            page_order=", ".join(f"{name} {direction}" for name in order),
        )
        return [dict(zip(names, row, strict=True)) for row in _all(statement, given)]

    return fetch


def read_whole(actor: Actor, template_id: UUID) -> Row:
    """A template that the actor sees, with its current tree; 404 when there is none."""
    found = _all(WHOLE, {"id": template_id, "me": actor.user_id})
    if not found:
        raise NotFound()
    *row, tree, merged, generation = found[0]
    said = dict(zip(NAMES, row, strict=True))
    return said | {"weeks": _today(tree, merged)[0], "generation": _own(generation, said, actor)}


def read_state(actor: Actor, template_id: UUID) -> Row | None:
    """The number of the last change of a template that the actor sees, and what its author is called."""
    found = _all(STATE, {"id": template_id, "me": actor.user_id})
    return dict(zip(("change_seq", *AUTHOR), found[0], strict=True)) if found else None


def read_versions(actor: Actor, template_id: UUID, numbers: Iterable[int]) -> list[Row]:
    """These versions with their trees, in order; 404 when one of them is not the actor's to see."""
    wanted = sorted({number for number in numbers if number < 2**31})
    found = _all(A_VERSION, {"id": template_id, "me": actor.user_id, "numbers": wanted})
    if not wanted or len(found) != len(wanted):
        raise NotFound()
    rows: list[Row] = []
    for *row, tree, merged, generation in found:
        said = dict(zip(VERSION, row, strict=True))
        rows.append(said | {"weeks": _today(tree, merged)[0], "generation": _own(generation, said, actor)})
    return rows


def read_followed(actor: Actor, template_id: UUID) -> Followed:
    """The plan that the actor trains by, or would from today; 404 when they neither see it nor train by it."""
    found = _all(FOLLOWED, {"id": template_id, "me": actor.user_id})
    if not found:
        raise NotFound()
    id, _, name, version, tree, said, enrolment = found[0]
    weeks, merged = _today(tree, said)
    started = None if enrolment is None else _enrolment(actor, id, orjson.loads(enrolment))
    if started is not None and merged:
        started.training_maxes = stand_in_maxes(started.training_maxes, merged)
    return Followed(id, name, version, Plan.from_json(weeks), started)


def read_tree(template_id: UUID, number: int) -> tuple[Tree, Mapping[str, str]] | None:
    """The weeks of a version with the exercises that they mean today, and which of those (old id → new id) stand for
    others since; None where there is no such version."""
    found = _all(TREE, {"id": template_id, "number": number})
    return _today(*found[0]) if found else None


def _today(tree: str, merged: str | None) -> tuple[Tree, Mapping[str, str]]:
    weeks, stands = orjson.loads(tree), orjson.loads(merged) if merged else {}
    stand_in(weeks, stands)
    return weeks, stands


def read_exercises(actor: Actor, ids: Iterable[str], language: str) -> list[Row]:
    """What a plan's exercises are called in a language, those that the library offers no longer included."""
    found = _all(EXERCISES, {"ids": sorted(set(ids)), "language": language, "me": actor.user_id})
    return [dict(zip(EXERCISE, row, strict=True)) for row in found]


def read_known(actor: Actor, ids: Iterable[str]) -> dict[str, KnownExercise]:
    """By id, what there is of these exercises; of one that was merged, what stands for it."""
    known = {}
    for id, *row, offered, private in _all(KNOWN, {"ids": sorted(set(ids)), "me": actor.user_id}):
        exercise = CatalogueExercise.from_row(dict(zip(OF_EXERCISE, row, strict=True)))
        known[id] = KnownExercise(exercise, offered, private)
    return known


def _own(generation: str | None, said: Row, actor: Actor) -> Any:
    """What the planner said speaks of the person: nobody else reads it."""
    return orjson.loads(generation) if generation is not None and said["owner_id"] == actor.user_id else None


def _enrolment(actor: Actor, template_id: UUID, values: Sequence[Any]) -> Enrolment:
    said = dict(zip(ENROLMENT, values, strict=True))
    said["id"], said["day_id"] = UUID(said["id"]), None if said["day_id"] is None else UUID(said["day_id"])
    said["started_on"] = date.fromisoformat(said["started_on"])
    for name in ("positioned_at", "created_at"):
        said[name] = datetime.fromisoformat(said[name])
    return Enrolment(user_id=actor.user_id, template_id=template_id, **said)


def _all(statement: str, values: Mapping[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())
