"""Talking to Google: where a browser is sent, what its code is traded for, and whether an ID token is genuine.

allauth speaks OAuth; the ID token is verified here, the same from either door (docs/decisions).
"""

import unicodedata
from collections.abc import Collection, Mapping
from typing import Any, Final

import jwt
import orjson
import requests
import structlog
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.oauth2.client import OAuth2Client, OAuth2Error
from django.conf import settings
from django.db import close_old_connections, connection

from accounts.errors import GoogleNotConfigured, GoogleUnavailable
from fitai.common import redis, safe_http
from fitai.common.safe_http import Answer, Unreachable

log = structlog.get_logger(__name__)

Claims = dict[str, Any]

PROVIDER: Final = "google"
ALGORITHMS: Final = frozenset({"RS256", "ES256"})
REQUIRED: Final = ["iss", "aud", "sub", "iat", "exp"]
LOOKED_AT: Final = ("verify_exp", "verify_nbf", "verify_aud", "verify_iss", "verify_sub")
MAX_BYTES = 100_000  # of an answer; Google's have a few thousand
MAX_SUBJECT = 191
KEYS, KEYS_SECONDS = "fitai:google:keys", 3600
ASKED, ASK_AGAIN_SECONDS = "fitai:google:asked", 60
INVALID = (jwt.PyJWTError, ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError)


def require_browser_flow() -> None:
    """Refuse where the settings lack what the browser flow takes."""
    if not (settings.GOOGLE_CLIENT_ID and settings.GOOGLE_RETURN_URLS):
        raise GoogleNotConfigured()


def audiences() -> list[str]:
    """The apps whose ID tokens are taken: ours in the browser, and the native ones."""
    known = [client_id for client_id in (settings.GOOGLE_CLIENT_ID, *settings.GOOGLE_AUDIENCES) if client_id]
    if not known:
        raise GoogleNotConfigured()
    return known


def ask_google(method: str, url: str, *, content: bytes = b"", headers: Mapping[str, str] | None = None) -> Answer:
    """Google's answer, in time and size; 503 for anything that is none.

    A database connection out of a pool goes back to it meanwhile: while Google hangs, others train on.
    """
    if not connection.in_atomic_block:
        close_old_connections()
    try:
        answer = safe_http.request(
            method,
            url,
            deadline_seconds=settings.GOOGLE_PATIENCE_SECONDS,
            max_bytes=MAX_BYTES,
            content=content,
            headers=headers,
            trusted=True,
        )
    except Unreachable:
        log.warning("google.unreachable")
        raise GoogleUnavailable(headers={"Retry-After": "5"}) from None
    if answer.status >= 500:
        log.warning("google.failing", status=answer.status)
        raise GoogleUnavailable(headers={"Retry-After": "5"})
    return answer


def provider() -> Any:
    """allauth's Google."""
    return get_adapter().get_provider(None, PROVIDER)


def _client() -> OAuth2Client:
    app = provider().app
    back = f"{settings.PUBLIC_URL}/api/v1/auth/google/callback"  # never built from what a request says of its host
    return OAuth2Client(None, app.client_id, app.secret, "POST", settings.GOOGLE_TOKEN_URL, back)


def authorize_url(*, state: str, nonce: str) -> tuple[str, str]:
    """Where the browser goes to ask Google, and the PKCE verifier that its code will be traded with."""
    google, client = provider(), _client()
    pkce = google.get_pkce_params()
    verifier: str = pkce.pop("code_verifier")
    client.state = state
    return client.get_redirect_url(
        settings.GOOGLE_AUTHORIZE_URL, google.get_scope(), {**pkce, "nonce": nonce}
    ), verifier


def redeem(code: str, *, verifier: str) -> str | None:
    """The ID token for which Google trades a code; None when it does not."""
    try:
        answer: Any = _client().get_access_token(code, pkce_code_verifier=verifier)
    except (OAuth2Error, requests.RequestException, *INVALID):
        return None  # whatever they say may hold what Google said: the code, or a token
    token = answer.get("id_token") if isinstance(answer, dict) else None
    return token if isinstance(token, str) else None


def read_id_token(encoded: str, *, audiences: Collection[str], nonce: str | None) -> Claims | None:
    """What Google says of somebody; None for anything but a valid ID token of ours with this nonce (None: without)."""
    wanted: Any = {"audience": audiences, "issuer": settings.GOOGLE_ISSUERS}
    options: Any = {"require": REQUIRED, "verify_iat": False}  # Google's clock may be ahead of ours
    try:
        # Looked at before it is believed, so that nobody has us ask Google with what was never meant for us.
        jwt.decode(encoded, options=dict.fromkeys(LOOKED_AT, True) | options | {"verify_signature": False}, **wanted)
        key = _key_named(jwt.get_unverified_header(encoded).get("kid"))
        if key is None:
            return None
        claims = jwt.decode(
            encoded, key, algorithms=sorted(ALGORITHMS & {key.algorithm_name}), options=options, **wanted
        )
        named = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
        known = set(named) <= set(audiences) and _is_subject(claims["sub"])
        return _kept(claims) if known and claims.get("nonce") == nonce else None
    except INVALID:
        return None


def _is_subject(sub: str) -> bool:
    return 0 < len(sub) <= MAX_SUBJECT and sub.isascii() and sub.isprintable()


def _kept(claims: Claims) -> Claims:
    """What is kept of the claims: who it is, by which address and name, and until when the token holds."""
    texts = {name: claims[name] for name in ("email", "name", "given_name") if isinstance(claims.get(name), str)}
    return {
        "sub": claims["sub"],
        "exp": claims["exp"],
        "email_verified": claims.get("email_verified") is True,  # the word: the string "false" would pass for it
        **{name: _printable(text) if name != "email" else text for name, text in texts.items()},
    }


def _printable(text: str) -> str:
    return "".join(char for char in text if char.isprintable())


def proves_address(claims: Claims) -> bool:
    """Whether Google has verified an e-mail address of this identity, spelled as we compare them: one that only looks
    like another must not become it."""
    email = claims.get("email", "")
    plain = email.isprintable() and unicodedata.is_normalized("NFKC", email)
    return bool(claims["email_verified"] and email and plain)


def _key_named(kid: str | None) -> jwt.PyJWK | None:
    """The key of Google's with this id, or the only one where a token names none.

    For one that is unknown the keys are asked for again, once a minute at most.
    """
    kept = redis.attempt(lambda client: client.get(KEYS), None)
    if kept is not None:
        found = _find(kept, kid)
        may_ask = found is None and redis.attempt(
            lambda client: bool(client.set(ASKED, 1, nx=True, ex=ASK_AGAIN_SECONDS)), True
        )
        if not may_ask:
            return found
    answer = ask_google("GET", settings.GOOGLE_KEYS_URL)
    try:
        if answer.status != 200:
            raise ValueError(answer.status)
        found = _find(answer.body, kid)
    except INVALID as failure:
        log.warning("google.keys_unreadable", error=type(failure).__name__)
        raise GoogleUnavailable(headers={"Retry-After": "5"}) from None
    redis.attempt(lambda client: client.set(KEYS, answer.body, ex=KEYS_SECONDS), None)
    return found


def _find(published: bytes | str, kid: str | None) -> jwt.PyJWK | None:
    keys = list(jwt.PyJWKSet.from_dict(orjson.loads(published)))
    named = [key for key in keys if key.key_id == kid] if kid is not None else keys
    return named[0] if len(named) == 1 else None
