"""Removing a person for good: their rows, files and cached values go, and rows of others lose their name.

It is done in batches, each of which may be the last that a process lives to see: files go before the rows that name
them, the account goes last and with it, in one transaction, the line of the deletion list. Nobody takes a deletion back
whose time is over, so nothing of a person comes back between two batches.
"""

import json
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final
from uuid import UUID

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction
from django.db.models import F, Func, Model, Value
from django.utils import timezone

from accounts.models import DeletedAccount, Notification, User
from accounts.operations.sessions import close_admin_sessions, end_all_sessions
from fitai.common import redis
from fitai.common.media import storage
from fitai.common.models import Job
from fitai.privacy.files import holds_files, stored_of
from fitai.privacy.lines import CACHED
from fitai.privacy.tables import Table, in_order, tables

BATCH: Final = 1000
FILES_AT_ONCE: Final = 100
Writing = Callable[[], AbstractContextManager[Any]]
LIST: Final = "deletions.jsonl"
"""In FITAI_HOME: the deletion list once more, where an older backup of the database does not overwrite it."""


class FilesRemain(Exception):
    """The storage did not let go of files; the rows that name them stay until it does."""


def remove_person(user_id: UUID, writing: Writing = transaction.atomic) -> None:
    """Remove somebody whose deletion cannot be taken back any more; each batch of rows in a transaction of its own."""
    if not User.objects.filter(pk=user_id).exists():
        return
    _forget_addresses(user_id, writing)  # while the rows say which they are
    order = in_order()
    last = [table.model for table in order].index(User)
    for table in order[:last]:
        if table.line.stays is not None:
            with writing():
                _leave_to_nobody(table, user_id)
        while keys := _batch(table, user_id):
            with writing():
                _remove_rows(table, keys)
    told = tables()[Notification]
    while keys := _keys(Notification._base_manager.filter(actor_ids=[user_id])):
        with writing():
            _remove_rows(told, keys)  # without their only name they would tell of nobody
    for table in tables().values():
        for column, change, condition in _changes(table, user_id):
            while keys := _keys(table.model._base_manager.filter(**condition)):
                with writing():
                    table.model._base_manager.filter(pk__in=keys).update(**{column: change})
    close_admin_sessions(user_id)
    forget_cached(user_id)
    entry = DeletedAccount.of(user_id)
    write_down(entry)
    with writing():
        DeletedAccount.objects.bulk_create([entry], ignore_conflicts=True)
        for table in order[last:]:
            while keys := _batch(table, user_id):
                _remove_rows(table, keys)


def _keys(rows: "models.QuerySet[Any]") -> list[Any]:
    return list(rows.values_list("pk", flat=True)[:BATCH])


def _batch(table: Table, user_id: UUID) -> list[Any]:
    """The keys of rows that go next; their files and what is cached of them are gone already."""
    if not holds_files(table.model):
        keys = _keys(table.going(user_id))
        if table.label in CACHED and keys:
            names = [CACHED[table.label](key) for key in keys]
            redis.attempt(lambda client: client.delete(*names), 0)
        return keys
    rows: list[Any] = list(table.going(user_id)[:FILES_AT_ONCE])
    for row in rows:
        remove_files(row)
    return [row.pk for row in rows]


def _remove_rows(table: Table, keys: list[Any]) -> None:
    """Remove rows, and what the admin's history says of them."""
    kind = ContentType.objects.get_for_model(table.model)
    LogEntry.objects.filter(content_type=kind, object_id__in=[str(key) for key in keys]).delete()
    table.model._base_manager.filter(pk__in=keys).delete()


def _leave_to_nobody(table: Table, user_id: UUID) -> None:
    """Take the owner from rows that stay, and from their earlier versions."""
    stays = table.line.stays
    assert stays is not None  # noqa: S101  asked for by the caller
    staying = table.of(user_id).filter(stays.which(user_id))
    versions = next((other for other in tables().values() if other.tracked is table.model), None)
    if versions is not None:
        versions.of(user_id).filter(pgh_obj__in=staying).update(**dict.fromkeys(versions.owners))
    staying.update(**stays.changes)


