"""`Idempotency-Key`."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from fitai.common.models import IdempotencyKey, Job
from tests.cast import ApiClient, client_of, codes, make_person
from tests.common.servers import in_threads

CHARGES = "/api/v1/tests/charges"
REGISTER = "/api/v1/auth/register"
NEWCOMER = {"email": "new@example.org", "username": "newcomer", "password": "a long enough phrase 7"}


def charge(client: ApiClient, key: str | None = "a-key", **body: Any) -> Any:
    headers = {} if key is None else {"HTTP_IDEMPOTENCY_KEY": key}
    return client.post(CHARGES, body, **headers)


class TestReplay:
    def test_byte_for_byte(self, phone: ApiClient) -> None:
        first, again = charge(phone, amount=5), charge(phone, amount=5)
        assert (first.status_code, again.status_code) == (201, 201)
        assert again.content == first.content
        kept = ("Content-Type", "Location", "ETag")
        assert [again.headers[name] for name in kept] == [first.headers[name] for name in kept]
        assert "Idempotent-Replayed" not in first.headers
        assert again.headers["Idempotent-Replayed"] == "true"
        assert again.headers["X-Request-ID"] != first.headers["X-Request-ID"]
        assert Job.objects.count() == 1

    def test_the_order_of_members_is_no_difference(self, phone: ApiClient) -> None:
        first = phone.generic("POST", CHARGES, b'{"a": 1, "b": 2}', "application/json", HTTP_IDEMPOTENCY_KEY="k")
        again = phone.generic("POST", CHARGES, b'{ "b":2,"a":1 }', "application/json", HTTP_IDEMPOTENCY_KEY="k")
        assert again.content == first.content

    def test_without_a_key_each_has_its_effect(self, phone: ApiClient) -> None:
        charge(phone, None)
        charge(phone, None)
        assert Job.objects.count() == 2

    def test_register(self, db: None) -> None:
        device = ApiClient()
        first = device.post(REGISTER, NEWCOMER, HTTP_IDEMPOTENCY_KEY="k")
        again = device.post(REGISTER, NEWCOMER, HTTP_IDEMPOTENCY_KEY="k")
        assert (again.status_code, again.content) == (first.status_code, first.content)
        assert again.headers["Idempotent-Replayed"] == "true"
        assert Job.objects.filter(kind="accounts.verification_mail").count() == 1
        assert "password" not in IdempotencyKey.objects.get().__dict__

    def test_the_password_is_not_kept(self, db: None) -> None:
        ApiClient().post(REGISTER, NEWCOMER, HTTP_IDEMPOTENCY_KEY="k")
        row = IdempotencyKey.objects.values().get()
        assert NEWCOMER["password"] not in str({**row, "body": bytes(row["body"]), "digest": bytes(row["digest"])})


class TestAnotherRequest:
    def test_another_body(self, phone: ApiClient) -> None:
        charge(phone, amount=5)
        response = charge(phone, amount=6)
        assert (response.status_code, response.json()["type"]) == (422, "http://localhost:8000/problems/key-reused")
        assert Job.objects.count() == 1

    def test_another_address(self, phone: ApiClient) -> None:
        charge(phone)
        assert phone.post(REGISTER, NEWCOMER, HTTP_IDEMPOTENCY_KEY="a-key").status_code in (201, 422)
        assert charge(phone).headers["Idempotent-Replayed"] == "true"

    @pytest.mark.parametrize("key", ["", " ", "a" * 65, "with space", "é", "a\x7f"])
    def test_a_key_that_is_none(self, phone: ApiClient, key: str) -> None:
        assert codes(charge(phone, key)) == [("!Idempotency-Key", "invalid")]
        assert Job.objects.count() == 0

    def test_keys_are_the_callers_own(self, phone: ApiClient) -> None:
        mine = charge(phone).json()["id"]
        theirs = charge(client_of(make_person("stranger"))).json()["id"]
        assert mine != theirs
        assert Job.objects.count() == 2

    def test_addresses_of_unknown_callers_are_apart(self, db: None) -> None:
        first = ApiClient(REMOTE_ADDR="192.0.2.1").post(REGISTER, NEWCOMER, HTTP_IDEMPOTENCY_KEY="k")
        other = ApiClient(REMOTE_ADDR="192.0.2.2").post(
            REGISTER, {**NEWCOMER, "email": "b@example.org", "username": "bea"}, HTTP_IDEMPOTENCY_KEY="k"
        )
        assert (first.status_code, other.status_code) == (201, 201)

    def test_an_old_key_is_forgotten_when_it_is_purged(self, phone: ApiClient) -> None:
        charge(phone)
        IdempotencyKey.objects.update(created_at=timezone.now() - timedelta(hours=23))
        assert charge(phone).headers["Idempotent-Replayed"] == "true"


class TestRefusals:
    @pytest.mark.parametrize(("fails", "status"), [("late", 500), ("refused", 409)])
    def test_they_leave_nothing(self, phone: ApiClient, fails: str, status: int) -> None:
        """Neither the row that was written nor the key: there is no moment in which one is there without the other."""
        assert charge(phone, fails=fails).status_code == status
        assert (Job.objects.count(), IdempotencyKey.objects.count()) == (0, 0)
        assert charge(phone).status_code == 201

    def test_a_body_that_does_not_fit(self, db: None) -> None:
        assert ApiClient().post(REGISTER, {}, HTTP_IDEMPOTENCY_KEY="k").status_code == 422
        assert IdempotencyKey.objects.count() == 0
        assert ApiClient().post(REGISTER, NEWCOMER, HTTP_IDEMPOTENCY_KEY="k").status_code == 201


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    @pytest.fixture
    def devices(self, settings: Any) -> list[ApiClient]:
        settings.ROOT_URLCONF = "tests.common.routes"
        athlete = make_person("athlete")
        return [client_of(athlete, raise_request_exception=False) for _ in range(20)]

    def test_twenty_with_one_key_make_one_row(self, devices: list[ApiClient]) -> None:
        answers = in_threads(20, lambda number: charge(devices[number]))
        (row,) = Job.objects.values_list("pk", flat=True)
        told = {(answer.status_code, answer.json().get("id")) for answer in answers}
        assert told <= {(201, str(row)), (409, None)}
        assert (201, str(row)) in told
        assert {answer.headers.get("Retry-After") for answer in answers if answer.status_code == 409} <= {"1"}

    def test_in_flight(self, devices: list[ApiClient]) -> None:
        slow, second = in_threads(2, lambda number: charge(devices[number], seconds=0.5))
        assert sorted([slow.status_code, second.status_code]) == [201, 409]
        refused = slow if slow.status_code == 409 else second
        assert refused.json()["type"] == "http://localhost:8000/problems/in-flight"
        assert refused.headers["Retry-After"] == "1"
        assert charge(devices[0], seconds=0.5).headers["Idempotent-Replayed"] == "true"

    def test_twenty_registrations(self, devices: list[ApiClient]) -> None:
        answers = in_threads(20, lambda number: ApiClient().post(REGISTER, NEWCOMER, HTTP_IDEMPOTENCY_KEY="k"))
        assert {answer.status_code for answer in answers} <= {201, 409}
        assert len({answer.content for answer in answers if answer.status_code == 201}) == 1
        assert User.objects.filter(username="newcomer").count() == 1
