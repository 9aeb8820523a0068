"""The tour on the server's own machine: its mail, its worker."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import psutil
import pytest

from fitai.demo import local
from fitai.demo.errors import Unexpected
from fitai.demo.local import Local, Mail
from fitai.embedded.processes import Pidfile, Running


def sleeper(port: str = "8000") -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], env={**os.environ, "PORT": port})


def running(name: str, process: subprocess.Popen[bytes]) -> Running:
    return Running(name, process.pid, psutil.Process(process.pid).create_time())


@pytest.fixture
def web() -> Iterator[subprocess.Popen[bytes]]:
    process = sleeper("8100")
    yield process
    process.kill()
    process.wait()


@pytest.fixture
def worker() -> Iterator[subprocess.Popen[bytes]]:
    process = sleeper()
    yield process
    process.kill()
    process.wait()


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("http://localhost:8100", True),
        ("http://127.0.0.1:8100", True),
        ("http://localhost:8000", False),
        ("https://fit.example.org:8100", False),
        ("http://localhost", False),
    ],
)
def test_only_the_server_that_answers_there_is_found(
    tmp_path: Path, web: subprocess.Popen[bytes], address: str, found: bool
) -> None:
    Pidfile(tmp_path / "dev.json").write([running("web", web)])
    assert (Local.find(tmp_path, address) is not None) is found


def test_a_server_that_ended_is_not_found(tmp_path: Path, web: subprocess.Popen[bytes]) -> None:
    Pidfile(tmp_path / "dev.json").write([running("web", web)])
    web.kill()
    web.wait()
    assert Local.find(tmp_path, "http://localhost:8100") is None
    assert Local.find(tmp_path / "nowhere", "http://localhost:8100") is None


def write_mail(folder: Path, name: str, to: str, text: str) -> Path:
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = "Bestätigen Sie sich", "FitAI <no-reply@fitai.localhost>", to
    message.set_content(text)
    message.add_alternative(f"<p>{text}</p>", subtype="html")
    path = folder / name
    path.write_bytes(message.as_bytes(policy=message.policy.clone(linesep="\r\n")))
    return path


def test_the_link_is_that_of_the_mail_to_this_person(tmp_path: Path) -> None:
    folder = tmp_path / "mail"
    folder.mkdir()
    link = "http://localhost:8000/api/v1/auth/verify-email?key=" + "MQ%3A" * 30
    text = f"Hello athlete,\n\nopen this link, not https://example.org:\n\n{link}\n\nGrüße"
    write_mail(folder, "1.eml", "stranger@example.org", "Hello,\n\nhttp://localhost/stranger\n")
    path = write_mail(folder, "2.eml", "Athlete <athlete@example.org>", text)

    mail = asyncio.run(Local(tmp_path).mail_to("athlete@example.org"))

    assert mail == Mail(path, "Bestätigen Sie sich", link)


def test_a_mail_that_does_not_come_ends_the_tour(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "SECONDS", 0.2)
    (tmp_path / "mail").mkdir()
    write_mail(tmp_path / "mail", "1.eml", "stranger@example.org", "Hello,\n\nhttp://localhost/stranger\n")
    write_mail(tmp_path / "mail", ".2.eml", "athlete@example.org", "Hello,\n\nhttp://localhost/half-written\n")
    with pytest.raises(Unexpected) as failure:
        asyncio.run(Local(tmp_path).mail_to("athlete@example.org"))
    assert failure.value.expected == f"a mail to athlete@example.org in {tmp_path / 'mail'}"


def test_the_worker_is_killed_and_its_successor_awaited(
    tmp_path: Path, web: subprocess.Popen[bytes], worker: subprocess.Popen[bytes]
) -> None:
    server = Local(tmp_path)
    first, other = running("worker", worker), running("web", web)
    server.pidfile.write([other, first])

    assert asyncio.run(server.kill_worker()) == first
    assert (first.is_alive, other.is_alive) == (False, True)

    successor = sleeper()
    try:
        second = running("worker", successor)
        server.pidfile.write([other, second])
        assert asyncio.run(server.new_worker(first)) == second
    finally:
        successor.kill()
        successor.wait()


def test_without_a_worker_or_a_successor_the_tour_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "SECONDS", 0.2)
    server = Local(tmp_path)
    with pytest.raises(Unexpected, match="none is alive"):
        asyncio.run(server.kill_worker())
    with pytest.raises(Unexpected, match="expected a new worker"):
        asyncio.run(server.new_worker(Running("worker", 1, 0.0)))
