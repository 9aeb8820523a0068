"""Examples of what people send and get, for the OpenAPI document: by the name of the shape."""

from typing import Any, Final

from accounts.preferences import notification_matrix
from fitai.common.examples import ADA, PHONE, page

REGISTERED: Final = {"id": ADA, "username": "ada.lifts", "email": "ada@example.org", "display_name": "Ada"}
TOKENS: Final = {
    "access": "eyJhbGciOiJIUzI1NiJ9.eyJ0eXAiOiJhY2Nlc3MifQ.tc5sBoiqofw_edHYdGzHVz-taRiWC8M9e3mCk6AAT7g",
    "refresh": "eyJhbGciOiJIUzI1NiJ9.eyJ0eXAiOiJyZWZyZXNoIn0.WzSnFKV97GVenGZdp2McUFGLSobYf-nsnJWGS_jdxkU",
}
DEVICE: Final = {
    "id": PHONE,
    "name": "Ada's phone",
    "address": "192.0.2.7",
    "user_agent": "FitAI/1.0 (iPhone)",
    "created_at": "2026-03-02T18:00:00Z",
    "last_used_at": "2026-03-08T17:12:40.559008Z",
    "expires_at": "2026-04-07T17:12:40.559008Z",
    "current": True,
}
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
    "RegisterInput": {
        "email": "ada@example.org",
        "username": "ada.lifts",
        "password": "six plates and a towel",
        "display_name": "Ada",
    },
    "RegisteredOutput": REGISTERED,
    "LoginInput": {"login": "ada.lifts", "password": "six plates and a towel", "device_name": "Ada's phone"},
    "LoginOutput": {**TOKENS, "user": {**REGISTERED, "email_verified": True, "role": "user", "language": "en"}},
    "RefreshInput": {"refresh": TOKENS["refresh"]},
    "TokensOutput": TOKENS,
    "EmailInput": {"email": "ada@example.org"},
    "VerifiedOutput": {"email": "ada@example.org", "email_verified": True},
    "DevicePage": page("/auth/devices", DEVICE),
    "ProfileInput": {"bio": PROFILE["bio"], "goals": PROFILE["goals"], "place": PROFILE["place"], "city": None},
    "ProfileOutput": {
        "id": ADA,
        "email": "ada@example.org",
        "email_verified": True,
        "role": "user",
        "date_joined": "2026-03-02T18:00:00Z",
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
