from exercises.search.highlights import highlights
from exercises.search.text import understand

BENCH = {"name": "Barbell Bench Press", "aliases": ["BB Bench", "Flat Bench"]}
PULL_UP = {"name": "Übung: Pull-Up", "aliases": []}


def test_the_found_words_of_the_name() -> None:
    assert highlights(understand("press ben"), BENCH) == [
        {"field": "name", "text": "Barbell Bench Press", "ranges": [[8, 13], [14, 19]]}
    ]


def test_an_alias_is_shown_where_it_has_more_of_the_words() -> None:
    assert highlights(understand("flat bench"), BENCH) == [
        {"field": "name", "text": "Barbell Bench Press", "ranges": [[8, 13]]},
        {"field": "alias", "text": "Flat Bench", "ranges": [[0, 4], [5, 10]]},
    ]


def test_synonyms_accents_and_plurals_count() -> None:
    assert highlights(understand("ubungs pullup"), PULL_UP) == [
        {"field": "name", "text": "Übung: Pull-Up", "ranges": [[0, 5], [7, 11], [12, 14]]}
    ]


def test_nothing_found_and_nothing_asked_is_no_highlight() -> None:
    assert highlights(understand("squat"), BENCH) == []
    assert highlights(understand(""), BENCH) == []
