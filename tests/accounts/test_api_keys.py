"""Keys with which services act for people."""

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import ANY

import pytest
import time_machine
from allauth.account.models import EmailConfirmationHMAC
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts import keys, session_cache
from accounts.authentication import authenticate_token
from accounts.enums import Role
from accounts.errors import TooManyKeys
from accounts.models import ApiKey, SecurityEvent, Session, User
from accounts.operations import staff
from accounts.operations.api_keys import create_key, end_all_keys
from accounts.operations.preferences import update_preferences
from accounts.operations.sessions import end_all_sessions
from fitai.common import jobs, redis
from fitai.common.actors import Actor
from fitai.common.models import IdempotencyKey
from tests.cast import PASSWORD, ApiClient, actor_of, client_of, codes, committed, key_of, make_person, run_jobs

KEYS, ME, WORKOUTS = "/api/v1/auth/api-keys", "/api/v1/users/profile", "/api/v1/workouts"
BODY = {"name": "Dashboard", "scopes": ["workouts:read", "profile:read"]}


def carrying(key: str, scheme: str = "Api-Key") -> ApiClient:
    return ApiClient(HTTP_AUTHORIZATION=f"{scheme} {key}")


def made(owner: ApiClient, **values: Any) -> dict[str, Any]:
    response = owner.post(KEYS, {**BODY, **values})
    assert response.status_code == 201, response.content
    return dict(response.json())


def refusal(response: Any) -> tuple[int, str]:
    return response.status_code, response.json()["code"]


class TestForm:
    def test_it_is_found_by_a_scanner_and_holds_256_bits(self) -> None:
        some = {keys.make_key() for _ in range(50)}
        assert len(some) == 50
        form = re.compile(r"fitai_[0-9A-Za-z]{12}_[0-9A-Za-z]{43}_[0-9a-f]{8}")
        assert [key for key in some if not form.fullmatch(key)] == []
        assert 62**43 > 2**256

    def test_a_slip_anywhere_is_seen_without_asking_anybody(self, db: None, django_assert_num_queries: Any) -> None:
        key = keys.make_key()
        assert keys.prefix_of(key) == key[:18]
        with django_assert_num_queries(0):
            for place, char in enumerate(key):
                other = "b" if char == "a" else "a"
                assert carrying(key[:place] + other + key[place + 1 :]).get(ME).status_code == 401
            for slip in ("", key[:-1], key + "0", key.lower(), key.replace("_", "-"), key[6:], "é" * 71):
                assert session_cache.facts_of_key(slip) is None


