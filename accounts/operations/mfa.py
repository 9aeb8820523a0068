"""The second factor: adding one, logging in with it, and removing it."""

from dataclasses import replace
from uuid import UUID

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret, yield_hotp_counters_from_time
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from accounts.enums import SecurityEventKind
from accounts.errors import FactorActive, FactorMissing, InvalidCredentials, MfaTokenInvalid
from accounts.mails import request_notice_mail
from accounts.models import PendingFactor, SecurityEvent, Session, User
from accounts.operations.factors import USED, Type, drop_factor, places_of, prove_factor, step_of
from accounts.operations.sessions import Device, LoggedIn, check_open, hold_self, let_in
from accounts.tokens import FactorToken
from accounts.tries import Counter, counted
from fitai.common.actors import Actor
from fitai.common.ids import derived
from fitai.common.problems import Invalid, NotFound, error

CONFIRM_TRIES = 5  # wrong codes in 15 minutes


def verify(*, mfa_token: str, code: str, device: Device) -> LoggedIn:
    """The second half of a log-in: the token of the first, and a code.

    401 for a token that is none, was used or belongs to another program, and for a wrong code; 429 after too many
    wrong ones. The session's id follows from the token's, so that of two uses in the same moment one makes a session.
    """
    token = FactorToken.read(mfa_token)
    if token is None or not constant_time_compare(token.agent, device.agent_mark):
        raise MfaTokenInvalid()
    session_id = derived(token.jti, "session")
    user = User.objects.for_log_in().filter(pk=token.user_id).first()
    if (
        user is None
        or not constant_time_compare(token.stamp, user.get_session_auth_hash())
        or Session.objects.filter(pk=session_id).exists()
    ):
        raise MfaTokenInvalid()
    check_open(user, restore=token.restore)
    device = replace(device, name=device.name or token.device_name)
    used = prove_factor(user, code, places=places_of(user, device), address=device.address)
    try:
        return let_in(user, device, restore=token.restore, factor=used.value, session_id=session_id)
    except (IntegrityError, InvalidCredentials):
        raise MfaTokenInvalid() from None


@transaction.atomic
def begin_totp(actor: Actor) -> tuple[str, str]:
    """A new secret for an authenticator app, and the address that carries it there. Nothing is on until it is
    confirmed, within 15 minutes; asking again makes another one. 409 while a factor is on."""
    user = hold_self(actor)
    if _has_factor(user.pk):
        raise FactorActive()
    secret = generate_totp_secret()
    sealed = get_adapter().encrypt(secret)
    PendingFactor.objects.update_or_create(pk=user.pk, defaults={"secret": sealed, "created_at": timezone.now()})
    return secret, get_adapter().build_totp_url(user, secret)


def confirm_totp(actor: Actor, *, code: str, address: str = "") -> list[str]:
    """Turn the second factor on, by a code of the app that was given the secret; its recovery codes, shown this once.

    422 for a wrong code, which is counted; 409 where nothing waits, or a factor is on.
    """
    with counted([Counter(f"confirm:{actor.user_id}", CONFIRM_TRIES)]) as attempt, transaction.atomic():
        user = hold_self(actor)
        if _has_factor(user.pk):
            raise FactorActive()
        pending = PendingFactor.objects.filter(pk=user.pk).first()
        if pending is None or not pending.is_live:
            raise FactorMissing()
        secret = get_adapter().decrypt(pending.secret)
        step = step_of(secret, code, yield_hotp_counters_from_time())
        if step is None:
            attempt.wrong = True
            raise Invalid(errors=[error("/code", "wrong", "This is not what the app shows. Is its clock right?")])
        app = TOTP.activate(user, secret).instance
        app.data[USED] = step
        app.save(update_fields=["data"])
        pending.delete()
        codes = RecoveryCodes.activate(user).get_unused_codes()
        _record(SecurityEventKind.FACTOR_ADDED, actor, address)
        request_notice_mail("factor_added", user.pk)
    return codes


@transaction.atomic
def remove_totp(actor: Actor, *, address: str = "") -> None:
    """Turn the second factor off, and drop its recovery codes; its owner is told. 404 where none is on.

    The caller has made sure that it is really them (`require_recent`).
    """
    user = hold_self(actor)
    if not _has_factor(user.pk):
        raise NotFound()
    drop_factor(user.pk)
    _record(SecurityEventKind.FACTOR_REMOVED, actor, address)
    request_notice_mail("factor_removed", user.pk)


@transaction.atomic
def renew_recovery_codes(actor: Actor, *, address: str = "") -> list[str]:
    """New recovery codes in the place of the old ones, shown this once. 409 where no factor is on.

    The caller has made sure that it is really them (`require_recent`).
    """
    user = hold_self(actor)
    if not _has_factor(user.pk):
        raise FactorMissing()
    Authenticator.objects.filter(user_id=user.pk, type=Type.RECOVERY_CODES).delete()
    codes = RecoveryCodes.activate(user).get_unused_codes()
    _record(SecurityEventKind.RECOVERY_CODES_MADE, actor, address)
    return codes


def read_factor(user_id: UUID) -> dict[str, bool | int]:
    """Whether somebody's second factor is on, and how many recovery codes are left."""
    rows = {row.type: row for row in Authenticator.objects.filter(user_id=user_id)}
    codes = rows.get(Type.RECOVERY_CODES)
    return {"active": Type.TOTP in rows, "left": 0 if codes is None else len(RecoveryCodes(codes).get_unused_codes())}


def _has_factor(user_id: UUID) -> bool:
    return Authenticator.objects.filter(user_id=user_id, type=Type.TOTP).exists()


def _record(kind: SecurityEventKind, actor: Actor, address: str) -> None:
    SecurityEvent.record(kind, user_id=actor.user_id, address=address, session_id=actor.session_id)
