"""What holds whatever code writes."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.enums import Role
from accounts.models import Preferences, Profile, Session, User
from tests.cast import client_of, make_person


def refuses(write: Any) -> bool:
    try:
        with transaction.atomic():
            write()
    except IntegrityError:
        return True
    return False


@pytest.mark.parametrize("username", ["ATHLETE", "Athlete"])
def test_usernames_are_unique_whatever_their_case(athlete: User, username: str) -> None:
    assert refuses(lambda: make_person(username, email="other@example.org"))


@pytest.mark.parametrize("username", ["a@b", "ab", "ada\n", "ada lovelace", "-ada", "ada.", "x" * 31, "адам", ""])
def test_the_form_of_a_username(athlete: User, username: str) -> None:
    with pytest.raises(Exception, match=r"user_username_form|value too long"), transaction.atomic():
        User.objects.filter(pk=athlete.pk).update(username=username)


@pytest.mark.parametrize("role", [Role.MODERATOR, Role.ADMIN])
def test_staff_may_enter_the_admin(athlete: User, role: Role) -> None:
    assert refuses(lambda: User.objects.filter(pk=athlete.pk).update(role=role))
    assert User.objects.filter(pk=athlete.pk).update(role=role, is_staff=True) == 1


def test_a_place_is_whole(athlete: User) -> None:
    profile = Profile.objects.filter(pk=athlete.pk)
    assert refuses(lambda: profile.update(latitude=1))
    assert refuses(lambda: profile.update(latitude=91, longitude=1))
    assert profile.update(latitude=-90, longitude=180) == 1


def test_quiet_hours_are_whole(athlete: User) -> None:
    preferences = Preferences.objects.filter(pk=athlete.pk)
    assert refuses(lambda: preferences.update(quiet_from="22:00"))
    assert refuses(lambda: preferences.update(first_weekday=8))


def test_a_session_never_passes_its_end(athlete: User) -> None:
    session = client_of(athlete).session_row
    late = session.ends_at + timezone.timedelta(seconds=1)
    assert refuses(lambda: Session.objects.filter(pk=session.pk).update(expires_at=late))


def test_two_accounts_may_claim_an_address_and_one_may_own_it(db: None) -> None:
    first = make_person("first", email="shared@example.org", verified=True)
    second = make_person("second", email="shared@example.org", verified=False)
    assert {first.email, second.email} == {"shared@example.org"}
    assert refuses(lambda: second.emailaddress_set.update(verified=True))


def test_earlier_versions_are_kept_without_secrets(athlete: User) -> None:
    User.objects.filter(pk=athlete.pk).update(display_name="Ada", password="new")
    User.objects.filter(pk=athlete.pk).update(password="newer")
    Profile.objects.filter(pk=athlete.pk).update(bio="one")
    Profile.objects.filter(pk=athlete.pk).update(bio="two")
    (version,) = athlete.events.values()
    assert (version["pgh_label"], version["display_name"]) == ("replaced", "Ada Athlete")
    assert not {"password", "last_login"} & set(version)
    assert list(athlete.profile.events.order_by("pgh_id").values_list("bio", flat=True)) == ["", "one"]


def test_createsuperuser_makes_a_whole_admin(db: None) -> None:
    admin = User.objects.create_superuser("boss", "Boss@example.org", "correct horse battery")
    assert admin.check_password("correct horse battery")
    assert (admin.role, admin.is_staff, admin.is_superuser) == (Role.ADMIN, True, True)
    assert list(admin.emailaddress_set.values_list("email", "verified")) == [("boss@example.org", True)]
    assert (Profile.objects.count(), Preferences.objects.count()) == (1, 1)