class TestMaking:
    def test_the_key_is_shown_once_and_kept_as_a_hash(self, athlete: User) -> None:
        owner = client_of(athlete)
        response = owner.post(KEYS, {**BODY, "expires_at": "2199-01-01T00:00:00Z"})
        shown = response.json()
        row = ApiKey.objects.get()
        assert shown == {
            "id": str(row.pk),
            "name": "Dashboard",
            "prefix": shown["key"][:18],
            "scopes": ["workouts:read", "profile:read"],
            "created_at": ANY,
            "expires_at": "2199-01-01T00:00:00Z",
            "last_used_at": None,
            "key": ANY,
        }
        assert (response.status_code, response["Cache-Control"]) == (201, "no-store")
        assert bytes(row.digest) == keys.digest_of(shown["key"])
        listed = {name: value for name, value in shown.items() if name != "key"}
        assert owner.get(KEYS).json()["results"] == [listed]
        assert owner.get(response["Location"]).json() == listed
        secret = shown["key"].split("_")[2]
        with connection.cursor() as cursor:
            for table in ("accounts_apikey", "accounts_securityevent", "common_job", "common_event"):
                cursor.execute(f"SELECT to_jsonb(t)::text FROM {table} t")  # noqa: S608
                assert secret not in str(cursor.fetchall())

    def test_it_is_written_down(self, athlete: User) -> None:
        owner = client_of(athlete)
        key = made(owner)
        owner.delete(f"{KEYS}/{key['id']}")
        events = SecurityEvent.objects.filter(user=athlete).order_by("created_at")
        assert [(event.kind, event.detail["prefix"]) for event in events] == [
            ("key_created", key["prefix"]),
            ("key_revoked", key["prefix"]),
        ]

    def test_it_needs_a_proven_address(self, db: None) -> None:
        newcomer = client_of(make_person("new", verified=False))
        assert refusal(newcomer.post(KEYS, BODY)) == (403, "email_unverified")
        assert not ApiKey.objects.exists()

    def test_it_needs_the_password_or_a_log_in_of_the_last_ten_minutes(self, athlete: User) -> None:
        owner = client_of(athlete)
        Session.objects.update(created_at=timezone.now() - timedelta(minutes=11))
        assert refusal(owner.post(KEYS, BODY)) == (403, "reauth_required")
        assert codes(owner.post(KEYS, {**BODY, "password": "something else"})) == [("/password", "wrong")]
        assert not ApiKey.objects.exists()
        made(owner, password=PASSWORD)

    @pytest.mark.parametrize(
        ("values", "expected"),
        [
            ({"scopes": []}, ("/scopes", "min_length")),
            ({"scopes": ["everything"]}, ("/scopes/0", "invalid_choice")),
            ({"scopes": ["workouts:read"] * 2}, ("/scopes", "repeated")),
            ({"name": ""}, ("/name", "blank")),
            ({"expires_at": "2020-01-01T00:00:00Z"}, ("/expires_at", "past")),
            ({"user_id": "x"}, ("/user_id", "unknown_field")),
            ({"id": "01890000-0000-7000-8000-00000000e001"}, ("/id", "unknown_field")),
        ],
    )
    def test_what_is_not_acceptable(self, athlete: User, values: Any, expected: tuple[str, str]) -> None:
        assert codes(client_of(athlete).post(KEYS, {**BODY, **values})) == [expected]
        assert not ApiKey.objects.exists()

    def test_twenty_that_work_are_enough(self, athlete: User, settings: Any) -> None:
        settings.API_KEYS_PER_USER = 2
        owner = client_of(athlete)
        key_of(athlete, "workouts:read", expires_at=timezone.now() - timedelta(seconds=1))
        first = made(owner)
        made(owner)
        assert refusal(owner.post(KEYS, BODY)) == (409, "too_many_keys")
        owner.delete(f"{KEYS}/{first['id']}")
        made(owner)

    def test_the_same_request_again_is_the_same_key_whose_answer_was_sealed(self, athlete: User) -> None:
        owner = client_of(athlete)
        first, again = (owner.post(KEYS, BODY, HTTP_IDEMPOTENCY_KEY="once") for _ in range(2))
        assert again.content == first.content
        assert (again["Idempotent-Replayed"], again["Cache-Control"]) == ("true", "no-store")
        assert ApiKey.objects.count() == 1
        assert first.json()["key"].encode() not in bytes(IdempotencyKey.objects.get().body)
        other = owner.post(KEYS, {**BODY, "name": "Another"}, HTTP_IDEMPOTENCY_KEY="once")
        assert refusal(other) == (422, "key_reused")

    def test_no_key_without_scopes_in_the_database(self, athlete: User) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            key_of(athlete)


