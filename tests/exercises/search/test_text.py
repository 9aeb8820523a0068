import pytest
from django.db import connection

from exercises.search.text import Query, Term, plain, understand


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Bench Press (Barbell)", "bench press barbell"),
        ("Farmer's Walk", "farmers walk"),
        ("Farmer’s Walk", "farmers walk"),
        ("Push-Up", "push up"),
        ("Bankdrücken", "bankdrucken"),
        ("Elevación  de_Talón ", "elevacion de talon"),
        ("1-Arm Row / Cable", "1 arm row cable"),
        ("(!)", ""),
    ],
)
def test_the_database_reads_names_as_the_query_is_read(db: None, written: str, said: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT exercises_plain(%s)", [written])
        assert (plain(written), cursor.fetchone()[0]) == (said, said)


def test_the_longest_known_phrase_is_one_term_and_the_last_word_is_still_being_typed() -> None:
    assert understand("DB lat pull down") == Query(
        (Term("db", ("dumbbell",)), Term("lat", ("lats",)), Term("pull down", ("pulldown",), unfinished=True))
    )


def test_a_space_ends_the_last_word() -> None:
    assert understand("squat ") == Query((Term("squat"),))


def test_words_that_say_nothing_are_left_out_unless_they_are_all_there_is() -> None:
    assert understand("exercises for the chest ") == Query((Term("chest"),))
    assert understand("the ") == Query((Term("the"),))


def test_the_plural_of_an_abbreviation_is_understood() -> None:
    assert understand("ghrs ") == Query((Term("ghrs", ("glute ham raise",)),))


def test_signs_and_quotes_never_reach_the_query_language() -> None:
    assert understand("a:* | 'b' & !(c) \\ <-> row").every_term == "(('b')) & (('c')) & (('qqrow') | ('row'))"


def test_what_is_being_typed_is_looked_up_as_a_beginning() -> None:
    assert [understand(typed).every_term for typed in ("b", "kettlebellsw", "kettlebellswi", "be ")] == [
        "(('qqb') | ('b'))",
        "(('qqkettlebellsw') | ('kettlebellsw'))",
        "(('kettlebellswi':*))",
        "(('be'))",
    ]


def test_the_whole_text_is_compared_as_typed_and_as_usually_said() -> None:
    assert understand("ohp db").spellings == ["ohp db", "overhead press dumbbell"]
