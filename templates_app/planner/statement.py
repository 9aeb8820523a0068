"""What the planner and the linter say about a plan, in words and in figures."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Statement:
    """One reason, finding or conflict: a stable `code`, a sentence for people, and the figures in it.

    `pointer` is a JSON pointer into the `weeks` of the plan ("/0/days/1/exercises/2"), None where it is about all.
    """

    code: str
    text: str
    pointer: str | None = None
    figures: Json = field(default_factory=dict)

    def to_json(self) -> Json:
        return {"code": self.code, "text": self.text, "pointer": self.pointer, "figures": self.figures}


def listed(words: list[str], last: str = "and") -> str:
    """ "a", "a and b", "a, b and c"."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}" if words else ""


def number(value: float) -> str:
    """4.0 as "4", 4.5 as "4.5"."""
    return f"{value:g}"


def spoken(word: str) -> str:
    """A word of a vocabulary as people read it: "lower_back" as "lower back"."""
    return word.replace("_", " ")
