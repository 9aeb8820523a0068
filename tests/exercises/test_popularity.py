"""What is popular, and the statistics, against counts from scratch."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from exercises.models import Exercise, Popularity, Translation, UsageTotals
from exercises.operations.popularity import count_popularity
from exercises.operations.usage import record_uses
from fitai.common import jobs
from tests.cast import ApiClient, client_of, codes, make_person, run_jobs
from tests.exercises.conftest import MakeExercise
from tests.property.test_convergence import undone
from tests.workouts.strategies import thorough

NOW = datetime(2026, 3, 31, 12, tzinfo=UTC)
URL = "/api/v1/exercises/popular"
STATS = "/api/v1/exercises/stats"
WINDOWS = {"7d": timedelta(days=7), "30d": timedelta(days=30), "all": None}
Uses = list[tuple[UUID, UUID, int, datetime]]
"""Who did how many sets of which exercise, and when; a workout each."""


def record(uses: Uses) -> None:
    for user, exercise, sets, at in uses:
        record_uses(user, uuid4(), at, {exercise: sets})


def from_scratch(uses: Uses) -> dict[Any, Any]:
    found: dict[Any, Any] = defaultdict(lambda: [set(), 0, 0, 0.0])
    for window, length in WINDOWS.items():
        for user, exercise, sets, at in uses:
            if length is None or NOW - length < at <= NOW:
                row = found[window, exercise]
                row[0].add(user)
                row[1] += 1
                row[2] += sets
                row[3] += 0.5 ** (max(0, (NOW.date() - at.date()).days) / 30)
    return {
        key: (len(people), workouts, sets, round(score, 4)) for key, (people, workouts, sets, score) in found.items()
    }


def stored() -> dict[Any, Any]:
    rows = Popularity.objects.values_list("window", "exercise", "people", "workouts", "sets", "score")
    return {row[:2]: (*row[2:5], round(row[5], 4)) for row in rows}


@pytest.fixture
def phone(athlete: User) -> ApiClient:
    return client_of(athlete)


@pytest.fixture
def people(db: None) -> list[UUID]:
    return [make_person(f"person-{number}").pk for number in range(6)]


ago = st.sampled_from(
    [
        timedelta(hours=-5),
        *(timedelta(days=days, hours=hours) for days in (0, 6, 7, 29, 30, 200) for hours in (0, 1, 13)),
    ]
)


@settings(thorough(20, soak=500), suppress_health_check=list(HealthCheck))
@given(drawn=st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2), st.integers(1, 5), ago), max_size=12))
def test_every_window_is_what_a_count_from_scratch_gives(
    drawn: list[Any], people: list[UUID], make_exercise: MakeExercise
) -> None:
    with undone():
        exercises = [make_exercise(name).pk for name in ("Squat", "Row", "Press")]
        uses = [(people[who], exercises[what], sets, NOW - at) for who, what, sets, at in drawn]
        record(uses)
        count_popularity(NOW)
        count_popularity(NOW)
        assert stored() == from_scratch(uses)
        for window in WINDOWS:
            placed = Popularity.objects.filter(window=window).order_by("place")
            scores = list(placed.values_list("score", flat=True))
            assert scores == sorted(scores, reverse=True)
            assert list(placed.values_list("place", flat=True)) == list(range(1, len(scores) + 1))
        totals = UsageTotals.objects.get()
        assert (totals.people, totals.workouts, totals.sets) == (
            len({user for user, *_ in uses}),
            len(uses),
            sum(sets for _, _, sets, _ in uses),
        )


def test_a_workout_is_worth_half_a_month_later(people: list[UUID], make_exercise: MakeExercise) -> None:
    old, new = make_exercise("Old"), make_exercise("New")
    record([(people[0], old.pk, 9, NOW - timedelta(days=30)) for _ in range(3)] + [(people[0], new.pk, 1, NOW)] * 2)
    count_popularity(NOW)
    scores = Popularity.objects.filter(window="all").order_by("place").values_list("exercise__name", "score")
    assert list(scores) == [("New", 2.0), ("Old", 1.5)]


def test_numbers_are_shown_of_five_people_and_more(
    people: list[UUID], make_exercise: MakeExercise, phone: ApiClient, stranger: User
) -> None:
    squat, row, hidden = make_exercise("Squat"), make_exercise("Row"), make_exercise("Mine", owner=stranger)
    now = timezone.now()
    record([(person, squat.pk, 3, now) for person in people[:5]])
    record([(person, row.pk, 3, now) for person in people[:4] for _ in range(2)])
    record([(stranger.pk, hidden.pk, 3, now) for _ in range(9)])
    jobs.enqueue("exercises.count_popularity", {}, dedupe_key="count")
    run_jobs()
    shown = phone.get(URL).json()["results"]
    assert [(one["slug"], one["people"], one["workouts"], one["sets"], one["score"]) for one in shown] == [
        ("row", None, None, None, None),
        ("squat", 5, 5, 15, 5.0),
    ]
    assert shown[1] == {
        **phone.get(f"/api/v1/exercises/{squat.pk}").json(),
        "people": 5,
        "workouts": 5,
        "sets": 15,
        "score": 5.0,
    }


def test_windows_pages_and_language(people: list[UUID], make_exercise: MakeExercise, phone: ApiClient) -> None:
    now = timezone.now()
    names = ("One", "Two", "Three")
    for days, name in zip((1, 20, 300), names, strict=True):
        record([(people[0], make_exercise(name).pk, 1, now - timedelta(days=days))])
    Translation.objects.create(exercise=Exercise.objects.get(name="One"), language="de", name="Eins")
    count_popularity(now)

    def listed(query: str) -> list[str]:
        return [one["slug"] for one in phone.get(f"{URL}?{query}").json()["results"]]

    assert [listed(f"window={window}") for window in WINDOWS] == [["one"], ["one", "two"], ["one", "two", "three"]]
    assert listed("") == ["one", "two"]
    first = phone.get(f"{URL}?window=all&limit=2").json()
    second = phone.get(first["next"]).json()
    assert ([one["slug"] for one in second["results"]], second["next"]) == (["three"], None)
    assert phone.get(second["previous"]).json()["results"] == first["results"]
    german = phone.get(URL, HTTP_ACCEPT_LANGUAGE="de")
    assert (german.json()["results"][0]["name"], german["Content-Language"]) == ("Eins", "de")
    assert codes(phone.get(f"{URL}?window=1d")) == [("?window", "invalid_choice")]


def test_it_is_read_again_after_it_was_counted_again(
    people: list[UUID], make_exercise: MakeExercise, phone: ApiClient
) -> None:
    record([(people[0], make_exercise("Squat").pk, 1, NOW)])
    first = phone.get(URL)["ETag"]
    assert phone.get(URL, HTTP_IF_NONE_MATCH=first).status_code == 304
    count_popularity(timezone.now())
    assert phone.get(URL, HTTP_IF_NONE_MATCH=first).status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_statements(
    people: list[UUID],
    make_exercise: MakeExercise,
    phone: ApiClient,
    django_assert_num_queries: Any,
    count: int,
    athlete: User,
) -> None:
    for number in range(count):
        record([(athlete.pk, make_exercise(f"Lift {number}").pk, 1, timezone.now())])
    count_popularity(timezone.now())
    phone.get(STATS)
    with django_assert_num_queries(4):
        assert len(phone.get(URL).json()["results"]) == count
    with django_assert_num_queries(4):
        assert len(phone.get(STATS).json()["own"]["most_trained"]) == count


def test_statistics(make_exercise: MakeExercise, athlete: User, stranger: User, phone: ApiClient) -> None:
    squat, row = make_exercise("Squat"), make_exercise("Row", kind="bodyweight")
    secret = make_exercise("Secret", owner=stranger)
    make_exercise("Mine", owner=athlete)
    empty = phone.get(STATS).json()
    assert (empty["everybody"]["workouts"], empty["own"]["most_trained"], empty["counted_at"]) == (0, [], None)
    for days, exercise, sets in ((3, squat, 2), (2, squat, 4), (1, row, 3), (9, secret, 1)):
        record([(athlete.pk, exercise.pk, sets, NOW - timedelta(days=days))])
    record([(stranger.pk, squat.pk, 5, NOW)])
    client_of(stranger).post(f"/api/v1/exercises/{squat.pk}/rate", {"stars": 4})
    count_popularity(NOW)
    Translation.objects.create(exercise=squat, language="de", name="Kniebeuge")
    answer = phone.get(STATS, HTTP_ACCEPT_LANGUAGE="de")
    shown = answer.json()

    def trained(
        exercise: Exercise, name: str | None, workouts: int, sets: int, first: int, last: int
    ) -> dict[str, Any]:
        return {
            "exercise_id": str(exercise.pk),
            "slug": exercise.slug,
            "name": name,
            "workouts": workouts,
            "sets": sets,
            "first_at": f"2026-03-{31 - first:02}T12:00:00Z",
            "last_at": f"2026-03-{31 - last:02}T12:00:00Z",
        }

    of_squat, of_row = trained(squat, "Kniebeuge", 2, 6, 3, 2), trained(row, "Row", 1, 3, 1, 1)
    foreign = trained(secret, None, 1, 1, 9, 9)
    assert shown["own"] == {
        "exercises": 3,
        "sets": 10,
        "most_trained": [of_squat, of_row, foreign],
        "last_trained": [of_row, of_squat, foreign],
    }
    assert shown["everybody"] == {"people": 2, "workouts": 5, "sets": 15, "ratings": 1, "rated": 1}
    assert shown["counted_at"] == "2026-03-31T12:00:00Z"
    assert shown["exercises"]["by_kind"][:2] == [
        {"value": "strength", "count": 1},
        {"value": "bodyweight", "count": 1},
    ]
    assert shown["exercises"]["by_status"] == [
        {"value": "draft", "count": 1},
        {"value": "pending", "count": 0},
        {"value": "approved", "count": 2},
        {"value": "rejected", "count": 0},
        {"value": "archived", "count": 0},
    ]
    assert phone.get(STATS, HTTP_ACCEPT_LANGUAGE="de", HTTP_IF_NONE_MATCH=answer["ETag"]).status_code == 304
