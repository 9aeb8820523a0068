import pytest
from hypothesis import given
from hypothesis import strategies as st

from exercises.search.spelling import correct, distance
from exercises.search.text import understand
from tests.exercises.conftest import MakeExercise

words = st.text("abcde", max_size=6)


@pytest.mark.parametrize(
    ("typed", "meant", "slips"),
    [("squat", "squat", 0), ("sqaut", "squat", 1), ("squt", "squat", 1), ("curel", "curl", 1), ("ca", "abc", 3)],
)
def test_distance_counts_slips(typed: str, meant: str, slips: int) -> None:
    assert distance(typed, meant) == slips


@given(words, words)
def test_distance_is_the_same_both_ways_and_bounded_by_the_longer_word(a: str, b: str) -> None:
    assert distance(a, b) == distance(b, a)
    assert abs(len(a) - len(b)) <= distance(a, b) <= max(len(a), len(b))
    assert (distance(a, b) == 0) == (a == b)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("sqaut", "squat"),
        ("back sqaut", "back squat"),
        ("backsquat", "back squat"),
        ("backsqat", "back squat"),
        ("squats", "squat"),
        ("hamstirngs", "hamstring"),
        ("squat", "squat"),
        ("bkc", "bkc"),
        ("zercher", "zercher"),
        ("12 squat", "12 squat"),
    ],
)
def test_a_misspelt_word_becomes_the_nearest_of_a_name(make_exercise: MakeExercise, typed: str, meant: str) -> None:
    make_exercise("Back Squat")
    assert " ".join(correct(understand(typed)).words) == meant


def test_the_words_of_private_exercises_are_nobody_elses(make_exercise: MakeExercise, athlete: object) -> None:
    make_exercise("Zercher Carry", owner=athlete)
    assert correct(understand("zerchr")).words == ["zerchr"]
