"""The made-up gym is what the product itself would have stored."""

from typing import Any
from uuid import UUID

import pytest
from django.core.management import call_command
from django.db import connection

from bench.history import athletes, days_of, workouts_of
from bench.loading import copy, library, load_people
from bench.options import Size
from bench.rows import TABLES, Book, requested
from fitai.common.actors import Actor
from workouts.operations.apply import apply

pytestmark = pytest.mark.django_db

SIZE = Size(people=2, workouts=60, sets=1100, heavy=50, seed=7)
OF_THE_CALL = {  # columns that are not of the training but of when and how it was stored
    "workouts_workout": {"touched_at"},
    "workouts_record": {"id"},
    "common_event": {"id", "created_at"},
}


def stored() -> dict[str, list[dict[str, Any]]]:
    """Every row of the workouts' tables."""
    found = {}
    for table in TABLES:
        with connection.cursor() as cursor:
            condition = "WHERE stream LIKE 'workout:%'" if table == "common_event" else ""
            cursor.execute(f"SELECT * FROM {table} {condition}")  # noqa: S608  the names are our own
            names = [column.name for column in cursor.description]
            rows = [dict(zip(names, row, strict=True)) for row in cursor]
        for row in rows:
            for name in OF_THE_CALL.get(table, ()):
                del row[name]
        found[table] = sorted(rows, key=repr)
    return found


def test_the_rows_are_those_that_apply_stores() -> None:
    call_command("load_catalogue", verbosity=0)
    load_people(SIZE)
    lifts, facts = library()
    days = days_of(lifts, SIZE.seed)
    training = {athlete.id: list(workouts_of(athlete, SIZE, days)) for athlete in athletes(SIZE)}
    for user_id, raws in training.items():
        book = Book(user_id, facts)
        for raw in raws:
            copy(book.rows(raw))
    copied = stored()
    assert {table: len(rows) for table, rows in copied.items() if table != "workouts_record"} == {
        "workouts_workout": 60,
        "workouts_workoutexercise": 300,
        "workouts_set": 1100,
        "common_event": 60,
    }
    with connection.cursor() as cursor:
        for table in reversed(TABLES):
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608  the names are our own
        cursor.execute("UPDATE common_clock SET change_seq = 0")

    for user_id, raws in training.items():
        for raw in raws:
            apply(Actor(user_id), UUID(raw["id"]), [requested(raw)], live=False)

    assert len(copied["workouts_record"]) > 500
    assert copied == stored()
