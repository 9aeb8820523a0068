"""Logging in through Google."""

import json
import threading
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from hashlib import sha256
from secrets import token_urlsafe
from typing import Any
from unittest.mock import ANY
from urllib.parse import parse_qs, urlsplit

import httpx
import jwt
import pytest
import time_machine
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from cryptography.hazmat.primitives.asymmetric import ec
from django.contrib import admin
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone

from accounts import google
from accounts.enums import SecurityEventKind, TicketKind
from accounts.errors import GoogleCodeInvalid, GoogleLinkedAlready, LinkInvalid
from accounts.models import GoogleTicket, SecurityEvent, Session, User
from accounts.operations.google import link_google, log_in_with_google, proof_of_code, proof_of_token
from accounts.operations.sessions import Device, LoggedIn
from accounts.operations.sign_up import confirm_email
from accounts.retention import purge_google_tickets
from fitai.common import redis
from tests.accounts.google_stand_ins import CLIENT, NATIVE, Forger, provider, serving
from tests.accounts.test_sessions import bearer
from tests.cast import PASSWORD, ApiClient, actor_of, client_of, codes, make_person, run_jobs

GOOGLE = "/api/v1/auth/google"
CALLBACK, EXCHANGE, LINK = f"{GOOGLE}/callback", f"{GOOGLE}/exchange", f"{GOOGLE}/link"
ME = "/api/v1/users/profile"
PAGE = "https://app.example.org/welcome"
HERE = "http://localhost:8000"
DEVICE = Device("127.0.0.1", "FitAI tests", "phone")


@pytest.fixture(scope="module")
def provider_url() -> Iterator[str]:
    with provider() as url:
        yield url


@pytest.fixture
def browser_flow(provider_url: str, settings: Any) -> str:
    """Google is a real OpenID provider."""
    settings.GOOGLE_ISSUERS = [provider_url]
    settings.GOOGLE_AUTHORIZE_URL = f"{provider_url}/oauth2/authorize"
    settings.GOOGLE_TOKEN_URL = f"{provider_url}/oauth2/token"
    settings.GOOGLE_KEYS_URL = f"{provider_url}/jwks"
    return provider_url


@pytest.fixture(scope="module")
def forger_server() -> Iterator[Forger]:
    forger = Forger()
    with serving(forger.server):
        yield forger


@pytest.fixture
def forger(forger_server: Forger, settings: Any) -> Forger:
    """Google is somebody who signs anything."""
    forger_server.reset()
    settings.GOOGLE_ISSUERS = [forger_server.url]
    settings.GOOGLE_AUDIENCES = [NATIVE]
    settings.GOOGLE_TOKEN_URL = f"{forger_server.url}/token"
    settings.GOOGLE_KEYS_URL = f"{forger_server.url}/keys"
    return forger_server


def asked(url: str) -> dict[str, str]:
    """The query of an address."""
    return {name: value for name, (value,) in parse_qs(urlsplit(url).query).items()}


def begin(client: ApiClient, **query: str) -> str:
    """Where a browser is sent."""
    response = client.get(GOOGLE, query)
    assert (response.status_code, response["Cache-Control"]) == (302, "no-store"), response.content
    return response["Location"]


def consent(url: str, sub: str = "1001") -> str:
    """What the person does at Google; the path that Google sends the browser to."""
    back = httpx.post(url, data={"sub": sub}).headers["Location"]
    assert back.startswith(f"{HERE}{CALLBACK}?")
    return back.removeprefix(HERE)


def know(provider_url: str, sub: str = "1001", **claims: Any) -> None:
    """What Google knows of somebody."""
    told = {"email": "ada@example.org", "email_verified": True, "name": "Ada Lovelace", **claims}
    httpx.put(f"{provider_url}/users/{sub}", json=told).raise_for_status()


def end(client: ApiClient, path: str) -> dict[str, str]:
    """What the page is told that the browser ends at."""
    response = client.get(path)
    assert (response.status_code, response["Cache-Control"]) == (302, "no-store"), response.content
    url, _, _ = response["Location"].partition("?")
    assert url == PAGE
    return asked(response["Location"])


def slug(response: Any, status: int) -> str:
    """The kind of a refusal."""
    assert response.status_code == status, response.content
    return response.json()["type"].rpartition("/")[2]


def events(kind: SecurityEventKind) -> list[tuple[Any, dict[str, Any]]]:
    return list(SecurityEvent.objects.filter(kind=kind).order_by("created_at").values_list("user", "detail"))


def enter(client: ApiClient, token: str, **extra: Any) -> Any:
    return client.post(GOOGLE, {"id_token": token, **extra})


def known_person(username: str, sub: str, **values: Any) -> User:
    """Somebody whose account a Google identity opens."""
    user = make_person(username, **values)
    SocialAccount.objects.create(user=user, provider="google", uid=sub, extra_data={"email": user.email})
    return user


def pkce() -> tuple[str, str]:
    """A verifier and its challenge, as an app makes them."""
    verifier = token_urlsafe(48)
    return verifier, urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()


