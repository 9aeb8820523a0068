"""Changing a password, and setting a new one by a link in a mail."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress
from allauth.account.utils import user_pk_to_url_str
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts.authentication import authenticate_token
from accounts.enums import SecurityEventKind
from accounts.errors import ResetLinkInvalid
from accounts.models import SecurityEvent, Session, User
from accounts.operations import passwords
from fitai.common.models import Job
from tests.accounts.test_sessions import count_hashes
from tests.accounts.test_sign_up import link_in
from tests.cast import PASSWORD, ApiClient, client_of, codes, make_person, run_jobs

CHANGE, FORGOT, RESET, LOGIN, REFRESH = (
    f"/api/v1/auth/{name}" for name in ("change-password", "forgot-password", "reset-password", "login", "refresh")
)
ME = "/api/v1/users/profile"
NEW = "a long enough phrase 7"


def change(client: ApiClient, old: str = PASSWORD, new: str = NEW) -> Any:
    return client.post(CHANGE, {"old_password": old, "new_password": new})


def log_in(client: ApiClient, login: str, password: str) -> int:
    status: int = client.post(LOGIN, {"login": login, "password": password}).status_code
    return status


def key_of(user: User) -> str:
    """What the mail's link would hold now."""
    user.refresh_from_db()
    return f"{user_pk_to_url_str(user)}-{default_token_generator.make_token(user)}"


class TestChange:
    def test_the_new_one_works_and_the_old_one_does_not(self, athlete: User, anonymous: ApiClient) -> None:
        phone = client_of(athlete)
        assert change(phone).status_code == 204
        assert (log_in(anonymous, "athlete", NEW), log_in(anonymous, "athlete", PASSWORD)) == (200, 401)
        run_jobs()
        (message,) = mail.outbox
        assert (message.to, message.subject) == (["athlete@example.org"], "Your password was changed")
        event = SecurityEvent.objects.get(kind=SecurityEventKind.PASSWORD_CHANGED)
        assert (event.user_id, event.session_id, event.address) == (athlete.pk, phone.session_row.pk, "127.0.0.1")

    def test_every_other_device_is_out_at_once(self, athlete: User, stranger: User, anonymous: ApiClient) -> None:
        phone, watch, other = client_of(athlete), client_of(athlete, "watch"), client_of(stranger)
        assert (watch.get(ME).status_code, other.get(ME).status_code) == (200, 200)
        change(phone)
        assert [device.get(ME).status_code for device in (phone, watch, other)] == [200, 401, 200]
        refreshed = [
            anonymous.post(REFRESH, {"refresh": device.tokens.refresh}).status_code for device in (phone, watch)
        ]
        assert refreshed == [200, 401]

    @pytest.mark.parametrize(
        ("old", "new", "expected"),
        [
            ("something else", NEW, [("/old_password", "wrong")]),
            (PASSWORD, "short", [("/new_password", "password_too_short")]),
            (
                PASSWORD,
                "1234567890",
                [("/new_password", "password_too_common"), ("/new_password", "password_entirely_numeric")],
            ),
            (PASSWORD, "athlete@example.org", [("/new_password", "password_too_similar")]),
        ],
    )
    def test_what_is_refused_changes_nothing(
        self, athlete: User, anonymous: ApiClient, old: str, new: str, expected: list[tuple[str, str]]
    ) -> None:
        watch = client_of(athlete, "watch")
        assert codes(change(client_of(athlete), old, new)) == expected
        assert (watch.get(ME).status_code, log_in(anonymous, "athlete", PASSWORD)) == (200, 200)
        assert not Job.objects.filter(kind="accounts.notice_mail").exists()

    def test_wrong_ones_are_counted(self, athlete: User, real_limits: None) -> None:
        phone = client_of(athlete)
        assert [change(phone, "something else").status_code for _ in range(6)] == [422] * 5 + [429]
        assert change(phone).status_code == 429

    @pytest.mark.parametrize("new", ["kettlebell 🏋️ and chalk", "  spaces at both ends  "])
    def test_any_characters(self, athlete: User, anonymous: ApiClient, new: str) -> None:
        assert change(client_of(athlete), new=new).status_code == 204
        assert (log_in(anonymous, "athlete", new), log_in(anonymous, "athlete", new.strip() + "x")) == (200, 401)


@pytest.mark.django_db(transaction=True)
def test_of_two_changes_at_once_one_is_made(meeting: Callable[[], Any]) -> None:
    athlete = make_person("athlete")
    actors = [authenticate_token(client_of(athlete, name).tokens.access) for name in ("phone", "watch")]
    with meeting() as met:
        for number, actor in enumerate(actors):
            change_it = lambda actor=actor, number=number: passwords.change_password(  # noqa: E731
                actor, old_password=PASSWORD, new_password=f"{NEW}{number}"
            )
            met.act(f"{number}", change_it)
    assert sorted(str(outcome) for outcome in met.outcomes.values()) == [
        "<class 'fitai.common.problems.Unauthenticated'>",
        "None",
    ]
    assert Session.objects.live().count() == 1


