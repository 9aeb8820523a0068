"""The key of backups: 32 bytes made by chance, kept elsewhere than what it opens."""

import base64
import binascii
from pathlib import Path

from django.conf import settings

from fitai.backup.errors import Refused
from fitai.backup.sealed import KEY_BYTES

MAKE_ONE = "openssl rand -base64 32"


def backup_key() -> bytes:
    """The key that BACKUP_KEY is, or the file at BACKUP_KEY_FILE holds, in base64."""
    text = settings.BACKUP_KEY
    if not text and settings.BACKUP_KEY_FILE:
        try:
            text = Path(settings.BACKUP_KEY_FILE).read_text()
        except (OSError, UnicodeDecodeError) as failure:
            raise Refused(f"BACKUP_KEY_FILE cannot be read: {failure}") from failure
    if not text:
        raise Refused(
            f"Backups are encrypted, and there is no key. Make one with `{MAKE_ONE}`, keep it apart from the server, "
            "and give it as BACKUP_KEY, or in a file that BACKUP_KEY_FILE names."
        )
    try:
        key = base64.b64decode(text.strip(), altchars=b"-_" if {"-", "_"} & set(text) else None, validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        raise Refused(f"BACKUP_KEY must be {KEY_BYTES} bytes in base64, made with `{MAKE_ONE}`.")
    return key
