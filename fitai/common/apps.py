from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules

from fitai.celery import app as celery_app  # the app that rings for jobs, in every process


class CommonConfig(AppConfig):
    name = "fitai.common"
    verbose_name = "Platform"
    celery = celery_app

    def ready(self) -> None:
        autodiscover_modules("jobs", "retention", "converters")  # handlers, schedules and rules register themselves
