"""Which exercises answer a search, in what order, how many, and what they have in common: one statement a reading.

The index first gives the documents that have the words, those that have all of them and, by the order of the shelves,
those of common exercises first, and at most a thousand. The best 500 of these by text rank are then scored: how many of
the terms stand in the name or are what the exercise is for, how alike the names are in trigrams (so that the order of
words, a small slip or a suffix of another app hardly matter), how common the exercise is, and whether the searcher
trains it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import combinations, pairwise
from typing import Any
from uuid import UUID

import orjson
from django.db import connection

from exercises.enums import Language, Sort
from exercises.querysets import VISIBLE
from exercises.search.scope import UNSHARED, Filters, fits, languages_of, owned_by
from exercises.search.spelling import correct
from exercises.search.text import AIMED, CALLED, NAMED, Query, understand
from fitai.common.actors import Actor

COUNTED = 1000  # exact up to here
LENIENT_COUNTED = 50  # of what has some of the words only
RANKED = 500  # in a language
COMBINED = 5  # terms of which every choice is tried where some may be missing
MOST_DOCUMENTS = 3  # of an exercise that are read: in two languages, and in its own
FEW = 10  # so few results with all words are followed by their variations, and by those with some of the words
COVERED_ENOUGH, ALIKE_ENOUGH = 0.45, 0.3  # of a result that has some of the words only
FACETS = {"m": "muscles", "e": "equipment", "k": "kind", "d": "difficulty"}
"""What is counted, by the letter that its labels begin with."""
# All that ordering needs; carrying the texts along would double the cost.
CARRIED = "e.id, e.slug, e.name, e.rating, e.created_at"
SCORED_BY = "labels, vector, trigrams"  # of documents: to look each of 500 up again costs more than to carry these
# As the search documents have them.
LABELS = """string_to_array('m=' || array_to_string(e.primary_muscles, ',m=')
    || ',e=' || array_to_string(e.equipment, ',e=') || ',k=' || e.kind || ',d=' || e.difficulty, ',') AS labels"""
CONFIGURATIONS = {Language.ENGLISH: "english", Language.GERMAN: "german", Language.SPANISH: "spanish"}
# What a word counts in an alias, an aim and elsewhere, beside one in the name: weights D, C, B, A of `ts_rank`.
TEXT_RANK = "ts_rank('{0.05, 0.4, 0.8, 1.0}', d.vector, (SELECT anywhere FROM asked))"

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


class Reading(StrEnum):
    """How the words of a query were taken, the same on each of its pages."""

    EXACT = "exact"  # every word must be there; where few have all, some may be missing in others
    STEPS = "steps"  # every word must be there, in the instructions
    CORRECTED = "corrected"  # some may be missing, and their spelling is corrected


# How common an exercise is, 0 to 1: by an estimate, or by what people here trained of late beside the most popular.
COMMON = """greatest(e.commonness / 5.0, coalesce(ln(1 + popular.score) / nullif(ln(1 + (
    SELECT score FROM exercises_popularity WHERE period = 'all' AND place = 1)), 0), 0))"""
OWN = 0.05  # what having trained it counts
# The pieces that two have in common, of those that either has: `similarity()` in a seventh of the time.
ALIKE = "bit_count(name & spelling)::float8 / greatest(bit_count(name | spelling), 1)"
RELATED_COVERS = 0.6  # of the terms, where an exercise is only a variation of one that was found
# Of the first of what has all words. As arrays they are read once, whatever the planner thinks of the tables' size.
VARIATIONS = f"""d.exercise_id = ANY(ARRAY(
    SELECT other_id FROM exercises_variation WHERE exercise_id = ANY(ARRAY(SELECT exercise_id FROM whole LIMIT {FEW}))
))"""  # noqa: S608  fixed pieces
PLACES = {"called": CALLED, "named": NAMED, "aimed": AIMED, "said": ""}
# How many must have all words so that others are looked for.
FEWEST = {Reading.EXACT: 1, Reading.CORRECTED: 0}


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
    """Take the words as they are; where that finds little, let some go, read the steps, correct the spelling."""
    query = understand(asked.text)
    if not query.terms:
        if asked.text.strip():  # signs only
            return Found(query, [], 0, False, _facets({}), None)
        return _listed(asked, query)
    if asked.after is not None:
        reading = asked.after.reading
        return _ranked(asked, correct(query) if reading is Reading.CORRECTED else query, reading)
    found = _ranked(asked, query, Reading.EXACT)
    if not found.ids:
        found = _ranked(asked, query, Reading.STEPS)
    if found.ids:
        return found
    better = correct(query)
    if better is query and len(query.terms) == 1:
        return found  # the one word is not there
    return _ranked(asked, better, Reading.CORRECTED)


def _listed(asked: Search, query: Query) -> Found:
    """All that the filters let through. By name's address unless asked otherwise, which an index serves."""
    key = "0" if asked.sort is Sort.RELEVANCE else ORDERS[asked.sort]
    order = "slug, id" if asked.sort is Sort.RELEVANCE else "key, slug, id"
    parts = f"""
        matched AS NOT MATERIALIZED (SELECT {CARRIED}, {LABELS} FROM exercises_exercise e WHERE {_conditions(asked)}),
        keyed AS NOT MATERIALIZED (SELECT m.*, {key} AS key FROM matched m),
        counted AS (SELECT labels FROM matched LIMIT {COUNTED + 1})
    """  # noqa: S608  fixed pieces; values are parameters
    return _run(asked, query, parts, order, {}, Reading.EXACT)


