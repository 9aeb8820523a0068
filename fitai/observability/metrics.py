"""The figures of this server for Prometheus: what its processes counted, and what is asked of database and Valkey now.

Several processes share one folder (`PROMETHEUS_MULTIPROC_DIR`), a file each, so any of them shows what all counted.
"""

import hmac
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import structlog
from django.conf import settings
from django.db import Error, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_1_0_0, ThreadingWSGIServer
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.registry import Collector

from fitai.common import meters, outbound, redis
from fitai.common.problems import NotFound, Unauthenticated, render

log = structlog.get_logger(__name__)

PATIENCE_MS = 2000
"""Of the question how many jobs wait."""

# A statement a status, for each has its own partial index.
JOBS = """
SELECT queue, 'due', count(*), extract(epoch FROM now() - min(not_before))
  FROM common_job WHERE status = 'queued' AND not_before <= now() GROUP BY queue
UNION ALL SELECT queue, 'later', count(*), 0
  FROM common_job WHERE status = 'queued' AND not_before > now() GROUP BY queue
UNION ALL SELECT queue, 'running', count(*), 0
  FROM common_job WHERE status = 'processing' AND lease_until >= now() GROUP BY queue
UNION ALL SELECT queue, 'lost', count(*), 0
  FROM common_job WHERE status = 'processing' AND lease_until < now() GROUP BY queue
"""


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """The page for Prometheus, for who has the token; where none is set there is no such page."""
    if not settings.METRICS_TOKEN:
        return render(NotFound(), request)
    if not is_allowed(request.headers.get("Authorization", "")):
        return render(Unauthenticated("Send Authorization: Bearer with METRICS_TOKEN."), request)
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    return HttpResponse(page(Now()), content_type=CONTENT_TYPE_PLAIN_1_0_0, headers=headers)


def is_allowed(authorization: str) -> bool:
    """Whether whoever sends this may read the figures."""
    expected = f"Bearer {settings.METRICS_TOKEN}"
    return bool(settings.METRICS_TOKEN) and hmac.compare_digest(authorization.encode(), expected.encode())


def page(*collectors: Collector) -> bytes:
    """What was counted, and what these collectors find."""
    registry = CollectorRegistry()
    if settings.METRICS_FOLDER:
        forget_dead(Path(settings.METRICS_FOLDER))
        MultiProcessCollector(registry, settings.METRICS_FOLDER)
    else:
        registry.register(meters.INSTRUMENTS)
    for collector in collectors:
        registry.register(collector)
    return generate_latest(registry)


def forget_dead(folder: Path) -> None:
    """A process that was killed has no socket open any more; what it had counted stays."""
    for file in folder.glob("gauge_live*.db"):
        pid = int(file.stem.rpartition("_")[2])
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            mark_process_dead(pid, str(folder))
        except PermissionError:
            continue


class Now(Collector):
    """What is asked when somebody looks, of database and Valkey. What is down is said, the rest is shown."""

    def collect(self) -> Iterator[Metric]:
        up = GaugeMetricFamily("fitai_up", "Whether a part answers: 1 or 0.", labels=["part"])
        rows = waiting_jobs()
        up.add_metric(["database"], rows is not None)
        up.add_metric(["valkey"], redis.attempt(lambda client: bool(client.ping()), False))
        yield up
        if rows is not None:
            count = GaugeMetricFamily("fitai_jobs", "Jobs that have not ended, by state.", labels=["queue", "state"])
            oldest = GaugeMetricFamily(
                "fitai_job_oldest_due_seconds", "Seconds for which the first due job has waited.", labels=["queue"]
            )
            for queue, state, jobs, seconds in rows:
                count.add_metric([queue, state], jobs)
                if state == "due":
                    oldest.add_metric([queue], float(seconds))
            yield from (count, oldest)
        breakers = GaugeMetricFamily(
            "fitai_breaker_open",
            "Whether a service that failed is left alone: 1, 0.5 while it is tried.",
            labels=["service"],
        )
        for service, state in outbound.states().items():
            breakers.add_metric([service], {"opened": 1.0, "half-opened": 0.5}.get(state, 0.0))
        yield breakers


def waiting_jobs() -> list[tuple[Any, ...]] | None:
    """(queue, state, how many, seconds since the first was due), in one statement; None while it cannot be answered."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL statement_timeout = {PATIENCE_MS}")
            cursor.execute(JOBS)
            return cursor.fetchall()
    except Error as failure:
        log.warning("metrics.database_unavailable", error=str(failure).strip())
        return None


# ── Processes without a door ─────────────────────────────────────────────────────────────────────


class _Silent(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Not on standard error."""


def serve(port: int, address: str = "0.0.0.0") -> ThreadingWSGIServer | None:  # noqa: S104  Prometheus is elsewhere
    """Show at a port of its own what the processes of this worker counted, to who has the token. None where the port is
    taken: work goes on without."""
    try:
        server = make_server(address, port, _answer, ThreadingWSGIServer, _Silent)
    except OSError as failure:
        log.warning("metrics.port_taken", port=port, error=str(failure))
        return None
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def _answer(environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
    if environ["PATH_INFO"] != "/metrics" or not settings.METRICS_TOKEN:
        start("404 Not Found", [])
        return []
    if not is_allowed(environ.get("HTTP_AUTHORIZATION", "")):
        start("401 Unauthorized", [("WWW-Authenticate", "Bearer")])
        return []
    start("200 OK", [("Content-Type", CONTENT_TYPE_PLAIN_1_0_0)])
    return [page()]
