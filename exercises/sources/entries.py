"""An exercise as another catalogue tells it, in our shape; and how to read what strangers wrote."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import unescape
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
MARKUP = re.compile(r"<(?P<slash>/?)(?P<tag>[a-zA-Z][a-zA-Z0-9]*+)[^<>]*+>|<!--|(?P<end>-->)")
BREAKS = frozenset({"p", "li", "br", "div", "ol", "ul", "h1", "h2", "h3", "h4", "tr"})
HIDDEN = frozenset({"script", "style", "template", "head", "!"})  # ! is a comment
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
    """The text of HTML, a line for each paragraph or item, without what is not shown. One pass, whatever it is: parsers
    that mend broken HTML take seconds for some of it."""
    if not isinstance(value, str):
        return []
    source = " ".join(value[:MAX_TEXT].split())
    pieces, hidden, at = list[str](), "", 0
    for sign in MARKUP.finditer(source):
        closes, tag = sign["slash"] or sign["end"], (sign["tag"] or "!").lower()
        if not hidden:
            pieces.append(unescape(source[at : sign.start()]))
            if tag in BREAKS:
                pieces.append("\n")
            elif tag in HIDDEN and not closes:
                hidden = tag
        elif closes and tag == hidden:
            hidden = ""
        at = sign.end()
    if not hidden:
        pieces.append(unescape(source[at:]))
    return steps("".join(pieces).split("\n"))
