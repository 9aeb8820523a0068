"""Tickets for the WebSocket: good once within 30 seconds, for clients that cannot set a header or a subprotocol.

Valkey keeps a ticket under its hash, so that who reads Valkey holds none; taking it deletes it, in one command.
"""

import hashlib
import secrets
from typing import Any
from uuid import UUID

from fitai.common import redis
from fitai.common.live.handshake import TICKET_PREFIX
from fitai.common.problems import Unavailable

LIFETIME_SECONDS = 30


def issue(session_id: UUID) -> str:
    """A ticket for a session that is logged in; 503 while Valkey is away: the header needs none."""
    ticket = f"{TICKET_PREFIX}{secrets.token_urlsafe(32)}"
    kept = redis.attempt(lambda client: client.set(_key(ticket), session_id.hex, ex=LIFETIME_SECONDS), None)
    if not kept:
        raise Unavailable("No ticket can be made now. Connect with the access token, or try again in a moment.")
    return ticket


def redeem(ticket: str) -> UUID | None:
    """The session of a ticket, which is used up now; None for any other text."""
    if not ticket.startswith(TICKET_PREFIX):
        return None
    kept: Any = redis.attempt(lambda client: client.getdel(_key(ticket)), None)
    return None if kept is None else UUID(kept.decode())


def _key(ticket: str) -> str:
    return f"fitai:ticket:{hashlib.sha256(ticket.encode('utf-8', 'surrogatepass')).hexdigest()}"
