"""Processes that read what somebody sent, so that the server need not: started with the file and nothing else."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

CRASHES: Final = frozenset({signal.SIGSEGV, signal.SIGBUS, signal.SIGILL, signal.SIGFPE, signal.SIGABRT})


class ChildDied(Exception):
    """The process that read the file was killed from outside; trying again may well succeed."""


def start(program: Path, libraries: str, limits: Mapping[str, Any], file: int) -> subprocess.Popen[bytes]:
    """Run one of our programs with an open file as its standard input; its output is a pipe."""
    # The dynamic linker's path is the server's own, and some builds of Python do not start without it.
    environment = {name: value for name, value in os.environ.items() if name == "LD_LIBRARY_PATH"}
    return subprocess.Popen(  # noqa: S603  our own program, and no text of anybody in the command
        [sys.executable, "-I", "-S", "-B", str(program), libraries, json.dumps(limits), str(os.getpid())],
        stdin=file,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
        cwd="/",
        bufsize=0,
        start_new_session=True,
    )


def end(child: subprocess.Popen[bytes]) -> None:
    """Kill it with whatever it may have started: it leads a session of its own."""
    if child.returncode is None:  # nobody has waited for it, so that the number is still its own
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)
    child.wait()
    if child.stdout:
        child.stdout.close()
