"""Real processes, killed at the worst moment: what was acknowledged is there, and is there once."""

import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pytest
import redis

from fitai.settings.dev import DEMO_LOGIN
from tests.embedded.copies import Copy, copied, until
from tests.workouts.follower import Follower, seen
from tests.workouts.gym import Json
from tests.workouts.live import Socket
from tests.workouts.strategies import SOAK

pytestmark = pytest.mark.slow

MOMENTS_S = [n / 20 for n in range(1, 21)] if SOAK else [0.4]
"""How long after the first call the server is killed."""
SET: Json = {"reps": 5, "weight": "100", "weight_unit": "kg"}


class Server:
    """A running FitAI, the demo athlete's phone, and what its services hold."""

    def __init__(self, copy: Copy) -> None:
        self.copy = copy
        copy.start()
        login, password = DEMO_LOGIN
        tokens = self.call("post", "/auth/login", {"login": login, "password": password}).json()
        self.token = tokens["access"]
        exercises = self.call("get", "/exercises?limit=1").json()["results"]
        self.exercise = exercises[0]["id"]

    def call(self, method: str, path: str, body: Json | None = None, **headers: str) -> httpx.Response:
        token = getattr(self, "token", None)
        known = {"Authorization": f"Bearer {token}"} if token else {}
        url = f"http://127.0.0.1:{self.copy.port}/api/v1{path}"
        return httpx.request(method, url, json=body, headers={**known, **headers}, trust_env=False, timeout=20)

    def train(self) -> str:
        return str(self.call("post", "/sessions", {}).json()["id"])

    def log(self, workout: str, key: str, **fields: Any) -> httpx.Response:
        body = {"exercise_id": self.exercise, **SET, **fields}
        return self.call("post", f"/workouts/{workout}/sets", body, **{"Idempotency-Key": key})

    def see(self, workout: str) -> Json:
        return dict(self.call("get", f"/workouts/{workout}").json())

    def kill(self, name: str) -> None:
        """End a program and all it started, as a power cut would; the supervisor starts it again."""
        process = self.copy.processes()[name]
        os.killpg(process.pid, signal.SIGKILL)
        until(lambda: self.copy.processes().get(name, process) != process, f"{name} is new")

    @property
    def services(self) -> dict[str, str]:
        lines = (self.copy.home / "services.env").read_text().splitlines()
        return dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))

    def database(self) -> psycopg.Connection[Any]:
        return psycopg.connect(self.services["DATABASE_URL"].strip("'\""), autocommit=True)


@pytest.fixture(scope="module")
def server(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """With a mail server that takes every call and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        mail = f"smtp://127.0.0.1:{silent.getsockname()[1]}"
        copy = copied(prepared, tmp_path_factory.mktemp("killed") / "home", EMAIL_URL=mail)
        try:
            yield Server(copy)
        finally:
            copy.remove()


def test_a_set_that_was_answered_survives_the_web_server(server: Server) -> None:
    workout = server.train()
    for reps in (1, 2):
        key = str(uuid4())
        logged = server.log(workout, key, reps=reps)
        server.kill("web")
        assert logged.status_code == 201
        until(server.copy.is_ready, "the web server answers again")

        again = server.log(workout, key, reps=reps)
        assert (again.status_code, again.content) == (201, logged.content)
        assert again.headers["Idempotent-Replayed"] == "true"
    assert [s["reps"] for s in server.see(workout)["exercises"][0]["sets"]] == [1, 2]


@pytest.mark.parametrize("moment_s", MOMENTS_S)
def test_of_writers_cut_off_in_mid_call_every_answer_holds_and_every_retry_is_one_set(
    server: Server, moment_s: float
) -> None:
    workout = server.train()
    keys = {str(uuid4()): reps for reps in range(1, 61)}
    answered: dict[str, bytes] = {}

    def write(key: str) -> None:
        try:
            response = server.log(workout, key, reps=keys[key])
        except httpx.TransportError:
            return
        if response.status_code == 201:
            answered[key] = response.content

    with ThreadPoolExecutor(6) as pool:
        killer = threading.Timer(moment_s, lambda: os.kill(server.copy.processes()["web"].pid, signal.SIGKILL))
        killer.start()
        list(pool.map(write, keys))
    until(server.copy.is_ready, "the web server answers again")
    logged = {s["reps"] for s in server.see(workout)["exercises"][0]["sets"]}
    assert {keys[key] for key in answered} <= logged
    assert len(answered) < len(keys)

    for key, reps in keys.items():
        again = server.log(workout, key, reps=reps)
        assert again.status_code == 201
        assert again.content == answered.get(key, again.content)
    assert sorted(s["reps"] for s in server.see(workout)["exercises"][0]["sets"]) == sorted(keys.values())


def test_a_rest_ends_in_time_while_every_mail_hangs(server: Server) -> None:
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
        until(lambda: jobs("workouts.end_rest", "succeeded") == 1, "the rest is over")
        assert jobs("accounts.verification_mail", "processing") == 2
        late = database.execute(
            "SELECT finished_at - not_before FROM common_job WHERE kind = 'workouts.end_rest'"
        ).fetchone()
    assert late is not None
    assert late[0] < timedelta(seconds=3)  # one on a machine that does nothing else; a mail holds its process for 20
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
        database.execute("UPDATE common_job SET lease_until = now() WHERE status = 'processing'")  # a minute later

        until(lambda: job() == ("succeeded", 2), "another has done it")
        ends = database.execute(
            "SELECT count(*) FROM common_event WHERE stream = %s AND type = 'rest.end'", [f"workout:{workout}"]
        ).fetchone()
        assert ends == (1,)
    assert server.see(workout)["rest"] is None


@pytest.mark.parametrize("how", ["flushed", "killed"])
def test_a_workout_goes_on_without_what_valkey_knew(server: Server, how: str) -> None:
    workout = server.train()
    with Socket(server.copy.port, server.token) as socket:
        follower = Follower()
        follower.hear(socket.follow(f"workout:{workout}"))
        server.log(workout, str(uuid4()), reps=1)
        follower.hear(socket.hear())
        if how == "flushed":
            with redis.Redis.from_url(server.services["REDIS_URL"].strip("'\"")) as valkey:
                valkey.flushall()
        else:
            server.kill("valkey")
        for reps in (2, 3):
            assert server.log(workout, str(uuid4()), reps=reps).status_code == 201
        began = time.monotonic()
        while follower.seq < 5:
            follower.hear(socket.hear())
        assert time.monotonic() - began < 6
        assert follower.shown == seen(server.see(workout))
        assert socket.ask("ping") == {"type": "pong"}
