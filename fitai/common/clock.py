"""The order of a person's changes. Taken first: the lock order of a transaction is clock → workout → the rest."""

from uuid import UUID

from django.db import connection


def next_change_seq(user_id: UUID) -> int:
    """Lock the person's clock for this transaction and take the next change number."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO common_clock (user_id, change_seq, stream_seq) VALUES (%s, 1, 0)"
            " ON CONFLICT (user_id) DO UPDATE SET change_seq = common_clock.change_seq + 1 RETURNING change_seq",
            [user_id],
        )
        return int(cursor.fetchone()[0])


def hold_clock(user_id: UUID) -> None:
    """Lock the person's clock for this transaction, without a number: what is counted after it is right until the
    commit, as every event of the person's stream takes it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO common_clock (user_id, change_seq, stream_seq) VALUES (%s, 0, 0)"
            " ON CONFLICT (user_id) DO UPDATE SET stream_seq = common_clock.stream_seq",
            [user_id],
        )
