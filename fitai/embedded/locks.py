"""Locks between processes that the system itself lifts when their holder dies."""

import fcntl
from pathlib import Path
from typing import IO


def lock(path: Path, *, wait: bool) -> IO[str] | None:
    """The file, locked until it is closed or this process ends; None when another has it and we do not wait."""
    path.parent.mkdir(parents=True, exist_ok=True)
    file = path.open("w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except BlockingIOError:
        file.close()
        return None
    return file
