"""docs/live.md is true: its examples are a training that is trained here, message for message.

A block says in its first line what it is: `POST <path>` a request, `200` the answer to it, `200 GET <path>` that to a
GET; `say` what the socket is told, `hear` the next message of this type that comes back; `as coach` it is the coach's.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone
from fitai_client import Copy

from accounts.enums import Role
from fitai.common.live import hub
from tests.cast import ApiClient, client_of, let_see, make_person
from tests.workouts.conftest import stock_library
from tests.workouts.follower import seen
from tests.workouts.gym import V1
from tests.workouts.live import Socket, serving
from workouts.core.fields import SET_KINDS
from workouts.core.lifecycle import TRANSITIONS
from workouts.core.operations import SCHEMAS
from workouts.operations import cues

PAGE = Path(__file__).parents[2] / "docs" / "live.md"
WORKOUT = "0192f0a1-0000-7000-8000-00000000a001"
ADA, CORA = UUID("0192f0a0-0000-7000-8000-00000000ada0"), UUID("0192f0a0-0000-7000-8000-00000000c0ac")
PHONE, TABLET = "0192f0a0-0000-7000-8000-0000000000d1", "0192f0a0-0000-7000-8000-0000000000d2"
CUE = UUID("0192f0a2-0000-7000-8000-0000000000c1")
HEARD = ("snapshot", "event", "head", "presence", "ack", "results", "problem", "pong")
EVENING = datetime(2026, 11, 20, 18, tzinfo=UTC)
BLOCK = re.compile(r"(?sm)^```json([^\n]*)\n(.*?)^```$")


def blocks() -> list[tuple[str, Any]]:
    return [(kind.strip(), json.loads(text)) for kind, text in BLOCK.findall(PAGE.read_text())]


@dataclass
class Ear:
    """A device's socket, and what it heard and had no turn yet. Sessions have the ids that the page gives them."""

    socket: Socket
    sessions: Mapping[str, str]
    waiting: list[Any] = field(default_factory=list)

    def hear(self, said: Any) -> Any:
        """The next message of this type on this channel; of those with a number, that with this one."""
        sort = sort_of(said)
        for _ in range(100):
            for message in self.waiting:
                if sort_of(message) == sort:
                    self.waiting.remove(message)
                    return message
            text = json.dumps(self.socket.hear(*HEARD))
            for id, shown in self.sessions.items():
                text = text.replace(id, shown)
            self.waiting.append(json.loads(text))
        raise AssertionError(f"{sort} never came; unread: {self.waiting}")

    def passed_over(self, came: Any) -> list[Any]:
        """Events before this one that the page does not show."""
        if came["type"] != "event":
            return []
        earlier = [
            said for said in self.waiting if sort_of(said)[:2] == sort_of(came)[:2] and said["seq"] < came["seq"]
        ]
        self.waiting = [said for said in self.waiting if said not in earlier]
        return earlier


def sort_of(message: Any) -> tuple[Any, ...]:
    return message["type"], message.get("channel"), message["type"] in ("event", "head") and message["seq"]


def played(device: ApiClient, tablet: ApiClient, told: list[tuple[str, Any]]) -> Iterator[tuple[str, Any, Any]]:
    """Train what the page tells; what each answer of it says, and what came."""
    answer: Any = None
    sessions = {str(device.session_row.pk): PHONE, str(tablet.session_row.pk): TABLET}
    with (
        serving() as port,
        Socket(port, device.tokens.access) as phones,
        Socket(port, tablet.tokens.access) as tablets,
    ):
        ears = {"": Ear(phones, sessions), "as coach": Ear(tablets, sessions)}
        for kind, said in told:
            verb, _, rest = kind.partition(" ")
            if verb == "POST":
                answer = device.post(rest, said)
            elif verb == "say":
                ears[rest].socket.connection.send(json.dumps(said))
            elif verb == "hear":
                came = ears[rest].hear(said)
                yield from ((kind, early, early) for early in ears[rest].passed_over(came))
                yield kind, said, came
            elif verb.isdigit():
                if rest:
                    answer = device.get(rest.removeprefix("GET "))
                assert answer.status_code == int(verb), (kind, answer.content)
                yield kind, said, {name: value for name, value in answer.json().items() if name != "request_id"}


@pytest.mark.django_db(transaction=True)
def test_the_examples_are_what_the_server_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub, "HEAD_SECONDS", 0.2)
    stock_library()
    ada, cora = make_person("ada", id=ADA), make_person("cora", id=CORA, role=Role.COACH)
    let_see(ada, cora, "workouts")
    device, tablet = client_of(ada, "phone"), client_of(cora, "tablet")
    monkeypatch.setattr(cues, "uuid7", lambda: CUE)
    monkeypatch.setattr(timezone, "now", lambda: EVENING)  # and nothing else: deadlines and tokens go on
    copy = Copy()
    for kind, said, came in played(device, tablet, blocks()):
        assert came == said, f"{kind}\n{json.dumps(came, indent=2)}"
        if came.get("channel") == f"workout:{WORKOUT}" and came["type"] != "presence":
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
