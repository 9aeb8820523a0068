"""Access tokens: who gets in, and every way not to."""

import base64
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import jwt
import pytest
import time_machine
from allauth.account.models import EmailConfirmationHMAC
from django.conf import settings
from django.utils import timezone

from accounts import session_cache
from accounts.authentication import authenticate_token, current_actor
from accounts.enums import Role
from accounts.models import Preferences, User
from accounts.operations import staff
from accounts.operations.preferences import update_preferences
from accounts.operations.sessions import end_all_sessions
from accounts.tokens import AccessToken
from fitai.common import redis
from fitai.common.actors import Actor
from tests.cast import ApiClient, actor_of, client_of, committed, make_person, run_jobs

ME = "/api/v1/users/profile"


def claims_of(client: ApiClient) -> dict[str, Any]:
    return jwt.decode(client.tokens.access, options={"verify_signature": False})


def status_with(token: str) -> int:
    return ApiClient(HTTP_AUTHORIZATION=f"Bearer {token}").get(ME).status_code


def signed(claims: dict[str, Any], **options: Any) -> str:
    return jwt.encode(claims, **{"key": settings.SECRET_KEY, "algorithm": "HS256", **options})


def encoded(part: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


def by_hand(header: dict[str, Any], claims: dict[str, Any], key: bytes, digest: str = "sha256") -> str:
    """A token as an attacker puts it together, whom no library stops."""
    body = f"{encoded(header)}.{encoded(claims)}"
    signature = hmac.new(key, body.encode(), digest).digest()
    return f"{body}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def test_the_actor_is_the_person_on_their_device(athlete: User) -> None:
    device = client_of(athlete)
    expected = Actor(
        user_id=athlete.pk, via="socket", session_id=device.session_row.pk, email_verified=True, weight_unit="kg"
    )
    assert authenticate_token(device.tokens.access) == expected


def test_costs_one_statement_the_first_time_and_none_after(athlete: User, django_assert_num_queries: Any) -> None:
    device = client_of(athlete)
    with django_assert_num_queries(1):
        authenticate_token(device.tokens.access)
    with django_assert_num_queries(0):
        authenticate_token(device.tokens.access)


def test_works_without_valkey(athlete: User, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any) -> None:
    device = client_of(athlete)
    monkeypatch.setattr(redis, "_resting_until", float("inf"))
    for _ in range(2):
        with django_assert_num_queries(1):
            actor = authenticate_token(device.tokens.access)
        assert actor is not None


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer ",
        "Bearer x",
        "Bearer a.b.c",
        "Bearer " + "." * 100,
        "Bearer \u00e9\u00ff",
        "Basic YTpi",
        "Bearer " + base64.urlsafe_b64encode(b"[" * 20_000).decode() + ".e30.x",
    ],
)
def test_junk_is_401_never_500(db: None, header: str) -> None:
    response = ApiClient(HTTP_AUTHORIZATION=header).get(ME)
    assert (response.status_code, response.json()["type"]) == (401, f"{settings.PUBLIC_URL}/problems/unauthenticated")
    assert response["WWW-Authenticate"] == 'Bearer realm="api"'


def test_alg_none(athlete: User) -> None:
    claims = claims_of(client_of(athlete))
    for alg in ("none", "None", "NONE", "nOnE"):
        assert status_with(f"{encoded({'alg': alg, 'typ': 'JWT'})}.{encoded(claims)}.") == 401


def test_an_empty_key_behind_a_kid_path(athlete: User) -> None:
    claims = claims_of(client_of(athlete))
    for kid in ("/dev/null", "../../dev/null", "file:///dev/null"):
        assert status_with(by_hand({"alg": "HS256", "typ": "JWT", "kid": kid}, claims, b"")) == 401


def test_another_algorithm_with_the_right_key(athlete: User) -> None:
    claims = claims_of(client_of(athlete))
    assert status_with(signed(claims)) == 200
    key = settings.SECRET_KEY.encode()
    assert status_with(by_hand({"alg": "HS384"}, claims, key, "sha384")) == 401
    assert status_with(by_hand({"alg": "HS512"}, claims, key, "sha512")) == 401


def test_a_header_that_says_hs512_on_an_hs256_signature(athlete: User) -> None:
    claims, key = claims_of(client_of(athlete)), settings.SECRET_KEY.encode()
    assert status_with(by_hand({"alg": "HS256"}, claims, key)) == 200
    assert status_with(by_hand({"alg": "HS512"}, claims, key)) == 401


