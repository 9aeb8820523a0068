"""What the database of the bench holds, written beside it: known before Django is."""

from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from bench.options import Size

FILE = "data.json"


def mark(home: Path, size: Size, digest: str, loaded_at: datetime) -> None:
    """Write down what was loaded, by which code, and when that was done."""
    said = {"size": size.as_json(), "digest": digest, "loaded_at": loaded_at}
    (home / FILE).write_bytes(orjson.dumps(said))


def unmark(home: Path) -> None:
    (home / FILE).unlink(missing_ok=True)


def holds(home: Path, size: Size, digest: str) -> bool:
    """Whether the database holds this very data, made by this very code."""
    said = _read(home)
    return said.get("size") == size.as_json() and said.get("digest") == digest


def loaded_at(home: Path) -> datetime:
    return datetime.fromisoformat(_read(home)["loaded_at"])


def _read(home: Path) -> dict[str, Any]:
    path = home / FILE
    return orjson.loads(path.read_bytes()) if path.exists() else {}
