"""The watch: speaks WebSocket, and keeps its own copy of the workout."""

import asyncio
import json
import secrets
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.typing import Subprotocol

from fitai.demo.errors import Unexpected, expect
from fitai.demo.fold import Copy, Shares, fold

Json = dict[str, Any]
SECONDS = 20.0
ME = "user:me"


def now() -> str:
    return datetime.now(UTC).isoformat().replace("+00:00", "Z")


class Watch:
    """A device on `/ws/v1` that follows one workout and its person.

    `copy` is the workout as it knows it, `events` all that it heard of it, `seen` the last number it has of each
    channel, `records` those it was told of, by set and kind, `jobs` how each job it was told of stood by and by.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.token = ""
        self.shares: Shares = {}
        self.device_id = f"watch-{secrets.token_hex(4)}"
        self.copy: Copy | None = None
        self.events: list[Json] = []
        self.snapshots = 0
        self.seen: dict[str, int] = {}
        self.records: dict[tuple[str, str], Decimal] = {}
        self.jobs: dict[str, list[Json]] = {}
        self.answers: dict[str, Json] = {}
        self.results: list[Json] = []
        self.failure: Unexpected | None = None
        self.news = asyncio.Event()
        self.socket: ClientConnection | None = None
        self.reader: asyncio.Task[None] | None = None

    async def go_online(self) -> None:
        offered = [Subprotocol("fitai.v1"), Subprotocol(f"bearer.{self.token}")]
        try:
            self.socket = await connect(
                self.url, subprotocols=offered, proxy=None, open_timeout=SECONDS, close_timeout=2
            )
        except (OSError, InvalidHandshake, TimeoutError) as error:
            hint = "Where web and live run apart, the sockets have an address of their own: --ws ws://localhost:8001"
            raise Unexpected(f"a socket at {self.url}", f"there is none ({error!r})", [hint]) from None
        expect(self.socket.subprotocol == "fitai.v1", "the subprotocol fitai.v1", f"it is {self.socket.subprotocol}")
        self.reader = asyncio.create_task(self._read(self.socket))

    async def go_offline(self) -> None:
        if self.reader is not None and self.socket is not None:
            self.reader.cancel()
            with suppress(asyncio.CancelledError):
                await self.reader
            await self.socket.close()
        self.socket = self.reader = None

    async def follow(self, channel: str) -> None:
        """Subscribe: with the last number it has of the channel, if it has any, else for a snapshot."""
        message: Json = {"type": "subscribe", "channel": channel}
        if channel in self.seen:
            message["after_seq"] = self.seen[channel]
        await self._send(message)
        await self.until(lambda: channel in self.seen, f"a snapshot of {channel}")

    def operation(self, type: str, payload: Json) -> Json:
        """Something done on the watch, now."""
        return {
            "op_id": secrets.token_hex(12),
            "type": type,
            "at": now(),
            "device_id": self.device_id,
            "payload": payload,
        }

    async def do(self, workout_id: str, type: str, payload: Json) -> Json:
        """One live operation; its `ack`. A refusal ends the tour."""
        op = self.operation(type, payload)
        await self._send({"type": "op", "workout_id": workout_id, "sent_at": now(), "op": op})
        await self.until(lambda: op["op_id"] in self.answers, f"the answer to {type}")
        return self.answers[op["op_id"]]

    async def hand_in(self, workout_id: str, ops: list[Json]) -> list[Json]:
        """What was done offline, as one batch; a result for each."""
        self.results = []
        await self._send({"type": "ops", "workout_id": workout_id, "sent_at": now(), "ops": ops})
        await self.until(lambda: bool(self.results), "the results of the batch")
        return self.results

    async def until(self, met: Callable[[], bool], what: str, seconds: float = SECONDS) -> None:
        """Wait for what the server says next, until something is so."""
        try:
            async with asyncio.timeout(seconds):
                while not met():
                    if self.failure is not None:
                        raise self.failure
                    self.news.clear()
                    await self.news.wait()
        except TimeoutError:
            raise Unexpected(f"{what} on the watch", f"it did not come within {seconds:g} s") from None

    async def see_job_end(self, id: str, seconds: float) -> Json:
        """Wait until a job of the person has ended, and how."""

        def has_ended() -> bool:
            return id in self.jobs and self.jobs[id][-1]["status"] not in ("queued", "processing")

        await self.until(has_ended, f"the end of job {id}", seconds)
        return self.jobs[id][-1]

    async def reach(self, channel: str, seq: int) -> None:
        """Wait until the watch has this number of a channel, and shows the workout as it was by then."""

        def reached() -> bool:
            shown = seq if channel == ME or self.copy is None else self.copy.workout["seq"]
            return min(self.seen.get(channel, -1), shown) >= seq

        await self.until(reached, f"event {seq} of {channel}")

    async def _send(self, message: Json) -> None:
        if self.socket is None:
            raise Unexpected("the watch online", "it is offline")
        with suppress(ConnectionClosed):  # the reader tells why
            await self.socket.send(json.dumps(message))

    async def _read(self, socket: ClientConnection) -> None:
        try:
            async for text in socket:
                self._take(json.loads(text))
                self.news.set()
        except Unexpected as failure:
            self.failure = failure
        except ConnectionClosed:
            pass
        if self.failure is None:
            seen = f"it was closed with {socket.close_code} {socket.close_reason or ''}".rstrip()
            self.failure = Unexpected("the watch's socket to stay open", seen)
        self.news.set()

    def _take(self, message: Json) -> None:
        match message["type"]:
            case "snapshot":
                self.seen[message["channel"]] = message["seq"]
                if message["channel"] != ME:
                    self.copy = Copy(message["data"])
                    self.snapshots += 1
            case "event":
                self._hear(message["channel"], message["event"])
            case "ack":
                self.answers[message["op_id"]] = message
            case "results":
                self.results = message["results"]
            case "problem":
                details = [f"{error.get('pointer')}: {error.get('detail')}" for error in message.get("errors") or ()]
                raise Unexpected("no refusal", f"the socket said {message['status']}, {message['detail']}", details)

    def _hear(self, channel: str, event: Json) -> None:
        """The next event of a channel: applied to the copy, or noted."""
        expected = self.seen[channel] + 1
        expect(event["seq"] == expected, f"event {expected} of {channel}", f"it was {event['seq']}")
        self.seen[channel] = event["seq"]
        if channel == ME:
            self._note(event)
            return
        self.events.append(event)
        if self.copy is not None and "reorders" not in event:  # otherwise a snapshot follows
            self.copy = fold(self.copy, event, self.shares)

    def _note(self, event: Json) -> None:
        """Records won and lost, and how jobs stand, which belong to the person."""
        if event["type"] == "job":
            self.jobs.setdefault(event["payload"]["id"], []).append(event["payload"])
        if event["type"] == "records":
            for record in event["payload"]["lost"]:
                self.records.pop((record["set_id"], record["kind"]), None)
            for record in event["payload"]["won"]:
                self.records[record["set_id"], record["kind"]] = Decimal(record["value"])
