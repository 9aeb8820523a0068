"""One bucket for all processes."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from accounts import session_cache
from accounts.models import User
from fitai.common import redis
from fitai.common.problems import TooManyRequests
from fitai.common.throttling import LIMITS, Limit, Verdict, charge, client_address, network_of, take
from tests.cast import ApiClient, client_of
from tests.common.servers import broker_at, free_port, in_threads, silent_server, valkey_at

OPEN = "/api/v1/tests/open"


@pytest.fixture(autouse=True)
def as_shipped(settings: Any) -> None:
    settings.LIMITS_FACTOR = 1.0


class TestBucket:
    def test_twenty_at_once_get_what_is_there(self) -> None:
        verdicts = in_threads(20, lambda number: take("mail", "ada"))
        assert sum(verdict.taken for verdict in verdicts) == 3
        assert sorted(verdict.remaining for verdict in verdicts if verdict.taken) == [0, 1, 2]

    def test_two_processes_share_it(self) -> None:
        """Each takes forty at once; sixty are there, and one more a second."""
        program = (
            "import django, sys; django.setup()\n"
            "from fitai.common.throttling import take\n"
            "print('ready', flush=True); sys.stdin.readline()\n"
            "print(sum(take('sign-in', 'ada').taken for _ in range(40)))"
        )
        env = {**os.environ, "DJANGO_SETTINGS_MODULE": "fitai.settings.test", "REDIS_URL": redis_url()}
        env["PYTHONPATH"] = str(Path(__file__).parents[2])
        program = f"from django.conf import settings; settings.LIMITS_FACTOR = 1.0\n{program}"
        processes = [
            subprocess.Popen(
                [sys.executable, "-c", program], env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            )
            for _ in range(2)
        ]
        for process in processes:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        began = time.monotonic()
        taken = [int(process.communicate("go\n")[0]) for process in processes]
        assert 60 <= sum(taken) <= 60 + time.monotonic() - began

    def test_it_fills_again(self) -> None:
        bucket = f"fitai:limit:sign-in:{'ada'}"
        assert take("sign-in", "ada", cost=60) == Verdict(True, 60, 0, 60, 60)
        refused = take("sign-in", "ada")
        assert refused is not None
        assert (refused.taken, refused.remaining, refused.retry_after) == (False, 0, 1)
        half_a_minute_ago = float(redis.client.hget(bucket, "t")) - 30
        redis.client.hset(bucket, "t", half_a_minute_ago)
        assert take("sign-in", "ada", cost=30) == Verdict(True, 60, 0, 30, 60)

    def test_it_holds_no_more_than_its_burst(self) -> None:
        take("sign-in", "ada")
        redis.client.hset("fitai:limit:sign-in:ada", "t", time.time() - 86_400)
        assert take("sign-in", "ada", cost=61) == Verdict(False, 60, 60, 1, 0)

    def test_it_is_forgotten_once_full(self) -> None:
        take("sign-in", "ada", cost=10)
        assert 9 < redis.client.ttl("fitai:limit:sign-in:ada") <= 11

    def test_holders_and_kinds_are_apart(self) -> None:
        assert take("mail", "ada", cost=3).taken  # type: ignore[union-attr]
        assert take("mail", "bea", cost=3).taken  # type: ignore[union-attr]
        assert take("sign-in", "ada", cost=3).taken  # type: ignore[union-attr]
        assert not take("mail", "ada").taken  # type: ignore[union-attr]

    def test_bursts(self) -> None:
        bursts = {name: limit.burst for name, limit in LIMITS.items()}
        assert bursts == {
            **{"read": 60, "write": 60, "search": 60, "register": 100, "mail": 3, "sign-in": 60},
            **{"socket-message": 60, "handshake": 60, "ai": 60, "form-video": 1800},
            **{"avatar": 30, "friend-request": 50, "coach-invitation": 20, "export": 5, "exercise-media": 30},
            **{"cue": 30, "group-invitation": 200},
        }

    def test_rates(self) -> None:
        rates = {name: (limit.count, limit.seconds) for name, limit in LIMITS.items()}
        promised = {
            "read": (600, 60),
            "write": (300, 60),
            "search": (120, 60),
            "register": (100, 3600),
            "mail": (3, 3600),
            "ai": (60, 86400),
            "form-video": (30 * 60, 86400),
        }
        assert {name: rates[name] for name in promised} == promised
        assert rates["socket-message"] == (20 * 60, 60)

    @pytest.mark.parametrize(("factor", "capacity", "mails"), [(2.0, 120, 6), (0.5, 30, 1), (0.001, 1, 1)])
    def test_one_factor_scales_all(self, settings: Any, factor: float, capacity: int, mails: int) -> None:
        settings.LIMITS_FACTOR = factor
        assert take("read", "ada").limit == capacity  # type: ignore[union-attr]
        assert take("mail", "ada").limit == mails  # type: ignore[union-attr]

    def test_the_factor_comes_from_the_environment(self) -> None:
        program = "import django; django.setup(); from django.conf import settings; print(settings.LIMITS_FACTOR)"
        env = {**os.environ, "DJANGO_SETTINGS_MODULE": "fitai.settings.dev", "FITAI_LIMITS_FACTOR": "2.5"}
        root = Path(__file__).parents[2]
        run = subprocess.run([sys.executable, "-c", program], env=env, cwd=root, capture_output=True, text=True)
        assert run.stdout == "2.5\n", run.stderr

    def test_charge_refuses(self) -> None:
        for _ in range(3):
            charge("mail", "ada")
        with pytest.raises(TooManyRequests) as refused:
            charge("mail", "ada")
        assert refused.value.headers == {
            **{"RateLimit-Limit": "3", "RateLimit-Remaining": "0", "RateLimit-Reset": "3600", "Retry-After": "1200"}
        }


def redis_url() -> str:
    """Where this run's counters are."""
    at = redis.client.connection_pool.connection_kwargs
    return f"redis://:{at.get('password') or ''}@{at['host']}:{at['port']}/{at['db']}"


