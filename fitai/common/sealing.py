"""Secrets that the server must read again, sealed for the time they lie in the database.

Fernet (AES-128-CBC with HMAC-SHA-256) under a key that is derived from SECRET_KEY for each purpose, so that a copy of
the database tells nothing, and a text sealed for one purpose opens for no other. SECRET_KEY_FALLBACKS still open.
"""

import base64

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.crypto import salted_hmac


class Unreadable(ValueError):
    """A text that was sealed otherwise, or changed since."""


def seal(text: bytes, purpose: str) -> bytes:
    """The text, readable only with `unseal` for the same purpose."""
    return _box(purpose).encrypt(text)


def unseal(sealed: bytes, purpose: str) -> bytes:
    """What was sealed; raises Unreadable where that was not with this SECRET_KEY and purpose."""
    try:
        return _box(purpose).decrypt(sealed)
    except InvalidToken:
        raise Unreadable(f"cannot be read for {purpose}") from None


def _box(purpose: str) -> MultiFernet:
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    keys = [salted_hmac("fitai.sealing", purpose, secret=secret, algorithm="sha256").digest() for secret in secrets]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in keys])
