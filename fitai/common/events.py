"""Append what happened to a stream, and ring for it once it is committed.

The rows are the truth. What goes over Valkey is a hint that a socket process forwards; a lost hint shows as a gap in
`seq`, which `fitai.common.live` closes from the rows.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from fitai.common import redis
from fitai.common.models import Event
from fitai.common.rendering import dumps

LIVE_CHANNEL = "fitai:live"


def user_stream(user_id: UUID) -> str:
    return f"user:{user_id}"


# The number is taken and the row written in one statement.
APPEND_TO_USER = """
WITH clock AS (
  INSERT INTO common_clock (user_id, change_seq, stream_seq) VALUES (%(user)s, 0, 1)
  ON CONFLICT (user_id) DO UPDATE SET stream_seq = common_clock.stream_seq + 1 RETURNING stream_seq)
INSERT INTO common_event (stream, seq, type, at, device_id, actor_id, user_id, payload, status, reorders, created_at)
SELECT %(stream)s, clock.stream_seq, %(type)s, %(at)s, 'server', %(actor)s, %(user)s, %(payload)s, 'applied', false,
  now()
FROM clock RETURNING seq
"""


def publish_to_user(
    user_id: UUID, type: str, payload: Mapping[str, Any], *, actor_id: UUID | None = None, at: datetime | None = None
) -> None:
    """Append to the person's own stream, which their devices follow as `user:me`."""
    stream, moment = user_stream(user_id), at or timezone.now()
    values: dict[str, Any] = {"user": user_id, "stream": stream, "type": type, "at": moment, "actor": actor_id}
    with connection.cursor() as cursor:
        cursor.execute(APPEND_TO_USER, {**values, "payload": dumps(payload).decode()})
        seq = cursor.fetchone()[0]
    event = Event(seq=seq, type=type, at=moment, device_id="server", actor_id=actor_id, payload=payload)
    announce(stream, seq, wire(event))


def wire(event: Event) -> dict[str, Any]:
    """An event as clients see it."""
    shown: dict[str, Any] = {
        "seq": event.seq,
        "op_id": event.op_id,
        "type": event.type,
        "at": event.at,
        "device_id": event.device_id,
        "actor_id": event.actor_id,
        "payload": event.payload,
    }
    if event.reorders:
        shown["reorders"] = True
    return shown


def announce(stream: str, seq: int, event: Mapping[str, Any]) -> None:
    """After commit, tell the socket processes of an event."""
    _ring(f"{stream} {seq} ".encode() + dumps(event))


def announce_end_of_session(session_id: UUID) -> None:
    """After commit, tell the socket processes to close what a session has open."""
    _ring(f"session {session_id}".encode())


def announce_access_changed(user_id: UUID) -> None:
    """After commit, have the socket processes ask again whether this person may follow what is others', and others what
    is theirs: a consent, a role, a block or an account has changed."""
    _ring(f"access {user_id}".encode())


def _ring(message: bytes) -> None:
    def ring() -> None:
        redis.attempt(lambda client: client.publish(LIVE_CHANNEL, message), 0)

    transaction.on_commit(ring)
