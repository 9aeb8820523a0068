"""The bench's own services and servers, and what they cost in processor time."""

import sys
from dataclasses import replace
from pathlib import Path

import psutil

from fitai.embedded import services
from fitai.embedded.layout import CHECKOUT, asgi, wsgi
from fitai.embedded.postgres import Postgres
from fitai.embedded.processes import Program
from fitai.embedded.supervisor import Supervisor
from fitai.embedded.valkey import Valkey

SERVICES_LAST = ("valkey", "postgres")  # they stop after all that use them


def start_services(supervisor: Supervisor, home: Path) -> dict[str, str]:
    """PostgreSQL and Valkey of this home, as durable as those of production; where they are, for every program."""
    password = services.password_of(home)
    env = {"FITAI_HOME": str(home), "DJANGO_SETTINGS_MODULE": "bench.settings", "PYTHONUNBUFFERED": "1"}
    for server in (Postgres(home, password), Valkey(home, password)):
        supervisor.check()
        started = services.start(server)
        supervisor.adopt(started.program, started.process)
        env[server.variable] = started.url
    return env


def product_web(port: int, env: dict[str, str]) -> Program:
    """HTTP as production serves it."""
    return _quiet(wsgi("web", port, {**env, "PORT": str(port)}))


def product_live(port: int, env: dict[str, str]) -> Program:
    """The sockets as production serves them."""
    return _quiet(asgi("live", port, {**env, "PORT": str(port)}))


def bare_web(port: int, env: dict[str, str]) -> Program:
    """The baseline, on the same server with the same options."""
    program = wsgi("bare", port, {**env, "DJANGO_SETTINGS_MODULE": "bench.baseline"})
    argv = tuple(word.replace("fitai.wsgi:", "bench.baseline:") for word in program.argv)
    return _quiet(replace(program, argv=argv))


def _quiet(program: Program) -> Program:
    """Its log lines go to a file, as production's do, and not through the process that measures."""
    home = Path(str(program.env["FITAI_HOME"]))
    return replace(program, log=home / "logs" / f"{program.name}.log")


def module(name: str, *arguments: str, env: dict[str, str]) -> Program:
    """A module of the bench as a program."""
    return Program(name.rpartition(".")[2], (sys.executable, "-m", name, *arguments), CHECKOUT, env)


def cpu_seconds(pid: int) -> float:
    """Processor time that a process and all it started have used, in the kernel and out of it."""
    total = 0.0
    root = psutil.Process(pid)
    for process in (root, *root.children(recursive=True)):
        try:
            times = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += times.user + times.system + times.children_user + times.children_system
    return total
