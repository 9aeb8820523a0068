"""The request's way in: its id, its log line, and a problem document for whatever fails."""

import re
import time
from collections.abc import Callable
from typing import Any

import structlog
from django.core.handlers.base import BaseHandler
from django.core.handlers.exception import convert_exception_to_response
from django.http import HttpRequest, HttpResponse
from structlog.contextvars import bind_contextvars, clear_contextvars

from fitai.common import meters, problems, spans
from fitai.common.ids import uuid7

log = structlog.get_logger("fitai.request")

SANE_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
API_PATHS = ("/api/", "/health/")
DIRECT_PATHS = ("/api/v1/", "/api/schema", "/health/", "/metrics", "/media/")
BY_MACHINES = ("/health/", "/metrics")
"""Asked at the address of one process, not at the name of the host."""
SIGNED = re.compile(r"^/media/[^/]*")  # whoever has the signed part of a link can follow it
Handler = Callable[[HttpRequest], HttpResponse]


class RequestMiddleware:
    """Gives the request its id, logs it in one line, and answers unknown paths and faults as problems."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        request.request_id = given if SANE_ID.fullmatch(given) else str(uuid7())  # type: ignore[attr-defined]
        clear_contextvars()
        bind_contextvars(request_id=request.request_id)  # type: ignore[attr-defined]
        with spans.arrival("HTTP") as span:
            return self._answer(request, span)

    def _answer(self, request: HttpRequest, span: spans.Span) -> HttpResponse:
        started = time.perf_counter()
        response = self.get_response(request)
        if request.path.startswith(API_PATHS):
            response = _as_problem(request, response)
            response.headers.setdefault("X-Content-Type-Options", "nosniff")
            response.headers.setdefault("Cache-Control", "private, no-cache")
            if not response.streaming and response.status_code not in (204, 304):
                response.headers.setdefault("Content-Length", str(len(response.content)))
        response.headers["X-Request-ID"] = request.request_id  # type: ignore[attr-defined]
        seconds = time.perf_counter() - started
        method, route = meters.method_of(request), meters.route_of(request)
        meters.request_answered(method, route, response.status_code, seconds)
        span.tell(
            f"{method} {route}",
            {
                "http.request.method": method,
                "http.route": route,
                "http.response.status_code": response.status_code,
                "fitai.request_id": request.request_id,  # type: ignore[attr-defined]
            },
            failed=response.status_code >= 500,
        )
        log.info(
            "request",
            method=request.method,
            path=SIGNED.sub("/media/•••", request.path),
            status=response.status_code,
            ms=round(seconds * 1000, 1),
        )
        return response


def _as_problem(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Django's own error pages (unknown path, bad host, fault) become problem documents."""
    if response.status_code < 400 or not response.get("Content-Type", "").startswith("text/html"):
        return response
    problem = problems.of_status(response.status_code)()
    rendered = problems.render(problem, request)
    rendered.status_code = response.status_code
    if response.has_header("Allow"):
        rendered["Allow"] = response["Allow"]
    return rendered


class ApiFirst:
    """Leads the API, /health and /metrics straight to their view, past everything that only pages need."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response
        bare: Any = BaseHandler()  # Django's own handler, resolving and calling the view, with no middleware
        bare._view_middleware, bare._exception_middleware, bare._template_response_middleware = [], [], []
        self.find: Handler = bare._get_response
        self.answer: Handler = convert_exception_to_response(self._checked)  # type: ignore[assignment]

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith(DIRECT_PATHS):
            return self.answer(request)
        return self.get_response(request)

    def _checked(self, request: HttpRequest) -> HttpResponse:
        """The view's answer; links in it name the host, so a foreign one is refused (what machines ask may use any)."""
        if not request.path.startswith(BY_MACHINES):
            request.origin = f"{request.scheme}://{request.get_host()}"  # type: ignore[attr-defined]
        return self.find(request)