@pytest.mark.django_db
class TestBrowser:
    def test_there_and_back_makes_an_account(self, browser_flow: str, anonymous: ApiClient) -> None:
        know(browser_flow)
        url = begin(anonymous, next=PAGE)
        assert url.startswith(f"{browser_flow}/oauth2/authorize?")
        assert asked(url) == {
            "client_id": CLIENT,
            "redirect_uri": f"{HERE}{CALLBACK}",
            "response_type": "code",
            "scope": ANY,
            "state": ANY,
            "nonce": ANY,
            "code_challenge": ANY,
            "code_challenge_method": "S256",
        }
        assert set(asked(url)["scope"].split()) == {"openid", "email", "profile"}
        told = end(anonymous, consent(url))
        assert set(told) == {"code"}
        response = anonymous.post(EXCHANGE, {**told, "device_name": "laptop"}, HTTP_ACCEPT_LANGUAGE="de")
        user = User.objects.get()
        assert (response.status_code, response["Cache-Control"]) == (200, "no-store")
        assert response.json() == {
            "access": ANY,
            "refresh": ANY,
            "user": {
                "id": str(user.pk),
                "username": "ada_lovelace",
                "email": "ada@example.org",
                "display_name": "Ada Lovelace",
                "email_verified": True,
                "role": "user",
                "language": "de",
            },
        }
        assert bearer(response.json()["access"]).get(ME).status_code == 200
        assert not user.has_usable_password()
        account = SocialAccount.objects.get()
        assert (account.user, account.provider, account.uid) == (user, "google", "1001")
        assert account.extra_data == {
            "sub": "1001",
            "email": "ada@example.org",
            "email_verified": True,
            "name": "Ada Lovelace",
        }
        assert list(EmailAddress.objects.values_list("email", "verified", "primary")) == [
            ("ada@example.org", True, True)
        ]
        assert Session.objects.get().name == "laptop"
        assert events(SecurityEventKind.REGISTERED) == [(user.pk, {"via": "google"})]
        assert events(SecurityEventKind.LOGGED_IN) == [(user.pk, {"via": "google"})]
        assert (GoogleTicket.objects.count(), SocialToken.objects.count(), SocialApp.objects.count()) == (0, 0, 0)

    def test_nothing_that_opens_an_account_stands_in_a_url_or_a_cookie(
        self, browser_flow: str, anonymous: ApiClient
    ) -> None:
        know(browser_flow)
        url = begin(anonymous)
        cookie = anonymous.cookies["fitai-google"]
        assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", GOOGLE)
        assert cookie.value not in url
        assert GoogleTicket.objects.get().content["verifier"] not in url
        assert anonymous.get(ME).status_code == 401

    @pytest.mark.parametrize("verifier", ["", "x" * 64], ids=["none", "another"])
    def test_a_code_of_googles_is_worth_nothing_without_its_verifier(
        self, browser_flow: str, anonymous: ApiClient, verifier: str
    ) -> None:
        know(browser_flow)
        path = consent(begin(anonymous))
        ticket = GoogleTicket.objects.get()
        ticket.content["verifier"] = verifier
        ticket.save()
        assert end(anonymous, path) == {"error": "refused"}
        assert User.objects.count() == 0

    def test_a_state_works_once(self, browser_flow: str, anonymous: ApiClient) -> None:
        know(browser_flow)
        path = consent(begin(anonymous))
        assert set(end(anonymous, path)) == {"code"}
        assert end(anonymous, path) == {"error": "state"}

    @pytest.mark.parametrize("state", ["", "&state=", "&state=made-up"])
    def test_without_a_state_of_ours_nothing_is_asked(self, forger: Forger, anonymous: ApiClient, state: str) -> None:
        begin(anonymous)
        assert end(anonymous, f"{CALLBACK}?code=good{state}") == {"error": "state"}
        assert forger.asked == {}

    def test_a_state_of_another_browser_is_none(self, browser_flow: str, anonymous: ApiClient) -> None:
        know(browser_flow)
        path = consent(begin(anonymous))
        assert end(ApiClient(), path) == {"error": "state"}
        other = ApiClient()
        begin(other)
        assert end(other, path) == {"error": "state"}
        assert set(end(anonymous, path)) == {"code"}  # the browser it belongs to is not kept out

    def test_tabs_of_one_browser_do_not_disturb_each_other(self, browser_flow: str, anonymous: ApiClient) -> None:
        know(browser_flow)
        first, second = begin(anonymous), begin(anonymous)
        assert [set(end(anonymous, consent(url))) for url in (first, second)] == [{"code"}, {"code"}]

    def test_a_state_ends_after_ten_minutes(self, forger: Forger, anonymous: ApiClient) -> None:
        url = begin(anonymous)
        with time_machine.travel(timezone.now() + timedelta(minutes=10, seconds=1)):
            assert end(anonymous, f"{CALLBACK}?code=good&state={asked(url)['state']}") == {"error": "state"}
        assert forger.asked == {}

    def test_a_code_works_once(self, browser_flow: str, anonymous: ApiClient) -> None:
        know(browser_flow)
        told = end(anonymous, consent(begin(anonymous)))
        assert anonymous.post(EXCHANGE, told).status_code == 200
        assert slug(anonymous.post(EXCHANGE, told), 401) == "google-code-invalid"
        assert Session.objects.count() == 1

    def test_a_code_ends_after_a_minute(self, browser_flow: str, anonymous: ApiClient) -> None:
        know(browser_flow)
        told = end(anonymous, consent(begin(anonymous)))
        with time_machine.travel(timezone.now() + timedelta(seconds=61)):
            assert slug(anonymous.post(EXCHANGE, told), 401) == "google-code-invalid"
        assert User.objects.count() == 0

    def test_a_code_that_an_app_asked_for_with_a_challenge_is_its_alone(
        self, browser_flow: str, anonymous: ApiClient
    ) -> None:
        know(browser_flow)
        verifier, challenge = pkce()
        told = end(anonymous, consent(begin(anonymous, code_challenge=challenge)))
        for stranger in ({}, {"code_verifier": pkce()[0]}):
            assert slug(anonymous.post(EXCHANGE, {**told, **stranger}), 401) == "google-code-invalid"
        assert anonymous.post(EXCHANGE, {**told, "code_verifier": verifier}).status_code == 200

    def test_an_app_with_a_verifier_takes_no_code_that_was_slipped_to_it(
        self, browser_flow: str, anonymous: ApiClient
    ) -> None:
        know(browser_flow)
        told = end(anonymous, consent(begin(anonymous)))
        mine = {"code_verifier": pkce()[0]}
        assert slug(anonymous.post(EXCHANGE, {**told, **mine}), 401) == "google-code-invalid"

    @pytest.mark.parametrize(
        "page",
        [
            "https://evil.example.org/",
            f"{PAGE}/../x",
            f"{PAGE}@evil.example.org",
            "//app.example.org/welcome",
            "javascript:alert(1)",
            "",
        ],
    )
    def test_next_elsewhere_is_refused(self, anonymous: ApiClient, page: str) -> None:
        pointer = [("?next", "blank" if not page else "not_allowed")]
        assert codes(anonymous.get(GOOGLE, {"next": page})) == pointer
        assert (GoogleTicket.objects.count(), anonymous.cookies) == (0, {})

    def test_a_foreign_host_header_changes_no_address(self, browser_flow: str) -> None:
        url = begin(ApiClient(HTTP_HOST="127.0.0.1", HTTP_X_FORWARDED_HOST="evil.example.org"))
        assert asked(url)["redirect_uri"] == f"{HERE}{CALLBACK}"

    @pytest.mark.parametrize(("said", "word"), [("access_denied", "cancelled"), ("server_error", "refused")])
    def test_a_no_of_google_or_of_the_person_is_told_to_the_page(
        self, forger: Forger, anonymous: ApiClient, said: str, word: str
    ) -> None:
        state = asked(begin(anonymous))["state"]
        assert end(anonymous, f"{CALLBACK}?error={said}&error_description=x&state={state}") == {"error": word}
        assert events(SecurityEventKind.LOGIN_REFUSED) == [(None, {"via": "google", "reason": word})]
        assert forger.asked == {}

    def test_an_address_that_is_not_verified_opens_nothing(self, browser_flow: str, anonymous: ApiClient) -> None:
        know(browser_flow, email_verified="false")
        assert end(anonymous, consent(begin(anonymous))) == {"error": "email_unverified"}
        assert (User.objects.count(), GoogleTicket.objects.count()) == (0, 0)

    @pytest.mark.parametrize(
        "changed", [{"nonce": "another"}, {"nonce": None}, {"aud": NATIVE}, {"exp": 1}, {"iss": "https://evil.example"}]
    )
    def test_the_token_must_be_the_one_that_was_asked_for(
        self, forger: Forger, anonymous: ApiClient, changed: dict[str, Any]
    ) -> None:
        url = asked(begin(anonymous))
        token = forger.sign(**{"nonce": url["nonce"], **changed})
        forger.token_answer = {"access_token": "x", "id_token": token}
        assert end(anonymous, f"{CALLBACK}?code=good&state={url['state']}") == {"error": "refused"}

    @pytest.mark.parametrize(
        "answer", [{}, [], 7, "x", {"access_token": "x"}, {"access_token": "x", "id_token": 7}], ids=str
    )
    def test_what_google_should_not_say(self, forger: Forger, anonymous: ApiClient, answer: Any) -> None:
        state = asked(begin(anonymous))["state"]
        forger.token_answer = answer
        assert end(anonymous, f"{CALLBACK}?code=good&state={state}") == {"error": "refused"}

    def test_a_head_begins_and_ends_nothing(self, anonymous: ApiClient) -> None:
        assert [anonymous.head(path).status_code for path in (GOOGLE, CALLBACK)] == [405, 405]


