"""Removing a person for good: their rows, files and cached values go, and rows of others lose their name.

It is done in batches, each of which may be the last that a process lives to see: files go before the rows that name
them, the account goes last and with it, in one transaction, the line of the deletion list.
"""

import json
import os
from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any, Final
from uuid import UUID

import structlog
from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.auth import SESSION_KEY
from django.contrib.contenttypes.models import ContentType
from django.contrib.postgres.fields import ArrayField
from django.contrib.sessions.models import Session as AdminSession
from django.db import models, transaction
from django.db.models import F, Func, Model, Value
from django.utils import timezone

from accounts.models import DeletedAccount, User
from accounts.operations.sessions import end_all_sessions
from fitai.common import redis
from fitai.common.media import storage
from fitai.common.models import Job
from fitai.privacy.files import holds_files, stored_of
from fitai.privacy.lines import CACHED
from fitai.privacy.tables import Table, in_order, tables

log = structlog.get_logger(__name__)

BATCH: Final = 1000
FILES_AT_ONCE: Final = 100
LIST: Final = "deletions.jsonl"
"""In FITAI_HOME: the deletion list once more, where an older backup of the database does not overwrite it."""


class FilesRemain(Exception):
    """The storage did not let go of files; the rows that name them stay until it does."""


def remove_person(user_id: UUID) -> None:
    """Remove somebody, in as many transactions as it takes."""
    while remove_batch(user_id):
        pass


@transaction.atomic
def remove_batch(user_id: UUID) -> int:
    """Remove a batch of what is somebody's, at last the account itself; how many rows, 0 once nothing is left."""
    if User.objects.select_for_update().filter(pk=user_id).first() is None:
        return 0
    order, gone = in_order(), 0
    last = [table.model for table in order].index(User)
    for table in order[:last]:
        while removed := _remove_rows(table, user_id, BATCH - gone):
            gone += removed
            if gone >= BATCH:
                return gone
    gone += _forget_in_others(user_id, BATCH - gone)
    if gone >= BATCH:
        return gone
    _forget_addresses(user_id)
    _close_admin_sessions(user_id)
    forget_cached(user_id)
    write_down(user_id)
    for table in order[last:]:
        while removed := _remove_rows(table, user_id, BATCH):
            gone += removed
    return gone


def _remove_rows(table: Table, user_id: UUID, most: int) -> int:
    """Remove some rows of one table that go, with their files and with what the admin's history says of them."""
    if table.line.stays is not None:
        stay = table.of(user_id).filter(table.line.stays.which(user_id))
        stay.update(**table.line.stays.changes)
    if table.tracked is not None and tables()[table.tracked].line.stays is not None:
        kept = table.of(user_id).exclude(pk__in=table.going(user_id))
        kept.update(**dict.fromkeys(table.owners))
    if holds_files(table.model):
        rows: list[Any] = list(table.going(user_id)[: min(most, FILES_AT_ONCE)])
        for row in rows:
            remove_files(row)
        keys = [row.pk for row in rows]
    else:
        keys = list(table.going(user_id).values_list("pk", flat=True)[:most])
    if keys:
        kind = ContentType.objects.get_for_model(table.model)
        LogEntry.objects.filter(content_type=kind, object_id__in=[str(key) for key in keys]).delete()
        _uncache(table, keys)
        table.model._base_manager.filter(pk__in=keys).delete()
    return len(keys)


def remove_files(row: Model) -> None:
    """Remove the files of a row that is about to go."""
    stored = stored_of(row)
    gone = (
        storage.delete_folder(stored.folder) if stored.folder else storage.delete(*(name for _, name in stored.files))
    )
    if not gone:
        raise FilesRemain(f"{row._meta.label} {row.pk}")


# ── What others keep ─────────────────────────────────────────────────────────────────────────────


def _forget_in_others(user_id: UUID, most: int) -> int:
    """Take the person's name out of rows of others, a batch at most."""
    changed = 0
    for table in tables().values():
        for name, change, condition in _changes(table, user_id):
            rows = table.model._base_manager.filter(**condition)
            keys = list(rows.values_list("pk", flat=True)[: most - changed])
            if keys:
                changed += table.model._base_manager.filter(pk__in=keys).update(**{name: change})
            if changed >= most:
                return changed
    return changed


