"""How exports and accounts that were deleted go when their time is over."""

from datetime import datetime

import structlog

from accounts.models import DataExport, DeletedAccount, User
from fitai.common import jobs
from fitai.common.retention import BATCH, keeps
from fitai.privacy.removal import FilesRemain, remove_files

log = structlog.get_logger(__name__)

REMOVE = "privacy.remove_account"


@keeps("exports")
def purge_exports(before: datetime) -> int:
    """The files, then their rows; what the storage does not let go of stays for the next purge."""
    gone = 0
    for export in DataExport.objects.filter(created_at__lt=before).order_by("created_at")[:BATCH]:
        try:
            remove_files(export)
        except FilesRemain as remain:
            log.warning("privacy.files_remain", row=str(remain))
            continue
        export.delete()
        gone += 1
    return gone


@keeps("deleted_accounts")
def purge_accounts(before: datetime) -> int:
    """Each is a job of its own, once a day until it is gone; the count of those that were begun.

    The job names the account as the deletion list does, so that nothing of it is left there.
    """
    over = User.objects.filter(deleted_at__lt=before).order_by("deleted_at").values_list("pk", flat=True)
    begun = 0
    for user_id in over[:BATCH]:
        account = DeletedAccount.of(user_id).digest
        dedupe_key = f"{REMOVE}:{account}:{before:%Y-%m-%d}"
        begun += jobs.enqueue(REMOVE, {"account": account}, dedupe_key=dedupe_key) is not None
    return begun
