"""People in the admin."""

from typing import Any
from uuid import UUID

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Role, SecurityEventKind, Sex
from accounts.models import (
    Block,
    DataExport,
    Friendship,
    Notification,
    Profile,
    PushDevice,
    SecurityEvent,
    Session,
    User,
)
from accounts.operations import staff
from fitai.common.actors import Actor
from fitai.common.models import Job
from fitai.common.problems import Forbidden
from tests.accounts.relations import befriend
from tests.cast import PASSWORD, client_of, committed, key_of, let_see, make_person

PEOPLE = "/admin/accounts/user/"
ME = "/api/v1/users/profile"


@pytest.fixture
def boss(db: None) -> User:
    return make_person("boss", role=Role.ADMIN, is_staff=True, is_superuser=True)


def entered(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def act(client: Client, action: str, *people: User, **extra: str) -> Any:
    with committed():
        selected = [str(person.pk) for person in people]
        return client.post(PEOPLE, {"action": action, "_selected_action": selected, **extra}, follow=True)


def test_the_pages_open_and_show_no_secret(boss: User, athlete: User) -> None:
    device = client_of(athlete)
    SecurityEvent.record(SecurityEventKind.LOGGED_IN, user_id=athlete.pk, address="192.0.2.1")
    client = entered(boss)
    pages = [
        PEOPLE,
        f"{PEOPLE}?q=ada",
        f"{PEOPLE}?verified=yes&role=user",
        reverse("admin:accounts_user_change", args=[athlete.pk]),
        reverse("admin:accounts_session_changelist"),
        reverse("admin:accounts_session_change", args=[device.session_row.pk]),
        reverse("admin:accounts_securityevent_changelist"),
        reverse("admin:accounts_securityevent_change", args=[SecurityEvent.objects.get().pk]),
    ]
    row = Session.objects.get()
    secrets = [athlete.password, str(row.refresh_jti), row.fingerprint, device.tokens.refresh, device.tokens.access]
    for page in pages:
        response = client.get(page)
        assert response.status_code == 200, page
        assert [secret for secret in secrets if secret in response.content.decode()] == [], page


def test_the_list_costs_the_same_for_one_and_for_three(boss: User, django_assert_num_queries: Any) -> None:
    client = entered(boss)
    with django_assert_num_queries(5):  # session, user, count, page, badge
        client.get(PEOPLE)
    make_person("one"), make_person("two")
    with django_assert_num_queries(5):
        client.get(PEOPLE)


def know(person: User, other: User, number: int) -> None:
    """One more row in each tab of a person's page."""
    device = client_of(person, f"device {number}")
    EmailAddress.objects.create(user=person, email=f"{number}@example.org")
    if number == 0:
        SocialAccount.objects.create(user=person, provider="google", uid="1001")  # one of a provider at most
    key_of(person, "profile:read")
    if number < 2:
        kind = list(Authenticator.Type)[number]  # one of each at most
        Authenticator.objects.create(user=person, type=kind, data={})
    SecurityEvent.record(SecurityEventKind.LOGGED_IN, user_id=person.pk)
    let_see(person, other)
    let_see(other, person)
    below, above = UUID(int=number), UUID(int=2**128 - 1 - number)
    befriend(person, *(make_person(f"friend-{id.hex[-4:]}-{id.hex[:4]}", id=id) for id in (below, above)))
    Block.objects.create(blocker=person, blocked=other)
    Notification.objects.create(user=person, actor=other, kind="like", dedupe_key=str(number))
    phone = {"user": person, "session": device.session_row, "endpoint": f"https://push.example.com/{number}"}
    PushDevice.objects.create(**phone, p256dh="key", auth="secret")
    values = {"kind": "weight", "value": 80 + number, "unit": "kg", "measured_at": "2026-01-01T07:00:00Z"}
    client_of(person, f"scale {number}").post("/api/v1/users/metrics", values)


def test_a_page_costs_the_same_with_one_and_with_three_rows_in_each_tab(
    boss: User, athlete: User, django_assert_num_queries: Any
) -> None:
    client, url = entered(boss), reverse("admin:accounts_user_change", args=[athlete.pk])
    know(athlete, make_person("other-0"), 0)
    client.get(url)
    with django_assert_num_queries(37):
        client.get(url)
    for number in (1, 2):
        know(athlete, make_person(f"other-{number}"), number)
    with django_assert_num_queries(37):
        page = client.get(url)
    tabs = {type(tab.opts).__name__: len(tab.formset.forms) for tab in page.context["inline_admin_formsets"]}
    fewer = {name: count for name, count in tabs.items() if count < 3}
    one = dict.fromkeys(("SocialAccountInline", "ProfileInline", "PreferencesInline"), 1)
    assert fewer == {**one, "FactorInline": 2, "MetricInline": 0}  # as many as there can be; plots


def test_searches_by_name_and_address(boss: User, athlete: User, stranger: User) -> None:
    page = entered(boss).get(f"{PEOPLE}?q=athlete@example").content.decode()
    assert ("Ada Athlete" in page, "Sam Stranger" in page) == (True, False)


def test_a_page_shows_friends_requests_and_blocks(boss: User, athlete: User) -> None:
    friend, asked, foe = make_person("chum"), make_person("asked"), make_person("foe")
    befriend(athlete, friend)
    Friendship.objects.create(**Friendship.pair(athlete.pk, asked.pk), requester=athlete)
    Block.objects.create(blocker=athlete, blocked=foe)
    page = entered(boss).get(reverse("admin:accounts_user_change", args=[athlete.pk])).content.decode()
    assert [name for name in ("chum", "asked", "foe") if name not in page] == []


def test_names_are_text(boss: User) -> None:
    make_person("script", display_name="<script>alert(1)</script>")
    page = entered(boss).get(PEOPLE).content.decode()
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_verify(boss: User) -> None:
    ada = make_person("ada", verified=False)
    act(entered(boss), "verify_addresses", ada, confirmed="yes")
    assert ada.emailaddress_set.get().verified
    event = SecurityEvent.objects.get()
    assert (event.kind, event.user_id, event.detail) == ("email_verified", ada.pk, {"by": str(boss.pk)})


def test_verify_refuses_what_somebody_else_owns(boss: User, athlete: User) -> None:
    double = make_person("double", email=athlete.email, verified=False)
    page = act(entered(boss), "verify_addresses", double, confirmed="yes").content.decode()
    assert "double: Another account has verified this address" in page
    assert not double.emailaddress_set.get().verified


@pytest.mark.parametrize("action", ["lock_accounts", "log_out_everywhere"])
def test_staff_is_asked_first(boss: User, athlete: User, action: str) -> None:
    device = client_of(athlete)
    assert device.get(ME).status_code == 200
    asked = act(entered(boss), action, athlete)
    asks = {"lock_accounts": "Lock these accounts?", "log_out_everywhere": "Log these people out everywhere?"}
    assert asks[action] in asked.content.decode()
    assert (device.get(ME).status_code, SecurityEvent.objects.count()) == (200, 0)
    act(entered(boss), action, athlete, confirmed="yes")
    athlete.refresh_from_db()
    assert (device.get(ME).status_code, athlete.is_active) == (401, action != "lock_accounts")
    assert SecurityEvent.objects.get().detail == {"by": str(boss.pk)}


def test_unlock(boss: User, athlete: User) -> None:
    act(entered(boss), "lock_accounts", athlete, confirmed="yes")
    act(entered(boss), "unlock_accounts", athlete, confirmed="yes")
    athlete.refresh_from_db()
    assert athlete.is_active
    assert client_of(athlete).get(ME).status_code == 200


def test_a_moderator_manages_people_but_no_staff(moderator: User, boss: User, athlete: User) -> None:
    client = entered(moderator)
    act(client, "lock_accounts", athlete, boss, moderator, confirmed="yes")
    locked = set(User.objects.filter(is_active=False).values_list("username", flat=True))
    assert locked == {"athlete"}
    page = client.get(reverse("admin:accounts_user_change", args=[athlete.pk]))
    assert page.status_code == 200
    response = client.post(reverse("admin:accounts_user_change", args=[athlete.pk]), {"role": "admin"})
    athlete.refresh_from_db()
    assert (response.status_code, athlete.role) == (403, "user")


def test_body_health_and_place_are_for_admins(moderator: User, boss: User, athlete: User) -> None:
    private = {
        "birth_date": "1987-02-03",
        "sex": Sex.FEMALE,
        "height": "171.25",
        "equipment": ["kettlebell"],
        "injuries": ["knee"],
        "time_zone": "Pacific/Auckland",
        "latitude": "-36.85",
        "longitude": "174.76",
    }
    Profile.objects.filter(user=athlete).update(bio="Lifts at dawn", city="Kumeu", **private)
    url = reverse("admin:accounts_user_change", args=[athlete.pk])
    shown = {
        viewer.username: {
            field.field["name"]
            for inline in entered(viewer).get(url).context["inline_admin_formsets"]
            if inline.opts.model is Profile
            for form in inline
            for fieldset in form
            for line in fieldset
            for field in line
        }
        for viewer in (moderator, boss)
    }
    assert shown["moderator"] == {"bio", "city", "experience", "goals"}
    assert shown["boss"] >= {*shown["moderator"], *private}
    pages = {viewer.username: entered(viewer).get(url).content.decode() for viewer in (moderator, boss)}
    told = ("Lifts at dawn", "Kumeu", "171.25", "-36.85", "174.76", "Pacific/Auckland", "knee", "1987")
    assert [text for text in told if text in pages["moderator"]] == ["Lifts at dawn", "Kumeu"]
    assert [text for text in told if text not in pages["boss"]] == []


def test_an_admin_changes_a_role(boss: User, athlete: User) -> None:
    url = reverse("admin:accounts_user_change", args=[athlete.pk])
    page = entered(boss).get(url)
    assert page.status_code == 200
    response = entered(boss).post(url, {"role": "moderator", **management_forms(page)})
    athlete.refresh_from_db()
    assert (response.status_code, athlete.role, athlete.is_staff) == (302, "moderator", True)
    assert SecurityEvent.objects.get().detail == {"by": str(boss.pk), "before": "user", "after": "moderator"}


def test_nobody_locks_or_demotes_themselves(boss: User) -> None:
    client = entered(boss)
    page = act(client, "lock_accounts", boss, confirmed="yes").content.decode()
    assert "boss: Not allowed" in page
    url = reverse("admin:accounts_user_change", args=[boss.pk])
    client.post(url, {"role": "user", **management_forms(client.get(url))})
    boss.refresh_from_db()
    assert (boss.is_active, boss.role) == (True, Role.ADMIN)


def management_forms(page: Any) -> dict[str, str]:
    return {
        f"{formset.formset.prefix}-{name}": str(value)
        for formset in page.context["inline_admin_formsets"]
        for name, value in (("TOTAL_FORMS", 0), ("INITIAL_FORMS", 0))
    }


def test_people_without_a_role_stay_out(athlete: User, coach: User) -> None:
    for person in (athlete, coach):
        assert entered(person).get(PEOPLE).status_code == 302


class TestLogInForm:
    def log_in(self, username: str, password: str) -> Any:
        return Client().post("/admin/login/?next=/admin/", {"username": username, "password": password})

    def test_by_username_or_address(self, boss: User) -> None:
        assert self.log_in("boss", PASSWORD).status_code == 302
        assert self.log_in("boss@example.org", PASSWORD).status_code == 302

    def test_wrong_tries_are_counted_with_those_of_the_api(self, boss: User, real_limits: None) -> None:
        for _ in range(5):
            assert self.log_in("boss", "wrong").status_code == 200
        assert self.log_in("boss", PASSWORD).status_code == 200  # refused, though it is right
        api = client_of(boss).post("/api/v1/auth/login", {"login": "boss", "password": PASSWORD})
        assert api.status_code == 429

    def test_nobody_else_enters(self, athlete: User) -> None:
        assert self.log_in("athlete", PASSWORD).status_code == 200


def test_delete_with_grace_and_take_it_back(boss: User, athlete: User) -> None:
    device = client_of(athlete)
    asked = act(entered(boss), "delete_accounts", athlete)
    assert "Delete these accounts?" in asked.content.decode()
    assert device.get(ME).status_code == 200
    act(entered(boss), "delete_accounts", athlete, confirmed="yes")
    assert device.get(ME).status_code == 401
    athlete.refresh_from_db()
    assert athlete.deleted_at is not None
    act(entered(boss), "take_deletions_back", athlete, confirmed="yes")
    athlete.refresh_from_db()
    assert athlete.deleted_at is None
    events = SecurityEvent.objects.order_by("created_at").values_list("kind", "user_id", "detail")
    assert list(events) == [(kind, athlete.pk, {"by": str(boss.pk)}) for kind in ("deleted", "restored")]


def test_export_for_somebody_is_theirs(boss: User, athlete: User) -> None:
    act(entered(boss), "export_data", athlete, confirmed="yes")
    export = DataExport.objects.get()
    assert (export.user_id, Job.objects.get(kind="privacy.export").user_id) == (athlete.pk, athlete.pk)
    assert client_of(boss).get(f"/api/v1/users/export/{export.pk}").status_code == 404
    assert client_of(athlete).get(f"/api/v1/users/export/{export.pk}").status_code == 200
    event = SecurityEvent.objects.get()
    assert (event.kind, event.detail) == ("export_requested", {"by": str(boss.pk)})


@pytest.mark.parametrize("action", ["export_data", "delete_accounts", "take_deletions_back"])
def test_only_admins_and_never_for_themselves(action: str, boss: User, athlete: User, moderator: User) -> None:
    before = User.objects.filter(deleted_at=None).count()
    act(entered(moderator), action, athlete, confirmed="yes")
    act(entered(boss), action, boss, confirmed="yes")
    left = User.objects.filter(deleted_at=None).count()
    assert (left, DataExport.objects.count(), SecurityEvent.objects.count()) == (before, 0, 0)


def test_who_is_no_admin_any_more_deletes_nobody(boss: User, athlete: User) -> None:
    """Of two admins who delete each other at once, the second is no admin any more."""
    boss_actor = Actor(user_id=boss.pk, via="admin", roles=frozenset({"admin"}))
    User.objects.filter(pk=boss.pk).update(deleted_at=timezone.now())
    with pytest.raises(Forbidden):
        staff.delete_account(boss_actor, athlete.pk)
    athlete.refresh_from_db()
    assert athlete.deleted_at is None


def test_a_deleted_account_is_not_exported(boss: User, athlete: User) -> None:
    User.objects.filter(pk=athlete.pk).update(deleted_at=timezone.now())
    page = act(entered(boss), "export_data", athlete, confirmed="yes")
    assert "athlete: The account is deleted." in page.content.decode()
    assert not DataExport.objects.exists()
