"""Making an account, and proving that its address is one's own."""

from dataclasses import dataclass

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
from accounts.mails import request_verification_mail
from accounts.models import SecurityEvent, User
from accounts.operations.api_keys import end_all_keys
from accounts.operations.factors import drop_factor
from accounts.operations.sessions import canonical, end_all_sessions
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


def password_errors(password: str, user: User) -> list[dict[str, str]]:
    """What Django's validators find wrong with a password, before anything is hashed."""
    try:
        get_adapter().clean_password(password, user)
    except ValidationError as weak:
        return [error("/password", found.code or "invalid", found.messages[0]) for found in weak.error_list]
    return []


def confirm_email(*, key: str, address: str = "") -> EmailAddress:
    """Follow the link of a verification mail. Following it again is fine; a key that never worked is 422.

    Who proves an address ends what others did under it: unverified accounts that claim it lose that claim, their
    password, their devices, their API keys and their second factor.
    """
    followed = claim_of(key)
    with transaction.atomic():
        claims = EmailAddress.objects.filter(email=followed.email)
        held = User.objects.filter(pk__in=claims.values("user_id")).hold()
        rivals = list(claims.filter(user_id__in=held).select_related("user").order_by("pk"))
        claim = next((claim for claim in rivals if claim.pk == followed.pk), None)
        if claim is None:  # it was there a moment ago: a rival who proved the address has just ended it
            raise taken()
        if claim.verified:
            return claim
        rivals.remove(claim)
        if any(rival.verified for rival in rivals) or not verify_email(None, claim):
            raise taken()
        SecurityEvent.record(SecurityEventKind.EMAIL_VERIFIED, user_id=claim.user_id, address=address)
        for rival in rivals:
            _end_claim(rival)
        session_cache.refresh_facts(claim.user_id)
    return claim


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


def _end_claim(rival: EmailAddress) -> None:
    """Take from an account what it had under an address that belongs to somebody else."""
    user = rival.user
    user.set_unusable_password()
    user.email = ""
    user.save(update_fields=["password", "email"])
    rival.delete()
    end_all_sessions(user.pk)
    end_all_keys(user.pk)
    drop_factor(user.pk)
    SecurityEvent.record(SecurityEventKind.CLAIM_ENDED, user_id=user.pk)


def resend_verification(*, email: str) -> None:
    """Ask for the verification mail again. What is done does not depend on whether the address is known."""
    email = canonical(email)
    charge("mail", f"verification:{email}")
    request_verification_mail(email)
