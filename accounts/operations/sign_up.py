"""Making an account, and proving that its address is one's own."""

from dataclasses import dataclass
from typing import Any

from allauth.account import app_settings as allauth
from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.email_verification import send_verification_email_to_address, verify_email
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from django.core import signing
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models.functions import Lower

from accounts import session_cache
from accounts.enums import Language, SecurityEventKind
from accounts.errors import LinkInvalid
from accounts.mails import request_notice_mail, request_verification_mail
from accounts.models import SecurityEvent, User
from accounts.operations.factors import drop_factor
from accounts.operations.recovery import end_every_way_in
from accounts.operations.sessions import canonical
from fitai.common.problems import Invalid, error
from fitai.common.throttling import charge, take


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody who asks for an account: not stored yet, and either hashed or with what is wrong with the password."""

    user: User
    errors: list[dict[str, str]]


def meet(
    *, email: str, username: str, password: str, display_name: str = "", language: str = Language.ENGLISH
) -> Newcomer:
    """Look at a password and hash it, once, whoever has the username or the address.

    Slow on purpose: call it before a transaction opens. It asks the database nothing, so no connection waits for it.
    """
    user = User(username=username, email=canonical(email), display_name=display_name, language=language)
    errors = password_errors(password, user)
    if not errors:
        user.set_password(password)
    return Newcomer(user, errors)


def sign_up(newcomer: Newcomer, *, address: str) -> User:
    """Make an account with an unverified address, and ask for the mail that proves it.

    An address that somebody has verified already is taken like any other: what is done and answered is the same, and
    only the mailbox learns of it. 422 for a taken username, which is public, or a weak password.
    """
    user = newcomer.user
    errors = [*username_errors(user.username), *newcomer.errors]
    if errors:
        raise Invalid(errors=errors)
    with transaction.atomic():
        try:
            user = User.objects.create_person(
                username=user.username,
                email=user.email,
                password=user.password,
                display_name=user.display_name,
                language=user.language,
            )
        except IntegrityError:
            raise Invalid(errors=[username_taken()]) from None
        SecurityEvent.record(SecurityEventKind.REGISTERED, user_id=user.pk, address=address)
        bucket = take("mail", f"verification:{user.email}")
        if bucket is None or bucket.taken:  # else the account stands, and its owner may ask for a mail later
            send_verification_email_to_address(None, EmailAddress.objects.get_primary(user), signup=True)
    return user


def username_errors(username: str) -> list[dict[str, str]]:
    """Why somebody cannot have this username, if so."""
    try:
        get_adapter().clean_username(username, shallow=True)
    except ValidationError as reserved:
        return [error("/username", "reserved", reserved.messages[0])]
    taken = User.objects.alias(folded=Lower("username")).filter(folded=username.lower()).exists()
    return [username_taken()] if taken else []


def username_taken() -> dict[str, str]:
    """The entry of a 422 that says so; usernames are public."""
    return error("/username", "taken", "Somebody has this username. Choose another.")


def password_errors(password: str, user: User, *, pointer: str = "/password") -> list[dict[str, str]]:
    """What Django's validators find wrong with a password, before anything is hashed."""
    try:
        get_adapter().clean_password(password, user)
    except ValidationError as weak:
        return [error(pointer, found.code or "invalid", found.messages[0]) for found in weak.error_list]
    return []


def confirm_email(*, key: str, address: str = "") -> EmailAddress:
    """Follow the link of a verification mail. Following it again is fine; a key that never worked is 422.

    Who proves an address ends what others did under it: unverified accounts that claim it lose that claim, their
    password, their devices, their API keys and their second factor.
    """
    followed = claim_of(key)
    with transaction.atomic():
        claims = EmailAddress.objects.filter(email=followed.email)
        User.objects.filter(pk__in=claims.values("user_id")).hold()
        claim = claims.select_related("user").filter(pk=followed.pk).first()
        if claim is None:  # it was there a moment ago: a rival who proved the address has just ended it
            raise taken()
        if not claim.verified and not prove(claim, address=address):
            raise taken()
    return claim


def prove(claim: EmailAddress, *, address: str = "", **detail: Any) -> bool:
    """Take an address as proven, whose claimants the caller holds; false when another account has proven it.

    The address that it replaces is told. Unverified accounts that claim the same address lose that claim, their
    password and their devices.
    """
    rivals = list(EmailAddress.objects.filter(email=claim.email).exclude(pk=claim.pk).select_related("user"))
    replaced = EmailAddress.objects.filter(user_id=claim.user_id, verified=True).first()
    if any(rival.verified for rival in rivals) or not verify_email(None, claim):
        return False
    SecurityEvent.record(SecurityEventKind.EMAIL_VERIFIED, user_id=claim.user_id, address=address, **detail)
    if replaced is not None:
        SecurityEvent.record(SecurityEventKind.EMAIL_CHANGED, user_id=claim.user_id, address=address)
        request_notice_mail("email_changed", claim.user_id, to=replaced.email)
    for rival in rivals:
        end_claim(rival)
    session_cache.refresh_facts(claim.user_id)
    return True


def claim_of(key: str) -> EmailAddress:
    """The address that a key of ours was made for, verified or waiting; 422 when it is expired or unknown."""
    confirmation = EmailConfirmationHMAC.from_key(key)
    if confirmation is not None:
        return confirmation.email_address
    try:
        claim = EmailAddress.objects.filter(pk=signing.loads(key, salt=allauth.SALT)).first()
    except signing.BadSignature:
        claim = None
    if claim is None:
        raise link_invalid("unknown", "Open the newest mail, or ask for another.")
    if not claim.verified:
        raise link_invalid("expired", "This link has expired. Ask for another mail.")
    return claim


def link_invalid(code: str, detail: str) -> LinkInvalid:
    """The refusal of a key; `detail` says what its owner can do."""
    return LinkInvalid(errors=[error("?key", code, detail)])


def taken() -> LinkInvalid:
    """The refusal of a key whose address somebody else has proven."""
    return link_invalid("taken", "Another account has verified this address. Log in there.")


def end_claim(rival: EmailAddress) -> None:
    """Take from an account what it had under an address that belongs to somebody else; from one that has proven another
    address only that it wanted this one."""
    user = rival.user
    if EmailAddress.objects.filter(user_id=user.pk, verified=True).exists():
        rival.delete()
        return
    user.set_unusable_password()
    user.email = ""
    user.save(update_fields=["password", "email"])
    rival.delete()
    end_every_way_in(user)
    drop_factor(user.pk)
    SecurityEvent.record(SecurityEventKind.CLAIM_ENDED, user_id=user.pk)


def resend_verification(*, email: str) -> None:
    """Ask for the verification mail again. What is done does not depend on whether the address is known."""
    email = canonical(email)
    charge("mail", f"verification:{email}")
    request_verification_mail(email)
