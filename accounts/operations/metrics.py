"""Every verb that changes what people measure of themselves. The clock of their changes is taken first."""

import hashlib
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Metric
from accounts.policies import can_edit_metric
from fitai.common.actors import Actor, require
from fitai.common.clock import next_change_seq
from fitai.common.ids import uuid7
from fitai.common.problems import IdTaken, Invalid, NotFound, error
from fitai.science.measures import MEASURES
from fitai.science.units import plain

CLOCK_SKEW = timedelta(minutes=5)
EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
Check = Callable[[Metric], None]


@transaction.atomic
def create_metric(actor: Actor, *, values: Mapping[str, Any]) -> Metric:
    """Write a measurement down. Its `id` may be chosen: the same id and values again is the same measurement, anything
    else under it is `id_taken`."""
    metric = Metric(user_id=actor.user_id, note="")
    metric.id = values.get("id") or uuid7()
    _write(metric, values)
    metric.digest = _digest(metric)
    metric.change_seq = next_change_seq(actor.user_id)
    present = Metric.objects.filter(pk=metric.pk).first()
    if present is None:
        try:
            with transaction.atomic():
                metric.save(force_insert=True)
        except IntegrityError:
            raise IdTaken() from None  # somebody else's, made this instant
        return metric
    if present.user_id != actor.user_id or present.digest != metric.digest or present.deleted_at is not None:
        raise IdTaken()
    return present


@transaction.atomic
def update_metric(actor: Actor, metric_id: UUID, *, values: Mapping[str, Any], check: Check) -> Metric:
    """Change what `values` names; what is there already changes nothing. `check` may refuse it as it stands."""
    if "unit" in values and "value" not in values:
        # Number and unit are one thing: 80 kg must never become 80 lb.
        raise Invalid(errors=[error("/value", "required", "Send the value together with its unit.")])
    change_seq = next_change_seq(actor.user_id)
    metric = _lock(actor, metric_id)
    check(metric)
    before = _digest(metric)
    _write(metric, values)
    if _digest(metric) != before:
        metric.updated_at, metric.change_seq = timezone.now(), change_seq
        metric.save()
    return metric


@transaction.atomic
def delete_metric(actor: Actor, metric_id: UUID, *, check: Check) -> None:
    """Take it out of every list and statistic. Its row stays for some weeks, until other devices know."""
    change_seq = next_change_seq(actor.user_id)
    metric = _lock(actor, metric_id)
    check(metric)
    metric.deleted_at = metric.updated_at = timezone.now()
    metric.change_seq = change_seq
    metric.save(update_fields=["deleted_at", "updated_at", "change_seq"])


def _lock(actor: Actor, metric_id: UUID) -> Metric:
    metric = Metric.objects.visible_to(actor).select_for_update(of=("self",)).filter(pk=metric_id).first()
    if metric is None:
        raise NotFound()
    require(can_edit_metric, actor, metric)
    return metric


def _write(metric: Metric, values: Mapping[str, Any]) -> None:
    """Set what is named; 422 where that is not a measurement of a person."""
    for name in ("kind", "value", "unit", "measured_at"):
        if name in values:
            setattr(metric, name, values[name])
    if "note" in values:
        metric.note = values["note"] or ""
    errors = [*_unlikely(metric), *_untimely(metric)]
    if errors:
        raise Invalid(errors=errors)
    metric.canonical = MEASURES[metric.kind].canonical(metric.value, metric.unit)


def _unlikely(metric: Metric) -> list[dict[str, str]]:
    measure = MEASURES[metric.kind]
    if metric.unit not in measure.units:
        return [error("/unit", "invalid_choice", f"This is told in {' or '.join(measure.units)}.")]
    if not measure.low <= measure.canonical(metric.value, metric.unit) <= measure.high:
        bounds = f"{plain(measure.low)} to {plain(measure.high)} {measure.canonical_unit}"
        return [error("/value", "implausible", f"Of people this is from {bounds}.")]
    return []


def _untimely(metric: Metric) -> list[dict[str, str]]:
    if metric.measured_at > timezone.now() + CLOCK_SKEW:
        return [error("/measured_at", "in_the_future", "This time has not come yet.")]
    if metric.measured_at < EARLIEST:
        return [error("/measured_at", "too_long_ago", f"This is before {EARLIEST.year}.")]
    return []


def _digest(metric: Metric) -> str:
    """Of what somebody says of a measurement."""
    said = [metric.kind, plain(Decimal(metric.value)), metric.unit, metric.measured_at.timestamp(), metric.note]
    return hashlib.blake2b(orjson.dumps(said), digest_size=16).hexdigest()
