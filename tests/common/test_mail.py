"""Mail as files."""

import smtplib
from collections.abc import Callable
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from django.core.mail import BadHeaderError, EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend

from accounts.models import User
from fitai.common import jobs
from fitai.common.mail import MailRefused, send_mail
from fitai.common.models import Job

BACKEND = "fitai.common.mail.EmlFileBackend"


@pytest.fixture
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.EMAIL_BACKEND = BACKEND
    settings.EMAIL_FILE_PATH = tmp_path / "mail"
    return tmp_path / "mail"


def send(**context: Any) -> None:
    link = "https://fitai.example/api/v1/auth/verify-email?key=MQ:1x:abc"
    send_mail("accounts/mail/verify_email", "ada@example.org", "de", **{"username": "ada", "link": link, **context})


def test_one_whole_message_a_file_in_order(folder: Path) -> None:
    for username in ("ada", "bea", "cleo"):
        send(username=username)
    files = sorted(folder.iterdir())
    messages = [message_from_bytes(file.read_bytes(), policy=policy.default) for file in files]
    assert [file.suffix for file in files] == [".eml"] * 3
    assert [str(message["To"]) for message in messages] == ["ada@example.org"] * 3
    greetings = [message.get_body(("plain",)).get_content().splitlines()[0] for message in messages]
    assert greetings == ["Hallo ada,", "Hallo bea,", "Hallo cleo,"]


def test_the_link_has_a_line_of_its_own_in_the_file(folder: Path) -> None:
    send()
    (file,) = folder.iterdir()
    lines = file.read_bytes().split(b"\r\n")
    assert lines.count(b"https://fitai.example/api/v1/auth/verify-email?key=MQ:1x:abc") == 2  # text and HTML


def test_text_and_html_say_the_same(folder: Path) -> None:
    send(username="<b>ada</b>")
    (file,) = folder.iterdir()
    message = message_from_bytes(file.read_bytes(), policy=policy.default)
    assert str(message["Subject"]) == "Bestätige deine E-Mail-Adresse"
    assert str(message["Auto-Submitted"]) == "auto-generated"
    assert "Hallo <b>ada</b>," in message.get_body(("plain",)).get_content()
    html = message.get_body(("html",)).get_content()
    assert "Hallo &lt;b&gt;ada&lt;/b&gt;," in html
    assert 'href="https://fitai.example/api/v1/auth/verify-email?key=MQ:1x:abc"' in html


def test_another_language_falls_back_to_english(folder: Path) -> None:
    send_mail("accounts/mail/verify_email", "ada@example.org", "fr", username="ada", link="https://x.example/")
    (file,) = folder.iterdir()
    assert "Subject: Confirm your e-mail address" in file.read_text()


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r"])
def test_a_header_cannot_be_smuggled_in(folder: Path, line_break: str) -> None:
    for values in (
        {"to": [f"ada@example.org{line_break}Bcc: all@example.org"]},
        {"subject": f"Hello{line_break}Bcc: all@example.org", "to": ["ada@example.org"]},
    ):
        with pytest.raises((BadHeaderError, ValueError)):
            EmailMessage(body="x", connection=get_connection(BACKEND), **values).send()
    assert not folder.exists() or not list(folder.glob("*.eml"))


# ── What nobody took ─────────────────────────────────────────────────────────────────────────────

ADA = "ada@example.org"
SAID = b"5.1.1 <ada@example.org>: Recipient address rejected"
AGAIN: dict[str, tuple[Exception, tuple[str, int | None]]] = {
    "grey": (smtplib.SMTPRecipientsRefused({ADA: (450, SAID)}), ("SMTPRecipientsRefused", 450)),
    "password": (smtplib.SMTPAuthenticationError(535, SAID), ("SMTPAuthenticationError", 535)),
    "sender": (smtplib.SMTPSenderRefused(553, SAID, ADA), ("SMTPSenderRefused", 553)),
    "data": (smtplib.SMTPDataError(451, SAID), ("SMTPDataError", 451)),
    "disconnected": (smtplib.SMTPServerDisconnected(f"lost while sending to {ADA}"), ("SMTPServerDisconnected", None)),
}
FINAL: dict[str, tuple[Exception, str]] = {
    "recipient": (smtplib.SMTPRecipientsRefused({ADA: (550, SAID)}), "SMTPRecipientsRefused 550"),
    "data": (smtplib.SMTPDataError(554, SAID), "SMTPDataError 554"),
    "address": (ValueError(f"Invalid address {ADA}"), "ValueError"),
}


class RefusingBackend(BaseEmailBackend):
    """Stands in for a mail server that takes nothing."""

    failure: Exception

    def send_messages(self, email_messages: Any) -> int:
        raise self.failure


@pytest.fixture
def fail(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[[Exception], None]:
    """Has every mail fail so."""
    settings.EMAIL_BACKEND = f"{__name__}.RefusingBackend"

    def set_failure(failure: Exception) -> None:
        monkeypatch.setattr(RefusingBackend, "failure", failure, raising=False)

    return set_failure


Fail = Callable[[Exception], None]


def run_mail(athlete: User) -> Job:
    """A verification mail to an address that is not proven yet, tried once."""
    claim = athlete.emailaddress_set.get()
    claim.verified, claim.email = False, ADA
    claim.save()
    job = jobs.enqueue(
        "accounts.verification_mail", {"email": ADA, "address_id": claim.pk}, dedupe_key="verify", user_id=athlete.pk
    )
    assert job is not None
    jobs.run(job)
    return Job.objects.get(pk=job)


@pytest.mark.parametrize("name", sorted(AGAIN))
def test_what_is_refused_for_now_comes_again_and_names_nobody(
    athlete: User, fail: Fail, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    failure, told = AGAIN[name]
    fail(failure)
    with pytest.raises(MailRefused) as refused:
        send()
    assert (refused.value.args, refused.value.__cause__, refused.value.__suppress_context__) == (told, None, True)
    job = run_mail(athlete)
    assert (job.status, job.attempts, job.last_error) == ("queued", 1, f"MailRefused{told!r}")
    assert "job.error" in caplog.text
    assert ADA not in caplog.text


@pytest.mark.parametrize("name", sorted(FINAL))
def test_what_is_refused_for_good_ends_with_its_code_and_names_nobody(
    athlete: User, fail: Fail, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    failure, told = FINAL[name]
    fail(failure)
    job = run_mail(athlete)
    error = {"code": "mail_refused", "detail": f"No mail server takes it: {told}."}
    assert (job.status, job.attempts, job.error) == ("failed", 1, error)
    assert "job.failed" in caplog.text
    assert ADA not in caplog.text + job.last_error
