"""Changing a password, and setting a new one by a link in a mail."""

from uuid import UUID

from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress
from allauth.account.utils import url_str_to_user_pk
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q

from accounts.enums import SecurityEventKind
from accounts.errors import ResetLinkInvalid
from accounts.mails import request_notice_mail, request_reset_mail
from accounts.models import SecurityEvent, Session, User
from accounts.operations.factors import drop_factor
from accounts.operations.reauth import check_own_password
from accounts.operations.recovery import end_every_way_in, forget_wishes
from accounts.operations.sessions import canonical, end_sessions, hold_self
from accounts.operations.sign_up import password_errors, prove
from fitai.common.actors import Actor
from fitai.common.problems import Invalid, error
from fitai.common.throttling import charge


def change_password(actor: Actor, *, old_password: str, new_password: str, address: str = "") -> None:
    """Put a new password in the place of the old one. Every other device is logged out, and the owner gets a mail.

    422 for a wrong old password, which is counted, and for a weak new one. Costs two hashes, before any lock.
    """
    user = User.objects.get(pk=actor.user_id)
    check_own_password(user, old_password, pointer="/old_password")
    checked = user.password
    errors = password_errors(new_password, user, pointer="/new_password")
    if errors:
        raise Invalid(errors=errors)
    user.set_password(new_password)
    put_password(actor, user, checked=checked, address=address)


def put_password(actor: Actor, user: User, *, checked: str, address: str = "") -> None:
    """Store the new hash of one's own account if the present one is still that which was `checked`."""
    with transaction.atomic():
        if hold_self(actor).password != checked:  # changed while we hashed
            raise Invalid(errors=[error("/old_password", "wrong", "This is not the password of the account.")])
        user.save(update_fields=["password"])
        forget_wishes(user)
        others = Session.objects.visible_to(actor).exclude(pk__in=[actor.session_id])
        end_sessions(others.select_for_update().order_by("pk"))
        SecurityEvent.record(
            SecurityEventKind.PASSWORD_CHANGED, user_id=user.pk, address=address, session_id=actor.session_id
        )
        request_notice_mail("password_changed", user.pk)


def request_reset(*, email: str) -> None:
    """Ask for the mail that lets the owner of an address set a new password. What is done does not depend on whether
    the address is known; 429 after three in an hour."""
    email = canonical(email)
    charge("mail", f"reset:{email}")
    request_reset_mail(email)


def reset_password(*, key: str, password: str, address: str = "") -> None:
    """Set a new password by the key of a mail, and end every session and API key. It works once, for an hour.

    Whoever follows the link reads the mailbox, so an address that was not verified yet is now. 422 for a key that does
    not work (any more) and for a weak password. The hash is made before any lock.
    """
    user, token = _holder(key)
    errors = password_errors(password, user)
    if errors:
        raise Invalid(errors=errors)
    user.set_password(password)
    with transaction.atomic():
        claimants = EmailAddress.objects.filter(email=user.email).values("user_id")
        User.objects.filter(Q(pk=user.pk) | Q(pk__in=claimants)).hold()
        current = User.objects.get(pk=user.pk)
        if not default_token_generator.check_token(current, token):  # used or outdated since we looked
            raise link_invalid()
        current.password = user.password
        current.save(update_fields=["password"])
        end_every_way_in(current)
        SecurityEvent.record(SecurityEventKind.PASSWORD_RESET, user_id=user.pk, address=address)
        claim = EmailAddress.objects.get_primary(current)
        if claim is not None and not claim.verified:
            drop_factor(user.pk)  # whoever set it had not proven that the account is theirs
            prove(claim, address=address)
        request_notice_mail("password_changed", user.pk)


def _holder(key: str) -> tuple[User, str]:
    """The account that a key of ours lets in, and the part of the key that proves it; else 422."""
    uid, _, token = key.partition("-")
    try:
        user_id = url_str_to_user_pk(uid)
    except (ValueError, ValidationError):
        raise link_invalid() from None
    user = User.objects.filter(pk=user_id, is_active=True).first() if isinstance(user_id, UUID) else None
    if user is None or not default_token_generator.check_token(user, token):
        raise link_invalid()
    return user, token


def link_invalid() -> ResetLinkInvalid:
    """The refusal of a key, the same whatever is wrong with it."""
    detail = "This link has expired or was used. Ask for another mail."
    return ResetLinkInvalid(errors=[error("/key", "invalid", detail)])
