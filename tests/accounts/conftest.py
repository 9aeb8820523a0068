"""Fixtures of the people's tests."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
from django.db import connection, transaction

from accounts.models import SecurityEvent


class Listener:
    """A server that somebody might be lured to: counts who comes."""

    def __init__(self) -> None:
        self.connections = 0
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.thread = threading.Thread(target=self.accept, daemon=True)
        self.thread.start()

    def accept(self) -> None:
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            self.connections += 1
            connection.close()


@pytest.fixture
def listener() -> Iterator[Listener]:
    listener = Listener()
    yield listener
    listener.socket.shutdown(socket.SHUT_RDWR)
    listener.socket.close()


class Meeting:
    """People who act at once, each stopped at the first lock that is not theirs, and then let go together."""

    def __init__(self) -> None:
        self.outcomes: dict[str, Any] = {}
        self.threads: list[threading.Thread] = []

    def act(self, name: str, act: Callable[[], Any]) -> None:
        """Begin, and come as far as the next lock; what it gives or raises becomes the outcome of `name`."""

        def run() -> None:
            try:
                self.outcomes[name] = act()
            except Exception as failure:
                self.outcomes[name] = type(failure)
            finally:
                connection.close()

        self.threads.append(threading.Thread(target=run))
        self.threads[-1].start()
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            with connection.cursor() as cursor:
                cursor.execute("SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted")
                if cursor.fetchone()[0] == len(self.threads):
                    return
            time.sleep(0.01)
        raise AssertionError(f"{name} came to no lock: {self.outcomes}")


@contextmanager
def _meeting() -> Iterator[Meeting]:
    """Whoever acts inside has to wait before writing their security event until the block ends."""
    met = Meeting()
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {SecurityEvent._meta.db_table} IN SHARE MODE")
            yield met
    finally:
        for thread in met.threads:
            thread.join()


@pytest.fixture
def meeting() -> Callable[[], AbstractContextManager[Meeting]]:
    """Makes people act at the same time."""
    return _meeting


@pytest.fixture
def real_limits(settings) -> None:  # type: ignore[no-untyped-def]
    """The limits as they are shipped; the suite runs with generous ones."""
    settings.LIMITS_FACTOR = 1.0
