"""How videos go that nothing needs any more, and what was left behind by a process that was killed."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import UUID

from django.db import transaction
from django.db.models import CharField, Exists, OuterRef, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from analysis.form.models import FOLDER, FormAnalysis
from analysis.form.operations import DRAW
from fitai.common.media import storage
from fitai.common.models import Job
from fitai.common.retention import keeps

LEFT_BEHIND_AFTER = timedelta(hours=1)
"""No request and no job has a folder without a row for longer."""
BATCH = 100


@keeps("form_originals")
def forget_originals(before: datetime) -> int:
    """Videos of analyses that ended, unless their owner keeps them or they are still to be drawn."""
    drawn_by = Concat(Value(f"{DRAW}:"), Cast(OuterRef("pk"), CharField()), output_field=CharField())
    over = FormAnalysis.objects.filter(keep_video=False, finished_at__lt=before).exclude(original="")
    idle = over.exclude(Exists(Job.objects.filter(dedupe_key=drawn_by, finished_at=None)))
    gone = list(idle.select_for_update(skip_locked=True).values_list("pk", "original")[:BATCH])
    FormAnalysis.objects.filter(pk__in=[id for id, _ in gone]).update(original="")
    transaction.on_commit(partial(storage.delete, *(name for _, name in gone)))
    return len(gone) + forget_left_behind(timezone.now() - LEFT_BEHIND_AFTER)


def forget_left_behind(before: datetime) -> int:
    """Files without a row, and uploads whose request never ended."""
    old = [id for id in map(_as_id, storage.folders_in(FOLDER)) if id is not None and _made(id) < before]
    known = set(FormAnalysis.objects.filter(pk__in=old).values_list("pk", flat=True))
    for id in set(old) - known:
        storage.delete_folder(f"{FOLDER}/{id}")
    return len(set(old) - known) + storage.forget_incoming(before)


def _as_id(folder: str) -> UUID | None:
    with suppress(ValueError):
        return UUID(folder)
    return None


def _made(id: UUID) -> datetime:
    """When an id of version 7 was made."""
    return datetime.fromtimestamp((id.int >> 80) / 1000, UTC)
