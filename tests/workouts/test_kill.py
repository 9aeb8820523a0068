"""Real processes, killed at the worst moment: what was acknowledged is there, and is there once.

The rest of the faults, in both layouts, are in tests/chaos.
"""

import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.accounts.push_service import PushService
from tests.chaos.devices import Logbook
from tests.embedded.copies import until
from tests.embedded.server import Server, served

pytestmark = pytest.mark.slow

KILLED_AFTER_S = 0.4


@pytest.fixture(scope="module")
def push_service() -> Iterator[PushService]:
    service = PushService()
    yield service
    service.stop()


@pytest.fixture(scope="module")
def server(prepared: Path, push_service: PushService, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """With a mail server that takes every call and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings = {"EMAIL_URL": f"smtp://127.0.0.1:{silent.getsockname()[1]}", "OUTBOUND_ALLOWED": push_service.host}
        with served(prepared, tmp_path_factory.mktemp("killed") / "home", **settings) as server:
            yield server


def test_of_writers_cut_off_in_mid_call_every_answer_holds_and_every_retry_is_one_set(server: Server) -> None:
    book = Logbook(server, server.train())
    keys = {f"cut-off-{reps}": reps for reps in range(1, 61)}
    with ThreadPoolExecutor(6) as pool:
        killer = threading.Timer(KILLED_AFTER_S, server.kill, ["web"])
        killer.start()
        list(pool.map(book.send, keys, keys.values()))
        killer.join()
    assert len(book.answers) < len(keys)
    until(server.copy.is_ready, "the web server answers again")
    book.holds()

    assert all(book.send(key, reps) for key, reps in keys.items())
    book.holds()


def test_a_rest_ends_in_time_while_every_mail_hangs(server: Server, push_service: PushService) -> None:
    assert server.call("post", "/users/push-devices", push_service.browser().subscription).status_code == 201
    with server.database() as database:

        def jobs(kind: str, status: str) -> int:
            return len(
                database.execute("SELECT FROM common_job WHERE (kind, status) = (%s, %s)", [kind, status]).fetchall()
            )

        for name in ("hanging-one", "hanging-two", "hanging-three"):
            body = {"username": name, "email": f"{name}@example.org", "password": "a long walk in the rain"}
            assert server.call("post", "/auth/register", body).status_code == 201
        until(lambda: jobs("accounts.verification_mail", "processing") == 2, "both processes wait for the mail server")
        workout = server.train()
        server.call("post", f"/workouts/{workout}/rest", {"seconds": 2})
        until(lambda: jobs("workouts.end_rest", "succeeded") == 1 and push_service.taken, "the rest is over")
        assert jobs("accounts.verification_mail", "processing") == 2
        (over,) = database.execute("SELECT not_before FROM common_job WHERE kind = 'workouts.end_rest'").fetchall()[0]
    # One second on a machine that does nothing else (make chaos); a mail holds its process for 20.
    assert push_service.taken_at[0] - over.timestamp() < 3
    assert server.see(workout)["rest"] is None


def test_the_job_of_a_killed_worker_is_done_once_by_another(server: Server) -> None:
    workout = server.train()
    with server.database() as database, server.database() as holder:

        def job() -> Any:
            return database.execute(
                "SELECT status, attempts FROM common_job"
                " WHERE kind = 'workouts.end_rest' AND payload->>'workout_id' = %s",
                [workout],
            ).fetchone()

        server.call("post", f"/workouts/{workout}/rest", {"seconds": 1})
        with holder.transaction():
            # The worker waits for the athlete's clock, in the middle of its work.
            holder.execute("SELECT * FROM common_clock FOR UPDATE")
            until(lambda: job() == ("processing", 1), "a worker has begun")
            time.sleep(0.3)
            server.kill("worker")
        assert job() == ("processing", 1)
        until(lambda: job() == ("succeeded", 2), "another has done it")
        ends = database.execute(
            "SELECT count(*) FROM common_event WHERE stream = %s AND type = 'rest.end'", [f"workout:{workout}"]
        ).fetchone()
        assert ends == (1,)
    assert server.see(workout)["rest"] is None
