"""Mail through a real SMTP server that works, refuses, hangs or is away."""

import logging
import socket
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.utils import timezone

from fitai.common.models import Job
from tests.cast import ApiClient, run_jobs

pytestmark = pytest.mark.django_db

REGISTER = "/api/v1/auth/register"


class Sink:
    """Keeps what is mailed, and answers as it is told to."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.recipients: list[list[str]] = []
        self.to_recipient = self.to_data = "250 OK"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if self.to_recipient.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.to_recipient

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.to_data.startswith("250"):
            self.recipients.append(envelope.rcpt_tos)
            self.messages.append(message_from_bytes(envelope.content, policy=policy.default))  # type: ignore[arg-type]
        return self.to_data


@pytest.fixture
def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


@pytest.fixture
def away(settings: Any, port: int) -> None:
    """Mail goes to a server that is not there."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", port, 0.5
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False


@pytest.fixture
def sink(away: None, port: int, caplog: pytest.LogCaptureFixture) -> Iterator[Sink]:
    caplog.set_level(logging.CRITICAL, logger="mail.log")  # what the server itself says is not what we log
    sink = Sink()
    controller = Controller(sink, hostname="127.0.0.1", port=port)
    controller.start()
    yield sink
    controller.stop()


def register(client: ApiClient, **extra: Any) -> None:
    body = {"email": "new@example.org", "username": "newcomer", "password": "a long enough phrase 7"}
    assert client.post(REGISTER, body, **extra).status_code == 201


def job() -> Job:
    return Job.objects.get(kind="accounts.verification_mail")


def try_again() -> None:
    Job.objects.update(not_before=timezone.now())
    run_jobs()


def test_a_mail_arrives_whole_and_its_link_is_from_the_settings(
    sink: Sink, anonymous: ApiClient, settings: Any
) -> None:
    settings.PUBLIC_URL = "https://fit.example"
    settings.VERIFY_EMAIL_URL = "https://fit.example/api/v1/auth/verify-email"
    register(anonymous, HTTP_ACCEPT_LANGUAGE="de", HTTP_HOST="localhost", HTTP_X_FORWARDED_HOST="evil.example")
    run_jobs()
    (message,) = sink.messages
    assert sink.recipients == [["new@example.org"]]
    assert (message["To"], message["Subject"]) == ("new@example.org", "Bestätige deine E-Mail-Adresse")
    assert message["From"] == "FitAI <no-reply@fitai.localhost>"
    assert [part.get_content_type() for part in message.walk()] == ["multipart/alternative", "text/plain", "text/html"]
    text, html = (message.get_body((kind,)).get_content() for kind in ("plain", "html"))  # type: ignore[union-attr]
    (link,) = [line for line in text.splitlines() if line.startswith("http")]
    assert link.startswith("https://fit.example/api/v1/auth/verify-email?key=")
    assert f'href="{link}"' in html
    assert "Hallo newcomer," in text
    assert "Hallo newcomer," in html
    assert "evil" not in text + html
    assert anonymous.get(link.removeprefix("https://fit.example")).json()["email_verified"] is True


def test_a_server_that_is_away_delays_a_mail(away: None, port: int, anonymous: ApiClient) -> None:
    register(anonymous)
    run_jobs()
    waiting = job()
    assert (waiting.status, waiting.attempts, waiting.max_attempts) == ("queued", 1, 100)
    assert waiting.not_before > timezone.now()
    sink = Sink()
    controller = Controller(sink, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        try_again()
    finally:
        controller.stop()
    assert (job().status, len(sink.messages)) == ("succeeded", 1)


def test_a_server_that_hangs_delays_a_mail(away: None, port: int, anonymous: ApiClient) -> None:
    with socket.create_server(("127.0.0.1", port)):  # takes connections, says nothing
        register(anonymous)
        run_jobs()
    assert (job().status, job().attempts) == ("queued", 1)


@pytest.mark.parametrize("answer", ["450 4.2.0 Greylisted", "421 4.3.2 Shutting down"])
@pytest.mark.parametrize("when", ["to_recipient", "to_data"])
def test_a_server_that_says_later_delays_a_mail(
    sink: Sink, anonymous: ApiClient, when: str, answer: str, caplog: pytest.LogCaptureFixture
) -> None:
    register(anonymous)
    setattr(sink, when, answer)
    run_jobs()
    assert (job().status, job().attempts, sink.messages) == ("queued", 1, [])
    setattr(sink, when, "250 OK")
    try_again()
    assert (job().status, job().attempts, len(sink.messages)) == ("succeeded", 2, 1)
    assert "new@example.org" not in caplog.text + job().last_error


@pytest.mark.parametrize(("when", "name"), [("to_recipient", "SMTPRecipientsRefused"), ("to_data", "SMTPDataError")])
def test_a_mail_refused_for_good_ends_with_its_code(
    sink: Sink, anonymous: ApiClient, when: str, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    register(anonymous)
    setattr(sink, when, "550 5.1.1 new@example.org: no such mailbox")
    run_jobs()
    error = {"code": "mail_refused", "detail": f"No mail server takes it: {name} 550."}
    assert (job().status, job().error, sink.messages) == ("failed", error, [])
    assert "new@example.org" not in caplog.text + job().last_error
