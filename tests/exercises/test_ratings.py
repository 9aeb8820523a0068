"""Rating exercises: one a person, weighed, and right when the call answers."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID

import pytest
from allauth.account.models import EmailAddress
from django.db import connection
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from exercises.models import Exercise, Rating, Trained
from exercises.operations.ratings import rate_exercise, take_rating_back
from exercises.operations.usage import record_uses
from exercises.rows import catalogue_version
from fitai.common import jobs
from fitai.common.actors import Actor
from fitai.privacy.removal import remove_person
from tests.cast import ApiClient, client_of, codes, make_person, run_jobs
from tests.exercises.conftest import MakeExercise
from tests.property.test_convergence import undone
from tests.workouts.strategies import thorough

LONG_AGO = timezone.now() - timedelta(days=30)
UNKNOWN = "01890000-0000-7000-8000-0000000fffff"


def url(exercise: Exercise) -> str:
    return f"/api/v1/exercises/{exercise.pk}/rate"


def train(user: User, exercise: Exercise, sets: int = 3) -> None:
    record_uses(user.pk, UUID(int=user.pk.int ^ exercise.pk.int), LONG_AGO, {exercise.pk: sets} if sets else {})


def from_scratch(exercise_id: UUID) -> tuple[Decimal | None, int]:
    """(C·m + Σ weight·stars) / (C + Σ weight) over all rows."""
    given, total, stars = list(Rating.objects.filter(exercise=exercise_id)), Decimal(0), Decimal(0)
    for rating in given:
        user = rating.user
        vouched = user.emailaddress_set.filter(verified=True).exists()
        trained = Trained.objects.filter(user=user, exercise=exercise_id).exists()
        weight = Decimal("1" if trained else "0.25" if vouched and user.date_joined <= LONG_AGO else "0.05")
        total, stars = total + weight, stars + weight * rating.stars
    if not given:
        return None, 0
    average = (5 * Decimal("3.5") + stars) / (5 + total)
    return average.quantize(Decimal("0.01"), ROUND_HALF_UP), len(given)


def shown(exercise: Exercise) -> tuple[Decimal | None, int]:
    exercise.refresh_from_db()
    return exercise.rating, exercise.rating_count


@pytest.fixture
def press(make_exercise: MakeExercise) -> Exercise:
    return make_exercise("Bench Press")


@pytest.fixture
def athlete(db: None) -> User:
    return make_person("athlete", date_joined=LONG_AGO)


@pytest.fixture
def phone(athlete: User) -> ApiClient:
    return client_of(athlete)


def test_rate_change_and_take_back(press: Exercise, phone: ApiClient) -> None:
    nothing = {"stars": None, "comment": None, "counts_fully": False, "rating": None, "rating_count": 0}
    assert phone.get(url(press)).json() == nothing
    answer = phone.post(url(press), {"stars": 5, "comment": "Best of all"})
    first = {"stars": 5, "comment": "Best of all", "counts_fully": False, "rating": "3.57", "rating_count": 1}
    assert (answer.status_code, answer.json()) == (200, first)  # (5 * 3.5 + 0.25 * 5) / 5.25
    listed = phone.get(f"/api/v1/exercises/{press.pk}").json()
    assert (listed["rating"], listed["rating_count"], listed["version"]) == ("3.57", 1, 1)

    changed = phone.post(url(press), {"stars": 1}).json()
    assert changed == {**first, "stars": 1, "rating": "3.38"}
    assert phone.post(url(press), {"stars": 1, "comment": None}).json()["comment"] is None
    assert phone.delete(url(press)).status_code == 204
    assert phone.delete(url(press)).status_code == 204
    assert phone.get(url(press)).json() == nothing


def test_only_who_has_trained_it_counts_fully(press: Exercise, athlete: User, phone: ApiClient) -> None:
    train(athlete, press)
    assert phone.post(url(press), {"stars": 5}).json() == {
        "stars": 5,
        "comment": None,
        "counts_fully": True,
        "rating": "3.75",  # (5 * 3.5 + 5) / 6
        "rating_count": 1,
    }
    train(athlete, press, 0)
    assert shown(press) == (Decimal("3.57"), 1)


@pytest.mark.parametrize(
    "person", [{"verified": False, "date_joined": LONG_AGO}, {"date_joined": timezone.now()}], ids=["address", "age"]
)
def test_accounts_made_for_it_hardly_count_until_something_vouches_for_them_or_they_train(
    press: Exercise, person: dict[str, Any]
) -> None:
    newcomer = make_person("newcomer", **person)
    answer = client_of(newcomer).post(url(press), {"stars": 1}).json()
    assert (answer["rating"], answer["rating_count"], answer["counts_fully"]) == ("3.48", 1, False)
    with undone():
        train(newcomer, press)
        assert shown(press) == (Decimal("3.08"), 1)  # (5 * 3.5 + 1) / 6
    EmailAddress.objects.update(verified=True)
    User.objects.update(date_joined=LONG_AGO)
    jobs.enqueue("exercises.reweigh_ratings", {}, dedupe_key="reweigh")
    run_jobs()
    assert shown(press) == (Decimal("3.38"), 1)  # (5 * 3.5 + 0.25) / 5.25


def test_what_is_not_acceptable_and_what_is_not_there(
    press: Exercise, make_exercise: MakeExercise, stranger: User, phone: ApiClient
) -> None:
    assert codes(phone.post(url(press), {})) == [("/stars", "required")]
    assert codes(phone.post(url(press), {"stars": 6})) == [("/stars", "max_value")]
    assert codes(phone.post(url(press), {"stars": 3, "weight": 1})) == [("/weight", "unknown_field")]
    assert codes(phone.post(url(press), {"stars": 3, "comment": "x" * 1001})) == [("/comment", "max_length")]
    foreign = url(make_exercise("Secret", owner=stranger))
    for address in (foreign, f"/api/v1/exercises/{UNKNOWN}/rate"):
        for answer in (phone.get(address), phone.post(address, {"stars": 9}), phone.delete(address)):
            assert answer.status_code == 404
    assert Rating.objects.count() == 0


def test_only_what_people_see_makes_a_new_catalogue(press: Exercise, phone: ApiClient) -> None:
    phone.post(url(press), {"stars": 5})
    version = catalogue_version()
    phone.post(url(press), {"stars": 5, "comment": "Nobody else reads this"})
    assert catalogue_version() == version
    phone.post(url(press), {"stars": 4})
    assert catalogue_version() == version + 1


def test_statements(press: Exercise, phone: ApiClient, django_assert_num_queries: Any) -> None:
    phone.get(url(press))
    with django_assert_num_queries(1):
        phone.get(url(press))


def test_a_person_who_goes_takes_their_stars_along(press: Exercise, athlete: User, stranger: User) -> None:
    User.objects.update(date_joined=LONG_AGO)
    for person, stars in ((athlete, 1), (stranger, 5)):
        train(person, press)
        rate_exercise(Actor(person.pk), press.pk, values={"stars": stars})
    remove_person(athlete.pk)
    assert shown(press) == (Decimal("3.75"), 1) == from_scratch(press.pk)


@pytest.mark.django_db(transaction=True)
def test_one_rating_a_person_and_all_of_them_counted_in_any_race(make_exercise: MakeExercise) -> None:
    """Eight threads: two people rate the same exercises again and again, take back, and begin to train them."""
    exercises = [make_exercise(name) for name in ("Squat", "Row")]
    people = [make_person(name, date_joined=LONG_AGO) for name in ("ada", "ben")]

    def press_buttons(number: int) -> None:
        person = people[number % 2]
        try:
            for turn in range(4):
                exercise = exercises[(number // 2 + turn) % 2]
                rate_exercise(Actor(person.pk), exercise.pk, values={"stars": 1 + (number + turn) % 5})
                if number == 3 and turn == 1:
                    take_rating_back(Actor(person.pk), exercise.pk)
                if number in (4, 5):
                    train(person, exercise)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(press_buttons, range(8)))
    assert [shown(exercise) for exercise in exercises] == [from_scratch(exercise.pk) for exercise in exercises]
    assert set(Rating.objects.values_list("weight", flat=True)) == {Decimal(1)}


happenings = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 1), st.sampled_from([1, 3, 5, "back", "train", "rest"])), max_size=15
)


@pytest.fixture
def gym(make_exercise: MakeExercise) -> tuple[list[User], list[Exercise]]:
    people = [make_person(f"person-{number}", date_joined=LONG_AGO, verified=number < 3) for number in range(4)]
    return people, [make_exercise("Squat"), make_exercise("Row")]


@settings(thorough(25, soak=1_000), suppress_health_check=list(HealthCheck))
@given(happenings=happenings)
def test_whatever_happens_ratings_are_those_from_scratch(
    happenings: list[Any], gym: tuple[list[User], list[Exercise]]
) -> None:
    people, exercises = gym
    verbs: dict[str, Callable[[User, Exercise], None]] = {
        "back": lambda person, exercise: take_rating_back(Actor(person.pk), exercise.pk),
        "train": train,
        "rest": lambda person, exercise: train(person, exercise, 0),
    }
    with undone():
        for who, what, verb in happenings:
            person, exercise = people[who], exercises[what]
            if isinstance(verb, int):
                rated = rate_exercise(Actor(person.pk), exercise.pk, values={"stars": verb})
                assert (rated.rating, rated.rating_count) == from_scratch(exercise.pk)
            else:
                verbs[verb](person, exercise)
        assert [shown(exercise) for exercise in exercises] == [from_scratch(exercise.pk) for exercise in exercises]


def test_moderators_read_comments_and_remove_spam(press: Exercise, athlete: User, moderator: User) -> None:
    rate_exercise(Actor(athlete.pk), press.pk, values={"stars": 5, "comment": "Buy my pills"})
    desk = Client()
    desk.force_login(moderator)
    page = desk.get("/admin/exercises/rating/?comment=yes")
    assert b"Buy my pills" in page.content
    chosen = {"action": "remove_ratings", "_selected_action": [Rating.objects.get().pk]}
    asked = desk.post("/admin/exercises/rating/", chosen)
    assert b"Remove these ratings?" in asked.content
    assert Rating.objects.count() == 1
    desk.post("/admin/exercises/rating/", {**chosen, "confirmed": "yes"})
    assert (Rating.objects.count(), shown(press)) == (0, (None, 0))
