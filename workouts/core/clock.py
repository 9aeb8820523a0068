"""When something happened, told by a device whose clock may be wrong."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from workouts.core.fields import EARLIEST

TOLERANCE: Final = timedelta(seconds=30)
"""A message may well travel this long; only what is later than that is the clock's fault."""


def received_at(at: datetime, sent_at: datetime | None, now: datetime) -> datetime:
    """The moment that counts for an operation, by the server's clock: never later than `now`, never before 1970.

    `at` is when the device says it happened, `sent_at` when it says it sent it (now, where it does not say), `now`
    when the server got it. A device's clock that is ahead, or more than 30 s behind, is set right by the difference.
    """
    if sent_at is None:
        return _possible(at, now)
    happened = min(at, sent_at)
    skew = sent_at - now
    if -TOLERANCE <= skew <= timedelta(0):
        return _possible(happened, now)
    try:
        return _possible(happened - skew, now)
    except OverflowError:
        return EARLIEST


def _possible(moment: datetime, now: datetime) -> datetime:
    return max(EARLIEST, min(moment, now))
