"""The durable tables that every domain shares: what happened, what is to be done, and what was answered."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from fitai.common.ids import uuid7


class Clock(models.Model):
    """A person's counters, locked first in each transaction that writes what syncs, so numbers commit in order."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True)
    change_seq = models.BigIntegerField(default=0, help_text="number of the person's last change that syncs")
    stream_seq = models.BigIntegerField(default=0, help_text="head of the stream user:<id>")


class Event(models.Model):
    """What happened, numbered within its stream. For a workout an accepted operation, its event and its answer."""

    class Status(models.TextChoices):
        APPLIED = "applied"
        SUPERSEDED = "superseded"

    id = models.BigAutoField(primary_key=True)
    stream = models.CharField(max_length=64, help_text="workout:<id> or user:<id>")
    seq = models.BigIntegerField()
    type = models.CharField(max_length=40)
    at = models.DateTimeField(help_text="when it was done, by the clock of its device, corrected at receipt")
    device_id = models.CharField(max_length=64)
    actor_id = models.UUIDField(null=True, help_text="who did it; null for the server")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, db_index=False, help_text="whose stream it is")
    op_id = models.CharField(max_length=64, null=True)  # noqa: DJ001  no null is the same as another
    payload = models.JSONField(default=dict)
    status = models.CharField(max_length=10, choices=Status, default=Status.APPLIED)
    reorders = models.BooleanField(default=False, help_text="applying it last does not give the state: take a snapshot")
    digest = models.BinaryField(null=True, help_text="of the operation as it was sent")
    answer = models.BinaryField(null=True, help_text="body of the first answer, repeated for 24 hours")
    answer_status = models.PositiveSmallIntegerField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["stream", "seq"], name="event_stream_seq"),
            models.UniqueConstraint(fields=["user", "op_id"], name="event_user_op"),  # also finds a person's events
        ]
        indexes = [
            models.Index(fields=["created_at"], name="event_answered", condition=Q(answer_status__isnull=False)),
            models.Index(fields=["created_at"], name="event_of_person", condition=Q(stream__startswith="user:")),
        ]

    def __str__(self) -> str:
        return f"{self.stream} {self.seq} {self.type}"


class Job(models.Model):
    """Something to be done: a row before it is a message, claimed by lease, written under a fencing token."""

    class Status(models.TextChoices):
        QUEUED = "queued"
        PROCESSING = "processing"
        SUCCEEDED = "succeeded"
        FAILED = "failed"
        CANCELLED = "cancelled"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=60)
    queue = models.CharField(max_length=20, default="default")
    dedupe_key = models.CharField(max_length=200, unique=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, db_index=False)
    visible = models.BooleanField(default=False, help_text="whether its owner may follow it through the API")
    payload = models.JSONField(default=dict)
    status = models.CharField(max_length=10, choices=Status, default=Status.QUEUED)
    stage = models.CharField(max_length=60, blank=True)
    progress = models.FloatField(default=0, help_text="0 to 1")
    result = models.JSONField(null=True, blank=True)
    error = models.JSONField(null=True, blank=True, help_text="{code, detail} once it has failed")
    last_error = models.TextField(blank=True, help_text="of the latest attempt, for operators")
    attempts = models.PositiveIntegerField(default=0)
    max_attempts = models.PositiveIntegerField(default=5)
    not_before = models.DateTimeField()
    rung_at = models.DateTimeField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    lease_token = models.BigIntegerField(default=0)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    cancel_requested = models.BooleanField(default=False)
    request_id = models.CharField(max_length=64, blank=True)
    traceparent = models.CharField(
        max_length=55, blank=True, default="", db_default="", help_text="the trace in which it was asked for"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(progress__gte=0, progress__lte=1), name="job_progress"),
            models.CheckConstraint(condition=Q(attempts__lte=F("max_attempts") + 1), name="job_attempts"),
        ]
        indexes = [
            models.Index(fields=["not_before"], name="job_due", condition=Q(status="queued")),
            models.Index(fields=["lease_until"], name="job_leased", condition=Q(status="processing")),
            models.Index(fields=["user", "-created_at"], name="job_user"),
            models.Index(fields=["finished_at"], name="job_finished", condition=Q(finished_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


class IdempotencyKey(models.Model):
    """The answer that a POST under this key was given, kept for a day."""

    scope = models.CharField(max_length=80, help_text="user:<id>, or address:<address> for somebody unknown")
    key = models.CharField(max_length=64)
    digest = models.BinaryField(help_text="of method, path and body")
    status = models.PositiveSmallIntegerField()
    headers = models.JSONField(default=dict)
    body = models.BinaryField()
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scope", "key"], name="idempotency_scope_key")]
