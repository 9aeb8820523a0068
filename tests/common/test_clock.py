"""The order of a person's changes."""

import time

import pytest
from django.db import connection, transaction

from accounts.models import User
from fitai.common.clock import next_change_seq
from fitai.common.models import Clock
from tests.cast import make_person
from tests.common.servers import in_threads


def test_numbers_follow_each_other(athlete: User, stranger: User) -> None:
    assert [next_change_seq(athlete.pk) for _ in range(3)] == [1, 2, 3]
    assert next_change_seq(stranger.pk) == 1
    assert Clock.objects.get(pk=athlete.pk).stream_seq == 0


@pytest.mark.django_db(transaction=True)
def test_they_commit_in_order() -> None:
    """Whoever sees a number sees all smaller ones: a client that reads changes after n misses none."""
    athlete = make_person("athlete")
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE tests_change (seq bigint, committed timestamptz)")
    seen: list[list[int]] = []

    def change(number: int) -> None:
        if number == 0:
            until = time.monotonic() + 1.2
            while time.monotonic() < until:
                with connection.cursor() as cursor:
                    cursor.execute("SELECT seq FROM tests_change ORDER BY seq")
                    seen.append([seq for (seq,) in cursor.fetchall()])
                time.sleep(0.005)
            return
        for turn in range(5):
            with transaction.atomic(), connection.cursor() as cursor:
                seq = next_change_seq(athlete.pk)
                time.sleep(0.002 * (number % 3))
                cursor.execute("INSERT INTO tests_change VALUES (%s, clock_timestamp())", [seq])
                if (number + turn) % 4 == 0:
                    transaction.set_rollback(True)

    try:
        in_threads(9, change)
        with connection.cursor() as cursor:
            cursor.execute("SELECT seq FROM tests_change ORDER BY committed")
            final = [seq for (seq,) in cursor.fetchall()]
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE tests_change")
    assert final == list(range(1, 31))
    assert [state for state in seen if state != list(range(1, len(state) + 1))] == []
    assert any(0 < len(state) < 30 for state in seen)
