"""Background work of accounts: mail, notifications, pictures, and what Valkey did not take at once or keeps to be
written down."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from accounts.channels import push
from accounts.channels.base import Channel
from accounts.mails import (
    deliver_deletion_receipt,
    deliver_notice_mail,
    deliver_reset_mail,
    deliver_verification_mail,
)
from accounts.operations import avatars
from accounts.operations.api_keys import write_uses
from accounts.operations.deliveries import deliver
from accounts.session_cache import write_ended, write_facts
from fitai.common import mail
from fitai.common.jobs import Claim, PermanentFailure, handles
from fitai.common.media.pictures import PictureError
from fitai.common.schedules import every

WRITE_USES_EVERY_SECONDS = 300


@handles("accounts.verification_mail", queue="mail", max_attempts=mail.ATTEMPTS)
def send_verification_mail(claim: Claim) -> None:
    deliver_verification_mail(claim.payload["email"], claim.payload["address_id"])


@handles("accounts.reset_mail", queue="mail", max_attempts=mail.ATTEMPTS)
def send_reset_mail(claim: Claim) -> None:
    deliver_reset_mail(claim.payload["email"])


@handles("accounts.notice_mail", queue="mail", max_attempts=mail.ATTEMPTS)
def send_notice_mail(claim: Claim) -> None:
    deliver_notice_mail(claim.payload["notice"], claim.payload["user_id"], claim.payload["to"])


@handles("accounts.mark_ended", max_attempts=20)
def mark_ended(claim: Claim) -> None:
    write_ended(claim.payload["names"])


@handles("accounts.refresh_facts", max_attempts=20)
def refresh_facts(claim: Claim) -> None:
    write_facts(UUID(claim.payload["user_id"]))


@handles("accounts.write_key_uses", max_attempts=2)
def write_key_uses(claim: Claim) -> None:
    write_uses()


every(WRITE_USES_EVERY_SECONDS, "accounts.write_key_uses")


@handles(avatars.KIND, max_attempts=4, visible=True, ended=avatars.forget_upload)
def make_avatar(claim: Claim) -> Mapping[str, Any]:
    try:
        avatars.make_avatar(claim)
    except PictureError as refused:
        raise PermanentFailure(refused.code, refused.detail) from refused
    except FileNotFoundError as gone:
        raise PermanentFailure("unreadable", "The picture is no longer there. Send it again.") from gone
    return {"href": "/api/v1/users/profile"}


@handles("accounts.deletion_receipt", queue="mail", max_attempts=mail.ATTEMPTS)
def send_deletion_receipt(claim: Claim) -> None:
    deliver_deletion_receipt(claim.payload["user_id"])


@handles(push.PushChannel.job, queue="push", max_attempts=mail.ATTEMPTS, lease=push.LEASE)
@handles(Channel.job, queue="mail", max_attempts=mail.ATTEMPTS, lease=timedelta(minutes=2))
def deliver_notification(claim: Claim) -> Mapping[str, Any]:
    with claim.kept():
        return {"outcome": deliver(UUID(claim.payload["delivery_id"]))}
