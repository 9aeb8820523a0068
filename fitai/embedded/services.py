"""PostgreSQL and Valkey of one `FITAI_HOME`, together: started, found again, stopped."""

import os
import secrets
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from fitai.embedded.errors import CannotStart
from fitai.embedded.ports import free_port
from fitai.embedded.postgres import Postgres
from fitai.embedded.processes import Pidfile, Program, Running, end
from fitai.embedded.valkey import Valkey

Server = Postgres | Valkey
ATTEMPTS = 5  # at a free port, which another program may take first
START_SECONDS = 120  # a server that replays its log after a crash needs some of it
ENVIRONMENT_FILE = "services.env"


@dataclass
class Started:
    """A server that answers, and where."""

    server: Server
    port: int
    program: Program
    process: subprocess.Popen[str]
    running: Running

    @property
    def url(self) -> str:
        return self.server.url(self.port)


def password_of(home: Path) -> str:
    """The password of both servers, made on the first start and readable by the owner only."""
    path = home / "services.password"
    if not path.exists():
        draft = path.with_suffix(".new")
        draft.unlink(missing_ok=True)
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(32))
        draft.replace(path)
    return path.read_text().strip()


def environment_of(home: Path) -> dict[str, str]:
    """What `services.env` says, where settings find the servers."""
    try:
        lines = (home / ENVIRONMENT_FILE).read_text().splitlines()
    except FileNotFoundError:
        return {}
    return dict(line.split("=", 1) for line in lines)


def needed(home: Path, *, durable: bool) -> list[Server]:
    """The servers to embed: those for which the environment names no other.

    A value that equals the one in `services.env` was read from there and names no other server.
    """
    password = password_of(home)
    servers: list[Server] = [Postgres(home, password, durable), Valkey(home, password, durable)]
    written = environment_of(home)
    return [s for s in servers if os.environ.get(s.variable) in (None, "", written.get(s.variable))]


def start(server: Server) -> Started:
    """Start one server and wait until it answers."""
    server.prepare()
    for _ in range(ATTEMPTS):
        port = free_port()
        program = server.program(port)
        process = program.spawn()
        running = Running.of(program, process.pid)
        if wait_until_ready(server, port, running):
            return Started(server, port, program, process, running)
    raise CannotStart(f"{server.name} does not start. The end of {server.log}:\n{last_lines(server.log)}")


def wait_until_ready(server: Server, port: int, running: Running) -> bool:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if server.is_ready(port):
            return running.is_alive  # else somebody else's server answers on that port
        if not running.is_alive:
            return False
        time.sleep(0.05)
    end([running])
    raise CannotStart(f"{server.name} did not answer within {START_SECONDS} s. See {server.log}.")


def last_lines(path: Path, count: int = 15) -> str:
    return "\n".join(path.read_text(errors="replace").splitlines()[-count:])


def write_environment(home: Path, urls: dict[str, str]) -> None:
    path = home / ENVIRONMENT_FILE
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600)
    draft.write_text("".join(f"{name}={url}\n" for name, url in urls.items()))
    draft.replace(path)


def ensure(home: Path) -> dict[str, str]:
    """The servers that tests use, found running or started, as environment variables.

    They run on after the caller; `stop` ends them. Who calls must hold the lock of this home.
    """
    home.mkdir(parents=True, exist_ok=True)
    pidfile = Pidfile(home / "services.json")
    known = {running.name: running for running in pidfile.read()}
    urls = environment_of(home)
    servers = needed(home, durable=False)
    for server in servers:
        running, url = known.get(server.name), urls.get(server.variable)
        if running and running.is_alive and url and wait_until_ready(server, urlsplit(url).port or 0, running):
            continue
        if running:
            end([running])
        started = start(server)
        known[server.name], urls[server.variable] = started.running, started.url
        pidfile.write(known.values())
        write_environment(home, urls)
    return {server.variable: urls[server.variable] for server in servers}


def stop(home: Path) -> None:
    """End the servers that `ensure` started, Valkey first."""
    pidfile = Pidfile(home / "services.json")
    for running in reversed(pidfile.read()):
        end([running])
    pidfile.write([])
    (home / ENVIRONMENT_FILE).unlink(missing_ok=True)
