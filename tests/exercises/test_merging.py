"""Two exercises that are one."""

from threading import Barrier, Thread
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import connection
from django.utils import timezone

from accounts.models import User
from exercises.enums import Language
from exercises.errors import CannotMerge
from exercises.models import Exercise, Translation, Variation
from exercises.operations.catalogue import load_catalogue
from exercises.operations.merging import MAX_ALIASES, merge_exercises
from fitai.common.actors import Actor
from fitai.common.models import Job
from fitai.common.problems import Forbidden, NotFound
from fitai.privacy.lines import of_others
from fitai.reactions import REACTIONS
from tests.cast import actor_of, client_of
from tests.exercises.conftest import MakeExercise

V1 = "/api/v1"
ExerciseEvent: Any = apps.get_model("exercises", "ExerciseEvent")


@pytest.fixture
def mo(moderator: User) -> Actor:
    return actor_of(moderator)


def state(exercise: Exercise) -> tuple[str, Any]:
    exercise.refresh_from_db()
    return exercise.status, exercise.merged_into_id


def test_the_duplicate_steps_back_and_history_says_who_and_why(make_exercise: MakeExercise, mo: Actor) -> None:
    duplicate, into = make_exercise("Flat Press"), make_exercise("Bench Press")
    merge_exercises(mo, duplicate.pk, into.pk, note="the same lift", seen_versions=(1, 1))
    assert (state(duplicate), state(into)) == (("archived", into.pk), ("approved", None))
    last = ExerciseEvent.objects.filter(pgh_obj=duplicate.pk).latest("pgh_id")
    assert (last.status, last.merged_into_id, last.version) == ("archived", into.pk, 2)
    assert last.pgh_context.metadata == {"user": str(mo.user_id), "via": "http", "note": "the same lift"}
    jobs = {job.kind: job.payload for job in Job.objects.all()}
    (kinds,) = REACTIONS.values()
    assert set(jobs) == set(kinds)
    for said in jobs.values():
        assert said == {"id": said["id"], "duplicate_id": str(duplicate.pk), "into_id": str(into.pk)}


def test_names_become_other_names_in_each_language(make_exercise: MakeExercise, mo: Actor) -> None:
    duplicate = make_exercise("Flat Press", aliases=["BENCH-PRESS", "Chest Press"], instructions=["Press."])
    into = make_exercise("Bench Press", aliases=["Bench"])
    Translation.objects.create(exercise=duplicate, language="de", name="Flachdrücken", aliases=["Bankdrücken"])
    Translation.objects.create(exercise=duplicate, language="es", name="Press plano", instructions=["Empuja."])
    Translation.objects.create(exercise=into, language="de", name="Bankdrücken", aliases=["Bank"])
    merge_exercises(mo, duplicate.pk, into.pk)
    into.refresh_from_db()
    assert (into.name, into.aliases, into.instructions) == ("Bench Press", ["Bench", "Flat Press", "Chest Press"], [])
    said = {one.language: (one.name, one.aliases, one.instructions) for one in into.translations.all()}
    assert said == {
        "de": ("Bankdrücken", ["Bank", "Flachdrücken"], []),
        "es": ("Press plano", [], ["Empuja."]),
    }


def test_names_of_another_language_go_where_that_language_is(make_exercise: MakeExercise, mo: Actor) -> None:
    duplicate = make_exercise("Bankdrücken", language=Language.GERMAN)
    Translation.objects.create(exercise=duplicate, language="en", name="Flat Press")
    into = make_exercise("Bench Press")
    merge_exercises(mo, duplicate.pk, into.pk)
    into.refresh_from_db()
    assert into.aliases == ["Flat Press"]
    assert [(one.language, one.name) for one in into.translations.all()] == [("de", "Bankdrücken")]


def test_other_names_come_as_far_as_there_is_room(make_exercise: MakeExercise, mo: Actor) -> None:
    own = [f"Own {number}" for number in range(MAX_ALIASES - 1)]
    duplicate, into = make_exercise("Flat Press", aliases=["Chest Press"]), make_exercise("Bench Press", aliases=own)
    merge_exercises(mo, duplicate.pk, into.pk)
    into.refresh_from_db()
    assert into.aliases == [*own, "Flat Press"]


