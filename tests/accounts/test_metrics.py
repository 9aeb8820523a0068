"""What people measure of themselves."""

import threading
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import Metric, Preferences, Profile, User
from accounts.operations.coaches import end_coaching
from accounts.operations.metrics import create_metric
from fitai.common.actors import Actor
from fitai.common.ids import uuid7
from fitai.common.models import Clock
from fitai.common.problems import IdTaken
from tests.cast import ApiClient, actor_of, client_of, codes, let_see

METRICS = "/api/v1/users/metrics"
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
WEIGHED = {"kind": "weight", "value": "225", "unit": "lb", "measured_at": "2026-11-20T07:00:00Z"}


@pytest.fixture(autouse=True)
def noon() -> Any:
    with time_machine.travel(NOON, tick=False):
        yield


def write(device: ApiClient, **values: Any) -> dict[str, Any]:
    answer = device.post(METRICS, {**WEIGHED, **values})
    assert answer.status_code == 201, answer.content
    shape: dict[str, Any] = answer.json()
    return shape


def fill(user: User, kind: str, values: Sequence[tuple[datetime, str]], unit: str = "kg") -> None:
    """A history, in one go."""
    rows = [
        Metric(user=user, kind=kind, value=value, unit=unit, canonical=value, measured_at=at, change_seq=0, digest="")
        for at, value in values
    ]
    Metric.objects.bulk_create(rows)


def live(user: User, zone: str = "UTC", first_weekday: int = 1, **units: str) -> None:
    Profile.objects.filter(user=user).update(time_zone=zone)
    Preferences.objects.filter(user=user).update(first_weekday=first_weekday, **units)


def series(device: ApiClient, query: str) -> list[tuple[Any, ...]]:
    found = device.get(f"{METRICS}?{query}").json()["results"]
    return [(one["start"], one["count"], one["min"], one["max"], one["mean"], one["last"]) for one in found]


class TestOne:
    def test_reads_back_as_it_was_entered(self, athlete: User) -> None:
        device = client_of(athlete)
        answer = device.post(METRICS, {**WEIGHED, "value": 225.0, "note": "after leg day"})
        shape = answer.json()
        assert (answer.status_code, answer["Location"]) == (201, f"{METRICS}/{shape['id']}")
        assert shape == {
            "id": shape["id"],
            **WEIGHED,
            "canonical": {"value": "102.058", "unit": "kg"},
            "note": "after leg day",
            "change_seq": 1,
            "created_at": "2026-11-20T12:00:00Z",
            "updated_at": "2026-11-20T12:00:00Z",
        }
        read = device.get(f"{METRICS}/{shape['id']}")
        assert (read.json(), read["ETag"]) == (shape, answer["ETag"])
        again = device.get(f"{METRICS}/{shape['id']}", headers={"If-None-Match": read["ETag"]})
        assert (again.status_code, again.content) == (304, b"")

    @pytest.mark.parametrize("method", ["put", "patch"])
    def test_is_corrected_in_part(self, athlete: User, method: str) -> None:
        device = client_of(athlete)
        shape = write(device, note="before breakfast")
        with time_machine.travel(NOON + timedelta(minutes=10), tick=False):
            answer = getattr(device, method)(f"{METRICS}/{shape['id']}", {"value": "224.5", "note": None})
        assert answer.json() == {
            **shape,
            "value": "224.5",
            "canonical": {"value": "101.831", "unit": "kg"},
            "note": None,
            "change_seq": 2,
            "updated_at": "2026-11-20T12:10:00Z",
        }
        same = getattr(device, method)(f"{METRICS}/{shape['id']}", {"value": "224.50"})
        assert (same.json(), same["ETag"]) == (answer.json(), answer["ETag"])

    def test_a_lost_update_is_refused(self, athlete: User) -> None:
        device = client_of(athlete)
        path = f"{METRICS}/{write(device)['id']}"
        seen = device.get(path)["ETag"]
        device.patch(path, {"value": "224"})
        assert device.patch(path, {"value": "223"}, headers={"If-Match": seen}).status_code == 412
        assert device.delete(path, headers={"If-Match": seen}).status_code == 412
        assert device.get(path).json()["value"] == "224"

    def test_is_gone_once_deleted_and_its_row_tells_other_devices(self, athlete: User) -> None:
        device = client_of(athlete)
        shape = write(device)
        path = f"{METRICS}/{shape['id']}"
        assert device.delete(path).status_code == 204
        gone = [device.get(path), device.patch(path, {"value": "1"}), device.delete(path)]
        assert [answer.status_code for answer in gone] == [404, 404, 404]
        assert device.get(METRICS).json()["results"] == []
        assert device.get(f"{METRICS}/summary").json()["kinds"] == []
        assert series(device, "kind=weight&aggregate=day") == []
        assert Metric.objects.values_list("change_seq", "deleted_at").get() == (2, NOON)
        assert device.post(METRICS, {**WEIGHED, "id": shape["id"]}).json()["code"] == "id_taken"

    def test_of_somebody_else_never_was(self, athlete: User, stranger: User) -> None:
        path = f"{METRICS}/{write(client_of(athlete))['id']}"
        other = client_of(stranger)
        answers = [other.get(path), other.patch(path, {"value": "x"}), other.delete(path)]
        assert [answer.status_code for answer in answers] == [404, 404, 404]
        assert other.get(METRICS).json()["results"] == []


