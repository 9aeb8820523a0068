"""Writing many rows in one statement, where the ORM would cost several times as much. Names come from our own code."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

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


def upsert(
    table: str,
    columns: tuple[str, ...],
    rows: Sequence[Sequence[Any]],
    *,
    conflict: str = "id",
    same: str | None = None,
) -> bool:
    """Insert the rows, or write them over those that have the same `conflict` columns.

    With `same`, a row that is there with another value of that column is left alone; whether every row was written.
    """
    return not rows or execute(upsert_statement(table, columns, conflict, same, len(rows)), rows) == len(rows)


def insert(table: str, columns: tuple[str, ...], rows: Sequence[Sequence[Any]]) -> None:
    """Insert the rows."""
    if rows:
        values = ", ".join([f"({', '.join(['%s'] * len(columns))})"] * len(rows))
        execute(f"INSERT INTO {table} ({', '.join(columns)}) VALUES {values}", rows)  # noqa: S608


def execute(statement: str, rows: Sequence[Sequence[Any]]) -> int:
    """Run a statement over the values of the rows; how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(statement, [value for row in rows for value in row])
        return int(cursor.rowcount)
