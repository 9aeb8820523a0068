"""Examples of how people come in, for the OpenAPI document: by the name of the shape."""

from typing import Any, Final

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
    "ChangeEmailInput": {"email": "ada.new@example.org", "password": "six plates and a towel"},
    "ChangePasswordInput": {"old_password": "six plates and a towel", "new_password": "seven plates, no towel"},
    "ResetPasswordInput": {"key": "3x1k9-d7ibq8-0c1e1b2f4a55", "password": "seven plates, no towel"},
    "VerifiedOutput": {"email": "ada@example.org", "email_verified": True},
    "TicketOutput": {"ticket": "wst_7Tn0gGQw2m4x5Hq1yJbVtLrS8cKdZfPa9uEoXiWn3MA", "expires_in": 30},
    "DevicePage": page("/auth/devices", DEVICE),
}
