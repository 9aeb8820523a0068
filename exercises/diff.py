"""Differences as people read them: which words of a text and which entries of a list came and went. Pure."""

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from exercises.content import Change

TOKEN: Final = re.compile(r"\s+|\w+|[^\w\s]")
ALIKE: Final = 0.4  # two lines that have this much in common are one line that was changed


class Op(StrEnum):
    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"  # of a line: its pieces say what


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words of a line."""

    op: Op
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """A text, or an entry of a list."""

    op: Op
    pieces: list[Piece] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The line as it is now, or as it was where it is gone."""
        return "".join(piece.text for piece in self.pieces if piece.op is not Op.REMOVED or self.op is Op.REMOVED)


def lines(change: Change) -> list[Line]:
    """A change line by line: a list has a line for each entry, anything else has one."""
    return _listed(_entries(change.before), _entries(change.after))


def words(before: str, after: str) -> list[Piece]:
    """A text word by word."""
    old, new = TOKEN.findall(before), TOKEN.findall(after)
    pieces: list[Piece] = []
    for tag, start, end, new_start, new_end in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            pieces.append(Piece(Op.SAME, "".join(old[start:end])))
            continue
        if start < end:
            pieces.append(Piece(Op.REMOVED, "".join(old[start:end])))
        if new_start < new_end:
            pieces.append(Piece(Op.ADDED, "".join(new[new_start:new_end])))
    return pieces


def _listed(old: Sequence[str], new: Sequence[str]) -> list[Line]:
    found: list[Line] = []
    for tag, start, end, new_start, new_end in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            found += [Line(Op.SAME, [Piece(Op.SAME, text)]) for text in old[start:end]]
        else:
            found += _replaced(old[start:end], new[new_start:new_end])
    return found


def _replaced(old: Sequence[str], new: Sequence[str]) -> list[Line]:
    """Entries in place of others: those alike are one that was changed, as far as they come in the same order."""
    found: list[Line] = []
    waiting = list(new)
    for text in old:
        alike = next((at for at, other in enumerate(waiting) if _ratio(text, other) >= ALIKE), None)
        if alike is None:
            found.append(Line(Op.REMOVED, [Piece(Op.REMOVED, text)]))
            continue
        found += [Line(Op.ADDED, [Piece(Op.ADDED, other)]) for other in waiting[:alike]]
        found.append(Line(Op.CHANGED, words(text, waiting[alike])))
        del waiting[: alike + 1]
    return found + [Line(Op.ADDED, [Piece(Op.ADDED, text)]) for text in waiting]


def _ratio(old: str, new: str) -> float:
    """How much two texts of several words have in common; a single word is the same or another."""
    a, b = old.split(), new.split()
    return difflib.SequenceMatcher(None, a, b, autojunk=False).ratio() if len(a) > 1 and len(b) > 1 else 0.0


def _entries(value: Any) -> list[str]:
    """What there is to read of a field."""
    if value is None or value == "":
        return []
    return [_shown(item) for item in (value if isinstance(value, list) else [value])]


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return " · ".join(str(part) for part in value.values() if part is not None)
    return str(value)
