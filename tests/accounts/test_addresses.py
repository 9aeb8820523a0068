"""Changing one's e-mail address."""

from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.utils import timezone

from accounts.enums import SecurityEventKind
from accounts.models import SecurityEvent, Session, User
from fitai.common.models import Job
from tests.accounts.test_sessions import count_hashes
from tests.accounts.test_sign_up import link_in
from tests.cast import PASSWORD, ApiClient, client_of, codes, make_person, run_jobs

EMAIL, LOGIN, ME = "/api/v1/auth/email", "/api/v1/auth/login", "/api/v1/users/profile"
NEW = "new@example.org"


def sent() -> dict[str, str]:
    """Subject by receiver of what has been mailed since the last look."""
    run_jobs()
    found = {message.to[0]: message.subject for message in mail.outbox}
    mail.outbox.clear()
    return found


def test_the_new_one_takes_the_place_of_the_old_when_it_is_proven(athlete: User, anonymous: ApiClient) -> None:
    phone = client_of(athlete)
    answer = phone.post(EMAIL, {"email": "New@Example.org"})
    assert (answer.status_code, answer.content) == (202, b"")
    assert phone.get(ME).json()["email"] == "athlete@example.org"
    run_jobs()
    (asked,) = [message for message in mail.outbox if message.to == ["athlete@example.org"]]
    assert asked.subject == "Your account is to get another address"
    (link,) = [link_in(message) for message in mail.outbox if message.to == [NEW]]
    mail.outbox.clear()
    assert anonymous.get(link).json() == {"email": NEW, "email_verified": True}
    me = phone.get(ME).json()
    assert (me["email"], me["email_verified"]) == (NEW, True)
    assert list(EmailAddress.objects.values_list("email", "verified", "primary")) == [(NEW, True, True)]
    assert sent() == {"athlete@example.org": "Your account has another address now"}
    kinds = list(SecurityEvent.objects.order_by("created_at").values_list("kind", flat=True))
    assert kinds == ["email_change_asked", SecurityEventKind.EMAIL_VERIFIED, SecurityEventKind.EMAIL_CHANGED]
    assert anonymous.post(LOGIN, {"login": NEW, "password": PASSWORD}).status_code == 200
    assert anonymous.post(LOGIN, {"login": "athlete@example.org", "password": PASSWORD}).status_code == 401


def test_only_the_newest_request_can_be_followed(athlete: User, anonymous: ApiClient) -> None:
    phone = client_of(athlete)
    links = []
    for email in ("one@example.org", "two@example.org"):
        phone.post(EMAIL, {"email": email})
        run_jobs()
        links += [link_in(message) for message in mail.outbox if message.to == [email]]
    assert codes(anonymous.get(links[0])) == [("?key", "unknown")]
    assert anonymous.get(links[1]).status_code == 200
    assert phone.get(ME).json()["email"] == "two@example.org"


def test_needs_a_recent_log_in_or_the_password(athlete: User) -> None:
    phone = client_of(athlete)
    Session.objects.update(created_at=timezone.now() - timedelta(minutes=11))
    refused = phone.post(EMAIL, {"email": NEW})
    assert (refused.status_code, refused.json()["code"]) == (403, "reauth_required")
    assert codes(phone.post(EMAIL, {"email": NEW, "password": "something else"})) == [("/password", "wrong")]
    assert EmailAddress.objects.count() == 1
    assert phone.post(EMAIL, {"email": NEW, "password": PASSWORD}).status_code == 202


def test_a_taken_address_is_answered_like_a_free_one_and_its_owner_is_told(
    athlete: User, stranger: User, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    hashes = count_hashes(monkeypatch)
    seen = []
    for person, email in ((athlete, stranger.email), (make_person("other"), NEW)):
        phone = client_of(person)
        phone.get(ME)
        hashes.clear()
        jobs = Job.objects.count()
        with django_assert_num_queries(13):
            answer = phone.post(EMAIL, {"email": email})
        seen.append((answer.status_code, answer.content, set(answer.headers), len(hashes), Job.objects.count() - jobs))
    assert seen[0] == seen[1]
    told = sent()
    assert told[stranger.email] == "You have a FitAI account already"


def test_a_misspelt_address_is_corrected_at_once(anonymous: ApiClient, db: None) -> None:
    newcomer = make_person("newcomer", verified=False, email="mispelt@example.org")
    phone = client_of(newcomer)
    phone.post(EMAIL, {"email": NEW})
    assert phone.get(ME).json()["email"] == NEW
    assert sent() == {NEW: "Confirm your e-mail address"}
    assert list(EmailAddress.objects.values_list("email", "verified", "primary")) == [(NEW, False, True)]


def test_ones_own_address_asks_for_nothing(athlete: User) -> None:
    assert client_of(athlete).post(EMAIL, {"email": athlete.email}).status_code == 202
    assert sent() == {}


def test_who_proves_an_address_ends_the_wish_of_others_and_nothing_more(athlete: User, anonymous: ApiClient) -> None:
    phone = client_of(athlete)
    phone.post(EMAIL, {"email": NEW})
    newcomer = make_person("newcomer", verified=False, email=NEW)
    client_of(newcomer).post("/api/v1/auth/resend-verification", {"email": NEW})
    run_jobs()
    (link,) = [link_in(message) for message in mail.outbox if message.to == [NEW] and "Hello newcomer" in message.body]
    assert anonymous.get(link).status_code == 200
    assert phone.get(ME).json()["email"] == athlete.email
    assert anonymous.post(LOGIN, {"login": "athlete", "password": PASSWORD}).status_code == 200
    assert not EmailAddress.objects.filter(user=athlete, email=NEW).exists()


def test_a_wished_for_address_is_no_log_in(athlete: User, anonymous: ApiClient) -> None:
    client_of(athlete).post(EMAIL, {"email": NEW})
    assert anonymous.post(LOGIN, {"login": NEW, "password": PASSWORD}).status_code == 401


def test_three_an_hour(athlete: User, real_limits: None) -> None:
    phone = client_of(athlete)
    answers = [phone.post(EMAIL, {"email": f"n{number}@example.org"}).status_code for number in range(4)]
    assert answers == [202, 202, 202, 429]
