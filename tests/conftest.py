"""Fixtures and order of the whole suite."""

import os
from pathlib import Path

import pytest

from fitai.common import redis
from tests.cast import anonymous, athlete, coach, exercise, moderator, stranger
from tests.embedded.copies import prepared

LONGEST_FIRST = (
    "analysis/form/test_clips.py",
    "demo/test_tour.py",
    "workouts/test_kill.py",
    "contract/test_fuzz.py",
    "embedded/test_dev.py",
    "access/test_access.py",
    "browser/test_admin.py",
    "analysis/core/test_counting.py",
    "analysis/form/test_kill.py",
    "bench/test_smoke.py",
    "workouts/test_socket.py",
    "templates_app/planner/test_proposal.py",
    "templates_app/planner/test_coaching.py",
    "common/media/test_decoding.py",
    "common/test_parsing.py",
    "property/test_convergence.py",
    "analysis/form/test_jobs.py",
)
"""Files that take more than ten seconds. One that began last would leave the other processes nothing to do; what waits
for programs stands beside what computes."""

__all__ = ["anonymous", "athlete", "coach", "exercise", "moderator", "prepared", "stranger"]


@pytest.fixture(autouse=True)
def empty_valkey() -> None:
    """Counters, session facts and outages of one test are nothing to the next."""
    redis._resting_until = 0.0
    redis.client.flushdb()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Hand the longest files to the processes of a parallel run first."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        turn = {Path(__file__).parent / name: number for number, name in enumerate(LONGEST_FIRST)}
        items.sort(key=lambda item: turn.get(item.path, len(turn)))
