"""Refusals as RFC 9457 problem documents.

A refusal is a class with a slug and a title; its docstring is the page that `type` points at. There are a few kinds,
each fixing a status. Operations raise them, views catch nothing, and `render()` turns them into one answer for HTTP
and the socket alike.
"""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

import orjson
import structlog
from django.conf import settings
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation, TooManyFieldsSent
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from rest_framework import exceptions as drf

log = structlog.get_logger(__name__)

MAX_ERRORS = 100  # of one refusal: a body of a megabyte is not answered with ten


class Problem(Exception):
    """Something the server refuses, and what to do about it."""

    status: ClassVar[int] = 500
    slug: ClassVar[str] = "internal-error"
    title: ClassVar[str] = "Something went wrong on our side"
    sample: ClassVar[Mapping[str, Any]] = {}  # members of its own, as the documentation shows them
    registry: ClassVar[dict[str, type["Problem"]]] = {}

    def __init__(
        self,
        detail: str | None = None,
        *,
        errors: list[dict[str, str]] | None = None,
        headers: Mapping[str, str] | None = None,
        **members: Any,
    ) -> None:
        super().__init__(detail or self.title)
        self.detail = detail
        self.errors = errors
        self.headers = dict(headers or {})
        self.members = members

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "slug" in vars(cls):
            Problem.registry[cls.slug] = cls

    @classmethod
    def code(cls) -> str:
        """The slug as a word for programs: `id_taken`. The `type` has the address of the installation in it."""
        return cls.slug.replace("-", "_")

    def document(self, *, instance: str | None = None, request_id: str | None = None) -> dict[str, Any]:
        """The members of the problem document."""
        document: dict[str, Any] = {
            "type": f"{settings.PUBLIC_URL}/problems/{self.slug}",
            "title": self.title,
            "status": self.status,
            "code": self.code(),
            "detail": self.detail or self.title,
        }
        if instance is not None:
            document["instance"] = instance
        if request_id is not None:
            document["request_id"] = request_id
        if self.errors is not None:
            document["errors"] = self.errors
        return {**document, **self.members}


class InternalError(Problem):
    """The server failed; nothing you sent is to blame. It is logged under the `request_id`. Try again later."""

    slug = "internal-error"


class Malformed(Problem):
    """The request could not be read: the body is not valid JSON, names a member twice, nests too deep, or carries a
    character that no text may hold. Send well-formed UTF-8 JSON."""

    status, slug, title = 400, "malformed", "The request cannot be read"


class Unauthenticated(Problem):
    """The request needs a valid access token in `Authorization: Bearer …`. Log in, or refresh the token."""

    status, slug, title = 401, "unauthenticated", "Log in first"

    def __init__(self, detail: str | None = None, **kwargs: Any) -> None:
        super().__init__(detail, **kwargs)
        self.headers.setdefault("WWW-Authenticate", 'Bearer realm="api"')


class Forbidden(Problem):
    """You can see this, but your role, key or consent does not allow the action."""

    status, slug, title = 403, "forbidden", "Not allowed"


class EmailUnverified(Forbidden):
    """The action is open to accounts whose e-mail address is verified. Follow the link in the verification mail."""

    slug, title = "email-unverified", "Verify your e-mail address first"


class ScopeMissing(Forbidden):
    """The API key was not made for this. `scope` names the one that it needs: make another key that has it with
    `POST /auth/api-keys`, for the scopes of a key never change. Where `scope` is null no key will do: log in."""

    slug, title = "scope-missing", "This key may not do that"
    sample = {"scope": "workouts:read"}


class NotFound(Problem):
    """There is nothing here that you may know of: no such address, no such row, or a row of somebody else."""

    status, slug, title = 404, "not-found", "Not found"


class MethodNotAllowed(Problem):
    """This address does not answer this method; the `Allow` header lists those it answers."""

    status, slug, title = 405, "method-not-allowed", "Method not allowed"


class Conflict(Problem):
    """The present state does not allow the request. The problem carries the state; look at it and decide again."""

    status, slug, title = 409, "conflict", "The present state does not allow this"


class IdTaken(Conflict):
    """The id you chose is in use. Make another one; UUIDs of version 4 or 7 do not collide."""

    slug, title = "id-taken", "This id is taken"


class InFlight(Conflict):
    """A request with the same `Idempotency-Key` is still being answered. Wait a moment and repeat it unchanged."""

    slug, title = "in-flight", "The same request is still being answered"


class PreconditionFailed(Problem):
    """The resource has changed since the version that your `If-Match` names. Read it again, then repeat the change."""

    status, slug, title = 412, "precondition-failed", "It has changed since you read it"