class TestListing:
    def test_constant_sql_whatever_the_page_holds(self, athlete: User, django_assert_num_queries: Any) -> None:
        owner = client_of(athlete)
        owner.get(KEYS)
        for _ in range(2):
            key_of(athlete, "workouts:read")
            with django_assert_num_queries(1):
                found = owner.get(KEYS).json()["results"]
            key_of(athlete, "workouts:read")
        assert len(found) == 3

    def test_expired_ones_are_there_and_revoked_ones_are_not(self, athlete: User, stranger: User) -> None:
        key_of(athlete, "workouts:read", name="expired", expires_at=timezone.now())
        key_of(athlete, "workouts:read", name="revoked", revoked_at=timezone.now())
        key_of(stranger, "workouts:read", name="foreign")
        owner = client_of(athlete)
        assert [key["name"] for key in owner.get(KEYS).json()["results"]] == ["expired"]
        for name in ("revoked", "foreign"):
            one = f"{KEYS}/{ApiKey.objects.get(name=name).pk}"
            assert (owner.get(one).status_code, owner.delete(one).status_code) == (404, 404)
        assert ApiKey.objects.get(name="foreign").revoked_at is None


class TestUsing:
    def test_the_actor_is_the_owner_as_far_as_the_scopes_go(self, moderator: User) -> None:
        client = key_of(moderator, "workouts:read", "workouts:write")
        facts = session_cache.facts_of_key(client.defaults["HTTP_AUTHORIZATION"].split()[1])
        assert facts is not None
        assert (facts.user_id, facts.email_verified, facts.weight_unit) == (str(moderator.pk), True, "kg")
        assert facts.scopes == ["workouts:read", "workouts:write"]
        posted = client.post(WORKOUTS, {"name": "Push"})
        assert posted.status_code == 201
        assert client.get(posted["Location"]).json()["name"] == "Push"

    def test_no_role_goes_with_a_key(self, moderator: User, monkeypatch: pytest.MonkeyPatch) -> None:
        seen: list[Actor] = []
        monkeypatch.setattr(
            "fitai.common.permissions.check_scope", lambda held, view, request: seen.append(request.user)
        )
        assert key_of(moderator, "profile:read").get(ME).status_code == 200
        expected = Actor(
            user_id=moderator.pk, via="key", email_verified=True, scopes=frozenset({"profile:read"}), roles=frozenset()
        )
        assert seen == [expected]

    def test_costs_one_statement_the_first_time_and_none_after(
        self, athlete: User, django_assert_num_queries: Any
    ) -> None:
        key = key_of(athlete, "workouts:read")
        for statements in (1, 0):
            with django_assert_num_queries(statements):
                assert refusal(key.get(ME)) == (403, "scope_missing")  # refused before anything else is read

    def test_works_without_valkey(
        self, athlete: User, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
    ) -> None:
        key = key_of(athlete, "workouts:read")
        monkeypatch.setattr(redis, "_resting_until", float("inf"))
        for _ in range(2):
            with django_assert_num_queries(1):
                assert key.get(ME).status_code == 403

    @pytest.mark.parametrize("scheme", ["Api-Key", "api-key", "API-KEY"])
    def test_the_scheme_in_any_case(self, athlete: User, scheme: str) -> None:
        key = made(client_of(athlete))["key"]
        assert carrying(key, scheme).get(ME).status_code == 200

    def test_a_key_that_is_none(self, athlete: User) -> None:
        real = made(client_of(athlete))["key"]
        assert carrying(real).get(ME).status_code == 200  # its facts are cached
        body = f"{real[:18]}_{'0' * 43}"
        right_prefix = f"{body}_{keys._checksum(body)}"
        for text in ("", "x", keys.make_key(), right_prefix, f"{real} {real}"):
            response = carrying(text).get(ME)
            assert refusal(response) == (401, "unauthenticated")
            assert response["WWW-Authenticate"] == 'Bearer realm="api"'

    def test_a_key_is_no_token_and_a_token_no_key(self, athlete: User) -> None:
        owner = client_of(athlete)
        key = made(owner)["key"]
        assert carrying(key, "Bearer").get(ME).status_code == 401
        for token in owner.tokens:
            assert carrying(token).get(ME).status_code == 401
        assert authenticate_token(key) is None  # the door of the socket

    def test_it_does_what_its_scopes_say_and_the_refusal_names_what_it_lacks(self, athlete: User) -> None:
        key = key_of(athlete, "workouts:read", "profile:write")
        assert key.get(WORKOUTS).status_code == 200
        for response, scope in (
            (key.post(WORKOUTS, {}), "workouts:write"),
            (key.get(ME), "profile:read"),
            (key.get("/api/v1/exercises"), "exercises:read"),
            (key.post("/api/v1/exercises/search", {"query": "bench"}), "exercises:read"),
            (key.get("/api/v1/auth/devices"), None),
            (key.post(KEYS, BODY), None),
        ):
            assert (refusal(response), response.json()["scope"]) == ((403, "scope_missing"), scope)
        assert key.patch(ME, {"bio": "By a service"}).status_code == 200

    def test_the_scope_is_asked_before_the_row(self, athlete: User) -> None:
        key = key_of(athlete, "profile:read")
        mine = client_of(athlete).post(WORKOUTS, {}).json()["id"]
        refused = [key.get(f"{WORKOUTS}/{id}").status_code for id in (mine, "01890000-0000-7000-8000-0000000fffff")]
        assert refused == [403, 403]

    def test_requests_count_for_the_person(self, athlete: User) -> None:
        for client in (client_of(athlete), key_of(athlete, "workouts:read")):
            client.get(WORKOUTS)
        assert redis.client.keys("fitai:limit:*") == [f"fitai:limit:read:{athlete.pk}".encode()]

    def test_the_public_routes_take_no_notice(self, athlete: User) -> None:
        body = {"login": "athlete", "password": PASSWORD}
        assert carrying("nonsense").post("/api/v1/auth/login", body).status_code == 200


