"""Catalogues of others, and what became of each exercise in them."""

from datetime import timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from exercises.enums import EntryOutcome, MatchedBy, SourceKind
from exercises.models.library import Exercise
from fitai.common.ids import uuid7


class Source(models.Model):
    """A catalogue of others that exercises are read from, as drafts for moderation."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=80, unique=True, help_text="as it is named where its exercises are shown")
    kind = models.CharField(max_length=20, choices=SourceKind, help_text="the shape of what it answers")
    address = models.CharField(max_length=500, help_text="http(s) address, or path of a file on this server")
    license = models.CharField(max_length=100, blank=True, help_text="of all exercises that name none of their own")
    license_url = models.URLField(max_length=500, blank=True)
    every_hours = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="how often it is read, 1 to 720; empty: only when asked"
    )
    enabled = models.BooleanField(default=True, help_text="read at all")
    validators = models.JSONField(
        default=dict,
        blank=True,
        editable=False,
        help_text="ETag and Last-Modified of what was read whole, and of where",
    )
    unfinished = models.JSONField(
        null=True, blank=True, editable=False, help_text="where a run stopped, from which the next goes on"
    )
    last_run_at = models.DateTimeField(null=True, blank=True, editable=False)
    last_outcome = models.TextField(blank=True, editable=False, help_text="what the last run did, in words")
    last_failed = models.BooleanField(default=False, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=SourceKind.values), name="source_kind_known"),
            models.CheckConstraint(
                condition=Q(every_hours=None) | Q(every_hours__gte=1, every_hours__lte=720), name="source_every_hours"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def every(self) -> timedelta | None:
        """How often it is read, if it is."""
        return timedelta(hours=self.every_hours) if self.enabled and self.every_hours else None


class SourceEntry(models.Model):
    """An exercise of another catalogue, and which exercise of the library it is."""

    id = models.BigAutoField(primary_key=True)
    source = models.ForeignKey(Source, models.CASCADE, related_name="entries", db_index=False)
    external_id = models.CharField(max_length=200, help_text="its name in the source, for ever")
    exercise = models.ForeignKey(Exercise, models.SET_NULL, null=True, blank=True, related_name="source_entries")
    name = models.CharField(max_length=80)
    digest = models.CharField(max_length=32, help_text="of what it said when it was last used or offered")
    drafted_digest = models.CharField(
        max_length=32, blank=True, help_text="of the draft that was made of it; another one than the draft's: edited"
    )
    matched_by = models.CharField(max_length=10, choices=MatchedBy)
    outcome = models.CharField(max_length=10, choices=EntryOutcome)
    author = models.CharField(max_length=200, blank=True)
    license = models.CharField(max_length=100, blank=True)
    license_url = models.CharField(max_length=500, blank=True)
    url = models.CharField(max_length=500, blank=True)
    doubts = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    seen_at = models.DateTimeField()

    class Meta:
        verbose_name = "exercise of a source"
        verbose_name_plural = "exercises of sources"
        constraints = [
            models.UniqueConstraint(fields=["source", "external_id"], name="sourceentry_once"),
            models.CheckConstraint(condition=Q(matched_by__in=MatchedBy.values), name="sourceentry_matched_by_known"),
            models.CheckConstraint(condition=Q(outcome__in=EntryOutcome.values), name="sourceentry_outcome_known"),
        ]
        indexes = [models.Index(fields=["source", "outcome"], name="sourceentry_outcome")]

    def __str__(self) -> str:
        return f"{self.name} ({self.external_id})"