class TooLarge(Problem):
    """The body is larger than this address accepts. Send less, or in parts."""

    status, slug, title = 413, "too-large", "The request is too large"


class UnsupportedMediaType(Problem):
    """The body's type is not accepted here. Send `Content-Type: application/json`."""

    status, slug, title = 415, "unsupported-media-type", "Unsupported media type"


class Invalid(Problem):
    """The request is well formed, but a value is not acceptable; `errors` points at each with a code and a reason.
    Nothing was changed."""

    status, slug, title = 422, "invalid", "Some values are not acceptable"

    def __init__(self, detail: str | None = None, *, errors: list[dict[str, str]], **kwargs: Any) -> None:
        errors = errors[:MAX_ERRORS]
        super().__init__(detail or "; ".join(error["detail"] for error in errors[:3]), errors=errors, **kwargs)


class KeyReused(Problem):
    """The `Idempotency-Key` was used for a different request. Use a new key for each new request."""

    status, slug, title = 422, "key-reused", "This key belongs to another request"


class TooManyRequests(Problem):
    """You are past a limit. Wait the seconds that `Retry-After` names; the `RateLimit-*` headers show the budget."""

    status, slug, title = 429, "too-many-requests", "Too many requests"


class Unavailable(Problem):
    """A part that this request needs is down or overloaded. Nothing was changed; repeat the request in a moment."""

    status, slug, title = 503, "unavailable", "Temporarily unavailable"


def error(pointer: str, code: str, detail: str) -> dict[str, str]:
    """One entry of `errors`: `pointer` is a JSON pointer into the body, or `?name` for a query parameter."""
    return {"pointer": pointer, "code": code, "detail": detail}


def not_found_in_body(pointer: str, what: str) -> Invalid:
    """The refusal of an id inside a body, the same for foreign and unknown rows."""
    return Invalid(errors=[error(pointer, "not_found", f"There is no such {what}.")])


def render(problem: Problem, request: HttpRequest | None = None) -> HttpResponse:
    """The HTTP answer of a problem."""
    request_id = getattr(request, "request_id", None)
    document = problem.document(instance=request.path if request is not None else None, request_id=request_id)
    return HttpResponse(
        orjson.dumps(document, default=str),
        status=problem.status,
        content_type="application/problem+json",
        headers=problem.headers,
    )


def handle(exc: Exception, context: Mapping[str, Any]) -> HttpResponse | None:
    """DRF's exception handler: every refusal of the framework in our words."""
    problem = translate(exc)
    return None if problem is None else render(problem, context["request"])


def translate(exc: Exception) -> Problem | None:
    """The problem that an exception of Django, DRF or ours stands for, or None for a fault of the program."""
    match exc:
        case Problem():
            return exc
        case Http404():
            return NotFound()
        case PermissionDenied() | drf.PermissionDenied():
            return Forbidden()
        case drf.ValidationError():
            return Invalid(errors=flattened(exc.detail))
        case drf.NotAuthenticated() | drf.AuthenticationFailed():
            return Unauthenticated()
        case drf.MethodNotAllowed():
            return MethodNotAllowed(str(exc.detail))
        case drf.UnsupportedMediaType():
            return UnsupportedMediaType(str(exc.detail))
        case RequestDataTooBig() | TooManyFieldsSent():
            return TooLarge()
        case drf.ParseError() | SuspiciousOperation() | UnicodeDecodeError():
            return Malformed()
        case OperationalError() | InterfaceError():
            log.error("database.unavailable", error=str(exc).strip())
            return Unavailable(headers={"Retry-After": "2"})
        case drf.APIException():
            log.error("drf.unmapped", error=repr(exc))
            return None
    return None


def of_status(status: int) -> type[Problem]:
    """The general problem of an HTTP status that some library answered by itself."""
    for kind in Problem.registry.values():
        if kind.status == status:
            return kind
    return Malformed if status < 500 else InternalError


def flattened(detail: Any) -> list[dict[str, str]]:
    """Entries of `errors` from DRF's error details, which are nested as the body is."""
    return list(_flatten(detail, ""))


def _flatten(detail: Any, pointer: str) -> Iterator[dict[str, str]]:
    if isinstance(detail, dict):
        for key, value in detail.items():
            yield from _flatten(value, pointer if key == "non_field_errors" else f"{pointer}/{escape(str(key))}")
    elif isinstance(detail, list):
        nested = any(isinstance(item, dict) for item in detail)
        for index, item in enumerate(detail):
            yield from _flatten(item, f"{pointer}/{index}" if nested else pointer)
    else:
        yield error(pointer, getattr(detail, "code", "invalid"), str(detail))


def escape(token: str) -> str:
    """One reference token of a JSON pointer (RFC 6901)."""
    return token.replace("~", "~0").replace("/", "~1")
