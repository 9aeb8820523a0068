"""Changing one's e-mail address."""

from allauth.account.models import EmailAddress
from django.db import transaction

from accounts.enums import SecurityEventKind
from accounts.mails import request_notice_mail, request_verification_mail
from accounts.models import SecurityEvent
from accounts.operations.reauth import require_recent
from accounts.operations.sessions import canonical, hold_self
from fitai.common.actors import Actor
from fitai.common.throttling import charge


def change_email(actor: Actor, *, email: str, password: str | None = None, address: str = "") -> None:
    """Ask for another address. It takes the place of the present one when the link in its mailbox is followed; the
    present one, if it is verified, is told at once. Only the newest request can be followed.

    Nothing tells whether somebody else has the address. Needs the password or a recent log-in; 429 after three mails
    in an hour.
    """
    require_recent(actor, password=password)
    email = canonical(email)
    charge("mail", f"change:{actor.user_id}")
    charge("mail", f"verification:{email}")
    with transaction.atomic():
        user = hold_self(actor)
        present = EmailAddress.objects.get_verified(user)
        if present is not None and present.email == email:
            return
        claim = EmailAddress.objects.add_new_email(None, user, email, send_verification=False)  # type: ignore[arg-type]
        if present is None:
            claim.set_as_primary()  # nothing proven is replaced: a misspelt address is corrected at once
        else:
            request_notice_mail("email_change_asked", user.pk, to=present.email)
        request_verification_mail(email, address_id=claim.pk)
        SecurityEvent.record(
            SecurityEventKind.EMAIL_CHANGE_ASKED, user_id=user.pk, address=address, session_id=actor.session_id
        )
