"""Starting a program, knowing it again later, and ending it without ever ending a stranger."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterable, Mapping
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, cast

import psutil

# A process is known by its id and the second it began, because the system gives ids out again.
SAME_START_SECONDS = 1.0


LARGEST_LOG = 16 * 1024 * 1024  # bytes


def open_log(path: Path) -> BinaryIO:
    """A log to write on; one that has grown large is put aside first, over the one put aside before."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and path.stat().st_size > LARGEST_LOG:
        path.replace(path.with_suffix(".log.1"))
    return cast(BinaryIO, path.open("ab", buffering=0))


@dataclass(frozen=True)
class Program:
    """One program that runs for as long as the gym is open, and how it likes to be asked to stop."""

    name: str
    argv: tuple[str, ...]
    cwd: Path
    env: Mapping[str, str | None] = field(default_factory=dict)  # over the caller's environment; None takes one away
    user: int | None = None  # uid to run as, the caller's when None
    group: int | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    log: Path | None = None  # where its output goes; a pipe to the caller when None

    def spawn(self) -> subprocess.Popen[str]:
        """Start it in a session of its own, so that Ctrl-C in the terminal reaches only who supervises it."""
        identity: dict[str, Any] = {}
        if self.user is not None:
            identity = {"user": self.user, "group": self.group, "extra_groups": ()}
        environment = {name: value for name, value in {**os.environ, **self.env}.items() if value is not None}
        with nullcontext(subprocess.PIPE) if self.log is None else open_log(self.log) as output:
            return subprocess.Popen(  # noqa: S603  the programs are ours
                self.argv,
                cwd=self.cwd,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
                start_new_session=True,
                **identity,
            )


@dataclass(frozen=True)
class Running:
    """A process that was started once and may still be there."""

    name: str
    pid: int
    created: float  # seconds since 1970
    stop_signal: int = signal.SIGTERM

    @classmethod
    def of(cls, program: Program, pid: int) -> "Running":
        try:
            created = psutil.Process(pid).create_time()
        except psutil.NoSuchProcess:
            created = 0.0
        return cls(program.name, pid, created, program.stop_signal)

    @property
    def is_alive(self) -> bool:
        """Whether this very process still runs: neither gone, nor a zombie, nor another one under its id."""
        with suppress(ChildProcessError):
            os.waitpid(self.pid, os.WNOHANG)
        try:
            process = psutil.Process(self.pid)
            return abs(process.create_time() - self.created) < SAME_START_SECONDS and (
                process.status() != psutil.STATUS_ZOMBIE
            )
        except psutil.NoSuchProcess:
            return False

    def send(self, number: int) -> None:
        if self.is_alive:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def kill_session(self) -> None:
        """End it and everything it started, at once."""
        if self.is_alive:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, signal.SIGKILL)


def wait_until_gone(processes: Iterable[Running], seconds: float) -> list[Running]:
    """Those that are still there after the given time."""
    deadline = time.monotonic() + seconds
    left = [process for process in processes if process.is_alive]
    while left and time.monotonic() < deadline:
        time.sleep(0.02)
        left = [process for process in left if process.is_alive]
    return left


def end(processes: Iterable[Running], *, seconds: float = 8.0) -> None:
    """Ask each to stop in its own way; what has not stopped in time is killed with all it started."""
    asked = list(processes)
    for process in asked:
        process.send(process.stop_signal)
    left = wait_until_gone(asked, seconds)
    for process in left:
        process.kill_session()
    wait_until_gone(left, 5.0)


class Pidfile:
    """The processes of one `FITAI_HOME`, written down so that the next start can end what a crash left behind."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> list[Running]:
        try:
            return [Running(**entry) for entry in json.loads(self.path.read_text())]
        except (FileNotFoundError, ValueError, TypeError):
            return []

    def write(self, processes: Iterable[Running]) -> None:
        entries = [
            {"name": p.name, "pid": p.pid, "created": p.created, "stop_signal": int(p.stop_signal)} for p in processes
        ]
        if not entries:
            self.path.unlink(missing_ok=True)
            return
        draft = self.path.with_suffix(".new")
        draft.write_text(json.dumps(entries, indent=1))
        draft.replace(self.path)


def orphans(of: Iterable[Running], home: Path) -> list[Running]:
    """What processes that are gone had started and left behind, in their session and for the same `FITAI_HOME`."""
    sessions = {process.pid for process in of}
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            if os.getsid(process.pid) in sessions and process.environ().get("FITAI_HOME") == str(home):
                found.append(Running(process.name(), process.pid, process.create_time()))
    return found


def end_what_was_left(pidfile: Pidfile, home: Path, *, last: Iterable[str] = ()) -> None:
    """End what a supervisor that was killed left running, and what that had started; the named ones last, in turn."""
    left = {process.name: process for process in pidfile.read()}
    in_turn = [left[name] for name in last if name in left]
    others = [process for process in left.values() if process not in in_turn]
    end(others)
    end(orphans(others, home))
    for process in in_turn:
        end([process])
    pidfile.write([])
