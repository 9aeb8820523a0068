"""PostgreSQL's own programs, which know how to write a database down and read it back."""

import os
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import IO, Final

from django.db import connection

from fitai.backup.errors import Refused
from fitai.embedded.places import folders_with

MESSAGE_CHARACTERS: Final = 600
TLS: Final = ("sslmode", "sslrootcert", "sslcert", "sslkey")


def program(name: str) -> str:
    """Where a program is."""
    for folder in folders_with(name):
        return str(folder / name)
    raise Refused(
        f"{name} was not found. Install PostgreSQL's client programs (Debian: apt install postgresql-client)."
    )


def environment() -> dict[str, str]:
    """How the programs find our database; a password is no argument, which others on the machine could read."""
    settings = connection.settings_dict
    options = settings.get("OPTIONS", {})
    told = {
        "PGHOST": settings["HOST"],
        "PGPORT": str(settings["PORT"] or ""),
        "PGUSER": settings["USER"],
        "PGPASSWORD": settings["PASSWORD"],
        "PGDATABASE": settings["NAME"],
        **{f"PG{name.upper()}": str(options[name]) for name in TLS if name in options},
    }
    return {**os.environ, **{name: value for name, value in told.items() if value}, "PGCONNECT_TIMEOUT": "10"}


@contextmanager
def dumped() -> Iterator[IO[bytes]]:
    """The database as one consistent moment saw it, in PostgreSQL's own format."""
    with _running("pg_dump", ["--format=custom", "--no-owner", "--no-privileges"]) as process:
        assert process.stdout is not None  # noqa: S101  it is a pipe
        yield process.stdout


@contextmanager
def loading() -> Iterator[IO[bytes]]:
    """Takes a dump, and puts it into the database in one transaction: all of it, or nothing."""
    name = connection.settings_dict["NAME"]
    arguments = ["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges", f"--dbname={name}"]
    with _running("pg_restore", arguments) as process:
        assert process.stdin is not None  # noqa: S101  it is a pipe
        yield process.stdin


@contextmanager
def _running(name: str, arguments: Sequence[str]) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program while the block lasts, and to its end; Refused with what it said where it fails.

    A block that fails ends the program, before that has read or written all.
    """
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(  # noqa: S603  PostgreSQL's own
            [program(name), *arguments],
            env=environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=said,
        )
        try:
            with suppress(BrokenPipeError):  # it has ended early, and says why
                yield process
            process.communicate()
        except BaseException:
            process.kill()
            process.communicate()
            raise
        if process.returncode:
            said.seek(0)
            message = " ".join(said.read().decode(errors="replace").split())[:MESSAGE_CHARACTERS]
            raise Refused(f"{name} failed: {message}")
