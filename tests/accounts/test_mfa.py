"""The second factor."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import ANY

import jwt
import pytest
import time_machine
from allauth.account.models import EmailConfirmationHMAC
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.conf import settings
from django.core import mail
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.adapter import MfaAdapter
from accounts.enums import Language, Role
from accounts.errors import FactorActive, InvalidCode, MfaTokenInvalid
from accounts.models import PendingFactor, SecurityEvent, Session, User
from accounts.operations import mfa, staff
from accounts.operations.sessions import Device
from accounts.tokens import FactorToken
from fitai.common import redis
from fitai.common.actors import Actor
from fitai.common.sealing import Unreadable, seal, unseal
from tests.cast import PASSWORD, ApiClient, actor_of, client_of, codes, committed, make_person, run_jobs

LOGIN, VERIFY, REFRESH = "/api/v1/auth/login", "/api/v1/auth/mfa/verify", "/api/v1/auth/refresh"
TOTP, CONFIRM, RECOVERY = "/api/v1/auth/mfa/totp", "/api/v1/auth/mfa/totp/confirm", "/api/v1/auth/mfa/recovery-codes"
ME = "/api/v1/users/profile"
SUBJECTS = {
    "en": ["Your FitAI account has a second factor", "The second factor of your FitAI account was removed"],
    "de": ["Dein FitAI-Konto hat einen zweiten Faktor", "Der zweite Faktor deines FitAI-Kontos wurde entfernt"],
    "es": ["Tu cuenta de FitAI tiene un segundo factor", "Se ha quitado el segundo factor de tu cuenta de FitAI"],
}
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
AGENT = "FitAI/1.0 (iPhone)"


def code_of(secret: str, steps: int = 0) -> str:
    """What the app shows so many steps of 30 s from now."""
    return format_hotp_value(hotp_value(secret, int(timezone.now().timestamp()) // 30 + steps))


class App:
    """Somebody's authenticator app, and the recovery codes beside it."""

    def __init__(self, user: User) -> None:
        actor = Actor(user.pk)
        self.user = user
        self.secret, _ = mfa.begin_totp(actor)
        self.recovery = mfa.confirm_totp(actor, code=self.code(-1))

    def code(self, steps: int = 0) -> str:
        return code_of(self.secret, steps)


@pytest.fixture
def app(athlete: User) -> App:
    return App(athlete)


@pytest.fixture
def clock() -> Any:
    """Noon, until a test moves it: codes are of half a minute."""
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


def log_in(client: ApiClient, login: str = "athlete", **extra: Any) -> Any:
    return client.post(LOGIN, {"login": login, "password": PASSWORD, **extra})


def token_of(client: ApiClient, **extra: Any) -> str:
    response = log_in(client, **extra)
    assert response.status_code == 401, response.content
    return str(response.json()["mfa_token"])


def verify(client: ApiClient, token: str, code: str, **extra: Any) -> Any:
    return client.post(VERIFY, {"mfa_token": token, "code": code, **extra})


def refusal(response: Any) -> tuple[int, str]:
    return response.status_code, response.json()["code"]


def signed(claims: dict[str, Any]) -> str:
    return jwt.encode(claims, settings.SECRET_KEY, algorithm="HS256")


def kinds(user: User) -> list[str]:
    return list(SecurityEvent.objects.filter(user=user).order_by("created_at", "pk").values_list("kind", flat=True))