FAULTS = ["down", "hanging", "trickling", "huge", "failing", "elsewhere"]


@pytest.mark.django_db
class TestGoogleAway:
    @pytest.fixture(params=FAULTS)
    def fault(self, forger: Forger, settings: Any, request: pytest.FixtureRequest) -> str:
        settings.GOOGLE_PATIENCE_SECONDS = 0.3 if request.param in ("hanging", "trickling") else 10
        if request.param == "down":
            settings.GOOGLE_KEYS_URL = settings.GOOGLE_TOKEN_URL = "http://127.0.0.1:9/"
        forger.fault = request.param
        return request.param

    def test_the_browser_ends_at_the_page(self, fault: str, forger: Forger, anonymous: ApiClient) -> None:
        state = asked(begin(anonymous))["state"]
        started = time.monotonic()
        told = end(anonymous, f"{CALLBACK}?code=good&state={state}")
        assert told == {"error": "refused" if fault == "elsewhere" else "unavailable"}
        assert time.monotonic() - started < 5
        assert (User.objects.count(), forger.asked["/elsewhere"]) == (0, 0)

    def test_the_app_is_told_to_come_again(self, fault: str, forger: Forger, anonymous: ApiClient) -> None:
        started = time.monotonic()
        response = enter(anonymous, forger.sign())
        assert slug(response, 503) == "google-unavailable"
        assert int(response["Retry-After"]) > 0
        assert time.monotonic() - started < 5
        assert (User.objects.count(), SecurityEvent.objects.count(), forger.asked["/elsewhere"]) == (0, 0, 0)

    def test_keys_that_are_at_hand_are_enough(self, fault: str, forger: Forger, anonymous: ApiClient) -> None:
        redis.client.set(google.KEYS, json.dumps(forger.keys()))
        assert enter(anonymous, forger.sign()).status_code == 200

    @pytest.mark.parametrize("keys", [[], {}, {"keys": []}, {"keys": [{"kid": "first"}]}, {"keys": {}}], ids=str)
    def test_keys_that_are_none(self, forger: Forger, anonymous: ApiClient, keys: Any) -> None:
        forger.published = keys
        assert slug(enter(anonymous, forger.sign()), 503) == "google-unavailable"


