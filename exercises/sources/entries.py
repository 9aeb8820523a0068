"""An exercise as another catalogue tells it, in our shape; and how to read what strangers wrote."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

MAX_NAME = 80
MAX_STEP = 1000
MAX_STEPS = 20
MAX_ALIASES = 10
MAX_TEXT = 8000  # characters of a description that are looked at
MAX_WORDS = 12  # muscles or equipment of an exercise

CONTENT = (
    "name",
    "aliases",
    "instructions",
    "language",
    "primary_muscles",
    "secondary_muscles",
    "equipment",
    "kind",
    "pattern",
    "mechanic",
    "force",
    "difficulty",
    "tracking",
)
"""Fields of an exercise that other catalogues say something of."""
INVISIBLE = frozenset({"Cc", "Cf", "Co", "Cs"})  # control, format (turns the direction of text), private, surrogate


class Unusable(Exception):
    """This entry is no exercise that the library can take. The words are counted, so they name no entry."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One exercise of another catalogue. `content` holds the fields `CONTENT`, `translations` texts in other
    languages; `doubts` say what was guessed, for moderators."""

    external_id: str
    content: Mapping[str, Any]
    translations: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    author: str = ""
    license: str = ""
    license_url: str = ""
    url: str = ""
    doubts: tuple[str, ...] = ()

    @property
    def names(self) -> list[str]:
        """What it is called, the likeliest first: its names, then its aliases."""
        texts = [self.content, *self.translations.values()]
        return list(dict.fromkeys([one["name"] for one in texts] + [name for one in texts for name in one["aliases"]]))


def text(value: object, longest: int) -> str:
    """One line without invisible signs, cut where it is too long; empty for what is no text."""
    if not isinstance(value, str):
        return ""
    shown = "".join(
        " " if letter.isspace() else letter
        for letter in value[:MAX_TEXT]
        if letter.isspace() or unicodedata.category(letter) not in INVISIBLE
    )
    line = " ".join(shown.split())
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


def name(value: object) -> str:
    """A name, never cut: half a name is another exercise's."""
    found = text(value, MAX_TEXT)
    if not found or not any(letter.isalnum() for letter in found):
        raise Unusable("without a name")
    if len(found) > MAX_NAME:
        raise Unusable("with a name of more than 80 characters")
    return found


def aliases(values: object, name: str) -> list[str]:
    """Other names, those that can be ones."""
    found = (text(value, MAX_TEXT) for value in listed(values))
    usable = (one for one in found if one and len(one) <= MAX_NAME and one.lower() != name.lower())
    return list(dict.fromkeys(usable))[:MAX_ALIASES]


def steps(values: object) -> list[str]:
    """Instructions, one a step."""
    found = (text(value, MAX_STEP) for value in listed(values))
    return [step for step in found if step][:MAX_STEPS]


def listed(values: object) -> list[Any]:
    """A list, or nothing for what is none; never so long that it costs anything."""
    return values[:100] if isinstance(values, list) else []


def words(values: object) -> list[str]:
    """The texts of a list of words."""
    return [word for value in listed(values) if (word := text(value, MAX_NAME))][:MAX_WORDS]


def web_address(value: object) -> str:
    """An address that a page may link to, or nothing."""
    found = text(value, 500)
    try:
        parts = urlsplit(found)
    except ValueError:
        return ""
    return found if parts.scheme in ("http", "https") and parts.netloc and not re.search(r"[\s…]", found) else ""


def identifier(value: object) -> str:
    """What the catalogue calls the entry by, for ever."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise Unusable("without an id")
    found = text(str(value), MAX_TEXT)
    if not found or len(found) > 200:
        raise Unusable("without an id")
    return found


def lines_of_html(value: object) -> list[str]:
    """The text of HTML, a line for each paragraph or item, without what is not shown."""
    if not isinstance(value, str):
        return []
    reader = _Text()
    reader.feed(value[:MAX_TEXT])
    reader.close()
    return steps("".join(reader.pieces).split("\n"))


class _Text(HTMLParser):
    BREAKS = frozenset({"p", "li", "br", "div", "ol", "ul", "h1", "h2", "h3", "h4", "tr"})
    HIDDEN = frozenset({"script", "style", "template", "head"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if tag in self.BREAKS:
            self.pieces.append("\n")
        self.hidden += tag in self.HIDDEN

    def handle_endtag(self, tag: str) -> None:
        if tag in self.BREAKS:
            self.pieces.append("\n")
        self.hidden = max(0, self.hidden - (tag in self.HIDDEN))

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.pieces.append(re.sub(r"\s+", " ", data))