class TestLastUse:
    def test_it_shows_at_once_and_costs_the_request_no_write(self, athlete: User) -> None:
        owner = client_of(athlete)
        shown = made(owner)
        key = carrying(shown["key"])
        before = timezone.now()
        with CaptureWrites() as writes:
            assert [key.get(ME).status_code for _ in range(3)] == [200] * 3
        assert writes.found == []
        assert ApiKey.objects.get().last_used_at is None
        used = owner.get(KEYS).json()["results"][0]["last_used_at"]
        assert before <= datetime.fromisoformat(used) <= timezone.now()

    def test_a_job_writes_it_down(self, athlete: User) -> None:
        key = key_of(athlete, "profile:read")
        other = key_of(athlete, "profile:read", name="unused")
        assert other is not key
        key.get(ME)
        jobs.enqueue("accounts.write_key_uses", {}, dedupe_key="now")
        run_jobs()
        assert ApiKey.objects.get(name="Dashboard").last_used_at is not None
        assert ApiKey.objects.get(name="unused").last_used_at is None
        assert redis.client.zcard(session_cache.USED) == 0

    def test_it_never_goes_back(self, athlete: User) -> None:
        later = timezone.now() + timedelta(hours=1)
        key_of(athlete, "profile:read", last_used_at=later).get(ME)
        jobs.enqueue("accounts.write_key_uses", {}, dedupe_key="now")
        run_jobs()
        assert ApiKey.objects.get().last_used_at == later

    def test_a_wrong_secret_is_no_use(self, athlete: User) -> None:
        real = made(client_of(athlete))["key"]
        body = f"{real[:18]}_{'0' * 43}"
        carrying(f"{body}_{keys._checksum(body)}").get(ME)
        assert redis.client.zcard(session_cache.USED) == 0


class CaptureWrites:
    """Statements that change something."""

    def __enter__(self) -> "CaptureWrites":
        self.found: list[str] = []
        self.hook = connection.execute_wrapper(self.note)
        self.hook.__enter__()
        return self

    def __exit__(self, *error: Any) -> None:
        self.hook.__exit__(*error)

    def note(self, execute: Any, sql: str, *rest: Any) -> Any:
        if sql.split()[0] in ("INSERT", "UPDATE", "DELETE"):
            self.found.append(sql)
        return execute(sql, *rest)


