"""A step of the bench with a home, services and databases of its own, made anew and ended with it."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import psycopg

from bench import servers
from bench.__main__ import QUIET, Failed, home_of_bench
from bench.servers import SERVICES_LAST
from fitai.embedded.errors import CannotStart
from fitai.embedded.layout import manage
from fitai.embedded.locks import lock
from fitai.embedded.postgres import DATABASE
from fitai.embedded.processes import Pidfile, end_what_was_left
from fitai.embedded.supervisor import Console, Stopped, Supervisor

T = TypeVar("T")
Step = Callable[..., None]
"""Runs a management command with its arguments."""


def apart(name: str, work: Callable[[Path, Step], T]) -> T | int:
    """What `work` gives, which gets the home and a way to run commands on a prepared database; or the status to exit
    with."""
    home = home_of_bench() / name
    home.mkdir(parents=True, exist_ok=True)
    own = lock(home / "bench.lock", wait=False)
    if own is None:
        print(f"A bench runs already in {home}.", file=sys.stderr)
        return 2
    with own:
        pidfile = Pidfile(home / "bench.processes.json")
        end_what_was_left(pidfile, home, last=SERVICES_LAST)
        supervisor = Supervisor(pidfile, Console(home / "logs"))
        with supervisor.signals():
            try:
                return work(home, _prepared(supervisor, home))
            except (Failed, CannotStart) as error:
                print(error, file=sys.stderr)
                return 2
            except Stopped:
                return 130
            finally:
                supervisor.stop(last=SERVICES_LAST)


def _prepared(supervisor: Supervisor, home: Path) -> Step:
    env = servers.start_services(supervisor, home) | QUIET
    with psycopg.connect(env["DATABASE_URL"].rpartition("/")[0] + "/postgres", autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {DATABASE}")

    def step(command: str, *arguments: str) -> None:
        if not supervisor.run_once(manage(command, *arguments, name=command, env=env)):
            raise Failed(f"{command} failed.")

    step("prepare")
    return step
