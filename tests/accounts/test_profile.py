"""What people tell about themselves."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from accounts.enums import SecurityEventKind
from accounts.models import Profile, SecurityEvent, User
from tests.cast import client_of, codes

PROFILE = "/api/v1/users/profile"
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def as_new(user: User) -> dict[str, Any]:
    """The profile of somebody who has told nothing yet."""
    return {
        "id": str(user.pk),
        "username": user.username,
        "email": user.email,
        "email_verified": True,
        "display_name": user.display_name,
        "role": "user",
        "date_joined": f"{user.date_joined:%Y-%m-%dT%H:%M:%S.%fZ}",
        "avatar": None,
        "bio": None,
        "birth_date": None,
        "sex": None,
        "height": None,
        "height_unit": "cm",
        "height_cm": None,
        "experience": None,
        "goals": [],
        "equipment": [],
        "injuries": [],
        "time_zone": "UTC",
        "city": None,
        "place": None,
    }


TOLD = {
    "display_name": "Ada",
    "bio": "Squats first.",
    "birth_date": "1990-02-28",
    "sex": "female",
    "height": "171.5",
    "height_unit": "cm",
    "experience": "intermediate",
    "goals": ["strength", "hypertrophy"],
    "equipment": ["barbell", "rack"],
    "injuries": ["knee"],
    "time_zone": "Europe/Berlin",
    "city": "Köln",
    "place": {"latitude": "50.94", "longitude": "6.96"},
}


def test_a_new_one(athlete: User, django_assert_num_queries: Any) -> None:
    device = client_of(athlete)
    device.get(PROFILE)
    with django_assert_num_queries(1):
        response = device.get(PROFILE)
    assert (response.status_code, response.json()) == (200, as_new(athlete))


@pytest.mark.parametrize("method", ["put", "patch"])
def test_tell_change_and_clear(athlete: User, method: str) -> None:
    device = client_of(athlete)
    change = getattr(device, method)
    told = as_new(athlete) | TOLD | {"height_cm": "171.5"}
    assert change(PROFILE, TOLD).json() == told
    assert change(PROFILE, {"goals": ["power"]}).json() == told | {"goals": ["power"]}
    assert device.get(PROFILE).json() == told | {"goals": ["power"]}
    cleared = change(PROFILE, {name: None for name in TOLD if name != "height_unit"}).json()
    assert cleared == as_new(athlete) | {"display_name": "athlete"}


def test_costs_the_same_whatever_it_changes(athlete: User, django_assert_max_num_queries: Any) -> None:
    device = client_of(athlete)
    device.get(PROFILE)
    with django_assert_max_num_queries(14):  # seven, and savepoints
        device.patch(PROFILE, TOLD | {"username": "ada"})


def test_others_stay_as_they_are(athlete: User, stranger: User) -> None:
    client_of(athlete).patch(PROFILE, TOLD)
    assert client_of(stranger).get(PROFILE).json() == as_new(stranger)


def test_inches_stay_inches(athlete: User) -> None:
    answer = client_of(athlete).patch(PROFILE, {"height": 71, "height_unit": "in"}).json()
    assert [answer[name] for name in ("height", "height_unit", "height_cm")] == ["71", "in", "180.3"]
    answer = client_of(athlete).patch(PROFILE, {"height": "180.30"}).json()
    assert [answer[name] for name in ("height", "height_unit", "height_cm")] == ["180.3", "cm", "180.3"]


def test_a_place_is_kept_coarse(athlete: User) -> None:
    answer = client_of(athlete).patch(PROFILE, {"place": {"latitude": 50.937531, "longitude": "-6.96028"}})
    assert answer.json()["place"] == {"latitude": "50.94", "longitude": "-6.96"}
    answer = client_of(athlete).patch(PROFILE, {"place": {"latitude": "-0.001", "longitude": "1e-999999999999"}})
    assert answer.json()["place"] == {"latitude": "0", "longitude": "0"}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"height": 49}, [("/height", "implausible")]),
        ({"height": 276}, [("/height", "implausible")]),
        ({"height": 110, "height_unit": "in"}, [("/height", "implausible")]),
        ({"height": "180.555"}, [("/height", "max_digits")]),
        ({"height": "NaN"}, [("/height", "invalid")]),
        ({"height": "80.555"}, [("/height", "max_decimal_places")]),
        ({"height": 1e30}, [("/height", "max_digits")]),
        ({"height": 10**100}, [("/height", "max_digits")]),
        ({"height": "1e400"}, [("/height", "max_digits")]),
        ({"height": "1e999999999999"}, [("/height", "max_digits")]),
        ({"height": "1e-999999999999"}, [("/height", "max_digits")]),
        ({"height": "sNaN"}, [("/height", "invalid")]),
        ({"height_unit": "in"}, [("/height", "required")]),
        ({"birth_date": "2020-01-01"}, [("/birth_date", "implausible")]),
        ({"birth_date": "1900-01-01"}, [("/birth_date", "implausible")]),
        ({"birth_date": "2999-01-01"}, [("/birth_date", "implausible")]),
        ({"birth_date": "1990-02-30"}, [("/birth_date", "invalid")]),
        ({"birth_date": "2012-01-01", "height": 225}, [("/height", "implausible")]),
        ({"sex": "x"}, [("/sex", "invalid_choice")]),
        ({"experience": ""}, [("/experience", "invalid_choice")]),
        ({"goals": ["fame"]}, [("/goals/0", "invalid_choice")]),
        ({"goals": "strength"}, [("/goals", "not_a_list")]),
        ({"equipment": ["rack", "rack"]}, [("/equipment", "repeated")]),
        ({"injuries": [None]}, [("/injuries/0", "null")]),
        ({"time_zone": "Mars/Olympus"}, [("/time_zone", "unknown")]),
        ({"time_zone": "../../etc/passwd"}, [("/time_zone", "unknown")]),
        ({"place": {"latitude": 91, "longitude": 0}}, [("/place/latitude", "max_value")]),
        ({"place": {"latitude": 90.004, "longitude": 0}}, [("/place/latitude", "max_value")]),
        ({"place": {"latitude": 1e30, "longitude": 1}}, [("/place/latitude", "max_value")]),
        ({"place": {"latitude": 10**100, "longitude": 1}}, [("/place/latitude", "max_value")]),
        ({"place": {"latitude": "-1e400", "longitude": 1}}, [("/place/latitude", "min_value")]),
        ({"place": {"latitude": 1, "longitude": "1e999999999999"}}, [("/place/longitude", "max_value")]),
        ({"place": {"latitude": 1, "longitude": "sNaN"}}, [("/place/longitude", "invalid")]),
        ({"place": {"latitude": 9}}, [("/place/longitude", "required")]),
        ({"place": {"latitude": "Infinity", "longitude": 0}}, [("/place/latitude", "invalid")]),
        ({"place": {"latitude": 1, "longitude": 1, "z": 1}}, [("/place/z", "unknown_field")]),
        ({"city": "Köln\n"}, []),
        ({"city": "Kö\x07ln"}, [("/city", "control_character")]),
        ({"bio": "x" * 501}, [("/bio", "max_length")]),
        ({"username": None}, [("/username", "null")]),
        ({"username": "a@b"}, [("/username", "invalid")]),
        ({"username": "STRANGER"}, [("/username", "taken")]),
        ({"username": "Moderator"}, [("/username", "reserved")]),
        ({"id": "x", "role": "admin"}, [("/id", "unknown_field"), ("/role", "unknown_field")]),
        ({"email": "new@example.org"}, [("/email", "unknown_field")]),
    ],
    ids=str,
)
def test_what_no_person_is(
    athlete: User, stranger: User, body: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    device = client_of(athlete)
    before = device.get(PROFILE).json()
    with time_machine.travel(NOON):
        device = client_of(athlete)
        response = device.patch(PROFILE, body)
    if expected:
        assert codes(response) == expected
        assert client_of(athlete).get(PROFILE).json() == before
    else:
        assert response.status_code == 200


def test_values_are_held_against_what_is_known_already(athlete: User) -> None:
    with time_machine.travel(NOON):
        device = client_of(athlete)
        assert device.patch(PROFILE, {"height": 225}).status_code == 200
        assert codes(device.patch(PROFILE, {"birth_date": "2012-01-01"})) == [("/height", "implausible")]
        assert device.patch(PROFILE, {"birth_date": "1990-01-01"}).status_code == 200


def test_a_username_changes_once_in_thirty_days(athlete: User) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        assert client_of(athlete).patch(PROFILE, {"username": "ada"}).json()["username"] == "ada"
        assert client_of(athlete).patch(PROFILE, {"username": "ada"}).status_code == 200  # no change
        clock.shift(timedelta(days=29, hours=23))
        response = client_of(athlete).patch(PROFILE, {"username": "lovelace", "bio": "not this either"})
        assert codes(response) == [("/username", "too_soon")]
        assert Profile.objects.get(pk=athlete.pk).bio == ""
        clock.shift(timedelta(hours=1))
        assert client_of(athlete).patch(PROFILE, {"username": "Ada"}).json()["username"] == "Ada"
    kept = SecurityEvent.objects.filter(kind=SecurityEventKind.USERNAME_CHANGED).order_by("created_at")
    assert list(kept.values_list("detail", flat=True)) == [
        {"before": "athlete", "after": "ada"},
        {"before": "ada", "after": "Ada"},
    ]


def test_etags(athlete: User) -> None:
    device = client_of(athlete)
    first = device.get(PROFILE)
    assert device.get(PROFILE, HTTP_IF_NONE_MATCH=first["ETag"]).status_code == 304
    changed = device.patch(PROFILE, {"bio": "one"}, HTTP_IF_MATCH=first["ETag"])
    assert (changed.status_code, changed["ETag"]) == (200, device.get(PROFILE)["ETag"])
    lost = device.patch(PROFILE, {"bio": "two"}, HTTP_IF_MATCH=first["ETag"])
    assert (lost.status_code, lost["ETag"]) == (412, changed["ETag"])
    assert device.get(PROFILE).json()["bio"] == "one"


def test_needs_a_log_in(athlete: User, anonymous: Any) -> None:
    assert [anonymous.get(PROFILE).status_code, anonymous.patch(PROFILE, {"bio": "x"}).status_code] == [401, 401]
    assert anonymous.delete(PROFILE).status_code == 405
