"""What somebody typed, understood: plain words, abbreviations and synonyms, and the last word as still being typed."""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import orjson

SYNONYMS = Path(__file__).parents[1] / "synonyms.json"
LONGEST_PHRASE = 3
MAX_WORDS = 12
WORD = re.compile(r"[^\W_]+")


@lru_cache(4096)
def plain(text: str) -> str:
    """In lower case, without accents and punctuation; `exercises_plain` of the database says the same."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(letter for letter in decomposed if not unicodedata.combining(letter) and letter not in "'’`")
    return " ".join(WORD.findall(letters))


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What people say for what: phrases in plain words, and words that say nothing."""

    noise: frozenset[str]
    synonyms: dict[str, tuple[str, ...]]

    def means(self, phrase: str) -> tuple[str, ...]:
        """Other ways to say `phrase`, in the singular too; the first is the usual one."""
        return self.synonyms.get(phrase) or self.synonyms.get(phrase.removesuffix("s"), ())


@cache
def vocabulary() -> Vocabulary:
    said = orjson.loads(SYNONYMS.read_bytes())
    return Vocabulary(
        noise=frozenset(plain(word) for word in said["noise"]),
        synonyms={
            plain(phrase): tuple(plain(other) for other in others) for phrase, others in said["synonyms"].items()
        },
    )


@dataclass(frozen=True, slots=True)
class Term:
    """A word or a set phrase of the query, and other ways to say it."""

    typed: str
    others: tuple[str, ...] = ()
    unfinished: bool = False

    @property
    def tsquery(self) -> str:
        """As text for `to_tsquery`; its words are letters and digits only, so nothing needs escaping."""
        typed = " & ".join(f"'{word}'" for word in self.typed.split())
        ways = [f"{typed}:*" if self.unfinished else typed]
        ways += [" & ".join(f"'{word}'" for word in other.split()) for other in self.others]
        return "(" + " | ".join(f"({way})" for way in ways) + ")"


@dataclass(frozen=True, slots=True)
class Query:
    """A search text, understood."""

    terms: tuple[Term, ...]

    @property
    def every_term(self) -> str:
        """Matches documents that hold every term."""
        return " & ".join(term.tsquery for term in self.terms)

    @property
    def any_word(self) -> str:
        """Matches documents that have any of the words in a name."""
        words = dict.fromkeys(word for phrase in self._phrases() for word in phrase.split())
        return " | ".join(f"'{word}':AB" for word in words)

    @property
    def spellings(self) -> list[str]:
        """The whole text as typed, and as it is usually said: what names are compared with."""
        typed = " ".join(term.typed for term in self.terms)
        usual = " ".join(term.others[0] if term.others else term.typed for term in self.terms)
        return list(dict.fromkeys([typed, usual]))

    @property
    def words(self) -> list[str]:
        return [word for term in self.terms for word in term.typed.split()]

    @property
    def marks(self) -> frozenset[str]:
        """The words to highlight."""
        return frozenset(word for phrase in self._phrases() for word in phrase.split())

    def _phrases(self) -> list[str]:
        return [phrase for term in self.terms for phrase in (term.typed, *term.others)]


def understand(text: str) -> Query:
    """Split into terms, the longest known phrase first. A text without words gives a query without terms."""
    known = vocabulary()
    words = plain(text).split()[:MAX_WORDS]
    words = [word for word in words if word not in known.noise] or words
    unfinished = text[-1:].isalnum()
    terms: list[Term] = []
    at = 0
    while at < len(words):
        for length in range(min(LONGEST_PHRASE, len(words) - at), 0, -1):
            phrase = " ".join(words[at : at + length])
            others = known.means(phrase)
            if others or length == 1:
                at += length
                terms.append(Term(phrase, others, unfinished and at == len(words)))
                break
    return Query(tuple(terms))
