"""Keeps the processes of a running FitAI alive, shows what they say, and stops them in order."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import IO

from fitai.embedded.processes import Pidfile, Program, Running, end, open_log

FIRST_DELAY = 0.2  # seconds before a program that died is started again; doubled each time it dies young
LONGEST_DELAY = 10.0
GROWN_UP = 30.0  # seconds after which a death counts as the first one
PAUSE = 0.1  # seconds between two looks at the children
STOP_SECONDS = 6.0  # for a program to finish what it does


class Stopped(Exception):
    """Somebody asked to stop while the start was still going on."""


class Console:
    """Lines of several programs in one terminal, each under its program's name, and in a file of its own."""

    COLOURS = (36, 33, 32, 35, 34, 31)

    def __init__(self, logs: Path, out: IO[str] = sys.stdout) -> None:
        self.logs = logs
        self.out = out
        self.lock = threading.Lock()
        self.colours: dict[str, int] = {}

    def say(self, text: str, name: str = "fitai") -> None:
        colour = self.colours.setdefault(name, self.COLOURS[len(self.colours) % len(self.COLOURS)])
        label = f"{name:<8} │ "
        if self.out.isatty():
            label = f"\x1b[{colour}m{label}\x1b[0m"
        with self.lock, suppress(BrokenPipeError, ValueError):
            self.out.write(label + text + "\n")
            self.out.flush()

    def relay(self, name: str, stream: IO[str]) -> threading.Thread:
        """Show and file everything a program says, until it is gone."""
        thread = threading.Thread(target=self._relay, args=(name, stream), daemon=True)
        thread.start()
        return thread

    def _relay(self, name: str, stream: IO[str]) -> None:
        with open_log(self.logs / f"{name}.log") as log, stream:
            for line in stream:
                log.write(line.encode())
                self.say(line.rstrip("\n"), name)


@dataclass
class Child:
    """A program under supervision."""

    program: Program
    process: subprocess.Popen[str]
    running: Running
    since: float  # on the monotonic clock
    delay: float = FIRST_DELAY
    again_at: float | None = None  # when to start it again, while it is down


class Supervisor:
    """Starts programs, starts again what dies, stops all: the last started first, each in its own way.

    Every process stands in the pidfile, so that after a kill -9 of the supervisor the next one ends what it left.
    """

    def __init__(self, pidfile: Pidfile, console: Console) -> None:
        self.pidfile = pidfile
        self.console = console
        self.children: dict[str, Child] = {}
        self.asked_to_stop = False

    @contextmanager
    def signals(self) -> Iterator[None]:
        """Ctrl-C, SIGTERM and a closed terminal ask to stop; a flag, because a handler must not interrupt a start."""

        def ask(number: int, frame: FrameType | None) -> None:
            self.asked_to_stop = True

        before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def check(self) -> None:
        """Between two steps of a start: go on only when nobody asked to stop."""
        if self.asked_to_stop:
            raise Stopped

    def start(self, program: Program) -> None:
        self.adopt(program, program.spawn())

    def adopt(self, program: Program, process: subprocess.Popen[str]) -> None:
        """Supervise a process that was just started."""
        if process.stdout:
            self.console.relay(program.name, process.stdout)
        self.children[program.name] = Child(program, process, Running.of(program, process.pid), time.monotonic())
        self._write_pidfile()

    def run_once(self, program: Program) -> bool:
        """Run a step of the start to its end; whether it succeeded."""
        process = program.spawn()
        running = Running.of(program, process.pid)
        relay = self.console.relay(program.name, process.stdout) if process.stdout else None
        while process.poll() is None:
            if self.asked_to_stop:
                end([running], seconds=STOP_SECONDS)
                raise Stopped
            time.sleep(PAUSE / 5)
        if relay:
            relay.join(timeout=1)
        return process.returncode == 0

    def watch(self) -> None:
        """Keep all alive until somebody asks to stop."""
        while not self.asked_to_stop:
            self.look()
            time.sleep(PAUSE)

    def look(self) -> None:
        """Notice who died, and start again whose time has come."""
        now = time.monotonic()
        for child in self.children.values():
            if child.again_at is None and has_exited(child.process):
                self._bury(child, now)
            elif child.again_at is not None and now >= child.again_at:
                delay = child.delay
                self.start(child.program)
                self.children[child.program.name].delay = delay
                self.console.say(f"{child.program.name} is back")

    def _bury(self, child: Child, now: float) -> None:
        # What it started may hold its port. The id is still ours, because nobody has waited for it yet.
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(child.process.pid, signal.SIGKILL)
        code = child.process.wait()
        if now - child.since > GROWN_UP:
            child.delay = FIRST_DELAY
        child.again_at = now + child.delay
        reason = f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with {code}"
        self.console.say(f"{child.program.name} {reason}; starting it again in {child.delay:g} s")
        child.delay = min(child.delay * 2, LONGEST_DELAY)

    def stop(self, *, last: Sequence[str] = ()) -> None:
        """Stop everything together, but the named ones after all others, in turn."""
        others = [name for name in self.children if name not in last]
        for names in (others, *([name] for name in last)):
            children = [self.children[name] for name in names if name in self.children]
            end([child.running for child in children], seconds=STOP_SECONDS)
            for child in children:
                with suppress(subprocess.TimeoutExpired):
                    child.process.wait(timeout=1)
                del self.children[child.program.name]
            self._write_pidfile()

    def _write_pidfile(self) -> None:
        self.pidfile.write(child.running for child in self.children.values())


def has_exited(process: subprocess.Popen[str]) -> bool:
    """Whether it has ended; its id stays reserved until somebody waits for it."""
    if process.returncode is not None:
        return True
    try:
        return os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
    except ChildProcessError:
        return True
