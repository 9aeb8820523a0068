"""What moderators decide on pictures and videos of exercises, and what everybody sees of them.

Published files lie in a public folder under new names; `Exercise.media` lists them as an exercise shows them. Locks are
taken in one order: the job, the exercise, the picture or video, the person's clock.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from accounts.enums import NotificationKind
from accounts.operations.notifications import notify
from exercises.enums import MediaKind, MediaStatus, Status
from exercises.errors import MediaDecided
from exercises.models import Exercise, Media
from exercises.models.media import LIVE
from exercises.operations.saying import said_by
from exercises.policies import can_decide_media, can_moderate, can_remove_media
from fitai.common import jobs
from fitai.common.actors import Actor, Policy, Via, require
from fitai.common.jobs import Claim
from fitai.common.media import storage
from fitai.common.models import Job
from fitai.common.problems import Conflict, Invalid, NotFound, error, not_found_in_body

PUBLISH: Final = "exercises.publish_media"

# ── Deciding ─────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def approve_media(actor: Actor, media_id: UUID) -> Media:
    """Let it into the library: everybody sees it in a moment. 409 unless it awaits review, and its exercise is in the
    library."""
    media = _lock(actor, media_id, can_decide_media)
    _require_status(media, MediaStatus.PENDING)
    if media.exercise.status != Status.APPROVED or media.exercise.deleted_at is not None:
        raise Conflict("Its exercise is not in the library: decide on that first.", state=media.exercise.status)
    _decide(actor, media, MediaStatus.APPROVED)
    publish_later(media)
    _tell(actor, media, "media_approved")
    return media


@transaction.atomic
def reject_media(actor: Actor, media_id: UUID, reason: str) -> Media:
    """Do not let it in, and tell its author why. Its files are gone. 409 unless it awaits review."""
    media = _lock(actor, media_id, can_decide_media)
    _require_status(media, MediaStatus.PENDING)
    _decide(actor, media, MediaStatus.REJECTED, _said(reason))
    _tell(actor, media, "media_rejected")
    return media


@transaction.atomic
def take_media_down(actor: Actor, media_id: UUID, reason: str) -> Media:
    """Take it out of the library; its public files are gone. 409 unless it is in it."""
    media = _lock(actor, media_id, can_moderate)
    _require_status(media, MediaStatus.APPROVED)
    _decide(actor, media, MediaStatus.REMOVED, _said(reason))
    _show(actor.user_id, actor.via, media.exercise_id)
    _tell(actor, media, "media_removed")
    return media


@transaction.atomic
def delete_media(actor: Actor, exercise_id: UUID, media_id: UUID) -> None:
    """Take back what was sent, with its files; what is still in the making stops. What is in the library is taken down
    by moderators."""
    job = Job.objects.select_for_update().filter(pk=media_id).first()
    media = _lock(actor, media_id, can_remove_media, exercise_id=exercise_id)
    if media.status == MediaStatus.APPROVED:
        take_media_down(actor, media_id, "It was deleted.")
        return
    _forget_files(media)
    media.delete()
    if job is not None and job.finished_at is None:
        jobs.cancel(job)


@transaction.atomic
def order_media(actor: Actor, exercise_id: UUID, order: Sequence[UUID]) -> None:
    """Moderators: show the published ones of an exercise in this order; those that it leaves out follow as they
    stood."""
    require(can_moderate, actor, exercise_id)
    _lock_exercise(exercise_id)
    rows = {media.pk: media for media in _published(exercise_id).select_for_update(of=("self",))}
    for index, media_id in enumerate(order):
        if media_id not in rows:
            raise not_found_in_body(f"/order/{index}", "picture or video of this exercise")
    for position, media_id in enumerate(dict.fromkeys([*order, *rows])):
        rows[media_id].position = position
    Media.objects.bulk_update(rows.values(), ["position"])
    _show(actor.user_id, actor.via, exercise_id)


def _lock(actor: Actor, media_id: UUID, policy: Policy, *, exercise_id: UUID | None = None) -> Media:
    """The row, locked after its exercise; 404 for whom it does not exist, 403 for who may not."""
    rows = Media.objects.visible_to(actor).filter(pk=media_id)
    if exercise_id is not None:
        rows = rows.filter(exercise=exercise_id)
    found = rows.values_list("exercise_id", flat=True).first()
    if found is None:
        raise NotFound()
    _lock_exercise(found)
    media = rows.select_related("exercise").select_for_update(of=("self",)).first()
    if media is None:
        raise NotFound()
    require(policy, actor, media)
    return media


def _lock_exercise(exercise_id: UUID) -> None:
    """One list of what it shows is written at a time."""
    list(Exercise.objects.select_for_update(no_key=True, of=("self",)).filter(pk=exercise_id).values_list("pk"))


def _require_status(media: Media, wanted: MediaStatus) -> None:
    if media.status != wanted:
        raise MediaDecided(f"It is {media.get_status_display().lower()}.", state=media.status)


def _said(reason: str) -> str:
    if not reason.strip():
        raise Invalid(errors=[error("/reason", "blank", "Say why: the author is told.")])
    return reason.strip()[:500]


def _decide(actor: Actor, media: Media, status: MediaStatus, reason: str = "") -> None:
    """What is not let in loses its files."""
    if status != MediaStatus.APPROVED:
        _forget_files(media)
        media.files, media.published_at = [], None
    media.status, media.reason = status, reason
    media.decided_by_id, media.decided_at = actor.user_id, timezone.now()
    media.save()


def _forget_files(media: Media) -> None:
    for folder in (media.folder, media.public_folder):
        transaction.on_commit(partial(storage.delete_folder, folder))


def _tell(actor: Actor, media: Media, what: str) -> None:
    if media.author_id is None or media.author_id == actor.user_id:
        return
    about = {
        "what": what,
        "exercise_id": str(media.exercise_id),
        "media_id": str(media.pk),
        "title": media.exercise.name,
        "reason": media.reason,
    }
    notify(media.author_id, NotificationKind.MODERATION, dedupe_key=f"{what}:{media.pk}", params=about)


# ── Publishing ───────────────────────────────────────────────────────────────────────────────────


def publish_later(media: Media) -> None:
    """Copying files takes time: a job does it."""
    jobs.enqueue(PUBLISH, {"media_id": str(media.pk)}, dedupe_key=f"{PUBLISH}:{media.pk}")


def publish_media(claim: Claim) -> None:
    """The work of the job: what was approved is read by everybody from now on, unless it was taken down meanwhile."""
    media = Media.objects.filter(pk=claim.payload["media_id"]).first()
    if media is None or media.status != MediaStatus.APPROVED or media.published_at is not None:
        return
    storage.delete_folder(media.public_folder)  # of attempts that were killed
    with _copied(media) as files, claim.writing():
        _lock_exercise(media.exercise_id)
        approved = Media.objects.filter(pk=media.pk, status=MediaStatus.APPROVED)
        if not approved.select_for_update().exists():
            raise TakenDown()
        approved.update(files=files, published_at=timezone.now())
        _show(media.decided_by_id, "job", media.exercise_id)
        transaction.on_commit(partial(storage.delete_folder, media.folder))


class TakenDown(Exception):
    """What was to be published has been taken down meanwhile; the next attempt finds nothing to do."""


@contextmanager
def _copied(media: Media) -> Iterator[list[dict[str, Any]]]:
    """The files in the public folder, under names that nobody has seen; gone again when the block fails."""
    stem, names, files = storage.new_stem(), [], []
    try:
        for one in media.files:
            ending = "-" + one["file"].rpartition("-")[2]
            names.append(storage.copy(f"{media.folder}/{one['file']}", media.public_folder, ending, stem=stem))
            files.append({**one, "file": f"{stem}{ending}"})
        yield files
    except BaseException:
        storage.delete(*names)
        raise


def _published(exercise_id: UUID) -> Any:
    return Media.objects.filter(exercise=exercise_id, published_at__isnull=False).listed()


def _show(by: UUID | None, via: Via, exercise_id: UUID) -> None:
    """Write the list of what a locked exercise shows, if it is another one; the history says who made it so."""
    shown = [entry_of(media) for media in _published(exercise_id)]
    with said_by(by, via):
        Exercise.objects.filter(pk=exercise_id).exclude(media=shown).update(media=shown)


def entry_of(media: Media) -> dict[str, Any]:
    """A published picture or video as its exercise keeps it: addresses are relative to MEDIA_BASE_URL."""
    folder = media.public_folder.removeprefix(f"{storage.PUBLIC}/")
    files = {role: [one for one in media.files if one["role"] == role] for role in (*MediaKind.values, "poster")}

    def at(one: dict[str, Any]) -> str:
        return f"{folder}/{one['file']}"

    return {
        "id": str(media.pk),
        "kind": media.kind,
        "alt": media.alt,
        "file": at(files[media.kind][-1]),
        "poster": at(files["poster"][0]) if files["poster"] else None,
        "width": media.width,
        "height": media.height,
        "seconds": media.seconds,
        "sizes": [{"file": at(one), "width": one["width"], "height": one["height"]} for one in files[MediaKind.IMAGE]],
    }


def follow_merge(duplicate: Exercise, into: Exercise) -> None:
    """Pictures and videos of a duplicate show the exercise that stays, after its own, unless that has the same file."""
    same = Media.objects.filter(exercise=into, sha256=OuterRef("sha256"), status__in=LIVE)
    Media.objects.filter(exercise=duplicate).filter(~Exists(same)).update(exercise=into)
    for exercise in (duplicate, into):
        _show(None, "job", exercise.pk)
