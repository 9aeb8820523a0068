"""Mail to the verified address, at most one an hour."""

from collections.abc import Sequence
from datetime import timedelta

from accounts.channels.base import Channel, Message, Recipient
from accounts.enums import Outcome
from fitai.common.mail import send_mail


class EmailChannel(Channel):
    """The first is mailed at once; what comes in the hour after it is collected into one mail."""

    digest = timedelta(hours=1)

    def deliver(self, messages: Sequence[Message], recipient: Recipient, target: str) -> Outcome:
        if recipient.email is None:
            return Outcome.GONE
        send_mail(
            "accounts/mail/notification",
            recipient.email,
            recipient.language,
            username=recipient.username,
            messages=messages,
            count=len(messages),
        )
        return Outcome.SENT