class TestForgot:
    def test_mails_a_link_that_sets_a_password_once(self, athlete: User, anonymous: ApiClient) -> None:
        phone = client_of(athlete)
        answer = anonymous.post(FORGOT, {"email": "Athlete@Example.org"})
        assert (answer.status_code, answer.content) == (202, b"")
        run_jobs()
        (message,) = mail.outbox
        assert (message.to, message.subject) == (["athlete@example.org"], "Set a new password")
        path, _, key = link_in(message).partition("?key=")
        assert path == "/account/reset-password"
        assert anonymous.post(RESET, {"key": key, "password": NEW}).status_code == 204
        assert (log_in(anonymous, "athlete", NEW), log_in(anonymous, "athlete", PASSWORD)) == (200, 401)
        assert phone.get(ME).status_code == 401
        assert anonymous.post(REFRESH, {"refresh": phone.tokens.refresh}).status_code == 401
        again = anonymous.post(RESET, {"key": key, "password": "another long phrase 8"})
        assert (codes(again), again.json()["code"]) == ([("/key", "invalid")], "reset_link_invalid")

    def test_the_host_header_is_nobodys_link(self, athlete: User, settings: Any) -> None:
        settings.ALLOWED_HOSTS = ["*"]
        ApiClient(HTTP_HOST="evil.example").post(FORGOT, {"email": athlete.email})
        run_jobs()
        assert "evil.example" not in mail.outbox[0].message().as_string()
        assert link_in(mail.outbox[0]).startswith("/account/")

    def test_a_front_end_has_its_own_page(self, athlete: User, anonymous: ApiClient, settings: Any) -> None:
        settings.RESET_PASSWORD_URL = "https://app.example/new-password"
        anonymous.post(FORGOT, {"email": athlete.email})
        run_jobs()
        assert re.search(r"^https://app\.example/new-password\?key=\S+$", mail.outbox[0].body, re.MULTILINE)

    def test_the_mail_goes_to_the_stored_address(self, athlete: User, anonymous: ApiClient) -> None:
        """`ﬀ` and such fold to letters that somebody else may own; what is mailed is what was proven."""
        make_person("dotted", email="office@example.org")
        anonymous.post(FORGOT, {"email": "o\ufb03ce@example.org"})
        run_jobs()
        assert [message.to for message in mail.outbox] in ([], [["office@example.org"]])

    @pytest.mark.parametrize("email", ["athlete@example.org", "nobody@example.org", "locked@example.org"])
    def test_whoever_is_meant_the_work_is_the_same(
        self,
        athlete: User,
        anonymous: ApiClient,
        email: str,
        monkeypatch: pytest.MonkeyPatch,
        django_assert_num_queries: Any,
    ) -> None:
        make_person("locked", is_active=False)
        hashes = count_hashes(monkeypatch)
        with django_assert_num_queries(1):
            answer = anonymous.post(FORGOT, {"email": email})
        assert (answer.status_code, answer.content, len(hashes), Job.objects.count()) == (202, b"", 0, 1)
        assert set(answer.headers) == set(anonymous.post(FORGOT, {"email": "else@example.org"}).headers)
        run_jobs()
        assert len(mail.outbox) == (email == athlete.email)

    def test_three_an_hour_for_known_and_unknown(self, athlete: User, anonymous: ApiClient, real_limits: None) -> None:
        for email in (athlete.email, "nobody@example.org"):
            assert [anonymous.post(FORGOT, {"email": email}).status_code for _ in range(4)] == [202, 202, 202, 429]

    def test_of_several_claimants_the_owner_is_meant(self, athlete: User, anonymous: ApiClient) -> None:
        make_person("pretender", verified=False, email=athlete.email)
        anonymous.post(FORGOT, {"email": athlete.email})
        run_jobs()
        assert "Hello athlete," in mail.outbox[0].body


