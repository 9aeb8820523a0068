"""The form of an API key: `fitai_<public>_<secret>_<checksum>`.

`fitai_` and the fixed lengths let secret scanners find a key that was published by mistake
(`fitai_[0-9A-Za-z]{12}_[0-9A-Za-z]{43}_[0-9a-f]{8}`). The public part (12 letters and digits) is what lists show and
what the row is found by. The secret part is 43 letters and digits by chance: 256 bits. The checksum is the CRC-32 of
all before it, so that a key with a slip in it is refused without asking anybody, and a scanner can tell a key from
what only looks like one.

A key is kept as its plain SHA-256. A slow or salted hash protects what people choose, which can be guessed; 256 bits of
chance cannot be, and the hash is computed in every request.
"""

import hashlib
import re
import secrets
import string
import zlib

ALPHABET = string.digits + string.ascii_letters
FORM = re.compile(r"(fitai_[0-9A-Za-z]{12})_[0-9A-Za-z]{43}_([0-9a-f]{8})")


def make_key() -> str:
    """A new key, to be shown once."""
    public, secret = ("".join(secrets.choice(ALPHABET) for _ in range(length)) for length in (12, 43))
    body = f"fitai_{public}_{secret}"
    return f"{body}_{_checksum(body)}"


def prefix_of(key: str) -> str | None:
    """The part of a key that may be seen; None for what is no key, or has a slip in it."""
    formed = FORM.fullmatch(key)
    if formed is None or _checksum(key[: formed.start(2) - 1]) != formed[2]:
        return None
    return formed[1]


def digest_of(key: str) -> bytes:
    """What is kept of a key."""
    return hashlib.sha256(key.encode()).digest()


def _checksum(body: str) -> str:
    return f"{zlib.crc32(body.encode()):08x}"
