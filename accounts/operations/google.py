"""Logging in through Google, and linking it to an account.

Google is asked before a transaction opens. What it proved is taken once, in the transaction of what comes of it: a
refusal leaves the code or the nonce as it was, so that somebody can be asked and try again.
"""

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from secrets import token_urlsafe
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from allauth.account.models import EmailAddress
from allauth.socialaccount.internal.flows.connect import validate_disconnect
from allauth.socialaccount.models import SocialAccount, SocialLogin
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from accounts import google
from accounts.adapter import SocialAdapter
from accounts.enums import SecurityEventKind, TicketKind
from accounts.errors import (
    GoogleCodeInvalid,
    GoogleEmailUnverified,
    GoogleLinkedAlready,
    GoogleLinkedElsewhere,
    GoogleLinkFirst,
    GoogleTokenInvalid,
    GoogleUnavailable,
    LastWayIn,
)
from accounts.google import Claims
from accounts.mails import request_notice_mail
from accounts.models import GoogleTicket, SecurityEvent, User
from accounts.operations.reauth import require_recent
from accounts.operations.sessions import Device, LoggedIn, canonical, check_open, enter, hold_self
from accounts.operations.sign_up import end_claim
from fitai.common.actors import Actor
from fitai.common.problems import Invalid, NotFound, Problem, Unauthenticated, Unavailable, error

STATE_LIFETIME: Final = timedelta(minutes=10)
CODE_LIFETIME: Final = timedelta(seconds=60)
ATTEMPTS: Final = 3  # of a log-in that raced another one


@dataclass(frozen=True, slots=True)
class Proof:
    """What Google said of somebody, to be used up once, in the transaction that takes it.

    `take` gives it or refuses with 401; `member` names what the caller sent.
    """

    member: str
    take: Callable[[], Claims]


def begin(*, browser: str, next: str | None = None, challenge: str = "") -> str:
    """Where a browser goes to log in with Google.

    `next` is the page that it ends at, one of the settings; `browser` what it will be known by when it comes back;
    `challenge` (PKCE, S256) names the app that alone can use the code it comes back with.
    """
    google.require_browser_flow()
    page = settings.GOOGLE_RETURN_URLS[0] if next is None else next
    if page not in settings.GOOGLE_RETURN_URLS:
        raise Invalid(errors=[error("?next", "not_allowed", "This server does not lead people there.")])
    state, nonce = token_urlsafe(32), token_urlsafe(32)
    url, verifier = google.authorize_url(state=state, nonce=nonce)
    GoogleTicket.objects.issue(
        TicketKind.STATE,
        _of(state, browser),
        STATE_LIFETIME,
        page=page,
        nonce=nonce,
        verifier=verifier,
        challenge=challenge,
    )
    return url


def come_back(*, state: str, browser: str, code: str = "", refusal: str = "", device: Device) -> str:
    """Where a browser that comes back from Google goes: to the page it was to end at, with a code or a word why not.

    `state` works once, and only in the browser that it was given to.
    """
    google.require_browser_flow()
    with transaction.atomic():
        begun = GoogleTicket.objects.take(TicketKind.STATE, _of(state, browser))
    if begun is None:
        return _page(settings.GOOGLE_RETURN_URLS[0], error="state")
    word, claims = _ask(code, refusal, begun)
    if claims is None:
        SecurityEvent.record(
            SecurityEventKind.LOGIN_REFUSED, user_id=None, address=device.address, via="google", reason=word
        )
        return _page(begun["page"], error=word)
    secret = token_urlsafe(32)
    GoogleTicket.objects.issue(TicketKind.CODE, secret, CODE_LIFETIME, claims=claims, challenge=begun["challenge"])
    return _page(begun["page"], code=secret)


def _ask(code: str, refusal: str, begun: dict[str, Any]) -> tuple[str, Claims | None]:
    """What Google says of who has come back, or a word why that is nothing."""
    if refusal or not code:
        return "cancelled" if refusal == "access_denied" else "refused", None
    try:
        token = google.redeem(code, verifier=begun["verifier"])
        only = [settings.GOOGLE_CLIENT_ID]
        claims = token and google.read_id_token(token, audiences=only, nonce=begun["nonce"])
    except GoogleUnavailable:
        return "unavailable", None
    if not claims:
        return "refused", None
    return ("", claims) if google.proves_address(claims) else ("email_unverified", None)