class TestEnding:
    """Refused at once, though its facts were cached a moment ago."""

    def test_revoked(self, athlete: User) -> None:
        owner = client_of(athlete)
        shown, other = made(owner), made(owner)
        key, kept = carrying(shown["key"]), carrying(other["key"])
        assert key.get(ME).status_code == 200
        assert owner.delete(f"{KEYS}/{shown['id']}").status_code == 204
        assert (key.get(ME).status_code, kept.get(ME).status_code) == (401, 200)
        assert owner.delete(f"{KEYS}/{shown['id']}").status_code == 404

    def test_expired_to_the_second(self, athlete: User) -> None:
        noon = timezone.now()
        with time_machine.travel(noon, tick=False) as clock:
            key = key_of(athlete, "profile:read", expires_at=noon + timedelta(seconds=30))
            assert key.get(ME).status_code == 200
            clock.shift(29)
            assert key.get(ME).status_code == 200
            clock.shift(1)
            assert key.get(ME).status_code == 401
            redis.client.flushdb()
            assert key.get(ME).status_code == 401

    def test_locked_and_let_in_again(self, athlete: User, moderator: User) -> None:
        key, staffer = key_of(athlete, "profile:read"), actor_of(moderator)
        assert key.get(ME).status_code == 200
        with committed():
            staff.lock_account(staffer, athlete.pk)
        assert key.get(ME).status_code == 401
        with committed():
            staff.unlock_account(staffer, athlete.pk)
        assert key.get(ME).status_code == 200

    def test_deleted_and_restored(self, athlete: User, anonymous: ApiClient) -> None:
        from_cache, cold = key_of(athlete, "profile:read"), key_of(athlete, "profile:read", name="cold")
        assert from_cache.get(ME).status_code == 200
        with committed():
            User.objects.filter(pk=athlete.pk).update(deleted_at=timezone.now())
            session_cache.refresh_facts(athlete.pk)
        assert (from_cache.get(ME).status_code, cold.get(ME).status_code) == (401, 401)
        anonymous.post("/api/v1/auth/login", {"login": "athlete", "password": PASSWORD, "restore": True})
        assert (from_cache.get(ME).status_code, cold.get(ME).status_code) == (200, 200)

    def test_every_end_of_all_sessions_looks_at_the_keys_as_well(self, athlete: User) -> None:
        """So that whoever deletes or deactivates an account need not think of them."""
        key = key_of(athlete, "profile:read")
        assert key.get(ME).status_code == 200
        owner = client_of(athlete)
        assert owner.post("/api/v1/auth/logout?everywhere=true", {"refresh": owner.tokens.refresh}).status_code == 204
        assert key.get(ME).status_code == 200  # logging out is about devices
        User.objects.filter(pk=athlete.pk).update(is_active=False)
        other = client_of(athlete)
        with committed():
            end_all_sessions(athlete.pk)
        assert (key.get(ME).status_code, other.get(ME).status_code) == (401, 401)

    def test_all_of_somebody(self, athlete: User, stranger: User) -> None:
        mine, theirs = key_of(athlete, "profile:read"), key_of(stranger, "profile:read")
        assert [key.get(ME).status_code for key in (mine, theirs)] == [200, 200]
        with committed(), transaction.atomic():
            assert end_all_keys(athlete.pk) == 1
        assert [key.get(ME).status_code for key in (mine, theirs)] == [401, 200]
        assert SecurityEvent.objects.get(user=athlete, kind="key_revoked").detail == {"prefix": "*", "count": 1}

    def test_when_the_claim_to_the_address_ends(self, anonymous: ApiClient, db: None) -> None:
        squatter, owner = (make_person(name, email="ada@example.org", verified=False) for name in ("squatter", "ada"))
        key = key_of(squatter, "profile:read")
        assert key.get(ME).status_code == 200
        proof = EmailConfirmationHMAC(owner.emailaddress_set.get()).key
        assert anonymous.get(f"/api/v1/auth/verify-email?key={proof}").status_code == 200
        assert key.get(ME).status_code == 401
        assert ApiKey.objects.get().revoked_at is not None

    def test_a_late_reader_brings_nothing_back(self, athlete: User, moderator: User) -> None:
        owner = client_of(athlete)
        shown = made(owner)
        key = carrying(shown["key"])
        late = session_cache.read_key_facts(shown["prefix"])
        assert late is not None
        with committed():
            staff.lock_account(actor_of(moderator), athlete.pk)
        session_cache.keep_key_facts(shown["prefix"], late)
        assert key.get(ME).status_code == 401
        with committed():
            staff.unlock_account(actor_of(moderator), athlete.pk)
        client_of(athlete).delete(f"{KEYS}/{shown['id']}")
        session_cache.keep_key_facts(shown["prefix"], late)
        session_cache._write([session_cache.name_of(shown["prefix"])], late.encode(), 60)
        assert key.get(ME).status_code == 401

    @pytest.mark.parametrize("end", ["revoke", "lock"])
    def test_it_is_written_later_when_valkey_does_not_take_it(
        self, athlete: User, moderator: User, monkeypatch: pytest.MonkeyPatch, end: str
    ) -> None:
        owner, staffer = client_of(athlete), actor_of(moderator)
        shown = made(owner)
        key = carrying(shown["key"])
        assert key.get(ME).status_code == 200
        with monkeypatch.context() as away:
            nowhere = redis.redis.ConnectionPool(host="127.0.0.1", port=1, socket_connect_timeout=0.1)
            away.setattr(redis.client, "connection_pool", nowhere)
            if end == "revoke":
                owner.delete(f"{KEYS}/{shown['id']}")
            else:
                with committed():
                    staff.lock_account(staffer, athlete.pk)
        monkeypatch.setattr(redis, "_resting_until", 0.0)
        run_jobs()
        assert key.get(ME).status_code == 401


