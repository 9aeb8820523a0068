"""What a socket is asked before it is let in."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from django.conf import settings
from django.http.request import validate_host


def bearer(offered: list[str], headers: Mapping[str, str]) -> str:
    """The access token: a subprotocol `bearer.<token>`, or the Authorization header."""
    for name in offered:
        if name.startswith("bearer."):
            return name.removeprefix("bearer.")
    scheme, _, token = headers.get("authorization", "").partition(" ")
    return token if scheme.lower() == "bearer" else ""


def origin_allowed(origin: str | None, host: str) -> bool:
    """No Origin is fine (apps send none); a browser's must be ours or a configured front end's."""
    if origin is None or origin in settings.CORS_ALLOWED_ORIGINS:
        return True
    try:
        parts = urlsplit(origin)
        return parts.netloc == host and validate_host(parts.hostname or "", settings.ALLOWED_HOSTS)
    except ValueError:
        return False
