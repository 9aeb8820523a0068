"""Who pushes: the key by which push services know this server (VAPID, RFC 8292)."""

import base64
import time
from email.utils import parseaddr
from functools import lru_cache
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from py_vapid import Vapid02

SIGNED_SECONDS = 12 * 3600  # push services take a day at most
SUBJECT_CHECKED = {"no-strict": True}  # the library's own check refuses hosts without a dot


@lru_cache(4)
def _vapid(private_key: str) -> Vapid02:
    vapid = Vapid02.from_raw(private_key.encode())
    vapid.conf = SUBJECT_CHECKED
    return vapid


def public_key() -> str | None:
    """What a browser subscribes with (`applicationServerKey`), in base64url; None where nothing is pushed."""
    if not settings.VAPID_PRIVATE_KEY:
        return None
    key = _vapid(settings.VAPID_PRIVATE_KEY).public_key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return base64.urlsafe_b64encode(key).decode().rstrip("=")


def signature(endpoint: str) -> dict[str, str]:
    """The header that proves to the push service of `endpoint` who sends."""
    parts = urlsplit(endpoint)
    expires = int(time.time()) + SIGNED_SECONDS
    claims = {"aud": f"{parts.scheme}://{parts.netloc}", "sub": subject(), "exp": expires}
    signed: dict[str, str] = _vapid(settings.VAPID_PRIVATE_KEY).sign(claims)
    return signed


def subject() -> str:
    """Where the operator of a push service complains."""
    if settings.VAPID_SUBJECT:
        return str(settings.VAPID_SUBJECT)
    if settings.PUBLIC_URL.startswith("https://"):
        return str(settings.PUBLIC_URL)
    return f"mailto:{parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}"
