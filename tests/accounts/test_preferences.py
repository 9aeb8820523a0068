"""How the product behaves for somebody."""

from typing import Any

import pytest

from accounts.enums import NotificationKind
from accounts.models import User
from tests.cast import client_of, codes

PREFERENCES = "/api/v1/users/preferences"

DEFAULTS = {
    "units": {"weight": "kg", "distance": "km", "height": "cm"},
    "language": "en",
    "notifications": {
        "record": {"in_app": True, "email": False, "push": True},
        "rest_over": {"in_app": True, "email": False, "push": True},
        "reminder": {"in_app": True, "email": False, "push": True},
        "goal": {"in_app": True, "email": False, "push": True},
        "analysis": {"in_app": True, "email": False, "push": True},
        "friend_request": {"in_app": True, "email": True, "push": True},
        "friend_accepted": {"in_app": True, "email": False, "push": True},
        "like": {"in_app": True, "email": False, "push": False},
        "comment": {"in_app": True, "email": False, "push": True},
        "mention": {"in_app": True, "email": False, "push": True},
        "challenge": {"in_app": True, "email": True, "push": True},
        "group": {"in_app": True, "email": False, "push": True},
        "coach": {"in_app": True, "email": True, "push": True},
        "moderation": {"in_app": True, "email": True, "push": True},
        "export": {"in_app": True, "email": True, "push": True},
        "news": {"in_app": True, "email": False, "push": False},
    },
    "quiet_hours": None,
    "privacy": {"profile": "friends", "workouts": "friends", "metrics": "nobody", "search": "everyone"},
    "rest_timer_seconds": 120,
    "plate_sizes": {
        "kg": ["25", "20", "15", "10", "5", "2.5", "1.25"],
        "lb": ["45", "35", "25", "10", "5", "2.5"],
    },
    "first_weekday": 1,
}


def merged(base: dict[str, Any], change: dict[str, Any]) -> dict[str, Any]:
    return base | {
        name: merged(base[name], value) if isinstance(value, dict) and isinstance(base[name], dict) else value
        for name, value in change.items()
    }


def test_defaults(athlete: User, django_assert_num_queries: Any) -> None:
    device = client_of(athlete)
    device.get(PREFERENCES)
    with django_assert_num_queries(1):
        response = device.get(PREFERENCES)
    assert (response.status_code, response.json()) == (200, DEFAULTS)
    assert set(DEFAULTS["notifications"]) == set(NotificationKind.values)


@pytest.mark.parametrize("method", ["put", "patch"])
@pytest.mark.parametrize(
    "change",
    [
        {"units": {"weight": "lb"}},
        {"units": {"distance": "mi", "height": "in"}, "language": "de"},
        {"notifications": {"record": {"push": False}}},
        {"quiet_hours": {"start": "22:30", "end": "07:00"}},
        {"privacy": {"metrics": "friends"}},
        {"rest_timer_seconds": 0},
        {"plate_sizes": {"kg": ["20", "10", "0.5"]}},
        {"plate_sizes": {"lb": []}},
        {"first_weekday": 7},
        {},
    ],
    ids=str,
)
def test_a_part_changes_and_the_rest_stays(athlete: User, change: dict[str, Any], method: str) -> None:
    device = client_of(athlete)
    response = getattr(device, method)(PREFERENCES, change)
    assert (response.status_code, response.json()) == (200, merged(DEFAULTS, change))
    assert device.get(PREFERENCES).json() == merged(DEFAULTS, change)


def test_changes_add_up_at_any_depth(athlete: User) -> None:
    device = client_of(athlete)
    device.patch(PREFERENCES, {"notifications": {"record": {"push": False}, "like": {"push": True}}})
    device.patch(PREFERENCES, {"notifications": {"record": {"email": True}}})
    device.patch(PREFERENCES, {"quiet_hours": {"start": "22:00", "end": "07:00"}})
    answer = device.patch(PREFERENCES, {"quiet_hours": {"end": "08:00"}}).json()
    assert answer["notifications"]["record"] == {"in_app": True, "email": True, "push": False}
    assert answer["notifications"]["like"] == {"in_app": True, "email": False, "push": True}
    assert answer["quiet_hours"] == {"start": "22:00", "end": "08:00"}


