"""Pictures and videos of exercises are made and published."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from exercises.operations import media
from exercises.operations.media_decisions import PUBLISH, publish_media
from fitai.common.jobs import Claim, PermanentFailure, handles
from fitai.common.media.children import ChildDied
from fitai.common.media.decoding import DecoderMissing, DecodingError
from fitai.common.media.pictures import PictureError

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
