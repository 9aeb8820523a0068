"""What a socket is asked before it is let in."""

from collections.abc import Mapping
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.http.request import validate_host

TICKET_PREFIX = "wst_"


def credential(offered: list[str], headers: Mapping[str, str], query: bytes) -> str:
    """The access token, as subprotocol `bearer.<token>` or in the Authorization header, which may hold an API key, too,
    else `?ticket=`, which is good once: what can be used again does not belong into an address."""
    for name in offered:
        if name.startswith("bearer."):
            return name.removeprefix("bearer.")
    scheme, _, token = headers.get("authorization", "").partition(" ")
    if scheme.lower() in ("bearer", "api-key"):
        return token.strip()
    ticket = parse_qs(query.decode("latin-1")).get("ticket", [""])[0]
    return ticket if ticket.startswith(TICKET_PREFIX) else ""


def origin_allowed(origin: str | None, host: str) -> bool:
    """No Origin is fine (apps send none); a browser's must be ours or a configured front end's."""
    if origin is None or origin in settings.CORS_ALLOWED_ORIGINS:
        return True
    try:
        parts = urlsplit(origin)
        return parts.netloc == host and validate_host(parts.hostname or "", settings.ALLOWED_HOSTS)
    except ValueError:
        return False