@pytest.mark.django_db
class TestToken:
    def test_opens_an_account_and_the_same_one_again(self, forger: Forger, anonymous: ApiClient) -> None:
        first = enter(anonymous, forger.sign(aud=NATIVE, nonce="n-1"), nonce="n-1", device_name="phone")
        second = enter(anonymous, forger.sign(aud=[CLIENT], nonce="n-2"), nonce="n-2")
        assert (first.status_code, second.status_code) == (200, 200)
        assert first.json()["user"] == second.json()["user"]
        assert (User.objects.count(), Session.objects.count(), forger.asked) == (1, 2, {"/keys": 1})

    @pytest.mark.parametrize(
        "changed",
        [
            {"aud": "another-app"},
            {"aud": [CLIENT, "another-app"]},
            {"aud": []},
            {"aud": None},
            {"iss": "https://accounts.example.org"},
            {"iss": None},
            {"exp": None},
            {"exp": "soon"},
            {"nbf": 4102444800},
            {"iat": None},
            {"sub": None},
            {"sub": ""},
            {"sub": 1001},
            {"sub": "1" * 192},
            {"sub": "10\u000001"},
            {"nonce": "not sent along"},
        ],
        ids=str,
    )
    def test_that_is_not_for_us_is_no_word_of_googles(
        self, forger: Forger, anonymous: ApiClient, changed: dict[str, Any]
    ) -> None:
        refused = enter(anonymous, forger.sign(**changed))
        assert slug(refused, 401) == "google-token-invalid"
        assert refused["WWW-Authenticate"] == 'Bearer realm="api"'
        assert (User.objects.count(), Session.objects.count()) == (0, 0)
        assert events(SecurityEventKind.LOGIN_REFUSED) == [(None, {"via": "google", "reason": "google_token_invalid"})]

    def test_that_expired_a_second_ago(self, forger: Forger, anonymous: ApiClient) -> None:
        assert slug(enter(anonymous, forger.sign(exp=int(time.time()) - 1)), 401) == "google-token-invalid"

    def test_that_is_not_for_us_has_nobody_asked(self, forger: Forger, anonymous: ApiClient) -> None:
        for token in ("a.b.c", forger.sign(aud="another-app"), forger.sign(iss="x"), forger.sign(exp=1)):
            assert slug(enter(anonymous, token), 401) == "google-token-invalid"
        assert forger.asked == {}

    def test_that_is_signed_by_somebody_else(self, forger: Forger, anonymous: ApiClient) -> None:
        stranger = ec.generate_private_key(ec.SECP256R1())
        forged = [
            jwt.encode(forger.claims(), stranger, "ES256", {"kid": "first"}),
            jwt.encode(forger.claims(), "", "none", {"kid": "first"}),
            forger.sign_with_the_public_key(),
            forger.sign()[:-4] + "AAAA",
            forger.sign(headers={"kid": "another"}),
            forger.sign(headers={"crit": ["x"], "x": 1}),
            "a.b.c",
            "[",
            urlsafe_b64encode(b"[" * 5000).decode() + ".e30.e30",
        ]
        assert [slug(enter(anonymous, token), 401) for token in forged] == ["google-token-invalid"] * len(forged)
        assert User.objects.count() == 0

    def test_an_unknown_key_has_the_keys_asked_for_again_once_a_minute(
        self, forger: Forger, anonymous: ApiClient
    ) -> None:
        assert enter(anonymous, forger.sign()).status_code == 200
        for _ in range(3):
            stranger = ec.generate_private_key(ec.SECP256R1())
            forged = jwt.encode(forger.claims(), stranger, "ES256", {"kid": "unknown"})
            assert slug(enter(anonymous, forged), 401) == "google-token-invalid"
        assert forger.asked == {"/keys": 2}
        redis.client.delete(google.ASKED)  # the minute is over
        forger.kid = "second"
        assert enter(anonymous, forger.sign()).status_code == 200
        assert forger.asked == {"/keys": 3}

    @pytest.mark.parametrize("header", ["jku", "x5u", "jwk"])
    def test_a_key_that_a_token_brings_along_is_not_looked_at(
        self, forger: Forger, anonymous: ApiClient, listener: Any, header: str
    ) -> None:
        stranger = ec.generate_private_key(ec.SECP256R1())
        key = jwt.algorithms.ECAlgorithm.to_jwk(stranger.public_key(), as_dict=True)
        there = f"http://127.0.0.1:{listener.port}/keys"
        brought = {"kid": "first", header: {**key, "x5u": there} if header == "jwk" else there}
        forged = jwt.encode(forger.claims(), stranger, "ES256", brought)
        assert slug(enter(anonymous, forged), 401) == "google-token-invalid"
        assert (listener.connections, User.objects.count()) == (0, 0)

    def test_a_nonce_works_once(self, forger: Forger, anonymous: ApiClient) -> None:
        token = forger.sign(nonce="n-1")
        assert enter(anonymous, token, nonce="n-1").status_code == 200
        for again in (token, forger.sign(nonce="n-1"), forger.sign(nonce="n-1", sub="1002", email="eve@example.org")):
            assert slug(enter(anonymous, again, nonce="n-1"), 401) == "google-token-invalid"
        assert slug(enter(anonymous, token), 401) == "google-token-invalid"
        assert slug(enter(anonymous, forger.sign(), nonce="n-2"), 401) == "google-token-invalid"
        assert (User.objects.count(), Session.objects.count()) == (1, 1)

    @pytest.mark.parametrize("verified", [False, "false", "true", "", 1, 0, [], None], ids=repr)
    def test_an_address_that_is_not_verified_opens_and_links_nothing(
        self, forger: Forger, anonymous: ApiClient, verified: Any
    ) -> None:
        owner = make_person("ada", email="ada@example.org")
        known = known_person("known", "2002")
        for token in (
            forger.sign(email_verified=verified),  # of the address of an account
            forger.sign(email_verified=verified, sub="2002", email=known.email),  # of an identity that is linked
            forger.sign(email_verified=verified, sub="3003", email="new@example.org"),
        ):
            assert slug(enter(anonymous, token), 403) == "google-email-unverified"
            assert slug(client_of(owner).post(LINK, {"id_token": token}), 403) == "google-email-unverified"
        assert (User.objects.count(), SocialAccount.objects.count()) == (2, 1)
        assert [detail["reason"] for _, detail in events(SecurityEventKind.LOGIN_REFUSED)] == [
            "google_email_unverified"
        ] * 3

    @pytest.mark.parametrize(
        "email",
        [
            None,
            "",
            "ada",
            "ada@ｅxample.org",
            "ada\u200b@example.org",
            "ada\u0000@example.org",
            "ada@example.org\nBcc: x@y.z",
            7,
        ],
        ids=repr,
    )
    def test_what_is_no_address_proves_none(self, forger: Forger, anonymous: ApiClient, email: Any) -> None:
        make_person("ada", email="ada@example.org")
        assert slug(enter(anonymous, forger.sign(email=email)), 403) == "google-email-unverified"
        assert (User.objects.count(), SocialAccount.objects.count()) == (1, 0)

    def test_a_locked_and_a_deleted_account_as_with_a_password(self, forger: Forger, anonymous: ApiClient) -> None:
        user = known_person("ada", "1001", is_active=False)
        token = forger.sign(nonce="n-1")
        assert slug(enter(anonymous, token, nonce="n-1"), 403) == "account-locked"
        User.objects.update(is_active=True, deleted_at=timezone.now())
        assert slug(enter(anonymous, token, nonce="n-1"), 403) == "account-deleted"
        assert events(SecurityEventKind.LOGIN_REFUSED) == [
            (user.pk, {"via": "google", "reason": reason}) for reason in ("account_locked", "account_deleted")
        ]
        assert enter(anonymous, token, nonce="n-1", restore=True).status_code == 200  # a refusal uses nothing up
        assert User.objects.get().deleted_at is None
        assert events(SecurityEventKind.RESTORED) == [(user.pk, {})]

    def test_a_deleted_owner_is_restored_and_linked(self, forger: Forger, anonymous: ApiClient) -> None:
        make_person("ada", email="ada@example.org", deleted_at=timezone.now())
        assert slug(enter(anonymous, forger.sign()), 403) == "account-deleted"
        assert SocialAccount.objects.count() == 0
        assert enter(anonymous, forger.sign(), restore=True).status_code == 200
        assert (SocialAccount.objects.count(), User.objects.get().deleted_at) == (1, None)

    def test_a_refusal_leaves_a_locked_owner_unlinked(self, forger: Forger, anonymous: ApiClient) -> None:
        make_person("ada", email="ada@example.org", is_active=False)
        assert slug(enter(anonymous, forger.sign()), 403) == "account-locked"
        assert SocialAccount.objects.count() == 0

    def test_costs_the_same_statements_however_many_claim_the_address(
        self, forger: Forger, anonymous: ApiClient, django_assert_num_queries: Any
    ) -> None:
        for sub, people in (("1", 1), ("2", 3)):
            known_person(f"ada{sub}", sub, email=f"ada{sub}@example.org")
            for number in range(people):
                make_person(f"rival{sub}{number}", email=f"ada{sub}@example.org", verified=False)
            with django_assert_num_queries(17):
                enter(anonymous, forger.sign(sub=sub, email=f"ada{sub}@example.org"))


