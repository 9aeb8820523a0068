"""Tickets for the WebSocket."""

import time
from typing import Any

import pytest

from accounts import tickets
from accounts.authentication import authenticate_socket
from accounts.models import User
from fitai.common import redis
from fitai.common.problems import Unavailable
from tests.cast import ApiClient, client_of

TICKET, ME = "/api/v1/auth/ws-ticket", "/api/v1/users/profile"


def ticket_of(client: ApiClient) -> str:
    answer = client.post(TICKET)
    assert (answer.status_code, answer["Cache-Control"]) == (200, "no-store")
    assert answer.json() == {"ticket": answer.json()["ticket"], "expires_in": 30}
    given: str = answer.json()["ticket"]
    return given


def test_opens_a_socket_once_as_its_device(athlete: User) -> None:
    phone = client_of(athlete)
    ticket = ticket_of(phone)
    actor = authenticate_socket(ticket)
    assert actor is not None
    assert (actor.user_id, actor.session_id, actor.via) == (athlete.pk, phone.session_row.pk, "socket")
    assert authenticate_socket(ticket) is None


def test_lasts_thirty_seconds(athlete: User, monkeypatch: pytest.MonkeyPatch) -> None:
    ticket = ticket_of(client_of(athlete))
    (key,) = redis.client.keys("fitai:ticket:*")
    assert 28_000 < redis.client.pttl(key) <= 30_000
    assert ticket.encode() not in key
    redis.client.pexpire(key, 1)
    time.sleep(0.01)
    assert authenticate_socket(ticket) is None


def test_dies_with_its_session(athlete: User, anonymous: ApiClient) -> None:
    phone = client_of(athlete)
    ticket = ticket_of(phone)
    anonymous.post("/api/v1/auth/logout", {"refresh": phone.tokens.refresh})
    assert authenticate_socket(ticket) is None


def test_is_no_access_token_and_no_token_is_a_ticket(athlete: User) -> None:
    phone = client_of(athlete)
    assert ApiClient(HTTP_AUTHORIZATION=f"Bearer {ticket_of(phone)}").get(ME).status_code == 401
    for other in (phone.tokens.access, phone.tokens.refresh, "", "wst_", "wst_\udcff"):
        assert tickets.redeem(other) is None


def test_without_valkey_it_says_so(athlete: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(command: Any, otherwise: Any) -> Any:
        return otherwise

    monkeypatch.setattr(redis, "attempt", away)
    with pytest.raises(Unavailable):
        tickets.issue(client_of(athlete).session_row.pk)
