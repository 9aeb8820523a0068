"""Background work as rows.

`enqueue` inserts a job in the caller's transaction; Celery is the doorbell and carries the id alone. `run` claims the
job under a lease, calls its handler and stores the outcome under the claim's token, so that a worker which was stopped
and replaced can write nothing more. The dispatcher (`manage.py dispatch`) rings again for what is due or was lost.

A handler must be safe to run again from the start: at least once to start, once in effect.
"""

import random
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from celery import current_app
from django.db import DatabaseError, connection, transaction
from django.db.models import DateTimeField, DurationField, ExpressionWrapper, F, Q
from django.utils import timezone
from structlog.contextvars import bound_contextvars, get_contextvars

from fitai.common import meters, redis, spans
from fitai.common.events import publish_to_user
from fitai.common.ids import uuid7
from fitai.common.models import Job

log = structlog.get_logger(__name__)

LEASE = timedelta(seconds=60)
RING_AGAIN_AFTER = timedelta(seconds=1)
RING_AGAIN_AT_MOST_AFTER = timedelta(minutes=5)
MAX_BACKOFF_SECONDS = 3600
Status = Job.Status


class Fenced(Exception):
    """This worker's claim has ended: its lease ran out and another took over, or the job was cancelled."""


class PermanentFailure(Exception):
    """Trying again is of no use. `code` is a stable word for clients, the message is for people."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail


class Later(Exception):
    """Not now: the job waits until `at`. Unless it `counts`, the attempt is none of the few that a job has."""

    def __init__(self, at: datetime, *, counts: bool = False) -> None:
        super().__init__(at)
        self.at = at
        self.counts = counts


@dataclass(frozen=True, slots=True)
class Handler:
    """How a kind of job is run."""

    function: Callable[["Claim"], Mapping[str, Any] | None]
    queue: str
    max_attempts: int
    visible: bool
    lease: timedelta
    ended: Callable[[Job], None] | None = None


HANDLERS: dict[str, Handler] = {}


def handles(
    kind: str,
    *,
    queue: str = "default",
    max_attempts: int = 5,
    visible: bool = False,
    lease: timedelta = LEASE,
    ended: Callable[[Job], None] | None = None,
) -> Callable[[Callable[["Claim"], Mapping[str, Any] | None]], Callable[["Claim"], Mapping[str, Any] | None]]:
    """Register the handler of a kind; its return value becomes the job's `result`.

    `ended` is given the job once it has succeeded, failed, been cancelled or given up, in the transaction that says so.
    """

    def register(
        function: Callable[["Claim"], Mapping[str, Any] | None],
    ) -> Callable[["Claim"], Mapping[str, Any] | None]:
        HANDLERS[kind] = Handler(function, queue, max_attempts, visible, lease, ended)
        return function

    return register


def enqueue(
    kind: str,
    payload: Mapping[str, Any],
    *,
    dedupe_key: str,
    user_id: UUID | None = None,
    not_before: datetime | None = None,
    id: UUID | None = None,
) -> UUID | None:
    """Insert a job, tell its owner, and ring for it after commit; None when one with this `dedupe_key` exists."""
    handler = HANDLERS[kind]
    job = Job(
        id=id or uuid7(),
        kind=kind,
        queue=handler.queue,
        dedupe_key=dedupe_key,
        user_id=user_id,
        visible=handler.visible,
        payload=payload,
        max_attempts=handler.max_attempts,
        not_before=not_before or timezone.now(),
        rung_at=timezone.now() if not_before is None else None,
        request_id=get_contextvars().get("request_id", ""),
        traceparent=spans.carried(),
    )
    inserted = _insert(job)
    if inserted:
        announce_job(job)
    if inserted and not_before is None:

        def ring_now() -> None:
            ring(job.id, job.queue)

        transaction.on_commit(ring_now)
    return job.id if inserted else None


def _insert(job: Job) -> bool:
    """INSERT ... ON CONFLICT DO NOTHING, and whether the row is new."""
    fields = list(Job._meta.concrete_fields)
    job.created_at = timezone.now()
    values = [field.get_db_prep_save(getattr(job, field.attname), connection) for field in fields]
    columns = ", ".join(connection.ops.quote_name(field.column or "") for field in fields)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO common_job ({columns}) VALUES ({', '.join(['%s'] * len(fields))})"  # noqa: S608  columns are our own
            " ON CONFLICT (dedupe_key) DO NOTHING",
            values,
        )
        return bool(cursor.rowcount == 1)


def ring(job_id: UUID, queue: str) -> bool:
    """Tell a worker of the job; false while the broker is away (the dispatcher rings again)."""
    if not redis.attempt(lambda client: client.ping(), False):
        return False  # found out in half a second; Celery would keep whoever rings waiting for several
    try:
        current_app.send_task("fitai.run", args=[str(job_id)], queue=queue, retry=False, ignore_result=True)
    except Exception as failure:  # whatever a broker's client raises: the row is safe
        log.warning("broker.unavailable", job_id=str(job_id), error=repr(failure))
        return False
    return True


class Claim:
    """A worker's hold on a job. Everything it writes is refused once the hold has ended."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.token = job.lease_token

    @property
    def payload(self) -> dict[str, Any]:
        return self.job.payload

    def advance(self, progress: float, stage: str = "") -> None:
        """Say that work really moves: renews the lease, and shows the owner how far it is."""
        now = timezone.now()
        with transaction.atomic():
            self._write(
                heartbeat_at=now, lease_until=now + HANDLERS[self.job.kind].lease, progress=progress, stage=stage
            )
            self.job.progress, self.job.stage = progress, stage
            announce_job(self.job)

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Renew the lease while somebody else is waited for, as long as this process lives. The wait must have an end:
        nothing here says that work moves."""
        lease, over = HANDLERS[self.job.kind].lease, threading.Event()

        def renew() -> None:
            mine = Job.objects.filter(pk=self.job.pk, lease_token=self.token, status=Status.PROCESSING)
            try:
                while not over.wait(lease.total_seconds() / 3):
                    now = timezone.now()
                    mine.update(heartbeat_at=now, lease_until=now + lease)
            except DatabaseError as failure:
                log.warning("job.not_kept", job_id=str(self.job.pk), error=str(failure).strip())
            finally:
                connection.close()

        keeper = threading.Thread(target=renew, daemon=True)
        keeper.start()
        try:
            yield
        finally:
            over.set()
            keeper.join()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """A transaction in which the claim is locked and held: what a handler writes in it is written once."""
        with transaction.atomic():
            held = Job.objects.select_for_update().filter(
                pk=self.job.pk, lease_token=self.token, status=Status.PROCESSING, cancel_requested=False
            )
            if not held.exists():
                raise Fenced()
            yield

    def _write(self, **values: Any) -> None:
        changed = Job.objects.filter(pk=self.job.pk, lease_token=self.token, status=Status.PROCESSING)
        if not changed.filter(cancel_requested=False).update(**values):
            raise Fenced()


def claim(job_id: UUID) -> Claim | None:
    """Take the job if it is due and free. Counts the attempt; a job that keeps killing its worker is given up."""
    now = timezone.now()
    with transaction.atomic():
        job = (
            Job.objects.select_for_update(skip_locked=True)
            .filter(pk=job_id)
            .filter(Q(status=Status.QUEUED, not_before__lte=now) | Q(status=Status.PROCESSING, lease_until__lt=now))
            .first()
        )
        if job is None:
            return None
        if job.cancel_requested:
            job.lease_token += 1
            _end(job, Status.CANCELLED)
            return None
        if job.attempts >= job.max_attempts:
            job.lease_token += 1
            _end(job, Status.FAILED, error={"code": "gave_up", "detail": "It was tried several times and never ended."})
            return None
        job.status = Status.PROCESSING
        job.attempts += 1
        job.lease_token += 1
        job.lease_until = now + HANDLERS[job.kind].lease
        job.heartbeat_at = now
        job.save(update_fields=["status", "attempts", "lease_token", "lease_until", "heartbeat_at"])
        announce_job(job)
    meters.JOB_ATTEMPTS.labels(job.kind).inc()
    meters.JOB_WAIT_SECONDS.labels(job.queue).observe((now - job.not_before).total_seconds())
    return Claim(job)


def run(job_id: UUID) -> None:
    """Claim a job, run it, and store how it ended; silent when it is somebody else's or done."""
    held = claim(job_id)
    if held is None:
        return
    job = held.job
    told: spans.Attributes = {
        "fitai.job_id": str(job.id),
        "fitai.request_id": job.request_id,
        "fitai.attempt": job.attempts,
    }
    with (
        bound_contextvars(job_id=str(job.id), job_kind=job.kind, request_id=job.request_id),
        spans.work(f"job {job.kind}", job.traceparent, told) as span,
    ):
        log.info("job.start", attempt=job.attempts)
        try:
            with meters.timed(meters.JOB_SECONDS, job.kind):
                result = HANDLERS[job.kind].function(held)
        except Fenced:
            log.warning("job.fenced")
            _settle_cancelled(job)
        except PermanentFailure as failure:
            span.tell(attributes={"error.type": failure.code}, failed=True)
            _finish(
                held, Status.FAILED, error={"code": failure.code, "detail": failure.detail}, last_error=repr(failure)
            )
            log.warning("job.failed", error=repr(failure))
        except Later as later:
            log.info("job.later", at=later.at.isoformat())
            _retry_or_fail(held, later)
        except Exception as failure:
            span.tell(attributes={"error.type": type(failure).__name__}, failed=True)
            log.exception("job.error")
            _retry_or_fail(held, failure)
        else:
            _finish(held, Status.SUCCEEDED, result=result, progress=1)
            log.info("job.end")


