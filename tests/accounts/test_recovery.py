"""An account is given back to its owner: whoever else was in it has no way in that stays."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.socialaccount.models import SocialAccount
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts.enums import Role
from accounts.errors import InvalidCredentials
from accounts.models import ApiKey, PendingFactor, SecurityEvent, Session, User
from accounts.operations import api_keys, mfa, passwords, staff
from accounts.operations.sessions import Device, check_password, let_in
from accounts.retention import purge_ended_devices, purge_pending_factors
from fitai.common.problems import Forbidden, Unauthenticated
from tests.cast import PASSWORD, ApiClient, actor_of, client_of, committed, make_person, run_jobs

NEW = "a long enough phrase 7"
EMAIL, RESET, CHANGE, ME = (
    "/api/v1/auth/email",
    "/api/v1/auth/reset-password",
    "/api/v1/auth/change-password",
    "/api/v1/users/profile",
)
HERE = Device("127.0.0.1")


def key_for(user: User) -> str:
    user.refresh_from_db()
    return f"{user_pk_to_url_str(user)}-{default_token_generator.make_token(user)}"


def reset(user: User) -> None:
    assert ApiClient().post(RESET, {"key": key_for(user), "password": NEW}).status_code == 204


@pytest.mark.parametrize("way", ["reset", "change"])
def test_an_address_that_a_thief_wished_for_is_not_taken_any_more(athlete: User, way: str) -> None:
    client_of(athlete).post(EMAIL, {"email": "thief@example.org"})
    link = EmailConfirmationHMAC(EmailAddress.objects.get(email="thief@example.org")).key
    if way == "reset":
        reset(athlete)
    else:
        client_of(athlete).post(CHANGE, {"old_password": PASSWORD, "new_password": NEW})
    assert ApiClient().get(f"/api/v1/auth/verify-email?key={link}").status_code == 422
    run_jobs()
    assert {message.to[0] for message in mail.outbox if "password" in message.subject} == {"athlete@example.org"}
    athlete.refresh_from_db()
    assert athlete.email == "athlete@example.org"


@pytest.mark.parametrize("verified", [True, False])
def test_a_foreign_google_account_opens_it_no_more(verified: bool, db: None) -> None:
    owner = make_person("owner", verified=verified)
    for uid, email in (("1", "thief@example.org"), ("2", "Owner@example.org")):
        SocialAccount.objects.create(user=owner, provider=f"google{uid}", uid=uid, extra_data={"email": email})
    reset(owner)
    assert list(SocialAccount.objects.values_list("uid", flat=True)) == ["2"]


def test_a_factor_that_waits_is_forgotten(athlete: User) -> None:
    mfa.begin_totp(actor_of(athlete))
    reset(athlete)
    assert not PendingFactor.objects.exists()


@pytest.mark.parametrize("act", ["reset", "factor", "lock", "delete"])
def test_who_proved_the_old_password_before_it_is_not_let_in_after_it(athlete: User, act: str) -> None:
    proven = check_password(login="athlete", password=PASSWORD, device=HERE)
    if act == "reset":
        reset(athlete)
    elif act == "factor":
        actor = actor_of(athlete)
        secret, _ = mfa.begin_totp(actor)
        mfa.confirm_totp(actor, code=code_of(secret))
    elif act == "lock":
        User.objects.filter(pk=athlete.pk).update(is_active=False)
    else:
        User.objects.filter(pk=athlete.pk).update(deleted_at=timezone.now())
    before = Session.objects.count()
    with pytest.raises(InvalidCredentials if act in ("reset", "factor") else Forbidden):
        let_in(proven, HERE)
    assert Session.objects.count() == before


def code_of(secret: str) -> str:
    code: str = format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))
    return code


@pytest.mark.django_db(transaction=True)
def test_what_waits_behind_a_reset_does_nothing(meeting: Callable[[], Any]) -> None:
    athlete = make_person("athlete")
    actor, key = actor_of(athlete), key_for(athlete)
    with meeting() as met:
        met.act("reset", partial(passwords.reset_password, key=key, password=NEW))
        met.act("key", partial(api_keys.create_key, actor, values={"name": "Mine", "scopes": ["profile:read"]}))
    assert met.outcomes == {"reset": None, "key": Unauthenticated}
    assert not ApiKey.objects.exists()


def test_a_session_of_the_moment_of_deletion_stays_ended(athlete: User) -> None:
    User.objects.filter(pk=athlete.pk).update(deleted_at=timezone.now())
    late = client_of(athlete)
    body = {"login": "athlete", "password": PASSWORD, "restore": True}
    assert ApiClient().post("/api/v1/auth/login", body).status_code == 200
    assert late.get(ME).status_code == 401


def test_the_receipt_of_a_deletion_goes_to_no_unproven_mailbox(db: None) -> None:
    squatter = make_person("squatter", verified=False, email="victim@example.org")
    assert client_of(squatter).delete("/api/v1/users/account", {}).status_code == 204
    run_jobs()
    assert mail.outbox == []


class TestAdmin:
    PASSWORDS = "/admin/password_change/"

    def entered(self, person: User) -> Client:
        browser = Client()
        login = {"username": person.username, "password": PASSWORD}
        assert browser.post("/admin/login/", login).status_code == 302
        return browser

    def change(self, browser: Client, old: str) -> Any:
        sent = {"old_password": old, "new_password1": NEW, "new_password2": NEW}
        return browser.post(self.PASSWORDS, sent)

    def test_a_log_in_is_written_down(self, moderator: User) -> None:
        self.entered(moderator)
        event = SecurityEvent.objects.get()
        assert (event.kind, event.user_id, event.detail) == ("logged_in", moderator.pk, {"via": "admin"})

    def test_out_everywhere_is_out_of_the_admin(self, moderator: User) -> None:
        browser, phone = self.entered(moderator), client_of(moderator)
        ApiClient().post("/api/v1/auth/logout?everywhere=true", {"refresh": phone.tokens.refresh})
        assert browser.get("/admin/").status_code == 302

    def test_its_password_page_is_the_same_change(self, moderator: User, real_limits: None) -> None:
        browser, phone = self.entered(moderator), client_of(moderator)
        assert phone.get(ME).status_code == 200
        assert self.change(browser, "something else").status_code == 200
        with committed():
            assert self.change(browser, PASSWORD).status_code == 302
        assert (browser.get("/admin/").status_code, phone.get(ME).status_code) == (200, 401)
        assert SecurityEvent.objects.filter(kind="password_changed", user=moderator).exists()

    def test_its_wrong_passwords_are_counted(self, moderator: User, real_limits: None) -> None:
        browser = self.entered(moderator)
        for _ in range(5):
            self.change(browser, "something else")
        assert "Try again in" in self.change(browser, PASSWORD).text
        moderator.refresh_from_db()
        assert moderator.check_password(PASSWORD)

    def test_staff_that_verifies_ends_the_claims_of_others(self, db: None) -> None:
        boss = make_person("boss", role=Role.ADMIN, is_staff=True, is_superuser=True)
        owner = make_person("owner", verified=False)
        rival = make_person("rival", verified=False, email=owner.email)
        device = client_of(rival)
        staff.verify_address(actor_of(boss), owner.pk)
        assert device.get(ME).status_code == 401
        assert not EmailAddress.objects.filter(user=rival).exists()

    @pytest.mark.django_db(transaction=True)
    @pytest.mark.parametrize("act", ["lock", "demote"])
    def test_of_two_admins_who_end_each_other_one_stays(self, act: str, meeting: Callable[[], Any]) -> None:
        admins = [make_person(name, role=Role.ADMIN, is_staff=True, is_superuser=True) for name in ("one", "two")]
        one, two = (actor_of(admin) for admin in admins)
        verb = staff.lock_account if act == "lock" else partial(staff.change_role, role=Role.USER)
        with meeting() as met:
            met.act("one", lambda: bool(verb(one, two.user_id)))
            met.act("two", lambda: bool(verb(two, one.user_id)))
        assert met.outcomes == {"one": True, "two": Forbidden}
        assert User.objects.filter(role=Role.ADMIN, is_active=True).count() == 1


def test_what_has_ended_long_ago_is_forgotten(athlete: User) -> None:
    mfa.begin_totp(actor_of(athlete))
    now = timezone.now()
    Session.objects.update(expires_at=now - timedelta(days=181))
    PendingFactor.objects.update(created_at=now - timedelta(days=2))
    kept = client_of(athlete).session_row
    purge_ended_devices(now - timedelta(days=180))
    purge_pending_factors(now - timedelta(days=1))
    assert list(Session.objects.values_list("pk", flat=True)) == [kept.pk]
    assert not PendingFactor.objects.exists()
