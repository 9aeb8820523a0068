"""The application as a server calls it, and servers that are ill."""

import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connection, connections
from django.test import RequestFactory
from kombu import pools
from redis import ConnectionPool

from fitai.celery import app
from fitai.common import redis
from fitai.common.doors import WsgiDoor


class Answer:
    """What a server would send."""

    def __init__(self) -> None:
        self.status_code, self.headers, self.content = 0, {}, b""

    def start(self, status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> None:
        self.status_code, self.headers = int(status.split()[0]), dict(headers)


def ask(method: str, path: str, body: bytes = b"", environ: Mapping[str, Any] | None = None) -> Answer:
    """A request through the WSGI application, with headers that a client library would not send."""
    made = RequestFactory().generic(method, path, body, content_type="application/json")
    answer = Answer()
    with shared_connection():
        response = WsgiDoor()({**made.environ, **(environ or {})}, answer.start)
        answer.content = b"".join(response)
        response.close()
    return answer


@contextmanager
def shared_connection() -> Iterator[None]:
    """A request must not close the connection that it shares with the test."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    try:
        yield
    finally:
        for signal in (request_started, request_finished):
            signal.connect(close_old_connections)


def in_threads(count: int, work: Any) -> list[Any]:
    """What `work(number)` gives in so many threads that begin at once, in order of their numbers."""
    start = threading.Barrier(count)
    given: list[Any] = [None] * count

    def one(number: int) -> None:
        try:
            start.wait()
            given[number] = work(number)
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return given


def without_database(work: Any) -> Any:
    """What `work()` gives where PostgreSQL does not answer: in a thread, whose connection is its own."""
    given: list[Any] = []

    def one() -> None:
        connection = connections["default"]
        connection.settings_dict = {**connection.settings_dict, "HOST": "127.0.0.1", "PORT": free_port()}
        try:
            given.append(work())
        finally:
            connection.close()

    thread = threading.Thread(target=one)
    thread.start()
    thread.join()
    return given[0]


def free_port() -> int:
    """Where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@contextmanager
def silent_server() -> Iterator[int]:
    """The port of a server that takes connections and never says a word."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)
    held = []

    def accept() -> None:
        while True:
            try:
                held.append(listener.accept()[0])
            except OSError:
                return

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield int(listener.getsockname()[1])
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for connected in held:
            connected.close()


@contextmanager
def broker_at(port: int) -> Iterator[None]:
    """Celery's connections lead to another port."""
    url = app.conf.broker_url
    try:
        _connect_celery(f"redis://127.0.0.1:{port}/0")
        yield
    finally:
        _connect_celery(url)


def _connect_celery(url: str) -> None:
    app.conf.broker_url = url
    app._pool = app.amqp._producer_pool = None
    pools.reset()


@contextmanager
def valkey_at(port: int) -> Iterator[None]:
    """Our one connection leads to another port."""
    pool = redis.client.connection_pool
    redis.client.connection_pool = ConnectionPool(**{**pool.connection_kwargs, "port": port})
    redis._resting_until = 0.0
    try:
        yield
    finally:
        redis.client.connection_pool.disconnect()
        redis.client.connection_pool = pool
        redis._resting_until = 0.0
