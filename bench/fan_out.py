"""`python -m bench.fan_out PLAN RESULT`: how fast many devices hear of sets, beside the same bytes by Valkey alone.

They follow one workout, or several, as many each; a round is a set in each workout, all at once. One process reads
all sockets and, in turn, as many plain subscribers of Valkey, with the same loop and about the same parsing: what
differs is what lies between them and the publisher.
"""

import asyncio
import base64
import os
import struct
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import orjson
import psutil
import uvloop

from bench.client import end_of_answer

PATIENCE_SECONDS = 20.0
PAUSE_SECONDS = 0.02  # between rounds, so that one does not delay the next
EVENT = b'{"type":"event"'
LIVE_CHANNEL = b"fitai:live"
OWN_CHANNEL = b"bench:raw:%d"
BURST = 100  # events at once, fewer than a socket's queue holds
MOST_BURSTING = 20_000  # deliveries


class Room:
    """Waits until so many readers have heard."""

    def __init__(self) -> None:
        self.heard = 0
        self.wanted = 0
        self.last = 0.0
        self.full = asyncio.Event()

    def expect(self, count: int) -> None:
        self.heard, self.wanted = 0, count
        self.full.clear()

    def hear(self) -> None:
        self.heard += 1
        if self.heard == self.wanted:
            self.last = time.perf_counter()
            self.full.set()

    async def wait(self) -> float:
        """When the last one heard."""
        try:
            await asyncio.wait_for(self.full.wait(), PATIENCE_SECONDS)
        except TimeoutError:
            raise TimeoutError(f"{self.heard} of {self.wanted} heard within {PATIENCE_SECONDS:g} s.") from None
        return self.last


class Reader(asyncio.Protocol):
    """A connection that cuts what comes in into messages."""

    def __init__(self) -> None:
        self.buffer = b""
        self.transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        buffer = self.buffer + data if self.buffer else data
        start = 0
        while end := self.cut(buffer, start):
            self.message(buffer[start:end])
            start = end
        self.buffer = buffer[start:]

    def cut(self, buffer: bytes, start: int) -> int:
        """Where the message that begins at `start` ends, 0 while it is not whole."""
        raise NotImplementedError

    def message(self, raw: bytes) -> None:
        raise NotImplementedError


class Device(Reader):
    """A WebSocket that follows a workout."""

    def __init__(self, room: Room, token: str, channel: str) -> None:
        super().__init__()
        self.room = room
        self.token = token
        self.channel = channel
        self.open = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        key = base64.b64encode(os.urandom(16)).decode()
        self.transport.write(
            (
                "GET /ws/v1 HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Protocol: fitai.v1\r\n"
                f"Authorization: Bearer {self.token}\r\n\r\n"
            ).encode()
        )

    def cut(self, buffer: bytes, start: int) -> int:
        if not self.open:
            return buffer.find(b"\r\n\r\n", start) + 4 if b"\r\n\r\n" in buffer else 0
        if len(buffer) < start + 4:
            return 0
        length, head = buffer[start + 1] & 0x7F, 2
        if length == 126:
            length, head = int.from_bytes(buffer[start + 2 : start + 4]), 4
        elif length == 127:
            length, head = int.from_bytes(buffer[start + 2 : start + 10]), 10
        end = start + head + length
        return end if len(buffer) >= end else 0

    def message(self, raw: bytes) -> None:
        if not self.open:
            if b" 101 " not in raw[:20]:
                raise ConnectionError(raw.decode("latin-1"))
            self.open = True
            self.say({"type": "subscribe", "channel": self.channel})
        elif raw[0] == 0x88:
            raise ConnectionError(f"The socket was closed with {int.from_bytes(raw[2:4])}.")
        elif EVENT in raw[:40] or b'{"type":"snapshot"' in raw[:40]:
            self.room.hear()

    def say(self, message: dict[str, Any]) -> None:
        text = orjson.dumps(message)
        mask = os.urandom(4)
        masked = bytes(byte ^ mask[place % 4] for place, byte in enumerate(text))
        self.transport.write(struct.pack("!BB", 0x81, 0x80 | len(text)) + mask + masked)


