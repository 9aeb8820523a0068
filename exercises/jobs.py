"""Background work of the exercise library: media are made and published, uses and searches counted."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from exercises.models import LoggedSearch
from exercises.operations import media
from exercises.operations.media_decisions import PUBLISH, publish_media
from exercises.operations.popularity import count_popularity
from exercises.operations.ratings import reweigh_vouched
from exercises.operations.searches import write_searches
from fitai.common.jobs import Claim, PermanentFailure, handles
from fitai.common.media.children import ChildDied
from fitai.common.media.decoding import DecoderMissing, DecodingError
from fitai.common.media.pictures import PictureError
from fitai.common.retention import delete_batch, keeps
from fitai.common.schedules import every

COUNT_EVERY_SECONDS = 3600
WRITE_SEARCHES_EVERY_SECONDS = 60
LEASE = timedelta(seconds=120)
"""A decoder may be silent for 30 s."""


@contextmanager
def typed_errors(claim: Claim) -> Iterator[None]:
    """What may be wrong with a file, or with this installation, in the words of the API."""
    try:
        yield
    except (PictureError, DecodingError) as refused:
        raise PermanentFailure(refused.code, refused.detail) from refused
    except DecoderMissing as missing:
        raise PermanentFailure("video_unavailable", "Videos cannot be made here at present.") from missing
    except FileNotFoundError as gone:
        raise PermanentFailure("unreadable", "The file is no longer there. Send it again.") from gone
    except ChildDied as death:
        if claim.job.attempts < claim.job.max_attempts:
            raise
        raise PermanentFailure("gave_up", "Reading the file was tried several times and never ended.") from death


@handles(media.IMAGE_JOB, max_attempts=4, visible=True, ended=media.end_making)
def make_image(claim: Claim) -> Mapping[str, Any]:
    with typed_errors(claim):
        return media.make_media(claim)


@handles(media.VIDEO_JOB, queue="vision", max_attempts=3, visible=True, lease=LEASE, ended=media.end_making)
def make_video(claim: Claim) -> Mapping[str, Any]:
    with typed_errors(claim):
        return media.make_media(claim)


@handles(PUBLISH, max_attempts=10)
def publish(claim: Claim) -> None:
    publish_media(claim)


@handles("exercises.count_popularity", max_attempts=3)
def count(claim: Claim) -> None:
    with claim.writing():
        count_popularity(timezone.now())


@handles("exercises.reweigh_ratings", max_attempts=3)
def reweigh(claim: Claim) -> Mapping[str, Any]:
    """The ratings of people whose account something vouches for by now weigh more."""
    people = 0
    while batch := reweigh_vouched():
        people += batch
        claim.advance(0, "weighing")
    return {"people": people}


@handles("exercises.write_searches", max_attempts=2)
def write_down_searches(claim: Claim) -> Mapping[str, Any]:
    return {"written": write_searches()}


@keeps("searches")
def purge_searches(before: datetime) -> int:
    return delete_batch(LoggedSearch.objects.filter(at__lt=before))


every(COUNT_EVERY_SECONDS, "exercises.count_popularity")
every(COUNT_EVERY_SECONDS, "exercises.reweigh_ratings")
every(WRITE_SEARCHES_EVERY_SECONDS, "exercises.write_searches")