def test_variations_lead_to_the_one_that_stays_once_and_never_to_itself(make_exercise: MakeExercise, mo: Actor) -> None:
    duplicate, into = make_exercise("Flat Press"), make_exercise("Bench Press")
    dip, fly = make_exercise("Dip"), make_exercise("Fly")
    for one, other, relation in (
        (duplicate, into, "easier"),
        (into, duplicate, "harder"),
        (duplicate, dip, "easier"),
        (dip, duplicate, "harder"),
        (duplicate, fly, "harder"),
        (fly, duplicate, "easier"),
        (into, fly, "easier"),
    ):
        Variation.objects.create(exercise=one, other=other, relation=relation)
    merge_exercises(mo, duplicate.pk, into.pk)
    found = set(Variation.objects.values_list("exercise__name", "other__name", "relation"))
    assert found == {
        ("Bench Press", "Dip", "easier"),
        ("Dip", "Bench Press", "harder"),
        ("Bench Press", "Fly", "easier"),
        ("Fly", "Bench Press", "easier"),
    }


def test_what_was_merged_before_goes_along_without_a_chain(make_exercise: MakeExercise, mo: Actor) -> None:
    first, second, third = make_exercise("A"), make_exercise("B"), make_exercise("C")
    merge_exercises(mo, first.pk, second.pk)
    merge_exercises(mo, second.pk, third.pk)
    assert (state(first), state(second)) == (("archived", third.pk), ("archived", third.pk))


class TestRefusals:
    def test_only_moderators_merge(self, make_exercise: MakeExercise, athlete: User) -> None:
        duplicate, into = make_exercise("Flat Press"), make_exercise("Bench Press")
        with pytest.raises(Forbidden):
            merge_exercises(actor_of(athlete), duplicate.pk, into.pk)
        assert state(duplicate) == ("approved", None)

    @pytest.mark.parametrize("status", ["draft", "rejected"])
    def test_what_is_somebodys_alone_is_not_there(
        self, make_exercise: MakeExercise, athlete: User, mo: Actor, status: str
    ) -> None:
        own, into = make_exercise("My Press", owner=athlete, status=status), make_exercise("Bench Press")
        gone = make_exercise("Gone", deleted_at=timezone.now())
        for one, other in ((own.pk, into.pk), (uuid4(), into.pk), (gone.pk, into.pk), (into.pk, gone.pk)):
            with pytest.raises(NotFound):
                merge_exercises(mo, one, other)
        assert state(own) == (status, None)

    def test_a_submission_may_be_a_duplicate(self, make_exercise: MakeExercise, athlete: User, mo: Actor) -> None:
        pending, into = make_exercise("My Press", owner=athlete, status="pending"), make_exercise("Bench Press")
        merge_exercises(mo, pending.pk, into.pk)
        assert state(pending) == ("archived", into.pk)

    @pytest.mark.parametrize(
        ("of_duplicate", "of_into", "seen", "detail"),
        [
            ({}, {"status": "draft"}, None, "What is to stay is not in the library."),
            ({}, {"status": "archived"}, None, "What is to stay is not in the library."),
            ({}, {}, (2, 1), "One of them has changed since you looked at it."),
            ({}, {}, (1, 2), "One of them has changed since you looked at it."),
            ({"tracking": "time"}, {}, None, "Sets of them are written down differently: make that the same first."),
            ({"per_hand": True}, {}, None, "Sets of them are written down differently: make that the same first."),
        ],
    )
    def test_what_is_not_as_a_merge_needs_it(
        self, make_exercise: MakeExercise, mo: Actor, of_duplicate: Any, of_into: Any, seen: Any, detail: str
    ) -> None:
        duplicate, into = make_exercise("Flat Press", **of_duplicate), make_exercise("Bench Press", **of_into)
        with pytest.raises(CannotMerge) as refused:
            merge_exercises(mo, duplicate.pk, into.pk, seen_versions=seen)
        assert refused.value.detail == detail
        assert refused.value.members == {
            "duplicate": {"id": str(duplicate.pk), "version": 1, "status": "approved", "merged_into": None},
            "into": {"id": str(into.pk), "version": 1, "status": into.status, "merged_into": None},
        }
        assert (state(duplicate)[1], Job.objects.count()) == (None, 0)

    def test_what_was_merged_is_not_merged_again(self, make_exercise: MakeExercise, mo: Actor) -> None:
        duplicate, into, other = make_exercise("A"), make_exercise("B"), make_exercise("C")
        merge_exercises(mo, duplicate.pk, into.pk)
        for one, stays in ((duplicate, other), (other, duplicate), (into, into)):
            with pytest.raises(CannotMerge):
                merge_exercises(mo, one.pk, stays.pk)
        assert state(duplicate) == ("archived", into.pk)