class Subscriber(Reader):
    """A plain subscriber of a channel of Valkey."""

    def __init__(self, hear: Callable[[bytes], None], password: str, channel: bytes) -> None:
        super().__init__()
        self.hear = hear
        self.greeting = command(b"AUTH", password.encode()) + command(b"SUBSCRIBE", channel)
        self.ready = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self.transport.write(self.greeting)

    def cut(self, buffer: bytes, start: int) -> int:
        # +OK, or an array of three: the word, the channel, and the number of channels or the message
        line = buffer.find(b"\r\n", start)
        if line < 0 or buffer[start : start + 1] != b"*":
            return line + 2 if line >= 0 else 0
        for _ in range(int(buffer[start + 1 : line])):
            begin = line + 2
            line = buffer.find(b"\r\n", begin)
            if line < 0:
                return 0
            if buffer[begin : begin + 1] == b"$":
                line += 2 + int(buffer[begin + 1 : line])
        return line + 2 if len(buffer) >= line + 2 else 0

    def message(self, raw: bytes) -> None:
        if raw.startswith(b"-"):
            raise ConnectionError(raw.decode())
        if b"message" in raw[:20]:
            self.hear(raw)
        elif raw.startswith(b"*"):
            self.ready.set()


class Poster(Reader):
    """A kept HTTP connection that logs sets."""

    def __init__(self) -> None:
        super().__init__()
        self.answered: asyncio.Future[bytes] | None = None

    def cut(self, buffer: bytes, start: int) -> int:
        return end_of_answer(buffer, start)

    def message(self, raw: bytes) -> None:
        if self.answered is not None and not self.answered.done():
            self.answered.set_result(raw)

    async def post(self, request: bytes) -> None:
        self.answered = asyncio.get_running_loop().create_future()
        self.transport.write(request)
        answer = await asyncio.wait_for(self.answered, PATIENCE_SECONDS)
        if b" 201 " not in answer[:20]:
            raise ConnectionError(answer.decode("utf-8", "replace")[:1000])


class Publisher(Reader):
    """A connection that publishes to Valkey; its answers are not waited for."""

    def cut(self, buffer: bytes, start: int) -> int:
        return len(buffer) if len(buffer) > start else 0

    def message(self, raw: bytes) -> None:
        if raw.startswith(b"-"):
            raise ConnectionError(raw.decode())


def command(*words: bytes) -> bytes:
    """A command as Valkey reads it."""
    return b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in words)


async def measure(plan: dict[str, Any]) -> dict[str, Any]:
    """Times in microseconds, a round each: from the request and from the publish to the last device, and by Valkey."""
    loop = asyncio.get_running_loop()
    broken: asyncio.Future[Any] = loop.create_future()
    loop.set_exception_handler(
        lambda _, context: broken.done() or broken.set_exception(context.get("exception", RuntimeError(context)))
    )
    work = asyncio.ensure_future(rounds(plan))
    await asyncio.wait([work, broken], return_when=asyncio.FIRST_COMPLETED)
    if not work.done():
        work.cancel()
        return broken.result()
    return work.result()


@dataclass
class Followed:
    """A workout that devices follow, and the last hint of it that Valkey was given."""

    workout: str
    token: str
    calls: Sequence[str]
    number: int = 0
    event: bytes = b""

    @property
    def channel(self) -> str:
        return f"workout:{self.workout}"

    @property
    def stream(self) -> bytes:
        return f"{self.channel} ".encode()

    def hear(self, raw: bytes) -> None:
        number, self.event = raw.partition(self.stream)[2].rstrip(b"\r\n").split(b" ", 1)
        self.number = int(number)

    def next_hint(self) -> bytes:
        """The same bytes with the next number: what delivers them does not know the difference."""
        self.number += 1
        return b"%s%d %s" % (self.stream, self.number, self.event)


