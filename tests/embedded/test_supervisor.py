"""The supervisor on small programs: what dies comes back, and nothing is left when it stops."""

import io
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from fitai.embedded import supervisor as module
from fitai.embedded.processes import Pidfile, Running, end_what_was_left
from fitai.embedded.supervisor import Console, Stopped, Supervisor
from tests.embedded.programs import FAITHFUL, FRAIL, STUBBORN, WITH_A_CHILD, program


@pytest.fixture
def out() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def supervisor(tmp_path: Path, out: io.StringIO) -> Iterator[Supervisor]:
    supervisor = Supervisor(Pidfile(tmp_path / "dev.json"), Console(tmp_path / "logs", out))
    yield supervisor
    supervisor.stop()


def until(met: Callable[[], object], look: Callable[[], None] = lambda: None, seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while not met():
        assert time.monotonic() < deadline, "waited in vain"
        look()
        time.sleep(0.02)


def is_gone(pid: int) -> bool:
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def test_what_was_killed_comes_back_with_nothing_of_its_old_life(
    supervisor: Supervisor, tmp_path: Path, out: io.StringIO
) -> None:
    supervisor.start(program("web", WITH_A_CHILD, tmp_path))
    until(lambda: "open" in out.getvalue())
    first = supervisor.children["web"].running
    grandchild = int(out.getvalue().splitlines()[0].split("│")[1])
    os.kill(first.pid, signal.SIGKILL)

    until(lambda: supervisor.children["web"].running != first, supervisor.look)

    assert supervisor.children["web"].running.is_alive
    assert Pidfile(tmp_path / "dev.json").read() == [supervisor.children["web"].running]
    until(lambda: is_gone(grandchild))
    said = [line for line in out.getvalue().splitlines() if line.startswith("fitai")]
    assert said == ["fitai    │ web was ended by SIGKILL; starting it again in 0.2 s", "fitai    │ web is back"]


def test_what_dies_at_once_is_given_more_and_more_time(
    supervisor: Supervisor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "FIRST_DELAY", 0.01)
    monkeypatch.setattr(module, "LONGEST_DELAY", 0.04)
    supervisor.start(program("worker", FRAIL, tmp_path))
    supervisor.children["worker"].delay = 0.01
    delays = []
    for _ in range(4):
        until(lambda: supervisor.children["worker"].again_at, supervisor.look)
        delays.append(supervisor.children["worker"].delay)
        until(lambda: supervisor.children["worker"].again_at is None, supervisor.look)
    assert delays == [0.02, 0.04, 0.04, 0.04]


def test_stopping_is_in_order_and_leaves_nobody_not_even_the_stubborn(
    supervisor: Supervisor, tmp_path: Path, out: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "STOP_SECONDS", 0.5)
    report = "import signal, sys; signal.signal(signal.SIGTERM, lambda *_: (print('closed', flush=True), sys.exit())); "
    for name, code in (("postgres", report + FAITHFUL), ("web", report + FAITHFUL), ("worker", STUBBORN)):
        supervisor.start(program(name, code, tmp_path))
    until(lambda: out.getvalue().count("open") == 3)
    pids = [child.running.pid for child in supervisor.children.values()]

    supervisor.stop(last=("postgres",))

    assert [is_gone(pid) for pid in pids] == [True] * 3
    until(lambda: out.getvalue().count("closed") == 2)
    assert [line for line in out.getvalue().splitlines() if "closed" in line] == [
        "web      │ closed",
        "postgres │ closed",
    ]
    assert not (tmp_path / "dev.json").exists()


def test_a_signal_ends_the_watch(supervisor: Supervisor, tmp_path: Path) -> None:
    supervisor.start(program("web", FAITHFUL, tmp_path))
    with supervisor.signals():
        threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGTERM)).start()
        supervisor.watch()
        with pytest.raises(Stopped):
            supervisor.check()
        with pytest.raises(Stopped):
            supervisor.run_once(program("prepare", FAITHFUL, tmp_path))


def test_a_step_says_whether_it_succeeded(supervisor: Supervisor, tmp_path: Path, out: io.StringIO) -> None:
    assert supervisor.run_once(program("prepare", "print('migrated')", tmp_path)) is True
    assert supervisor.run_once(program("prepare", FRAIL, tmp_path)) is False
    assert out.getvalue() == "prepare  │ migrated\n"
    assert (tmp_path / "logs" / "prepare.log").read_text() == "migrated\n"


def test_the_next_start_ends_what_a_killed_supervisor_left(tmp_path: Path) -> None:
    script = (
        "import io, sys; from pathlib import Path\n"
        "from fitai.embedded.processes import Pidfile; from fitai.embedded.supervisor import Console, Supervisor\n"
        "from tests.embedded.programs import *\n"
        "home = Path(sys.argv[1]); s = Supervisor(Pidfile(home / 'dev.json'), Console(home / 'logs'))\n"
        "s.start(program('web', WITH_A_CHILD, home)); s.start(program('worker', FAITHFUL, home)); s.watch()"
    )
    root = Path(__file__).parents[2]
    killed = subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path)], cwd=root, stdout=subprocess.PIPE, text=True
    )
    assert killed.stdout is not None
    lines = [killed.stdout.readline() for _ in range(3)]
    grandchild = next(int(line.split("│")[1]) for line in lines if "open" not in line)
    left = Pidfile(tmp_path / "dev.json").read()
    os.kill(killed.pid, signal.SIGKILL)
    killed.wait()
    os.kill(left[0].pid, signal.SIGKILL)  # the leader is gone as well: what it started must still be found
    until(lambda: not left[0].is_alive)
    assert [left[1].is_alive, is_gone(grandchild)] == [True, False]

    end_what_was_left(Pidfile(tmp_path / "dev.json"), tmp_path)

    assert [left[1].is_alive, is_gone(grandchild)] == [False, True]
    assert not (tmp_path / "dev.json").exists()


def test_a_stranger_who_got_the_same_id_is_left_alone(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", FAITHFUL], stdout=subprocess.DEVNULL) as stranger:
        created = psutil.Process(stranger.pid).create_time()
        pidfile = Pidfile(tmp_path / "dev.json")
        pidfile.write([Running("web", stranger.pid, created - 60)])

        end_what_was_left(pidfile, tmp_path)

        assert stranger.poll() is None
        stranger.kill()
