"""Celery carries doorbells: each message is the id of a job row (see `fitai.common.jobs`)."""

import os
from collections.abc import Callable
from functools import partial
from typing import Any

from celery import Celery, bootsteps
from celery.app.amqp import AMQP
from kombu import Connection

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fitai.settings.dev")

RECONNECT_SECONDS = 0.5


class Broker(Connection):
    """Looks for a broker that is away twice a second. Celery waits longer each time, up to half a minute: rests would
    end as late once it is back."""

    def ensure_connection(self, *args: Any, **kwargs: Any) -> Any:
        quickly = {"interval_start": RECONNECT_SECONDS, "interval_step": 0, "interval_max": RECONNECT_SECONDS}
        return super().ensure_connection(*args, **{**kwargs, **quickly})


class Doorbell(AMQP):
    """Celery's side of the broker."""

    Connection = Broker


app = Celery("fitai", amqp=Doorbell)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["fitai.common"], related_name="tasks")

ALIVE_SECONDS = 15


SIGNS: list[tuple[str, str, Callable[[], bool]]] = []
"""(queue, name, check): what workers of a queue say beside that they live, while it is so."""


def says(name: str, *, queue: str) -> Callable[[Callable[[], bool]], Callable[[], bool]]:
    """Have the workers of a queue say this, for `/health/status`, while the check holds."""

    def register(check: Callable[[], bool]) -> Callable[[], bool]:
        SIGNS.append((queue, name, check))
        return check

    return register


def _say(name: str, client: Any) -> None:
    client.set(f"fitai:{name}", 1, ex=ALIVE_SECONDS)


class SayAlive(bootsteps.StartStopStep):
    """Keeps a key a queue and sign in Valkey while the worker hears the bell; `/health/status` looks for it."""

    requires = frozenset({"celery.worker.consumer.tasks:Tasks"})
    again: Any = None

    def start(self, consumer: Any) -> None:
        from fitai.common import redis  # noqa: PLC0415  settings are not ready when Celery loads this module

        queues = list(app.amqp.queues.consume_from)

        def say() -> None:
            more = [name for queue, name, holds in SIGNS if queue in queues and holds()]
            for name in [*(f"worker:{queue}" for queue in queues), *more]:
                redis.attempt(partial(_say, name), None)

        say()
        self.again = consumer.timer.call_repeatedly(ALIVE_SECONDS / 3, say)

    def stop(self, consumer: Any) -> None:
        if self.again is not None:
            self.again.cancel()


app.steps["consumer"].add(SayAlive)
