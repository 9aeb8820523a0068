"""Traces by OpenTelemetry: imported only where OTEL_* variables ask for them.

A request or a message of a socket begins a trace; what it does in SQL and Valkey hangs below, and so does each attempt
at a job that it asked for, whenever and wherever that runs. What is outside of these (polling, leases, heartbeats) is
not traced. A `traceparent` that a client sends is not believed: whoever sends it would choose what is recorded.
"""

import functools
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from celery.signals import worker_process_shutdown
from django.conf import settings
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, ConsoleSpanExporter
from opentelemetry.trace import Span, SpanKind, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from redis.client import Pipeline, Redis

from fitai.common import spans
from fitai.common.problems import Problem
from fitai.common.spans import Attributes

LITERAL: Final = re.compile(r"'(?:[^']|'')*'|\b\d+\b(?![\w$])")
LONGEST_SQL: Final = 2000
FLUSH_MS: Final = 2000
W3C: Final = TraceContextTextMapPropagator()


class _Told:
    """A span of OpenTelemetry."""

    def __init__(self, span: Span) -> None:
        self.span = span

    def tell(self, name: str = "", attributes: Attributes | None = None, *, failed: bool = False) -> None:
        if name:
            self.span.update_name(name)
        self.span.set_attributes({**(attributes or {})})
        if failed:
            self.span.set_status(StatusCode.ERROR)


class Tracing:
    """Records spans, and gives them to a processor."""

    def __init__(self, processor: SpanProcessor) -> None:
        resource = Resource.create()
        if str(resource.attributes["service.name"]).startswith("unknown_service"):
            resource = resource.merge(Resource({"service.name": "fitai"}))
        self.provider = TracerProvider(resource=resource)  # it reads OTEL_TRACES_SAMPLER itself
        self.provider.add_span_processor(processor)
        self.tracer = self.provider.get_tracer("fitai")

    def arrival(self, name: str) -> Any:
        return self._span(name, SpanKind.SERVER, Context())

    def work(self, name: str, parent: str, attributes: Attributes) -> Any:
        context = W3C.extract({"traceparent": parent}, Context())
        return self._span(name, SpanKind.CONSUMER, context, attributes)

    def statement(self, verb: str, sql: Any) -> Any:
        if not trace.get_current_span().is_recording():
            return spans.UNTOLD
        attributes = {"db.system.name": "postgresql", "db.operation.name": verb}
        if isinstance(sql, str):
            attributes["db.query.text"] = LITERAL.sub("?", sql[:LONGEST_SQL])
        return self._span(verb, SpanKind.CLIENT, None, attributes)

    def command(self, name: str) -> Any:
        """One command to Valkey, or a pipeline of them; never its arguments, for keys hold ids and addresses."""
        if not trace.get_current_span().is_recording():
            return spans.UNTOLD
        return self._span(name, SpanKind.CLIENT, None, {"db.system.name": "redis", "db.operation.name": name})

    def carried(self) -> str:
        carrier: dict[str, str] = {}
        W3C.inject(carrier)
        return carrier.get("traceparent", "")

    @contextmanager
    def _span(
        self, name: str, kind: SpanKind, context: Context | None, attributes: Attributes | None = None
    ) -> Iterator[_Told]:
        """A span that knows what kind of error ended it, and not what the error says, which may be about a person."""
        with self.tracer.start_as_current_span(
            name, context, kind, {**(attributes or {})}, record_exception=False, set_status_on_exception=False
        ) as span:
            told = _Told(span)
            try:
                yield told
            except BaseException as failure:
                fault = not isinstance(failure, Problem) or failure.status >= 500
                told.tell(attributes={"error.type": type(failure).__name__}, failed=fault)
                raise


def start(processor: SpanProcessor | None = None) -> Tracing:
    """Trace from now on, to where the environment says or to this processor."""
    tracing = Tracing(processor or BatchSpanProcessor(_exporter()))
    spans.tracing = tracing
    worker_process_shutdown.connect(flush)  # Celery's children end without more ado
    watch_valkey()
    return tracing


def flush(**_: Any) -> None:
    """Send what waits to be sent."""
    if isinstance(spans.tracing, Tracing):
        spans.tracing.provider.force_flush(FLUSH_MS)


@functools.cache
def watch_valkey() -> None:
    """Trace commands from now on. OpenTelemetry's own way puts errors into spans, whose text has keys in it."""
    Redis.execute_command = _traced(Redis.execute_command)  # type: ignore[method-assign]
    Pipeline.execute = _traced(Pipeline.execute)  # type: ignore[method-assign]


def _exporter() -> Any:
    if settings.TRACES_EXPORTER == "console":
        return ConsoleSpanExporter()
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415  slow, and its own

    return OTLPSpanExporter()


def _traced(method: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(method)
    def traced(self: Any, *args: Any, **kwargs: Any) -> Any:
        tracing = spans.tracing
        if not isinstance(tracing, Tracing):
            return method(self, *args, **kwargs)
        with tracing.command(str(args[0]).split()[0].upper() if args else "PIPELINE"):
            return method(self, *args, **kwargs)

    return traced