def _ranked(asked: Search, query: Query, reading: Reading) -> Found:
    """A page of the best by text."""
    terms, languages = range(len(query.terms)), languages_of(asked.language)
    of_terms = [f"{name}{n}" for n in terms for name in ("term", *PLACES)]
    scopes = {f"scope{number}": part for number, part in enumerate(asked.filters.wanted())}
    tsqueries = {name: tsquery(name, asked.language) for name in ("anywhere", *of_terms)}
    often = [f"{name}{n}" for n in terms for name in ("term", *(PLACES if query.terms[n].others else ()))]
    tsqueries |= {name: _each_once(tsqueries[name]) for name in ("anywhere", *often)}
    tsqueries |= {name: f"%({name})s::tsquery" for name in (*scopes, "own", "fits")}
    covered = " + ".join(_covers(n, aims=query.terms[n].aims) for n in terms)
    parts = f"""
        asked AS MATERIALIZED (
            SELECT {", ".join(f"{said} AS {name}" for name, said in tsqueries.items())},
                   ARRAY(SELECT exercises_trigrams(said) FROM unnest(%(spellings)s::text[]) said) AS spellings
        ),
        {_documents(asked, reading, len(terms), scopes)},
        matched AS (
            SELECT exercise_id, bool_and(partly) AS partly, min(labels) AS labels FROM found GROUP BY exercise_id
        ),
        best AS (SELECT * FROM found ORDER BY text_rank DESC, exercise_id LIMIT {RANKED * len(languages)}),
        compared AS MATERIALIZED (
            SELECT exercise_id, partly,
                   greatest(({covered}) / {len(terms)}, related::int * {RELATED_COVERS}) AS covered,
                   (SELECT max({ALIKE}) FROM unnest(trigrams) name, unnest(spellings) spelling) AS alike
            FROM best d, asked
        ),
        scored AS (
            SELECT {CARRIED}, said.partly, said.covered, said.alike, round(1e6 * (
                %(alike)s * said.alike + %(covered)s * said.covered + %(common)s * {COMMON}
                + {OWN} * (mine.user_id IS NOT NULL)::int
            )) / 1e6 AS score
            FROM (
                SELECT exercise_id, bool_and(partly) AS partly, max(covered) AS covered, max(alike) AS alike
                FROM compared GROUP BY exercise_id
            ) said JOIN exercises_exercise e ON e.id = said.exercise_id
            LEFT JOIN exercises_popularity popular ON popular.exercise_id = e.id AND popular.period = 'all'
            LEFT JOIN exercises_trained mine ON mine.exercise_id = e.id AND mine.user_id = %(me)s
            WHERE {VISIBLE}
        ),
        keyed AS (
            SELECT m.*, {ORDERS[asked.sort]} AS key FROM scored m
            WHERE NOT m.partly OR m.covered >= {COVERED_ENOUGH} OR m.alike >= {ALIKE_ENOUGH}
        ),
        counted AS (
            SELECT labels FROM matched m WHERE NOT m.partly OR m.exercise_id IN (SELECT id FROM keyed)
            LIMIT {COUNTED + 1}
        )
    """  # noqa: S608  fixed pieces; values are parameters
    alike, coverage, common = _shares(query)
    values = {
        "anywhere": query.any_term,
        **scopes,
        "own": owned_by(asked.actor.user_id),
        "fits": fits(asked.language, asked.filters),
        "spellings": query.spellings,
        "documents": (COUNTED + 1) * len(languages),
        "others": LENIENT_COUNTED * len(languages),
        "alike": alike,
        "covered": coverage,
        "common": common,
        **{f"term{n}": query.terms[n].tsquery for n in terms},
        **{f"{place}{n}": query.terms[n].of_weight(weight) for n in terms for place, weight in PLACES.items()},
    }
    return _run(asked, query, parts, "key, slug, id", values, reading)


