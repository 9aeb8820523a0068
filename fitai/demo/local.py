"""What only a tour on the server's own machine can do: read the mail it wrote, and kill one of its workers."""

import asyncio
import os
import signal
import time
from dataclasses import dataclass
from email import message_from_bytes, policy
from pathlib import Path
from urllib.parse import urlsplit

import psutil

from fitai.demo.errors import Unexpected
from fitai.embedded.processes import Pidfile, Running

SECONDS = 20.0
PAUSE = 0.05
LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Mail:
    """A message of `FITAI_HOME/mail`, as far as the tour reads it."""

    path: Path
    subject: str
    link: str


class Local:
    """A FitAI that `make run` keeps alive in a `FITAI_HOME` of this machine."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.pidfile = Pidfile(home / "dev.json")

    @classmethod
    def find(cls, home: Path, url: str) -> "Local | None":
        """The one in this folder, if it is the one that answers at `url`."""
        local, address = cls(home), urlsplit(url)
        web = local.process("web")
        if web is None or address.hostname not in LOOPBACK:
            return None
        try:
            port = psutil.Process(web.pid).environ().get("PORT")
        except psutil.Error:
            return None
        return local if port == str(address.port or 80) else None

    def process(self, name: str) -> Running | None:
        """The living process of this name under the supervisor."""
        return next((found for found in self.pidfile.read() if found.name == name and found.is_alive), None)

    async def mail_to(self, address: str) -> Mail:
        """The first mail to an address with a link on a line of its own; a worker writes it soon after it was asked."""
        folder, read = self.home / "mail", set[Path]()
        deadline = time.monotonic() + SECONDS
        while time.monotonic() < deadline:
            for path in sorted(set(folder.glob("[!.]*.eml")) - read, reverse=True):
                read.add(path)
                mail = _read_mail(path, address)
                if mail is not None:
                    return mail
            await asyncio.sleep(PAUSE)
        raise Unexpected(f"a mail to {address} in {folder}", f"there was none within {SECONDS:g} s")

    async def kill_worker(self) -> Running:
        """kill -9 the worker; the one that is gone."""
        worker = self.process("worker")
        if worker is None:
            raise Unexpected(f"a worker in {self.pidfile.path}", "none is alive")
        os.kill(worker.pid, signal.SIGKILL)
        deadline = time.monotonic() + SECONDS
        while worker.is_alive:
            if time.monotonic() > deadline:
                raise Unexpected(f"process {worker.pid} to die", f"it lived {SECONDS:g} s after kill -9")
            await asyncio.sleep(PAUSE)
        return worker

    async def new_worker(self, killed: Running) -> Running:
        """The worker that the supervisor has started in place of the killed one."""
        deadline = time.monotonic() + SECONDS
        while time.monotonic() < deadline:
            worker = self.process("worker")
            if worker is not None and worker != killed:
                return worker
            await asyncio.sleep(PAUSE)
        raise Unexpected("a new worker", f"the supervisor started none within {SECONDS:g} s")


def _read_mail(path: Path, address: str) -> Mail | None:
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    if address not in str(message["To"]):
        return None
    body = message.get_body(("plain",))
    lines = [] if body is None else body.get_content().splitlines()
    link = next((line for line in lines if line.startswith(("http://", "https://"))), None)
    return None if link is None else Mail(path, str(message["Subject"]), link)
