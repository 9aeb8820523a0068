"""Pictures and short videos of exercises: sent in a request, made by a job, and decided on by moderators.

Locks are taken in one order: the person, the job, the exercise, the picture or video, the person's clock.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final
from uuid import UUID

from django.core.files import File
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from accounts.models import User
from exercises.enums import MediaKind, MediaStatus, Status
from exercises.errors import MediaExists, TooManyMedia
from exercises.media_findings import Source, findings_of
from exercises.models import Exercise, Media
from exercises.models.media import FOLDER, LIVE
from exercises.operations.media_decisions import publish_later
from fitai.common import jobs
from fitai.common.actors import Actor, require_verified
from fitai.common.ids import uuid7
from fitai.common.jobs import Claim, PermanentFailure
from fitai.common.media import films, pictures, storage
from fitai.common.media.containers import container_of
from fitai.common.media.pictures import PictureError
from fitai.common.media.uploads import Upload
from fitai.common.models import Job
from fitai.common.problems import Conflict, Invalid, NotFound, error

IMAGE_JOB, VIDEO_JOB = "exercises.make_image", "exercises.make_video"
JOBS: Final = {MediaKind.IMAGE: IMAGE_JOB, MediaKind.VIDEO: VIDEO_JOB}
IMAGE_BYTES: Final = 10_000_000
PICTURES: Final = replace(pictures.ACCEPTED, answer_bytes=8_000_000)
WIDTHS: Final = (320, 640, 1280)
MOST_OF_EXERCISE: Final = 10
MOST_WAITING: Final = 20
"""Of one person, in the making or awaiting review."""


@dataclass(frozen=True, slots=True)
class Received:
    """A file that came in: what it is by its first bytes, and where it lies until it is made into what is shown."""

    media_id: UUID
    kind: MediaKind
    name: str
    sha256: str


# ── Sending ──────────────────────────────────────────────────────────────────────────────────────


def require_addable(actor: Actor, exercise_id: UUID) -> None:
    """404 for an exercise that the actor does not see; 403 for one of the library without a verified address."""
    status = Exercise.objects.visible_to(actor).filter(pk=exercise_id).values_list("status", flat=True).first()
    if status is None:
        raise NotFound()
    if status == Status.APPROVED:
        require_verified(actor)


def receive(upload: Upload) -> Received:
    """Keep a file that came in, if its first bytes say that it is a picture or a video.

    Outside of any transaction, for the storage may be far away. What no job is made for is left to the purge.
    """
    media_id, kind, sha256 = uuid7(), _kind_of(upload), upload.sha256
    return Received(media_id, kind, storage.store(f"{FOLDER}/{media_id}", upload, ".upload"), sha256)


def _kind_of(upload: Upload) -> MediaKind:
    upload.seek(0)
    container = container_of(upload.read(2048))
    try:
        if container is None:
            pictures.claimed(upload)
            if (upload.size or 0) > IMAGE_BYTES:
                raise PictureError("too_large", f"The picture is larger than {IMAGE_BYTES // 1_000_000} MB.")
    except PictureError as refused:
        detail = refused.detail
        if refused.code == "unreadable":
            detail = "This is neither a picture (JPEG, PNG, WebP) nor a video (MP4, MOV, WebM, MKV, AVI, TS)."
        raise Invalid(errors=[error("/file", refused.code, detail)]) from refused
    finally:
        upload.seek(0)
    return MediaKind.IMAGE if container is None else MediaKind.VIDEO


@transaction.atomic
def request_media(actor: Actor, exercise_id: UUID, received: Received, *, alt: str = "") -> Job:
    """Have a received file made into a picture or video of the exercise, for moderators to decide on. The same file
    sent again by the same person is the same job."""
    User.objects.filter(pk=actor.user_id).hold()
    rows = Exercise.objects.visible_to(actor).filter(pk=exercise_id)
    exercise = rows.select_for_update(no_key=True, of=("self",)).first()
    if exercise is None:
        raise NotFound()
    if exercise.status == Status.APPROVED:
        require_verified(actor)
    if exercise.status == Status.ARCHIVED:
        raise Conflict("The exercise is archived.", state=exercise.status)
    live = Media.objects.filter(exercise=exercise, status__in=LIVE)
    same = live.filter(sha256=received.sha256).first()
    if same is not None:
        job = Job.objects.filter(pk=same.pk, user=actor.user_id).first()
        if job is None:
            raise MediaExists(state=same.status)
        transaction.on_commit(partial(storage.delete_folder, f"{FOLDER}/{received.media_id}"))
        return job
    waiting = Media.objects.filter(author=actor.user_id, status__in=(MediaStatus.PROCESSING, MediaStatus.PENDING))
    if live.count() >= MOST_OF_EXERCISE or waiting.count() >= MOST_WAITING:
        raise TooManyMedia()
    last = Media.objects.filter(exercise=exercise).aggregate(last=Max("position"))["last"]
    Media.objects.create(
        id=received.media_id,
        exercise=exercise,
        author_id=actor.user_id,
        kind=received.kind,
        alt=alt,
        sha256=received.sha256,
        position=0 if last is None else last + 1,
    )
    kind = JOBS[received.kind]
    payload = {"upload": received.name, "trusted": "admin" in actor.roles}
    jobs.enqueue(kind, payload, dedupe_key=f"{kind}:{received.media_id}", user_id=actor.user_id, id=received.media_id)
    return Job.objects.get(pk=received.media_id)


# ── Making ───────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Made:
    """What was made of a file: each with how its name ends, its role, and its size in pixels."""

    files: list[tuple[str, str, Any, int, int]]
    source: Source
    seconds: float | None = None


def make_media(claim: Claim) -> dict[str, Any]:
    """The work of the job: the picture in its sizes, or the video with its poster, put before the moderators.

    Raises `PermanentFailure` where somebody took it back meanwhile, `PictureError`, `DecodingError`, `DecoderMissing`,
    `ChildDied`, and `OSError` where the storage fails.
    """
    media = Media.objects.filter(pk=claim.job.pk).first()
    if media is None:
        raise PermanentFailure("gone", "It was taken back, or its exercise is gone.")
    if media.status == MediaStatus.PROCESSING:  # else by an attempt that was stopped just before its end
        upload = claim.payload["upload"]
        left_behind = storage.old_files_in(media.folder, timezone.now(), but=[upload])  # by attempts that were killed
        storage.delete(*left_behind)
        make = _image if media.kind == MediaKind.IMAGE else _video
        with (
            storage.local_copy(upload) as sent,
            make(claim, sent) as made,
            _stored(media, made) as files,
            claim.writing(),
        ):
            _finish(claim, media.exercise_id, made, files)
    return {"media_id": str(media.pk), "href": f"/api/v1/exercises/{media.exercise_id}/media"}


@contextmanager
def _image(claim: Claim, sent: Path) -> Iterator[Made]:
    small, brightness = pictures.whole(sent, WIDTHS, PICTURES)
    with sent.open("rb") as file:
        claimed = pictures.claimed(file)
    files = [
        (f"-{one.width}x{one.height}.webp", MediaKind.IMAGE.value, one.content, one.width, one.height) for one in small
    ]
    yield Made(files, Source(claimed.width, claimed.height, brightness))


@contextmanager
def _video(claim: Claim, sent: Path) -> Iterator[Made]:
    claim.advance(0, "encoding")
    with TemporaryDirectory() as folder:
        film = films.transcode(sent, Path(folder) / "video.mp4", _telling(claim))
        size = film.width, film.height
        files = [
            ("-video.mp4", MediaKind.VIDEO.value, File(film.path.open("rb")), *size),
            ("-poster.webp", "poster", film.poster, *size),
        ]
        yield Made(files, Source(film.source_width, film.source_height, film.brightness), film.seconds)


def _telling(claim: Claim) -> Callable[[float], None]:
    """Says about once a second on the claim how far the work is; raises `Fenced` once it has ended."""
    told = time.monotonic()

    def tell(done: float) -> None:
        nonlocal told
        if time.monotonic() - told >= 1:
            told = time.monotonic()
            claim.advance(done, "encoding")

    return tell


@contextmanager
def _stored(media: Media, made: Made) -> Iterator[list[dict[str, Any]]]:
    """The files in the storage, as a row names them; gone again when the block fails."""
    stem, names = storage.new_stem(), []
    try:
        files = []
        for ending, role, content, width, height in made.files:
            names.append(storage.store(media.folder, content, ending, stem=stem))
            files.append({"file": f"{stem}{ending}", "role": role, "width": width, "height": height})
        yield files
    except BaseException:
        storage.delete(*names)
        raise


def _finish(claim: Claim, exercise_id: UUID, made: Made, files: list[dict[str, Any]]) -> None:
    """Write down what was made; what an admin sent of an exercise of the library is decided with that."""
    exercise = Exercise.objects.select_for_update(no_key=True, of=("self",)).filter(pk=exercise_id).first()
    media = Media.objects.select_for_update().filter(pk=claim.job.pk).first()
    if media is None or exercise is None:
        raise PermanentFailure("gone", "It was taken back, or its exercise is gone.")
    largest = next(one for one in reversed(files) if one["role"] == media.kind)
    media.files, media.width, media.height = files, largest["width"], largest["height"]
    media.seconds = made.seconds
    media.findings = findings_of(media, made.source)
    media.status = MediaStatus.PENDING
    if claim.payload["trusted"] and exercise.status == Status.APPROVED:
        media.status, media.decided_by_id, media.decided_at = MediaStatus.APPROVED, media.author_id, timezone.now()
        publish_later(media)
    media.save()


def end_making(job: Job) -> None:
    """The job has ended: what was sent is of no more use, and what came to nothing is forgotten."""
    if job.status != Job.Status.SUCCEEDED:
        Media.objects.filter(pk=job.pk, status=MediaStatus.PROCESSING).delete()
        transaction.on_commit(partial(storage.delete_folder, f"{FOLDER}/{job.pk}"))
    else:
        transaction.on_commit(partial(storage.delete, job.payload["upload"]))
