"""Fixtures and order of the whole suite."""

import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import orjson
import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import TransactionTestCase
from psycopg import sql
from redis import Redis

from fitai.common import events, redis
from tests.asyncapi import misfit
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


# The product gives Valkey half a second. A machine on which every core is busy may need longer to empty it.
PATIENT = Redis.from_url(settings.REDIS_URL, socket_connect_timeout=30, socket_timeout=30, protocol=2)


@pytest.fixture(autouse=True)
def empty_valkey() -> None:
    """Counters, session facts and outages of one test are nothing to the next."""
    redis._resting_until = 0.0
    PATIENT.flushdb()


MADE_BY_MIGRATIONS = ("auth_permission", "django_content_type")
BY_DJANGO = TransactionTestCase._fixture_teardown


@cache
def deletion() -> sql.Composed:
    """Of all rows of a test, in any order and whatever triggers forbid."""
    tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
    deletes = [sql.SQL("DELETE FROM {}").format(sql.Identifier(t)) for t in tables if t not in MADE_BY_MIGRATIONS]
    return sql.SQL("; ").join([sql.SQL("SET LOCAL session_replication_role = replica"), *deletes])


def empty_database(case: TransactionTestCase) -> None:
    """What Django does with TRUNCATE in 130 ms, of which a test has few rows to delete; only a superuser may."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('is_superuser')")
        if cursor.fetchone() != ("on",):
            BY_DJANGO(case)
            return
        with transaction.atomic():
            cursor.execute(deletion())


@pytest.fixture(autouse=True, scope="session")
def quickly_emptied() -> Iterator[None]:
    """A test that commits leaves an empty database."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", empty_database)
        yield


@pytest.fixture(autouse=True)
def described_events(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a test makes happen on a channel is in the AsyncAPI document. Of groups each member is told in words of
    their own: those are looked at when a socket hears them."""
    announce = events._ring

    def checked(message: bytes) -> None:
        kind, _, rest = message.decode().partition(" ")
        seq, _, event = rest.partition(" ")
        if ":" in kind and not kind.startswith("group:"):
            channel = "user:me" if kind.startswith("user:") else kind
            told = {"type": "event", "channel": channel, "seq": int(seq), "event": orjson.loads(event)}
            assert misfit(told, "send") is None, (misfit(told, "send"), told)
        announce(message)

    monkeypatch.setattr(events, "_ring", checked)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Hand the longest files to the processes of a parallel run first."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        turn = {Path(__file__).parent / name: number for number, name in enumerate(LONGEST_FIRST)}
        items.sort(key=lambda item: turn.get(item.path, len(turn)))