@pytest.mark.django_db
class TestWhoseAccount:
    def test_of_an_owner_who_has_verified_the_same_address(self, forger: Forger, anonymous: ApiClient) -> None:
        owner = make_person("ada", email="ada@example.org")
        response = enter(anonymous, forger.sign(email="Ada@Example.org"))
        assert (response.status_code, response.json()["user"]["id"]) == (200, str(owner.pk))
        assert SocialAccount.objects.get().user == owner
        assert events(SecurityEventKind.GOOGLE_LINKED) == [(owner.pk, {})]
        owner.refresh_from_db()
        assert owner.check_password(PASSWORD)
        run_jobs()
        (message,) = mail.outbox
        assert (message.to, message.subject) == (["ada@example.org"], "A Google account now opens your FitAI account")

    def test_a_victim_whose_address_somebody_registered_before_them(self, forger: Forger, anonymous: ApiClient) -> None:
        attacker = make_person("attacker", email="ada@example.org", verified=False)
        device = client_of(attacker)
        response = enter(anonymous, forger.sign())
        victim = User.objects.get(pk=response.json()["user"]["id"])
        assert victim.pk != attacker.pk
        assert list(EmailAddress.objects.values_list("user", "email", "verified")) == [
            (victim.pk, "ada@example.org", True)
        ]
        attacker.refresh_from_db()
        assert (attacker.has_usable_password(), attacker.email) == (False, "")
        assert device.get(ME).status_code == 401
        refresh = {"refresh": device.tokens.refresh}
        assert anonymous.post("/api/v1/auth/refresh", refresh).status_code == 401
        assert events(SecurityEventKind.CLAIM_ENDED) == [(attacker.pk, {})]

    def test_the_same_identity_with_a_new_address_opens_the_same_account(
        self, forger: Forger, anonymous: ApiClient
    ) -> None:
        user = known_person("ada", "1001", email="old@example.org")
        other = make_person("other", email="new@example.org")
        response = enter(anonymous, forger.sign(email=other.email))
        assert response.json()["user"] | {"id": ANY} == {**response.json()["user"], "email": "old@example.org"}
        assert response.json()["user"]["id"] == str(user.pk)
        assert SocialAccount.objects.get().extra_data["email"] == "new@example.org"

    def test_a_new_identity_with_the_old_address_does_not(self, forger: Forger, anonymous: ApiClient) -> None:
        user = known_person("ada", "1001", email="ada@example.org")
        response = enter(anonymous, forger.sign(sub="2002"))
        assert slug(response, 409) == "google-link-first"
        assert "ada" not in response.json()["detail"]
        assert (SocialAccount.objects.get().uid, Session.objects.count(), User.objects.count()) == ("1001", 0, 1)
        assert events(SecurityEventKind.LOGIN_REFUSED) == [(user.pk, {"via": "google", "reason": "google_link_first"})]

    @pytest.mark.parametrize(
        ("told", "username"),
        [
            ({"name": "Ada Lovelace"}, "ada_lovelace"),
            ({"name": "Ádá  Łoveláce"}, "ada_ovelace"),
            ({"name": "李小龍"}, "ada.l"),
            ({"name": "Jo", "given_name": "Joanna"}, "joanna"),
            ({"name": "Admin"}, "ada.l"),
            ({"name": "x" * 300}, "ada.l"),
            ({"name": None}, "ada.l"),
            ({"name": {"first": "Ada"}}, "ada.l"),
            ({"name": None, "email": "+@example.org"}, "athlete"),
        ],
        ids=str,
    )
    def test_a_newcomer_gets_a_username(
        self, forger: Forger, anonymous: ApiClient, told: dict[str, Any], username: str
    ) -> None:
        response = enter(anonymous, forger.sign(**{"email": "ada.l@example.org", **told}))
        assert (response.status_code, response.json()["user"]["username"]) == (200, username)

    def test_a_username_that_somebody_has_gets_a_number(self, forger: Forger, anonymous: ApiClient) -> None:
        make_person("Ada_Lovelace")
        username = enter(anonymous, forger.sign()).json()["user"]["username"]
        assert username.startswith("ada_lovelace")
        assert username.removeprefix("ada_lovelace").isdigit()

    def test_a_name_is_shown_as_text(self, forger: Forger, anonymous: ApiClient) -> None:
        user = enter(anonymous, forger.sign(name="Ada\r\nBcc: all\u202e\u0000" + "x" * 80)).json()["user"]
        assert user["display_name"] == ("AdaBcc: all" + "x" * 80)[:60]


