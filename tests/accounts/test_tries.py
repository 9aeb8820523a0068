"""Guessing passwords."""

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import tries
from accounts.errors import InvalidCredentials, TooManyTries
from accounts.models import SecurityEvent, User
from accounts.operations.sessions import Device, check_password, log_in
from fitai.common import redis
from tests.cast import PASSWORD, ApiClient, make_person

pytestmark = pytest.mark.usefixtures("real_limits")

LOGIN = "/api/v1/auth/login"


def guess(login: str, address: str = "10.0.0.1", typed: str = "wrong", agent: str = "curl") -> str:
    """How one try ends."""
    try:
        check_password(login=login, password=typed, device=Device(address, agent))
    except InvalidCredentials:
        return "wrong"
    except TooManyTries:
        return "too many"
    return "in"


@pytest.mark.parametrize("login", ["athlete", "nobody"])
def test_five_on_an_account_from_an_address(athlete: User, login: str) -> None:
    assert [guess(login) for _ in range(6)] == ["wrong"] * 5 + ["too many"]
    assert guess(login, typed=PASSWORD) == "too many"
    assert guess(login, address="10.0.0.2") == "wrong"


@pytest.mark.parametrize("login", ["athlete", "nobody"])
def test_twenty_on_an_account_from_anywhere(athlete: User, login: str) -> None:
    outcomes = [guess(login, address=f"10.0.0.{n}") for n in range(21)]
    assert outcomes == ["wrong"] * 20 + ["too many"]


def test_one_try_on_each_of_two_hundred_accounts(db: None) -> None:
    outcomes = [guess(f"person{n}") for n in range(200)]
    assert outcomes == ["wrong"] * 20 + ["too many"] * 180


def test_the_owners_known_device_gets_in_while_others_guess(athlete: User) -> None:
    mine = Device("192.0.2.7", "FitAI/1.0 (iPhone)")
    log_in(login="athlete", password=PASSWORD, device=mine)
    assert [guess("athlete", address=f"10.0.0.{n}") for n in range(21)][-1] == "too many"
    assert guess("athlete", address="192.0.2.8", typed=PASSWORD) == "too many"
    assert log_in(login="athlete", password=PASSWORD, device=mine).user == athlete


def test_a_known_device_has_a_count_of_its_own(athlete: User) -> None:
    mine = Device("192.0.2.7", "FitAI/1.0 (iPhone)")
    log_in(login="athlete", password=PASSWORD, device=mine)
    outcomes = [guess("athlete", mine.address, agent=mine.user_agent) for _ in range(6)]
    assert outcomes == ["wrong"] * 5 + ["too many"]
    assert guess("athlete", mine.address, agent="another") == "wrong"


def test_right_passwords_are_not_counted(athlete: User) -> None:
    assert [guess("athlete", typed=PASSWORD) for _ in range(30)] == ["in"] * 30
    assert guess("athlete") == "wrong"


def test_spellings_of_one_log_in_share_a_count(athlete: User) -> None:
    outcomes = [guess(login) for login in ("athlete", "ATHLETE", " athlete ", "ａthlete", "Athlete", "aTHLETE")]
    assert outcomes == ["wrong"] * 5 + ["too many"]


def test_tries_on_one_name_of_an_account_say_nothing_of_another(athlete: User) -> None:
    assert [guess("athlete") for _ in range(6)][-1] == "too many"
    assert [guess("athlete@example.org"), guess("nobody@example.org")] == ["wrong", "wrong"]


@pytest.mark.parametrize("names", [("athlete", "athlete@example.org"), ("nobody", "nobody@example.org")])
def test_each_try_costs_the_same_whoever_is_meant(
    athlete: User, names: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Any] = []
    encode = MD5PasswordHasher.encode
    monkeypatch.setattr(MD5PasswordHasher, "encode", lambda *given: made.append(given) or encode(*given))
    for name in names:
        with CaptureQueriesContext(connection) as captured:
            guess(name)
        assert len([query for query in captured if "SAVEPOINT" not in query["sql"]]) == 2
    assert len(made) == 2


def test_the_answer_says_when_to_come_back(athlete: User, anonymous: ApiClient) -> None:
    for _ in range(5):
        anonymous.post(LOGIN, {"login": "athlete", "password": "wrong"})
    response = anonymous.post(LOGIN, {"login": "athlete", "password": "wrong"})
    assert (response.status_code, response.json()["type"].rsplit("/", 1)[1]) == (429, "too-many-tries")
    assert 890 <= int(response["Retry-After"]) <= 900


def test_a_refused_try_costs_no_hash_and_leaves_no_row(athlete: User, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(5):
        guess("athlete")
    made: list[Any] = []
    monkeypatch.setattr(MD5PasswordHasher, "encode", lambda *arguments: made.append(arguments))
    assert guess("athlete") == "too many"
    assert (made, SecurityEvent.objects.count()) == ([], 5)


def test_old_tries_are_forgotten(athlete: User) -> None:
    for _ in range(5):
        guess("athlete")
    assert guess("athlete") == "too many"
    for key in redis.client.keys("fitai:wrong:*"):
        for member, score in redis.client.zrange(key, 0, -1, withscores=True):
            redis.client.zadd(key, {member: score - tries.WINDOW_SECONDS})
    assert guess("athlete") == "wrong"


def test_without_valkey_people_still_log_in(athlete: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redis, "_resting_until", float("inf"))
    assert guess("athlete", typed=PASSWORD) == "in"


def test_a_try_whose_process_died_gives_its_place_back(athlete: User, monkeypatch: pytest.MonkeyPatch) -> None:
    places = tries.counters("athlete", "10.0.0.1", None)
    keys = [key for counter in places for key in counter.keys]
    for n in range(5):
        tries.ENTER(keys=keys, args=[f"dead-{n}", 1, *(counter.limit for counter in places)])
    assert guess("athlete", typed=PASSWORD) == "in"  # waited for them, about a second


@pytest.fixture
def slow_hash(monkeypatch: pytest.MonkeyPatch) -> None:
    """As long as a real one, so that tries overlap."""
    encode = MD5PasswordHasher.encode

    def slowly(*arguments: Any) -> str:
        time.sleep(0.03)
        return encode(*arguments)

    monkeypatch.setattr(MD5PasswordHasher, "encode", slowly)


@pytest.mark.django_db(transaction=True)
def test_twenty_guesses_at_once_are_five_guesses(slow_hash: None) -> None:
    make_person("athlete")

    def one(_: int) -> str:
        try:
            return guess("athlete")
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        outcomes = sorted(pool.map(one, range(20)))
    assert outcomes == ["too many"] * 15 + ["wrong"] * 5


@pytest.mark.django_db(transaction=True)
def test_many_right_log_ins_at_once_all_get_in(slow_hash: None) -> None:
    make_person("athlete")

    def one(_: int) -> str:
        try:
            return guess("athlete", typed=PASSWORD)
        finally:
            connection.close()

    with ThreadPoolExecutor(12) as pool:
        assert list(pool.map(one, range(24))) == ["in"] * 24
