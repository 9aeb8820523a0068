"""What answers people is killed in the worst moment, or replaced while everybody trains."""

import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

import pytest

from fitai.embedded import layout
from fitai.embedded.layout import Layout
from fitai.embedded.ports import free_port
from fitai.embedded.processes import Running
from tests.chaos.devices import Device, Logbook, agree
from tests.chaos.proxy import Path
from tests.embedded.copies import until
from tests.embedded.server import Server

CONVERGED_SECONDS = 5.0


@contextmanager
def commits_unanswered(server: Server) -> Iterator[None]:
    """Every commit is on disk, and whoever made it is not told: the database waits for a standby that never comes."""
    with server.database() as database:

        def wait_for(standby: str) -> None:
            database.execute(f"ALTER SYSTEM SET synchronous_standby_names = '{standby}'")
            database.execute("SELECT pg_reload_conf()")
            until(lambda: database.execute("SHOW synchronous_standby_names").fetchone() == (standby,), "it is set")

        wait_for("nobody")
        try:
            yield
        finally:
            wait_for("")


def test_the_web_server_is_killed_after_a_commit_and_before_its_answer(server: Server) -> None:
    workout = server.train()
    book = Logbook(server, workout)
    with Device(server, workout) as phone, Device(server, workout) as watch:
        book.log(1)
        with commits_unanswered(server):
            cut_off = threading.Thread(target=book.send, args=("after-the-commit", 2))
            cut_off.start()
            until(lambda: server.waiting("web", "wait_event = 'SyncRep'") == 1, "the set is committed")
            server.kill("web")
        cut_off.join()
        assert "after-the-commit" not in book.answers
        until(server.copy.is_ready, "the web server answers again")

        with server.database() as database:
            stored = "SELECT seq FROM common_event WHERE op_id = 'after-the-commit'"
            until(lambda: len(database.execute(stored).fetchall()) == 1, "what was committed is there")
        again = book.ask("after-the-commit", 2)
        assert (again.status_code, again.headers["Idempotent-Replayed"]) == (201, "true")
        assert book.send("after-the-commit", 2)
        assert book.answers["after-the-commit"] == again.content
        book.log(3)
        agree(phone, watch, within=CONVERGED_SECONDS)
    book.holds()
    assert sorted(book.sent.values()) == [1, 2, 3]


def test_an_answer_is_lost_on_its_way_and_the_server_with_it(server: Server) -> None:
    workout = server.train()
    with Path(server.copy.port) as path, Device(server, workout) as phone:
        book = Logbook(server, workout, port=path.port)
        path.swallows = True
        cut_off = threading.Thread(target=book.send, args=("never-heard-of", 1))
        cut_off.start()
        assert path.swallowed.wait(10)
        server.kill("web")
        path.cut()
        cut_off.join()
        assert book.answers == {}
        path.swallows = False
        until(server.copy.is_ready, "the web server answers again")

        again = book.ask("never-heard-of", 1)
        assert (again.status_code, again.headers["Idempotent-Replayed"]) == (201, "true")
        assert book.send("never-heard-of", 1)
        assert book.answers["never-heard-of"] == again.content
        agree(phone, within=CONVERGED_SECONDS)
    book.holds()


@pytest.mark.parametrize("moment_s", [0.1, 0.4, 0.8])
def test_writers_are_cut_off_in_mid_call(server: Server, moment_s: float) -> None:
    workout = server.train()
    book = Logbook(server, workout)
    keys = {f"{workout}-{reps}": reps for reps in range(1, 101)}
    with Device(server, workout) as phone, ThreadPoolExecutor(8) as pool:
        killer = threading.Timer(moment_s, lambda: server.kill("web"))
        killer.start()
        list(pool.map(lambda key: book.send(key, keys[key]), keys))
        killer.join()
        assert len(book.answers) < len(keys)
        book.holds()
        until(server.copy.is_ready, "the web server answers again")

        list(pool.map(lambda key: until(lambda: book.send(key, keys[key]), "it is acknowledged"), keys))
        agree(phone, within=CONVERGED_SECONDS)
    book.holds()
    assert len(book.answers) == len(keys)


def test_a_deploy_fails_no_request_and_every_socket_resumes(server: Server) -> None:
    """As an orchestrator does it: the next release answers, the way leads there, the one before gets SIGTERM. Twice."""
    writers = 8
    workouts = [server.train() for _ in range(2)]
    with ExitStack() as stack:
        http = stack.enter_context(Path(server.copy.port))
        live = stack.enter_context(Path(server.copy.live_port))
        books = [Logbook(server, workouts[n % 2], port=http.port) for n in range(writers)]
        devices = [stack.enter_context(Device(server, workout, port=live.port)) for workout in workouts * 3]
        enough = threading.Event()

        def train(book: Logbook) -> None:
            reps = 0
            while not enough.is_set() and reps < 120:
                reps += 1
                assert book.send(f"{id(book)}-{reps}", reps), book.refusals
                time.sleep(0.2)

        pool = stack.enter_context(ThreadPoolExecutor(writers))
        stack.callback(enough.set)
        training = [pool.submit(train, book) for book in books]

        def replace(old: list[Running], port: int, live_port: int) -> None:
            """The old doors are closed while each writer waits for an answer from them."""
            with server.database() as holder, holder.transaction():
                holder.execute("SELECT FROM common_clock FOR UPDATE")
                until(lambda: server.waiting(old[0], "wait_event_type = 'Lock'") >= writers // 2, "calls are under way")
                http.to, live.to = port, live_port
                for process in old:
                    process.send(signal.SIGTERM)
                time.sleep(0.8)

        first = server.running("web", "live")
        port = free_port()
        live_port = free_port() if server.layout == Layout.SPLIT else port
        doors = layout.doors(Layout(server.layout), port, live_port, server.environment)
        second = stack.enter_context(server.joined(doors))
        until(lambda: server.copy.is_ready(port) and server.copy.is_ready(live_port), "the next release answers")
        replace(first, port, live_port)
        until(lambda: all(server.copy.is_ready(p) for p in (server.copy.port, server.copy.live_port)), "it is back")
        replace(second, server.copy.port, server.copy.live_port)
        until(lambda: not any(process.is_alive for process in [*first, *second]), "the old ones are gone", 10)
        enough.set()
        for work in training:
            work.result(20)
        agree(*devices, within=CONVERGED_SECONDS)

        assert [book.refusals for book in books] == [{}] * writers
        assert {tuple(device.codes) for device in devices} == {(1012, 1012)}
        assert [device.snapshots for device in devices] == [1] * len(devices)
    for workout in workouts:
        whole = Logbook(server, workout)
        for book in books:
            if book.workout == workout:
                whole.sent |= book.sent
                whole.answers |= book.answers
        whole.holds()
