"""The picture of somebody: asked for in a request, made by a job, shown to whom sees the person.

The files of a person lie in one folder. `User.avatar` says which of them are shown: `<avatar>-64.webp` and so on.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from fitai.common import jobs
from fitai.common.actors import Actor
from fitai.common.ids import uuid7
from fitai.common.jobs import Claim
from fitai.common.media import pictures, storage
from fitai.common.media.pictures import PictureError
from fitai.common.media.uploads import Upload
from fitai.common.models import Job
from fitai.common.problems import Invalid, error

KIND = "accounts.avatar"
FOLDER = "avatars"
SIZES = (64, 256, 512)


def folder_of(user_id: UUID) -> str:
    """Where all files of somebody's pictures lie, those in the making too."""
    return f"{FOLDER}/{user_id}"


def files_of(avatar: str) -> list[str]:
    """The files of a picture as people see them, smallest first."""
    return [f"{avatar}-{size}.webp" for size in SIZES] if avatar else []


def names_of(user_id: UUID, avatar: str) -> list[str]:
    """The same in the storage."""
    return [f"{folder_of(user_id)}/{file}" for file in files_of(avatar)]


def receive(actor: Actor, upload: Upload) -> str:
    """Keep a picture that came in, if its first bytes say that it is one; its name in the storage.

    Outside of any transaction, for the storage may be far away. What no job is made for is left to the purge.
    """
    try:
        pictures.claimed(upload)
    except PictureError as refused:
        raise Invalid(errors=[error("/avatar", refused.code, refused.detail)]) from refused
    return storage.store(folder_of(actor.user_id), upload, ".upload")


@transaction.atomic
def request_avatar(actor: Actor, upload: str) -> Job:
    """Have a received picture made into the person's own. One that is still in the making is given up for it."""
    User.objects.filter(pk=actor.user_id).hold()
    _give_up(actor.user_id)
    job_id = uuid7()
    jobs.enqueue(KIND, {"upload": upload}, dedupe_key=f"{KIND}:{job_id}", user_id=actor.user_id, id=job_id)
    return Job.objects.get(pk=job_id)


@transaction.atomic
def remove_avatar(actor: Actor) -> None:
    """Have no picture, nor one in the making. Having none already is no error."""
    User.objects.filter(pk=actor.user_id).hold()
    _give_up(actor.user_id)
    _show(actor.user_id, "")


def make_avatar(claim: Claim) -> None:
    """The work of the job: the picture in its sizes, shown in place of the one before.

    Raises `PictureError`, `ChildDied`, and `OSError` where the storage fails.
    """
    user_id = claim.job.user_id
    assert user_id is not None  # noqa: S101  it was asked for by somebody
    with storage.local_copy(claim.payload["upload"]) as upload:
        made = pictures.squares(upload, SIZES)
    with _stored(user_id, made) as avatar, transaction.atomic():
        User.objects.filter(pk=user_id).hold()  # people come before jobs
        with claim.writing():
            _show(user_id, avatar)


def forget_upload(job: Job) -> None:
    """The job has ended: what was sent is of no more use."""
    transaction.on_commit(partial(storage.delete, job.payload["upload"]))


@contextmanager
def _stored(user_id: UUID, made: list[bytes]) -> Iterator[str]:
    """A picture in the storage, by what its files are called; gone again when the block fails."""
    avatar = storage.new_stem()
    try:
        for content, size in zip(made, SIZES, strict=True):
            storage.store(folder_of(user_id), content, f"-{size}.webp", stem=avatar)
        yield avatar
    except BaseException:
        storage.delete(*names_of(user_id, avatar))
        raise


def _show(user_id: UUID, avatar: str) -> None:
    """Show another picture, or none, of a held person; the files of the one before go once that is committed."""
    before = User.objects.values_list("avatar", flat=True).get(pk=user_id)
    if before != avatar:
        User.objects.filter(pk=user_id).update(avatar=avatar)
        transaction.on_commit(partial(storage.delete, *names_of(user_id, before)))


def unfinished(user_ids: Sequence[UUID]) -> QuerySet[Job]:
    """Jobs of pictures that are still in the making."""
    return Job.objects.filter(user__in=user_ids, kind=KIND, finished_at=None)


def _give_up(user_id: UUID) -> None:
    for job in unfinished([user_id]).order_by("pk").select_for_update():
        jobs.cancel(job)
