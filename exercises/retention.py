"""How files of pictures and videos go that no row names any more."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.utils import timezone

from exercises.enums import MediaStatus
from exercises.models import Media
from exercises.models.media import FOLDER, SHOWN
from fitai.common.media import storage
from fitai.common.retention import keeps

LEFT_BEHIND_AFTER = timedelta(hours=1)
"""No request and no job has a file that nothing names for longer."""
PAGE = 500
"""Of folders, whose rows are asked for at once."""


@keeps("exercise_media_leftovers")
def forget_left_behind(before: datetime) -> int:
    """Files of pictures and videos that no row names: of requests that were refused, and of processes that were killed
    between their commit and the removal of files.

    A folder without a row goes at once; one with a row is looked into once a day, so that the work of an hour does not
    grow with the library.
    """
    before = min(before, timezone.now() - LEFT_BEHIND_AFTER)
    return sum(_forget_in(root, page, before) for root in (FOLDER, SHOWN) for page in _pages(root, before))


def _pages(root: str, before: datetime) -> Iterator[list[UUID]]:
    ids = [id for id in map(_as_id, storage.folders_in(root)) if id is not None and _made(id) < before]
    return (ids[at : at + PAGE] for at in range(0, len(ids), PAGE))


def _forget_in(root: str, ids: Sequence[UUID], before: datetime) -> int:
    rows = {media.pk: media for media in Media.objects.filter(pk__in=ids)}
    gone = 0
    for id in ids:
        folder, media = f"{root}/{id}", rows.get(id)
        if media is None:
            gone += storage.delete_folder(folder)
        elif media.status != MediaStatus.PROCESSING and id.int % 24 == timezone.now().hour:
            strays = storage.old_files_in(folder, before, but=media.stored.values())
            gone += sum(storage.delete(name) for name in strays)
    return gone


def _as_id(folder: str) -> UUID | None:
    with suppress(ValueError):
        return UUID(folder)
    return None


def _made(id: UUID) -> datetime:
    """When an id of version 7 was made."""
    return datetime.fromtimestamp((id.int >> 80) / 1000, UTC)