class TestAdding:
    def test_a_secret_then_a_code_then_recovery_codes(self, athlete: User, clock: Any) -> None:
        owner = client_of(athlete)
        begun = owner.post(TOTP)
        assert (begun.status_code, begun["Cache-Control"]) == (200, "no-store")
        secret = begun.json()["secret"]
        url = f"otpauth://totp/athlete%40example.org?secret={secret}&issuer=FitAI"
        assert begun.json() == {"secret": secret, "otpauth_url": url, "qr_svg": ANY}
        assert begun.json()["qr_svg"].rstrip().endswith("</svg>")
        assert owner.get(RECOVERY).json() == {"active": False, "left": 0}
        assert log_in(ApiClient()).status_code == 200  # nothing is asked before it is confirmed

        confirmed = owner.post(CONFIRM, {"code": code_of(secret)})
        assert (confirmed.status_code, confirmed["Cache-Control"]) == (200, "no-store")
        shown = confirmed.json()["recovery_codes"]
        assert (len(set(shown)), {len(code) for code in shown}) == (10, {8})
        assert owner.get(RECOVERY).json() == {"active": True, "left": 10}
        assert log_in(ApiClient()).status_code == 401
        assert not PendingFactor.objects.exists()
        assert kinds(athlete)[-1] == "factor_added"

    def test_what_codes_are_made_from_lies_sealed(self, athlete: User, clock: Any) -> None:
        owner = client_of(athlete)
        secret = owner.post(TOTP).json()["secret"]
        assert secret not in PendingFactor.objects.get().secret
        shown = owner.post(CONFIRM, {"code": code_of(secret)}).json()["recovery_codes"]
        with connection.cursor() as cursor:
            for table in ("mfa_authenticator", "accounts_securityevent", "common_job", "common_event"):
                cursor.execute(f"SELECT to_jsonb(t)::text FROM {table} t")  # noqa: S608
                kept = str(cursor.fetchall())
                assert [text for text in (secret, *shown) if text in kept] == []
        assert MfaAdapter().decrypt(Authenticator.objects.get(type="totp").data["secret"]) == secret

    def test_a_wrong_code_is_422_and_counted(self, athlete: User, clock: Any, real_limits: None) -> None:
        owner = client_of(athlete)
        secret = owner.post(TOTP).json()["secret"]
        for _ in range(5):
            assert codes(owner.post(CONFIRM, {"code": code_of(secret, 9)})) == [("/code", "wrong")]
        assert refusal(owner.post(CONFIRM, {"code": code_of(secret)})) == (429, "too_many_tries")
        assert not Authenticator.objects.exists()

    def test_it_waits_a_quarter_of_an_hour(self, athlete: User, clock: Any) -> None:
        owner = client_of(athlete)
        assert refusal(owner.post(CONFIRM, {"code": "123456"})) == (409, "factor_missing")
        secret = owner.post(TOTP).json()["secret"]
        clock.shift(15 * 60)
        late = client_of(athlete)
        assert refusal(late.post(CONFIRM, {"code": code_of(secret)})) == (409, "factor_missing")

    def test_asking_again_makes_another_secret(self, athlete: User, clock: Any) -> None:
        owner = client_of(athlete)
        first, second = (owner.post(TOTP).json()["secret"] for _ in range(2))
        assert codes(owner.post(CONFIRM, {"code": code_of(first)})) == [("/code", "wrong")]
        assert owner.post(CONFIRM, {"code": code_of(second)}).status_code == 200

    def test_one_at_a_time(self, athlete: User, clock: Any, app: App) -> None:
        owner = client_of(athlete)
        assert refusal(owner.post(TOTP)) == (409, "factor_active")
        assert refusal(owner.post(CONFIRM, {"code": app.code()})) == (409, "factor_active")

    def test_a_borrowed_phone_cannot_lock_its_owner_out(self, athlete: User) -> None:
        owner = client_of(athlete)
        Session.objects.update(created_at=timezone.now() - timedelta(minutes=11))
        assert refusal(owner.post(TOTP)) == (403, "reauth_required")
        assert owner.post(TOTP, {"password": PASSWORD}).status_code == 200

    @pytest.mark.parametrize("language", Language)
    def test_the_owner_is_told(self, athlete: User, language: Language) -> None:
        User.objects.filter(pk=athlete.pk).update(language=language)
        App(athlete)
        run_jobs()
        mfa.remove_totp(Actor(athlete.pk))
        run_jobs()
        assert [message.to for message in mail.outbox] == [["athlete@example.org"]] * 2
        assert ["athlete" in message.body for message in mail.outbox] == [True, True]
        assert [message.subject for message in mail.outbox] == SUBJECTS[language]

    def test_a_mailbox_that_proved_nothing_is_told_nothing(self, db: None) -> None:
        App(make_person("new", verified=False))
        run_jobs()
        assert mail.outbox == []


