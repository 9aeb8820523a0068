"""A stream that only who has the key can read, and nobody can change, cut or reorder unnoticed.

Chunks of one MiB, each sealed by AES-256-GCM under a key of this file (HKDF of the backup key and a salt), with its
number and whether it is the last one in its nonce, and the head of the file as associated data. What `Opened` gives out
has been authenticated; only at the very end is it known to be whole.
"""

import io
import os
import struct
from typing import BinaryIO, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from fitai.backup.errors import Refused

MAGIC: Final = b"FitAI backup 1\n\0"
SALT_BYTES: Final = 16
MARK_BYTES: Final = 8
HEAD_BYTES: Final = len(MAGIC) + SALT_BYTES + MARK_BYTES
KEY_BYTES: Final = 32
TAG_BYTES: Final = 16
CHUNK_BYTES: Final = 1 << 20

NOT_OURS = "This is no backup of FitAI, or its beginning is damaged. Give another file."
OTHER_KEY = "It was made with another key. Give the one it was made with, as BACKUP_KEY or BACKUP_KEY_FILE."
DAMAGED = "It is damaged or was not copied whole, so nothing of it is used. Take another copy, or an older backup."


def _derived(key: bytes, salt: bytes, purpose: bytes, length: int) -> bytes:
    return HKDF(SHA256(), length, salt, b"fitai backup " + purpose).derive(key)


def _nonce(number: int, last: bool) -> bytes:
    return struct.pack(">3xQ?", number, last)


class Sealed(io.RawIOBase):
    """Writes a sealed stream to a file. Without `close` it has no end, and is refused as cut."""

    def __init__(self, file: BinaryIO, key: bytes) -> None:
        salt = os.urandom(SALT_BYTES)
        self.head = MAGIC + salt + _derived(key, salt, b"mark", MARK_BYTES)
        self.cipher = AESGCM(_derived(key, salt, b"chunks", KEY_BYTES))
        self.file = file
        self.number = 0
        self.waiting = bytearray()
        file.write(self.head)

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        self.waiting += data
        while len(self.waiting) > CHUNK_BYTES:
            self._seal(bytes(self.waiting[:CHUNK_BYTES]), last=False)
            del self.waiting[:CHUNK_BYTES]
        return len(data)

    def finish(self) -> None:
        """Write the end."""
        self._seal(bytes(self.waiting), last=True)

    def _seal(self, chunk: bytes, *, last: bool) -> None:
        self.file.write(self.cipher.encrypt(_nonce(self.number, last), chunk, self.head))
        self.number += 1


class Opened(io.RawIOBase):
    """Reads a sealed stream. Raises Refused where it is not what somebody with the key wrote."""

    def __init__(self, file: BinaryIO, key: bytes) -> None:
        self.head = file.read(HEAD_BYTES)
        if len(self.head) < HEAD_BYTES or not self.head.startswith(MAGIC):
            raise Refused(NOT_OURS)
        salt = self.head[len(MAGIC) : len(MAGIC) + SALT_BYTES]
        if self.head[-MARK_BYTES:] != _derived(key, salt, b"mark", MARK_BYTES):
            raise Refused(OTHER_KEY)
        self.cipher = AESGCM(_derived(key, salt, b"chunks", KEY_BYTES))
        self.file = file
        self.number = 0
        self.ended = False
        self.waiting = b""

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        parts, left = [], size
        while left and (self.waiting or self._next()):
            part = self.waiting if left < 0 else self.waiting[:left]
            self.waiting = self.waiting[len(part) :]
            left -= len(part) if left > 0 else 0
            parts.append(part)
        return b"".join(parts)

    def _next(self) -> bool:
        """Open the next chunk; false after the last."""
        if self.ended:
            return False
        sealed = self.file.read(CHUNK_BYTES + TAG_BYTES)
        for last in (False, True):
            try:
                self.waiting = self.cipher.decrypt(_nonce(self.number, last), sealed, self.head)
            except (InvalidTag, ValueError):
                continue
            self.number += 1
            self.ended = last
            if last and self.file.read(1):
                raise Refused(DAMAGED)
            return bool(self.waiting) or self._next()
        raise Refused(DAMAGED)
