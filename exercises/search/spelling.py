"""Misspelt words: "sqaut" is squat, "benchpres" is bench press."""

from functools import cache

from django.db import connection

from exercises.enums import Equipment, Muscle
from exercises.search.text import Query, understand, vocabulary

# A word that some name has is meant as it is; only for others the alike are looked up.
NEAREST = """
SELECT typed.word, near.word, near.spelled
FROM unnest(%(words)s::text[], %(letters)s::text[], %(letters_of_one)s::text[]) typed(word, letters, letters_of_one)
CROSS JOIN LATERAL (
    SELECT word, spelled FROM exercises_word WHERE word = typed.word
    UNION ALL (
        SELECT word, spelled FROM exercises_word known
        WHERE NOT EXISTS (SELECT FROM exercises_word WHERE word = typed.word)
          AND (known.word %% typed.word OR known.letters IN (typed.letters, typed.letters_of_one))
        ORDER BY similarity(known.word, typed.word) DESC, known.word LIMIT 20
    )
) near
"""


def correct(query: Query) -> Query:
    """The query with each word that no name has replaced by the nearest that one has. One statement."""
    words = [word for word in dict.fromkeys(query.words) if word not in vocabulary().synonyms and not word.isdigit()]
    if not words:
        return query
    letters = ["".join(sorted(word)) for word in words]
    letters_of_one = ["".join(sorted(word.removesuffix("s"))) for word in words]
    with connection.cursor() as cursor:
        cursor.execute(NEAREST, {"words": words, "letters": letters, "letters_of_one": letters_of_one})
        found = cursor.fetchall()
    candidates: dict[str, dict[str, str]] = {}
    for typed, near, spelled in found:
        candidates.setdefault(typed, {})[near] = spelled
    better: dict[str, str] = {}
    for typed in words:
        near = nearest(typed, candidates.get(typed, {}) | _similar_labels(typed))
        if near is not None:
            better[typed] = near
    if not better:
        return query
    corrected = " ".join(better.get(word, word) for word in query.words)
    return understand(corrected if query.terms[-1].unfinished else f"{corrected} ")


def nearest(typed: str, spelled_by_word: dict[str, str]) -> str | None:
    """How the word is spelled that is meant: itself in two words, or a known one few slips away. None: leave it."""
    slips = min(2, (len(typed) - 1) // 3)
    ranked = sorted(
        (min(distance(typed, word), distance(typed.removesuffix("s"), word)), position)
        for position, word in enumerate(spelled_by_word)
    )
    if typed in spelled_by_word:
        return spelled_by_word[typed] if spelled_by_word[typed] != typed else None
    if not ranked or ranked[0][0] > slips:
        return None
    return list(spelled_by_word.values())[ranked[0][1]]


def distance(a: str, b: str) -> int:
    """Slips between two words: letters left out, put in, mistaken, or swapped with their neighbour.

    Optimal string alignment (restricted Damerau–Levenshtein).
    """
    rows = [list(range(len(b) + 1))]
    for i, letter in enumerate(a, 1):
        row = [i]
        for j, other in enumerate(b, 1):
            steps = min(rows[i - 1][j] + 1, row[j - 1] + 1, rows[i - 1][j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == b[j - 2] and a[i - 2] == other:
                steps = min(steps, rows[i - 2][j - 2] + 1)
            row.append(steps)
        rows.append(row)
    return rows[-1][-1]


@cache
def _labels() -> frozenset[str]:
    """The words of muscles and equipment, and those that stand for them."""
    said = (*Muscle.values, *Equipment.values, *vocabulary().synonyms)
    return frozenset(word for phrase in said for word in phrase.replace("_", " ").split() if len(word) > 3)


def _similar_labels(typed: str) -> dict[str, str]:
    if typed in _labels():
        return {typed: typed}
    return {word: word for word in sorted(_labels()) if word[0] == typed[0] and abs(len(word) - len(typed)) < 3}
