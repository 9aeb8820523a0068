"""Background work of accounts: mail, pictures, and what Valkey did not take at once."""

from collections.abc import Mapping
from typing import Any

from accounts.mails import deliver_verification_mail
from accounts.operations import avatars
from accounts.session_cache import write_ended
from fitai.common.jobs import Claim, PermanentFailure, handles
from fitai.common.media.pictures import PictureError


@handles("accounts.verification_mail", queue="mail", max_attempts=10)
def send_verification_mail(claim: Claim) -> None:
    deliver_verification_mail(claim.payload["email"], claim.payload["address_id"])


@handles("accounts.mark_sessions_ended", max_attempts=20)
def mark_sessions_ended(claim: Claim) -> None:
    write_ended(claim.payload["session_ids"])


@handles(avatars.KIND, max_attempts=4, visible=True, ended=avatars.forget_upload)
def make_avatar(claim: Claim) -> Mapping[str, Any]:
    try:
        avatars.make_avatar(claim)
    except PictureError as refused:
        raise PermanentFailure(refused.code, refused.detail) from refused
    except FileNotFoundError as gone:
        raise PermanentFailure("unreadable", "The picture is no longer there. Send it again.") from gone
    return {"href": "/api/v1/users/profile"}
