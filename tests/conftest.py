"""Fixtures of the whole suite."""

import pytest

from fitai.common import redis
from tests.cast import anonymous, athlete, coach, exercise, moderator, stranger

__all__ = ["anonymous", "athlete", "coach", "exercise", "moderator", "stranger"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What starts real processes comes first: the workers share what is long, and fill up with what is short."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


@pytest.fixture(autouse=True)
def empty_valkey() -> None:
    """Counters, session facts and outages of one test are nothing to the next."""
    redis._resting_until = 0.0
    redis.client.flushdb()