def _of(state: str, browser: str) -> str:
    return f"{state} {browser}"


def _page(url: str, **told: str) -> str:
    return f"{url}{'&' if '?' in url else '?'}{urlencode(told)}"


def proof_of_code(code: str, verifier: str = "") -> Proof:
    """What the browser flow proved, for the app that began it: `verifier` is that of its challenge."""

    def take() -> Claims:
        kept = GoogleTicket.objects.take(TicketKind.CODE, code)
        if kept is None or not hmac.compare_digest(kept["challenge"], verifier and _challenge_of(verifier)):
            raise GoogleCodeInvalid()
        claims: Claims = kept["claims"]
        return claims

    return Proof("code", take)


def _challenge_of(verifier: str) -> str:
    return urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def proof_of_token(id_token: str, nonce: str | None = None) -> Proof:
    """What an ID token proves that a native app got from Google. It works once, as does its nonce.

    Asks Google for its keys when they are not at hand: call it before a transaction opens.
    """
    claims = google.read_id_token(id_token, audiences=google.audiences(), nonce=nonce)

    def take() -> Claims:
        if claims is None:
            raise GoogleTokenInvalid()
        try:
            with transaction.atomic():
                ends_in = datetime.fromtimestamp(claims["exp"], UTC) - timezone.now()
                GoogleTicket.objects.issue(TicketKind.NONCE, nonce or id_token, ends_in)
        except IntegrityError:
            raise GoogleTokenInvalid("This token or nonce was used before.") from None
        return claims

    return Proof("id_token", take)


def log_in_with_google(proof: Proof, *, device: Device, language: str, restore: bool = False) -> LoggedIn:
    """Let somebody in on a device, on the word of Google.

    Their identity opens the account that it is linked to. An account that has verified the same address is linked; an
    address that nobody has verified makes a new account, which takes it from all who only claim it. 401 where Google
    vouches for nothing, 403 for an address that is not verified, 409 for an account that has another identity.
    """
    seen: list[Claims] = []

    def take() -> Claims:
        seen.append(proof.take())
        return seen[-1]

    try:
        user_id = _account_of(take, device, language, restore)
    except Problem as refusal:
        known = _holder(seen[-1]) if seen else None
        SecurityEvent.record(
            SecurityEventKind.LOGIN_REFUSED, user_id=known, address=device.address, via="google", reason=refusal.code()
        )
        raise
    return enter(User.objects.for_log_in().get(pk=user_id), device, restore=restore, via="google")


def _account_of(take: Callable[[], Claims], device: Device, language: str, restore: bool) -> UUID:
    """The account that an identity opens, found, linked or made."""
    for _ in range(ATTEMPTS):
        try:
            with transaction.atomic():
                return _find_or_make(take(), device, language, restore)
        except IntegrityError:
            continue  # somebody took the name, the address or the identity in this very moment: look again
    raise Unavailable(headers={"Retry-After": "1"})


def _find_or_make(claims: Claims, device: Device, language: str, restore: bool) -> UUID:
    login = _social_login(claims, language)
    address = login.email_addresses[0].email
    known = Q(socialaccount__provider=google.PROVIDER, socialaccount__uid=login.account.uid)
    people = User.objects.filter(known | Q(emailaddress__email=address)).values("pk")
    held = User.objects.filter(pk__in=people).hold()
    login.lookup()
    if not login.is_existing:
        return _make_account(login, address, held, device)
    check_open(login.user, restore=restore)
    if login.account.pk is None:
        _link_owner(login, login.user, device)
    return login.user.pk


def _social_login(claims: Claims, language: str = "") -> SocialLogin:
    """allauth's view of an identity; 403 for one whose address is not verified."""
    if not google.proves_address(claims):
        raise GoogleEmailUnverified()
    told = {name: value for name, value in claims.items() if name != "exp"}
    login: SocialLogin = google.provider().sociallogin_from_response(None, told)
    if not login.email_addresses:  # allauth found no address in what Google calls one
        raise GoogleEmailUnverified()
    login.email_addresses[0].email = canonical(login.email_addresses[0].email)
    login.user.language = language
    return login


