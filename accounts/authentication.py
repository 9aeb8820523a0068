"""The door of the API: a bearer token or a key becomes an `Actor`, at the price of one look-up in Valkey."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from uuid import UUID

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from accounts.models import Session
from accounts.session_cache import ENDED, Facts, facts_by, facts_of, facts_of_key, key_of
from accounts.tickets import redeem
from accounts.tokens import AccessToken
from fitai.common.actors import Actor, Via
from fitai.common.problems import ScopeMissing, Unauthenticated
from fitai.common.throttling import limit_of, take_reading


class SessionTokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer <access token>` of a device that is logged in."""

    def authenticate(self, request: Request) -> tuple[Actor, dict[str, Any]] | None:
        scheme, _, encoded = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        token = AccessToken.read(encoded.strip())
        actor = None if token is None else self._charged(request, token)
        if token is None or actor is None:
            raise Unauthenticated("The access token is invalid or has ended. Refresh it, or log in.")
        return actor, token.payload

    def _charged(self, request: Request, token: AccessToken) -> Actor | None:
        """Who the token speaks for. What the request costs them is taken in the same round trip to Valkey."""
        view = request.parser_context["view"]
        key = key_of(token.session_id)
        verdict, known = take_reading(limit_of(request, view), str(token.user_id), key, unless=ENDED)
        actor = _actor_of(token, facts_by(token.session_id, known), "http")
        if actor is not None:
            view.verdict = verdict
        return actor

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'


def authenticate_token(encoded: str, via: Via = "socket") -> Actor | None:
    """Who an access token speaks for, at a door that has no HTTP request."""
    token = AccessToken.read(encoded)
    return None if token is None else _actor_of(token, facts_of(token.session_id), via)


def authenticate_socket(credential: str) -> Actor | None:
    """Who a socket's access token or ticket speaks for; a ticket is used up. Refuses an API key that works: no scope
    opens sockets, since they live with a session."""
    if facts_of_key(credential) is not None:
        raise ScopeMissing(scope=None)
    session_id = redeem(credential)
    return authenticate_token(credential) if session_id is None else actor_on(session_id, "socket")


def _actor_of(token: AccessToken, facts: Facts | None, via: Via) -> Actor | None:
    """The person and device of a valid token, while that device is logged in."""
    actor = _actor(token.session_id, facts, via)
    return actor if actor is not None and actor.user_id == token.user_id else None


def actor_on(session_id: UUID, via: Via) -> Actor | None:
    """The person on a device, while it is logged in."""
    return _actor(session_id, facts_of(session_id), via)


def _actor(session_id: UUID, facts: Facts | None, via: Via) -> Actor | None:
    if facts is None:
        return None
    return Actor(
        user_id=UUID(facts.user_id),
        via=via,
        session_id=session_id,
        roles=frozenset(facts.roles),
        email_verified=facts.email_verified,
        weight_unit=facts.weight_unit,
    )


def current_actor(actor: Actor) -> Actor | None:
    """The same person and device with what is true of them now; None once the device is logged out."""
    facts = None if actor.session_id is None else facts_of(actor.session_id)
    if facts is None:
        return None
    return replace(
        actor, roles=frozenset(facts.roles), email_verified=facts.email_verified, weight_unit=facts.weight_unit
    )


def device_name(actor: Actor) -> str:
    """What the device is called by whoever logged in on it; often nothing."""
    if actor.session_id is None:
        return ""
    return Session.objects.filter(pk=actor.session_id).values_list("name", flat=True).first() or ""


def ended_sessions(session_ids: Iterable[UUID]) -> set[UUID]:
    """Those of these devices that are logged in no longer; sockets that missed the news ask every few seconds."""
    asked = set(session_ids)
    live = Session.objects.live().filter(pk__in=asked, user__is_active=True, user__deleted_at=None)
    return asked - set(live.values_list("pk", flat=True)) if asked else set()


class ApiKeyAuthentication(BaseAuthentication):
    """`Authorization: Api-Key <key>` of a service. Never on a socket, which would outlive it."""

    def authenticate(self, request: Request) -> tuple[Actor, None] | None:
        scheme, _, key = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        if scheme.lower() != "api-key":
            return None
        facts = facts_of_key(key.strip())
        if facts is None:
            raise Unauthenticated("The API key is mistyped, expired or revoked, or its owner may not come in.")
        actor = Actor(
            user_id=UUID(facts.user_id),
            via="key",
            email_verified=facts.email_verified,
            weight_unit=facts.weight_unit,
            scopes=frozenset(facts.scopes),
        )
        return actor, None


class BearerScheme(OpenApiAuthenticationExtension):
    """The security scheme in the OpenAPI document."""

    target_class = "accounts.authentication.SessionTokenAuthentication"
    name = "bearer"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}


class ApiKeyScheme(OpenApiAuthenticationExtension):
    """The other scheme, of the operations that a key may be made for."""

    target_class = "accounts.authentication.ApiKeyAuthentication"
    name = "apiKey"

    def get_security_requirement(self, auto_schema: Any) -> Any:
        return None if auto_schema.needed_scope() is None else {self.name: []}

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "`Authorization: Api-Key <key>`, with a key of `POST /auth/api-keys` that has the scope "
            "which the operation names. What names none is closed to keys.",
        }
