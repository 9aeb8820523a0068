"""What others call muscles and equipment, in our words. The words are in `vocabulary.json`."""

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import orjson

WORDS = Path(__file__).with_name("vocabulary.json")


@cache
def vocabulary() -> Mapping[str, Any]:
    return orjson.loads(WORDS.read_bytes())


def translate(table: Mapping[str, list[str]], said: Iterable[str]) -> tuple[list[str], list[str]]:
    """Our words for theirs, each once, and what is unknown."""
    known: dict[str, None] = {}
    unknown: list[str] = []
    for word in said:
        ours = table.get(word.strip().lower())
        if ours is None:
            unknown.append(word)
        else:
            known |= dict.fromkeys(ours)
    return list(known), unknown
