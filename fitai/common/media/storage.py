"""Files that people send and jobs make: kept in the default storage under names that nobody can guess, never changed.

What belongs to one row lies in one folder, so that it goes as one and what was left behind is found by its folder.
"""

import secrets
import shutil
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import structlog
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

log = structlog.get_logger(__name__)

INCOMING = "incoming"
"""The folder of uploads that are still coming in."""
PUBLIC = "public"
"""The folder of files that everybody may read, by their name alone: `/media/public/...`, or a CDN in front of it."""


def new_stem() -> str:
    """A name, without its suffix, that nobody can guess."""
    return secrets.token_urlsafe(16)


def store(folder: str, content: Any, suffix: str, *, stem: str | None = None) -> str:
    """Keep a file (bytes, or an open Django `File`, which is closed; an upload is moved, not copied); its name.

    `suffix` is that of the kind of file, with its dot; nothing of a name that somebody chose is kept. Files that belong
    together may share a new `stem`.
    """
    with ContentFile(content) if isinstance(content, bytes) else content as file:
        return default_storage.save(f"{folder}/{stem or new_stem()}{suffix}", file)


def copy(name: str, folder: str, suffix: str, *, stem: str) -> str:
    """Keep a stored file in another folder, too; its name there. FileNotFoundError when it is gone."""
    with default_storage.open(name) as file:
        return default_storage.save(f"{folder}/{stem}{suffix}", file)


def public_url(file: str) -> str:
    """Where everybody finds a file of the public folder."""
    base = settings.MEDIA_BASE_URL or f"{settings.PUBLIC_URL}/media/{PUBLIC}"
    return f"{base}/{file}"


@contextmanager
def local_copy(name: str) -> Iterator[Path]:
    """A stored file as one of this machine, to be read while the block lasts; FileNotFoundError when it is gone."""
    path = local_path(name)
    if path is not None:
        if not path.exists():
            raise FileNotFoundError(name)
        yield path
        return
    with tempfile.NamedTemporaryFile(suffix=Path(name).suffix) as copy:
        with default_storage.open(name) as stored:
            shutil.copyfileobj(stored, copy)
        copy.flush()
        yield Path(copy.name)


def local_path(name: str) -> Path | None:
    """Where a stored file lies on this machine; None when the storage is elsewhere."""
    try:
        return Path(default_storage.path(name))
    except NotImplementedError:
        return None


def delete(*names: str) -> bool:
    """Remove files, and folders that are empty; whether all of them are gone, as those are that never were.

    What cannot be removed is logged and stays: the rows that named it are gone already, so whoever asked for that is
    not told of a failure. The purge comes back to it.
    """
    gone = True
    for name in names:
        try:
            if name:
                default_storage.delete(name)
        except OSError as failure:
            log.warning("media.not_deleted", name=name, error=repr(failure))
            gone = False
    return gone


def delete_folder(folder: str) -> bool:
    """Remove everything that lies in a folder, and it; whether it is gone. Something may come into it meanwhile."""
    folders, files = _listed(folder)
    for name in folders:
        delete_folder(f"{folder}/{name}")
    return delete(*(f"{folder}/{name}" for name in files), folder)


def folders_in(folder: str) -> list[str]:
    """The names of the folders that lie in this one."""
    return _listed(folder)[0]


def old_files_in(folder: str, before: datetime, but: Collection[str]) -> list[str]:
    """The names in the storage of what lies in a folder since before a moment, but for these."""
    found = {f"{folder}/{name}" for name in _listed(folder)[1]} - set(but)
    return sorted(name for name in found if _written_before(name, before))


def _written_before(name: str, moment: datetime) -> bool:
    try:
        return default_storage.get_modified_time(name) < moment
    except FileNotFoundError:
        return False


def _listed(folder: str) -> tuple[list[str], list[str]]:
    """Folders and files in a folder; nothing in one that is not there."""
    try:
        return default_storage.listdir(folder)
    except FileNotFoundError:
        return [], []


def incoming_folder() -> Path:
    """Where uploads are written as they come in: on the disk of the storage, so that keeping one is renaming it."""
    path = local_path(INCOMING) or Path(tempfile.gettempdir()) / "fitai-incoming"
    path.mkdir(parents=True, exist_ok=True)
    return path


def forget_incoming(before: datetime) -> int:
    """Remove uploads that came in before a moment and whose request never ended, as when its process was killed."""
    old = [path for path in incoming_folder().glob("*.upload") if path.stat().st_mtime < before.timestamp()]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)
