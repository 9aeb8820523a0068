"""Devices: logging in, trading tokens, logging out."""

import hashlib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session as AdminSession
from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.db.models.functions import Lower
from django.utils import timezone

from accounts import session_cache
from accounts.enums import SecurityEventKind
from accounts.errors import AccountDeleted, AccountLocked, InvalidCredentials, MfaRequired, SessionEnded
from accounts.models import SecurityEvent, Session, User
from accounts.tokens import FactorToken, Pair, RefreshToken, make_pair
from accounts.tries import counted, counters
from fitai.common.actors import Actor
from fitai.common.events import announce_end_of_session
from fitai.common.ids import uuid7
from fitai.common.problems import Unauthenticated


@dataclass(frozen=True, slots=True)
class Device:
    """What a log-in says about where it comes from."""

    address: str
    user_agent: str = ""
    name: str = ""

    @property
    def fingerprint(self) -> str:
        """By which a device that has logged in before is known again."""
        told = "\n".join([self.address, self.user_agent, self.name])
        return hashlib.blake2b(told.encode(), digest_size=16).hexdigest()

    @property
    def agent_mark(self) -> str:
        """By which the program is known again between two steps of a log-in. Its address may change in between: a
        phone leaves the wireless network, or one connection goes by IPv4 and the next by IPv6."""
        return hashlib.blake2b(self.user_agent.encode(), digest_size=8).hexdigest()


@dataclass(frozen=True, slots=True)
class LoggedIn:
    """A person on a device, with its tokens."""

    user: User
    email_verified: bool
    session: Session
    tokens: Pair


def canonical(login: str) -> str:
    """One spelling of what people type as log-in or address: counters and look-ups agree on it."""
    return unicodedata.normalize("NFKC", login).strip().lower()


def log_in(*, login: str, password: str, device: Device, restore: bool = False) -> LoggedIn:
    """Let somebody in on a device.

    Each call costs one statement to look up, one hash and one row, whether or not the account exists. 429 after too
    many wrong passwords, 401 on a wrong one.
    """
    return enter(check_password(login=login, password=password, device=device), device, restore=restore)


def enter(user: User, device: Device, *, restore: bool = False, **detail: Any) -> LoggedIn:
    """Let somebody in who has proven who they are, by a password or otherwise: every way in ends here.

    `user` is from `User.objects.for_log_in()`; `detail` goes to the security event. 403 for a locked account, and for
    a deleted one that is not to be restored. Where a second factor is on, 401 `mfa_required` with the token for
    `POST /auth/mfa/verify`.
    """
    check_open(user, restore=restore)
    if user.has_factor:
        token = FactorToken.of(
            user.pk,
            agent=device.agent_mark,
            stamp=user.get_session_auth_hash(),
            device_name=device.name,
            restore=restore,
        )
        raise MfaRequired(mfa_token=str(token), headers={"Cache-Control": "no-store"})
    return let_in(user, device, restore=restore, **detail)


def check_open(user: User, *, restore: bool) -> None:
    """Refuse who may not come in, however they prove who they are."""
    if not user.is_active:
        raise AccountLocked()
    if user.deleted_at is not None and not restore:
        raise AccountDeleted()


def let_in(
    user: User,
    device: Device,
    *,
    restore: bool = False,
    factor: str = "",
    session_id: UUID | None = None,
    **detail: Any,
) -> LoggedIn:
    """Open a device for somebody who has proven all that their account asks; `factor` says by which second one.

    `user` is the account as it was when they began to prove it. Whoever has changed the password meanwhile, turned on a
    second factor, locked or deleted the account has kept them out: 401, or 403.
    """
    with transaction.atomic():
        people: Any = User.objects.for_log_in()
        now = people.select_for_update(no_key=True, of=("self",)).filter(pk=user.pk).first()
        changed = now is None or now.get_session_auth_hash() != user.get_session_auth_hash()
        if changed or (now.has_factor and not factor):
            raise InvalidCredentials()
        check_open(now, restore=restore)
        if now.deleted_at is not None:
            take_back_deletion(user.pk, address=device.address)
            now.deleted_at = None
        session = open_session(now, device, session_id)
        told = {**detail, "factor": factor} if factor else detail
        SecurityEvent.record(
            SecurityEventKind.LOGGED_IN, user_id=user.pk, address=device.address, session_id=session.pk, **told
        )
    return LoggedIn(now, now.email_verified, session, tokens_of(session))


