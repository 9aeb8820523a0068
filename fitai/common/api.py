"""What every HTTP endpoint shares: the order of checks, strict input, conditional requests, one way to answer."""

import hashlib
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import islice
from typing import Any, ClassVar, NoReturn, cast

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from rest_framework import serializers
from rest_framework.exceptions import NotAuthenticated
from rest_framework.request import Request
from rest_framework.views import APIView

from fitai.common import problems
from fitai.common.actors import Actor
from fitai.common.idempotency import answer_once, requested_key
from fitai.common.problems import (
    Forbidden,
    Invalid,
    Malformed,
    MethodNotAllowed,
    PreconditionFailed,
    Unauthenticated,
    error,
)
from fitai.common.rendering import Response, dumps
from fitai.common.scopes import Scope
from fitai.common.throttling import Verdict, charge, network_of, request_address

BODY_METHODS = frozenset({"POST", "PUT", "PATCH", "DELETE"})


class ApiView(APIView):
    """An endpoint. Checks run in the order of the contract: parse, who, row, may, body, state.

    `public` opens it to anonymous callers, `limit` names its bucket, `idempotent` makes its POST honour
    `Idempotency-Key`, `query` lists the query parameters it knows, `upload` that its bodies are large, so that one is
    read only of somebody who may send it, `scope` what an API key needs where path and method would say otherwise
    (`fitai.common.scopes`).
    """

    public: ClassVar[bool] = False
    limit: ClassVar[str | None] = None
    idempotent: ClassVar[bool] = False
    query: ClassVar[tuple[str, ...]] = ()
    upload: ClassVar[bool] = False
    scope: ClassVar[Scope | None] = None
    verdict: Verdict | None = None

    @property
    def actor(self) -> Actor:
        return cast(Actor, self.request.user)  # our authentication makes actors

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:  # type: ignore[override]
        self.args, self.kwargs = args, kwargs
        self.request = wrapped = self.initialize_request(request, *args, **kwargs)
        try:
            self.initial(wrapped, *args, **kwargs)
            handler = getattr(self, (request.method or "").lower(), self.http_method_not_allowed)
            key = requested_key(wrapped) if self.idempotent and request.method == "POST" else None
            if self.idempotent and request.method == "POST":
                self.prepare(wrapped)
            if key is None:
                response = handler(wrapped, *args, **kwargs)
            else:
                response = answer_once(wrapped, key, lambda: handler(wrapped, *args, **kwargs))
        except Exception as exc:
            response = self.handle_exception(exc)
        if self.verdict is not None:
            for name, value in self.verdict.headers.items():
                response.headers.setdefault(name, value)
        return cast(HttpResponse, response)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        method = (request.method or "").lower()
        if method not in self.http_method_names or not hasattr(self, method):
            self.http_method_not_allowed(request)
        if request.method in BODY_METHODS and not self.upload:
            _ = request.data
        try:
            self.perform_authentication(request)
            self.check_permissions(request)
        except (Forbidden, Unauthenticated, NotAuthenticated):
            charge(
                "read", network_of(request_address(request))
            )  # nobody tries keys and tokens faster than anybody reads
            raise
        self.check_throttles(request)
        if request.method in BODY_METHODS:
            _ = request.data
        unknown = set(request.GET) - {*self.query}
        if unknown:
            raise Invalid(
                errors=[
                    error(f"?{name}", "unknown_parameter", f"Known here: {', '.join(self.query) or 'none'}.")
                    for name in sorted(unknown)
                ]
            )
        for name, values in request.GET.lists():
            if any("\x00" in value for value in values):
                raise Malformed(f"The parameter {name} holds a NUL character.")

    def prepare(self, request: Request) -> None:
        """What a POST with `Idempotency-Key` does before the transaction of its answer opens, with or without a key.

        For what is slow and has no effect, as hashing: it runs for a request that turns out to be a replay, too.
        """

    def http_method_not_allowed(self, request: Request, *args: Any, **kwargs: Any) -> NoReturn:  # type: ignore[override]
        allowed = ", ".join(self.allowed_methods)
        raise MethodNotAllowed(f"This address answers {allowed}.", headers={"Allow": allowed})

    def options(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # type: ignore[override]
        return Response(status=204, headers={"Allow": ", ".join(self.allowed_methods)})

    def handle_exception(self, exc: Exception) -> HttpResponse:  # type: ignore[override]
        problem = problems.translate(exc)
        if problem is None:
            raise exc
        return problems.render(problem, self.request)

    # The body is read once, checked against the schema, and never more than the schema allows.
    def read(
        self, serializer: type[serializers.Serializer], *, partial: bool = False, **context: Any
    ) -> dict[str, Any]:
        """The validated body; an unknown or read-only member is 422."""
        return validate(serializer, self.request.data, partial=partial, **context)

    def read_query(self, serializer: type[serializers.Serializer]) -> dict[str, Any]:
        """The validated query parameters, but for those of pagination."""
        given = {name: value for name, value in self.request.query_params.items() if name not in ("cursor", "limit")}
        try:
            return dict(_reader(serializer, False).run_validation(given))
        except serializers.ValidationError as refused:
            found = problems.flattened(refused.detail)
        raise Invalid(errors=[entry | {"pointer": f"?{entry['pointer'].removeprefix('/')}"} for entry in found])


def validate(
    serializer: type[serializers.Serializer], data: Any, *, partial: bool = False, **context: Any
) -> dict[str, Any]:
    """Values that fit the serializer, or 422 with a pointer to each that does not."""
    if not isinstance(data, Mapping):
        raise Invalid(errors=[error("", "invalid", "Send a JSON object.")])
    reader = serializer(partial=partial, context=context) if context else _reader(serializer, partial)
    errors = list(islice(_unknown(reader, data, ""), problems.MAX_ERRORS))
    values: dict[str, Any] = {}
    try:
        values = reader.run_validation(data)
    except serializers.ValidationError as refused:
        errors += problems.flattened(refused.detail)
    if errors:
        raise Invalid(errors=errors)
    return dict(values)


@cache
def _reader(serializer: type[serializers.Serializer], partial: bool) -> serializers.Serializer:
    """A serializer to validate with, over and over: DRF copies every field of a new one, which costs more than the
    validation. It holds nothing of what it validates."""
    return serializer(partial=partial)


def _unknown(serializer: Any, data: Any, pointer: str) -> Iterator[dict[str, str]]:
    """Members that the schema does not have or does not let anybody write, at any depth."""
    if isinstance(serializer, serializers.ListSerializer) and isinstance(data, list):
        for index, item in enumerate(data):
            yield from _unknown(serializer.child, item, f"{pointer}/{index}")
    elif isinstance(serializer, serializers.Serializer) and isinstance(data, Mapping):
        for name, value in data.items():
            field = serializer.fields.get(name)
            here = f"{pointer}/{problems.escape(str(name))}"
            if field is None or field.read_only:
                code = "unknown_field" if field is None else "read_only"
                yield error(here, code, "This member cannot be written here." if field else "There is no such member.")
            elif isinstance(field, serializers.BaseSerializer):
                yield from _unknown(field, value, here)


def respond(
    data: Any, status: int = 200, *, location: str | None = None, headers: Mapping[str, str] | None = None
) -> Response:
    """Answer with `data`."""
    response = Response(data, status, headers)
    if location is not None:
        response["Location"] = location
    return response


def etag_of(*parts: object) -> str:
    """A strong entity tag over the parts that determine an answer."""
    return '"' + hashlib.blake2b("\n".join(map(str, parts)).encode(), digest_size=12).hexdigest() + '"'


def tag_of(shape: Mapping[str, Any]) -> str:
    """The entity tag of a resource that is read whole."""
    return etag_of(dumps(shape))


def is_current(request: Request | HttpRequest, etag: str) -> bool:
    """Whether the caller has this version already (`If-None-Match`)."""
    given = request.headers.get("If-None-Match")
    return given is not None and (
        given.strip() == "*" or etag in [tag.strip().removeprefix("W/") for tag in given.split(",")]
    )


def respond_tagged(request: Request, etag: str, data: Any) -> Response:
    """Answer with an entity tag, or 304 to somebody who has this version."""
    current = is_current(request, etag)
    response = Response(None if current else data, status=304 if current else 200)
    response["ETag"] = etag
    patch_vary_headers(response, ("Authorization",))
    return response


def check_if_match(request: Request, etag: str) -> None:
    """Refuse with 412 a change of a version that the caller has not seen (`If-Match`, optional)."""
    given = request.headers.get("If-Match")
    if given is not None and given.strip() != "*" and _version(etag) not in map(_version, given.split(",")):
        raise PreconditionFailed(headers={"ETag": etag})


def _version(tag: str) -> str:
    """What of a tag stands for the state of a resource; what may follow after a dot, for how it was shown."""
    return tag.strip().strip('"').partition(".")[0]