@pytest.mark.parametrize(
    ("change", "back"),
    [
        ({"units": {"weight": "lb"}}, {"units": {"weight": None}}),
        ({"units": {"weight": "lb", "distance": "mi"}}, {"units": None}),
        ({"notifications": {"record": {"push": False}}}, {"notifications": {"record": {"push": None}}}),
        ({"notifications": {"record": {"push": False}}}, {"notifications": {"record": None}}),
        ({"notifications": {"record": {"push": False}}}, {"notifications": None}),
        ({"quiet_hours": {"start": "22:00", "end": "07:00"}}, {"quiet_hours": None}),
        ({"privacy": {"profile": "nobody"}}, {"privacy": None}),
        ({"rest_timer_seconds": 10, "first_weekday": 6}, {"rest_timer_seconds": None, "first_weekday": None}),
        ({"plate_sizes": {"kg": ["1"]}}, {"plate_sizes": {"kg": None}}),
        ({"language": "es"}, {"language": None}),
    ],
    ids=str,
)
def test_null_brings_the_default_back(athlete: User, change: dict[str, Any], back: dict[str, Any]) -> None:
    device = client_of(athlete)
    assert device.patch(PREFERENCES, change).json() != DEFAULTS
    assert device.patch(PREFERENCES, back).json() == DEFAULTS


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"units": {"weight": "stone"}}, [("/units/weight", "invalid_choice")]),
        ({"units": "kg"}, [("/units", "invalid")]),
        ({"units": {"volume": "l"}}, [("/units/volume", "unknown_field")]),
        ({"theme": "dark"}, [("/theme", "unknown_field")]),
        ({"language": "tlh"}, [("/language", "invalid_choice")]),
        ({"notifications": {"spam": {"push": True}}}, [("/notifications/spam", "unknown_field")]),
        ({"notifications": {"like": {"fax": True}}}, [("/notifications/like/fax", "unknown_field")]),
        ({"notifications": {"like": {"push": "maybe"}}}, [("/notifications/like/push", "invalid")]),
        ({"quiet_hours": {"start": "22:00"}}, [("/quiet_hours/end", "required")]),
        ({"quiet_hours": {"start": "22:00", "end": "22:00"}}, [("/quiet_hours/end", "invalid")]),
        ({"quiet_hours": {"start": "25:00", "end": "07:00"}}, [("/quiet_hours/start", "invalid")]),
        ({"privacy": {"profile": "public"}}, [("/privacy/profile", "invalid_choice")]),
        ({"rest_timer_seconds": -1}, [("/rest_timer_seconds", "min_value")]),
        ({"rest_timer_seconds": 3601}, [("/rest_timer_seconds", "max_value")]),
        ({"rest_timer_seconds": 1.5}, [("/rest_timer_seconds", "invalid")]),
        ({"rest_timer_seconds": 1e30}, [("/rest_timer_seconds", "invalid")]),
        ({"rest_timer_seconds": 2**63}, [("/rest_timer_seconds", "max_value")]),
        ({"rest_timer_seconds": 10**100}, [("/rest_timer_seconds", "invalid")]),
        ({"rest_timer_seconds": "9" * 5000}, [("/rest_timer_seconds", "max_string_length")]),
        ({"rest_timer_seconds": "NaN"}, [("/rest_timer_seconds", "invalid")]),
        (
            {"plate_sizes": {"kg": ["NaN", 1e30]}},
            [("/plate_sizes/kg/0", "invalid"), ("/plate_sizes/kg/1", "max_digits")],
        ),
        (
            {"plate_sizes": {"lb": ["1e400", "sNaN"]}},
            [("/plate_sizes/lb/0", "max_digits"), ("/plate_sizes/lb/1", "invalid")],
        ),
        ({"first_weekday": 0}, [("/first_weekday", "min_value")]),
        ({"plate_sizes": {"kg": ["0"]}}, [("/plate_sizes/kg/0", "min_value")]),
        ({"plate_sizes": {"kg": ["20", "20.0"]}}, [("/plate_sizes/kg", "repeated")]),
        ({"plate_sizes": {"kg": [str(n) for n in range(1, 22)]}}, [("/plate_sizes/kg", "max_length")]),
    ],
    ids=str,
)
def test_refusals_change_nothing(athlete: User, body: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    device = client_of(athlete)
    assert codes(device.patch(PREFERENCES, {"first_weekday": 3, **body})) == expected
    assert device.get(PREFERENCES).json() == DEFAULTS


def test_others_stay_as_they_are(athlete: User, stranger: User) -> None:
    client_of(athlete).patch(PREFERENCES, {"language": "de", "first_weekday": 7})
    assert client_of(stranger).get(PREFERENCES).json() == DEFAULTS


def test_etags(athlete: User) -> None:
    device = client_of(athlete)
    first = device.get(PREFERENCES)
    assert device.get(PREFERENCES, HTTP_IF_NONE_MATCH=first["ETag"]).status_code == 304
    changed = device.put(PREFERENCES, {"first_weekday": 7}, HTTP_IF_MATCH=first["ETag"])
    assert (changed.status_code, changed["ETag"]) == (200, device.get(PREFERENCES)["ETag"])
    assert device.put(PREFERENCES, {"first_weekday": 6}, HTTP_IF_MATCH=first["ETag"]).status_code == 412
    assert device.get(PREFERENCES).json()["first_weekday"] == 7
