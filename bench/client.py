"""`python -m bench.client PLAN RESULT`: sends requests over kept connections and notes how long each took.

One thread over epoll and no library, so that the client takes as little as possible of the processors that the
servers need. A connection has one request under way at a time.
"""

import re
import selectors
import socket
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from typing import Any

import orjson

LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
CHUNKED = re.compile(rb"\r\ntransfer-encoding: *chunked", re.IGNORECASE)
LAST_CHUNK = b"\r\n0\r\n\r\n"
PATIENCE_SECONDS = 30.0  # for one answer


def end_of_answer(buffer: bytes | bytearray, start: int = 0) -> int:
    """Where the HTTP answer that begins at `start` ends, 0 while it is not whole. Bodies are JSON: no bare CRLF."""
    head = buffer.find(b"\r\n\r\n", start)
    if head < 0:
        return 0
    if length := LENGTH.search(buffer, start, head + 2):
        end = head + 4 + int(length[1])
        return end if len(buffer) >= end else 0
    if not CHUNKED.search(buffer, start, head + 2):
        return head + 4
    return buffer.find(LAST_CHUNK, head + 2) + len(LAST_CHUNK) if LAST_CHUNK in buffer[head + 2 :] else 0


@dataclass(slots=True)
class Connection:
    """A kept connection and the answer that is coming in on it."""

    socket: socket.socket
    began: float = 0.0
    answer: bytearray = field(default_factory=bytearray)

    def send(self, request: bytes) -> None:
        self.answer.clear()
        self.began = time.perf_counter()
        self.socket.sendall(request)

    def receive(self) -> bool:
        """Take what is there; whether the answer is whole."""
        part = self.socket.recv(1 << 18)
        if not part:
            raise ConnectionError("The server closed the connection.")
        self.answer += part
        return end_of_answer(self.answer) > 0

    @property
    def status(self) -> int:
        return int(self.answer[9:12])


def measure(
    port: int, requests: list[bytes], *, once: bool, connections: int, seconds: float, status: int
) -> dict[str, Any]:
    """Send requests for so many seconds, or until there are no more; how long each took, in microseconds.

    Every answer but `status` is counted by its status, and the first such answer is kept.
    """
    supply: Iterator[bytes] = iter(requests) if once else cycle(requests)
    took: list[int] = []
    wrong: Counter[int] = Counter()
    sample = ""
    sent = 0
    selector = selectors.DefaultSelector()
    began = time.perf_counter()
    until = began + seconds

    def next_request(connection: Connection, *, first: bool = False) -> bool:
        nonlocal sent
        request = next(supply, None) if first or time.perf_counter() < until else None
        if request is not None:
            connection.send(request)
            sent += 1
        return request is not None

    for _ in range(connections):
        opened = Connection(socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_SECONDS))
        opened.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if next_request(opened, first=True):
            selector.register(opened.socket, selectors.EVENT_READ, opened)
        else:
            opened.socket.close()
    while selector.get_map():
        ready = selector.select(PATIENCE_SECONDS)
        if not ready:
            raise TimeoutError(f"No answer within {PATIENCE_SECONDS:g} s.")
        for key, _ in ready:
            connection: Connection = key.data
            if not connection.receive():
                continue
            took.append(round((time.perf_counter() - connection.began) * 1e6))
            if connection.status != status:
                wrong[connection.status] += 1
                sample = sample or connection.answer.decode("utf-8", "replace")[:1000]
            if not next_request(connection):
                selector.unregister(connection.socket)
                connection.socket.close()
    return {
        "seconds": time.perf_counter() - began,
        "took_us": took,
        "wrong": {str(code): count for code, count in wrong.items()},
        "sample": sample,
        "sent": sent,
    }


def main(plan: Path, result: Path) -> None:
    asked = orjson.loads(plan.read_bytes())
    requests = [request.encode("latin-1") for request in asked.pop("requests")]
    result.write_bytes(orjson.dumps(measure(requests=requests, **asked)))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
