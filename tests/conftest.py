"""Fixtures of the whole suite."""

import pytest

from fitai.common import redis
from tests.cast import anonymous, athlete, coach, exercise, moderator, stranger
from tests.embedded.copies import prepared

__all__ = ["anonymous", "athlete", "coach", "exercise", "moderator", "prepared", "stranger"]


@pytest.fixture(autouse=True)
def empty_valkey() -> None:
    """Counters, session facts and outages of one test are nothing to the next."""
    redis._resting_until = 0.0
    redis.client.flushdb()
