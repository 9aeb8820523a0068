"""Logging in, trading tokens, logging out."""

import os
import threading
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from unittest.mock import ANY
from uuid import uuid4

import pytest
import time_machine
from django.contrib.auth.hashers import BasePasswordHasher, MD5PasswordHasher
from django.db import connection
from django.utils import timezone

from accounts.enums import Role, SecurityEventKind
from accounts.errors import SessionEnded
from accounts.models import SecurityEvent, Session, User
from accounts.operations import staff
from accounts.operations.sessions import Device, log_out, refresh_session, remove_device
from accounts.tokens import Pair
from fitai.common import events, redis
from tests.cast import PASSWORD, ApiClient, actor_of, client_of, committed, make_person

LOGIN, REFRESH, LOGOUT = "/api/v1/auth/login", "/api/v1/auth/refresh", "/api/v1/auth/logout"
DEVICES, ME = "/api/v1/auth/devices", "/api/v1/users/profile"
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def log_in(client: ApiClient, login: str, password: str = PASSWORD, **extra: Any) -> Any:
    return client.post(LOGIN, {"login": login, "password": password, **extra})


def refresh(client: ApiClient, token: str) -> Any:
    return client.post(REFRESH, {"refresh": token})


def slugs(user: User) -> list[str]:
    return list(SecurityEvent.objects.filter(user=user).order_by("created_at").values_list("kind", flat=True))


def bearer(access: str) -> ApiClient:
    return ApiClient(HTTP_AUTHORIZATION=f"Bearer {access}")


