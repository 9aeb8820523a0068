from django.apps import AppConfig
from django.conf import settings

from fitai.observability import logs


class ObservabilityConfig(AppConfig):
    name = "fitai.observability"
    verbose_name = "Observability"

    def ready(self) -> None:
        logs.configure(level=settings.LOG_LEVEL, json=settings.LOG_JSON)