def test_rs256_header_on_an_hs256_signature(athlete: User) -> None:
    claims = claims_of(client_of(athlete))
    for key in (settings.SECRET_KEY.encode(), b"-----BEGIN PUBLIC KEY-----\nMFkw\n-----END PUBLIC KEY-----\n"):
        assert status_with(by_hand({"alg": "RS256"}, claims, key)) == 401


@pytest.mark.parametrize("name", ["jku", "x5u", "jwk"])
def test_keys_from_elsewhere_are_never_fetched(athlete: User, listener: Any, name: str) -> None:
    claims = claims_of(client_of(athlete))
    key = b"attacker"
    value: Any = f"http://127.0.0.1:{listener.port}/keys"
    if name == "jwk":
        value = {"kty": "oct", "k": base64.urlsafe_b64encode(key).decode(), "x5u": value}
    assert status_with(by_hand({"alg": "HS256", name: value}, claims, key)) == 401
    assert listener.connections == 0


def test_the_wrong_kind_of_token(athlete: User, anonymous: ApiClient) -> None:
    device = client_of(athlete)
    assert status_with(device.tokens.refresh) == 401
    assert anonymous.post("/api/v1/auth/refresh", {"refresh": device.tokens.access}).status_code == 401
    assert status_with(EmailConfirmationHMAC(athlete.emailaddress_set.get()).key) == 401
    assert status_with(signed(claims_of(device) | {"typ": "ticket"})) == 401


def test_another_key(athlete: User) -> None:
    assert status_with(signed(claims_of(client_of(athlete)), key="k" * 50)) == 401


@pytest.mark.parametrize("claim", ["exp", "typ", "aud", "iss", "sub", "sid", "jti"])
def test_a_missing_claim(athlete: User, claim: str) -> None:
    claims = claims_of(client_of(athlete))
    del claims[claim]
    assert status_with(signed(claims)) == 401


@pytest.mark.parametrize(
    "changed",
    [
        {"aud": "another"},
        {"aud": []},
        {"iss": "https://elsewhere.example"},
        {"sub": "1"},
        {"sub": "00000000"},
        {"sub": "' OR 1=1 --"},
        {"sub": "\x00"},
        {"sid": "x"},
        {"jti": ""},
        {"typ": None},
        {"exp": "soon"},
        {"exp": 10**30},
    ],
    ids=str,
)
def test_an_odd_claim(athlete: User, changed: dict[str, Any]) -> None:
    assert status_with(signed(claims_of(client_of(athlete)) | changed)) == 401


@pytest.mark.parametrize("value", [None, [], {}, "x", [7], {"x": 7}])
@pytest.mark.parametrize("claim", ["sub", "sid", "jti", "exp", "nbf", "iat"])
def test_a_claim_of_another_type_is_never_500(athlete: User, claim: str, value: Any) -> None:
    assert status_with(signed(claims_of(client_of(athlete)) | {claim: value})) == 401


def test_somebody_elses_session(athlete: User, stranger: User) -> None:
    theirs = claims_of(client_of(stranger))
    assert status_with(signed(claims_of(client_of(athlete)) | {"sid": theirs["sid"]})) == 401
    assert status_with(signed(claims_of(client_of(athlete)) | {"sid": str(uuid4())})) == 401


def test_expires_to_the_second(athlete: User) -> None:
    noon = datetime(2026, 11, 20, 12, tzinfo=UTC)
    with time_machine.travel(noon, tick=False) as clock:
        device = client_of(athlete)
        clock.move_to(noon + timedelta(minutes=14, seconds=59))
        assert device.get(ME).status_code == 200
        clock.move_to(noon + timedelta(minutes=15, seconds=1))
        assert device.get(ME).status_code == 401


def test_the_signature_of_a_token_is_verified_once(athlete: User) -> None:
    tokens = client_of(athlete).tokens
    token = AccessToken.read(tokens.access)
    assert token is not None
    assert AccessToken.read(tokens.access) is token
    kept = AccessToken._verified.cache_info().currsize
    for junk in (f"{tokens.access[:-4]}AAAA", tokens.refresh, signed(token.payload, key="k" * 50), "", "x"):
        assert AccessToken.read(junk) is None
    assert AccessToken._verified.cache_info().currsize == kept