def hold_self(actor: Actor) -> User:
    """The actor's own account, locked for the rest of the transaction. 401 when their device was logged out since they
    came in: what waited for the lock behind a reset does nothing any more."""
    user = User.objects.select_for_update(no_key=True).filter(pk=actor.user_id).first()
    gone = actor.session_id is not None and not Session.objects.visible_to(actor).filter(pk=actor.session_id).exists()
    if user is None or gone:
        raise Unauthenticated()
    return user


def check_password(*, login: str, password: str, device: Device) -> User:
    """The account that this log-in and password open, counted and at the price of one hash; else 401 or 429."""
    login = canonical(login)
    user = _accounts_of(login, device).first()
    known = f"{user.pk}:{device.fingerprint}" if user is not None and user.known_device else None
    with counted(counters(login, device.address, known)) as attempt:
        if user is None:
            User().set_password(password)  # the hash that a known account would have cost
        attempt.wrong = user is None or not user.check_password(password)
        if user is not None and not attempt.wrong:
            return user
        SecurityEvent.record(SecurityEventKind.LOGIN_REFUSED, user_id=user.pk if user else None, address=device.address)
    raise InvalidCredentials()


def _accounts_of(login: str, device: Device) -> QuerySet[Any]:
    """The accounts that a log-in means, first of all the verified owner of an address, then the newest account."""
    known = Session.objects.filter(user_id=OuterRef("pk"), fingerprint=device.fingerprint)
    accounts = User.objects.for_log_in().annotate(known_device=Exists(known))
    if "@" not in login:
        return accounts.alias(folded=Lower("username")).filter(folded=login)
    proven = F("emailaddress__verified")
    return accounts.filter(emailaddress__email=login, emailaddress__primary=True).order_by(
        proven.desc(), "-date_joined", "-pk"
    )


def is_known(user: User, device: Device) -> bool:
    """Whether somebody has logged in on this device before."""
    return Session.objects.filter(user_id=user.pk, fingerprint=device.fingerprint).exists()


def take_back_deletion(user_id: UUID, *, address: str = "", **detail: Any) -> None:
    """Keep an account that waits to be removed; 403 once its time is over, for then the removal may have begun."""
    held = User.objects.select_for_update(no_key=True).filter(pk=user_id).first()
    if held is None or (held.removed_from is not None and held.removed_from < timezone.now()):
        raise AccountDeleted("The time in which the deletion could be taken back is over.")
    if held.deleted_at is not None:
        held.deleted_at = None
        held.save(update_fields=["deleted_at"])
        end_all_sessions(user_id)  # one that was opened in the very moment of the deletion stays ended
        SecurityEvent.record(SecurityEventKind.RESTORED, user_id=user_id, address=address, **detail)
        session_cache.refresh_facts(user_id)  # its keys work again


def open_session(user: User, device: Device, session_id: UUID | None = None) -> Session:
    """A new device of a person who has proven who they are."""
    now = timezone.now()
    ends_at = now + settings.REFRESH_TOKEN_ABSOLUTE_LIFETIME
    return Session.objects.create(
        id=session_id or uuid7(),
        user=user,
        name=device.name,
        address=device.address,
        user_agent=device.user_agent,
        fingerprint=device.fingerprint,
        created_at=now,
        last_used_at=now,
        expires_at=min(now + settings.REFRESH_TOKEN_LIFETIME, ends_at),
        ends_at=ends_at,
        refresh_jti=uuid4(),
        refreshed_at=now,
    )


def tokens_of(session: Session) -> Pair:
    """The pair that a device holds now."""
    return make_pair(session.user_id, session.pk, session.refresh_jti, session.refreshed_at, session.ends_at)


def refresh_session(*, token: str, device: Device) -> Pair:
    """Trade a refresh token for a new pair. It works once.

    The token that was traded for the present pair answers that same pair for 10 seconds, for a device that never got
    the answer. Any other use of an old token means that somebody copied it: the device is logged out.
    """
    presented = RefreshToken.read(token)
    if presented is None:
        raise SessionEnded()
    with transaction.atomic():
        session = _locked(presented)
        if session is None:
            raise SessionEnded()
        if presented.jti == session.refresh_jti:
            return _rotate(session, device)
        if _lost_its_answer(session, presented):
            return tokens_of(session)
    _end_copied(presented, device)
    raise SessionEnded()


