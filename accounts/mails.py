"""The mails that accounts ask for. A request only leaves a job; who gets which mail is decided when it is sent, so
that a request about a known address does no more and no less than one about an unknown address."""

from urllib.parse import urlencode
from uuid import UUID

from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.account.utils import user_pk_to_url_str
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
    link = f"{settings.VERIFY_EMAIL_URL}?{urlencode({'key': EmailConfirmationHMAC(claim).key})}"
    send_mail("accounts/mail/verify_email", claim.email, claim.user.language, username=claim.user.username, link=link)


def request_reset_mail(email: str) -> None:
    """Send the link that lets the owner of an address set a new password."""
    jobs.enqueue("accounts.reset_mail", {"email": email}, dedupe_key=f"reset-mail:{uuid7()}")


def deliver_reset_mail(email: str) -> None:
    """Send the link to the verified owner of an address, else to the newest account that claims it, else nothing."""
    claims = EmailAddress.objects.select_related("user").filter(email=email, primary=True, user__is_active=True)
    claim = claims.order_by("-verified", "-user__date_joined").first()
    if claim is None:
        return
    user = claim.user
    key = f"{user_pk_to_url_str(user)}-{default_token_generator.make_token(user)}"
    link = f"{settings.RESET_PASSWORD_URL}?{urlencode({'key': key})}"
    send_mail("accounts/mail/reset_password", claim.email, user.language, username=user.username, link=link)


def request_notice_mail(notice: str, user_id: UUID, *, to: str | None = None) -> None:
    """Tell somebody about their account, at the address that it has proven by now, or at the one it had; nobody where
    it has none. Asked for in the transaction of what happened: what is changed later sends the mail nowhere else."""
    if to is None:
        to = EmailAddress.objects.filter(user_id=user_id, verified=True).values_list("email", flat=True).first()
    if to is None:
        return
    payload = {"notice": notice, "user_id": str(user_id), "to": to}
    jobs.enqueue("accounts.notice_mail", payload, dedupe_key=f"notice-mail:{uuid7()}", user_id=user_id)


def deliver_notice_mail(notice: str, user_id: str, to: str) -> None:
    """Send a notice, unless the account is gone."""
    user = User.objects.filter(pk=user_id).first()
    if user is not None:
        send_mail(f"accounts/mail/{notice}", to, user.language, username=user.username)


def request_deletion_receipt(user: User) -> None:
    """Tell who deleted their account until when that can be taken back."""
    jobs.enqueue(
        "accounts.deletion_receipt",
        {"user_id": str(user.pk)},
        dedupe_key=f"deletion-receipt:{uuid7()}",
        user_id=user.pk,
    )


def deliver_deletion_receipt(user_id: str) -> None:
    """Send it to the proven address, unless the deletion was taken back meanwhile."""
    user = User.objects.filter(pk=user_id, emailaddress__verified=True).exclude(deleted_at=None).first()
    if user is not None:
        until = f"{user.removed_from:%Y-%m-%d}"
        send_mail("accounts/mail/account_deleted", user.email, user.language, username=user.username, until=until)