class TestOverHttp:
    @pytest.fixture(autouse=True)
    def slow_to_fill(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Sixty at once as ever, and then one a minute, so that a busy machine counts the same."""
        for name in ("read", "write"):
            monkeypatch.setitem(LIMITS, name, Limit(60, 3600))  # type: ignore[arg-type]

    def test_the_headers_count_down(self, phone: ApiClient) -> None:
        shown = [phone.get(OPEN).headers for _ in range(2)]
        assert [headers["RateLimit-Limit"] for headers in shown] == ["60", "60"]
        assert [headers["RateLimit-Remaining"] for headers in shown] == ["59", "58"]
        assert [headers["RateLimit-Reset"] for headers in shown] == ["60", "120"]

    def test_past_the_limit(self, phone: ApiClient) -> None:
        statuses = [phone.get(OPEN).status_code for _ in range(60)]
        response = phone.get(OPEN)
        assert (set(statuses), response.status_code) == ({200}, 429)
        assert 50 < int(response.headers["Retry-After"]) <= 60
        assert response.headers["RateLimit-Remaining"] == "0"
        assert response.json()["type"] == "http://localhost:8000/problems/too-many-requests"

    def test_a_refused_call_changes_nothing(self, athlete: User) -> None:
        client = client_of(athlete)
        take("write", str(athlete.pk), cost=60)
        assert client.patch("/api/v1/users/profile", {"bio": "Lifts"}).status_code == 429
        athlete.refresh_from_db()
        assert athlete.profile.bio == ""

    def test_reading_and_writing_are_counted_apart(self, athlete: User) -> None:
        client = client_of(athlete)
        take("read", str(athlete.pk), cost=60)
        assert client.get("/api/v1/users/profile").status_code == 429
        assert client.post("/api/v1/workouts", {}).status_code == 201

    def test_devices_of_a_person_share_theirs(self, athlete: User) -> None:
        client_of(athlete, "phone").get("/api/v1/users/profile")
        response = client_of(athlete, "watch").get("/api/v1/users/profile")
        assert response.headers["RateLimit-Remaining"] == "58"

    def test_a_request_asks_valkey_once(self, athlete: User, monkeypatch: pytest.MonkeyPatch) -> None:
        """Who it is and what it costs them, together."""
        client = client_of(athlete)
        client.get("/api/v1/users/profile")
        asked = []
        execute = redis.client.execute_command
        monkeypatch.setattr(redis.client, "execute_command", lambda *words, **_: asked.append(words) or execute(*words))
        assert client.get("/api/v1/users/profile").status_code == 200
        assert [words[0] for words in asked] == ["EVALSHA"]

    def test_a_device_that_is_logged_out_takes_nothing_of_its_person(self, athlete: User) -> None:
        left, kept = client_of(athlete), client_of(athlete)
        left.get("/api/v1/users/profile")
        assert left.post("/api/v1/auth/logout", {"refresh": left.tokens.refresh}).status_code == 204
        session_cache.mark_ended([session_cache.key_of(left.session_row.pk)])
        before = int(kept.get("/api/v1/users/profile").headers["RateLimit-Remaining"])
        for _ in range(5):
            refused = left.get("/api/v1/users/profile")
            assert (refused.status_code, "RateLimit-Remaining" in refused.headers) == (401, False)
        assert int(kept.get("/api/v1/users/profile").headers["RateLimit-Remaining"]) >= before - 1

    def test_an_address_is_what_counts_for_somebody_unknown(self, nobody: ApiClient) -> None:
        remaining = [
            nobody.get(OPEN, REMOTE_ADDR=address).headers["RateLimit-Remaining"]
            for address in ("192.0.2.1", "192.0.2.1", "192.0.2.2")
        ]
        assert remaining == ["59", "58", "59"]

    def test_a_forged_address_is_none(self, nobody: ApiClient) -> None:
        remaining = [
            nobody.get(OPEN, HTTP_X_FORWARDED_FOR=f"198.51.100.{number}").headers["RateLimit-Remaining"]
            for number in range(3)
        ]
        assert remaining == ["59", "58", "57"]

    def test_register(self, nobody: ApiClient) -> None:
        response = nobody.post("/api/v1/auth/register", {})
        assert (response.headers["RateLimit-Limit"], response.headers["RateLimit-Remaining"]) == ("100", "99")


class TestAddress:
    CHAIN = "203.0.113.9, 198.51.100.7, 192.0.2.5"

    @pytest.mark.parametrize(
        ("proxies", "chain", "address"),
        [
            (0, CHAIN, "127.0.0.1"),
            (1, CHAIN, "192.0.2.5"),
            (2, CHAIN, "198.51.100.7"),
            (3, CHAIN, "203.0.113.9"),
            (4, CHAIN, "127.0.0.1"),
            (1, "", "127.0.0.1"),
            (1, "unknown", "127.0.0.1"),
            (1, "a" * 5_000, "127.0.0.1"),
            (1, "2001:DB8::0:1", "2001:db8::1"),
            (1, ", ,192.0.2.5,", "192.0.2.5"),
        ],
    )
    def test_only_own_proxies_are_believed(self, settings: Any, proxies: int, chain: str, address: str) -> None:
        settings.TRUSTED_PROXIES = proxies
        assert client_address({"HTTP_X_FORWARDED_FOR": chain, "REMOTE_ADDR": "127.0.0.1"}) == address


class TestWithoutValkey:
    """Nothing is limited, and nobody waits."""

    @pytest.fixture(params=["silent", "dead"])
    def ill(self, request: pytest.FixtureRequest) -> Iterator[None]:
        if request.param == "dead":
            port = free_port()
            with valkey_at(port), broker_at(port):
                yield
        else:
            with silent_server() as port, valkey_at(port), broker_at(port):
                yield

    def test_the_api_is_open_and_fast(self, athlete: User, ill: None) -> None:
        client = client_of(athlete)
        began = time.perf_counter()
        responses = [client.get("/api/v1/users/profile") for _ in range(3)]
        assert [response.status_code for response in responses] == [200] * 3
        assert time.perf_counter() - began < 2
        assert [name for name in responses[-1].headers if name.startswith("RateLimit")] == []

    def test_training_goes_on(self, athlete: User, exercise: Any, ill: None) -> None:
        client = client_of(athlete)
        began = time.perf_counter()
        workout = client.post("/api/v1/sessions", {}).json()["id"]
        body = {"exercise_id": str(exercise.pk), "reps": 5, "weight": "100"}
        assert client.post(f"/api/v1/workouts/{workout}/sets", body).status_code == 201
        assert client.post(f"/api/v1/workouts/{workout}/rest", {"seconds": 90}).status_code == 200
        assert time.perf_counter() - began < 3

    def test_registering_does_not_wait_for_the_broker(self, db: None, ill: None) -> None:
        body = {"email": "new@example.org", "username": "newcomer", "password": "a long enough phrase 7"}
        began = time.perf_counter()
        assert ApiClient().post("/api/v1/auth/register", body).status_code == 201
        assert time.perf_counter() - began < 3


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("unknown", "unknown"),
    ],
)
def test_of_ipv6_a_network_is_counted_as_one(address: str, counted: str) -> None:
    assert network_of(address) == counted


def test_refused_tokens_and_keys_are_counted(db: None, monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    settings.LIMITS_FACTOR = 1.0
    monkeypatch.setitem(LIMITS, "read", Limit(3, 3600))
    for scheme in ("Bearer", "Api-Key"):
        redis.client.flushdb()
        client = ApiClient(HTTP_AUTHORIZATION=f"{scheme} nonsense")
        assert [client.get("/api/v1/users/profile").status_code for _ in range(4)] == [401] * 3 + [429]