def _documents(asked: Search, reading: Reading, terms: int, scopes: Iterable[str]) -> str:
    """The documents that are read, shelf by shelf and only while there are not enough, as SQL: `found`. Where few have
    all words, their variations follow, and what lacks one word, then two.

    The index is asked for what is rarer than all, in parts: of one query for everything it would look at each document
    that has any of the words. What most documents are (in a language that is read, not needing what is not there, not
    of the level before) is looked at in those that it gives, which is less work for the few that are taken.
    """
    within = "".join(f"{matches(name)} AND " for name in scopes)
    if reading is Reading.STEPS:
        whole = _documents_that(f"{within}{_lacking(0, terms, 'steps')}", asked)
        return f"found AS MATERIALIZED ({whole} LIMIT %(documents)s)"
    most = int(min(terms, COMBINED) * (1 - COVERED_ENOUGH))
    levels = [_lacking(missing, terms, "vector") for missing in range(most + 1)]
    partly = [f"{within}{level} AND ({before}) IS NOT TRUE" for before, level in pairwise(levels)]
    others = [
        _documents_that(f"({within}true) IS TRUE AND {VARIATIONS}", asked, partly=True, related=True),
        *(_documents_that(condition, asked, partly=True) for condition in partly),
    ]
    return f"""
        whole AS MATERIALIZED ({_documents_that(f"{within}{levels[0]}", asked)} LIMIT %(documents)s),
        found AS MATERIALIZED (
            SELECT * FROM whole UNION ALL (
                SELECT * FROM ({" UNION ALL ".join(others)}) others
                WHERE (SELECT count(DISTINCT exercise_id) BETWEEN {FEWEST[reading]} AND {FEW - 1} FROM (
                    SELECT exercise_id FROM whole LIMIT {FEW * MOST_DOCUMENTS}
                ) first)
                LIMIT %(others)s
            )
        )"""  # noqa: S608  fixed pieces; values are parameters


def _documents_that(condition: str, asked: Search, *, partly: bool = False, related: bool = False) -> str:
    left_out = " AND NOT d.exercise_id = ANY(%(exclude_ids)s::uuid[])" if asked.filters.exclude_ids else ""
    seen = [f"d.shelf = {UNSHARED} AND {matches('own')}", f"d.shelf < {UNSHARED}"]
    return " UNION ALL ".join(
        f"SELECT exercise_id, {TEXT_RANK} AS text_rank, {partly} AS partly, {related} AS related, {SCORED_BY}"  # noqa: S608
        f" FROM exercises_searchdocument d WHERE {part} AND {condition} AND ({matches('fits')}) IS TRUE{left_out}"
        for part in seen
    )


def _lacking(missing: int, terms: int, column: str) -> str:
    """That a document `d` lacks so many terms at most, as SQL: of any one more of them it has one."""
    counted = range(min(terms, COMBINED) if missing else terms)
    some = (" || ".join(f"term{n}" for n in chosen) for chosen in combinations(counted, missing + 1))
    return " AND ".join(matches(names, column) for names in some)


def matches(name: str, column: str = "vector") -> str:
    """That a document `d` meets what is asked for under a name, or under names with `||` between, as SQL."""
    return f"d.{column} @@ (SELECT {name} FROM asked)"  # noqa: S608  names of ours