@pytest.mark.django_db
class TestLink:
    def test_and_log_in_with_it(self, forger: Forger, athlete: User, anonymous: ApiClient) -> None:
        phone = client_of(athlete)
        response = phone.post(LINK, {"id_token": forger.sign(email="private@example.org")})
        assert response.status_code == 200
        assert response.json() == {"email": "private@example.org", "linked_at": ANY}
        assert events(SecurityEventKind.GOOGLE_LINKED) == [(athlete.pk, {})]
        again = phone.post(LINK, {"id_token": forger.sign(email="private@example.org")})
        assert again.json() == response.json()
        entered = enter(anonymous, forger.sign(email="private@example.org")).json()["user"]
        assert (entered["id"], entered["email"]) == (str(athlete.pk), "athlete@example.org")
        run_jobs()
        assert [(message.to, message.subject) for message in mail.outbox] == [
            (["athlete@example.org"], "A Google account now opens your FitAI account")
        ]

    def test_by_the_code_of_a_browser_that_began_with_a_challenge(self, browser_flow: str, athlete: User) -> None:
        know(browser_flow)
        phone, (verifier, challenge) = client_of(athlete), pkce()
        told = end(phone, consent(begin(phone, code_challenge=challenge)))
        assert phone.post(LINK, {**told, "code_verifier": verifier}).status_code == 200
        assert SocialAccount.objects.get().user == athlete

    def test_a_code_that_was_slipped_to_somebody_links_nothing(self, browser_flow: str, athlete: User) -> None:
        know(browser_flow)
        stranger, phone = ApiClient(), client_of(athlete)
        told = end(stranger, consent(begin(stranger)))
        assert codes(phone.post(LINK, told)) == [("/code_verifier", "required")]
        assert codes(phone.post(LINK, {**told, "code_verifier": pkce()[0]})) == [("/code", "invalid")]
        assert SocialAccount.objects.count() == 0

    @pytest.mark.parametrize("body", [{}, {"id_token": "a.b.c", "code": "x", "code_verifier": "v" * 43}])
    def test_takes_one_proof(self, forger: Forger, athlete: User, body: dict[str, str]) -> None:
        assert codes(client_of(athlete).post(LINK, body)) == [("/id_token", "one_of")]

    def test_a_token_that_is_none_is_a_fault_of_the_body(self, forger: Forger, athlete: User) -> None:
        assert codes(client_of(athlete).post(LINK, {"id_token": "a.b.c"})) == [("/id_token", "invalid")]

    def test_that_opens_somebody_elses_account(self, forger: Forger, athlete: User) -> None:
        other = known_person("other", "1001")
        refused = client_of(athlete).post(LINK, {"id_token": forger.sign()})
        assert slug(refused, 409) == "google-linked-elsewhere"
        assert "other" not in refused.content.decode().replace("another", "")
        assert SocialAccount.objects.get().user == other

    def test_beside_another_one(self, forger: Forger) -> None:
        user = known_person("ada", "2002")
        assert slug(client_of(user).post(LINK, {"id_token": forger.sign()}), 409) == "google-linked-already"
        with pytest.raises(IntegrityError, match="one_of_a_provider"), transaction.atomic():
            SocialAccount.objects.create(user=user, provider="google", uid="1001")

    def test_takes_a_proof_of_who_asks(self, forger: Forger, athlete: User) -> None:
        phone = client_of(athlete)
        Session.objects.update(created_at=timezone.now() - timedelta(minutes=11))
        token = {"id_token": forger.sign(nonce="n-1"), "nonce": "n-1"}
        assert slug(phone.post(LINK, token), 403) == "reauth-required"
        assert codes(phone.post(LINK, {**token, "password": "something else"})) == [("/password", "wrong")]
        assert SocialAccount.objects.count() == 0
        assert phone.post(LINK, {**token, "password": PASSWORD}).status_code == 200
        assert slug(phone.delete(LINK), 403) == "reauth-required"
        assert phone.delete(LINK, {"password": PASSWORD}).status_code == 204

    def test_unlinking(self, forger: Forger, anonymous: ApiClient) -> None:
        user = known_person("ada", "1001", email="ada@example.org")
        phone = client_of(user)
        assert phone.delete(LINK).status_code == 204
        assert SocialAccount.objects.count() == 0
        assert events(SecurityEventKind.GOOGLE_UNLINKED) == [(user.pk, {})]
        run_jobs()
        (message,) = mail.outbox
        assert (message.to, message.subject) == (["ada@example.org"], "Google no longer opens your FitAI account")
        assert slug(phone.delete(LINK), 404) == "not-found"

    def test_the_last_way_in_stays(self, forger: Forger, anonymous: ApiClient) -> None:
        tokens = enter(anonymous, forger.sign()).json()
        phone = bearer(tokens["access"])
        assert slug(phone.delete(LINK), 409) == "last-way-in"
        assert SocialAccount.objects.count() == 1
        user = User.objects.get()
        user.set_password(PASSWORD)
        user.save()
        assert phone.delete(LINK).status_code == 204


