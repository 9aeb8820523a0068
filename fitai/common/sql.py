"""Writing many rows in one statement, where the ORM would cost several times as much. Names come from our own code."""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, NamedTuple

import orjson
from django.db import connection
from django.db.models import Model


class Rows(NamedTuple):
    """Rows to be written over one's own only: one that is there with another value of `same` is left alone."""

    model: type[Model]
    columns: tuple[str, ...]
    rows: Sequence[Sequence[Any]]
    same: str


def upsert_together(writes: Iterable[Rows]) -> bool:
    """Insert rows of several tables, or write them over those of the same id, in one statement; whether every row was
    written.

    Each table's rows travel as one value of JSON: however many there are and whatever is null, it is the same
    statement, which PostgreSQL plans once a connection.
    """
    filled = [write for write in writes if write.rows]
    statement = _together(tuple((write.model, write.columns, write.same) for write in filled))
    values = [
        orjson.dumps([dict(zip(write.columns, row, strict=True)) for row in write.rows], default=str).decode()
        for write in filled
    ]
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        (written,) = cursor.fetchone()
    return bool(written == sum(len(write.rows) for write in filled))


@cache
def _together(writes: tuple[tuple[type[Model], tuple[str, ...], str], ...]) -> str:
    parts = [_upserted(model, columns, same) for model, columns, same in writes]
    named = ", ".join(f"part{number} AS ({part} RETURNING 1)" for number, part in enumerate(parts))
    counts = " + ".join(f"(SELECT count(*) FROM part{number})" for number in range(len(parts)))  # noqa: S608
    return f"WITH {named} SELECT {counts}"


def _upserted(model: type[Model], columns: tuple[str, ...], same: str) -> str:
    fields = {field.attname: field for field in model._meta.concrete_fields}
    types = {column: fields[column].db_type(connection) for column in columns}
    # What is JSON already is text here.
    given = ", ".join(f"{column} {'text' if type == 'jsonb' else type}" for column, type in types.items())
    read = ", ".join(f"{column}::jsonb" if type == "jsonb" else column for column, type in types.items())
    table = model._meta.db_table
    return (
        f"INSERT INTO {table} ({', '.join(columns)}) SELECT {read} FROM json_to_recordset(%s::json) AS given({given})"  # noqa: S608
        f" ON CONFLICT (id) DO UPDATE SET {_updates(columns, ('id',))} WHERE {table}.{same} = EXCLUDED.{same}"
    )


def upsert(table: str, columns: tuple[str, ...], rows: Sequence[Sequence[Any]], *, conflict: tuple[str, ...]) -> None:
    """Insert the rows, or write them over those that have the same `conflict` columns."""
    if rows:
        values = ", ".join([f"({', '.join(['%s'] * len(columns))})"] * len(rows))
        execute(
            f"INSERT INTO {table} ({', '.join(columns)}) VALUES {values}"  # noqa: S608
            f" ON CONFLICT ({', '.join(conflict)}) DO UPDATE SET {_updates(columns, conflict)}",
            rows,
        )


def _updates(columns: Iterable[str], keys: tuple[str, ...]) -> str:
    return ", ".join(f"{column} = EXCLUDED.{column}" for column in columns if column not in keys)


def insert(table: str, columns: tuple[str, ...], rows: Sequence[Sequence[Any]]) -> None:
    """Insert the rows."""
    if rows:
        values = ", ".join([f"({', '.join(['%s'] * len(columns))})"] * len(rows))
        execute(f"INSERT INTO {table} ({', '.join(columns)}) VALUES {values}", rows)  # noqa: S608


def execute(statement: str, rows: Sequence[Sequence[Any]]) -> None:
    """Run a statement over the values of the rows."""
    with connection.cursor() as cursor:
        cursor.execute(statement, [value for row in rows for value in row])
