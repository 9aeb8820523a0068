"""Keyset pages."""

import base64
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import orjson
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from fitai.common.ids import uuid7
from fitai.common.models import Job
from fitai.common.pagination import encode
from tests.cast import ApiClient, client_of, codes, make_person
from workouts.models import Workout

ROWS = "/api/v1/tests/rows"
START = datetime(2026, 11, 20, 7, 0, tzinfo=UTC)


def add(user: User, minute: float, **values: Any) -> str:
    """A row of that minute."""
    values.setdefault("kind", f"k{minute:06.1f}")
    job = Job.objects.create(dedupe_key=str(uuid7()), user_id=user.pk, not_before=START, **values)
    Job.objects.filter(pk=job.pk).update(created_at=START + timedelta(minutes=minute))
    return str(job.pk)


def page(client: ApiClient, url: str) -> dict[str, Any]:
    response = client.get(url)
    assert response.status_code == 200, response.content
    body: dict[str, Any] = response.json()
    assert set(body) == {"results", "next", "previous"}
    return body


def ids(body: dict[str, Any]) -> list[str]:
    return [row["id"] for row in body["results"]]


def walk(client: ApiClient, url: str, way: str = "next") -> list[list[str]]:
    """The ids of every page."""
    pages, link = [], url
    while link:
        body = page(client, link)
        pages.append(ids(body))
        link = body[way]
    return pages


@pytest.fixture
def newest_first(athlete: User) -> list[str]:
    """Ids of seven rows, some of them of the same moment."""
    minutes = [0, 1, 1, 1, 2, 3, 3]
    made = sorted((minute, add(athlete, minute, progress=minute / 10)) for minute in minutes)
    return [id for _, id in reversed(made)]


class TestThereAndBack:
    @pytest.mark.parametrize("limit", [1, 2, 3, 6, 7, 8])
    def test_every_row_once(self, phone: ApiClient, newest_first: list[str], limit: int) -> None:
        pages = walk(phone, f"{ROWS}?limit={limit}")
        assert [id for found in pages for id in found] == newest_first
        assert {len(found) for found in pages[:-1]} <= {limit}

    def test_back_again(self, phone: ApiClient, newest_first: list[str]) -> None:
        forwards = walk(phone, f"{ROWS}?limit=3")
        last = f"{ROWS}?limit=3"
        while (following := page(phone, last)["next"]) is not None:
            last = following
        assert walk(phone, last, "previous") == forwards[::-1]

    @pytest.mark.parametrize("by", ["oldest", "progress", "kind"])
    def test_in_other_orders(self, phone: ApiClient, newest_first: list[str], by: str) -> None:
        whole = ids(page(phone, f"{ROWS}?by={by}"))
        assert sorted(whole) == sorted(newest_first)
        pages = walk(phone, f"{ROWS}?by={by}&limit=2")
        assert [id for found in pages for id in found] == whole
        if by == "oldest":
            assert whole == newest_first[::-1]

    def test_the_first_page_has_nothing_before_it_and_the_last_nothing_after(
        self, phone: ApiClient, newest_first: list[str]
    ) -> None:
        first = page(phone, f"{ROWS}?limit=4")
        last = page(phone, first["next"])
        assert (first["previous"], last["next"]) == (None, None)
        back = page(phone, last["previous"])
        assert (ids(back), back["previous"]) == (ids(first), None)

    def test_links_keep_the_query(self, phone: ApiClient, newest_first: list[str]) -> None:
        link = urlsplit(page(phone, f"{ROWS}?by=oldest&limit=2")["next"])
        query = parse_qs(link.query)
        cursor = query.pop("cursor")
        assert (link.scheme, link.netloc, link.path, query) == (
            "http",
            "testserver",
            ROWS,
            {"by": ["oldest"], "limit": ["2"]},
        )
        assert len(cursor) == 1

    def test_nothing(self, phone: ApiClient) -> None:
        assert page(phone, ROWS) == {"results": [], "next": None, "previous": None}

    def test_one_statement_whatever_the_page_holds(self, phone: ApiClient, athlete: User) -> None:
        phone.get(ROWS)
        for _ in range(2):
            add(athlete, 1)
            with CaptureQueriesContext(connection) as captured:
                phone.get(ROWS)
            assert len(captured) == 1


class TestMeanwhile:
    def test_rows_inserted_before_and_after(self, phone: ApiClient, athlete: User, newest_first: list[str]) -> None:
        first = page(phone, f"{ROWS}?limit=3")
        newer, later = add(athlete, 99), add(athlete, 0.5)
        rest = [id for found in walk(phone, first["next"]) for id in found]
        assert ids(first) + rest == [*newest_first[:-1], later, newest_first[-1]]
        assert ids(page(phone, f"{ROWS}?limit=1")) == [newer]

    def test_the_row_of_the_cursor_is_deleted(self, phone: ApiClient, newest_first: list[str]) -> None:
        first = page(phone, f"{ROWS}?limit=3")
        Job.objects.filter(pk=newest_first[2]).delete()
        assert ids(page(phone, first["next"])) == newest_first[3:6]

    def test_all_rows_are_deleted(self, phone: ApiClient, newest_first: list[str]) -> None:
        first = page(phone, f"{ROWS}?limit=3")
        Job.objects.all().delete()
        assert page(phone, first["next"]) == {"results": [], "next": None, "previous": None}