class TestLoggingIn:
    def test_the_password_gets_a_token_and_the_code_gets_in(self, athlete: User, clock: Any, app: App) -> None:
        phone = ApiClient(HTTP_USER_AGENT=AGENT)
        first = log_in(phone, device_name="Ada's phone")
        assert (refusal(first), first["Cache-Control"]) == ((401, "mfa_required"), "no-store")
        assert not Session.objects.exists()
        answer = verify(phone, first.json()["mfa_token"], app.code())
        assert (answer.status_code, answer["Cache-Control"]) == (200, "no-store")
        assert answer.json() == {
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
        assert ApiClient(HTTP_AUTHORIZATION=f"Bearer {answer.json()['access']}").get(ME).status_code == 200
        assert phone.post(REFRESH, {"refresh": answer.json()["refresh"]}).status_code == 200
        assert Session.objects.get().name == "Ada's phone"
        assert kinds(athlete) == ["factor_added", "factor_used", "logged_in"]
        assert SecurityEvent.objects.get(kind="logged_in").detail == {"factor": "totp"}

    def test_another_name_may_be_given(self, clock: Any, app: App) -> None:
        anonymous = ApiClient()
        verify(anonymous, token_of(anonymous, device_name="one"), app.code(), device_name="two")
        assert Session.objects.get().name == "two"

    def test_it_is_asked_after_the_password_only(self, app: App) -> None:
        wrong = ApiClient().post(LOGIN, {"login": "athlete", "password": "something else"})
        assert refusal(wrong) == (401, "invalid_credentials")
        assert "mfa_token" not in wrong.json()

    def test_the_password_alone_costs_no_more_than_before(
        self, app: App, anonymous: ApiClient, django_assert_num_queries: Any
    ) -> None:
        with django_assert_num_queries(1):  # the account, with whether a factor is on
            assert log_in(anonymous).status_code == 401

    @pytest.mark.parametrize(("steps", "status"), [(-2, 401), (-1, 200), (0, 200), (1, 200), (2, 401)])
    def test_a_clock_may_be_off_by_half_a_minute(self, athlete: User, clock: Any, steps: int, status: int) -> None:
        app = App(athlete)
        clock.shift(300)
        anonymous = ApiClient()
        assert verify(anonymous, token_of(anonymous), app.code(steps)).status_code == status

    def test_a_code_works_once_however_long_it_is_valid(self, clock: Any, app: App) -> None:
        anonymous = ApiClient()
        code = app.code()
        assert verify(anonymous, token_of(anonymous), code).status_code == 200
        for seconds in (0, 29, 30):  # the cache of allauth has forgotten it by the last of them
            clock.shift(seconds)
            redis.client.flushdb()
            assert refusal(verify(anonymous, token_of(anonymous), code)) == (401, "invalid_code")
        assert verify(anonymous, token_of(anonymous), app.code()).status_code == 200

    def test_an_older_code_is_used_up_by_a_later_one(self, clock: Any, app: App) -> None:
        anonymous = ApiClient()
        clock.shift(60)
        assert verify(anonymous, token_of(anonymous), app.code()).status_code == 200
        assert verify(anonymous, token_of(anonymous), app.code(-1)).status_code == 401

    def test_the_code_that_confirmed_it_is_used_up(self, athlete: User, clock: Any) -> None:
        owner = client_of(athlete)
        secret = owner.post(TOTP).json()["secret"]
        owner.post(CONFIRM, {"code": code_of(secret)})
        assert verify(owner, token_of(owner), code_of(secret)).status_code == 401

    def test_a_recovery_code_works_once(self, athlete: User, clock: Any, app: App) -> None:
        anonymous = ApiClient()
        code = app.recovery[3]
        spaced = f"{code[:4]} {code[4:]}"
        assert verify(anonymous, token_of(anonymous), spaced).status_code == 200
        assert mfa.read_factor(athlete.pk) == {"active": True, "left": 9}
        assert refusal(verify(anonymous, token_of(anonymous), code)) == (401, "invalid_code")
        assert SecurityEvent.objects.get(kind="logged_in").detail == {"factor": "recovery_codes"}

    @pytest.mark.parametrize("code", ["000000", "12345678", "١٢٣٤٥٦", "💪💪💪💪💪💪", "------", "0" * 20])
    def test_what_is_no_code(self, athlete: User, app: App, code: str) -> None:
        anonymous = ApiClient()
        assert refusal(verify(anonymous, token_of(anonymous), code)) == (401, "invalid_code")
        assert kinds(athlete)[-1] == "factor_refused"
        assert not Session.objects.exists()

    def test_somebody_elses_code(self, clock: Any, app: App, stranger: User) -> None:
        anonymous, theirs = ApiClient(), App(stranger)
        for code in (theirs.code(), theirs.recovery[0]):
            assert verify(anonymous, token_of(anonymous), code).status_code == 401

    def test_wrong_codes_are_counted(self, clock: Any, app: App, real_limits: None) -> None:
        anonymous = ApiClient()
        token = token_of(anonymous)
        for _ in range(5):
            assert verify(anonymous, token, "00000000").status_code == 401
        answer = verify(anonymous, token, app.code())
        assert refusal(answer) == (429, "too_many_tries")
        assert int(answer["Retry-After"]) > 0
        elsewhere = ApiClient(REMOTE_ADDR="192.0.2.7")
        assert verify(elsewhere, token_of(elsewhere), app.code()).status_code == 200

    def test_wrong_codes_count_over_all_addresses(self, clock: Any, app: App, real_limits: None) -> None:
        outcomes = []
        for number in range(21):
            client = ApiClient(REMOTE_ADDR=f"192.0.2.{number}")
            outcomes.append(verify(client, token_of(client), "00000000").status_code)
        assert outcomes == [401] * 20 + [429]

    def test_without_valkey_it_works_and_a_code_still_works_once(
        self, clock: Any, app: App, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        anonymous = ApiClient()
        monkeypatch.setattr(redis, "_resting_until", float("inf"))
        got = [verify(anonymous, token_of(anonymous), app.code()).status_code for _ in range(2)]
        assert got == [200, 401]

    def test_locked_and_deleted_accounts(self, clock: Any, app: App, moderator: User) -> None:
        anonymous = ApiClient()
        token = token_of(anonymous)
        User.objects.filter(pk=app.user.pk).update(is_active=False)
        assert refusal(log_in(anonymous)) == (403, "account_locked")
        assert refusal(verify(anonymous, token, app.code())) == (403, "account_locked")
        User.objects.filter(pk=app.user.pk).update(is_active=True, deleted_at=timezone.now())
        assert refusal(log_in(anonymous)) == (403, "account_deleted")
        assert refusal(verify(anonymous, token, app.code())) == (403, "account_deleted")

    def test_restoring_takes_both_factors(self, clock: Any, app: App) -> None:
        anonymous = ApiClient()
        User.objects.filter(pk=app.user.pk).update(deleted_at=timezone.now())
        token = token_of(anonymous, restore=True)
        assert User.objects.get(pk=app.user.pk).deleted_at is not None
        assert verify(anonymous, token, app.code()).status_code == 200
        assert User.objects.get(pk=app.user.pk).deleted_at is None

    def test_a_secret_that_cannot_be_read_is_a_wrong_code(self, clock: Any, app: App, settings: Any) -> None:
        settings.SECRET_KEY = "another-0123456789-0123456789-0123456789"
        anonymous = ApiClient()
        for code in (app.code(), app.recovery[0]):
            assert verify(anonymous, token_of(anonymous), code).status_code == 401
        settings.SECRET_KEY_FALLBACKS = ["only-for-tests-0123456789-0123456789-0123456789"]
        assert verify(anonymous, token_of(anonymous), app.code()).status_code == 200


class TestToken:
    def test_it_works_once(self, clock: Any, app: App) -> None:
        anonymous = ApiClient()
        token = token_of(anonymous)
        assert verify(anonymous, token, app.recovery[0]).status_code == 200
        assert refusal(verify(anonymous, token, app.recovery[1])) == (401, "mfa_token_invalid")
        assert mfa.read_factor(app.user.pk)["left"] == 9  # which cost no code

    def test_a_wrong_code_leaves_it(self, clock: Any, app: App) -> None:
        anonymous = ApiClient()
        token = token_of(anonymous)
        assert [verify(anonymous, token, code).status_code for code in ("000000", app.code())] == [401, 200]

    def test_it_holds_for_five_minutes(self, clock: Any, app: App) -> None:
        anonymous = ApiClient()
        for seconds, status in ((299, 200), (301, 401)):
            token = token_of(anonymous)
            clock.shift(seconds)
            assert verify(anonymous, token, app.code()).status_code == status

    def test_it_belongs_to_the_program_that_logged_in_whose_address_may_change(self, clock: Any, app: App) -> None:
        phone = ApiClient(HTTP_USER_AGENT=AGENT)
        token = token_of(phone)
        other = ApiClient(HTTP_USER_AGENT="curl/8")
        assert refusal(verify(other, token, app.code())) == (401, "mfa_token_invalid")
        moved = ApiClient(HTTP_USER_AGENT=AGENT, REMOTE_ADDR="2001:db8::7")
        assert verify(moved, token, app.code()).status_code == 200

    def test_it_dies_with_the_password(self, clock: Any, app: App) -> None:
        anonymous = ApiClient()
        token = token_of(anonymous)
        user = User.objects.get(pk=app.user.pk)
        user.set_password("another long phrase")
        user.save(update_fields=["password"])
        assert refusal(verify(anonymous, token, app.code())) == (401, "mfa_token_invalid")

    def test_it_is_of_no_use_once_the_factor_is_removed(self, clock: Any, app: App) -> None:
        anonymous = ApiClient()
        token = token_of(anonymous)
        mfa.remove_totp(Actor(app.user.pk))
        assert verify(anonymous, token, app.code()).status_code == 401

    def test_it_is_no_other_token_and_no_other_token_is_it(self, clock: Any, app: App) -> None:
        anonymous = ApiClient()
        token = token_of(anonymous)
        device = client_of(app.user)
        for scheme in ("Bearer", "Api-Key"):
            assert ApiClient(HTTP_AUTHORIZATION=f"{scheme} {token}").get(ME).status_code == 401
        assert anonymous.post(REFRESH, {"refresh": token}).status_code == 401
        assert anonymous.post("/api/v1/auth/logout", {"refresh": token}).status_code == 401
        verification = EmailConfirmationHMAC(app.user.emailaddress_set.get()).key
        for other in (*device.tokens, verification, "", "x", "a.b.c", "é.é.é"):
            assert verify(anonymous, other, app.code()).status_code in (401, 422)
        assert not SecurityEvent.objects.filter(kind="factor_used").exists()

    @pytest.mark.parametrize("claim", ["sub", "jti", "exp", "agt", "stp", "dev", "rst", "typ", "aud"])
    def test_a_claim_that_is_missing_or_odd(self, clock: Any, app: App, claim: str) -> None:
        claims = jwt.decode(token_of(ApiClient()), options={"verify_signature": False})
        wrong = [{name: value for name, value in claims.items() if name != claim}]
        if claim not in ("dev", "rst"):  # the name of a device, and a yes that is anything but `true` is a no
            wrong += [{**claims, claim: value} for value in (None, [7], "x")]
        got = [verify(ApiClient(), signed(changed), app.code()).status_code for changed in (*wrong, claims)]
        assert got == [401] * len(wrong) + [200]

    def test_another_key_or_none(self, clock: Any, app: App) -> None:
        claims = jwt.decode(token_of(ApiClient()), options={"verify_signature": False})
        for forged in (jwt.encode(claims, "k" * 50, algorithm="HS256"), jwt.encode(claims, None, algorithm="none")):
            assert refusal(verify(ApiClient(), forged, app.code())) == (401, "mfa_token_invalid")


class TestRemoving:
    def test_with_all_that_belongs_to_it(self, athlete: User, app: App) -> None:
        owner = client_of(athlete)
        assert owner.delete(TOTP).status_code == 204
        assert owner.get(RECOVERY).json() == {"active": False, "left": 0}
        assert not Authenticator.objects.exists()
        assert log_in(ApiClient()).status_code == 200
        assert owner.delete(TOTP).status_code == 404
        assert "factor_removed" in kinds(athlete)

    def test_it_needs_the_password_or_a_log_in_of_the_last_ten_minutes(self, athlete: User, app: App) -> None:
        owner = client_of(athlete)
        Session.objects.update(created_at=timezone.now() - timedelta(minutes=11))
        for act in (owner.delete, owner.post):
            path = TOTP if act == owner.delete else RECOVERY
            assert refusal(act(path)) == (403, "reauth_required")
            assert codes(act(path, {"password": "something else"})) == [("/password", "wrong")]
        assert mfa.read_factor(athlete.pk) == {"active": True, "left": 10}
        assert owner.post(RECOVERY, {"password": PASSWORD}).status_code == 200
        assert owner.delete(TOTP, {"password": PASSWORD}).status_code == 204

    def test_when_the_claim_to_the_address_ends(self, anonymous: ApiClient, db: None) -> None:
        squatter, owner = (make_person(name, email="ada@example.org", verified=False) for name in ("squatter", "ada"))
        App(squatter)
        proof = EmailConfirmationHMAC(owner.emailaddress_set.get()).key
        assert anonymous.get(f"/api/v1/auth/verify-email?key={proof}").status_code == 200
        assert not Authenticator.objects.exists()


class TestRecoveryCodes:
    def test_new_ones_end_the_old(self, athlete: User, clock: Any, app: App) -> None:
        owner = client_of(athlete)
        answer = owner.post(RECOVERY)
        fresh = answer.json()["recovery_codes"]
        assert (answer.status_code, answer["Cache-Control"]) == (200, "no-store")
        assert (len(fresh), set(fresh) & set(app.recovery)) == (10, set())
        assert verify(owner, token_of(owner), app.recovery[0]).status_code == 401
        assert verify(owner, token_of(owner), fresh[0]).status_code == 200
        assert kinds(athlete)[1] == "recovery_codes_made"

    def test_there_are_none_without_a_factor(self, athlete: User) -> None:
        assert refusal(client_of(athlete).post(RECOVERY)) == (409, "factor_missing")

    def test_they_are_never_shown_again(self, athlete: User, app: App) -> None:
        assert client_of(athlete).get(RECOVERY).json() == {"active": True, "left": 10}


class TestAdmin:
    @pytest.fixture
    def boss(self, db: None) -> User:
        return make_person("boss", role=Role.ADMIN, is_staff=True, is_superuser=True)

    def log_in(self, code: str | None = None, password: str = PASSWORD) -> int:
        form = {"username": "boss", "password": password, **({} if code is None else {"code": code})}
        return Client().post("/admin/login/?next=/admin/", form).status_code

    def test_nobody_with_a_factor_gets_in_without_it(self, boss: User, clock: Any) -> None:
        assert self.log_in() == 302
        app = App(boss)
        for code in (None, "", "000000"):
            assert self.log_in(code) == 200
        assert self.log_in(app.code(), "something else") == 200
        assert self.log_in(app.code()) == 302
        assert self.log_in(app.code()) == 200  # once
        assert self.log_in(app.recovery[0]) == 302

    def test_wrong_codes_are_counted_with_those_of_the_api(self, boss: User, clock: Any, real_limits: None) -> None:
        app = App(boss)
        for _ in range(5):
            assert self.log_in("000000") == 200
        assert self.log_in(app.code()) == 200
        anonymous = ApiClient()
        assert verify(anonymous, token_of(anonymous, login="boss"), app.code()).status_code == 429

    def test_the_page_has_a_field_for_it(self, db: None) -> None:
        page = Client().get("/admin/login/").content.decode()
        assert 'name="code"' in page
        assert 'autocomplete="one-time-code"' in page

    def test_a_person_is_shown_with_factor_and_keys_and_without_secrets(self, boss: User, app: App) -> None:
        owner = client_of(app.user)
        key = owner.post("/api/v1/auth/api-keys", {"name": "Dashboard", "scopes": ["workouts:read"]}).json()
        client = Client()
        client.force_login(boss)
        page = client.get(reverse("admin:accounts_user_change", args=[app.user.pk])).content.decode()
        shown = (key["prefix"], "Dashboard", "TOTP Authenticator", "Recovery codes")
        assert [text for text in shown if text not in page] == []
        sealed = [row.data.get("secret") or row.data.get("seed") for row in Authenticator.objects.all()]
        secrets = [key["key"], app.secret, *app.recovery, *sealed]
        assert [secret for secret in secrets if secret in page] == []
        assert client.get("/admin/mfa/authenticator/").status_code == 404

    def test_an_admin_removes_it_after_saying_yes(self, boss: User, app: App) -> None:
        act = self.act_as(boss)
        assert "Remove their second factor?" in act(app.user).content.decode()
        assert Authenticator.objects.exists()
        act(app.user, confirmed="yes")
        assert not Authenticator.objects.exists()
        event = SecurityEvent.objects.get(kind="factor_removed")
        assert (event.user_id, event.detail) == (app.user.pk, {"by": str(boss.pk)})
        run_jobs()
        assert mail.outbox[-1].subject == "The second factor of your FitAI account was removed"
        assert "no second factor" in act(app.user, confirmed="yes").content.decode()

    def test_nobody_else_does(self, moderator: User, boss: User, app: App) -> None:
        self.act_as(moderator)(app.user, confirmed="yes")
        assert Authenticator.objects.filter(user=app.user).exists()
        App(boss)
        assert "boss: Not allowed" in self.act_as(boss)(boss, confirmed="yes").content.decode()
        assert Authenticator.objects.filter(user=boss).exists()

    def act_as(self, person: User) -> Callable[..., Any]:
        client = Client()
        client.force_login(person)

        def act(subject: User, **extra: str) -> Any:
            form = {"action": "remove_factors", "_selected_action": [str(subject.pk)], **extra}
            with committed():
                return client.post("/admin/accounts/user/", form, follow=True)

        return act

    def test_the_operation_asks_too(self, moderator: User, app: App) -> None:
        with pytest.raises(Exception, match="Not allowed"):
            staff.remove_factor(actor_of(moderator), app.user.pk)


def test_what_is_sealed_opens_for_its_purpose_only(settings: Any) -> None:
    sealed = seal(b"secret", "one")
    assert b"secret" not in sealed
    assert unseal(sealed, "one") == b"secret"
    for text, purpose in ((sealed, "another"), (sealed[:-4] + b"AAAA", "one"), (b"", "one"), (b"secret", "one")):
        with pytest.raises(Unreadable):
            unseal(text, purpose)
    settings.SECRET_KEY = "another-0123456789-0123456789-0123456789"
    with pytest.raises(Unreadable):
        unseal(sealed, "one")


# ── Eight at once ────────────────────────────────────────────────────────────────────────────────


def at_once(act: Callable[[int], Any]) -> list[str]:
    """What came of eight that begin together."""
    gate = threading.Barrier(8)

    def one(number: int) -> str:
        try:
            gate.wait()
            act(number)
        except (InvalidCode, MfaTokenInvalid) as refused:
            return refused.slug
        finally:
            connection.close()
        return "in"

    with ThreadPoolExecutor(8) as pool:
        return sorted(pool.map(one, range(8)))


def token_for(user: User) -> str:
    device = Device("127.0.0.1")
    found = User.objects.get(pk=user.pk)
    stamp = found.get_session_auth_hash()
    return str(FactorToken.of(user.pk, agent=device.agent_mark, stamp=stamp, device_name="", restore=False))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", ["recovery code", "code of the app"])
def test_a_code_works_once_in_a_race(kind: str) -> None:
    app = App(make_person("athlete"))
    code = app.recovery[0] if kind == "recovery code" else app.code()
    tokens = [token_for(app.user) for _ in range(8)]
    outcomes = at_once(lambda n: mfa.verify(mfa_token=tokens[n], code=code, device=Device("127.0.0.1")))
    assert outcomes == ["in"] + ["invalid-code"] * 7
    assert Session.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_token_works_once_in_a_race() -> None:
    app = App(make_person("athlete"))
    token = token_for(app.user)
    outcomes = at_once(lambda n: mfa.verify(mfa_token=token, code=app.recovery[n], device=Device("127.0.0.1")))
    assert outcomes == ["in"] + ["mfa-token-invalid"] * 7
    assert Session.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_confirming_at_once_adds_one(settings: Any) -> None:
    user = make_person("athlete")
    secret, _ = mfa.begin_totp(Actor(user.pk))
    answers: list[int] = []

    def confirm(_: int) -> None:
        try:
            answers.append(len(mfa.confirm_totp(Actor(user.pk), code=code_of(secret))))
        except FactorActive:
            answers.append(0)

    at_once(confirm)
    assert sorted(answers) == [0] * 7 + [10]
    assert sorted(Authenticator.objects.values_list("type", flat=True)) == ["recovery_codes", "totp"]
