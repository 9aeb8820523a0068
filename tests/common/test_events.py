"""Appending to a person's stream, and ringing for it."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import orjson
import pytest
from django.db import connection, transaction

from accounts.models import User
from fitai.common import redis
from fitai.common.events import LIVE_CHANNEL, announce, announce_end_of_session, publish_to_user, wire
from fitai.common.ids import uuid7
from fitai.common.models import Clock, Event
from tests.cast import committed, make_person
from tests.common.servers import in_threads

AT = datetime(2026, 11, 20, 7, 30, tzinfo=UTC)


class Listener:
    """A socket process: hears what is rung."""

    def __init__(self) -> None:
        self.pubsub = redis.client.pubsub()
        self.pubsub.subscribe(LIVE_CHANNEL)
        assert self.pubsub.get_message(timeout=5) is not None

    def heard(self) -> list[bytes]:
        """What came until now."""
        mark = f"end {uuid7()}".encode()
        redis.client.publish(LIVE_CHANNEL, mark)
        found = []
        until = time.monotonic() + 5
        while time.monotonic() < until:
            message = self.pubsub.get_message(timeout=1)
            if message is None:
                continue
            if message["data"] == mark:
                return found
            found.append(message["data"])
        raise AssertionError("the mark did not come")


@pytest.fixture
def listener() -> Iterator[Listener]:
    listener = Listener()
    yield listener
    listener.pubsub.close()


def numbers(user: User) -> list[int]:
    return list(Event.objects.filter(stream=f"user:{user.pk}").order_by("seq").values_list("seq", flat=True))


def test_the_row_is_what_was_published(athlete: User, coach: User) -> None:
    publish_to_user(athlete.pk, "job", {"weight": Decimal("102.50"), "at": AT}, actor_id=coach.pk, at=AT)
    row = Event.objects.values().get()
    assert row.pop("created_at") is not None
    assert row == {
        "id": row["id"],
        "stream": f"user:{athlete.pk}",
        "seq": 1,
        "type": "job",
        "at": AT,
        "device_id": "server",
        "actor_id": coach.pk,
        "user_id": athlete.pk,
        "op_id": None,
        "payload": {"weight": "102.5", "at": "2026-11-20T07:30:00Z"},
        "status": "applied",
        "reorders": False,
        "digest": None,
        "answer": None,
        "answer_status": None,
    }
    assert Clock.objects.values().get() == {"user_id": athlete.pk, "change_seq": 0, "stream_seq": 1}


def test_what_is_rung_is_what_a_reader_of_the_rows_sees(athlete: User, listener: Listener) -> None:
    with committed():
        publish_to_user(athlete.pk, "job", {"reps": 5}, at=AT)
    (message,) = listener.heard()
    stream, seq, event = message.split(b" ", 2)
    assert (stream, seq) == (f"user:{athlete.pk}".encode(), b"1")
    shown = {"seq": 1, "op_id": None, "type": "job", "at": "2026-11-20T07:30:00Z", "device_id": "server"}
    assert orjson.loads(event) == {**shown, "actor_id": None, "payload": {"reps": 5}}
    assert wire(Event.objects.get()) == {**orjson.loads(event), "at": AT}


def test_nothing_is_rung_before_the_commit(athlete: User, listener: Listener) -> None:
    with committed():
        publish_to_user(athlete.pk, "job", {})
        announce("workout:1", 7, {"seq": 7})
        announce_end_of_session(athlete.pk)
        assert listener.heard() == []
    kinds = [message.split(b" ")[0] for message in listener.heard()]
    assert kinds == [f"user:{athlete.pk}".encode(), b"workout:1", b"session"]


def test_what_is_rolled_back_is_never_rung(athlete: User, listener: Listener) -> None:
    with committed():
        with transaction.atomic():
            publish_to_user(athlete.pk, "job", {})
            transaction.set_rollback(True)
        publish_to_user(athlete.pk, "job", {"second": True})
    assert [message.split(b" ")[1] for message in listener.heard()] == [b"1"]
    assert numbers(athlete) == [1]


@pytest.mark.django_db(transaction=True)
def test_eight_at_once_leave_no_gap() -> None:
    """Rolled-back ones included, and every stream for itself."""
    athlete, stranger = make_person("athlete"), make_person("stranger")

    def publish(number: int) -> None:
        for turn in range(10):
            with transaction.atomic():
                publish_to_user(athlete.pk, "job", {"by": number, "turn": turn})
                publish_to_user(stranger.pk, "job", {})
                if (number + turn) % 3 == 0:
                    transaction.set_rollback(True)

    in_threads(8, publish)
    kept = sum((number + turn) % 3 != 0 for number in range(8) for turn in range(10))
    assert numbers(athlete) == numbers(stranger) == list(range(1, kept + 1))
    assert set(Clock.objects.values_list("stream_seq", flat=True)) == {kept}
    written = Event.objects.filter(user=athlete).order_by("seq").values_list("payload", flat=True)
    for number in range(8):
        turns = [payload["turn"] for payload in written if payload["by"] == number]
        assert turns == [turn for turn in range(10) if (number + turn) % 3 != 0]


def test_one_statement(athlete: User, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        publish_to_user(athlete.pk, "job", {})


def test_a_number_is_given_once(athlete: User) -> None:
    publish_to_user(athlete.pk, "job", {})
    with connection.cursor() as cursor, transaction.atomic():
        cursor.execute("SELECT count(*) FROM common_event WHERE seq = 1")
        assert cursor.fetchone() == (1,)
    copy = Event.objects.get()
    copy.pk = None
    with pytest.raises(Exception, match="event_stream_seq"), transaction.atomic():
        copy.save()
