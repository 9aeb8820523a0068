"""The real server in a thread of the tests, and a device that holds a socket to it."""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Self

import uvicorn
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

from fitai.asgi import application
from fitai.embedded.ports import free_port
from tests.asyncapi import misfit

Json = dict[str, Any]
MAX_MESSAGE_BYTES = 131_072  # as `make run` and the Dockerfile say it
PATIENCE = 8.0  # longer than the five seconds within which any gap is closed


@contextmanager
def serving() -> Iterator[int]:
    """The ASGI application behind uvicorn, as `make run` serves it; the port it listens on."""
    port = free_port()
    server = uvicorn.Server(
        uvicorn.Config(
            application,
            port=port,
            log_level="error",
            ws_per_message_deflate=False,
            ws_max_size=MAX_MESSAGE_BYTES,
            lifespan="off",
        )
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until(lambda: server.started)
    yield port
    server.should_exit = True
    thread.join(10)


def until(met: Callable[[], object], seconds: float = PATIENCE) -> None:
    deadline = time.monotonic() + seconds
    while not met():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.01)


def narrow(port: int) -> dict[str, Any]:
    """Options of a socket that reads nothing by itself, with next to no buffer before it: what is sent to it queues up
    at the server at once."""
    pipe = socket.socket()
    pipe.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    pipe.connect(("127.0.0.1", port))
    return {"sock": pipe, "max_queue": 1}


class Socket:
    """A connection to `/ws/v1`. Every message it hears must be in the AsyncAPI document; every one it says, too, or be
    refused."""

    def __init__(
        self,
        port: int,
        token: str | None,
        *,
        origin: str | None = None,
        header: bool = False,
        address: str | None = None,  # as a proxy says it
        ticket: str | None = None,
        key: str | None = None,
        **options: Any,
    ) -> None:
        subprotocols = [Subprotocol("fitai.v1")]
        headers = {} if address is None else {"X-Forwarded-For": address}
        if token is not None and header:
            headers["Authorization"] = f"Bearer {token}"
        elif token is not None:
            subprotocols.append(Subprotocol(f"bearer.{token}"))
        if key is not None:
            headers["Authorization"] = f"Api-Key {key}"
        self.connection: ClientConnection = connect(
            f"ws://127.0.0.1:{port}/ws/v1" + (f"?ticket={ticket}" if ticket else ""),
            subprotocols=subprotocols,
            additional_headers=headers,
            origin=None if origin is None else Origin(origin),
            compression=None,
            proxy=None,
            legacy=True,
            max_size=None,
            close_timeout=0.2,
            **options,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    def say(self, type: str, **members: Any) -> None:
        """Say what the document has."""
        self._say({"type": type, **members}, fits=True)

    def hear(self, *types: str, seconds: float = PATIENCE) -> Json:
        """The next message of these types, by default of any but `head` and `presence`."""
        deadline = time.monotonic() + seconds
        while True:
            message = self._next(deadline)
            if message["type"] in types or (not types and message["type"] not in ("head", "presence")):
                return message

    def _next(self, deadline: float) -> Json:
        message: Json = json.loads(self.connection.recv(timeout=max(0.0, deadline - time.monotonic())))
        assert misfit(message, "send") is None, (misfit(message, "send"), message)
        return message

    def ask(self, type: str, **members: Any) -> Json:
        """What a message is answered with, where nothing else is under way. What is not in the document is refused."""
        fits = misfit({"type": type, **members}, "receive") is None
        self._say({"type": type, **members}, fits=fits)
        answer = self.hear()
        assert fits or is_refusal(answer), f"{members} is not in the document and was answered with {answer}"
        return answer

    def _say(self, message: Json, *, fits: bool) -> None:
        assert not fits or misfit(message, "receive") is None, (misfit(message, "receive"), message)
        self.connection.send(json.dumps(message))

    def follow(self, channel: str, **members: Any) -> Json:
        """Subscribe, and the snapshot."""
        answer = self.ask("subscribe", channel=channel, **members)
        assert answer["type"] == "snapshot", answer
        return answer

    def hears_nothing(self) -> bool:
        """Whether there is nothing before the answer to a ping."""
        return self.ask("ping") == {"type": "pong"}

    def ended(self, seconds: float = PATIENCE) -> int | None:
        """The code with which the server closes."""
        deadline = time.monotonic() + seconds
        try:
            while True:
                self._next(deadline)
        except ConnectionClosed as closed:
            return None if closed.rcvd is None else closed.rcvd.code


def is_refusal(answer: Json) -> bool:
    """Whether something was refused: all of it, or an operation of a batch."""
    refused = [result["status"] for result in answer.get("results", ()) if result["status"] == "rejected"]
    return answer["type"] == "problem" or bool(refused)


Connect = Callable[..., Socket]
"""Opens a socket of a device."""
