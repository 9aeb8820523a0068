from typing import Any

from exercises.models import Exercise
from exercises.search.options import OPTIONS, count_options
from tests.exercises.conftest import MakeExercise


def test_every_option_of_every_filter_is_there_with_its_count(make_exercise: MakeExercise, athlete: Any) -> None:
    make_exercise("Bench Press", primary_muscles=["chest", "triceps"], pattern="horizontal_push")
    make_exercise("My Press", owner=athlete)
    make_exercise("Old Press", status="archived")
    options = count_options()
    assert {name: [one["value"] for one in counted] for name, counted in options.items()} == {
        name: vocabulary.values for name, (vocabulary, _) in OPTIONS.items()
    }
    assert {
        (name, one["value"]): one["count"] for name, counted in options.items() for one in counted if one["count"]
    } == {
        ("muscle", "chest"): 1,
        ("muscle", "triceps"): 1,
        ("equipment", "barbell"): 1,
        ("kind", "strength"): 1,
        ("difficulty", "beginner"): 1,
        ("pattern", "horizontal_push"): 1,
        ("tracking", "weight_reps"): 1,
    }


def test_the_second_time_they_come_from_the_cache(make_exercise: MakeExercise, django_assert_num_queries: Any) -> None:
    make_exercise("Bench Press")
    first = count_options()
    with django_assert_num_queries(1):
        assert count_options() == first


def test_a_bulk_update_ends_the_cached_ones(make_exercise: MakeExercise) -> None:
    make_exercise("Bench Press")
    count_options()
    Exercise.objects.update(kind="cardio")
    assert [one for one in count_options()["kind"] if one["count"]] == [{"value": "cardio", "count": 1}]
