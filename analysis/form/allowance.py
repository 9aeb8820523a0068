"""How much video a person may have analysed: 30 minutes a day, kept exactly however many uploads come at once."""

import math
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from analysis.form.models import FormAnalysis, VideoAllowance
from fitai.common.media.decoding import ACCEPTED
from fitai.common.problems import TooManyRequests
from fitai.common.throttling import LIMITS

RESERVED_SECONDS = ACCEPTED.seconds
"""Taken when a video comes in, for nothing is known of it yet; what it does not need is given back."""


def lock_allowance(user_id: UUID) -> VideoAllowance:
    """The person's allowance as it is now, locked to the end of the transaction."""
    now, capacity = timezone.now(), _capacity()
    VideoAllowance.objects.bulk_create(
        [VideoAllowance(user_id=user_id, seconds=capacity, at=now)], ignore_conflicts=True
    )
    allowance = VideoAllowance.objects.select_for_update().get(pk=user_id)
    passed = max(0.0, (now - allowance.at).total_seconds())
    allowance.seconds = min(capacity, allowance.seconds + passed * _rate())
    allowance.at = max(now, allowance.at)
    return allowance


def reserve(allowance: VideoAllowance) -> float:
    """Take the longest video that is accepted, from a locked allowance, or refuse with 429; the seconds taken."""
    missing = RESERVED_SECONDS - allowance.seconds
    if missing > 0:
        wait = math.ceil(missing / _rate())
        raise TooManyRequests(
            f"At most {_capacity() / 60:.0f} minutes of video a day. Try again in {wait} s.",
            headers={
                "Retry-After": str(wait),
                "RateLimit-Limit": str(math.floor(_capacity())),
                "RateLimit-Remaining": str(math.floor(allowance.seconds)),
                "RateLimit-Reset": str(math.ceil((_capacity() - allowance.seconds) / _rate())),
            },
        )
    allowance.seconds -= RESERVED_SECONDS
    allowance.save(update_fields=["seconds", "at"])
    return RESERVED_SECONDS


def settle(analysis: FormAnalysis, seconds: float) -> None:
    """Give back what was taken for an analysis beyond the seconds that its video had. Sets `charged_seconds` only."""
    back = analysis.charged_seconds - seconds
    if back > 0:
        allowance = lock_allowance(analysis.user_id)
        allowance.seconds = min(_capacity(), allowance.seconds + back)
        allowance.save(update_fields=["seconds", "at"])
        analysis.charged_seconds = seconds


def _capacity() -> float:
    return LIMITS["form-video"].count * settings.LIMITS_FACTOR


def _rate() -> float:
    """Seconds of video that come back each second."""
    return _capacity() / LIMITS["form-video"].seconds
