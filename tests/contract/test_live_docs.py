"""docs/live.md is true: its examples are a training that is trained here, message for message.

A block says in its first line what it is: `POST <path>` a request, `200` the answer to it, `200 GET <path>` that to a
GET; `say` what the socket is told, `hear` the next message of this type that comes back. What is only an `example` is
made of others' parts; it is held to be JSON.
"""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone
from fitai_client import Copy

from fitai.common.live import hub
from tests.cast import ApiClient, client_of, make_person
from tests.workouts.conftest import stock_library
from tests.workouts.follower import seen
from tests.workouts.gym import V1
from tests.workouts.live import Socket, serving
from workouts.core.fields import SET_KINDS
from workouts.core.lifecycle import TRANSITIONS
from workouts.core.operations import SCHEMAS

PAGE = Path(__file__).parents[2] / "docs" / "live.md"
WORKOUT = "0192f0a1-0000-7000-8000-00000000a001"
ADA = UUID("0192f0a0-0000-7000-8000-00000000ada0")
EVENING = datetime(2026, 11, 20, 18, tzinfo=UTC)
BLOCK = re.compile(r"(?sm)^```json([^\n]*)\n(.*?)^```$")


def blocks() -> list[tuple[str, Any]]:
    return [(kind.strip(), json.loads(text)) for kind, text in BLOCK.findall(PAGE.read_text())]


def played(device: ApiClient, told: list[tuple[str, Any]]) -> Iterator[tuple[str, Any, Any]]:
    """Train what the page tells; what each answer of it says, and what came."""
    answer, waiting = None, list[Any]()
    with serving() as port, Socket(port, device.tokens.access) as socket:
        for kind, said in told:
            verb, _, rest = kind.partition(" ")
            if verb == "POST":
                answer = device.post(rest, said)
            elif verb == "say":
                socket.connection.send(json.dumps(said))
            elif verb == "hear":
                yield kind, said, heard(socket, waiting, said)
            elif verb.isdigit():
                if rest:
                    answer = device.get(rest.removeprefix("GET "))
                assert answer.status_code == int(verb), (kind, answer.content)
                yield kind, said, {name: value for name, value in answer.json().items() if name != "request_id"}


def heard(socket: Socket, waiting: list[Any], said: Any) -> Any:
    """The next message of this type on this channel; what else comes before it has its turn later."""
    sort = (said["type"], said.get("channel"))
    for _ in range(100):
        for message in waiting:
            if (message["type"], message.get("channel")) == sort and (sort[0] != "head" or message == said):
                waiting.remove(message)
                return message
        waiting.append(socket.hear("snapshot", "event", "head", "ack", "results", "problem", "pong"))
    raise AssertionError(f"{sort} never came; unread: {waiting}")


@pytest.mark.django_db(transaction=True)
def test_the_examples_are_what_the_server_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub, "HEAD_SECONDS", 0.2)
    stock_library()
    device = client_of(make_person("ada", id=ADA), "phone")
    monkeypatch.setattr(timezone, "now", lambda: EVENING)  # and nothing else: deadlines and tokens go on
    copy = Copy()
    for kind, said, came in played(device, blocks()):
        assert came == said, f"{kind}\n{json.dumps(came, indent=2)}"
        if came.get("channel") == f"workout:{WORKOUT}":
            assert copy.hear(came) is False
    for event in device.get(f"{V1}/workouts/{WORKOUT}/events?after_seq={copy.seq}").json()["results"]:
        copy.hear({"type": "event", "seq": event["seq"], "event": event})
    assert copy.shown == seen(device.get(f"{V1}/workouts/{WORKOUT}").json())  # who folds as the page says has that


def test_the_page_tells_of_everything_there_is() -> None:
    text = PAGE.read_text()
    types = {*SCHEMAS, *TRANSITIONS, "rest.end", "cue"}
    fields = {name for schema in SCHEMAS.values() for name in schema.fields}
    codes = {"4401", "4403", "4408", "4410", "4429", "1012"}
    words = {*types, *fields, *SET_KINDS, *codes, "reorders", "after_seq", "presence", "group:<id>", "user:me"}
    assert {word for word in words if f"`{word}`" not in text} == set()
