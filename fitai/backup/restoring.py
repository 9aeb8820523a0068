"""Putting a backup back: into a database that is empty, and only once all of it is proven to be whole and fitting.

Files come first and go again where the database cannot be filled, which is one transaction: a restore has happened, or
it has not.
"""

import hashlib
import shutil
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from fitai.backup.archive import DATABASE, MEDIA, Contents, Member, entries, proven
from fitai.backup.errors import Refused
from fitai.backup.programs import loading
from fitai.common import redis
from fitai.common.media import storage
from fitai.privacy.removal import DeletionList, read_list, replay

IN_MEMORY_BYTES: Final = 8 << 20  # of one file
OBJECTS = """
SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname NOT LIKE 'pg\\_%%' AND n.nspname <> 'information_schema'
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
"""


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put back, and whom the deletion list removed again."""

    contents: Contents
    migrated: bool
    removed: int


def restore(path: Path, key: bytes, deletions: DeletionList) -> Restored:
    """Put a backup back and migrate it; then remove again the accounts that were removed after it was made."""
    contents = proven(path, key)
    require_fitting(contents)
    new = require_room(contents.media)
    try:
        _store(path, key, new)
        with loading() as database:
            for name, content in entries(path, key):
                if name.startswith(DATABASE):
                    shutil.copyfileobj(content, database)
    except BaseException:
        storage.delete(*new)
        raise
    connection.close()
    redis.attempt(_forget_everything, None)
    migrated = bool(MigrationExecutor(connection).migration_plan(_newest()))
    if migrated:
        call_command("migrate", interactive=False, verbosity=0)
    return Restored(contents, migrated, replay(deletions))


def require_fitting(contents: Contents) -> None:
    """Refuse what this database or this release cannot take."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(OBJECTS)
            objects = cursor.fetchone()[0]
            cursor.execute("SHOW server_version_num")
            version = int(cursor.fetchone()[0]) // 10_000
    except Error as failure:
        raise Refused(f"The database does not answer: {str(failure).strip()}") from failure
    if objects:
        raise Refused(
            "The database is not empty, and a restore would mix two. Create an empty one (createdb), and name it in "
            "DATABASE_URL; with `make run`, choose a FITAI_HOME that does not exist yet."
        )
    about = contents.about
    known = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
    newer = [f"{app}.{name}" for app, name in about["migrations"] if (app, name) not in known]
    if newer:
        raise Refused(f"A newer release of FitAI made it (this one does not know {newer[0]}). Install that one.")
    if about["postgres"] > version:
        raise Refused(
            f"It was made on PostgreSQL {about['postgres']}, and this is {version}. Use that one, or a newer."
        )


def require_room(media: dict[str, Member]) -> list[str]:
    """The files that are not there yet. Refuse where others have their names, or there is no room for them."""
    new = []
    for name, member in media.items():
        try:
            with default_storage.open(name) as file:
                if hashlib.file_digest(file, "sha256").hexdigest() != member.sha256:
                    raise Refused(f"Another file is stored as {name} already. Use an empty folder or bucket for files.")
        except FileNotFoundError:
            new.append(name)
    if storage.local_path("") is not None:
        settings.MEDIA_ROOT.mkdir(parents=True, exist_ok=True)
        needed, free = sum(media[name].size for name in new), shutil.disk_usage(settings.MEDIA_ROOT).free
        if needed > free:
            raise Refused(f"The files need {needed} bytes, and {settings.MEDIA_ROOT} has {free} free. Make room there.")
    return new


def _store(path: Path, key: bytes, names: Iterable[str]) -> None:
    wanted = {MEDIA + name for name in names}
    try:
        for name, content in entries(path, key):
            if name in wanted:
                with tempfile.SpooledTemporaryFile(IN_MEMORY_BYTES) as file:  # an object store goes to and fro in it
                    shutil.copyfileobj(content, file)
                    file.seek(0)
                    given = default_storage.save(name.removeprefix(MEDIA), File(file))
                if MEDIA + given != name:
                    storage.delete(given)
                    raise Refused(f"{name} cannot be stored under its name. Use an empty folder or bucket for files.")
    except OSError as failure:
        raise Refused(f"The files cannot be stored: {failure.strerror or failure}. Nothing was restored.") from failure


def deletion_list(paths: Iterable[Path]) -> DeletionList:
    """What these lists say together."""
    deletions = DeletionList()
    for path in paths:
        try:
            read_list(path.read_text().splitlines(), deletions)
        except (OSError, ValueError) as fault:
            raise Refused(f"The deletion list {path} cannot be read: {fault}") from fault
    return deletions


def _newest() -> list[tuple[str, str]]:
    return MigrationLoader(connection).graph.leaf_nodes()


def _forget_everything(client: Any) -> None:
    """What Valkey holds was derived from another database."""
    for name in client.scan_iter(match="fitai:*", count=1000):
        client.delete(name)
