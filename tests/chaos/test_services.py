"""PostgreSQL and Valkey are killed, emptied, stopped and away while people train."""

import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

import psycopg
import pytest
import redis

from tests.chaos.devices import Device, Logbook, agree
from tests.embedded.copies import until
from tests.embedded.server import Server

WRITERS = 20
HEALED_SECONDS, CONVERGED_SECONDS, AWAY_SECONDS = 10.0, 5.0, 30.0
PATIENCE_SECONDS = 4.0
"""How long a set takes at most while Valkey is away: each of a request's two questions to it waits half a second."""


@pytest.fixture(scope="module")
def people(server: Server) -> list[str]:
    """Tokens of twenty people."""
    password = "twenty walks in the rain"
    for n in range(WRITERS):
        body = {"username": f"writer-{n}", "email": f"writer-{n}@example.org", "password": password}
        assert server.call("post", "/auth/register", body).status_code == 201
    return [server.log_in(f"writer-{n}", password) for n in range(WRITERS)]


def accepts(server: Server) -> bool:
    try:
        server.database().close()
    except psycopg.OperationalError:
        return False
    return True


def test_postgres_is_killed_under_twenty_writers(server: Server, people: list[str], report: list[str]) -> None:
    enough, refused_at = threading.Event(), [0.0]
    with ExitStack() as stack:
        workouts = [
            server.call("post", "/sessions", {}, Authorization=f"Bearer {token}").json()["id"] for token in people
        ]
        books = [Logbook(server, workout, token=token) for workout, token in zip(workouts, people, strict=True)]
        devices = [
            stack.enter_context(Device(server, workout, token=token))
            for workout, token in zip(workouts, people, strict=True)
        ]

        def write(number: int) -> None:
            """Log set after set, each until it is acknowledged."""
            book, reps = books[number], 0
            while not enough.is_set():
                reps += 1
                while not book.send(f"{book.workout}-{reps}", reps):
                    refused_at[0] = max(refused_at[0], time.monotonic())
                    time.sleep(0.2)
                time.sleep(0.05)

        pool = stack.enter_context(ThreadPoolExecutor(WRITERS))
        stack.callback(enough.set)
        writing = [pool.submit(write, number) for number in range(WRITERS)]
        until(lambda: all(len(book.answers) > 2 for book in books), "all have begun")
        acknowledged = [dict(book.answers) for book in books]
        server.kill("postgres")
        until(lambda: accepts(server), "it accepts again")
        back = time.monotonic()
        counts = [len(book.answers) for book in books]
        until(
            lambda: all(len(book.answers) > count + 2 for book, count in zip(books, counts, strict=True)),
            "everybody writes again",
            HEALED_SECONDS,
        )
        time.sleep(2)  # a connection that is still broken would show
        enough.set()
        for work in writing:
            work.result(20)
        healed = max(0.0, refused_at[0] - back)
        took = agree(*devices, within=CONVERGED_SECONDS)
    for book, before in zip(books, acknowledged, strict=True):
        assert before.items() <= book.answers.items()
        book.holds()
        assert len(book.answers) == len(book.sent)
    refusals = sum((book.refusals for book in books), start=Counter[str]())
    assert refusals, "nobody noticed"
    report.append(f"refused meanwhile: {dict(refusals)}")
    report.append(
        f"the last refusal {healed:.1f} s after PostgreSQL was back; devices level {took:.1f} s after the last set"
    )
    assert healed < HEALED_SECONDS


def test_valkey_is_emptied_in_mid_workout(server: Server, report: list[str]) -> None:
    workout = server.train()
    book = Logbook(server, workout)
    with Device(server, workout) as phone, Device(server, workout) as watch:
        server.call("post", f"/workouts/{workout}/rest", {"seconds": 2})
        book.log(1)
        with server.valkey() as valkey:
            valkey.flushall()
        for reps in (2, 3):
            assert book.send(f"{workout}-{reps}", reps)
        report.append(f"devices level {agree(phone, watch, within=CONVERGED_SECONDS):.1f} s after it was emptied")
        until(lambda: phone.heard("rest.end") and watch.heard("rest.end"), "the rest is over", 10)
        assert len(phone.heard("rest.end")) == 1
        agree(phone, watch, within=CONVERGED_SECONDS)
    book.holds()


@contextmanager
def down(server: Server) -> Iterator[None]:
    """Valkey is gone, and whoever would start it again is held."""
    supervisor, valkey = server.copy.supervisor, server.copy.processes()["valkey"]
    assert supervisor is not None
    supervisor.send_signal(signal.SIGSTOP)
    try:
        os.kill(valkey.pid, signal.SIGKILL)
        yield
    finally:
        supervisor.send_signal(signal.SIGCONT)
    until(lambda: server.copy.processes().get("valkey", valkey) != valkey, "Valkey is new")
    with server.valkey() as client:
        until(lambda: answers(client), "Valkey answers")


def answers(client: "redis.Redis") -> bool:
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False


@contextmanager
def hanging(server: Server) -> Iterator[None]:
    """Valkey takes every call and says nothing."""
    valkey = server.copy.processes()["valkey"]
    os.kill(valkey.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(valkey.pid, signal.SIGCONT)


@pytest.mark.parametrize("away", [down, hanging])
def test_valkey_is_away_for_half_a_minute_in_mid_workout(server: Server, away: type, report: list[str]) -> None:
    workout = server.train()
    book = Logbook(server, workout)
    with Device(server, workout) as phone, Device(server, workout) as watch:
        book.log(1)
        slowest = 0.0
        with away(server):
            began = time.monotonic()
            server.call("post", f"/workouts/{workout}/rest", {"seconds": 20})
            reps = 1
            while time.monotonic() - began < AWAY_SECONDS:
                reps, asked = reps + 1, time.monotonic()
                assert book.send(f"{workout}-{reps}", reps), book.refusals
                slowest = max(slowest, time.monotonic() - asked)
                time.sleep(0.5)
        back = time.monotonic()
        # The rest ended while nobody could be told to end it.
        until(lambda: phone.heard("rest.end") and watch.heard("rest.end"), "the rest is over", CONVERGED_SECONDS)
        agree(phone, watch, within=CONVERGED_SECONDS - (time.monotonic() - back))
        level = time.monotonic() - back
        assert len(phone.heard("rest.end")) == 1
        assert phone.codes == watch.codes == []
        report.append(
            f"{reps - 1} sets logged meanwhile, the slowest in {slowest:.2f} s; level {level:.1f} s after its return"
        )
    book.holds()
    assert slowest < PATIENCE_SECONDS