def _covers(n: int, *, aims: bool) -> str:
    """How far a term is met by a document `d`, 0 to 1, as SQL."""
    if aims:
        return (
            f"CASE WHEN d.vector @@ aimed{n} THEN CASE WHEN d.vector @@ named{n} THEN 1 ELSE 0.9 END"
            f" WHEN d.vector @@ named{n} THEN 0.6 WHEN d.vector @@ said{n} THEN 0.3 ELSE 0 END"
        )
    return (
        f"CASE WHEN d.vector @@ called{n} THEN 1 WHEN d.vector @@ named{n} THEN 0.9 WHEN d.vector @@ said{n} THEN 0.5"
        " ELSE 0 END"
    )


def _shares(query: Query) -> tuple[float, float, float]:
    """What likeness of names, coverage of the terms and being common count. Who names a muscle or a machine has no name
    in mind, but the usual exercises."""
    aimed = query.aimed
    return 0.5 - 0.42 * aimed, 0.45 + 0.1 * aimed, 0.12 + 0.16 * aimed


def tsquery(name: str, language: str) -> str:
    """A match of the stems of English or the reader's language, or of the very word, as SQL with the value `name`."""
    stemmed = dict.fromkeys([CONFIGURATIONS[Language.ENGLISH], CONFIGURATIONS[Language(language)]])
    configurations = [*(f"exercises_{said}" for said in stemmed), "simple"]
    return " || ".join(f"to_tsquery('{configuration}', %({name})s)" for configuration in configurations)


def _each_once(said: str) -> str:
    """The same with each of its ways once: a stem is often the word itself, and the index would compare it twice."""
    ways = f"unnest(string_to_array(({said})::text, ' | ')) way"
    return f"(SELECT coalesce(string_agg(DISTINCT way, ' | '), '') FROM {ways})::tsquery"  # noqa: S608  fixed pieces


def _conditions(asked: Search) -> str:
    return " AND ".join([VISIBLE, *asked.filters.conditions()])


def _facets(counts: Mapping[str, int]) -> dict[str, list[dict[str, Any]]]:
    """How many there are of each value of each facet, the most first."""
    facets: dict[str, list[dict[str, Any]]] = {name: [] for name in FACETS.values()}
    for label, count in sorted(counts.items(), key=lambda counted: (-counted[1], counted[0])):
        letter, _, value = label.partition("=")
        if value:  # what trains nothing in particular has a label without one
            facets[FACETS[letter]].append({"value": value, "count": count})
    return facets


def _run(asked: Search, query: Query, parts: str, order: str, values: dict[str, Any], reading: Reading) -> Found:
    beyond = ""
    if asked.after is not None:
        beyond = "WHERE (slug, id) > (%(slug)s, %(id)s::uuid)"
        if "key" in order:
            beyond = "WHERE (key, slug, id) > (%(key)s, %(slug)s, %(id)s::uuid)"
        values = values | {"key": asked.after.key, "slug": asked.after.slug, "id": asked.after.id}
    statement = f"""
        WITH {parts}, page AS (
            SELECT id, slug, key FROM keyed {beyond} ORDER BY {order} LIMIT %(limit)s + 1
        )
        SELECT (SELECT count(*) FROM counted),
               (SELECT json_object_agg(label, n)::text FROM (
                   SELECT label, sum(n) AS n FROM (SELECT labels, count(*) AS n FROM counted GROUP BY labels) alike,
                       unnest(labels) label GROUP BY label
               ) facet),
               (SELECT json_agg(json_build_array(id, slug, key) ORDER BY {order}) FROM page)::text
    """  # noqa: S608  fixed pieces; values are parameters
    values = (
        values | asked.filters.values() | {"me": asked.actor.user_id, "language": asked.language, "limit": asked.limit}
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        count, facets, page = cursor.fetchone()
    rows = orjson.loads(page) if page else []
    shown = rows[: asked.limit]
    return Found(
        query=query,
        ids=[UUID(row[0]) for row in shown],
        count=min(count, COUNTED),
        more_than_counted=count > COUNTED,
        facets=_facets(orjson.loads(facets or b"{}")),
        next=Position(reading, shown[-1][2], shown[-1][1], shown[-1][0]) if len(rows) > asked.limit else None,
    )
