"""What the watch makes of a server that does not keep its promises."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.typing import Subprotocol

from fitai.demo.errors import Unexpected
from fitai.demo.fold import Copy
from fitai.demo.watch import ME, Watch
from tests.workouts.core.ledger import entry, set_id, workout

LEDGER = workout()
SHAPE = LEDGER.shape
CHANNEL = f"workout:{SHAPE['id']}"
SNAPSHOT = {"type": "snapshot", "channel": CHANNEL, "seq": 1, "data": SHAPE}


def logged(seq: int, reps: int, **more: Any) -> dict[str, Any]:
    """The event of a set on the bench."""
    payload = {"id": set_id(seq), "workout_exercise_id": entry(0), "rank": f"a{seq}", "reps": reps, "completed": True}
    event = {"seq": seq, "op_id": f"op-{seq}", "type": "set.add", "at": "2026-03-02T18:00:20Z", "payload": payload}
    return {"type": "event", "channel": CHANNEL, "seq": seq, "event": event | more}


def told(*messages: dict[str, Any], then: Callable[[Watch], Awaitable[Any]], close: int | None = None) -> Watch:
    """A watch that followed a server which says this to whoever speaks first."""

    async def handler(socket: ServerConnection) -> None:
        await socket.recv()
        for message in messages:
            await socket.send(json.dumps(message))
        if close is not None:
            await socket.close(close, "so long")
        await socket.wait_closed()

    async def follow() -> Watch:
        protocols = [Subprotocol("fitai.v1")]
        async with serve(handler, "127.0.0.1", 0, subprotocols=protocols, close_timeout=1) as server:
            watch = Watch(f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/ws/v1")
            watch.token = "token"
            await watch.go_online()
            try:
                await watch.follow(CHANNEL)
                await then(watch)
            finally:
                await watch.go_offline()
            return watch

    return asyncio.run(follow())


def test_events_move_the_copy_on() -> None:
    watch = told(SNAPSHOT, logged(2, 5), logged(3, 4), then=lambda watch: watch.reach(CHANNEL, 3))
    assert watch.copy is not None
    assert (watch.copy.workout["totals"]["reps"], watch.copy.workout["seq"]) == (9, 3)
    assert [event["seq"] for event in watch.events] == [2, 3]


def test_an_event_that_reorders_leaves_the_copy_to_the_snapshot_after_it() -> None:
    event = logged(2, 5, reorders=True)
    watch = told(SNAPSHOT, event, then=lambda watch: watch.until(lambda: bool(watch.events), "the event"))
    assert (watch.copy, watch.seen) == (Copy(SHAPE), {CHANNEL: 2})

    newer = {**SNAPSHOT, "seq": 2, "data": {**SHAPE, "seq": 2, "name": "As it is now"}}
    watch = told(SNAPSHOT, event, newer, then=lambda watch: watch.reach(CHANNEL, 2))
    assert (watch.copy, watch.snapshots) == (Copy(newer["data"]), 2)


@pytest.mark.parametrize("seq", [1, 3])
def test_a_gap_or_a_repeat_ends_the_tour(seq: int) -> None:
    with pytest.raises(Unexpected) as failure:
        told(SNAPSHOT, logged(seq, 5), then=lambda watch: watch.reach(CHANNEL, 9))
    assert str(failure.value) == f"expected event 2 of {CHANNEL}, but it was {seq}"


def test_a_refusal_ends_the_tour_with_its_reasons() -> None:
    errors = [{"pointer": "/weight", "code": "max_value", "detail": "Must be at most 1,500 kg."}]
    problem = {"type": "problem", "status": 422, "detail": "It does not fit.", "errors": errors}
    with pytest.raises(Unexpected) as failure:
        told(SNAPSHOT, problem, then=lambda watch: watch.do(SHAPE["id"], "set.update", {"id": set_id(1)}))
    assert str(failure.value) == "expected no refusal, but the socket said 422, It does not fit."
    assert failure.value.details == ("/weight: Must be at most 1,500 kg.",)


def test_a_closed_socket_ends_the_tour() -> None:
    with pytest.raises(Unexpected, match=r"stay open, but it was closed with 4410 so long$"):
        told(SNAPSHOT, close=4410, then=lambda watch: watch.reach(CHANNEL, 2))


def test_what_does_not_come_ends_the_tour() -> None:
    with pytest.raises(Unexpected, match=r"^expected the end on the watch, but it did not come within 0\.1 s$"):
        told(SNAPSHOT, then=lambda watch: watch.until(lambda: False, "the end", seconds=0.1))


def test_records_are_those_won_and_not_lost() -> None:
    def records(seq: int, **changes: Any) -> dict[str, Any]:
        event = {"seq": seq, "type": "records", "payload": {"won": [], "lost": [], **changes}}
        return {"type": "event", "channel": ME, "seq": seq, "event": event}

    heaviest = {"set_id": "a", "kind": "weight", "value": "75"}
    strongest = {"set_id": "a", "kind": "e1rm", "value": "103.8"}
    watch = told(
        SNAPSHOT,
        {"type": "snapshot", "channel": ME, "seq": 6, "data": {"jobs": []}},
        records(7, won=[heaviest, strongest]),
        records(8, lost=[strongest], won=[{**heaviest, "value": "50"}]),
        then=lambda watch: watch.reach(ME, 8),
    )
    assert watch.records == {("a", "weight"): Decimal(50)}
