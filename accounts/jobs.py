"""Background work of accounts: mail, and what Valkey did not take at once."""

from accounts.mails import deliver_deletion_receipt, deliver_verification_mail
from accounts.session_cache import write_ended
from fitai.common.jobs import Claim, handles


@handles("accounts.verification_mail", queue="mail", max_attempts=10)
def send_verification_mail(claim: Claim) -> None:
    deliver_verification_mail(claim.payload["email"], claim.payload["address_id"])


@handles("accounts.deletion_receipt", queue="mail", max_attempts=10)
def send_deletion_receipt(claim: Claim) -> None:
    deliver_deletion_receipt(claim.payload["user_id"])


@handles("accounts.mark_sessions_ended", max_attempts=20)
def mark_sessions_ended(claim: Claim) -> None:
    write_ended(claim.payload["session_ids"])