def test_a_token_that_was_verified_before_holds_for_its_time_only(athlete: User) -> None:
    noon = datetime(2026, 11, 20, 12, tzinfo=UTC)
    with time_machine.travel(noon, tick=False) as clock:
        access = client_of(athlete).tokens.access
        read = []
        for seconds in (0, -1, 899, 900, 0):
            clock.move_to(noon + timedelta(seconds=seconds))
            read.append(AccessToken.read(access) is not None)
    assert read == [True, False, True, False, True]


def test_not_before(athlete: User) -> None:
    claims = claims_of(client_of(athlete))
    ahead = int(timezone.now().timestamp()) + 60
    assert status_with(signed(claims | {"nbf": ahead})) == 401
    assert status_with(signed(claims | {"iat": ahead})) == 401


def test_an_ended_session_is_refused_at_once_though_its_facts_were_cached(athlete: User) -> None:
    phone, watch = client_of(athlete, "phone"), client_of(athlete, "watch")
    actor = authenticate_token(phone.tokens.access)
    assert actor is not None
    assert current_actor(actor) == actor
    assert [phone.get(ME).status_code, watch.get(ME).status_code] == [200, 200]
    with committed():
        end_all_sessions(athlete.pk)
    assert [phone.get(ME).status_code, watch.get(ME).status_code] == [401, 401]
    assert current_actor(actor) is None


def test_a_late_reader_cannot_bring_an_ended_session_back(athlete: User) -> None:
    """Somebody read the facts before the end was committed, and writes them after it."""
    device = client_of(athlete)
    session_id = device.session_row.pk
    late = session_cache.read_facts(session_id)
    assert late is not None
    with committed():
        end_all_sessions(athlete.pk)
    session_cache.keep_facts(session_id, late)
    assert device.get(ME).status_code == 401
    session_cache.replace_facts([session_id], late)
    assert device.get(ME).status_code == 401


def test_a_late_reader_cannot_undo_a_change(athlete: User) -> None:
    device = client_of(athlete)
    late = session_cache.read_facts(device.session_row.pk)
    assert late is not None
    with committed():
        update_preferences(actor_of(athlete), values={"units": {"weight": "lb"}})
    session_cache.keep_facts(device.session_row.pk, late)
    actor = authenticate_token(device.tokens.access)
    assert actor is not None
    assert actor.weight_unit == "lb"


def test_the_end_is_written_later_when_valkey_does_not_take_it(athlete: User, monkeypatch: pytest.MonkeyPatch) -> None:
    device = client_of(athlete)
    assert device.get(ME).status_code == 200  # its facts are cached
    with monkeypatch.context() as away:
        away.setattr(redis.client, "connection_pool", unreachable())
        with committed():
            end_all_sessions(athlete.pk)
    monkeypatch.setattr(redis, "_resting_until", 0.0)  # it is back, and the facts lie there still
    assert device.get(ME).status_code == 200
    run_jobs()
    assert device.get(ME).status_code == 401


def unreachable() -> Any:
    return redis.redis.ConnectionPool(host="127.0.0.1", port=1, socket_connect_timeout=0.1)


def test_locked_while_the_token_lives(athlete: User, moderator: User) -> None:
    device = client_of(athlete)
    assert device.get(ME).status_code == 200
    with committed():
        staff.lock_account(actor_of(moderator), athlete.pk)
    assert device.get(ME).status_code == 401
    with committed():
        staff.unlock_account(actor_of(moderator), athlete.pk)
    assert device.get(ME).status_code == 401


def test_a_role_is_gone_while_the_token_lives(moderator: User) -> None:
    admin = make_person("boss", role=Role.ADMIN, is_staff=True)
    device = client_of(moderator)
    assert authenticate_token(device.tokens.access).roles == {"moderator"}
    with committed():
        staff.change_role(actor_of(admin), moderator.pk, role=Role.USER)
    assert authenticate_token(device.tokens.access).roles == frozenset()


def test_the_unit_follows_the_preference(athlete: User) -> None:
    device = client_of(athlete)
    before = authenticate_token(device.tokens.access)
    with committed():
        update_preferences(before, values={"units": {"weight": "lb"}})
    after = authenticate_token(device.tokens.access)
    assert (before.weight_unit, after.weight_unit) == ("kg", "lb")
    assert Preferences.objects.get(pk=athlete.pk).weight_unit == "lb"
