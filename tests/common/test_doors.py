"""How much of a request the servers read: through the applications, and through real uvicorn and granian."""

import asyncio
import io
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import async_to_sync

from fitai.common.doors import AsgiDoor, bounded_by, upload_limit
from tests.common.servers import ask, free_port, shared_connection

LOGIN = "/api/v1/auth/login"
UPLOAD = "/api/v1/form-analyses"
LIMIT = 2 * 1024 * 1024
CHUNK = b"a" * 65_536


def scope(path: str = LOGIN, **headers: str) -> dict[str, Any]:
    given = {"host": "testserver", "content-type": "application/json", **headers}
    return {
        "type": "http",
        "method": "POST",
        "path": path,
        "query_string": b"",
        "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in given.items()],
        "client": ("127.0.0.1", 4711),
    }


@pytest.mark.parametrize(
    ("path", "limit"),
    [
        ("/api/v1/form-analyses", 200_000_000),
        ("/api/v1/exercises/0190A000-0000-7000-8000-00000000000f/media", 50_000_000),
        ("/api/v1/exercises/0190a000-0000-7000-8000-00000000000f/media/", None),
        ("/api/v1/exercises/0190a000-0000-7000-8000-00000000000/media", None),
        ("/api/v1/exercises/{id}", None),
        ("/api/v1/exercises/search", None),
    ],
)
def test_which_paths_take_files(path: str, limit: int | None) -> None:
    assert upload_limit(path) == limit


class Wire:
    """A connection: gives chunks for ever, or those it has, and keeps what is sent."""

    def __init__(self, *chunks: bytes) -> None:
        self.chunks = list(chunks)
        self.endless = not chunks
        self.asked = 0
        self.sent: list[Any] = []

    async def receive(self) -> dict[str, Any]:
        await asyncio.sleep(0)
        if self.endless:
            self.asked += 1
            return {"type": "http.request", "body": CHUNK, "more_body": True}
        if self.asked < len(self.chunks):
            self.asked += 1
            body = self.chunks[self.asked - 1]
            return {"type": "http.request", "body": body, "more_body": self.asked < len(self.chunks)}
        await asyncio.Event().wait()  # connected and quiet
        raise AssertionError

    async def send(self, message: Any) -> None:
        self.sent.append(message)

    @property
    def status(self) -> int:
        return int(self.sent[0]["status"])

    @property
    def document(self) -> Any:
        return json.loads(b"".join(message.get("body", b"") for message in self.sent[1:]))


def through(wire: Wire, query: bytes = b"", path: str = LOGIN, **headers: str) -> Wire:
    """Answer what comes over the wire."""

    async def answer() -> None:
        await AsgiDoor()({**scope(path, **headers), "query_string": query}, wire.receive, wire.send)

    with shared_connection():
        async_to_sync(answer)()
    return wire


