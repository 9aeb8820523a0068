"""Times as the database has them, and connections that are kept."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import DatabaseError, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import adapters
from psycopg.pq import Format

SAID = "'2026-07-01 12:00:00.123456+02'::timestamptz"
MEANT = datetime(2026, 7, 1, 10, 0, 0, 123456, tzinfo=UTC)


@pytest.mark.parametrize(
    ("said", "meant"), [(SAID, MEANT), (f"ARRAY[{SAID}, NULL]", [MEANT, None]), ("NULL::timestamptz", None)]
)
def test_they_are_in_utc(db: None, said: str, meant: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {said}")
        (found,) = cursor.fetchone()
    assert found == meant
    assert not isinstance(found, datetime) or found.tzinfo is UTC


def test_they_are_read_by_psycopg_itself(db: None) -> None:
    oid = adapters.types["timestamptz"].oid
    with connection.cursor() as cursor:
        assert cursor.connection.adapters.get_loader(oid, Format.TEXT) is adapters.get_loader(oid, Format.TEXT)


def test_a_cursor_with_a_name(db: None) -> None:
    """Where the server keeps what was found."""
    with connection.create_cursor("kept") as cursor:
        cursor.execute(f"SELECT {SAID}")
        assert cursor.fetchall() == [(MEANT,)]


@pytest.fixture
def kept(db: None) -> Iterator[BaseDatabaseWrapper]:
    """A connection as a thread keeps it from one request to the next."""
    own = connection.copy()
    own.ensure_connection()
    yield own
    own.close()


def last_asked(kept: BaseDatabaseWrapper) -> datetime:
    """When the server last heard of a connection."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute("SELECT state_change FROM pg_stat_activity WHERE pid = %s", [kept.connection.info.backend_pid])
        return cursor.fetchone()[0]


class TestAConnectionThatWasKept:
    def test_is_tried_without_a_statement(self, kept: BaseDatabaseWrapper) -> None:
        before = last_asked(kept)
        assert kept.is_usable()
        assert last_asked(kept) == before

    def test_is_made_anew_where_the_server_ended_it(self, kept: BaseDatabaseWrapper) -> None:
        """So that no request fails for a server that was restarted while the thread had nothing to do."""
        gone = kept.connection.info.backend_pid
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [gone])
        kept.health_check_enabled, kept.health_check_done = True, False  # as at the next request
        with kept.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            assert cursor.fetchone()[0] != gone

    def test_is_not_trusted_in_the_middle_of_something(self, kept: BaseDatabaseWrapper) -> None:
        with suppress(DatabaseError), kept.cursor() as cursor:
            kept.set_autocommit(False)
            cursor.execute("SELECT 1 / 0")
        assert not kept.is_usable()
