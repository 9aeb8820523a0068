"""Mail: composed from templates, sent from jobs, and in development kept as files."""

import os
from collections.abc import Sequence
from pathlib import Path
from smtplib import SMTPDataError, SMTPException, SMTPRecipientsRefused
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.template.loader import render_to_string, select_template

from fitai.common.ids import uuid7
from fitai.common.jobs import PermanentFailure

ATTEMPTS = 100
"""Of a job that sends mail: about two days, with the back-off of jobs, for a mail server to come back."""


def send_mail(template: str, to: str, language: str, **context: Any) -> None:
    """Send one mail. Call it from a job: it talks to a mail server, and raises when that is away (OSError), takes no
    mail now (MailRefused), or never takes this one (PermanentFailure `mail_refused`).

    `<template>.<language>.txt` holds the subject on its first line and the text below; English stands in for a
    language that has none. The HTML part is the same text, laid out; a link has a line of its own in both.
    """
    chosen = select_template([f"{template}.{language}.txt", f"{template}.en.txt"])
    subject, _, text = chosen.render(context).strip().partition("\n")
    text = text.strip()
    paragraphs = [(part, part.startswith(("https://", "http://"))) for part in text.split("\n\n")]
    html = render_to_string("fitai/mail.html", {"subject": subject, "paragraphs": paragraphs, "language": language})
    message = EmailMultiAlternatives(subject, f"{text}\n", to=[to], headers={"Auto-Submitted": "auto-generated"})
    message.attach_alternative(html, "text/html")
    try:
        message.send()
    except (SMTPException, ValueError) as failure:
        refused = MailRefused(failure)
        if refused.is_final:
            raise PermanentFailure("mail_refused", f"No mail server takes it: {refused}.") from None
        raise refused from None


class MailRefused(Exception):
    """A mail that no server took, told by the kind of failure and the server's code alone.

    What servers, smtplib and Django say names the address, and what a job fails with stands in its row and in the logs.
    """

    def __init__(self, failure: Exception) -> None:
        codes = [code for code, _ in getattr(failure, "recipients", {}).values()]
        self.code: int | None = getattr(failure, "smtp_code", codes[0] if codes else None)
        self.failure = type(failure)
        super().__init__(self.failure.__name__, self.code)

    def __str__(self) -> str:
        return f"{self.failure.__name__} {self.code or ''}".strip()

    @property
    def is_final(self) -> bool:
        """Whether it is this mail that is refused for good: its recipient, its content or its form. A server that
        refuses us, our password or our sender is set right by its operator, and takes the mail then."""
        if issubclass(self.failure, (SMTPRecipientsRefused, SMTPDataError)):
            return self.code is not None and self.code >= 500
        return issubclass(self.failure, ValueError)


class EmlFileBackend(BaseEmailBackend):
    """Writes each message to `EMAIL_FILE_PATH/<uuid7>.eml`, oldest first by name; a reader never sees half a file."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.folder = Path(settings.EMAIL_FILE_PATH)

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        self.folder.mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            name = f"{uuid7()}.eml"
            draft = self.folder / f".{name}"
            content: Any = message.message()
            draft.write_bytes(content.as_bytes(linesep="\r\n"))
            os.replace(draft, self.folder / name)
        return len(email_messages)
