"""What somebody typed, understood: plain words, abbreviations and synonyms, and the last word as still being typed."""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import orjson

from exercises.enums import Equipment, Muscle
from exercises.search.scope import BEGINNING, OF_A_BEGINNING

SYNONYMS = Path(__file__).parents[1] / "synonyms.json"
LONGEST_PHRASE = 4
MAX_WORDS = 12
WORD = re.compile(r"[^\W_]+")
CALLED = "A"  # the weight of words in the name
NAMED = "AB"  # in the name or an alias
AIMED = "C"  # of primary muscles, equipment and kind


@lru_cache(4096)
def plain(text: str) -> str:
    """In lower case, without accents and punctuation; `exercises_plain` of the database says the same."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(letter for letter in decomposed if not unicodedata.combining(letter) and letter not in "'’`")
    return " ".join(WORD.findall(letters))


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What people say for what: phrases in plain words, words that say nothing, words for what is trained or needed,
    and details that make no other exercise."""

    noise: frozenset[str]
    synonyms: dict[str, tuple[str, ...]]
    aims: frozenset[str]
    details: frozenset[str]

    def means(self, phrase: str) -> tuple[str, ...]:
        """Other ways to say `phrase`, in singular and plural; the first is the usual one."""
        said = (phrase, phrase.removesuffix("s"), f"{phrase}s")
        return next((self.synonyms[form] for form in said if form in self.synonyms), ())


@cache
def vocabulary() -> Vocabulary:
    said = orjson.loads(SYNONYMS.read_bytes())
    return Vocabulary(
        noise=frozenset(plain(word) for word in said["noise"]),
        synonyms={
            plain(phrase): tuple(plain(other) for other in others) for phrase, others in said["synonyms"].items()
        },
        aims=frozenset(plain(word) for word in (*Muscle.values, *Equipment.values, *said["aims"])),
        details=frozenset(plain(phrase) for phrase in said["details"]),
    )


@dataclass(frozen=True, slots=True)
class Term:
    """A word or a set phrase of the query, and other ways to say it."""

    typed: str
    others: tuple[str, ...] = ()
    unfinished: bool = False

    @property
    def tsquery(self) -> str:
        """As text for `to_tsquery`, for the index; its words are letters and digits only, so nothing needs escaping."""
        *whole, last = self.typed.split()
        if not self.unfinished or len(last) > OF_A_BEGINNING:
            return self.of_weight("")
        ends = (f"'{BEGINNING}{last}'", _lexeme(last, ""))
        ways = [" & ".join([*(_lexeme(word, "") for word in whole), end]) for end in ends]
        return _either([*ways, *self._other_ways("")])

    def of_weight(self, weight: str) -> str:
        """The same, of words of these weights only, for documents that are at hand."""
        *whole, last = self.typed.split()
        way = " & ".join([*(_lexeme(word, weight) for word in whole), _lexeme(last, weight, self.unfinished)])
        return _either([way, *self._other_ways(weight)])

    def _other_ways(self, weight: str) -> list[str]:
        return [" & ".join(_lexeme(word, weight) for word in other.split()) for other in self.others]

    @property
    def aims(self) -> bool:
        """Whether it says what is trained or needed, and not how the exercise is called."""
        known = vocabulary().aims
        return self.typed in known or any(other in known for other in self.others)


def _either(ways: list[str]) -> str:
    return "(" + " | ".join(f"({way})" for way in ways) + ")"


def _lexeme(word: str, weight: str, unfinished: bool = False) -> str:
    marks = f"{'*' if unfinished else ''}{weight}"
    return f"'{word}':{marks}" if marks else f"'{word}'"


@dataclass(frozen=True, slots=True)
class Query:
    """A search text, understood."""

    terms: tuple[Term, ...]

    @property
    def every_term(self) -> str:
        """Matches documents of the library that hold every term."""
        return " & ".join(term.tsquery for term in self.terms)

    @property
    def every_word(self) -> str:
        """The same for an index that has no beginnings as words."""
        return " & ".join(term.of_weight("") for term in self.terms)

    @property
    def any_term(self) -> str:
        """Matches documents that hold one of the terms in a name or as an aim."""
        return " | ".join(term.of_weight(NAMED + AIMED) for term in self.terms)

    @property
    def spellings(self) -> list[str]:
        """The whole text as typed, and as it is usually said: what names are compared with."""
        typed = " ".join(term.typed for term in self.terms)
        usual = " ".join(term.others[0] if term.others else term.typed for term in self.terms)
        return list(dict.fromkeys([typed, usual]))

    @property
    def aimed(self) -> float:
        """The share of terms that say what is trained or needed, 0 to 1."""
        return sum(term.aims for term in self.terms) / len(self.terms)

    @property
    def words(self) -> list[str]:
        return [word for term in self.terms for word in term.typed.split()]

    @property
    def marks(self) -> frozenset[str]:
        """The words to highlight."""
        phrases = [phrase for term in self.terms for phrase in (term.typed, *term.others)]
        return frozenset(word for phrase in phrases for word in phrase.split())


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
