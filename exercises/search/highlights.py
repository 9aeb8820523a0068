"""Which letters of a result to show as found."""

from collections.abc import Mapping, Sequence
from typing import Any

from exercises.search.text import WORD, Query, plain


def highlights(query: Query, shown: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The found words of the name, and of the alias that has most of them where it has more than the name.

    Ranges are [start, end) in characters (Unicode code points).
    """
    name = {"field": "name", "text": shown["name"], "ranges": ranges(query, shown["name"])}
    aliases = [{"field": "alias", "text": alias, "ranges": ranges(query, alias)} for alias in shown["aliases"]]
    best = max(aliases, key=lambda found: len(found["ranges"]), default=name)
    found = [name] if len(best["ranges"]) <= len(name["ranges"]) else [name, best]
    return [one for one in found if one["ranges"]]


def ranges(query: Query, text: str) -> list[Sequence[int]]:
    return [
        [word.start(), word.end()]
        for word in WORD.finditer(text)
        if any(_means(plain(word.group()), mark) for mark in query.marks)
    ]


def _means(word: str, mark: str) -> bool:
    """Whether a word begins as the mark does, or is it in the singular."""
    return word.startswith(mark) or (len(word) > 2 and mark.removesuffix("s") == word)
