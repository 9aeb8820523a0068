"""How exports and accounts that were deleted go when their time is over."""

from datetime import datetime

import structlog

from accounts.models import DataExport, User
from fitai.common.retention import keeps
from fitai.privacy.removal import FilesRemain, remove_batch, remove_files

log = structlog.get_logger(__name__)

EXPORTS_AT_ONCE = 100


@keeps("exports")
def purge_exports(before: datetime) -> int:
    """The files, then their rows; what the storage does not let go of stays for the next purge."""
    gone = 0
    for export in DataExport.objects.filter(created_at__lt=before).order_by("created_at")[:EXPORTS_AT_ONCE]:
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
    """A batch of the rows of an account whose grace is over. While it is held, nobody takes the deletion back."""
    over = User.objects.filter(deleted_at__lt=before)
    for user_id in over.order_by("deleted_at").values_list("pk", flat=True)[:EXPORTS_AT_ONCE]:
        if not over.select_for_update().filter(pk=user_id).exists():
            continue
        try:
            return remove_batch(user_id)
        except FilesRemain as remain:
            log.warning("privacy.files_remain", row=str(remain))
    return 0