def cancel(job: Job) -> None:
    """Stop a job: at once when it waits, at its next write when it runs. `job` must be locked."""
    if job.status == Status.QUEUED:
        _end(job, Status.CANCELLED)
    elif job.status == Status.PROCESSING:
        job.cancel_requested = True
        job.save(update_fields=["cancel_requested"])


def retry(job: Job) -> None:
    """Begin a job that failed or was cancelled anew, with all its attempts. `job` must be locked."""
    values: dict[str, Any] = {
        "status": Status.QUEUED,
        "attempts": 0,
        "progress": 0,
        "stage": "",
        "error": None,
        "cancel_requested": False,
        "not_before": timezone.now(),
        "rung_at": timezone.now(),
        "finished_at": None,
    }
    for name, value in values.items():
        setattr(job, name, value)
    job.save(update_fields=values)
    announce_job(job)

    def ring_now() -> None:
        ring(job.id, job.queue)

    transaction.on_commit(ring_now)


def due(now: datetime, limit: int = 500) -> list[tuple[UUID, str]]:
    """(id, queue) of what should be rung for: newly due, its lease has run out, or rung for in vain.

    What is rung for in vain is rung for again when it has waited as long again, from a second up to five minutes: a
    lost message costs little, and a long queue is not filled with copies.
    """
    waited = ExpressionWrapper(F("rung_at") - F("not_before"), DurationField())
    waiting_again = ExpressionWrapper(F("rung_at") + waited, DateTimeField())
    in_vain = Q(rung_at__lt=now - RING_AGAIN_AFTER) & (
        Q(again_at__lt=now) | Q(rung_at__lt=now - RING_AGAIN_AT_MOST_AFTER)
    )
    waiting = Q(status=Status.QUEUED, not_before__lte=now) & (
        Q(rung_at__isnull=True) | Q(rung_at__lt=F("not_before")) | in_vain
    )
    lost = Q(status=Status.PROCESSING, lease_until__lt=now) & (
        Q(rung_at__isnull=True) | Q(rung_at__lt=F("lease_until")) | in_vain
    )
    jobs = Job.objects.annotate(again_at=waiting_again).filter(waiting | lost)
    return list(jobs.order_by("not_before").values_list("id", "queue")[:limit])


