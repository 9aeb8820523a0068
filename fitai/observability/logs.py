"""Structured logs: one JSON line an event (readable text in development), each with its request and job id.

No token, password, mail or body is ever logged: events carry ids and numbers, and `scrub` is the net below.
"""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import orjson
import structlog

from fitai.common import spans

SECRET = re.compile(r"(?i)password|token|secret|authorization|cookie|api.?key|credential")


def scrub(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Blank what its name calls a secret."""
    for name in event:
        if SECRET.search(name):
            event[name] = "***"
    return event


def of_trace(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Name the trace that a line belongs to."""
    if carried := spans.carried():
        event["trace_id"] = carried.split("-")[1]
    return event


def _as_json(event: Any) -> bytes:
    return orjson.dumps(event, default=str)


def configure(*, level: str, json: bool) -> None:
    """Lead structlog and the standard library's logging through the same chain to standard error."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        of_trace,
        scrub,
        structlog.processors.StackInfoRenderer(),
    ]
    renderer: Any = structlog.dev.ConsoleRenderer(
        colors=False, pad_event_to=0, exception_formatter=structlog.dev.plain_traceback
    )
    if json:
        shared.append(structlog.processors.format_exc_info)
        renderer = structlog.processors.JSONRenderer(lambda event, **_: _as_json(event).decode())
        # Our own lines go out at once: each request has one, and the way through the standard library is long.
        structlog.configure(
            processors=[*shared, structlog.processors.JSONRenderer(lambda event, **_: _as_json(event))],
            logger_factory=structlog.BytesLoggerFactory(sys.stderr.buffer),
            wrapper_class=structlog.make_filtering_bound_logger(level),
            cache_logger_on_first_use=True,
        )
    else:
        structlog.configure(
            processors=[
                structlog.stdlib.filter_by_level,
                *shared,
                structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
            ],
            logger_factory=structlog.stdlib.LoggerFactory(),
            wrapper_class=structlog.stdlib.BoundLogger,
            cache_logger_on_first_use=True,
        )
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    logging.getLogger("httpx").setLevel("WARNING")
    logging.getLogger("django.request").setLevel("ERROR")  # our own line names each request once