class TestReset:
    def test_ends_everything_and_says_so(self, athlete: User, anonymous: ApiClient) -> None:
        client_of(athlete)
        assert anonymous.post(RESET, {"key": key_of(athlete), "password": NEW}).status_code == 204
        assert not Session.objects.live().exists()
        assert SecurityEvent.objects.filter(kind=SecurityEventKind.PASSWORD_RESET, user=athlete).count() == 1
        run_jobs()
        assert [message.subject for message in mail.outbox] == ["Your password was changed"]

    def test_an_hour_and_not_a_second_more(self, athlete: User, anonymous: ApiClient) -> None:
        start = timezone.now()
        with time_machine.travel(start, tick=False):
            key = key_of(athlete)
        with time_machine.travel(start + timedelta(hours=1, seconds=1), tick=False):
            assert codes(anonymous.post(RESET, {"key": key, "password": NEW})) == [("/key", "invalid")]
        with time_machine.travel(start + timedelta(minutes=59, seconds=59), tick=False):
            assert anonymous.post(RESET, {"key": key, "password": NEW}).status_code == 204

    def test_dies_with_a_change_of_password_or_address(self, athlete: User, anonymous: ApiClient) -> None:
        key = key_of(athlete)
        change(client_of(athlete))
        assert codes(anonymous.post(RESET, {"key": key, "password": NEW})) == [("/key", "invalid")]
        key = key_of(athlete)
        EmailAddress.objects.filter(user=athlete).update(email="other@example.org")
        assert codes(anonymous.post(RESET, {"key": key, "password": NEW})) == [("/key", "invalid")]

    def test_ones_key_is_nothing_to_another(self, athlete: User, stranger: User, anonymous: ApiClient) -> None:
        token = key_of(athlete).partition("-")[2]
        foreign = anonymous.post(RESET, {"key": f"{user_pk_to_url_str(stranger)}-{token}", "password": NEW})
        unknown = anonymous.post(RESET, {"key": f"abc-{token}", "password": NEW})
        assert codes(foreign) == codes(unknown) == [("/key", "invalid")]
        assert log_in(anonymous, "stranger", PASSWORD) == 200

    @pytest.mark.parametrize("key", ["", "-", "a", "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzz-1-2", "0-0-0", "\u0661-x", "%00-"])
    def test_junk_is_422(self, athlete: User, anonymous: ApiClient, key: str) -> None:
        assert anonymous.post(RESET, {"key": key, "password": NEW}).status_code == 422

    def test_a_weak_password_leaves_the_key(self, athlete: User, anonymous: ApiClient) -> None:
        key = key_of(athlete)
        assert codes(anonymous.post(RESET, {"key": key, "password": "short"})) == [("/password", "password_too_short")]
        assert anonymous.post(RESET, {"key": key, "password": NEW}).status_code == 204

    def test_keys_and_tokens_are_not_for_each_other(self, athlete: User, anonymous: ApiClient) -> None:
        phone = client_of(athlete)
        for key in (phone.tokens.access, phone.tokens.refresh):
            assert anonymous.post(RESET, {"key": key[:200], "password": NEW}).status_code == 422
        assert ApiClient(HTTP_AUTHORIZATION=f"Bearer {key_of(athlete)}").get(ME).status_code == 401

    def test_a_locked_account_stays_locked(self, athlete: User, anonymous: ApiClient) -> None:
        key = key_of(athlete)
        User.objects.filter(pk=athlete.pk).update(is_active=False)
        assert codes(anonymous.post(RESET, {"key": key, "password": NEW})) == [("/key", "invalid")]

    def test_who_reads_the_mailbox_has_proven_the_address(self, anonymous: ApiClient, db: None) -> None:
        victim = make_person("victim", verified=False)
        rival = make_person("rival", verified=False, email=victim.email)
        rivals_phone = client_of(rival)
        assert anonymous.post(RESET, {"key": key_of(victim), "password": NEW}).status_code == 204
        assert EmailAddress.objects.get(email=victim.email).user_id == victim.pk
        assert EmailAddress.objects.get(email=victim.email).verified
        assert rivals_phone.get(ME).status_code == 401
        assert log_in(anonymous, "rival", PASSWORD) == 401


@pytest.mark.django_db(transaction=True)
def test_of_two_who_follow_one_link_at_once_one_sets_the_password(meeting: Callable[[], Any]) -> None:
    athlete = make_person("athlete")
    key = key_of(athlete)
    with meeting() as met:
        for name in ("one", "two"):
            met.act(name, lambda: passwords.reset_password(key=key, password=NEW))
    assert sorted(map(str, met.outcomes.values())) == [str(ResetLinkInvalid), "None"]


class TestPage:
    URL = "/account/reset-password"

    def test_sets_the_password_without_an_app(self, athlete: User, anonymous: ApiClient) -> None:
        browser = Client(enforce_csrf_checks=True)
        page = browser.get(self.URL, {"key": key_of(athlete)}, headers={"accept-language": "de"})
        assert (page.status_code, page["Cache-Control"], page["Referrer-Policy"]) == (200, "no-store", "no-referrer")
        assert "Neues Passwort setzen" in page.text
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text)
        assert token is not None
        sent = {"csrfmiddlewaretoken": token[1], "key": key_of(athlete), "password": NEW}
        assert "Log in with it" in browser.post(self.URL, sent).text
        assert log_in(anonymous, "athlete", NEW) == 200

    def test_says_what_is_wrong(self, athlete: User) -> None:
        browser = Client()
        weak = browser.post(self.URL, {"key": key_of(athlete), "password": "short"})
        assert "too short" in weak.text
        dead = browser.post(self.URL, {"key": "abc-def", "password": NEW})
        assert "expired or was used" in dead.text
        assert Client(enforce_csrf_checks=True).post(self.URL, {}).status_code == 403
