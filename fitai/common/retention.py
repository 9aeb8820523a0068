"""How long data stays: one table in the settings (`RETENTION_DAYS`), one purge that keeps it.

An app says what a name of that table means by registering how rows older than a moment go; the purge does the rest,
in batches, as a scheduled job.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from fitai.common.jobs import Claim, handles
from fitai.common.models import Event, IdempotencyKey, Job
from fitai.common.schedules import every

PURGE_EVERY_SECONDS = 3600
BATCH = 1000

Purge = Callable[[datetime], int]
RULES: dict[str, Purge] = {}


def keeps(name: str) -> Callable[[Purge], Purge]:
    """Register how what is named in RETENTION_DAYS goes: at most a batch older than the moment; the count gone."""

    def register(purge: Purge) -> Purge:
        if name not in settings.RETENTION_DAYS:
            raise LookupError(f"RETENTION_DAYS does not say how long {name} are kept")
        RULES[name] = purge
        return purge

    return register


def delete_batch(rows: QuerySet[Any]) -> int:
    """Delete the first rows of a queryset."""
    return rows.model._default_manager.filter(pk__in=list(rows.values_list("pk", flat=True)[:BATCH])).delete()[0]


@handles("retention.purge", max_attempts=3)
def purge(claim: Claim) -> Mapping[str, Any]:
    """Keep the table, a batch at a time, until nothing is too old."""
    gone: dict[str, int] = {}
    for number, (name, remove) in enumerate(RULES.items()):
        before = timezone.now() - timedelta(days=settings.RETENTION_DAYS[name])
        gone[name] = 0
        while True:
            with claim.writing():
                count = remove(before)
            gone[name] += count
            claim.advance(number / len(RULES), name)
            if not count:
                break
    return gone


every(PURGE_EVERY_SECONDS, "retention.purge")


@keeps("idempotency_keys")
def purge_idempotency_keys(before: datetime) -> int:
    return delete_batch(IdempotencyKey.objects.filter(created_at__lt=before))


@keeps("operation_answers")
def forget_answers(before: datetime) -> int:
    """Operations stay with their workout; the answer to be repeated goes."""
    old = Event.objects.filter(answer_status__isnull=False, created_at__lt=before)
    return Event.objects.filter(pk__in=list(old.values_list("pk", flat=True)[:BATCH])).update(
        answer=None, answer_status=None
    )


@keeps("finished_jobs")
def purge_jobs(before: datetime) -> int:
    return delete_batch(Job.objects.filter(finished_at__lt=before))


@keeps("user_events")
def purge_user_events(before: datetime) -> int:
    return delete_batch(Event.objects.filter(stream__startswith="user:", created_at__lt=before))
