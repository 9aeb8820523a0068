from typing import Any

import pytest
from django.utils import timezone

from exercises.enums import Equipment, Sort
from exercises.models import Exercise, Popularity, Translation, Use
from exercises.operations.popularity import count_popularity
from exercises.search import match
from exercises.search.match import Search, search
from exercises.search.scope import Filters
from fitai.common.actors import Actor
from fitai.common.ids import uuid7
from tests.cast import actor_of
from tests.exercises.conftest import MakeExercise


def found(actor: Actor, text: str = "", language: str = "en", **asked: Any) -> list[str]:
    slugs = dict(Exercise.objects.values_list("id", "slug"))
    sort = asked.pop("sort", Sort.RELEVANCE)
    limit = asked.pop("limit", 20)
    return [slugs[id] for id in search(Search(actor, language, text, Filters(**asked), sort, limit)).ids]


def test_everything_is_listed_without_a_query(make_exercise: MakeExercise, athlete: Any) -> None:
    make_exercise("Squat")
    make_exercise("Bench Press")
    assert found(actor_of(athlete)) == ["bench-press", "squat"]


def test_each_filter_leaves_what_fits(make_exercise: MakeExercise, athlete: Any) -> None:
    actor = actor_of(athlete)
    bench = make_exercise("Bench Press", equipment=["barbell", "bench"], contraindications=["shoulder"])
    make_exercise("Push Up", equipment=["bodyweight"], kind="bodyweight")
    make_exercise("Squat", primary_muscles=["quads"], difficulty="advanced")
    assert found(actor, muscles=["quads", "neck"]) == ["squat"]
    assert found(actor, equipment=["bench"]) == ["bench-press"]
    assert found(actor, kind=["bodyweight"]) == ["push-up"]
    assert found(actor, difficulty=["advanced"]) == ["squat"]
    assert found(actor, available_equipment=["barbell"]) == ["push-up", "squat"]
    assert found(actor, available_equipment=[]) == ["push-up"]
    assert found(actor, "bench press", available_equipment=["barbell"]) == []
    assert found(actor, "bench press", available_equipment=["barbell", "bench"]) == ["bench-press"]
    assert found(actor, "bench press", available_equipment=Equipment.values) == ["bench-press"]
    assert found(actor, "press", available_equipment=["barbell", "bench"], muscles=["chest"]) == ["bench-press"]
    assert found(actor, injuries=["shoulder", "knee"]) == ["push-up", "squat"]
    assert found(actor, exclude_ids=[bench.pk]) == ["push-up", "squat"]
    assert found(actor, "press", injuries=["shoulder"]) == []


def test_sorting(make_exercise: MakeExercise, athlete: Any) -> None:
    actor = actor_of(athlete)
    make_exercise("Curl B", slug="a", rating="4.5")
    make_exercise("Curl C", slug="b", rating="3.0")
    make_exercise("Curl A", slug="c")
    for text in ("", "curl"):
        assert found(actor, text, sort=Sort.NAME) == ["c", "a", "b"]
        assert found(actor, text, sort=Sort.RATING) == ["a", "b", "c"]
        assert found(actor, text, sort=Sort.NEWEST) == ["c", "b", "a"]


def test_of_what_fits_alike_the_popular_comes_first_and_before_it_what_one_trains(
    make_exercise: MakeExercise, athlete: Any, stranger: Any
) -> None:
    a, b, d = (make_exercise(f"{4 * letter} Curl", slug=letter) for letter in "abd")
    she, he = actor_of(athlete), actor_of(stranger)
    assert found(she, "curl") == ["a", "b", "d"]
    Use.objects.create(workout_id=uuid7(), exercise=b, user=stranger, sets=3, at=timezone.now())
    count_popularity(timezone.now())
    assert found(she, "curl") == ["b", "a", "d"]
    Use.objects.create(workout_id=uuid7(), exercise=d, user=athlete, sets=3, at=timezone.now())
    assert (found(she, "curl"), found(he, "curl")) == (["b", "d", "a"], ["b", "a", "d"])
    Popularity.objects.all().delete()
    Exercise.objects.filter(pk=a.pk).update(commonness=5)
    assert (found(she, "curl"), found(he, "curl")) == (["a", "d", "b"], ["a", "b", "d"])


def test_up_is_a_word(make_exercise: MakeExercise, athlete: Any) -> None:
    make_exercise("Pull Up")
    make_exercise("Cable Pull Through")
    assert found(actor_of(athlete), "pull up") == ["pull-up", "cable-pull-through"]


def test_names_aliases_muscles_equipment_and_steps_are_searched(make_exercise: MakeExercise, athlete: Any) -> None:
    make_exercise(
        "Skullcrusher",
        aliases=["French Press"],
        primary_muscles=["triceps"],
        equipment=["ez_bar"],
        instructions=["Keep both elbows pointing at the ceiling."],
    )
    for text in ("skullcrushers", "french", "tris", "ez", "ceilings"):
        assert found(actor_of(athlete), text) == ["skullcrusher"], text