class TestChanging:
    def test_the_address_and_the_unit_are_those_of_now(self, athlete: User, db: None) -> None:
        shown = made(client_of(athlete))
        before = session_cache.facts_of_key(shown["key"])
        with committed():
            update_preferences(actor_of(athlete), values={"units": {"weight": "lb"}})
            athlete.emailaddress_set.update(verified=False)
        after = session_cache.facts_of_key(shown["key"])
        assert before is not None
        assert after is not None
        assert (before.email_verified, before.weight_unit) == (True, "kg")
        assert (after.email_verified, after.weight_unit) == (False, "lb")

    def test_a_role_does_not_come_with_a_promotion(self, athlete: User) -> None:
        boss = make_person("boss", role=Role.ADMIN, is_staff=True)
        key = key_of(athlete, "profile:read")
        key.get(ME)
        with committed():
            staff.change_role(actor_of(boss), athlete.pk, role=Role.MODERATOR)
        assert key.get(ME).json()["role"] == "moderator"  # of the person, who is asked for
        assert refusal(key.get("/api/v1/auth/devices")) == (403, "scope_missing")


@pytest.mark.django_db(transaction=True)
def test_the_limit_holds_in_a_race(settings: Any) -> None:
    settings.API_KEYS_PER_USER = 3
    actor = Actor(make_person("athlete").pk, email_verified=True)
    gate = threading.Barrier(8)

    def one(_: int) -> str:
        try:
            gate.wait()
            create_key(actor, values=dict(BODY))
        except TooManyKeys:
            return "refused"
        finally:
            connection.close()
        return "made"

    with ThreadPoolExecutor(8) as pool:
        outcomes = sorted(pool.map(one, range(8)))
    assert outcomes == ["made"] * 3 + ["refused"] * 5
    assert ApiKey.objects.count() == 3
