"""Background work of accounts: mail, and what Valkey did not take at once."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from accounts.mails import deliver_verification_mail
from accounts.operations.deliveries import deliver
from accounts.operations.notifications import DELIVER
from accounts.session_cache import write_ended
from fitai.common import mail
from fitai.common.jobs import Claim, handles


@handles("accounts.verification_mail", queue="mail", max_attempts=mail.ATTEMPTS)
def send_verification_mail(claim: Claim) -> None:
    deliver_verification_mail(claim.payload["email"], claim.payload["address_id"])


@handles("accounts.mark_sessions_ended", max_attempts=20)
def mark_sessions_ended(claim: Claim) -> None:
    write_ended(claim.payload["session_ids"])


@handles(DELIVER, queue="mail", max_attempts=mail.ATTEMPTS, lease=timedelta(minutes=2))
def deliver_notification(claim: Claim) -> Mapping[str, Any]:
    return {"outcome": deliver(UUID(claim.payload["delivery_id"]))}
