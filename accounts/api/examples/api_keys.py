"""Examples of keys, for the OpenAPI document: by the name of the shape."""

from typing import Any, Final

from fitai.common.examples import page

KEY: Final = {
    "id": "019ccd9e-b1f0-7c3a-9d55-6f0a3a1c2e44",
    "name": "Home dashboard",
    "prefix": "fitai_7Qm2Lx9aVbT4",
    "scopes": ["workouts:read", "metrics:read"],
    "created_at": "2026-03-02T18:00:00Z",
    "expires_at": None,
    "last_used_at": "2026-03-08T17:12:40.559008Z",
}

EXAMPLES: Final[dict[str, Any]] = {
    "ApiKeyInput": {"name": "Home dashboard", "scopes": ["workouts:read", "metrics:read"], "expires_at": None},
    "NewApiKeyOutput": {
        **KEY,
        "last_used_at": None,
        "key": "fitai_7Qm2Lx9aVbT4_0123456789abcdefghijklmnopqrstuvwxyzABCDEFG_1c92b6a0",
    },
    "ApiKeyOutput": KEY,
    "ApiKeyPage": page("/auth/api-keys", KEY),
}