def remove_files(row: Model) -> None:
    """Remove the files of a row that is about to go."""
    stored = stored_of(row)
    gone = (
        storage.delete_folder(stored.folder) if stored.folder else storage.delete(*(name for _, name in stored.files))
    )
    if not gone:
        raise FilesRemain(f"{row._meta.label} {row.pk}")


# ── What others keep ─────────────────────────────────────────────────────────────────────────────


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


def _forget_addresses(user_id: UUID, writing: Writing) -> None:
    """Mails that were sent to the person's addresses before anybody knew whose they are."""
    addresses = EmailAddress.objects.filter(user_id=user_id).values_list("email", flat=True)
    known = {*addresses, User.objects.values_list("email", flat=True).get(pk=user_id)} - {""}
    sent = Job.objects.filter(finished_at__isnull=False, payload__email__in=list(known))
    while keys := _keys(sent):
        with writing():
            Job.objects.filter(pk__in=keys).delete()


# ── The cache ────────────────────────────────────────────────────────────────────────────────────


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


def write_down(entry: DeletedAccount) -> None:
    """Put an account on the list beside the database, before it is removed from the one in it."""
    settings.FITAI_HOME.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(settings.FITAI_HOME / LIST, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "a") as file:
        file.write(line_of(entry) + "\n")
        file.flush()
        os.fsync(file.fileno())


def line_of(entry: DeletedAccount) -> str:
    return json.dumps({"account": entry.digest, "removed_at": f"{entry.removed_at:%Y-%m-%dT%H:%M:%SZ}"})


def whole_list() -> Iterator[str]:
    """The deletion list of the database, and who is on the way there: deleted, with a grace that is not over."""
    for entry in DeletedAccount.objects.order_by("removed_at", "digest").iterator(BATCH):
        yield line_of(entry)
    leaving = User.objects.filter(deleted_at__isnull=False).order_by("deleted_at", "pk")
    for user_id, since in leaving.values_list("pk", "deleted_at").iterator(BATCH):
        yield json.dumps({"leaving": DeletedAccount.of(user_id).digest, "since": since.isoformat()})


@dataclass
class DeletionList:
    """The accounts that were removed, and those that were deleted with their grace, since when."""

    removed: set[str] = field(default_factory=set)
    leaving: dict[str, datetime] = field(default_factory=dict)


def read_list(lines: Iterable[str], into: DeletionList | None = None) -> DeletionList:
    """What a deletion list says, added to what others said; ValueError with the number of a line that is none."""
    found = into or DeletionList()
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            said = json.loads(line)
            if "leaving" in said:
                found.leaving[said["leaving"]] = datetime.fromisoformat(said["since"])
            else:
                found.removed.add(said["account"])
        except (ValueError, KeyError, TypeError):
            raise ValueError(f"line {number} is not of a deletion list") from None
    return found


def replay(deletions: DeletionList) -> int:
    """Remove again whom a restored backup has brought back, and delete again, with what is left of their grace, who
    were about to leave; the count of those that were removed. Safe to run again."""
    people = list(User.objects.order_by("pk").values_list("pk", "deleted_at"))
    removed = 0
    for user_id, deleted_at in people:
        account = DeletedAccount.of(user_id).digest
        if account in deletions.removed:
            remove_again(user_id)
            removed += 1
        elif account in deletions.leaving and deleted_at is None:
            delete_again(user_id, deletions.leaving[account])
    return removed


def delete_again(user_id: UUID, since: datetime) -> None:
    """Delete somebody who had been deleted; logging in takes it back for as long as it would have."""
    with transaction.atomic():
        User.objects.filter(pk=user_id).hold()
        User.objects.filter(pk=user_id).update(deleted_at=since)
        end_all_sessions(user_id)


def remove_again(user_id: UUID) -> None:
    """Remove somebody whom a restored backup has brought back; meanwhile nobody meets them, nor takes it back."""
    over = timezone.now() - timedelta(days=settings.RETENTION_DAYS["deleted_accounts"] + 1)
    delete_again(user_id, over)
    remove_person(user_id)
