"""Writing many rows in one statement, where the ORM would cost several times as much. Names come from our own code."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from django.db import connection


@lru_cache(256)
def upsert_statement(table: str, columns: tuple[str, ...], conflict: str, same: str | None, rows: int) -> str:
    """INSERT ... ON CONFLICT (conflict) DO UPDATE for so many rows, over those whose `same` column agrees."""
    keys = {name.strip() for name in conflict.split(",")}
    values = ", ".join([f"({', '.join(['%s'] * len(columns))})"] * rows)
    updates = ", ".join(f"{column} = EXCLUDED.{column}" for column in columns if column not in keys)
    return (
        f"INSERT INTO {table} ({', '.join(columns)}) VALUES {values}"  # noqa: S608
        f" ON CONFLICT ({conflict}) DO UPDATE SET {updates}"
        + (f" WHERE {table}.{same} = EXCLUDED.{same}" if same else "")
    )


def upsert(table: str, columns: tuple[str, ...], rows: Sequence[Sequence[Any]], *, conflict: str = "id") -> None:
    """Insert the rows, or write them over those that have the same `conflict` columns."""
    if rows:
        execute(upsert_statement(table, columns, conflict, None, len(rows)), rows)


class Rows(NamedTuple):
    """Rows to be written over one's own only: one that is there with another value of `same` is left alone."""

    table: str
    columns: tuple[str, ...]
    rows: Sequence[Sequence[Any]]
    same: str


def upsert_together(writes: Iterable[Rows]) -> bool:
    """Insert rows of several tables, or write them over those of the same id, in one statement; whether every row was
    written."""
    filled = [write for write in writes if write.rows]
    statement = _together(tuple((write.table, write.columns, write.same, len(write.rows)) for write in filled))
    with connection.cursor() as cursor:
        cursor.execute(statement, [value for write in filled for row in write.rows for value in row])
        (written,) = cursor.fetchone()
    return bool(written == sum(len(write.rows) for write in filled))


@lru_cache(256)
def _together(writes: tuple[tuple[str, tuple[str, ...], str, int], ...]) -> str:
    parts = [upsert_statement(table, columns, "id", same, rows) for table, columns, same, rows in writes]
    named = ", ".join(f"part{number} AS ({part} RETURNING 1)" for number, part in enumerate(parts))
    counts = " + ".join(f"(SELECT count(*) FROM part{number})" for number in range(len(parts)))  # noqa: S608
    return f"WITH {named} SELECT {counts}"


def insert(table: str, columns: tuple[str, ...], rows: Sequence[Sequence[Any]]) -> None:
    """Insert the rows."""
    if rows:
        values = ", ".join([f"({', '.join(['%s'] * len(columns))})"] * len(rows))
        execute(f"INSERT INTO {table} ({', '.join(columns)}) VALUES {values}", rows)  # noqa: S608


def execute(statement: str, rows: Sequence[Sequence[Any]]) -> None:
    """Run a statement over the values of the rows."""
    with connection.cursor() as cursor:
        cursor.execute(statement, [value for row in rows for value in row])