def announce_job(job: Job) -> None:
    """Tell the owner of a visible job how it stands, on `user:me`."""
    if job.visible and job.user_id is not None:
        publish_to_user(job.user_id, "job", shape(job))


def shape(job: Job) -> dict[str, Any]:
    """A job as its owner sees it."""
    return {
        "id": str(job.id),
        "kind": job.kind,
        "status": job.status,
        "stage": job.stage,
        "progress": job.progress,
        "error": job.error,
        "result": job.result,
    }


def _finish(held: Claim, status: Job.Status, **values: Any) -> None:
    with transaction.atomic():
        job = Job.objects.select_for_update().filter(pk=held.job.pk).first()
        if job is None or job.lease_token != held.token or job.status != Status.PROCESSING:
            log.warning("job.fenced")
            return
        if job.cancel_requested:
            _end(job, Status.CANCELLED)
        else:
            _end(job, status, **values)


def _retry_or_fail(held: Claim, failure: Exception) -> None:
    """Back to the queue, until the moment that the handler named or with full jitter over an exponential back-off,
    until the attempts are used up."""
    job = held.job
    uncounted = isinstance(failure, Later) and not failure.counts
    if job.attempts >= job.max_attempts and not uncounted:
        detail = "It failed several times. The cause is logged; try again later."
        _finish(held, Status.FAILED, error={"code": "failed", "detail": detail}, last_error=repr(failure))
        return
    ceiling = min(MAX_BACKOFF_SECONDS, 2 ** (job.attempts + 1))
    wait = timedelta(seconds=random.uniform(1, ceiling))  # noqa: S311  jitter, not a secret
    not_before = failure.at if isinstance(failure, Later) else timezone.now() + wait
    with transaction.atomic():
        mine = Job.objects.select_for_update().filter(pk=job.pk, lease_token=held.token, status=Status.PROCESSING)
        current = mine.first()
        if current is None:
            log.warning("job.fenced")
        elif current.cancel_requested:
            _end(current, Status.CANCELLED)
        else:
            current.status, current.lease_until = Status.QUEUED, None
            current.not_before, current.last_error = not_before, repr(failure)
            current.attempts -= uncounted
            current.save(update_fields=["status", "lease_until", "not_before", "last_error", "attempts"])
            announce_job(current)


def _settle_cancelled(job: Job) -> None:
    with transaction.atomic():
        current = Job.objects.select_for_update().filter(pk=job.pk).first()
        if current is not None and current.cancel_requested and current.status == Status.PROCESSING:
            _end(current, Status.CANCELLED)


def _end(job: Job, status: Job.Status, **values: Any) -> None:
    """Write the final state of a locked job."""
    values |= {"status": status, "finished_at": timezone.now(), "lease_until": None}
    for name, value in values.items():
        setattr(job, name, value)
    job.save(update_fields=[*values, "lease_token"])
    handler = HANDLERS.get(job.kind)
    if handler is not None and handler.ended is not None:
        handler.ended(job)
    announce_job(job)
    how = "gave_up" if (job.error or {}).get("code") == "gave_up" else status
    transaction.on_commit(meters.JOBS_ENDED.labels(job.kind, how).inc)
