"""The mails that accounts ask for. A request only leaves a job; who gets which mail is decided when it is sent, so
that a request about a known address does no more and no less than one about an unknown address."""

from urllib.parse import urlencode

from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from django.conf import settings

from accounts.models import User
from fitai.common import jobs
from fitai.common.ids import uuid7
from fitai.common.mail import send_mail


def request_verification_mail(email: str, *, address_id: int | None = None) -> None:
    """Send the link that proves an address: for one account's claim, or for the newest of those who claim it."""
    jobs.enqueue(
        "accounts.verification_mail",
        {"email": email, "address_id": address_id},
        dedupe_key=f"verification-mail:{uuid7()}",
    )


def deliver_verification_mail(email: str, address_id: int | None) -> None:
    """Send what the mailbox should get: the link, a word that it has an account already, or nothing."""
    claims = EmailAddress.objects.select_related("user").filter(email=email)
    asked = claims.filter(pk=address_id) if address_id else claims.order_by("-verified", "-user__date_joined")
    claim = asked.first()
    if claim is None or claim.verified:
        return
    owner = claims.filter(verified=True).first()
    if owner is not None:
        send_mail("accounts/mail/already_registered", owner.email, owner.user.language, username=owner.user.username)
        return
    link = f"{settings.PUBLIC_URL}/api/v1/auth/verify-email?{urlencode({'key': EmailConfirmationHMAC(claim).key})}"
    send_mail("accounts/mail/verify_email", claim.email, claim.user.language, username=claim.user.username, link=link)


def request_deletion_receipt(user: User) -> None:
    """Tell who deleted their account until when that can be taken back."""
    jobs.enqueue(
        "accounts.deletion_receipt",
        {"user_id": str(user.pk)},
        dedupe_key=f"deletion-receipt:{uuid7()}",
        user_id=user.pk,
    )


def deliver_deletion_receipt(user_id: str) -> None:
    """Send it, unless the deletion was taken back meanwhile or nobody knows an address."""
    user = User.objects.filter(pk=user_id).exclude(email="").exclude(deleted_at=None).first()
    if user is not None:
        until = f"{user.removed_from:%Y-%m-%d}"
        send_mail("accounts/mail/account_deleted", user.email, user.language, username=user.username, until=until)
