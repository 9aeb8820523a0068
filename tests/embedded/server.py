"""A whole product that answers: its people's calls, and a look behind its doors."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import psycopg

from fitai.settings.dev import DEMO_LOGIN
from tests.embedded.copies import Copy, copied, until

Json = dict[str, Any]
SET: Json = {"reps": 5, "weight": "100", "weight_unit": "kg"}


class Server:
    """A running FitAI, the demo athlete's phone, and what its services hold."""

    def __init__(self, copy: Copy, layout: str = "together") -> None:
        self.copy = copy
        self.layout = layout
        if layout == "together":
            copy.live_port = copy.port
        self.token: str | None = None
        copy.start("--layout", layout)
        until(lambda: copy.is_ready(copy.live_port), "sockets are answered")
        self.token = self.log_in(*DEMO_LOGIN)
        exercises = self.call("get", "/exercises?limit=1").json()["results"]
        self.exercise = exercises[0]["id"]

    def call(
        self, method: str, path: str, body: Json | None = None, *, port: int | None = None, **headers: str
    ) -> httpx.Response:
        known = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        url = f"http://127.0.0.1:{port or self.copy.port}/api/v1{path}"
        return httpx.request(method, url, json=body, headers={**known, **headers}, trust_env=False, timeout=20)

    def log_in(self, login: str, password: str) -> str:
        return str(self.call("post", "/auth/login", {"login": login, "password": password}).json()["access"])

    def train(self) -> str:
        return str(self.call("post", "/sessions", {}).json()["id"])

    def log(self, workout: str, key: str, *, port: int | None = None, **fields: Any) -> httpx.Response:
        body = {"exercise_id": self.exercise, **SET, **fields}
        return self.call("post", f"/workouts/{workout}/sets", body, port=port, **{"Idempotency-Key": key})

    def see(self, workout: str) -> Json:
        return dict(self.call("get", f"/workouts/{workout}").json())

    def kill(self, *names: str) -> None:
        """End programs and all they started, as a power cut would; the supervisor starts them again."""
        before = self.copy.processes()
        for name in names:
            os.killpg(before[name].pid, signal.SIGKILL)
        for name in names:
            until(lambda name=name: self.copy.processes().get(name, before[name]) != before[name], f"{name} is new")  # type: ignore[misc]

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
