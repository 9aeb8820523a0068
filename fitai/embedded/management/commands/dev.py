"""`manage.py dev`, which is `make run`: FitAI with all it needs, on this machine, until Ctrl-C."""

import argparse
import os
import shutil
import time
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from fitai.embedded import layout, services
from fitai.embedded.errors import CannotStart
from fitai.embedded.layout import Layout
from fitai.embedded.locks import lock
from fitai.embedded.ports import LOOPBACK, is_taken
from fitai.embedded.processes import Pidfile, Program, end_what_was_left
from fitai.embedded.supervisor import Console, Stopped, Supervisor

READY_SECONDS = 60
SERVICES_LAST = ("valkey", "postgres")  # they stop after all that use them


def empty_folder(path: Path) -> Path:
    """A folder with nothing in it, whatever was."""
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir(parents=True)
    return path


class Command(BaseCommand):
    help = "Start the services, the web server, the worker and the dispatcher; start again what dies; stop on Ctrl-C."
    requires_system_checks = []  # some ask the database, which this command starts

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "--layout",
            choices=list(Layout),
            default=Layout.TOGETHER,
            help="together: one server for HTTP and sockets (default). split: one each, as in production.",
        )

        parser.add_argument(
            "--restore",
            type=Path,
            metavar="FILE",
            help="put a backup back before the start, into a FITAI_HOME that is new",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        home: Path = settings.FITAI_HOME
        home.mkdir(parents=True, exist_ok=True)
        own = lock(home / "dev.lock", wait=False)
        if own is None:
            raise CommandError(f"FitAI runs already in {home}. A second copy needs another FITAI_HOME and PORT.")
        with own:
            self.run(home, Layout(options["layout"]), options["restore"])

    def run(self, home: Path, chosen: Layout, restore: Path | None) -> None:
        port = settings.PORT
        live_port = int(os.environ.get("LIVE_PORT") or port + 1)
        pidfile = Pidfile(home / "dev.json")
        end_what_was_left(pidfile, home, last=SERVICES_LAST)
        for wanted in (port, live_port) if chosen is Layout.SPLIT else (port,):
            if is_taken(wanted):
                raise CommandError(f"Port {wanted} is taken by another program. Choose one: PORT=8100 make run")
        console = Console(home / "logs")
        supervisor = Supervisor(pidfile, console)
        with supervisor.signals():
            try:
                began = time.monotonic()
                env = self.start_services(supervisor, home, port)
                if restore is not None:
                    back = layout.manage("restore", str(restore.resolve()), name="restore", env=env)
                    if not supervisor.run_once(back):
                        raise CommandError("The backup was not restored.")
                if not supervisor.run_once(layout.manage("prepare", name="prepare", env=env)):
                    raise CommandError("The database could not be prepared.")
                self.start(supervisor, layout.doors(chosen, port, live_port, env))
                self.wait_until_ready(supervisor, port)
                self.start(supervisor, layout.background(env))
                self.greet(console, home, port, live_port if chosen is Layout.SPLIT else port, began)
                supervisor.watch()
            except CannotStart as error:
                raise CommandError(str(error)) from error
            except Stopped:
                pass
            finally:
                console.say("stopping")
                supervisor.stop(last=SERVICES_LAST)
        console.say("stopped")

    def start(self, supervisor: Supervisor, programs: list[Program]) -> None:
        for program in programs:
            supervisor.check()
            supervisor.start(program)

    def start_services(self, supervisor: Supervisor, home: Path, port: int) -> dict[str, str]:
        """Start the services that the environment does not name; the environment of every program."""
        env = {"FITAI_HOME": str(home), "PORT": str(port), "PYTHONUNBUFFERED": "1"}
        env["PROMETHEUS_MULTIPROC_DIR"] = str(empty_folder(home / "metrics"))
        urls: dict[str, str] = {}
        for server in services.needed(home, durable=True):
            supervisor.check()
            started = services.start(server)
            supervisor.adopt(started.program, started.process)
            urls[server.variable] = started.url
        services.write_environment(home, urls)
        return {**env, **urls}

    def wait_until_ready(self, supervisor: Supervisor, port: int) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while not is_ready(port):
            supervisor.check()
            supervisor.look()
            if time.monotonic() > deadline:
                raise CommandError(
                    f"The web server was not ready within {READY_SECONDS} s. See {settings.FITAI_HOME}/logs."
                )
            time.sleep(0.1)

    def greet(self, console: Console, home: Path, port: int, live_port: int, began: float) -> None:
        demo: tuple[str, str] = getattr(settings, "DEMO_LOGIN")  # noqa: B009  only the development settings have it
        for line in (
            "",
            f"FitAI is ready after {time.monotonic() - began:.1f} s.",
            "",
            f"  API       http://localhost:{port}/api/v1",
            f"  docs      http://localhost:{port}/api/docs",
            f"  sockets   ws://localhost:{live_port}/ws/v1",
            f"  admin     http://localhost:{port}/admin/",
            f"  demo      {demo[0]} / {demo[1]}",
            f"  admin is  admin / the password in {home / 'admin_password'}",
            f"  data      {home} (database, mail, media, logs)",
            "",
            "Ctrl-C stops everything; the data stays.",
            "",
        ):
            console.say(line)


def is_ready(port: int) -> bool:
    """Whether the web server has its database and would be sent visitors."""
    connection = HTTPConnection(LOOPBACK, port, timeout=5)
    try:
        connection.request("GET", "/health/ready")
        return connection.getresponse().status == HTTPStatus.OK
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
