"""Whole products for the tests: FitAI with its real processes, each in a folder and on ports of its own."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from fitai.embedded.locks import lock
from fitai.embedded.ports import free_port
from fitai.embedded.processes import Pidfile, Running

CHECKOUT = Path(__file__).resolve().parents[2]
OF_THE_SUITE = ("DATABASE_URL", "REDIS_URL", "FITAI_TEST_DB", "DJANGO_SETTINGS_MODULE")
TOGETHER = {"postgres", "valkey", "web", "worker", "slow", "push", "vision", "beat"}
"""The programs of the layout of that name; the split one has `live` too."""


def until(met: Callable[[], object], what: str, seconds: float = 30.0) -> None:
    deadline = time.monotonic() + seconds
    while not met():
        assert time.monotonic() < deadline, f"waited in vain until {what}"
        time.sleep(0.05)


class Copy:
    """One FitAI on this machine, in a folder and on a port of its own."""

    def __init__(self, home: Path, **environment: str) -> None:
        self.home = home
        self.port = free_port()
        self.live_port = free_port()
        self.changed = environment
        self.log = home.with_suffix(".log")
        self.supervisor: subprocess.Popen[str] | None = None

    @property
    def environment(self) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if name not in OF_THE_SUITE}
        own = {"FITAI_HOME": str(self.home), "PORT": str(self.port), "LIVE_PORT": str(self.live_port)}
        return {**inherited, **own, **self.changed}

    def launch(self, *arguments: str, says: Any) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "manage.py", "dev", *arguments],
            cwd=CHECKOUT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=says,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def start(self, *arguments: str) -> None:
        """Start it and wait until it has greeted."""
        with self.log.open("w") as log:
            supervisor = self.supervisor = self.launch(*arguments, says=log)
        until(lambda: "Ctrl-C" in self.log.read_text() or supervisor.poll() is not None, "it has greeted", 240)
        assert supervisor.poll() is None, self.log.read_text()

    def refused(self) -> tuple[int, str]:
        """What a start that must fail answers."""
        process = self.launch(says=subprocess.PIPE)
        output, _ = process.communicate(timeout=60)
        return process.returncode, output

    def processes(self) -> dict[str, Running]:
        return {process.name: process for process in Pidfile(self.home / "dev.json").read()}

    def is_ready(self, port: int | None = None) -> bool:
        try:
            answer = httpx.get(f"http://127.0.0.1:{port or self.port}/health/ready", trust_env=False, timeout=5)
        except httpx.TransportError:
            return False
        return answer.status_code == httpx.codes.OK

    def processor_seconds(self) -> float:
        """What the start has cost all its processes, those included that have ended."""
        return sum(sum(psutil.Process(pid).cpu_times()[:4]) for pid in self.everybody())

    def everybody(self) -> list[int]:
        """Every process that was started for this folder, whoever started it."""
        found = []
        for process in psutil.process_iter():
            try:
                if process.environ().get("FITAI_HOME") == str(self.home):
                    found.append(process.pid)
            except psutil.Error:
                continue
        return found

    def stop(self, number: signal.Signals = signal.SIGTERM) -> None:
        """Stop it as a person would, and wait until it has."""
        assert self.supervisor is not None
        self.supervisor.send_signal(number)
        self.supervisor.wait(timeout=60)

    def remove(self) -> None:
        """End whatever of it still runs, and remove its folder."""
        if self.supervisor and self.supervisor.poll() is None:
            with suppress(subprocess.TimeoutExpired):
                self.stop()
        for pid in self.everybody():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        shutil.rmtree(self.home, ignore_errors=True)


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as a first start leaves it, made once for all processes of a run: a copy of it begins with a second."""
    base = tmp_path_factory.getbasetemp()
    home = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "prepared"
    with lock(home.with_suffix(".lock"), wait=True) as alone:
        assert alone
        if not home.exists():
            draft = Copy(home.with_suffix(".draft"))
            try:
                draft.start()
                draft.stop()
                draft.home.rename(home)
            finally:
                draft.remove()
    return home


def copied(prepared: Path, home: Path, **environment: str) -> Copy:
    """A FitAI in a new folder that begins with its second start."""
    # The data of the database belongs to another account, and stays its.
    subprocess.run(["cp", "--archive", str(prepared), str(home)], check=True)
    return Copy(home, **environment)