async def rounds(plan: dict[str, Any]) -> dict[str, Any]:
    loop = asyncio.get_running_loop()
    valkey = urlsplit(plan["redis_url"])
    password, count = unquote(valkey.password or ""), plan["sockets"]
    followed = [Followed(**workout) for workout in plan["followed"]]
    each = count // len(followed)
    by_stream = {workout.stream: workout for workout in followed}
    live = psutil.Process(plan["live_pid"])

    async def connect(port: int, make: Callable[[], Any]) -> Any:
        return (await loop.create_connection(make, "127.0.0.1", port))[1]

    async def to_valkey(make: Callable[[], Any]) -> Any:
        subscriber = await connect(valkey.port or 0, make)
        await asyncio.wait_for(subscriber.ready.wait(), PATIENCE_SECONDS)
        return subscriber

    room, raw_room, rung = Room(), Room(), asyncio.Event()

    def ring(raw: bytes) -> None:
        at = raw.find(b"workout:")
        workout = by_stream.get(raw[at : raw.find(b" ", at) + 1])
        if workout is not None:
            workout.hear(raw)
        if all(workout.event for workout in followed):
            rung.set()

    before = live.memory_info().rss
    for workout in followed:
        room.expect(each)
        for _ in range(each):
            await connect(plan["live_port"], partial(Device, room, workout.token, workout.channel))
        await room.wait()
    memory = live.memory_info().rss - before
    await to_valkey(lambda: Subscriber(ring, password, LIVE_CHANNEL))
    for place in range(len(followed)):
        for _ in range(each):
            await to_valkey(partial(Subscriber, lambda _: raw_room.hear(), password, OWN_CHANNEL % place))
    publisher = await connect(valkey.port or 0, Publisher)
    publisher.transport.write(command(b"AUTH", password.encode()))
    poster = await connect(plan["web_port"], Poster)

    async def paused(since: float, heard: Room) -> int:
        took = round((await heard.wait() - since) * 1e6)
        await asyncio.sleep(PAUSE_SECONDS)
        return took

    from_request = []
    for workout in followed:
        for call in workout.calls:
            room.expect(each)
            began = time.perf_counter()
            await poster.post(call.encode("latin-1"))
            from_request.append(await paused(began, room))

    # From here on the next events are ours, so that the moment of the publish is known to the microsecond.
    await asyncio.wait_for(rung.wait(), PATIENCE_SECONDS)
    from_publish, raw = [], []
    for _ in range(plan["rounds"]):
        messages = [workout.next_hint() for workout in followed]
        there = [OWN_CHANNEL % place for place in range(len(followed))]
        for heard, channels, took in ((room, [LIVE_CHANNEL] * len(followed), from_publish), (raw_room, there, raw)):
            heard.expect(each * len(followed))
            began = time.perf_counter()
            publisher.transport.write(b"".join(map(partial(command, b"PUBLISH"), channels, messages)))
            took.append(await paused(began, heard))

    burst = max(1, min(BURST, MOST_BURSTING // count))
    room.expect(each * len(followed) * burst)
    times, began = live.cpu_times(), time.perf_counter()
    hints = [workout.next_hint() for _ in range(burst) for workout in followed]
    publisher.transport.write(b"".join(command(b"PUBLISH", LIVE_CHANNEL, hint) for hint in hints))
    seconds = await room.wait() - began
    after = live.cpu_times()
    deliveries = each * len(followed) * burst
    cpu = after.user + after.system - times.user - times.system
    return {
        "from_request_us": from_request,
        "from_publish_us": from_publish,
        "raw_us": raw,
        "deliveries_per_second": deliveries / seconds,
        "cpu_us_per_delivery": max(0.0, cpu) * 1e6 / deliveries,
        "bytes_per_socket": max(0, memory) // count,
    }


def main(plan: Path, result: Path) -> None:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        result.write_bytes(orjson.dumps(runner.run(measure(orjson.loads(plan.read_bytes())))))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