class TestLimit:
    def test_default_and_most(self, phone: ApiClient, athlete: User) -> None:
        for minute in range(101):
            add(athlete, minute)
        assert len(ids(page(phone, ROWS))) == 20
        assert len(ids(page(phone, f"{ROWS}?limit=100"))) == 100

    @pytest.mark.parametrize(
        "limit", ["0", "101", "-1", "", "a", "1.5", " 1", "+5", "1e1", "٣", "9" * 50, "000000001" + "9" * 8, "0x10"]
    )
    def test_outside(self, phone: ApiClient, limit: str) -> None:
        response = phone.get(ROWS, {"limit": limit})
        assert codes(response) == [("?limit", "invalid")]


class TestTampering:
    @pytest.fixture
    def cursor(self, phone: ApiClient, newest_first: list[str]) -> str:
        return parse_qs(urlsplit(page(phone, f"{ROWS}?limit=2")["next"]).query)["cursor"][0]

    def test_any_other_character(self, phone: ApiClient, cursor: str) -> None:
        for place in range(0, len(cursor) - 1, 7):
            changed = cursor[:place] + ("A" if cursor[place] != "A" else "B") + cursor[place + 1 :]
            assert phone.get(ROWS, {"cursor": changed}).status_code == 404, changed

    @pytest.mark.parametrize("given", ["", "a", "=", "????", "MTIz", "é", "W10", "\U0001f4aa", "A" * 5_000])
    def test_nonsense(self, phone: ApiClient, newest_first: list[str], given: str) -> None:
        response = phone.get(ROWS, {"cursor": given})
        assert response.status_code == 404
        assert response.json()["detail"] == "There is no such page. Start again without `cursor`."

    @pytest.mark.parametrize(
        "position",
        [
            [5, str(uuid7())],
            ["abc", str(uuid7())],
            ["0001-01-01T00:00:00+14:00", str(uuid7())],
            [10**18, str(uuid7())],
            [None, str(uuid7())],
            ["2026-11-20T07:00:00Z", "17"],
            ["2026-11-20T07:00:00Z", None],
            ["2026-11-20T07:00:00Z"],
            [],
            {},
        ],
    )
    def test_a_cursor_of_ones_own_making(self, phone: ApiClient, newest_first: list[str], position: Any) -> None:
        text = orjson.dumps([False, position])
        for raw in (text, b"\0" * 9 + text):
            made = base64.urlsafe_b64encode(raw).decode().rstrip("=")
            assert phone.get(ROWS, {"cursor": made}).status_code == 404

    def test_a_cursor_of_a_list_in_another_order(self, phone: ApiClient, cursor: str) -> None:
        for by in ("progress", "kind"):
            assert phone.get(ROWS, {"cursor": cursor, "by": by}).status_code == 404

    def test_a_cursor_shows_its_bearer_only_their_own_rows(self, phone: ApiClient, cursor: str) -> None:
        stranger = client_of(make_person("stranger"))
        assert page(stranger, f"{ROWS}?cursor={cursor}")["results"] == []


def test_page_1000_of_a_history_is_read_from_the_index(athlete: User, stranger: User) -> None:
    """Of 100,000 workouts, a fifth of them hers: nothing is sorted, and no row is read that the page does not show."""
    workout = client_of(athlete).post("/api/v1/workouts", {"name": "Push"}).json()["id"]
    copied = {field.column: field.column for field in Workout._meta.concrete_fields if not field.generated}
    copied |= {"id": "gen_random_uuid()", "performed_at": "performed_at - n * interval '1 hour'", "user_id": "owner"}
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO workouts_workout ({', '.join(copied)}) SELECT {', '.join(copied.values())}"  # noqa: S608
            " FROM workouts_workout, generate_series(1, 20000) n, unnest(%s) owner WHERE id = %s",
            [[athlete.pk, *[stranger.pk] * 4], workout],
        )
        cursor.execute("ANALYZE workouts_workout")
        cursor.execute(
            "SELECT performed_at, id FROM workouts_workout WHERE user_id = %s"
            " ORDER BY 1 DESC, 2 DESC OFFSET 19979 LIMIT 1",
            [athlete.pk],
        )
        end = cursor.fetchone()
        client = client_of(athlete)
        client.get("/api/v1/users/profile")
        with CaptureQueriesContext(connection) as captured:
            body = page(client, f"/api/v1/workouts?cursor={encode(False, end, ('performed_at', 'id'))}")
        statement = captured[0]["sql"]
        assert len(ids(body)) == 20
        assert page(client, body["next"])["next"] is None
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}")
        (plan,) = cursor.fetchone()[0]
    nodes = [plan["Plan"]]
    for node in nodes:
        nodes += node.get("Plans", [])
    of_workouts = [node for node in nodes if node.get("Relation Name") == "workouts_workout"]
    assert [(node["Node Type"], node["Index Name"]) for node in of_workouts] == [("Index Scan", "workout_history")]
    assert [node["Node Type"] for node in nodes if "Sort" in node["Node Type"]] == []
    assert of_workouts[0]["Actual Rows"] <= 21
    assert of_workouts[0].get("Rows Removed by Filter", 0) <= 1
