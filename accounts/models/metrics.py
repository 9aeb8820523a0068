"""What people measure of themselves."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.enums import MetricKind, MetricUnit
from accounts.models.people import User
from accounts.querysets import MetricQuerySet
from fitai.common.ids import uuid7
from fitai.science.measures import MEASURES


def told_in_its_units() -> Q:
    """The condition that a kind stands with a unit it is told in."""
    by_units: dict[tuple[str, ...], list[str]] = {}
    for kind, measure in MEASURES.items():
        by_units.setdefault(tuple(measure.units), []).append(kind)
    condition = Q()
    for units, kinds in by_units.items():
        condition |= Q(kind__in=kinds, unit__in=units)
    return condition


class Metric(models.Model):
    """One measurement of somebody, as they entered it. Deleted ones stay a while, so that other devices learn of it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="metrics", db_index=False)
    kind = models.CharField(max_length=24, choices=MetricKind)
    value = models.DecimalField(max_digits=8, decimal_places=3, help_text="as entered")
    unit = models.CharField(max_length=10, choices=MetricUnit)
    canonical = models.DecimalField(
        max_digits=8, decimal_places=3, help_text="in kg, cm, minutes or the kind's only unit"
    )
    measured_at = models.DateTimeField()
    note = models.CharField(max_length=200, blank=True)
    digest = models.CharField(max_length=32, help_text="of what it was made with, to know the same request again")
    change_seq = models.BigIntegerField(help_text="of its owner; moves with every change")
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)
    deleted_at = models.DateTimeField(null=True, blank=True)

    objects = MetricQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(value__gt=0, canonical__gt=0), name="metric_positive"),
            models.CheckConstraint(condition=told_in_its_units(), name="metric_unit_of_kind"),
        ]
        indexes = [
            models.Index(
                fields=["user", "kind", "measured_at", "id"], name="metric_series", condition=Q(deleted_at=None)
            ),
            models.Index(fields=["user", "measured_at", "id"], name="metric_latest", condition=Q(deleted_at=None)),
            models.Index(fields=["user", "change_seq"], name="metric_changes"),
            models.Index(fields=["deleted_at"], name="metric_deleted", condition=Q(deleted_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.value:f} {self.get_unit_display()}"
