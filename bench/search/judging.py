"""Judge the search and the matcher of the database that this process talks to."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from bench.report import table
from bench.search.scoring import NDCG, RECOGNISED, TOP_1, is_top, judged, mean, named, ndcg
from exercises.models import Exercise
from exercises.search.match import Search, search
from exercises.search.naming import match_names
from fitai.common.actors import Actor
from fitai.common.ids import uuid7

WEAK = 0.75
"""Below it a query is shown."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """What a search gave for a judged query."""

    kind: str
    query: str
    gain: float
    top: bool
    found: list[str]


@dataclass(frozen=True, slots=True)
class Recognition:
    """What a name was taken for."""

    source: str
    name: str
    meant: str | None
    taken: str | None

    @property
    def right(self) -> bool:
        return self.meant == self.taken


def rank_all() -> list[Ranking]:
    slugs, nobody = _slugs(), Actor(user_id=uuid7())
    rankings = []
    for one in judged():
        found = [slugs[id] for id in search(Search(nobody, one.language, one.query, limit=10)).ids]
        gain, top = ndcg(one.grades, found), is_top(one.grades, found)
        rankings.append(Ranking(one.kind, one.query, gain, top, found))
    return rankings


def recognise_all() -> list[Recognition]:
    slugs, names = _slugs(), named()
    taken = match_names(Actor(user_id=uuid7()), [one.name for one in names])
    return [Recognition(one.source, one.name, one.slug, slugs.get(taken[one.name])) for one in names]


def _slugs() -> dict[object, str]:
    return dict(Exercise.objects.values_list("id", "slug"))


def lines(rankings: list[Ranking], recognitions: list[Recognition]) -> Iterator[str]:
    """The figures for people."""
    kinds = defaultdict(list)
    for one in rankings:
        kinds[one.kind].append(one)
    yield from table(
        ("judged queries", "number", "nDCG@10", "top-1"),
        [
            (kind, str(len(some)), f"{mean([one.gain for one in some]):.3f}", f"{mean([one.top for one in some]):.3f}")
            for kind, some in [*kinds.items(), ("all", rankings)]
        ],
    )
    yield ""
    sources = defaultdict(list)
    for known in recognitions:
        sources[known.source].append(known)
    yield from table(
        ("names of others", "number", "right"),
        [
            (source, str(len(names)), f"{mean([known.right for known in names]):.3f}")
            for source, names in [*sources.items(), ("all", recognitions)]
        ],
    )
    yield ""
    for one in sorted(rankings, key=lambda one: one.gain):
        if one.gain < WEAK:
            yield f"weak   {one.gain:.2f}  {one.query}: {', '.join(one.found[:5])}"
    for known in recognitions:
        if not known.right:
            yield f"wrong  {known.name}: {known.taken or 'none'}, not {known.meant or 'none'}"
    yield ""
    for text, reached, wanted in (
        ("nDCG@10", mean([one.gain for one in rankings]), NDCG),
        ("top-1", mean([one.top for one in rankings]), TOP_1),
        ("names recognised", mean([known.right for known in recognitions]), RECOGNISED),
    ):
        yield f"gate    {'kept  ' if reached >= wanted else 'BROKEN'}  {text}: {reached:.3f}, at least {wanted}"