class TestAsgi:
    def test_an_endless_body_is_refused(self) -> None:
        began = time.process_time()
        wire = through(Wire(), transfer_encoding="chunked")
        assert (wire.status, wire.document["detail"]) == (413, f"At most {LIMIT} bytes.")
        assert time.process_time() - began < 1
        assert wire.asked == LIMIT // len(CHUNK) + 1

    def test_a_body_that_says_that_it_is_too_large_is_not_read_at_all(self) -> None:
        wire = through(Wire(*[CHUNK] * 700), content_length=str(700 * len(CHUNK)))
        assert (wire.status, wire.asked) == (413, 0)
        assert through(Wire(b"{}"), content_length="2").status == 422

    def test_an_upload_of_who_does_not_say_who_they_are_is_not_read(self) -> None:
        for authorization in ("", "Basic YTpi", "Bear er"):
            given = {"authorization": authorization, "content_type": "multipart/form-data; boundary=x"}
            declared = through(Wire(*[CHUNK] * 700), path=UPLOAD, content_length=str(700 * len(CHUNK)), **given)
            assert (declared.status, declared.asked) == (401, 0)
            endless = through(Wire(), path=UPLOAD, transfer_encoding="chunked", **given)
            assert (endless.status, endless.asked) == (401, LIMIT // len(CHUNK) + 1)

    def test_an_upload_of_who_says_who_they_are_is_read(self) -> None:
        given = {"authorization": "Bearer nobody", "content_type": "multipart/form-data; boundary=x"}
        wire = through(Wire(*[CHUNK] * 700), path=UPLOAD, content_length=str(700 * len(CHUNK)), **given)
        assert (wire.status, wire.asked) == (401, 700)
        too_large = through(Wire(*[CHUNK] * 700), path=UPLOAD, content_length="300000000", **given)
        assert (too_large.status, too_large.asked) == (401, 0)

    def test_a_body_in_chunks_is_read_whole(self) -> None:
        wire = through(Wire(b'{"login"', b': "ada", "x": 1', b"}"), transfer_encoding="chunked")
        assert wire.status == 422
        assert [entry["pointer"] for entry in wire.document["errors"]] == ["/x", "/password"]

    def test_what_is_passed_on_ends_at_the_limit(self) -> None:
        wire = Wire(b"aaa", b"bbb", b"ccc", b"ddd")

        async def both() -> list[Any]:
            bounded = bounded_by(5, wire.receive)
            messages = [await bounded(), await bounded()]
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(bounded(), 0.05)  # the rest stays with the server
            assert wire.asked == 2
            return messages

        first, second = async_to_sync(both)()
        assert first == {"type": "http.request", "body": b"aaa", "more_body": True}
        assert second == {"type": "http.request", "body": b"bbb", "more_body": False}

    def test_a_query_that_is_no_text_is_read_as_well_as_can_be(self) -> None:
        wire = through(Wire(b"{}"), b"\xff=1")
        assert (wire.status, wire.document["errors"][0]["pointer"]) == (422, "?\ufffd")


class Drops(io.RawIOBase):
    """A body that comes in drops of 1,000 bytes, and never ends when it is endless."""

    def __init__(self, body: bytes | None) -> None:
        self.rest, self.given = body, 0

    def read(self, size: int = -1) -> bytes:
        size = min(size, 1_000)
        drop = b"a" * size if self.rest is None else self.rest[self.given : self.given + size]
        self.given += len(drop)
        return drop


class TestWsgi:
    def chunked(self, body: bytes | None, path: str = LOGIN, **environ: Any) -> tuple[Any, Drops]:
        drops = Drops(body)
        given = {"wsgi.input": drops, "wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}
        given |= {"CONTENT_TYPE": "application/json", "CONTENT_LENGTH": "", **environ}
        return ask("POST", path, b"", given), drops

    def test_a_body_in_chunks_is_read_whole(self, db: None) -> None:
        answer, _ = self.chunked(json.dumps({"login": "ada" * 1_000, "x": 1}).encode())
        assert answer.status_code == 422
        assert [entry["pointer"] for entry in json.loads(answer.content)["errors"]] == ["/x", "/login", "/password"]

    def test_an_endless_body_is_refused(self, db: None) -> None:
        answer, drops = self.chunked(None)
        assert (answer.status_code, drops.given) == (413, LIMIT + 1)

    def test_a_body_that_says_that_it_is_too_large_is_not_read_at_all(self, db: None) -> None:
        answer, drops = self.chunked(None, CONTENT_LENGTH="40000000")
        assert (answer.status_code, drops.given) == (413, 0)

    def test_an_upload_of_who_does_not_say_who_they_are_is_not_read(self, db: None) -> None:
        form = {"path": UPLOAD, "CONTENT_TYPE": "multipart/form-data; boundary=x"}
        endless, drops = self.chunked(None, **form)
        assert (endless.status_code, drops.given) == (401, LIMIT + 1)
        declared, drops = self.chunked(None, CONTENT_LENGTH="40000000", **form)
        assert (declared.status_code, drops.given) == (401, 0)


SERVERS = {
    "uvicorn": ["-m", "uvicorn", "fitai.asgi:application", "--host", "127.0.0.1", "--no-access-log", "--port"],
    "granian": ["-m", "granian", "--interface", "wsgi", "fitai.wsgi:application", "--no-ws", "--port"],
}


@pytest.fixture(scope="module", params=SERVERS)
def port(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Where a real server listens."""
    number = free_port()
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "fitai.settings.test"}
    log = tmp_path_factory.mktemp("server") / "log"
    with log.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, *SERVERS[request.param], str(number)],
            cwd=Path(__file__).parents[2],
            env=env,
            stdout=file,
            stderr=file,
        )
    try:
        until = time.monotonic() + 60
        while True:
            try:
                socket.create_connection(("127.0.0.1", number), timeout=1).close()
                break
            except OSError:
                assert time.monotonic() < until, log.read_text()
                assert process.poll() is None, log.read_text()
                time.sleep(0.1)
        yield number
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def begin(port: int, *headers: str) -> socket.socket:
    connected = socket.create_connection(("127.0.0.1", port), timeout=10)
    lines = [f"POST {LOGIN} HTTP/1.1", "Host: localhost", "Content-Type: application/json", *headers]
    connected.sendall("\r\n".join([*lines, "", ""]).encode())
    return connected


def first_line(connected: socket.socket) -> bytes:
    connected.settimeout(10)
    return connected.recv(65_536).partition(b"\r\n")[0]


@pytest.mark.slow
class TestRealServers:
    def test_a_body_in_chunks(self, port: int) -> None:
        with begin(port, "Transfer-Encoding: chunked") as connected:
            connected.sendall(b'8\r\n{"x": 1}\r\n0\r\n\r\n')
            answer = connected.recv(65_536)
            while b'"request_id"' not in answer:
                answer += connected.recv(65_536)
            assert answer.startswith(b"HTTP/1.1 422 ")
            assert b'"pointer":"/x"' in answer

    def test_an_endless_body(self, port: int) -> None:
        piece = b"10000\r\n" + CHUNK + b"\r\n"
        with begin(port, "Transfer-Encoding: chunked") as connected:
            assert self.pour(connected, piece).startswith(b"HTTP/1.1 413 ")

    def test_40_megabytes(self, port: int) -> None:
        with begin(port, "Content-Length: 40000000") as connected:
            assert self.pour(connected, CHUNK).startswith(b"HTTP/1.1 413 ")

    def pour(self, connected: socket.socket, piece: bytes) -> bytes:
        """The beginning of the answer to a body that goes on until there is one."""
        began, rest, answer = time.monotonic(), b"", b""
        connected.settimeout(0.01)
        while not answer:
            assert time.monotonic() - began < 5
            rest = rest or piece
            try:
                rest = rest[connected.send(rest) :]
            except TimeoutError:
                pass
            except OSError:
                connected.settimeout(2)
            try:
                answer = connected.recv(4_096)
            except TimeoutError:
                continue
        return answer

    def test_a_query_of_bytes(self, port: int) -> None:
        with socket.create_connection(("127.0.0.1", port), timeout=10) as connected:
            connected.sendall(b"GET /api/v1/exercises?q=\xff HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert first_line(connected).split()[1].startswith(b"4")

    def test_it_still_answers(self, port: int) -> None:
        with socket.create_connection(("127.0.0.1", port), timeout=10) as connected:
            connected.sendall(b"GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert first_line(connected) == b"HTTP/1.1 200 OK"
