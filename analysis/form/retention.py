"""How videos go that nothing needs any more, and what was left behind by a process that was killed."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
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
"""No request and no job has a file that its row does not name for longer."""
BATCH = 100
PAGE = 500
"""Of folders, whose rows are asked for at once."""
NAMING = ("id", "finished_at", "original", "keypoints", "chart", "video", "frames")


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
    """Files that no row names and that lie there since before a moment, and uploads whose request never ended.

    A process that is killed between its commit and the removal of files leaves them, and so does one that stored a file
    and never came to its commit.
    """
    old = [id for id in map(_as_id, storage.folders_in(FOLDER)) if id is not None and _made(id) < before]
    pages = (old[at : at + PAGE] for at in range(0, len(old), PAGE))
    return sum(_forget_in(page, before) for page in pages) + storage.forget_incoming(before)


def _forget_in(ids: list[UUID], before: datetime) -> int:
    rows = {row["id"]: row for row in FormAnalysis.objects.filter(pk__in=ids).values(*NAMING)}
    gone = 0
    for id in ids:
        if id not in rows:
            gone += storage.delete_folder(f"{FOLDER}/{id}")
        elif _has_its_turn(rows[id], before):
            strays = storage.old_files_in(f"{FOLDER}/{id}", before, but=names_of(rows[id]))
            gone += sum(storage.delete(name) for name in strays)
    return gone


def _has_its_turn(row: Mapping[str, Any], before: datetime) -> bool:
    """Whether a folder that has a row is looked into by this purge: what ended lately each time, the others once a day,
    so that the work does not grow with all that was ever filmed."""
    lately = row["finished_at"] is None or row["finished_at"] > before - timedelta(days=1)
    return lately or row["id"].int % 24 == timezone.now().hour


def names_of(row: Mapping[str, Any]) -> list[str]:
    """The files that a row names, in the storage."""
    return [row["original"], row["keypoints"], row["chart"], row["video"], *(one["name"] for one in row["frames"])]


def _as_id(folder: str) -> UUID | None:
    with suppress(ValueError):
        return UUID(folder)
    return None


def _made(id: UUID) -> datetime:
    """When an id of version 7 was made."""
    return datetime.fromtimestamp((id.int >> 80) / 1000, UTC)
