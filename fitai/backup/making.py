"""Making a backup: the database as of one moment, then the files that were there after it."""

import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.files.storage import default_storage
from django.db import Error, connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from fitai.backup.archive import DATABASE, MEDIA, Contents, proven, written
from fitai.backup.errors import Refused
from fitai.backup.programs import dumped
from fitai.common.media.storage import INCOMING
from fitai.privacy.removal import LIST, whole_list


def make(folder: Path, key: bytes) -> tuple[Path, Contents]:
    """Write a backup into a folder, read it back to the end, and only then give it its name.

    Beside it lies the deletion list, as of now: it is replayed after any older backup of the folder is put back.
    """
    now = timezone.now()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"fitai-{now:%Y%m%dT%H%M%SZ}.backup"
        draft = path.with_suffix(".part")
        try:
            _write(draft, key, now)
            contents = proven(draft, key)
            if path.exists():
                raise Refused(f"{path} is there already. Try again in a second.")
            draft.rename(path)
        finally:
            draft.unlink(missing_ok=True)
        _write_list(folder / LIST)
    except OSError as failure:
        raise Refused(f"{folder} cannot be written to: {failure.strerror or failure}. No backup was made.") from failure
    except Error as failure:
        raise Refused(f"The database does not answer: {str(failure).strip()} No backup was made.") from failure
    return path, contents


def _write(draft: Path, key: bytes, now: datetime) -> None:
    draft.unlink(missing_ok=True)
    with written(draft, key, about(now)) as archive:
        with dumped() as dump:
            archive.add_in_parts(DATABASE, dump)
        for name in stored():
            try:
                size = default_storage.size(name)
                with default_storage.open(name) as file:
                    archive.add(MEDIA + name, size, file)
            except FileNotFoundError:
                continue  # it was deleted meanwhile, as its row will be
    with draft.open("rb+") as file:
        os.fsync(file.fileno())


def about(now: datetime) -> dict[str, Any]:
    """What must be known of a backup before it is put back."""
    applied = MigrationRecorder(connection).applied_migrations()
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        version = int(cursor.fetchone()[0]) // 10_000
    return {"made_at": now.isoformat(), "postgres": version, "migrations": sorted(map(list, applied))}


def stored(folder: str = "") -> Iterator[str]:
    """The names of all files of people, but for uploads that are still coming in."""
    try:
        folders, files = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    yield from (f"{folder}{name}" for name in sorted(files))
    for name in sorted(folders):
        if folder or name != INCOMING:
            yield from stored(f"{folder}{name}/")


def _write_list(path: Path) -> None:
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600)
    draft.write_text("".join(f"{line}\n" for line in whole_list()))
    draft.replace(path)