class TestChosenIds:
    def test_the_same_again_is_the_first_even_after_a_change(self, athlete: User) -> None:
        device, id = client_of(athlete), str(uuid7())
        first = write(device, id=id)
        assert write(device, id=id, value="225.000") == first
        changed = device.patch(f"{METRICS}/{id}", {"value": "220"}).json()
        assert write(device, id=id) == changed
        assert Metric.objects.count() == 1

    def test_anything_else_under_it_is_taken(self, athlete: User, stranger: User) -> None:
        device, id = client_of(athlete), str(uuid7())
        write(device, id=id)
        other = device.post(METRICS, {**WEIGHED, "id": id, "value": "226"})
        foreign = client_of(stranger).post(METRICS, {**WEIGHED, "id": id})
        for answer in (other, foreign):
            assert (answer.status_code, answer.json()["code"]) == (409, "id_taken")
        assert Metric.objects.values_list("user", "value").get() == (athlete.pk, Decimal(225))

    @pytest.mark.django_db(transaction=True)
    def test_made_by_two_at_once(self, athlete: User, stranger: User) -> None:
        values = {
            "id": uuid7(), "kind": "weight", "value": Decimal(80), "unit": "kg", "measured_at": NOON
        }  # fmt: skip
        outcomes: list[Any] = []
        both = threading.Barrier(4)

        def act(user: User) -> None:
            both.wait()
            try:
                outcomes.append(create_metric(Actor(user_id=user.pk), values=values).user_id)
            except IdTaken:
                outcomes.append(IdTaken)
            finally:
                connection.close()

        threads = [threading.Thread(target=act, args=(user,)) for user in (athlete, stranger) * 2]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        owner = Metric.objects.get().user_id
        assert sorted(map(str, outcomes)) == sorted(map(str, [owner, owner, IdTaken, IdTaken]))

    @pytest.mark.django_db(transaction=True)
    def test_changes_of_one_person_are_numbered_one_after_the_other(self, athlete: User) -> None:
        def act() -> None:
            try:
                create_metric(
                    Actor(user_id=athlete.pk),
                    values={"kind": "weight", "value": Decimal(80), "unit": "kg", "measured_at": NOON},
                )
            finally:
                connection.close()

        threads = [threading.Thread(target=act) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(Metric.objects.values_list("change_seq", flat=True)) == [1, 2, 3, 4, 5, 6]
        assert Clock.objects.get(user=athlete).change_seq == 6


class TestRefusals:
    @pytest.mark.parametrize(
        ("values", "refused"),
        [
            ({"kind": "height"}, [("/kind", "invalid_choice")]),
            ({"unit": "cm"}, [("/unit", "invalid_choice")]),
            ({"unit": "stone"}, [("/unit", "invalid_choice")]),
            ({"value": "0"}, [("/value", "implausible")]),
            ({"value": "-80"}, [("/value", "implausible")]),
            ({"value": "1500"}, [("/value", "implausible")]),
            ({"value": "80.1234"}, [("/value", "max_decimal_places")]),
            ({"value": "NaN"}, [("/value", "invalid")]),
            ({"value": True}, [("/value", "invalid")]),
            ({"value": None}, [("/value", "null")]),
            ({"kind": "sleep", "unit": "h", "value": "24.1"}, [("/value", "implausible")]),
            ({"kind": "waist", "unit": "in", "value": "10"}, [("/value", "implausible")]),
            ({"measured_at": "2026-11-20T12:05:01Z"}, [("/measured_at", "in_the_future")]),
            ({"measured_at": "1899-12-31T23:59:59Z"}, [("/measured_at", "too_long_ago")]),
            ({"note": "a\nb"}, [("/note", "control_character")]),
            ({"canonical": "80"}, [("/canonical", "unknown_field")]),
            ({"user_id": "x", "change_seq": 7}, [("/user_id", "unknown_field"), ("/change_seq", "unknown_field")]),
        ],
    )
    def test_what_is_no_measurement(
        self, athlete: User, values: dict[str, Any], refused: list[tuple[str, str]]
    ) -> None:
        device = client_of(athlete)
        assert codes(device.post(METRICS, {**WEIGHED, **values})) == refused
        assert not Metric.objects.exists()
        assert codes(device.patch(f"{METRICS}/{write(device)['id']}", {"value": "225", **values})) == refused
        assert Metric.objects.values_list("kind", "value", "unit").get() == ("weight", Decimal(225), "lb")

    def test_a_unit_without_its_value(self, athlete: User) -> None:
        device = client_of(athlete)
        path = f"{METRICS}/{write(device)['id']}"
        assert codes(device.patch(path, {"unit": "kg"})) == [("/value", "required")]
        assert codes(device.patch(path, {"kind": "waist"})) == [("/unit", "invalid_choice")]
        assert codes(device.patch(path, {"id": str(uuid7())})) == [("/id", "unknown_field")]

    def test_a_clock_that_is_a_little_fast_is_believed(self, athlete: User) -> None:
        written = write(client_of(athlete), measured_at="2026-11-20T14:05:00+02:00")
        assert written["measured_at"] == "2026-11-20T12:05:00Z"

    @pytest.mark.parametrize(
        "values", [{"value": "0"}, {"canonical": "-1"}, {"unit": "cm"}, {"kind": "waist"}, {"kind": "height"}]
    )
    def test_the_database_refuses_it_too(self, athlete: User, values: dict[str, Any]) -> None:
        good = {"kind": "weight", "value": "80", "unit": "kg", "canonical": "80"}
        with pytest.raises(IntegrityError), transaction.atomic():
            Metric.objects.create(user=athlete, measured_at=NOON, change_seq=1, digest="", **{**good, **values})


class TestList:
    def test_newest_first_by_kind_and_time(self, athlete: User) -> None:
        device = client_of(athlete)
        live(athlete, "Europe/Berlin")
        fill(athlete, "weight", [(NOON - timedelta(days=day), str(80 + day)) for day in range(4)])
        fill(athlete, "waist", [(NOON - timedelta(days=1), "85")], "cm")

        def values(query: str) -> list[str]:
            return [one["value"] for one in device.get(f"{METRICS}?{query}").json()["results"]]

        assert values("kind=weight") == ["80", "81", "82", "83"]
        assert values("kind=weight&from=2026-11-18T12:00:00Z&to=2026-11-20T12:00:00Z") == ["81", "82"]
        assert sorted(values("from=2026-11-18&to=2026-11-20")) == ["81", "82", "85"]
        fill(athlete, "neck", [(datetime(2026, 11, 17, 23, 30, tzinfo=UTC), "40")], "cm")
        assert values("kind=neck&from=2026-11-18") == ["40"]  # half past midnight in Berlin
        assert values("kind=neck&to=2026-11-18") == []

    def test_pages_and_their_statements(self, athlete: User) -> None:
        device = client_of(athlete)
        device.get(METRICS)  # the session's facts
        for rows in (1, 3):
            fill(athlete, "weight", [(NOON - timedelta(days=day), "80") for day in range(rows)])
            with CaptureQueriesContext(connection) as statements:
                found = device.get(f"{METRICS}?kind=weight").json()["results"]
            assert (len(statements), len(found)) == (1, rows)
            Metric.objects.all().delete()
        fill(athlete, "weight", [(NOON, str(70 + number)) for number in range(5)])
        page, seen = device.get(f"{METRICS}?limit=2").json(), []
        while True:
            seen += [one["value"] for one in page["results"]]
            if page["next"] is None:
                break
            page = device.get(page["next"]).json()
        assert sorted(seen) == ["70", "71", "72", "73", "74"]

    @pytest.mark.parametrize(
        ("query", "refused"),
        [
            ("kind=height", [("?kind", "invalid_choice")]),
            ("aggregate=week", [("?kind", "required")]),
            ("kind=weight&aggregate=year", [("?aggregate", "invalid_choice")]),
            ("from=yesterday", [("?from", "invalid")]),
            ("to=2026-11-20T12:00:00", [("?to", "invalid")]),
            ("limit=101", [("?limit", "invalid")]),
            ("kind=weight&aggregate=week&limit=1001", [("?limit", "invalid")]),
            ("unit=kg", [("?unit", "unknown_parameter")]),
        ],
    )
    def test_a_query_that_means_nothing(self, athlete: User, query: str, refused: list[tuple[str, str]]) -> None:
        assert codes(client_of(athlete).get(f"{METRICS}?{query}")) == refused

    def test_it_reads_an_index(self, athlete: User) -> None:
        fill(athlete, "weight", [(NOON - timedelta(hours=hour), "80") for hour in range(2000)])
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE accounts_metric")
        page = Metric.objects.filter(user=athlete, deleted_at=None)
        newest = page.order_by("-measured_at", "-id")[:20].explain()
        of_kind = page.filter(kind="weight").order_by("-measured_at", "-id")[:20].explain()
        assert "metric_latest" in newest
        assert "metric_series" in of_kind or "metric_latest" in of_kind
        assert "Sort" not in newest + of_kind


class TestSeries:
    def test_days_of_the_persons_own_zone(self, athlete: User) -> None:
        live(athlete, "Europe/Berlin")
        evening = datetime(2026, 11, 15, 23, 30, tzinfo=UTC)  # half past midnight of Monday in Berlin
        fill(athlete, "weight", [(evening, "80"), (evening + timedelta(hours=8), "81"), (evening - timedelta(1), "79")])
        device = client_of(athlete)
        assert series(device, "kind=weight&aggregate=day") == [
            ("2026-11-16", 2, "80", "81", "80.5", "81"),
            ("2026-11-15", 1, "79", "79", "79", "79"),
        ]
        assert series(device, "kind=weight&aggregate=week") == [
            ("2026-11-16", 2, "80", "81", "80.5", "81"),
            ("2026-11-09", 1, "79", "79", "79", "79"),
        ]
        assert series(device, "kind=weight&aggregate=month") == [("2026-11-01", 3, "79", "81", "80", "81")]

    @pytest.mark.parametrize(
        ("first_weekday", "starts"),
        [(1, ["2026-01-05", "2025-12-29"]), (7, ["2026-01-04", "2025-12-28"]), (6, ["2026-01-03", "2025-12-27"])],
    )
    def test_weeks_begin_where_the_person_begins_them_and_cross_the_year(
        self, athlete: User, first_weekday: int, starts: list[str]
    ) -> None:
        live(athlete, first_weekday=first_weekday)
        first = datetime(2025, 12, 29, 8, tzinfo=UTC)
        fill(athlete, "weight", [(first + timedelta(days=day), "80") for day in (0, 3, 4, 7, 8)])
        found = series(client_of(athlete), "kind=weight&aggregate=week")
        assert [bucket[0] for bucket in found] == starts
        assert [bucket[1] for bucket in found] == [2, 3]

    @pytest.mark.parametrize("zone", ["Europe/Berlin", "America/Havana", "Africa/Cairo"])
    def test_every_third_hour_of_a_year_stands_where_a_calendar_puts_it(self, athlete: User, zone: str) -> None:
        """Page by page, and back. Havana and Cairo move their clocks at midnight."""
        live(athlete, zone, first_weekday=7)
        hours = [datetime(2024, 12, 1, tzinfo=UTC) + timedelta(hours=3 * hour) for hour in range(400 * 8)]
        fill(athlete, "weight", [(hour, "80") for hour in hours])
        days = [hour.astimezone(ZoneInfo(zone)).date() for hour in hours]
        starts = {
            "day": days,
            "week": [day - timedelta(days=day.isoweekday() % 7) for day in days],
            "month": [day.replace(day=1) for day in days],
        }
        device = client_of(athlete)
        for period, expected in starts.items():
            pages = [device.get(f"{METRICS}?kind=weight&aggregate={period}&limit=150").json()]
            while pages[-1]["next"] is not None:
                pages.append(device.get(pages[-1]["next"]).json())
                assert device.get(pages[-1]["previous"]).json()["results"] == pages[-2]["results"]
            found = [(one["start"], one["count"]) for page in pages for one in page["results"]]
            assert found == sorted(((day.isoformat(), n) for day, n in Counter(expected).items()), reverse=True)

    def test_in_the_preferred_unit_without_a_loss(self, athlete: User) -> None:
        live(athlete, weight_unit="lb", height_unit="in")
        device = client_of(athlete)
        write(device, value="225", unit="lb", measured_at="2026-11-19T07:00:00Z")
        write(device, value="100", unit="kg", measured_at="2026-11-20T07:00:00Z")
        write(device, kind="waist", value="81.28", unit="cm")
        found = device.get(f"{METRICS}?kind=weight&aggregate=month").json()["results"]
        assert found == [
            {
                "start": "2026-11-01",
                "count": 2,
                "min": "220.462",
                "max": "225",
                "mean": "222.731",
                "last": "220.462",
                "unit": "lb",
            }
        ]
        waist = device.get(f"{METRICS}?kind=waist&aggregate=day").json()["results"]
        assert (waist[0]["last"], waist[0]["unit"]) == ("32", "in")

    def test_ten_years_of_days_by_week_in_two_statements(self, athlete: User) -> None:
        live(athlete, "Europe/Berlin")
        fill(athlete, "weight", [(NOON - timedelta(days=day), f"{80 + day % 7}") for day in range(3653)])
        device = client_of(athlete)
        device.get(METRICS)  # the session's facts
        for limit, buckets in ((1, 1), (3, 3), (1000, 523)):
            with CaptureQueriesContext(connection) as statements:
                page = device.get(f"{METRICS}?kind=weight&aggregate=week&limit={limit}").json()
            assert (len(statements), len(page["results"])) == (2, buckets)
        assert sum(one["count"] for one in page["results"]) == 3653
        starts = [date.fromisoformat(one["start"]) for one in page["results"]]
        assert all(one - other == timedelta(days=7) for one, other in pairwise(starts))
        assert page["next"] is None


class TestSummary:
    def test_of_somebody_new(self, athlete: User) -> None:
        answer = client_of(athlete).get(f"{METRICS}/summary")
        assert answer.json() == {
            "kinds": [],
            "trend_method": {
                "name": "exponentially weighted moving average of daily means",
                "alpha_per_day": "0.1",
                "source": "John Walker, The Hacker's Diet (1991); over a gap of n days alpha is 1 - (1 - alpha) ** n",
            },
        }

    def test_latest_change_and_trend(self, athlete: User) -> None:
        device = client_of(athlete)
        written = write(device, value="80", unit="kg", measured_at="2026-11-20T07:00:00Z")
        fill(athlete, "weight", [(NOON - timedelta(days=days), value) for days, value in ((7, "81"), (44, "84"))])
        fill(athlete, "waist", [(NOON, "85.5")], "cm")
        standing = device.get(f"{METRICS}/summary").json()["kinds"]
        # (84 → 81 over 37 days, then → 80 over 7)
        then = 84 + (1 - 0.9**37) * (81 - 84)
        now = then + (1 - 0.9**7) * (80 - then)
        assert standing[0] == {
            "kind": "weight",
            "latest": written,
            "unit": "kg",
            "change": {
                "7": {"value": "-1", "then": "81", "measured_at": "2026-11-13T12:00:00Z"},
                "30": {"value": "-4", "then": "84", "measured_at": "2026-10-07T12:00:00Z"},
                "90": None,
            },
            "trend": {"value": f"{now:.3f}".rstrip("0"), "per_week": f"{now - then:.3f}".rstrip("0")},
        }
        assert (standing[1]["kind"], standing[1]["trend"]) == ("waist", None)
        assert standing[1]["change"] == {"7": None, "30": None, "90": None}
        assert len(standing) == 2

    @pytest.mark.parametrize(
        ("days", "compared"),
        [([6], None), ([7], 7), ([8, 6], 8), ([10], 10), ([11], None), ([7, 9], 7)],
    )
    def test_what_a_week_ago_is_compared_with(self, athlete: User, days: list[int], compared: int | None) -> None:
        fill(athlete, "weight", [(NOON, "80"), *((NOON - timedelta(days=day), f"{80 + day}") for day in days)])
        change = client_of(athlete).get(f"{METRICS}/summary").json()["kinds"][0]["change"]["7"]
        assert (change and change["value"]) == (None if compared is None else f"-{compared}")

    def test_a_day_is_the_persons_own_and_its_last_value_counts(self, athlete: User) -> None:
        live(athlete, "Pacific/Auckland")
        fill(
            athlete,
            "weight",
            [
                (datetime(2026, 11, 19, 19, tzinfo=UTC), "80"),  # 8 in the morning of the 20th
                (datetime(2026, 11, 13, 9, tzinfo=UTC), "82"),  # 10 in the evening of the 13th: later on the clock
                (datetime(2026, 11, 12, 19, tzinfo=UTC), "81"),  # the morning of the 13th
            ],
        )
        change = client_of(athlete).get(f"{METRICS}/summary").json()["kinds"][0]["change"]["7"]
        assert change == {"value": "-2", "then": "82", "measured_at": "2026-11-13T09:00:00Z"}

    def test_its_statements_do_not_grow(self, athlete: User) -> None:
        device = client_of(athlete)
        device.get(METRICS)
        for kinds, count in ((["weight"], 1), (["weight", "waist", "body_fat"], 3)):
            for kind in kinds:
                fill(athlete, kind, [(NOON - timedelta(days=day), "60") for day in range(30)], UNITS[kind])
            with CaptureQueriesContext(connection) as statements:
                found = device.get(f"{METRICS}/summary").json()["kinds"]
            assert (len(statements), len(found)) == (3, count)

    def test_answers_304_while_nothing_changes(self, athlete: User) -> None:
        device = client_of(athlete)
        write(device)
        tag = device.get(f"{METRICS}/summary")["ETag"]
        assert device.get(f"{METRICS}/summary", headers={"If-None-Match": tag}).status_code == 304
        write(device, value="224")
        assert device.get(f"{METRICS}/summary", headers={"If-None-Match": tag}).status_code == 200


UNITS = {"weight": "kg", "waist": "cm", "body_fat": "percent"}


class TestOthers:
    """Who may read: a coach who was let, and whom the `metrics` privacy names. Nobody else writes."""

    def test_a_coach_reads_and_changes_nothing(self, athlete: User, coach: User) -> None:
        mine, theirs = client_of(athlete), client_of(coach)
        row = mine.post(METRICS, WEIGHED).json()
        addresses = [
            f"{METRICS}?user_id={athlete.pk}",
            f"{METRICS}/summary?user_id={athlete.pk}",
            f"{METRICS}/{row['id']}",
        ]
        assert [theirs.get(address).status_code for address in addresses] == [404] * 3
        coaching = let_see(athlete, coach)
        listed, summary, one = (theirs.get(address).json() for address in addresses)
        assert (listed["results"], one) == ([row], row)
        assert summary == mine.get(f"{METRICS}/summary").json()
        week = theirs.get(f"{METRICS}?kind=weight&aggregate=week&user_id={athlete.pk}").json()["results"]
        assert week == mine.get(f"{METRICS}?kind=weight&aggregate=week").json()["results"] != []
        assert theirs.get(METRICS).json()["results"] == []
        assert theirs.patch(f"{METRICS}/{row['id']}", {"note": "no"}).status_code == 403
        assert theirs.delete(f"{METRICS}/{row['id']}").status_code == 403
        assert mine.get(f"{METRICS}/{row['id']}").json() == row
        end_coaching(actor_of(athlete), coaching.pk)
        assert [theirs.get(address).status_code for address in addresses] == [404] * 3

    @pytest.mark.parametrize(("audience", "status"), [("everyone", 200), ("friends", 404), ("nobody", 404)])
    def test_privacy_decides_for_strangers(self, athlete: User, stranger: User, audience: str, status: int) -> None:
        Preferences.objects.filter(user=athlete).update(privacy_metrics=audience)
        assert client_of(stranger).get(f"{METRICS}?user_id={athlete.pk}").status_code == status
