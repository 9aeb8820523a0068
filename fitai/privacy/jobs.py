"""The work of an export, and of a removal."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from tempfile import NamedTemporaryFile
from typing import Any

from django.conf import settings
from django.core.files import File
from django.db import transaction
from django.utils import timezone

from accounts.enums import NotificationKind
from accounts.models import DataExport, DeletedAccount, User
from accounts.operations.notifications import notify
from accounts.operations.privacy import EXPORT
from fitai.common.jobs import Claim, Fenced, handles
from fitai.common.media import storage
from fitai.common.models import Job
from fitai.privacy.export import write_export
from fitai.privacy.removal import remove_person
from fitai.privacy.retention import REMOVE

LEASE = timedelta(minutes=3)  # a storage elsewhere may take a while to be given the file
TELL_EVERY_SECONDS = 1.0
WRITTEN = 0.9
"""The part of the work that is done once the file is written."""


def end_export(job: Job) -> None:
    """What an attempt stored that came to nothing goes."""
    if job.status != Job.Status.SUCCEEDED:
        transaction.on_commit(partial(storage.delete_folder, DataExport(pk=job.pk).folder))


@handles(REMOVE, max_attempts=10, lease=LEASE)
def remove_account(claim: Claim) -> None:
    """Remove an account whose grace is over; begun again, it goes on where it was."""
    over = timezone.now() - timedelta(days=settings.RETENTION_DAYS["deleted_accounts"])
    waiting = User.objects.filter(deleted_at__lt=over).values_list("pk", flat=True)
    user_id = next((id for id in waiting if DeletedAccount.of(id).digest == claim.payload["account"]), None)

    @contextmanager
    def writing() -> Iterator[None]:
        claim.advance(0)
        with claim.writing():
            yield

    if user_id is not None:
        remove_person(user_id, writing)


@handles(EXPORT, max_attempts=3, visible=True, lease=LEASE, ended=end_export)
def make_export(claim: Claim) -> Mapping[str, Any]:
    """Write everything about a person to a file that only they can fetch, and tell them that it is there."""
    done = {"href": f"/api/v1/users/export/{claim.job.pk}"}
    export = DataExport.objects.select_related("user").filter(pk=claim.job.pk).first()
    if export is None:
        raise Fenced()  # its account was removed
    if export.file:
        return done  # by an attempt that was stopped just before its end
    storage.delete_folder(export.folder)
    last_told = 0.0

    def tell(progress: float, stage: str) -> None:
        nonlocal last_told
        if time.monotonic() - last_told >= TELL_EVERY_SECONDS:
            last_told = time.monotonic()
            claim.advance(progress * WRITTEN, stage[:60])

    with NamedTemporaryFile(dir=storage.incoming_folder(), suffix=".upload") as draft:
        write_export(export.user_id, export.user.username, draft, tell)
        size = draft.tell()
        claim.advance(WRITTEN, "storing")
        name = storage.store(export.folder, File(draft), ".zip")
    try:
        with claim.writing():
            DataExport.objects.filter(pk=export.pk).update(file=name, size=size)
            notify(
                export.user_id,
                NotificationKind.EXPORT,
                dedupe_key=f"export:{export.pk}",
                params={"what": "made", "export_id": str(export.pk), "days": settings.RETENTION_DAYS["exports"]},
            )
    except BaseException:
        storage.delete_folder(export.folder)
        raise
    return done
