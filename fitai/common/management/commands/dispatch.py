"""The dispatcher (role `beat`). Two of them are harmless: claims decide who works."""

import signal
import time
from typing import Any

import structlog
from django.core.management.base import BaseCommand
from django.db import InterfaceError, OperationalError, close_old_connections
from django.utils import timezone

from fitai.common import jobs, schedules
from fitai.common.models import Job

log = structlog.get_logger(__name__)

TICK_SECONDS = 0.25
SCHEDULE_SECONDS = 5.0


class Command(BaseCommand):
    help = "Ring for jobs that are due, were lost or outlived their lease, and start what is scheduled."

    def handle(self, *args: Any, **options: Any) -> None:
        self.running = True
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, self.stop)
        next_schedules = 0.0
        while self.running:
            try:
                self.ring_for_due()
                if time.monotonic() >= next_schedules:
                    schedules.enqueue_due(timezone.now())
                    next_schedules = time.monotonic() + SCHEDULE_SECONDS
            except (OperationalError, InterfaceError) as failure:
                log.warning("database.unavailable", error=str(failure).strip())
                close_old_connections()
            time.sleep(TICK_SECONDS)

    def ring_for_due(self) -> None:
        now = timezone.now()
        rung = [job_id for job_id, queue in jobs.due(now) if jobs.ring(job_id, queue)]
        if rung:
            Job.objects.filter(pk__in=rung).update(rung_at=now)

    def stop(self, *_: Any) -> None:
        self.running = False
