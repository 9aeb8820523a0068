"""The OpenAPI document: what the views say of themselves, and what holds for all of them."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers

from fitai.common import problems
from fitai.common.problems import Problem
from fitai.common.response_headers import attach_headers
from fitai.common.scopes import Scope, needed_scope

Method = TypeVar("Method", bound=Callable[..., Any])
Answer = type[serializers.BaseSerializer] | serializers.BaseSerializer | OpenApiResponse | None

LIMIT = OpenApiParameter("limit", {"type": "integer", "minimum": 1, "maximum": 100, "default": 20})
PAGING = [OpenApiParameter("cursor", str, description="From `next` or `previous` of a page; opaque."), LIMIT]
IF_MATCH = OpenApiParameter(
    "If-Match", str, OpenApiParameter.HEADER, description="The `ETag` of the version you have read."
)
IF_NONE_MATCH = OpenApiParameter(
    "If-None-Match", str, OpenApiParameter.HEADER, description="The `ETag` you have; unchanged answers 304."
)
IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "pattern": r"^[\x21-\x7e]{1,64}$"},
    OpenApiParameter.HEADER,
    description="Repeat a request under the same key and it has one effect and one answer.",
)


def describe(
    summary: str,
    *,
    request: Any = None,
    responses: Mapping[int, Answer],
    problems: Sequence[type[Problem]] = (),
    parameters: Sequence[Any] = (),
    tags: Sequence[str] | None = None,
    description: str | None = None,
    operation_id: str | None = None,
    deprecated: bool = False,
) -> Callable[[Method], Method]:
    """Describe an endpoint's method. The problems that any request may meet are added for all."""

    def decorate(method: Method) -> Method:
        method.problems = tuple(problems)  # type: ignore[attr-defined]
        method.parameters = {getattr(parameter, "name", "") for parameter in parameters}  # type: ignore[attr-defined]
        return extend_schema(
            summary=summary,
            description=description,
            operation_id=operation_id,
            request=request,
            responses=dict(responses),
            parameters=list(parameters),
            tags=list(tags) if tags else None,
            deprecated=deprecated,
        )(method)

    return decorate


class Schema(AutoSchema):
    """Adds to each operation the problems that its kind of request can meet."""

    def get_tags(self) -> list[str]:
        """The first segment of the path names the group."""
        tokenized = self.path.removeprefix("/api/v1/").split("/")
        return [tokenized[0]]

    def get_description(self) -> str:  # type: ignore[override]
        """What the method says; a view's docstring is for those who read the code."""
        method = getattr(self.view, self.method.lower())
        told = inspect.cleandoc(method.__doc__ or "")
        scope = self.needed_scope()
        return told if scope is None else f"{told}\n\nAn API key needs the scope `{scope.value}`.".strip()

    def get_extensions(self) -> dict[str, Any]:
        """The scope once more, for programs."""
        scope = self.needed_scope()
        return {**super().get_extensions(), **({} if scope is None else {"x-scope": scope.value})}

    def needed_scope(self) -> Scope | None:
        """What an API key needs to come in here; None where none does, or nobody is asked."""
        view: Any = self.view
        return None if view.public else view.scope or needed_scope(self.method, self.path)

    def get_operation_id(self) -> str:
        words = [self.method.lower()]
        words += [
            part.strip("{}") if "{" not in part else f"by_{part.strip('{}')}" for part in self.path.split("/")[3:]
        ]
        return "_".join(words).replace("-", "_")

    def _get_request_body(self, direction: Any = "request") -> dict[str, Any] | None:
        """A DELETE may have one too, which drf-spectacular leaves out: it says who asks, and can be left out."""
        if self.method != "DELETE" or self.get_request_serializer() is None:
            return super()._get_request_body(direction)
        self.method = "POST"
        try:
            body = super()._get_request_body(direction)
        finally:
            self.method = "DELETE"
        return body and {**body, "required": False}

    def _get_response_bodies(self, direction: Any = "response") -> dict[str, Any]:
        bodies = super()._get_response_bodies(direction)
        for kind in self._problems():
            body = bodies.setdefault(str(kind.status), _problem_response(kind))
            content = body.get("content", {}).get("application/problem+json")
            if content is not None:
                content["examples"][kind.slug] = {"value": _example(kind)}
        if "If-None-Match" in self._parameters():
            bodies["304"] = {"description": "You have this version already."}
        return dict(sorted(bodies.items()))

    def _parameters(self) -> set[str]:
        return getattr(getattr(self.view, self.method.lower()), "parameters", set())

    def _problems(self) -> list[type[Problem]]:
        view: Any = self.view
        method = getattr(view, self.method.lower())
        met: list[type[Problem]] = [problems.Malformed, problems.Invalid, problems.TooManyRequests]
        if not view.public:
            met += [problems.Unauthenticated, problems.ScopeMissing]
        if "{" in self.path or "cursor" in self._parameters():
            met.append(problems.NotFound)
        if self.method in ("POST", "PUT", "PATCH"):
            met += [problems.TooLarge, problems.UnsupportedMediaType]
        if view.idempotent and self.method == "POST":
            met += [problems.InFlight, problems.KeyReused]
        if "If-Match" in self._parameters():
            met.append(problems.PreconditionFailed)
        return [*met, *getattr(method, "problems", ()), problems.Unavailable]


def _problem_response(kind: type[Problem]) -> dict[str, Any]:
    return {
        "description": problems.of_status(kind.status).title,
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}, "examples": {}}},
    }


def _example(kind: type[Problem]) -> dict[str, Any]:
    if issubclass(kind, problems.Invalid):
        errors = [problems.error("/reps", "min_value", "Ensure this value is greater than or equal to 0.")]
        return kind(errors=errors).document()
    return kind(**kind.sample).document()


def finish(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Post-processing: the Problem schema, and the headers of every answer."""
    components = result["components"]
    components["schemas"]["Problem"] = {
        "type": "object",
        "description": "A refusal as RFC 9457; `type` is the address of a page that explains it.",
        "required": ["type", "title", "status", "code", "detail"],
        "properties": {
            "type": {"type": "string", "format": "uri"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "code": {"type": "string", "description": "The kind of refusal, one for each `type`: `id_taken`."},
            "detail": {"type": "string"},
            "instance": {"type": "string"},
            "request_id": {"type": "string"},
            "scope": {"type": ["string", "null"], "description": "With `scope_missing`: what the API key needs."},
            "mfa_token": {"type": "string", "description": "With `mfa_required`: for `POST /auth/mfa/verify`."},
            "state": {"type": "string", "description": "With a 409: where it stands now."},
            "candidates": {
                "type": "array",
                "description": "With `duplicate`: the exercises of nearly this name that you can see, nearest first.",
                "items": {
                    "type": "object",
                    "required": ["id", "slug", "name", "similarity"],
                    "properties": {
                        "id": {"type": "string", "format": "uuid"},
                        "slug": {"type": "string"},
                        "name": {"type": "string"},
                        "similarity": {"type": "number", "minimum": 0, "maximum": 1},
                    },
                },
            },
            "errors": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["pointer", "code", "detail"],
                    "properties": {
                        "pointer": {"type": "string", "description": "JSON pointer into the body, or ?parameter"},
                        "code": {"type": "string"},
                        "detail": {"type": "string"},
                    },
                },
            },
        },
    }
    attach_headers(result)
    return result
