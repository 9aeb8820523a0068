"""Workers are stopped, and wake up when somebody else has done their work."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from fitai.embedded import layout
from tests.chaos.devices import Device, Logbook, agree
from tests.embedded.copies import until
from tests.embedded.server import Server

LEASE_OF_THE_CLOCK_SECONDS = 10
"""After this, PostgreSQL ends the transaction of a process that was stopped in it."""


class Work:
    """A job, as its row says."""

    def __init__(self, server: Server, condition: str, *values: Any) -> None:
        self.server = server
        self.where = f"WHERE id = (SELECT id FROM common_job WHERE {condition} ORDER BY created_at DESC LIMIT 1)"  # noqa: S608  of the tests
        self.values = values

    def row(self, columns: str = "status, attempts") -> Any:
        with self.server.database() as database:
            return database.execute(f"SELECT {columns} FROM common_job {self.where}", self.values).fetchone()  # noqa: S608

    def change(self, values: str) -> None:
        with self.server.database() as database:
            database.execute(f"UPDATE common_job SET {values} {self.where}", self.values)  # noqa: S608


@contextmanager
def stopped(server: Server, name: str) -> Iterator[None]:
    """A program and all it started stand still, and know nothing of it."""
    process = server.copy.processes()[name]
    os.killpg(process.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.killpg(process.pid, signal.SIGCONT)


def fenced(server: Server) -> int:
    return (server.copy.home / "logs" / "worker.log").read_text().count("job.fenced")


def events(server: Server, workout: str, type: str) -> int:
    with server.database() as database:
        rows = "SELECT FROM common_event WHERE stream = %s AND type = %s AND status = 'applied'"
        return len(database.execute(rows, [f"workout:{workout}", type]).fetchall())


def test_a_worker_that_was_stopped_before_it_wrote_wakes_after_its_lease(server: Server) -> None:
    workout = server.train()
    other = layout.worker("second-worker", "default", 1, server.environment)
    work, before = Work(server, "kind = 'workouts.abandon'"), fenced(server)
    until(lambda: work.row("status") == ("succeeded",), "the clean-up has run once")
    with Device(server, workout) as phone:
        with server.database() as holder:
            holder.execute(
                "UPDATE workouts_workout SET touched_at = now() - interval '7 hours' WHERE id = %s", [workout]
            )
            with holder.transaction():
                holder.execute("LOCK TABLE workouts_workout IN ACCESS EXCLUSIVE MODE")
                again = "status = 'queued', attempts = 0, not_before = now(), rung_at = NULL, finished_at = NULL"
                work.change(f"{again}, result = NULL")
                until(lambda: server.waiting("worker", "wait_event_type = 'Lock'") == 1, "it looks for idle workouts")
                assert work.row() == ("processing", 1)
                process = server.copy.processes()["worker"]
                os.killpg(process.pid, signal.SIGSTOP)
        try:
            with server.joined([other]):
                work.change("lease_until = now()")  # a minute later
                until(lambda: work.row() == ("succeeded", 2), "another has done it")
                done = work.row("status, attempts, result, finished_at, lease_token")
                assert done[2] == {"abandoned": 1}
                assert server.call("post", f"/workouts/{workout}/complete").status_code == 200
        finally:
            os.killpg(process.pid, signal.SIGCONT)
        until(lambda: fenced(server) > before, "the first is told that it is late")
        assert work.row("status, attempts, result, finished_at, lease_token") == done
        assert events(server, workout, "workout.abandon") == 1
        agree(phone, within=5)
    assert server.see(workout)["status"] == "completed"


def test_a_worker_that_is_stopped_in_mid_write_lets_go_and_is_fenced_off(server: Server, report: list[str]) -> None:
    workout = server.train()
    book = Logbook(server, workout)
    other = layout.worker("second-worker", "default", 1, server.environment)
    before = fenced(server)
    with Device(server, workout) as phone, server.joined([other]) as (second,):
        with server.database() as holder:
            server.call("post", f"/workouts/{workout}/rest", {"seconds": 1})
            work = Work(server, "kind = 'workouts.end_rest' AND payload->>'workout_id' = %s", workout)
            second.send(signal.SIGSTOP)
            with holder.transaction():
                holder.execute("SELECT FROM common_clock FOR UPDATE")
                until(lambda: server.waiting("worker", "wait_event_type = 'Lock'") == 1, "it waits for the clock")
                process = server.copy.processes()["worker"]
                os.killpg(process.pid, signal.SIGSTOP)
        # It has the clock of the athlete now, and does nothing with it.
        let_go = time.monotonic()
        second.send(signal.SIGCONT)
        try:
            book.log(1)
            waited = time.monotonic() - let_go
            until(lambda: phone.heard("rest.end"), "another has ended the rest", 20)
            late = time.monotonic() - let_go
        finally:
            os.killpg(process.pid, signal.SIGCONT)
        until(lambda: work.row("status") == ("succeeded",), "the job is done")
        until(lambda: fenced(server) > before, "the first is told that it is late")
        time.sleep(1)
        assert events(server, workout, "rest.end") == 1
        assert len(phone.heard("notification", kind="rest_over")) == 1
        agree(phone, within=5)
    book.holds()
    report.append(f"a set waited {waited:.1f} s, the end of the rest {late:.1f} s for what the stopped worker held")
    assert waited < LEASE_OF_THE_CLOCK_SECONDS + 2
