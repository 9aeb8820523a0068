"""Background work of accounts: mail, and what Valkey did not take at once."""

from accounts.mails import deliver_notice_mail, deliver_reset_mail, deliver_verification_mail
from accounts.session_cache import write_ended
from fitai.common.jobs import Claim, handles


@handles("accounts.verification_mail", queue="mail", max_attempts=10)
def send_verification_mail(claim: Claim) -> None:
    deliver_verification_mail(claim.payload["email"], claim.payload["address_id"])


@handles("accounts.reset_mail", queue="mail", max_attempts=10)
def send_reset_mail(claim: Claim) -> None:
    deliver_reset_mail(claim.payload["email"])


@handles("accounts.notice_mail", queue="mail", max_attempts=10)
def send_notice_mail(claim: Claim) -> None:
    deliver_notice_mail(claim.payload["notice"], claim.payload["user_id"], claim.payload["to"])


@handles("accounts.mark_sessions_ended", max_attempts=20)
def mark_sessions_ended(claim: Claim) -> None:
    write_ended(claim.payload["session_ids"])
