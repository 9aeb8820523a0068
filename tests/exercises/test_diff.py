from typing import Any

import pytest

from exercises.content import Change
from exercises.diff import Line, Op, Piece, lines, words

SAME, ADDED, REMOVED, CHANGED = Op


def line(op: Op, *pieces: tuple[Op, str]) -> Line:
    return Line(op, [Piece(*piece) for piece in pieces])


def whole(op: Op, text: str) -> Line:
    return line(op, (op, text))


def test_a_text_word_by_word() -> None:
    assert words("Lower the bar slowly.", "Lower the bar to your chest.") == [
        Piece(SAME, "Lower the bar "),
        Piece(REMOVED, "slowly"),
        Piece(ADDED, "to your chest"),
        Piece(SAME, "."),
    ]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (None, None, []),
        (None, "Squat", [whole(ADDED, "Squat")]),
        ("Squat", None, [whole(REMOVED, "Squat")]),
        ("chest", "quads", [whole(REMOVED, "chest"), whole(ADDED, "quads")]),
        (False, True, [whole(REMOVED, "no"), whole(ADDED, "yes")]),
        ([], ["a"], [whole(ADDED, "a")]),
        (
            ["a", "b", "c"],
            ["a", "c", "d"],
            [whole(SAME, "a"), whole(REMOVED, "b"), whole(SAME, "c"), whole(ADDED, "d")],
        ),
        (
            ["Sit down slowly.", "Stand up."],
            ["Breathe in.", "Sit down very slowly.", "Stand up."],
            [
                whole(ADDED, "Breathe in."),
                line(CHANGED, (SAME, "Sit down "), (ADDED, "very "), (SAME, "slowly.")),
                whole(SAME, "Stand up."),
            ],
        ),
        ([{"id": "1", "relation": "easier"}], [], [whole(REMOVED, "1 · easier")]),
    ],
)
def test_any_field_line_by_line(before: Any, after: Any, expected: list[Line]) -> None:
    assert lines(Change("field", before, after)) == expected


def test_nothing_is_lost_between_the_lines() -> None:
    before = ["Set up.", "Take a deep breath and brace.", "Sit down.", "Drive up."]
    after = ["Take one deep breath and brace hard.", "Set up.", "Drive up fast."]
    found = lines(Change("instructions", before, after))
    assert [one.text for one in found if one.op is not REMOVED] == after
    kept = [
        "".join(piece.text for piece in one.pieces if piece.op is not ADDED) for one in found if one.op is not ADDED
    ]
    assert kept == before
