"""Identifiers: UUIDv7 made here, any RFC 9562 UUID accepted, and the printable keys that clients choose."""

import re
from uuid import UUID, uuid5

import uuid_utils.compat

KEY = re.compile(r"[\x21-\x7e]{1,64}")


def uuid7() -> UUID:
    """A new time-ordered id."""
    return uuid_utils.compat.uuid7()


def is_key(value: object) -> bool:
    """Whether `value` may be an op id, an idempotency key or a device id: 1–64 printable ASCII characters."""
    return isinstance(value, str) and KEY.fullmatch(value) is not None


def derived(namespace: UUID | str, name: str) -> UUID:
    """The id that every device derives alike from a namespace and a name (UUIDv5)."""
    return uuid5(namespace if isinstance(namespace, UUID) else UUID(namespace), name)
