"""What people type and what other apps call things, judged beforehand, against the catalogue that ships."""

from bench.search.judging import rank_all, recognise_all
from bench.search.scoring import NDCG, RECOGNISED, TOP_1, is_top, judged, mean, named, ndcg
from exercises.models import Exercise


def test_people_find_what_they_mean(catalogue: None) -> None:
    rankings = rank_all()
    weak = sorted((one.gain, one.query, one.found[:5]) for one in rankings if one.gain < NDCG)
    assert mean([one.gain for one in rankings]) >= NDCG, weak
    assert mean([one.top for one in rankings]) >= TOP_1, [one for one in rankings if not one.top]


def test_names_of_other_apps_and_catalogues_are_recognised(catalogue: None) -> None:
    found = recognise_all()
    assert mean([one.right for one in found]) >= RECOGNISED, [one for one in found if not one.right]


def test_the_judged_lists_are_whole_and_name_exercises_of_ours(catalogue: None) -> None:
    slugs = set(Exercise.objects.values_list("slug", flat=True))
    queries, names = judged(), named()
    assert (len({one.query for one in queries}), len({one.name for one in names})) == (120, 200)
    assert {slug for one in queries for slug in one.grades} <= slugs
    assert {one.slug for one in names} - {None} <= slugs


def test_the_measure_is_one_for_the_best_order_and_less_for_any_other() -> None:
    grades = {"a": 3, "b": 2, "c": 1}
    assert ndcg(grades, ["a", "b", "c"]) == 1
    assert ndcg(grades, ["b", "a", "c"]) < ndcg(grades, ["a", "c", "b"]) < 1
    assert ndcg(grades, []) == ndcg(grades, ["x"]) == 0
    assert (is_top(grades, ["a", "x"]), is_top(grades, ["b"]), is_top(grades, [])) == (True, False, False)
