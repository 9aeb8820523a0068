"""What a process can still do that has given everything away."""

import json
import os
import struct
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import pytest

from fitai.common.media import confinement
from fitai.common.media.decoding import ACCEPTED, decode
from tests.common.media.videos import make_video

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the limits of Linux")
filtered = pytest.mark.skipif(
    os.uname().machine not in confinement.ARCHITECTURES or not Path("/proc/sys/kernel/seccomp").exists(),
    reason="no filter of system calls here",
)

CONFINED = """
import ctypes, json, os, resource, signal, socket, sys, threading, _thread
sys.path.append(sys.argv[1])
import confinement
def ended(attempt):
    try:
        attempt()
        return "done"
    except (OSError, ValueError, MemoryError) as refusal:
        return type(refusal).__name__
limits, parent = json.loads(sys.argv[2]), os.getppid()
TRIED = {
    "socket": lambda: socket.socket(),
    "open": lambda: os.open("/etc/passwd", os.O_RDONLY),
    "pipe": lambda: os.pipe(),
    "memory file": lambda: os.memfd_create("x"),
    "fork": lambda: os.fork() or os._exit(0),
    "program": lambda: os.execv("/bin/true", ["true"]),
    "remove": lambda: os.unlink(sys.argv[3]),
    "signal another": lambda: os.kill(parent, 0),
    "limit another": lambda: resource.prlimit(parent, resource.RLIMIT_CORE, (0, 0)),
    "more files": lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64)),
    "memory": lambda: bytearray(3 << 30),
    "signal itself": lambda: os.kill(os.getpid(), 0),
}
def thread():
    done = threading.Event()
    _thread.start_new_thread(done.set, ())
    if not done.wait(5):
        raise OSError
TRIED["thread"] = thread
"""

ALL = """
confinement.confine(limits, parent)
before = {name: ended(attempt) for name, attempt in TRIED.items()}
os.close(0)
os.close(2)
after = {name: ended(attempt) for name, attempt in TRIED.items()}
print(json.dumps([before, after, resource.getrlimit(resource.RLIMIT_CPU)]))
"""

LIMITS_ALONE = """
confinement.filter_system_calls = lambda libc: None
confinement.confine(limits, parent)
os.close(0)
os.close(2)
print(json.dumps({name: ended(TRIED[name]) for name in ("socket", "open", "pipe", "memory file", "more files")}))
"""

FILTER_ALONE = """
libc = ctypes.CDLL(None)
libc.prctl(confinement.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
confinement.filter_system_calls(libc)
print(json.dumps({name: ended(attempt) for name, attempt in TRIED.items() if name != "memory"}))
"""


def confined(program: str, victim: Path) -> object:
    """What a process says that was started as the one that reads videos is."""
    victim.write_text("still here")
    folder = str(Path(confinement.__file__).parent)
    said = subprocess.run(
        [sys.executable, "-I", "-S", "-c", CONFINED + program, folder, json.dumps(asdict(ACCEPTED)), str(victim)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert victim.read_text() == "still here"
    return json.loads(said.stdout)


HARMLESS = {"signal itself": "done", "thread": "done"}


@filtered
def test_nothing_can_be_opened_started_or_reached_also_after_a_file_was_closed(tmp_path: Path) -> None:
    denied = dict.fromkeys(
        ("socket", "open", "pipe", "memory file", "fork", "program", "remove", "signal another", "limit another"),
        "PermissionError",
    )
    expected = {**denied, "more files": "ValueError", "memory": "MemoryError", **HARMLESS}
    assert confined(ALL, tmp_path / "file") == [expected, expected, [10, 1101]]


def test_where_there_is_no_filter_the_limits_hold_alone(tmp_path: Path) -> None:
    denied = dict.fromkeys(("socket", "open", "pipe", "memory file"), "OSError")
    assert confined(LIMITS_ALONE, tmp_path / "file") == {**denied, "more files": "ValueError"}


@filtered
def test_where_the_limits_say_nothing_the_filter_holds_alone(tmp_path: Path) -> None:
    said = confined(FILTER_ALONE, tmp_path / "file")
    assert isinstance(said, dict)
    assert {name for name, end in said.items() if end == "done"} == {*HARMLESS, "more files"}
    assert {end for name, end in said.items() if end != "done"} == {"PermissionError"}


@filtered
def test_the_process_that_reads_a_video_is_under_the_filter(tmp_path: Path) -> None:
    with decode(make_video(tmp_path / "set.mp4", size=(1280, 720))) as video:
        status = dict(
            line.split(":\t", 1) for line in Path(f"/proc/{video.pid}/status").read_text().splitlines() if ":\t" in line
        )
        assert (status["Seccomp"], status["NoNewPrivs"], int(status["CapEff"], 16)) == ("2", "1", 0)


def verdict(machine: str, number: int, argument: int = 0, *, pid: int = 4711, architecture: int | None = None) -> int:
    """What the filter for a machine says of a system call, as the kernel would reckon it."""
    column, own = confinement.ARCHITECTURES[machine]
    asked = {0: number, 4: own if architecture is None else architecture, 16: argument}
    lines, at, loaded = list(struct.iter_unpack("<HBBI", confinement.program(column, own, pid))), 0, 0
    while True:
        code, if_so, if_not, value = lines[at]
        at += 1
        match code:
            case confinement.LOAD:
                loaded = asked[value]
            case confinement.IF_EQUAL:
                at += if_so if loaded == value else if_not
            case confinement.IF_AT_LEAST:
                at += if_so if loaded >= value else if_not
            case confinement.IF_ANY_BIT:
                at += if_so if loaded & value else if_not
            case _:
                return int(value)


SOCKET, EXECVE, PTRACE = (41, 198), (59, 221), (101, 117)
OPENAT, UNLINKAT, IO_URING_SETUP, FORK = (257, 56), (263, 35), (425, 425), (57, 1079)


@pytest.mark.parametrize("machine", confinement.ARCHITECTURES)
def test_the_filter_lets_through_what_computes_and_nothing_else(machine: str) -> None:
    column, _ = confinement.ARCHITECTURES[machine]
    allowed = confinement.ALLOW
    denied = confinement.DENY | confinement.EPERM
    assert {verdict(machine, numbers[column]) for numbers in confinement.ALLOWED.values()} == {allowed}
    for numbers in (SOCKET, EXECVE, PTRACE, OPENAT, UNLINKAT, IO_URING_SETUP, FORK):
        assert verdict(machine, numbers[column]) == denied
    clone, limit = confinement.CLONE[column], confinement.PRLIMIT64[column]
    assert [verdict(machine, clone, flags) for flags in (0x3D0F00, 17)] == [allowed, denied]
    assert verdict(machine, confinement.CLONE3[column]) == confinement.DENY | confinement.ENOSYS
    assert [verdict(machine, limit, pid) for pid in (0, 4711)] == [allowed, denied]
    for numbers in confinement.TO_ONESELF.values():
        assert [verdict(machine, numbers[column], pid) for pid in (4711, 1)] == [allowed, denied]
    assert verdict(machine, confinement.X32 + 1) == confinement.KILL
    assert verdict(machine, 1, architecture=0x40000003) == confinement.KILL  # by the numbers of a 32-bit program


def test_a_filter_that_the_system_refuses_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confinement.platform, "machine", lambda: "riscv64")
    confinement.filter_system_calls(None)
