"""Celery carries doorbells: each message is the id of a job row (see `fitai.common.jobs`)."""

import os
from functools import partial
from typing import Any

from celery import Celery, bootsteps

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fitai.settings.dev")

app = Celery("fitai")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["fitai.common"], related_name="tasks")

ALIVE_SECONDS = 15


def _say_alive(queue: str, client: Any) -> None:
    client.set(f"fitai:worker:{queue}", 1, ex=ALIVE_SECONDS)


class SayAlive(bootsteps.StartStopStep):
    """Keeps a key a queue in Valkey while the worker's main process lives; `/health/status` looks for it."""

    requires = frozenset({"celery.worker.components:Timer"})

    def start(self, worker: Any) -> None:
        from fitai.common import redis  # noqa: PLC0415  settings are not ready when Celery loads this module

        queues = list(app.amqp.queues.consume_from)

        def say() -> None:
            for queue in queues:
                redis.attempt(partial(_say_alive, queue), None)

        say()
        worker.timer.call_repeatedly(ALIVE_SECONDS / 3, say)


app.steps["worker"].add(SayAlive)