@pytest.mark.django_db
class TestConfiguration:
    def test_without_one_every_way_in_says_so(self, anonymous: ApiClient, athlete: User, settings: Any) -> None:
        settings.GOOGLE_CLIENT_ID = ""
        phone = client_of(athlete)
        answers = [
            anonymous.get(GOOGLE),
            anonymous.get(CALLBACK),
            enter(anonymous, "a.b.c"),
            phone.post(LINK, {"id_token": "a.b.c"}),
        ]
        assert [slug(answer, 404) for answer in answers] == ["google-not-configured"] * 4

    def test_native_apps_need_no_browser(self, forger: Forger, anonymous: ApiClient, settings: Any) -> None:
        settings.GOOGLE_CLIENT_ID, settings.GOOGLE_RETURN_URLS = "", []
        assert slug(anonymous.get(GOOGLE), 404) == "google-not-configured"
        assert enter(anonymous, forger.sign(aud=NATIVE)).status_code == 200
        assert slug(enter(anonymous, forger.sign(aud=CLIENT)), 401) == "google-token-invalid"

    def test_the_admin_shows_no_secret_of_it(self, forger: Forger) -> None:
        assert [model for model in (SocialApp, SocialToken, SocialAccount) if admin.site.is_registered(model)] == []
        boss = make_person("boss", role="admin", is_staff=True, is_superuser=True)
        client = Client()
        client.force_login(boss)
        page = client.get(f"/admin/accounts/user/{known_person('ada', '1001').pk}/change/").content.decode()
        assert ("1001" in page, "extra_data" in page) == (True, False)

    def test_without_valkey_people_still_get_in(
        self, forger: Forger, anonymous: ApiClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(redis, "_resting_until", time.monotonic() + 60)
        assert [enter(anonymous, forger.sign()).status_code for _ in range(2)] == [200, 200]
        assert forger.asked == {"/keys": 2}

    def test_what_has_ended_goes(self) -> None:
        for secret, lifetime in (("old", timedelta(seconds=-1)), ("new", timedelta(seconds=60))):
            GoogleTicket.objects.issue(TicketKind.STATE, secret, lifetime)
        assert purge_google_tickets(timezone.now()) == 1
        assert GoogleTicket.objects.take(TicketKind.STATE, "new") == {}

    def test_the_mail_of_an_account_without_address_is_dropped(self) -> None:
        user = known_person("ada", "1001", email="")
        assert client_of(user).delete(LINK).status_code == 204
        run_jobs()
        assert mail.outbox == []


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_ten_first_log_ins_make_one_account(self, forger: Forger) -> None:
        start, outcomes = threading.Barrier(10), []

        def run(number: int) -> None:
            try:
                proof = proof_of_token(forger.sign(jti=str(number)))
                start.wait(10)
                outcomes.append(log_in_with_google(proof, device=DEVICE, language="en").user.pk)
            finally:
                connection.close()

        threads = [threading.Thread(target=run, args=(number,)) for number in range(10)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        user = User.objects.get()
        assert outcomes == [user.pk] * 10
        assert (SocialAccount.objects.count(), EmailAddress.objects.count(), Session.objects.count()) == (1, 1, 10)

    @pytest.mark.parametrize("first", ["google", "link"])
    def test_an_address_that_somebody_proves_by_mail_meanwhile(
        self, forger: Forger, meeting: Callable[[], Any], first: str
    ) -> None:
        rival = make_person("rival", email="ada@example.org", verified=False)
        key = EmailConfirmationHMAC(rival.emailaddress_set.get()).key
        enter_google = partial(log_in_with_google, proof_of_token(forger.sign()), device=DEVICE, language="en")
        acts: dict[str, Callable[[], Any]] = {"google": enter_google, "link": partial(confirm_email, key=key)}
        with meeting() as met:
            met.act(first, acts.pop(first))
            ((second, act),) = acts.items()
            met.act(second, act)
        entered = met.outcomes["google"]
        owner = EmailAddress.objects.get(verified=True).user
        assert isinstance(entered, LoggedIn)
        assert entered.user == owner
        if first == "google":
            assert (owner == rival, met.outcomes["link"]) == (False, LinkInvalid)
        else:
            assert owner == rival

    def test_a_code_that_two_trade_at_once(self, forger: Forger, meeting: Callable[[], Any]) -> None:
        claims = {"sub": "1001", "email": "ada@example.org", "email_verified": True, "exp": 1}
        GoogleTicket.objects.issue(TicketKind.CODE, "code", timedelta(seconds=60), claims=claims, challenge="")
        trade = partial(log_in_with_google, proof_of_code("code"), device=DEVICE, language="en")
        with meeting() as met:
            met.act("one", trade)
            met.act("other", trade)
        assert isinstance(met.outcomes["one"], LoggedIn)
        assert (met.outcomes["other"], Session.objects.count()) == (GoogleCodeInvalid, 1)

    def test_no_transaction_waits_for_google(self, forger: Forger, anonymous: ApiClient, settings: Any) -> None:
        state = asked(begin(anonymous))["state"]
        forger.fault = "hanging"

        def run() -> None:
            anonymous.get(CALLBACK, {"code": "good", "state": state})
            connection.close()

        thread = threading.Thread(target=run)
        thread.start()
        while not forger.asked["/token"]:
            time.sleep(0.01)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE datname = current_database() AND state LIKE 'idle in transaction%'"
            )
            assert cursor.fetchone()[0] == 0
        thread.join()

    def test_two_identities_that_are_linked_at_once(
        self, forger: Forger, athlete: User, meeting: Callable[[], Any]
    ) -> None:
        actor, link = actor_of(athlete), {}
        for sub in ("1001", "2002"):
            link[sub] = partial(link_google, actor, proof_of_token(forger.sign(sub=sub)))
        with meeting() as met:
            for sub, act in link.items():
                met.act(sub, act)
        assert met.outcomes == {"1001": SocialAccount.objects.get(), "2002": GoogleLinkedAlready}
