"""What people search for: noted without who they are, written down by a job, and shown to moderators."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from exercises.jobs.counting import purge_searches
from exercises.models import LoggedSearch
from exercises.operations import searches
from exercises.operations.searches import write_searches
from exercises.search.analytics import analyse
from fitai.common import jobs, redis
from tests.cast import ApiClient, client_of, codes, run_jobs
from tests.exercises.conftest import MakeExercise

URL = "/api/v1/exercises"
NOW = datetime(2026, 3, 31, 12, tzinfo=UTC)


@pytest.fixture
def phone(athlete: User) -> ApiClient:
    return client_of(athlete)


def search(device: ApiClient, query: str = "", **body: Any) -> dict[str, Any]:
    answer = device.post(f"{URL}/search", {"query": query, **body})
    assert answer.status_code == 200, answer.content
    return dict(answer.json())


def logged(query: str = "", *, days: int = 0, times: int = 1, **values: Any) -> None:
    ordinary = {"at": NOW - timedelta(days=days), "language": "en", "found": 3, "sort": "relevance", "filtered": False}
    LoggedSearch.objects.bulk_create(
        LoggedSearch(search_id=uuid4(), query=query, **{**ordinary, **values}) for _ in range(times)
    )


def test_the_first_page_of_a_search_is_written_down(make_exercise: MakeExercise, phone: ApiClient) -> None:
    for name in ("Bench Press", "Bench Dip"):
        make_exercise(name)
    first = search(phone, " Bénch-PRESS! ", limit=1, kind="strength", sort="name")
    listed = phone.post(f"{URL}/search", {"limit": 1}, HTTP_ACCEPT_LANGUAGE="de").json()
    search(phone, cursor=listed["next_cursor"])
    jobs.enqueue("exercises.write_searches", {}, dedupe_key="write")
    run_jobs()
    rows = list(LoggedSearch.objects.order_by("at").values())
    assert [abs(timezone.now() - row.pop("at")) < timedelta(minutes=1) for row in rows] == [True, True]
    nothing = {"opened": False, "added": False}
    assert [{**row, "search_id": str(row["search_id"])} for row in rows[:1]] == [
        {
            "search_id": first["search_id"],
            "language": "en",
            "query": "bench press",
            "found": first["count"],
            "sort": "name",
            "filtered": True,
            **nothing,
        }
    ]
    assert {**rows[1], "search_id": str(rows[1]["search_id"])} == {
        "search_id": listed["search_id"],
        "language": "de",
        "query": "",
        "found": 2,
        "sort": "relevance",
        "filtered": False,
        **nothing,
    }
    assert redis.client.llen(searches.NOTES) == 0


def test_what_came_of_it_is_written_beside_it(make_exercise: MakeExercise, phone: ApiClient) -> None:
    exercise = make_exercise("Bench Press")
    opened, added, set_added, neither = (search(phone, "bench")["search_id"] for _ in range(4))
    workout = phone.post("/api/v1/sessions", {}).json()["id"]
    answer = phone.get(f"{URL}/{exercise.pk}?search_id={opened}")
    again = phone.get(f"{URL}/{exercise.pk}?search_id={opened}", HTTP_IF_NONE_MATCH=answer["ETag"])
    assert (answer.status_code, again.status_code) == (200, 304)
    body = {"exercise_id": str(exercise.pk)}
    entry = phone.post(f"/api/v1/workouts/{workout}/exercises", {**body, "search_id": added})
    done = phone.post(f"/api/v1/workouts/{workout}/sets", {**body, "reps": 5, "search_id": set_added})
    assert (entry.status_code, done.status_code) == (201, 201)
    write_searches()
    write_searches()
    flags = {str(row[0]): row[1:] for row in LoggedSearch.objects.values_list("search_id", "opened", "added")}
    assert flags == {
        opened: (True, False),
        added: (False, True),
        set_added: (False, True),
        neither: (False, False),
    }
    events = phone.get(f"/api/v1/workouts/{workout}/events").json()["results"]
    assert [event["type"] for event in events if "search_id" in event["payload"]] == []


def test_the_same_addition_from_another_search_is_the_same(make_exercise: MakeExercise, phone: ApiClient) -> None:
    exercise = make_exercise("Bench Press")
    workout = phone.post("/api/v1/sessions", {}).json()["id"]
    sent = [
        phone.post(
            f"/api/v1/workouts/{workout}/exercises",
            {"exercise_id": str(exercise.pk), "search_id": search_id},
            HTTP_IDEMPOTENCY_KEY="add-1",
        )
        for search_id in (str(uuid4()), None)
    ]
    assert [answer.status_code for answer in sent] == [201, 201]
    assert sent[0].content == sent[1].content


def test_what_is_no_search_id(make_exercise: MakeExercise, phone: ApiClient) -> None:
    exercise = make_exercise("Bench Press")
    workout = phone.post("/api/v1/sessions", {}).json()["id"]
    body = {"exercise_id": str(exercise.pk), "search_id": "mine"}
    assert codes(phone.get(f"{URL}/{exercise.pk}?search_id=mine")) == [("?search_id", "invalid")]
    assert codes(phone.post(f"/api/v1/workouts/{workout}/exercises", body)) == [("/search_id", "invalid")]
    assert codes(phone.post("/api/v1/sets", {**body, "session_id": workout})) == [("/search_id", "invalid")]
    assert phone.get(f"{URL}/{exercise.pk}?search_id={uuid4()}").status_code == 200  # of a search nobody knows
    assert write_searches() == 1
    assert LoggedSearch.objects.count() == 0


def test_searching_goes_on_while_valkey_is_away(
    make_exercise: MakeExercise, phone: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_exercise("Bench Press")
    monkeypatch.setattr(redis, "_resting_until", float("inf"))
    assert search(phone, "bench")["count"] == 1
    monkeypatch.undo()
    assert write_searches() == 0


def test_notes_wait_only_so_far(make_exercise: MakeExercise, phone: ApiClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searches, "MOST", 2)
    monkeypatch.setattr(searches, "BATCH", 1)
    for query in ("one", "two", "three"):
        search(phone, query)
    assert write_searches() == 2
    assert set(LoggedSearch.objects.values_list("query", flat=True)) == {"two", "three"}


def test_notes_that_could_not_be_written_stay(phone: ApiClient, monkeypatch: pytest.MonkeyPatch) -> None:
    search(phone, "bench")
    monkeypatch.setattr(LoggedSearch.objects, "bulk_create", None)
    with pytest.raises(TypeError):
        write_searches()
    monkeypatch.undo()
    assert write_searches() == 1


def test_analytics(db: None) -> None:
    logged("bench press", times=3, opened=True)
    logged("bench press", times=1, added=True, opened=True, days=1)
    logged("bench press", times=3, language="de", found=5)
    logged("sled push", times=3, found=0, days=1)
    logged("ada lovelace", times=2, found=0)
    logged("", times=2)
    logged("old", times=5, days=2)
    found = analyse(2, NOW)
    days = found.pop("days")
    assert days == [
        {"day": datetime(2026, 3, 30).date(), **figures(4, 0, 3, 1, 1, 1)},
        {"day": datetime(2026, 3, 31).date(), **figures(10, 2, 2, 3, 0, 3)},
    ]

    def asked(query: str, language: str, searches: int, in_vain: int, clicked: int, found: int) -> dict[str, Any]:
        return {
            "query": query,
            "language": language,
            "searches": searches,
            "in_vain": in_vain,
            "clicked": clicked,
            "click_through": clicked / searches,
            "found": found,
        }

    sled = asked("sled push", "en", 3, 3, 0, 0)
    assert found == {
        "since": datetime(2026, 3, 30).date(),
        "until": datetime(2026, 3, 31).date(),
        **figures(14, 2, 5, 4, 1, 4),
        "click_through": 0.2857,
        "top": [asked("bench press", "en", 4, 0, 4, 3), asked("bench press", "de", 3, 0, 0, 5), sled],
        "no_results": [sled],
    }


def figures(*counts: int) -> dict[str, int]:
    return dict(zip(("searches", "listings", "in_vain", "opened", "added", "clicked"), counts, strict=True))


def test_moderators_read_them_and_nobody_else(
    phone: ApiClient, moderator: User, django_assert_num_queries: Any
) -> None:
    assert phone.get(f"{URL}/search-analytics").status_code == 403
    assert phone.get(f"{URL}/search-analytics?days=none").status_code == 403
    desk = client_of(moderator)
    assert codes(desk.get(f"{URL}/search-analytics?days=91")) == [("?days", "max_value")]
    for times in (1, 3):
        logged("bench", times=times, at=timezone.now())
        with django_assert_num_queries(3):
            shown = desk.get(f"{URL}/search-analytics?days=7").json()
    assert (shown["searches"], len(shown["days"]), shown["top"][0]["searches"]) == (4, 7, 4)


def test_the_page_of_the_admin(moderator: User, athlete: User) -> None:
    logged("bench press", times=3, at=timezone.now(), opened=True)
    logged("ada lovelace", at=timezone.now())
    desk = Client()
    desk.force_login(moderator)
    page = desk.get("/admin/exercises/loggedsearch/?days=7").content.decode()
    assert [text in page for text in ("bench press", "75%", "4 searches, 75% led to an exercise")] == [True] * 3
    assert "ada lovelace" not in page
    single = LoggedSearch.objects.get(query="ada lovelace")
    assert desk.get(f"/admin/exercises/loggedsearch/{single.pk}/change/").status_code == 403
    empty = desk.get("/admin/exercises/loggedsearch/?days=3")
    assert empty.context["days"] == 30


def test_searches_are_forgotten(db: None) -> None:
    logged("new")
    logged("old", days=2)
    assert purge_searches(NOW - timedelta(days=1)) == 1
    assert LoggedSearch.objects.get().query == "new"
