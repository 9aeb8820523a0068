"""A whole product that answers: its people's calls, and a look behind its doors."""

import os
import signal
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import psutil
import psycopg
import redis

from fitai.embedded.processes import Program, Running, end
from fitai.settings.dev import DEMO_LOGIN
from tests.embedded.copies import OF_THE_SUITE, Copy, copied, until

Json = dict[str, Any]
WAITED_FOR = ("fitai:worker:default", "fitai:worker:push")
"""What the workers that somebody waits for say of themselves."""


class Server:
    """A running FitAI, the demo athlete's phone, and what its services hold."""

    def __init__(self, copy: Copy, layout: str = "together") -> None:
        self.copy = copy
        self.layout = layout
        if layout == "together":
            copy.live_port = copy.port
        self.token: str | None = None
        copy.start("--layout", layout)
        self.forget_workers()
        until(lambda: copy.is_ready(copy.live_port) and self.has_workers(), "sockets are answered, and work is done")
        self.log_in_anew()
        exercises = self.call("get", "/exercises?limit=1").json()["results"]
        self.exercise = exercises[0]["id"]

    def call(
        self,
        method: str,
        path: str,
        body: Json | None = None,
        *,
        port: int | None = None,
        timeout: float = 20,
        **headers: str,
    ) -> httpx.Response:
        known = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        url = f"http://127.0.0.1:{port or self.copy.port}/api/v1{path}"
        return httpx.request(method, url, json=body, headers={**known, **headers}, trust_env=False, timeout=timeout)

    def valkey(self) -> redis.Redis:
        return redis.Redis.from_url(self.services["REDIS_URL"])

    def forget_workers(self) -> None:
        """Take away the signs of life that workers which have ended left."""
        with self.valkey() as valkey:
            valkey.delete(*WAITED_FOR)

    def has_workers(self) -> bool:
        """Whether workers live for what somebody waits for."""
        with self.valkey() as valkey:
            return valkey.exists(*WAITED_FOR) == len(WAITED_FOR)

    def log_in_anew(self) -> None:
        self.token = self.log_in(*DEMO_LOGIN)

    def log_in(self, login: str, password: str) -> str:
        return str(self.call("post", "/auth/login", {"login": login, "password": password}).json()["access"])

    def train(self) -> str:
        return str(self.call("post", "/sessions", {}).json()["id"])

    def see(self, workout: str) -> Json:
        return dict(self.call("get", f"/workouts/{workout}").json())

    def kill(self, *names: str) -> None:
        """End programs and all they started, as a power cut would; the supervisor starts them again."""
        before = self.copy.processes()
        for name in names:
            os.killpg(before[name].pid, signal.SIGKILL)
        for name in names:
            until(lambda name=name: self.copy.processes().get(name, before[name]) != before[name], f"{name} is new")  # type: ignore[misc]

    def running(self, *names: str) -> list[Running]:
        """The programs of these names that this layout has."""
        processes = self.copy.processes()
        return [processes[name] for name in names if name in processes]

    def waiting(self, program: str | Running, condition: str) -> int:
        """How many statements of a program and what it started wait in the database, for what the condition says."""
        running = self.copy.processes()[program] if isinstance(program, str) else program
        process = psutil.Process(running.pid)
        everybody = [process, *process.children(recursive=True)]
        ports = {pipe.laddr.port for one in everybody for pipe in one.net_connections("tcp")}
        with self.database() as database:
            rows = database.execute(f"SELECT client_port FROM pg_stat_activity WHERE {condition}").fetchall()  # noqa: S608  of the tests
        return len({port for (port,) in rows} & ports)

    @property
    def environment(self) -> dict[str, str | None]:
        """Of a program that joins the others without their supervisor."""
        known = {**self.copy.environment, **self.services, "DJANGO_SETTINGS_MODULE": "fitai.settings.dev"}
        return {**dict.fromkeys(OF_THE_SUITE), **known}

    @contextmanager
    def joined(self, programs: Iterable[Program]) -> Iterator[list[Running]]:
        """More programs for a while."""
        started = [Running.of(program, program.spawn().pid) for program in programs]
        try:
            yield started
        finally:
            for process in started:
                process.send(signal.SIGCONT)
            end(started)

    @property
    def services(self) -> dict[str, str]:
        lines = (self.copy.home / "services.env").read_text().splitlines()
        found = dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))
        return {name: value.strip("'\"") for name, value in found.items()}

    def database(self) -> psycopg.Connection[Any]:
        return psycopg.connect(self.services["DATABASE_URL"], autocommit=True)


@contextmanager
def served(prepared: Path, home: Path, layout: str = "together", **environment: str) -> Iterator[Server]:
    """A copy of a prepared FitAI that runs, and at its end leaves nobody."""
    copy = copied(prepared, home, **environment)
    try:
        yield Server(copy, layout)
    finally:
        copy.remove()
