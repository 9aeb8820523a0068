"""Celery's one task."""

from typing import Any
from uuid import UUID

from celery import shared_task

from fitai.common import jobs


@shared_task(name="fitai.run")
def run(job_id: str, **_: Any) -> None:
    """Run the job that the bell rang for."""
    jobs.run(UUID(job_id))