def test_an_exact_name_comes_before_longer_ones(make_exercise: MakeExercise, athlete: Any) -> None:
    for name in ("Squat Jump", "Box Squat", "Squat", "Hack Squat"):
        make_exercise(name)
    assert found(actor_of(athlete), "squat")[0] == "squat"


def test_some_words_may_be_missing_where_no_name_has_them_all(make_exercise: MakeExercise, athlete: Any) -> None:
    make_exercise("Seated Cable Row")
    make_exercise("Bench Press")
    assert found(actor_of(athlete), "Super Seated Cable Row - V Grip") == ["seated-cable-row"]


def test_a_translation_is_found_in_its_language_and_english_in_all(make_exercise: MakeExercise, athlete: Any) -> None:
    squat = make_exercise("Overhead Squat")
    Translation.objects.create(exercise=squat, language="de", name="Überkopf-Kniebeuge")
    actor = actor_of(athlete)
    assert found(actor, "überkopfkniebeugen", "de") == ["overhead-squat"]
    assert found(actor, "overhead squats", "de") == ["overhead-squat"]
    assert found(actor, "uberkopf", "es") == []


def test_private_exercises_are_found_by_their_owner_only(
    make_exercise: MakeExercise, athlete: Any, stranger: Any
) -> None:
    make_exercise("Zercher Carry", owner=athlete)
    assert found(actor_of(athlete), "zercher") == ["zercher-carry"]
    assert found(actor_of(stranger), "zercher") == []


def test_pages_follow_each_other_in_every_order(catalogue: None, athlete: Any) -> None:
    actor = actor_of(athlete)
    for sort in Sort:
        for text in ("", "press", "Super Seated Machine Grip", "sqaut"):
            whole = search(Search(actor, "en", text, sort=sort, limit=60))
            pages, after = [], None
            while len(pages) < len(whole.ids):
                page = search(Search(actor, "en", text, sort=sort, limit=7, after=after))
                pages += page.ids
                after = page.next
                if after is None:
                    break
            assert pages[:60] == whole.ids, (sort, text)


def test_counts_and_facets_cover_all_results_not_the_page(make_exercise: MakeExercise, athlete: Any) -> None:
    make_exercise("Bench Press", primary_muscles=["chest", "triceps"])
    make_exercise("Leg Press", primary_muscles=["quads"], equipment=["machine"], difficulty="intermediate")
    make_exercise("Row")
    result = search(Search(actor_of(athlete), "en", "press", limit=1))
    assert (result.count, result.more_than_counted) == (2, False)
    assert result.facets == {
        "muscles": [{"value": name, "count": 1} for name in ("chest", "quads", "triceps")],
        "equipment": [{"value": name, "count": 1} for name in ("barbell", "machine")],
        "kind": [{"value": "strength", "count": 2}],
        "difficulty": [{"value": name, "count": 1} for name in ("beginner", "intermediate")],
    }


def test_beyond_a_thousand_the_count_is_a_lower_bound_and_pages_go_on(athlete: Any) -> None:
    Exercise.objects.bulk_create(
        Exercise(
            name=f"Press {number}",
            slug=f"press-{number:04}",
            status="approved",
            primary_muscles=["chest"],
            equipment=["barbell"],
            kind="strength",
        )
        for number in range(1001)
    )
    for text in ("", "press"):
        result = search(Search(actor_of(athlete), "en", text, limit=100))
        assert (result.count, result.more_than_counted) == (1000, True)
    ranked, after = 0, None
    while ranked < 600:
        page = search(Search(actor_of(athlete), "en", "press", limit=100, after=after))
        ranked, after = ranked + len(page.ids), page.next
        if after is None:
            break
    assert ranked == 500


def test_signs_only_find_nothing(catalogue: None, athlete: Any) -> None:
    assert found(actor_of(athlete), "!?") == []


def test_whoever_reads_two_languages_gets_to_the_end_of_what_is_counted(
    make_exercise: MakeExercise, athlete: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(match, "RANKED", 4)
    for letter in "abcd":
        made = make_exercise(f"{4 * letter} Curl", slug=letter, equipment=["kettlebell"])
        Translation.objects.create(exercise=made, language="de", name=f"{4 * letter} Heben")
    answer = search(Search(actor_of(athlete), "de", "kettlebell"))
    assert (answer.count, len(answer.ids)) == (4, 4)


def test_a_sign_that_is_a_word_to_nobody_is_let_go(make_exercise: MakeExercise, athlete: Any) -> None:
    make_exercise("Incline Bench Press")
    assert found(actor_of(athlete), "৴ incline bench") == ["incline-bench-press"]