def _changes(table: Table, user_id: UUID) -> Iterator[tuple[str, Any, dict[str, Any]]]:
    """(column, its new value, which rows) for each way in which rows of others name a person."""
    for column in table.references:
        if isinstance(column, ArrayField):
            without = Func(F(column.name), Value(user_id, models.UUIDField()), function="array_remove")
            yield column.name, without, {f"{column.name}__contains": [user_id]}
        else:
            yield column.name, None, {column.name: user_id}
    for path in table.line.named_in:
        name, _, member = path.partition(".")
        place = Value([member], ArrayField(models.TextField()))
        nothing = Func(F(name), place, template="jsonb_set(%(expressions)s, 'null')")
        yield name, nothing, {f"{name}__{member}": str(user_id)}


def _forget_addresses(user_id: UUID) -> None:
    """Mails that were sent to the person's addresses before anybody knew whose they are."""
    addresses = EmailAddress.objects.filter(user_id=user_id).values_list("email", flat=True)
    known = {*addresses, User.objects.values_list("email", flat=True).get(pk=user_id)} - {""}
    Job.objects.filter(finished_at__isnull=False, payload__email__in=list(known)).delete()


def _close_admin_sessions(user_id: UUID) -> None:
    """Log-ins to the admin, whose rows say only inside of their seal whose they are."""
    for session in AdminSession.objects.iterator(BATCH):
        if session.get_decoded().get(SESSION_KEY) == str(user_id):
            session.delete()


# ── The cache ────────────────────────────────────────────────────────────────────────────────────


def _uncache(table: Table, keys: Iterable[Any]) -> None:
    if table.label in CACHED:
        names = [CACHED[table.label](key) for key in keys]
        redis.attempt(lambda client: client.delete(*names), 0)


def forget_cached(user_id: UUID) -> None:
    """Remove what Valkey holds under the person's id, name or addresses. Without Valkey, time does it within a day."""
    user = User.objects.get(pk=user_id)
    logins = {user.username.lower(), user.email} - {""}
    patterns = [f"fitai:*{user_id}*"]
    for login in map(_literal, logins):
        patterns += [f"fitai:{kind}:*:{login}" for kind in ("wrong", "trying", "limit")]
    redis.attempt(partial(_delete_matching, patterns=patterns), None)


def _delete_matching(client: Any, patterns: list[str]) -> None:
    for pattern in patterns:
        for key in client.scan_iter(match=pattern, count=BATCH):
            client.delete(key)


def _literal(text: str) -> str:
    """A text as it stands in a pattern of Valkey."""
    return "".join(f"\\{char}" if char in "*?[]^\\" else char for char in text)


# ── The deletion list ────────────────────────────────────────────────────────────────────────────


def write_down(user_id: UUID) -> None:
    """Put an account on the deletion list, in the database and beside it, before it is removed."""
    entry = DeletedAccount.of(user_id)
    DeletedAccount.objects.bulk_create([entry], ignore_conflicts=True)
    settings.FITAI_HOME.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(settings.FITAI_HOME / LIST, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "a") as file:
        file.write(line_of(entry) + "\n")
        file.flush()
        os.fsync(file.fileno())


def line_of(entry: DeletedAccount) -> str:
    return json.dumps({"account": entry.digest, "removed_at": f"{entry.removed_at:%Y-%m-%dT%H:%M:%SZ}"})


def read_list(lines: Iterable[str]) -> set[str]:
    """The accounts that a deletion list names; ValueError with the number of a line that is none."""
    accounts = set()
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            accounts.add(json.loads(line)["account"])
        except (ValueError, KeyError, TypeError):
            raise ValueError(f"line {number} is not of a deletion list") from None
    return accounts


def listed(accounts: set[str]) -> Iterator[UUID]:
    """The people in the database whom a deletion list names."""
    for user_id in User.objects.order_by("pk").values_list("pk", flat=True).iterator(BATCH):
        if DeletedAccount.of(user_id).digest in accounts:
            yield user_id


def remove_again(user_id: UUID) -> None:
    """Remove somebody whom a restored backup has brought back; nobody meets them while that goes on."""
    with transaction.atomic():
        User.objects.filter(pk=user_id).hold()
        User.objects.filter(pk=user_id, deleted_at=None).update(deleted_at=timezone.now())
        end_all_sessions(user_id)
    remove_person(user_id)