def _locked(presented: RefreshToken) -> Session | None:
    """The live session that a token names, locked, while its person may use it."""
    return (
        Session.objects.live()
        .select_for_update(of=("self",))
        .filter(pk=presented.session_id, user_id=presented.user_id)
        .filter(user__is_active=True, user__deleted_at=None)
        .first()
    )


def _rotate(session: Session, device: Device) -> Pair:
    now = timezone.now()
    session.previous_jti, session.refresh_jti = session.refresh_jti, uuid4()
    session.refreshed_at = session.last_used_at = now
    session.expires_at = min(now + settings.REFRESH_TOKEN_LIFETIME, session.ends_at)
    session.address, session.user_agent = device.address, device.user_agent
    session.save(
        update_fields=[
            "previous_jti",
            "refresh_jti",
            "refreshed_at",
            "last_used_at",
            "expires_at",
            "address",
            "user_agent",
        ]
    )
    return tokens_of(session)


def _lost_its_answer(session: Session, presented: RefreshToken) -> bool:
    in_time = timezone.now() - session.refreshed_at <= settings.REFRESH_TOKEN_GRACE
    return presented.jti == session.previous_jti and in_time


@transaction.atomic
def _end_copied(presented: RefreshToken, device: Device) -> None:
    """Log out the device of a token that somebody else used before. An old token never becomes a good one again."""
    User.objects.filter(pk=presented.user_id).hold()
    session = _locked(presented)
    if session is None:
        return
    SecurityEvent.record(
        SecurityEventKind.REFRESH_REUSED, user_id=session.user_id, address=device.address, session_id=session.pk
    )
    end_sessions([session])


def log_out(*, token: str, device: Device, everywhere: bool = False) -> None:
    """End the device that a refresh token belongs to, or every device of its person."""
    presented = RefreshToken.read(token)
    if presented is None:
        raise SessionEnded()
    with transaction.atomic():
        User.objects.filter(pk=presented.user_id).hold()
        session = _locked(presented)
        if session is None:
            raise SessionEnded()
        kind = SecurityEventKind.LOGGED_OUT_EVERYWHERE if everywhere else SecurityEventKind.LOGGED_OUT
        SecurityEvent.record(kind, user_id=session.user_id, address=device.address, session_id=session.pk)
        if everywhere:
            end_all_sessions(session.user_id)
        else:
            end_sessions([session])


def remove_device(actor: Actor, session_id: UUID, *, address: str = "") -> None:
    """Log out one of one's own devices; the others stay."""
    with transaction.atomic():
        User.objects.filter(pk=actor.user_id).hold()
        session = Session.objects.visible_to(actor).lock(session_id)
        SecurityEvent.record(
            SecurityEventKind.DEVICE_REMOVED, user_id=actor.user_id, address=address, session_id=session.pk
        )
        end_sessions([session])


def end_all_sessions(user_id: UUID) -> int:
    """Log somebody out everywhere, whose account the caller holds; how many devices that were.

    Their API keys stay, and work if and only if their owner may come in now: locking and deleting suspend them.
    """
    session_cache.refresh_facts(user_id)
    if User.objects.filter(pk=user_id, is_staff=True).exists():
        close_admin_sessions(user_id)
    return end_sessions(Session.objects.live().select_for_update().filter(user_id=user_id).order_by("pk"))


def end_sessions(sessions: Iterable[Session]) -> int:
    """End locked sessions: from the commit on their tokens are refused, and their sockets close."""
    ids = [session.pk for session in sessions]
    Session.objects.filter(pk__in=ids).update(revoked_at=timezone.now())
    session_cache.end(ids)
    for session_id in ids:
        announce_end_of_session(session_id)
    return len(ids)


def close_admin_sessions(user_id: UUID) -> None:
    """End log-ins to the admin, whose rows say only inside of their seal whose they are. Staff has few."""
    for session in AdminSession.objects.iterator():
        if session.get_decoded().get(SESSION_KEY) == str(user_id):
            session.delete()
