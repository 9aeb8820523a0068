"""Which exercises answer a search, in what order, how many, and what they have in common: one statement.

The text first selects by full-text match; the best 500 by text rank are then compared name by name, in trigrams, so
that the order of words, a small slip or a suffix of another app ("Bench Press (Barbell)") hardly matter.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID

import orjson
from django.db import connection

from exercises.enums import Equipment, Language, Sort
from exercises.querysets import VISIBLE
from exercises.search.spelling import correct
from exercises.search.text import Query, understand
from fitai.common.actors import Actor

COUNTED = 1000  # exact up to here
RANKED = 500
GOOD_ENOUGH = 0.5  # a best score below it suggests that another reading of the words finds more
SIMILAR_ENOUGH = 0.3
FACETS = {"muscles": "primary_muscles", "equipment": "equipment", "kind": "kind", "difficulty": "difficulty"}
ARRAY_FACETS = ("muscles", "equipment")
# All that ordering and counting need; carrying the texts along would double the cost.
CARRIED = "e.id, e.slug, e.name, e.rating, e.created_at, e.primary_muscles, e.equipment, e.kind, e.difficulty"
CONFIGURATIONS = {Language.ENGLISH: "english", Language.GERMAN: "german", Language.SPANISH: "spanish"}

# Ascending, so that one comparison of rows pages through all of them.
ORDERS = {
    Sort.RELEVANCE: "-m.score",
    Sort.NAME: (
        "coalesce((SELECT exercises_plain(t.name) FROM exercises_translation t"
        " WHERE t.exercise_id = m.id AND t.language = %(language)s), exercises_plain(m.name))"
    ),
    Sort.RATING: "-coalesce(m.rating, 0)::float8",
    Sort.NEWEST: "-extract(epoch FROM m.created_at)::float8",
}


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
            "available": [*(self.available_equipment or ()), Equipment.BODYWEIGHT.value],
        }


class Reading(StrEnum):
    """How the words of a query were taken, the same on each of its pages."""

    EXACT = "exact"  # every word must be there
    LOOSE = "loose"  # some may be missing
    CORRECTED = "corrected"  # some may be missing, and their spelling is corrected


@dataclass(frozen=True, slots=True)
class Position:
    """After which result a page begins."""

    reading: Reading
    key: float | str
    slug: str
    id: str


@dataclass(frozen=True, slots=True)
class Found:
    """A page of ids, best first. `count` stops at 1,000, where `more_than_counted` is true."""

    query: Query
    ids: list[UUID]
    count: int
    more_than_counted: bool
    facets: dict[str, list[dict[str, Any]]]
    next: Position | None


@dataclass(frozen=True, slots=True)
class Search:
    """What somebody looks for."""

    actor: Actor
    language: str
    text: str = ""
    filters: Filters = field(default_factory=Filters)
    sort: Sort = Sort.RELEVANCE
    limit: int = 20
    after: Position | None = None


def search(asked: Search) -> Found:
    """Take the words as they are; where that finds little, correct their spelling and let some of them go."""
    query = understand(asked.text)
    if not query.terms:
        if asked.text.strip():  # signs only
            return Found(query, [], 0, False, {name: [] for name in FACETS}, None)
        return _listed(asked, query)
    if asked.after is not None:
        return _ranked(asked, query, asked.after.reading)[0]
    found, best = _ranked(asked, query, Reading.EXACT)
    if not found.ids:
        return _ranked(asked, query, Reading.CORRECTED)[0]
    if len(query.words) > 1 and best < GOOD_ENOUGH:
        return _ranked(asked, query, Reading.LOOSE)[0]
    return found


def _listed(asked: Search, query: Query) -> Found:
    """All that the filters let through. By name's address unless asked otherwise, which an index serves."""
    key = "0" if asked.sort is Sort.RELEVANCE else ORDERS[asked.sort]
    order = "slug, id" if asked.sort is Sort.RELEVANCE else "key, slug, id"
    parts = f"""
        matched AS NOT MATERIALIZED (SELECT {CARRIED} FROM exercises_exercise e WHERE {_conditions(asked)}),
        keyed AS NOT MATERIALIZED (SELECT m.*, {key} AS key FROM matched m),
        counted AS (SELECT * FROM matched LIMIT {COUNTED + 1})
    """  # noqa: S608  fixed pieces; values are parameters
    return _run(asked, query, parts, order, {}, Reading.EXACT)[0]


