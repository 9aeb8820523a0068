"""Merging a duplicate from its page: find the one that stays, look at both, say yes."""

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from exercises.models import Decision, Exercise, Rating, Use
from fitai.common.ids import uuid7
from tests.exercises.admin.conftest import said
from tests.exercises.conftest import MakeExercise

Pair = tuple[Exercise, Exercise]


@pytest.fixture
def pair(make_exercise: MakeExercise, athlete: User) -> Pair:
    duplicate = make_exercise("Flat Bench Press", slug="flat-bench-press", aliases=["<b>Bench"])
    into = make_exercise("Bench Press", equipment=["barbell", "bench"])
    make_exercise("Squat")
    Use.objects.create(workout_id=uuid7(), exercise=duplicate, user=athlete, sets=5, at=timezone.now())
    Rating.objects.create(exercise=duplicate, user=athlete, stars=4, weight=1)
    return duplicate, into


def address(exercise: Exercise) -> str:
    return f"/admin/exercises/exercise/{exercise.pk}/merge/"


def test_what_may_be_meant_is_offered_and_both_are_shown(pair: Pair, desk: Client) -> None:
    duplicate, into = pair
    assert b"Merge into" in desk.get(f"/admin/exercises/exercise/{duplicate.pk}/change/").content
    page = desk.get(address(duplicate))
    assert [one.name for one in page.context["offered"]] == ["Bench Press"]
    assert "1 person has trained it in 1 workout with 5 sets" in page.content.decode()
    both = desk.get(f"{address(duplicate)}?into={into.pk}")
    assert [one.name for one in both.context["differences"]] == ["name", "aliases", "equipment"]
    assert b"<b>Bench" not in both.content


def test_after_the_yes_the_duplicate_stands_for_the_other(pair: Pair, desk: Client, moderator: User) -> None:
    duplicate, into = pair
    yes = {"into": str(into.pk), "seen_duplicate": "1", "seen_into": "1", "reason": "The same bench."}
    answer = desk.post(address(duplicate), yes)
    assert answer["Location"] == f"/admin/exercises/exercise/{into.pk}/change/"
    duplicate.refresh_from_db()
    into.refresh_from_db()
    assert (duplicate.status, duplicate.merged_into, into.aliases) == ("archived", into, [duplicate.name, "<b>Bench"])
    assert (into.rating_count, duplicate.rating_count) == (1, 0)
    decision = Decision.objects.get()
    assert (decision.verdict, decision.moderator, decision.exercise) == ("merged", moderator, duplicate)
    assert desk.get(address(duplicate)).status_code == 404


def test_what_changed_since_it_was_shown_is_not_merged(pair: Pair, desk: Client) -> None:
    duplicate, into = pair
    Exercise.objects.filter(pk=into.pk).update(difficulty="advanced")
    answer = desk.post(address(duplicate), {"into": str(into.pk), "seen_duplicate": "1", "seen_into": "1"})
    assert said(answer) == ["One of them has changed since you looked at it."]
    assert Exercise.objects.get(pk=duplicate.pk).merged_into is None


def test_only_moderators(pair: Pair, clerk: Client) -> None:
    assert clerk.get(address(pair[0])).status_code in (403, 404)
    assert clerk.post(address(pair[0]), {"into": str(pair[1].pk)}).status_code in (403, 404)
    assert Exercise.objects.get(pk=pair[0].pk).merged_into is None
