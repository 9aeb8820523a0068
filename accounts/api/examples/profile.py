"""Examples of what people tell, for the OpenAPI document: by the name of the shape."""

from typing import Any, Final

from accounts.api.examples.avatars import AVATAR
from accounts.preferences import notification_matrix
from fitai.common.examples import ADA

PROFILE: Final = {
    "username": "ada.lifts",
    "display_name": "Ada",
    "bio": "Lifts before work",
    "birth_date": "1994-05-17",
    "sex": "female",
    "height": "168",
    "height_unit": "cm",
    "experience": "intermediate",
    "goals": ["strength"],
    "equipment": ["barbell", "bench", "rack"],
    "injuries": [],
    "time_zone": "Europe/Berlin",
    "city": "Berlin",
    "place": {"latitude": "52.52", "longitude": "13.41"},
}

EXAMPLES: Final[dict[str, Any]] = {
    "ProfileInput": {"bio": PROFILE["bio"], "goals": PROFILE["goals"], "place": PROFILE["place"], "city": None},
    "ProfileOutput": {
        "id": ADA,
        "email": "ada@example.org",
        "email_verified": True,
        "role": "user",
        "date_joined": "2026-03-02T18:00:00Z",
        "avatar": AVATAR,
        **PROFILE,
        "height_cm": "168",
    },
    "PreferencesInput": {
        "units": {"weight": "lb"},
        "notifications": {"like": {"push": True}},
        "quiet_hours": {"start": "22:00", "end": "07:00"},
        "privacy": {"workouts": "nobody"},
        "rest_timer_seconds": None,
    },
    "PreferencesOutput": {
        "units": {"weight": "kg", "distance": "km", "height": "cm"},
        "language": "en",
        "notifications": notification_matrix({}),
        "quiet_hours": {"start": "22:00", "end": "07:00"},
        "privacy": {"profile": "friends", "workouts": "friends", "metrics": "nobody", "search": "everyone"},
        "rest_timer_seconds": 120,
        "plate_sizes": {
            "kg": ["25", "20", "15", "10", "5", "2.5", "1.25"],
            "lb": ["45", "35", "25", "10", "5", "2.5"],
        },
        "first_weekday": 1,
    },
}