def _ranked(asked: Search, query: Query, reading: Reading) -> tuple[Found, float]:
    """A page of the best by text, and the best score of all."""
    exact = reading is Reading.EXACT
    if reading is Reading.CORRECTED:
        query = correct(query)
    parts = f"""
        asked AS (
            SELECT {tsquery("every", asked.language)} AS every,
                   {tsquery("every" if exact else "any", asked.language)} AS words
        ),
        matched AS (
            SELECT {CARRIED}, max(ts_rank('{{0.05, 0.2, 0.6, 1.0}}', d.vector, words)) AS text_rank,
                   bool_or(d.vector @@ every) AS has_all
            FROM asked, exercises_searchdocument d JOIN exercises_exercise e ON e.id = d.exercise_id
            WHERE (d.vector @@ words OR d.vector @@ every)
              AND (d.language = ANY(%(languages)s) OR d.original) AND {_conditions(asked)}
            GROUP BY e.id
        ),
        best AS (SELECT * FROM matched ORDER BY text_rank DESC, slug LIMIT {RANKED}),
        scored AS (
            SELECT best.*, round((0.2 * text_rank + (
                SELECT max(similarity(name, spelling))
                FROM exercises_searchdocument d, unnest(d.names) name, unnest(%(spellings)s::text[]) spelling
                WHERE d.exercise_id = best.id AND (d.language = ANY(%(languages)s) OR d.original)
            ))::numeric, 6)::float8 AS score
            FROM best
        ),
        keyed AS (
            SELECT m.*, {ORDERS[asked.sort]} AS key FROM scored m WHERE has_all OR score >= {SIMILAR_ENOUGH}
        ),
        counted AS (SELECT * FROM {"matched" if exact else "keyed"} LIMIT {COUNTED + 1})
    """  # noqa: S608  fixed pieces; values are parameters
    values = {
        "every": query.every_term,
        "any": query.any_word,
        "spellings": query.spellings,
        "languages": list({asked.language, "en"}),
    }
    return _run(asked, query, parts, "key, slug, id", values, reading)


def tsquery(name: str, language: str) -> str:
    """A match of the stems of English or the reader's language, or of the very word, as SQL with the value `name`."""
    stemmed = dict.fromkeys([CONFIGURATIONS[Language.ENGLISH], CONFIGURATIONS[Language(language)]])
    configurations = [*(f"exercises_{said}" for said in stemmed), "simple"]
    return " || ".join(f"to_tsquery('{configuration}', %({name})s)" for configuration in configurations)


def _conditions(asked: Search) -> str:
    return " AND ".join([VISIBLE, *asked.filters.conditions()])


def _facet(name: str, column: str) -> str:
    value, rows = ("value", f"counted, unnest({column}) value") if name in ARRAY_FACETS else (column, "counted")
    counts = f"SELECT {value} AS value, count(*) FROM {rows} GROUP BY 1"  # noqa: S608  fixed pieces
    listed = "json_agg(json_build_object('value', value, 'count', count) ORDER BY count DESC, value)"
    return f"'{name}', (SELECT coalesce({listed}, '[]') FROM ({counts}) facet)"  # noqa: S608  fixed pieces


def _run(
    asked: Search, query: Query, parts: str, order: str, values: dict[str, Any], reading: Reading
) -> tuple[Found, float]:
    beyond = ""
    if asked.after is not None:
        beyond = "WHERE (slug, id) > (%(slug)s, %(id)s::uuid)"
        if "key" in order:
            beyond = "WHERE (key, slug, id) > (%(key)s, %(slug)s, %(id)s::uuid)"
        values = values | {"key": asked.after.key, "slug": asked.after.slug, "id": asked.after.id}
    facets = ", ".join(_facet(name, column) for name, column in FACETS.items())
    best = "(SELECT max(score) FROM scored)" if query.terms else "0"
    statement = f"""
        WITH {parts}, page AS (
            SELECT id, slug, key FROM keyed {beyond} ORDER BY {order} LIMIT %(limit)s + 1
        )
        SELECT (SELECT count(*) FROM counted), json_build_object({facets})::text,
               (SELECT json_agg(json_build_array(id, slug, key) ORDER BY {order}) FROM page)::text, {best}
    """  # noqa: S608  fixed pieces; values are parameters
    values = (
        values | asked.filters.values() | {"me": asked.actor.user_id, "language": asked.language, "limit": asked.limit}
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        count, facets, page, score = cursor.fetchone()
    rows = orjson.loads(page) if page else []
    shown = rows[: asked.limit]
    found = Found(
        query=query,
        ids=[UUID(row[0]) for row in shown],
        count=min(count, COUNTED),
        more_than_counted=count > COUNTED,
        facets=orjson.loads(facets),
        next=Position(reading, shown[-1][2], shown[-1][1], shown[-1][0]) if len(rows) > asked.limit else None,
    )
    return found, score or 0.0