@pytest.mark.django_db(transaction=True)
def test_of_two_moderators_who_merge_in_opposite_directions_one_wins(make_exercise: MakeExercise, mo: Actor) -> None:
    pair, ended, together = (make_exercise("A"), make_exercise("B")), [], Barrier(2)

    def merge(duplicate: Exercise, into: Exercise) -> None:
        together.wait()
        try:
            ended.append(merge_exercises(mo, duplicate.pk, into.pk).pk)
        except CannotMerge as refused:
            ended.append(refused.members["into"]["status"])
        finally:
            connection.close()

    threads = [Thread(target=merge, args=order) for order in (pair, pair[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    (winner,) = [one.pk for one in pair if state(one) == ("approved", None)]
    assert sorted(map(str, ended)) == sorted([str(winner), "archived"])


class TestReading:
    def test_an_old_id_and_slug_say_what_stands_for_it(
        self, make_exercise: MakeExercise, mo: Actor, athlete: User, stranger: User
    ) -> None:
        duplicate, into = make_exercise("My Press", owner=athlete, status="pending"), make_exercise("Bench Press")
        merge_exercises(mo, duplicate.pk, into.pk)
        for person in (athlete, stranger):
            device = client_of(person)
            for path in (f"exercises/{duplicate.pk}", "exercises/by-slug/my-press"):
                said = device.get(f"{V1}/{path}").json()
                assert (said["name"], said["status"], said["merged_into"]) == ("My Press", "archived", str(into.pk))
            assert device.get(f"{V1}/exercises/{into.pk}").json()["merged_into"] is None
            for path in ("exercises", "exercises?q=press", "exercises/muscle/chest", "exercises/equipment/barbell"):
                found = [(one["name"], one["aliases"]) for one in device.get(f"{V1}/{path}").json()["results"]]
                assert found == [("Bench Press", ["My Press"])]
            found = device.post(f"{V1}/exercises/search", {"query": "my press"}).json()["results"]
            assert [one["name"] for one in found] == ["Bench Press"]
        chest = next(one for one in client_of(athlete).get(f"{V1}/exercises/filters").json()["muscle"])
        assert chest == {"value": "chest", "count": 1}

    def test_what_the_library_offers_no_longer_is_read_by_its_id(
        self, make_exercise: MakeExercise, athlete: User, stranger: User
    ) -> None:
        old = make_exercise("Old", status="archived")
        gone = make_exercise("Gone", owner=athlete, deleted_at=timezone.now())
        draft = make_exercise("Draft", owner=athlete)
        removed = make_exercise("Removed", deleted_at=timezone.now())
        shown = {
            person.username: [
                (answer.status_code, answer.json().get("status"))
                for answer in (client_of(person).get(f"{V1}/exercises/{one.pk}") for one in (old, gone, draft, removed))
            ]
            for person in (athlete, stranger)
        }
        assert shown == {
            "athlete": [(200, "archived"), (200, "archived"), (200, "draft"), (404, 404)],
            "stranger": [(200, "archived"), (404, 404), (404, 404), (404, 404)],
        }
        assert client_of(athlete).get(f"{V1}/exercises").json()["results"][0]["name"] == "Draft"

    def test_what_is_offered_comes_before_what_had_its_slug(self, make_exercise: MakeExercise, athlete: User) -> None:
        make_exercise("Old", slug="press", owner=athlete, status="archived")
        make_exercise("New", slug="press")
        assert client_of(athlete).get(f"{V1}/exercises/by-slug/press").json()["name"] == "New"


def test_loading_the_catalogue_again_keeps_what_was_merged(catalogue: None, mo: Actor) -> None:
    duplicate, into = (Exercise.objects.get(slug=slug) for slug in ("barbell-row", "pendlay-row"))
    merge_exercises(mo, duplicate.pk, into.pk)
    load_catalogue(even_if_unchanged=True)
    into.refresh_from_db()
    assert state(duplicate) == ("archived", into.pk)
    assert "Barbell Row" in into.aliases


def test_an_old_id_is_answered_when_the_person_who_made_the_duplicate_is_gone(
    make_exercise: MakeExercise, mo: Actor, athlete: User
) -> None:
    duplicate, into = make_exercise("My Press", owner=athlete, status="pending"), make_exercise("Bench Press")
    make_exercise("Draft", owner=athlete)
    merge_exercises(mo, duplicate.pk, into.pk)
    assert list(Exercise.objects.filter(of_others(athlete.pk), owner=athlete)) == [duplicate]