class TestLogin:
    @pytest.mark.parametrize("login", ["athlete", "ATHLETE", " Athlete@Example.ORG ", "athlete@example.org"])
    def test_by_username_or_address_in_any_case(self, athlete: User, anonymous: ApiClient, login: str) -> None:
        response = log_in(anonymous, login, device_name="Ada's phone")
        assert response.status_code == 200
        assert response.json() == {
            "access": ANY,
            "refresh": ANY,
            "user": {
                "id": str(athlete.pk),
                "username": "athlete",
                "email": "athlete@example.org",
                "display_name": "Ada Athlete",
                "email_verified": True,
                "role": "user",
                "language": "en",
            },
        }
        assert response["Cache-Control"] == "no-store"
        assert bearer(response.json()["access"]).get(ME).status_code == 200
        session = Session.objects.get()
        assert (session.user_id, session.name, session.address) == (athlete.pk, "Ada's phone", "127.0.0.1")
        assert slugs(athlete) == [SecurityEventKind.LOGGED_IN]

    def test_an_address_means_its_verified_owner_else_the_newest_account(self, anonymous: ApiClient, db: None) -> None:
        for day, name in ((1, "first"), (2, "second")):
            joined = NOON + timedelta(days=day)
            make_person(name, email="shared@example.org", verified=False, date_joined=joined)
        assert log_in(anonymous, "shared@example.org").json()["user"]["username"] == "second"
        User.objects.get(username="first").emailaddress_set.update(verified=True)
        assert log_in(anonymous, "shared@example.org").json()["user"]["username"] == "first"

    def test_a_wrong_password_and_an_unknown_account_cannot_be_told_apart(
        self, athlete: User, anonymous: ApiClient, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
    ) -> None:
        hashes = count_hashes(monkeypatch)
        answers = []
        for login in ("athlete", "nobody", "athlete@example.org", "nobody@example.org"):
            hashes.clear()
            with django_assert_num_queries(2):  # the account, the security event
                response = log_in(anonymous, login, "not the password")
            body = response.json()
            del body["request_id"]
            headers = {k: v for k, v in response.items() if k not in ("X-Request-ID", "RateLimit-Remaining")}
            answers.append((response.status_code, body, headers, len(hashes)))
        assert [answer == answers[0] for answer in answers] == [True] * 4
        status, body, _, hashed = answers[0]
        assert (status, body["type"].rsplit("/", 1)[1], hashed) == (401, "invalid-credentials", 1)
        assert slugs(athlete) == [SecurityEventKind.LOGIN_REFUSED] * 2

    def test_success_costs_one_hash_and_four_statements(
        self, athlete: User, anonymous: ApiClient, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
    ) -> None:
        hashes = count_hashes(monkeypatch)
        with django_assert_num_queries(
            6
        ):  # the account, and once more under its lock, the session, the event, and a savepoint's two
            assert log_in(anonymous, "athlete").status_code == 200
        assert len(hashes) == 1

    def test_a_password_that_is_not_set_costs_the_same_hash(
        self, anonymous: ApiClient, db: None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        make_person("unset", password="!")
        hashes = count_hashes(monkeypatch)
        assert log_in(anonymous, "unset").status_code == 401
        assert len(hashes) == 1

    def test_emoji_and_spaces(self, anonymous: ApiClient, db: None) -> None:
        user = make_person("smiley")
        user.set_password("  💪 squat day 💪  ")
        user.save()
        assert log_in(anonymous, "smiley", "  💪 squat day 💪  ").status_code == 200
        assert log_in(anonymous, "smiley", "💪 squat day 💪").status_code == 401

    def test_long_passwords_are_refused_before_hashing(
        self, athlete: User, anonymous: ApiClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        hashes = count_hashes(monkeypatch)
        assert log_in(anonymous, "athlete", "x" * 1_000_000).status_code == 422
        assert log_in(anonymous, "athlete", "x" * 5_000_000).status_code == 413
        assert hashes == []

    def test_locked(self, athlete: User, moderator: User, anonymous: ApiClient) -> None:
        staff.lock_account(actor_of(moderator), athlete.pk)
        assert log_in(anonymous, "athlete", "wrong").status_code == 401
        response = log_in(anonymous, "athlete")
        assert (response.status_code, response.json()["title"]) == (403, "This account is locked")
        assert not Session.objects.filter(user=athlete).exists()

    def test_deleted_in_its_grace(self, anonymous: ApiClient, db: None) -> None:
        user = make_person("leaver", deleted_at=timezone.now())
        response = log_in(anonymous, "leaver")
        assert (response.status_code, response.json()["type"].rsplit("/", 1)[1]) == (403, "account-deleted")
        response = log_in(anonymous, "leaver", restore=True)
        assert response.status_code == 200
        assert bearer(response.json()["access"]).get(ME).status_code == 200
        assert slugs(user) == [SecurityEventKind.RESTORED, SecurityEventKind.LOGGED_IN]

    def test_a_stale_access_token_beside_it_is_ignored(self, athlete: User) -> None:
        assert log_in(ApiClient(HTTP_AUTHORIZATION="Bearer stale"), "athlete").status_code == 200

    def test_cookies_are_no_credential(self, moderator: User) -> None:
        client = ApiClient()
        client.force_login(moderator)
        assert client.get(ME).status_code == 401


def count_hashes(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every computation of a password hash from here on."""
    made: list[str] = []
    encode = MD5PasswordHasher.encode

    def counting(self: BasePasswordHasher, password: str, salt: str) -> str:
        made.append(salt)
        return encode(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counting)
    return made


class TestRefresh:
    def test_a_new_pair_that_works(self, athlete: User, anonymous: ApiClient) -> None:
        device = client_of(athlete)
        response = refresh(anonymous, device.tokens.refresh)
        assert response.status_code == 200
        new = Pair(**response.json())
        assert len({*new, *device.tokens}) == 4
        assert bearer(new.access).get(ME).status_code == 200
        assert response["Cache-Control"] == "no-store"

    def test_costs_two_statements(self, athlete: User, anonymous: ApiClient, django_assert_num_queries: Any) -> None:
        device = client_of(athlete)
        with django_assert_num_queries(4):  # the session, its update, and a savepoint's two
            assert refresh(anonymous, device.tokens.refresh).status_code == 200

    @pytest.mark.parametrize("token", ["", "x", "a.b.c", "é.é.é"])
    def test_junk(self, anonymous: ApiClient, db: None, token: str) -> None:
        assert refresh(anonymous, token).status_code in (401, 422)

    def test_a_lost_answer_is_repeated_within_ten_seconds(self, athlete: User, anonymous: ApiClient) -> None:
        with time_machine.travel(NOON, tick=False) as clock:
            first = client_of(athlete).tokens.refresh
            answer = refresh(anonymous, first).json()
            clock.shift(10)
            assert refresh(anonymous, first).json() == answer
            assert refresh(anonymous, answer["refresh"]).status_code == 200

    def test_after_ten_seconds_it_is_reuse(self, athlete: User, anonymous: ApiClient) -> None:
        with time_machine.travel(NOON, tick=False) as clock:
            device = client_of(athlete)
            answer = refresh(anonymous, device.tokens.refresh).json()
            clock.shift(11)
            assert refresh(anonymous, device.tokens.refresh).status_code == 401
            self.family_is_dead(anonymous, answer)
        assert slugs(athlete) == [SecurityEventKind.REFRESH_REUSED]

    def test_once_its_child_is_used_it_is_reuse(self, athlete: User, anonymous: ApiClient) -> None:
        with time_machine.travel(NOON, tick=False):
            first = client_of(athlete).tokens.refresh
            second = refresh(anonymous, first).json()["refresh"]
            third = refresh(anonymous, second).json()
            assert refresh(anonymous, first).status_code == 401
            self.family_is_dead(anonymous, third)

    def family_is_dead(self, anonymous: ApiClient, pair: dict[str, str]) -> None:
        assert bearer(pair["access"]).get(ME).status_code == 401
        assert refresh(anonymous, pair["refresh"]).status_code == 401

    def test_reuse_ends_that_device_only(self, athlete: User, anonymous: ApiClient) -> None:
        phone, watch = client_of(athlete, "phone"), client_of(athlete, "watch")
        with time_machine.travel(timezone.now(), tick=False) as clock:
            refresh(anonymous, phone.tokens.refresh)
            clock.shift(60)
            assert refresh(anonymous, phone.tokens.refresh).status_code == 401
            assert [phone.get(ME).status_code, watch.get(ME).status_code] == [401, 200]

    def test_slides_thirty_days_and_ends_after_a_hundred_and_eighty(self, athlete: User, anonymous: ApiClient) -> None:
        with time_machine.travel(NOON, tick=False) as clock:
            token = client_of(athlete).tokens.refresh
            for day in (29, 58, 87, 116, 145, 174, 179):
                clock.move_to(NOON + timedelta(days=day))
                response = refresh(anonymous, token)
                assert response.status_code == 200, day
                token = response.json()["refresh"]
            clock.move_to(NOON + timedelta(days=181))
            assert refresh(anonymous, token).status_code == 401

    def test_unused_for_thirty_days(self, athlete: User, anonymous: ApiClient) -> None:
        with time_machine.travel(NOON, tick=False) as clock:
            token = client_of(athlete).tokens.refresh
            clock.shift(timedelta(days=30, seconds=1))
            assert refresh(anonymous, token).status_code == 401

    def test_a_device_is_listed_until_its_refresh_token_expires(self, athlete: User, anonymous: ApiClient) -> None:
        with time_machine.travel(NOON, tick=False) as clock:
            phone = client_of(athlete, "phone")
            clock.shift(timedelta(days=20))
            refresh(anonymous, phone.tokens.refresh)
            assert Session.objects.get().expires_at == NOON + timedelta(days=50)
            clock.shift(timedelta(days=30, seconds=1))
            watch = client_of(athlete, "watch")
            assert [device["name"] for device in watch.get(DEVICES).json()["results"]] == ["watch"]

    def test_an_access_token_never_outlives_its_session(self, athlete: User, anonymous: ApiClient) -> None:
        with time_machine.travel(NOON, tick=False) as clock:
            token = client_of(athlete).tokens.refresh
            for day in range(25, 180, 25):
                clock.move_to(NOON + timedelta(days=day))
                token = refresh(anonymous, token).json()["refresh"]
            clock.move_to(NOON + timedelta(days=180) - timedelta(minutes=1))
            access = refresh(anonymous, token).json()["access"]
            assert bearer(access).get(ME).status_code == 200
            clock.shift(61)
            assert bearer(access).get(ME).status_code == 401

    def test_after_a_lock_and_after_deletion(self, athlete: User, moderator: User, anonymous: ApiClient) -> None:
        device = client_of(athlete)
        with committed():
            staff.lock_account(actor_of(moderator), athlete.pk)
        assert refresh(anonymous, device.tokens.refresh).status_code == 401
        leaver = make_person("leaver")
        device = client_of(leaver)
        User.objects.filter(pk=leaver.pk).update(deleted_at=timezone.now())
        assert refresh(anonymous, device.tokens.refresh).status_code == 401

    @pytest.mark.django_db(transaction=True)
    def test_eight_at_once_make_one_state(self) -> None:
        athlete = make_person("athlete")
        device = client_of(athlete)
        start = threading.Barrier(8)
        answers: list[Pair | type[Exception]] = []

        def trade() -> None:
            start.wait()
            try:
                answers.append(refresh_session(token=device.tokens.refresh, device=Device("127.0.0.1")))
            except SessionEnded:
                answers.append(SessionEnded)
            finally:
                connection.close()

        threads = [threading.Thread(target=trade) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(answers) == 8
        assert len(set(answers)) == 1
        pair = answers[0]
        assert isinstance(pair, Pair)
        assert Session.objects.live().count() == 1
        assert isinstance(refresh_session(token=pair.refresh, device=Device("127.0.0.1")), Pair)

    @pytest.mark.django_db(transaction=True)
    def test_eight_processes_make_one_state(self) -> None:
        device = client_of(make_person("athlete"))
        connection.close()  # a process that is forked takes none along
        pipes = [os.pipe() for _ in range(8)]
        children = []
        for _, to_parent in pipes:
            child = os.fork()
            if child == 0:
                try:
                    pair = refresh_session(token=device.tokens.refresh, device=Device("127.0.0.1"))
                    os.write(to_parent, pair.refresh.encode())
                finally:
                    os._exit(0)
            children.append(child)
            os.close(to_parent)
        answers = {os.read(from_child, 4096).decode() for from_child, _ in pipes}
        for child in children:
            os.waitpid(child, 0)
        for from_child, _ in pipes:
            os.close(from_child)
        (refresh_token,) = answers
        assert Session.objects.live().count() == 1
        assert isinstance(refresh_session(token=refresh_token, device=Device("127.0.0.1")), Pair)


class TestLogout:
    def test_this_device(self, athlete: User, anonymous: ApiClient) -> None:
        phone, watch = client_of(athlete, "phone"), client_of(athlete, "watch")
        assert phone.get(ME).status_code == 200
        assert anonymous.post(LOGOUT, {"refresh": phone.tokens.refresh}).status_code == 204
        assert [phone.get(ME).status_code, watch.get(ME).status_code] == [401, 200]
        assert refresh(anonymous, phone.tokens.refresh).status_code == 401
        assert slugs(athlete) == [SecurityEventKind.LOGGED_OUT]

    def test_everywhere(self, athlete: User, stranger: User, anonymous: ApiClient) -> None:
        phone, watch, other = client_of(athlete, "phone"), client_of(athlete, "watch"), client_of(stranger)
        assert [client.get(ME).status_code for client in (phone, watch, other)] == [200, 200, 200]
        response = anonymous.post(f"{LOGOUT}?everywhere=true", {"refresh": phone.tokens.refresh})
        assert response.status_code == 204
        assert [client.get(ME).status_code for client in (phone, watch, other)] == [401, 401, 200]

    def test_a_token_that_has_ended_ends_nothing(self, athlete: User, anonymous: ApiClient) -> None:
        phone, watch = client_of(athlete, "phone"), client_of(athlete, "watch")
        anonymous.post(LOGOUT, {"refresh": phone.tokens.refresh})
        response = anonymous.post(f"{LOGOUT}?everywhere=true", {"refresh": phone.tokens.refresh})
        assert (response.status_code, watch.get(ME).status_code) == (401, 200)

    def test_open_sockets_hear_of_it(self, athlete: User, anonymous: ApiClient) -> None:
        phone, watch = client_of(athlete, "phone"), client_of(athlete, "watch")
        with redis.client.pubsub() as live:
            live.subscribe(events.LIVE_CHANNEL)
            assert live.get_message(timeout=2)["type"] == "subscribe"
            anonymous.post(f"{LOGOUT}?everywhere=true", {"refresh": phone.tokens.refresh})
            heard: list[bytes] = []
            while len(heard) < 2:  # the channel is that of the server: what other tests ring for is heard too
                told = live.get_message(timeout=2)["data"]
                heard += [told] if told.startswith(b"session ") else []
        assert sorted(heard) == sorted(f"session {device.session_row.pk}".encode() for device in (phone, watch))


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    """Locks are taken in one order, so that one waits for the other and never both."""

    here = Device("127.0.0.1")

    def test_everywhere_from_two_devices(self, meeting: Any) -> None:
        athlete = make_person("athlete")
        phone, watch = client_of(athlete, "phone"), client_of(athlete, "watch")
        with meeting() as met:
            for name, device in (("phone", phone), ("watch", watch)):
                met.act(name, partial(log_out, token=device.tokens.refresh, device=self.here, everywhere=True))
        assert met.outcomes == {"phone": None, "watch": SessionEnded}
        assert not Session.objects.live().exists()
        assert slugs(athlete) == [SecurityEventKind.LOGGED_OUT_EVERYWHERE]

    def test_a_log_out_and_a_lock_by_staff(self, meeting: Any) -> None:
        athlete, moderator = make_person("athlete"), make_person("moderator", role=Role.MODERATOR, is_staff=True)
        device, staff_actor = client_of(athlete), actor_of(moderator)
        with meeting() as met:
            met.act("athlete", partial(log_out, token=device.tokens.refresh, device=self.here))
            met.act("moderator", lambda: staff.lock_account(staff_actor, athlete.pk).is_active)
        assert met.outcomes["moderator"] is False
        assert met.outcomes["athlete"] in (None, SessionEnded)  # on a busy machine the lock may come first

    def test_a_removed_device_and_a_lock_by_staff(self, meeting: Any) -> None:
        athlete, moderator = make_person("athlete"), make_person("moderator", role=Role.MODERATOR, is_staff=True)
        actor, watch, staff_actor = actor_of(athlete), client_of(athlete, "watch"), actor_of(moderator)
        with meeting() as met:
            met.act("athlete", partial(remove_device, actor, watch.session_row.pk))
            met.act("moderator", lambda: staff.lock_account(staff_actor, athlete.pk).is_active)
        assert met.outcomes == {"athlete": None, "moderator": False}

    def test_a_copied_token_and_a_lock_by_staff(self, meeting: Any) -> None:
        athlete, moderator = make_person("athlete"), make_person("moderator", role=Role.MODERATOR, is_staff=True)
        device, staff_actor = client_of(athlete), actor_of(moderator)
        Session.objects.update(refresh_jti=uuid4())
        with meeting() as met:
            met.act("thief", partial(refresh_session, token=device.tokens.refresh, device=self.here))
            met.act("moderator", lambda: staff.lock_account(staff_actor, athlete.pk).is_active)
        assert met.outcomes == {"thief": SessionEnded, "moderator": False}
        assert slugs(athlete) == [SecurityEventKind.REFRESH_REUSED, SecurityEventKind.LOCKED]


class TestDevices:
    def test_lists_one_and_three_at_the_same_price(self, athlete: User, django_assert_num_queries: Any) -> None:
        phone = client_of(athlete, "phone")
        phone.get(ME)
        with django_assert_num_queries(1):
            one = phone.get(DEVICES).json()
        client_of(athlete, "watch"), client_of(athlete, "tablet")
        with django_assert_num_queries(1):
            three = phone.get(DEVICES).json()
        row = phone.session_row
        stamp = f"{row.created_at:%Y-%m-%dT%H:%M:%S.%fZ}"
        assert one == {
            "results": [
                {
                    "id": str(row.pk),
                    "name": "phone",
                    "address": "127.0.0.1",
                    "user_agent": "FitAI tests",
                    "created_at": stamp,
                    "last_used_at": stamp,
                    "expires_at": f"{row.expires_at:%Y-%m-%dT%H:%M:%S.%fZ}",
                    "current": True,
                }
            ],
            "next": None,
            "previous": None,
        }
        assert [(d["name"], d["current"]) for d in three["results"]] == [
            ("tablet", False),
            ("watch", False),
            ("phone", True),
        ]

    def test_pages(self, athlete: User) -> None:
        phone = client_of(athlete, "phone")
        for name in ("watch", "tablet"):
            client_of(athlete, name)
        page = phone.get(f"{DEVICES}?limit=2").json()
        rest = phone.get(page["next"]).json()
        assert [d["name"] for d in page["results"] + rest["results"]] == ["tablet", "watch", "phone"]
        assert rest["next"] is None

    def test_hides_what_has_ended(self, athlete: User, anonymous: ApiClient) -> None:
        phone, watch = client_of(athlete, "phone"), client_of(athlete, "watch")
        anonymous.post(LOGOUT, {"refresh": watch.tokens.refresh})
        assert [d["name"] for d in phone.get(DEVICES).json()["results"]] == ["phone"]

    def test_of_another_is_404_and_unchanged(self, athlete: User, stranger: User) -> None:
        phone, other = client_of(athlete), client_of(stranger)
        response = other.delete(f"{DEVICES}/{phone.session_row.pk}")
        unknown = other.delete(f"{DEVICES}/01980000-0000-7000-8000-000000000000")
        bodies = [{**r.json(), "instance": "", "request_id": ""} for r in (response, unknown)]
        assert (response.status_code, bodies[0]) == (404, bodies[1])
        assert Session.objects.get(pk=phone.session_row.pk).revoked_at is None
        assert phone.get(ME).status_code == 200

    def test_deleting_one_logs_out_that_one(self, athlete: User) -> None:
        phone, watch = client_of(athlete, "phone"), client_of(athlete, "watch")
        assert phone.delete(f"{DEVICES}/{watch.session_row.pk}").status_code == 204
        assert [phone.get(ME).status_code, watch.get(ME).status_code] == [200, 401]
        assert phone.delete(f"{DEVICES}/{watch.session_row.pk}").status_code == 404
        assert slugs(athlete) == [SecurityEventKind.DEVICE_REMOVED]


def test_role_is_in_the_answer(coach: User, anonymous: ApiClient) -> None:
    assert log_in(anonymous, "coach").json()["user"]["role"] == Role.COACH