def _make_account(login: SocialLogin, address: str, held: list[UUID], device: Device) -> UUID:
    """A new account that owns the address. Who only claimed it loses the claim, their password and their devices."""
    for rival in EmailAddress.objects.filter(email=address, user_id__in=held).select_related("user").order_by("pk"):
        end_claim(rival)
    user: User = SocialAdapter().save_user(None, login)
    SecurityEvent.record(SecurityEventKind.REGISTERED, user_id=user.pk, address=device.address, via="google")
    return user.pk


def _link_owner(login: SocialLogin, owner: User, device: Device) -> None:
    """Link the account that has verified the same address. Not when it opens to another identity already: then the
    address may have found a new owner at Google."""
    linked = SocialAccount.objects.filter(user=owner, provider=google.PROVIDER).first()
    if linked is not None and linked.uid == login.account.uid:
        return  # by the same log-in on another device, in this very moment
    if linked is not None:
        raise GoogleLinkFirst()
    login.connect(None, owner)
    SecurityEvent.record(SecurityEventKind.GOOGLE_LINKED, user_id=owner.pk, address=device.address)


def _holder(claims: Claims) -> UUID | None:
    """Whose account an identity was refused at: the one that it opens, else the one that has verified its address."""
    linked = SocialAccount.objects.filter(provider=google.PROVIDER, uid=claims["sub"]).values_list("user_id", flat=True)
    if linked or not google.proves_address(claims):
        return linked.first()
    owners = EmailAddress.objects.filter(email=canonical(claims["email"]), verified=True)
    return owners.values_list("user_id", flat=True).first()


def link_google(actor: Actor, proof: Proof, *, password: str | None = None, address: str = "") -> SocialAccount:
    """Let a Google account open one's own account too. Linking it again changes nothing.

    422 where Google vouches for nothing, 409 when it opens somebody else's, or when another one opens this account.
    """
    require_recent(actor, password=password)
    with transaction.atomic():
        try:
            login = _social_login(proof.take())
        except Unauthenticated as refusal:  # who asks is known: it is what they sent that is no good
            raise Invalid(errors=[error(f"/{proof.member}", "invalid", str(refusal))]) from None
        hold_self(actor)
        holder = SocialAccount.objects.filter(provider=google.PROVIDER, uid=login.account.uid).first()
        if holder is not None and holder.user_id == actor.user_id:
            return holder
        if holder is not None:
            raise GoogleLinkedElsewhere()
        if SocialAccount.objects.filter(user_id=actor.user_id, provider=google.PROVIDER).exists():
            raise GoogleLinkedAlready()
        try:
            with transaction.atomic():
                login.connect(None, User.objects.get(pk=actor.user_id))
        except IntegrityError:  # it was linked to somebody else in this very moment
            raise GoogleLinkedElsewhere() from None
        SecurityEvent.record(
            SecurityEventKind.GOOGLE_LINKED, user_id=actor.user_id, address=address, session_id=actor.session_id
        )
        return login.account


def unlink_google(actor: Actor, *, password: str | None = None, address: str = "") -> None:
    """Take back that a Google account opens one's own. 404 when none does, 409 when it is the last way in."""
    mine = SocialAccount.objects.filter(user_id=actor.user_id, provider=google.PROVIDER)
    if not mine.exists():
        raise NotFound("No Google account is linked.")
    require_recent(actor, password=password)
    with transaction.atomic():
        hold_self(actor)
        account = mine.select_related("user").first()
        if account is None:
            raise NotFound("No Google account is linked.")
        try:
            validate_disconnect(None, account)
        except ValidationError:
            raise LastWayIn() from None
        account.delete()
        SecurityEvent.record(
            SecurityEventKind.GOOGLE_UNLINKED, user_id=actor.user_id, address=address, session_id=actor.session_id
        )
        request_notice_mail("google_unlinked", actor.user_id)
