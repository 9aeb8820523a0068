from typing import Any

from celery.signals import worker_ready
from django.apps import AppConfig
from django.conf import settings

from fitai.observability import logs, metrics, statements


class ObservabilityConfig(AppConfig):
    name = "fitai.observability"
    verbose_name = "Observability"

    def ready(self) -> None:
        logs.configure(level=settings.LOG_LEVEL, json=settings.LOG_JSON)
        statements.watch()
        worker_ready.connect(show_figures)
        if settings.TRACES_EXPORTER != "none":
            from fitai.observability import tracing  # noqa: PLC0415  nothing of it is loaded where nothing is traced

            tracing.start()


def show_figures(**_: Any) -> None:
    """A worker has no other door that Prometheus could come through."""
    if settings.METRICS_PORT:
        metrics.serve(settings.METRICS_PORT)
