"""What is counted for Prometheus: every instrument, and what its labels may say.

A label has few values, all of them ours: a route as it stands in the URL configuration, a kind of job, a queue, a code.
Never a path, an id, an address or a text that somebody sent, so that neither a person nor a flood shows in the figures.
`fitai.observability.metrics` shows them; docs/operations.md explains each.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.multiprocess import mark_process_dead

if settings.METRICS_FOLDER:
    # Before the first instrument opens its file; what is open now is not what it was under an earlier process's number.
    Path(settings.METRICS_FOLDER).mkdir(parents=True, exist_ok=True)
    mark_process_dead(os.getpid(), settings.METRICS_FOLDER)

INSTRUMENTS: Final = CollectorRegistry()
QUICK: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0)
REQUEST: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0)
WORK: Final = (0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 15.0, 60.0, 300.0, 1800.0)

METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})
VERBS: Final = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE", "WITH", "SET", "SAVEPOINT", "RELEASE", "ROLLBACK"})
CLOSES: Final = frozenset({*range(1000, 1016), *range(4400, 4430)})
OTHER: Final = "other"
"""What a label says where somebody else chose the word."""


def _counter(name: str, meaning: str, *labels: str) -> Counter:
    return Counter(f"fitai_{name}", meaning, labels, registry=INSTRUMENTS)


def _histogram(name: str, meaning: str, *labels: str, buckets: tuple[float, ...]) -> Histogram:
    return Histogram(f"fitai_{name}", meaning, labels, registry=INSTRUMENTS, buckets=buckets)


def _gauge(name: str, meaning: str, *labels: str) -> Gauge:
    return Gauge(f"fitai_{name}", meaning, labels, registry=INSTRUMENTS, multiprocess_mode="livesum")


# ── HTTP and SQL ─────────────────────────────────────────────────────────────────────────────────

REQUESTS = _counter("http_requests", "Requests that were answered.", "method", "route", "status")
REQUEST_SECONDS = _histogram(
    "http_request_seconds", "Seconds until a request was answered.", "method", "route", buckets=REQUEST
)
SQL_SECONDS = _histogram("sql_seconds", "Seconds of a statement, by its first word.", "verb", buckets=QUICK)
SQL_ERRORS = _counter("sql_errors", "Statements that failed, by the kind of error.", "error")


def method_of(request: HttpRequest) -> str:
    return request.method if request.method in METHODS else OTHER


def route_of(request: HttpRequest) -> str:
    """The route that led to the view; `none` where none was looked for, or there is none."""
    return request.resolver_match.route if request.resolver_match is not None else "none"


def request_answered(method: str, route: str, status: int, seconds: float) -> None:
    REQUESTS.labels(method, route, status).inc()
    REQUEST_SECONDS.labels(method, route).observe(seconds)


def verb_of(sql: Any) -> str:
    """The first word of a statement."""
    words = sql[:40].lstrip("( \n").split(maxsplit=1) if isinstance(sql, str) else []
    verb = words[0].upper() if words else OTHER
    return verb if verb in VERBS else OTHER


# ── Jobs ─────────────────────────────────────────────────────────────────────────────────────────
# How many wait is asked of their table when somebody looks.

JOB_ATTEMPTS = _counter("job_attempts", "Attempts at jobs that were begun.", "kind")
JOB_WAIT_SECONDS = _histogram(
    "job_wait_seconds", "Seconds from when a job was due until an attempt began.", "queue", buckets=WORK
)
JOB_SECONDS = _histogram("job_seconds", "Seconds of an attempt at a job.", "kind", buckets=WORK)
JOBS_ENDED = _counter(
    "jobs_ended", "Jobs that came to their end: succeeded, failed, cancelled, gave_up.", "kind", "how"
)

# ── Sockets ──────────────────────────────────────────────────────────────────────────────────────

SOCKETS = _gauge("sockets_open", "Sockets that are open.")
SUBSCRIPTIONS = _gauge("subscriptions_open", "Channels that are followed, by their kind.", "channel")
SOCKET_CLOSES = _counter("socket_closes", "Sockets that were closed, by the code.", "code")
SOCKET_MESSAGE_SECONDS = _histogram(
    "socket_message_seconds", "Seconds until a client's message was answered.", "type", buckets=QUICK
)
EVENTS_SENT = _counter("socket_events_sent", "Events that were sent to sockets.")
SNAPSHOTS_SENT = _counter(
    "socket_snapshots_sent", "Snapshots that were sent to sockets, by the kind of channel.", "channel"
)
CHANNEL_GAPS = _counter("channel_gaps", "Times that a process found events missing which Valkey had not told of.")
EVENTS_REFETCHED = _counter("channel_events_refetched", "Events that were read from the database to close gaps.")


def socket_closed(code: int | None) -> None:
    SOCKET_CLOSES.labels(code if code in CLOSES else OTHER).inc()


# ── Live workouts ────────────────────────────────────────────────────────────────────────────────

OPERATION_SECONDS = _histogram(
    "live_operation_seconds", "Seconds until operations on a workout were committed or refused.", "mode", buckets=QUICK
)


@contextmanager
def timed(instrument: Histogram, *labels: str) -> Iterator[None]:
    """Observe how long something takes, however it ends."""
    started = perf_counter()
    try:
        yield
    finally:
        instrument.labels(*labels).observe(perf_counter() - started)
