"""Times as the database has them."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
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
