"""What is in a backup: a tar stream, sealed. `about.json` first, the dump of the database in parts, the files of
people, and at last `manifest.json` with the size and SHA-256 of everything before it.
"""

import hashlib
import io
import json
import os
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Final

from fitai.backup.errors import Refused
from fitai.backup.sealed import DAMAGED, Opened, Sealed

FORMAT: Final = 1
PART_BYTES: Final = 8 << 20
ABOUT, MANIFEST, DATABASE, MEDIA = "about.json", "manifest.json", "database/", "media/"


@dataclass(frozen=True, slots=True)
class Member:
    """One entry, as the manifest has it."""

    size: int
    sha256: str


@dataclass
class Contents:
    """What a backup was found to hold, once all of it was read."""

    about: dict[str, Any] = field(default_factory=dict)
    members: dict[str, Member] = field(default_factory=dict)

    @property
    def media(self) -> dict[str, Member]:
        """The files of people, by their names in the storage."""
        return {name.removeprefix(MEDIA): m for name, m in self.members.items() if name.startswith(MEDIA)}


class Writer:
    """Adds entries, and remembers what the manifest says of them."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self.tar = tar
        self.members: dict[str, Member] = {}

    def add(self, name: str, size: int, content: IO[bytes]) -> None:
        info = tarfile.TarInfo(name)
        info.size, info.mode = size, 0o600
        hashed = _Hashed(content)
        self.tar.addfile(info, hashed)
        self.members[name] = Member(size, hashed.digest.hexdigest())

    def add_json(self, name: str, value: Any) -> None:
        text = json.dumps(value).encode()
        self.add(name, len(text), io.BytesIO(text))

    def add_in_parts(self, prefix: str, content: IO[bytes]) -> None:
        """A stream whose length nobody knows yet."""
        number = 0
        while part := content.read(PART_BYTES):
            self.add(f"{prefix}{number:08}", len(part), io.BytesIO(part))
            number += 1


class _Hashed(io.RawIOBase):
    """Reads on, and hashes what passes."""

    def __init__(self, content: IO[bytes]) -> None:
        self.content = content
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self.content.read(size)
        self.digest.update(data)
        return data


def _for_its_owner(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


@contextmanager
def written(path: Path, key: bytes, about: dict[str, Any]) -> Iterator[Writer]:
    """A new backup; it has an end only if the block succeeds."""
    with open(path, "xb", opener=_for_its_owner) as file:
        sealed = Sealed(file, key)
        with tarfile.open(mode="w|", fileobj=sealed, format=tarfile.PAX_FORMAT) as tar:
            writer = Writer(tar)
            writer.add_json(ABOUT, {"format": FORMAT, **about})
            yield writer
            members = {name: [member.size, member.sha256] for name, member in writer.members.items()}
            writer.add_json(MANIFEST, members)
        sealed.finish()


def entries(path: Path, key: bytes) -> Iterator[tuple[str, IO[bytes]]]:
    """Each entry, to be read before the next one is asked for."""
    try:
        with path.open("rb") as file, tarfile.open(mode="r|", fileobj=Opened(file, key)) as tar:
            for info in tar:
                content = tar.extractfile(info)
                if content is None:
                    raise Refused(DAMAGED)
                yield info.name, content
    except tarfile.TarError:
        raise Refused(DAMAGED) from None
    except OSError as failure:
        raise Refused(f"{path} cannot be read: {failure.strerror or failure}.") from failure


def proven(path: Path, key: bytes) -> Contents:
    """Read a backup to its end, and compare all of it with its manifest."""
    found = Contents()
    manifest: dict[str, list[Any]] | None = None
    for name, content in entries(path, key):
        if name == MANIFEST:
            manifest = json.load(content)
            continue
        hashed = _Hashed(content)
        about = bytearray()
        size = 0
        while data := hashed.read(1 << 20):
            size += len(data)
            if name == ABOUT:
                about += data
        if name == ABOUT:
            found.about = json.loads(about)
        found.members[name] = Member(size, hashed.digest.hexdigest())
    if manifest != {name: [member.size, member.sha256] for name, member in found.members.items()}:
        raise Refused(DAMAGED)
    if found.about.get("format") != FORMAT:
        raise Refused("A newer release of FitAI made it. Install that one, and put it back there.")
    return found
