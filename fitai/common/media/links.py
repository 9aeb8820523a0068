"""Signed addresses of stored files: each names who may look, what, and until when, and each read asks again.

An app registers what a kind of object has to show with `shows`; the address itself is the credential, for a browser
sends no `Authorization` for a picture.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.core.signing import BadSignature, Signer

LIFETIME_SECONDS = 900
SIGNER = Signer(salt="fitai.media")


@dataclass(frozen=True, slots=True)
class Shown:
    """A stored file as it is handed out: its name in the storage, and what it is."""

    name: str
    content_type: str


Show = Callable[[UUID, UUID, str], Shown | None]
KINDS: dict[str, Show] = {}


def shows(kind: str) -> Callable[[Show], Show]:
    """Register how a kind of object shows its files: (viewer, object, file) → the file, or None unless the viewer may
    look at it now. `file` is the last part of the address, which people see: `annotated.mp4`."""

    def register(show: Show) -> Show:
        KINDS[kind] = show
        return show

    return register


def link(kind: str, object_id: UUID, file: str, *, viewer_id: UUID) -> str:
    """The path at which this viewer sees a file of the object for the next 15 minutes."""
    return f"{link_folder(kind, object_id, viewer_id=viewer_id)}/{file}"


def link_folder(kind: str, object_id: UUID, *, viewer_id: UUID, steady_seconds: int = 1) -> str:
    """The path below which this viewer sees the files of the object. It stays the same for so many seconds, so that
    what was shown in one list is known in the next, and is good for 15 minutes less that."""
    expiry = int(time.time()) // steady_seconds * steady_seconds + LIFETIME_SECONDS
    signed = SIGNER.sign_object([kind, object_id.hex, viewer_id.hex, expiry])
    return f"/media/{signed}"


def follow(signed: str, file: str) -> Shown | None:
    """What a link leads to; None where it is not ours, too old, or its viewer may not look (any more)."""
    try:
        kind, object_hex, viewer_hex, expiry = SIGNER.unsign_object(signed)
    except (BadSignature, ValueError):
        return None
    show = KINDS.get(kind)
    if show is None or expiry <= time.time():
        return None
    return show(UUID(viewer_hex), UUID(object_hex), file)
