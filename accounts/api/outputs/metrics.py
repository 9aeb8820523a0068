"""Measurements as their owner sees them: each as it was entered, and a series drawn together."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection
from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema_field
from rest_framework import serializers

from accounts import enums
from accounts.models import Preferences
from fitai.common.rendering import plain
from fitai.science import trend
from fitai.science.measures import MEASURES
from fitai.science.units import round_thousandth

Row = Mapping[str, Any]
COLUMNS = ("id", "kind", "value", "unit", "canonical", "measured_at", "note", "change_seq", "created_at", "updated_at")
MOST_BUCKETS = 1000
NO_ID = UUID(int=0)

CHANGES_OVER = (7, 30, 90)
NEVER = datetime(1, 1, 2, tzinfo=ZoneInfo("UTC"))


class QuantityOutput(serializers.Serializer):
    value = serializers.DecimalField(8, 3)
    unit = serializers.ChoiceField(enums.MetricUnit.choices)


class MetricOutput(serializers.Serializer):
    id = serializers.UUIDField()
    kind = serializers.ChoiceField(enums.MetricKind.choices)
    value = serializers.DecimalField(8, 3, help_text="as entered")
    unit = serializers.ChoiceField(enums.MetricUnit.choices)
    canonical = QuantityOutput(help_text="the same in the unit that all of its kind are compared in")
    measured_at = serializers.DateTimeField()
    note = serializers.CharField(allow_null=True)
    change_seq = serializers.IntegerField(help_text="of its owner; moves with every change")
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class MetricBucketOutput(serializers.Serializer):
    """The measurements of a day, week or month of the person's own zone."""

    start = serializers.DateField(help_text="its first day")
    count = serializers.IntegerField()
    min = serializers.DecimalField(8, 3)
    max = serializers.DecimalField(8, 3)
    mean = serializers.DecimalField(8, 3)
    last = serializers.DecimalField(8, 3, help_text="the latest measurement of it")
    unit = serializers.ChoiceField(enums.MetricUnit.choices, help_text="the one that the person prefers")


@extend_schema_field(
    PolymorphicProxySerializer("MetricOrBucket", [MetricOutput, MetricBucketOutput], resource_type_field_name=None)
)
class MetricOrBucket(serializers.JSONField):
    """A measurement; with `aggregate` a bucket of them."""


class MetricPage(serializers.Serializer):
    results = serializers.ListField(child=MetricOrBucket())
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)


class MetricChangeOutput(serializers.Serializer):
    value = serializers.DecimalField(8, 3, help_text="what there is more (or less, below zero) than then")
    then = serializers.DecimalField(8, 3)
    measured_at = serializers.DateTimeField(help_text="of what it is compared with")


class MetricChangesOutput(serializers.Serializer):
    def get_fields(self) -> dict[str, Any]:
        return {str(days): MetricChangeOutput(allow_null=True) for days in CHANGES_OVER}


class MetricTrendOutput(serializers.Serializer):
    value = serializers.DecimalField(8, 3, help_text="on the day of the latest measurement")
    per_week = serializers.DecimalField(
        8, 3, allow_null=True, help_text="what it moved by in the week to then; null where it is younger"
    )


class MetricStandingOutput(serializers.Serializer):
    kind = serializers.ChoiceField(enums.MetricKind.choices)
    latest = MetricOutput()
    unit = serializers.ChoiceField(enums.MetricUnit.choices, help_text="of `change` and `trend`: the preferred one")
    change = MetricChangesOutput()
    trend = MetricTrendOutput(allow_null=True, help_text="null until there are values of two days")


class TrendMethodOutput(serializers.Serializer):
    name = serializers.CharField()
    alpha_per_day = serializers.DecimalField(3, 2)
    source = serializers.CharField()  # type: ignore[assignment]  # a member called so


class MetricSummaryOutput(serializers.Serializer):
    kinds = MetricStandingOutput(many=True, help_text="those that were ever measured")
    trend_method = TrendMethodOutput()


TREND_METHOD = {
    "name": "exponentially weighted moving average of daily means",
    "alpha_per_day": trend.ALPHA_PER_DAY,
    "source": "John Walker, The Hacker's Diet (1991); over a gap of n days alpha is 1 - (1 - alpha) ** n",
}


def metric_shape(row: Row) -> dict[str, Any]:
    """A measurement as its owner sees it."""
    return {
        "id": row["id"],
        "kind": row["kind"],
        "value": plain(row["value"]),
        "unit": row["unit"],
        "canonical": {"value": plain(row["canonical"]), "unit": MEASURES[row["kind"]].canonical_unit},
        "measured_at": row["measured_at"],
        "note": row["note"] or None,
        "change_seq": row["change_seq"],
        "created_at": row["created_at"],
        "updated_at": row["updated_at"],
    }


def metric_shapes(rows: Sequence[Row]) -> list[dict[str, Any]]:
    return [metric_shape(row) for row in rows]


# ── Series ───────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Habits:
    """What somebody's days and units are."""

    zone: str
    first_weekday: int
    weight_unit: str
    length_unit: str

    def unit(self, kind: str) -> str:
        return MEASURES[kind].preferred_unit(self.weight_unit, self.length_unit)

    def instant(self, day: date) -> datetime:
        """The moment at which a day begins. Where clocks skip midnight, that is the first one after it."""
        return datetime.combine(day, time.min, ZoneInfo(self.zone))


def read_habits(user_id: UUID) -> Habits:
    """In one statement."""
    columns = ("user__profile__time_zone", "first_weekday", "weight_unit", "height_unit")
    return Habits(*Preferences.objects.values_list(*columns).get(pk=user_id))


# Values that were entered in the preferred unit are taken as they are, so that 225 lb stay 225.
SERIES = """
SELECT ({start})::date AS start, count(*), min(v.shown), max(v.shown), avg(v.shown),
  (array_agg(v.shown ORDER BY v.measured_at DESC, v.id DESC))[1]
FROM (
  SELECT id, measured_at, (measured_at AT TIME ZONE %(zone)s) AS here,
    CASE WHEN unit = %(unit)s THEN value ELSE canonical / %(factor)s::numeric END AS shown
  FROM accounts_metric
  WHERE user_id = %(user)s AND kind = %(kind)s AND deleted_at IS NULL AND measured_at >= %(from)s
    AND measured_at < %(to)s
) v
GROUP BY 1 ORDER BY 1 {direction} LIMIT %(count)s
"""
STARTS = {
    enums.Period.DAY: "date_trunc('day', v.here)",
    # PostgreSQL's weeks begin on Mondays.
    enums.Period.WEEK: "date_trunc('week', v.here - %(shift)s * interval '1 day') + %(shift)s * interval '1 day'",
    enums.Period.MONTH: "date_trunc('month', v.here)",
}


def read_series(
    user_id: UUID, habits: Habits, *, kind: str, period: str, since: datetime | None, until: datetime | None
) -> Callable[[Sequence[Any] | None, bool, int], list[Row]]:
    """What `paginate_fetched` reads buckets with, newest first, each page in one statement."""
    unit = habits.unit(kind)

    def fetch(position: Sequence[Any] | None, backwards: bool, count: int) -> list[Row]:
        first, last = since or NEVER, until or datetime.max.replace(tzinfo=ZoneInfo("UTC"))
        if position is not None:
            start = date.fromisoformat(position[0])
            if backwards:
                first = max(first, habits.instant(after(start, period)))
            else:
                last = min(last, habits.instant(start))
        values: dict[str, Any] = {
            "zone": habits.zone,
            "unit": unit,
            "factor": MEASURES[kind].units[unit],
            "user": user_id,
            "kind": kind,
            "from": first,
            "to": last,
            "shift": habits.first_weekday - 1,
            "count": count,
        }
        statement = SERIES.format(start=STARTS[enums.Period(period)], direction="ASC" if backwards else "DESC")
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
            return [_bucket(row, unit) for row in cursor.fetchall()]

    return fetch


def after(start: date, period: str) -> date:
    """The first day of the next bucket."""
    if period == enums.Period.MONTH:
        return (start.replace(day=28) + timedelta(days=4)).replace(day=1)
    return start + timedelta(days=7 if period == enums.Period.WEEK else 1)


def _bucket(row: Sequence[Any], unit: str) -> Row:
    start, count, *values = row
    least, most, mean, last = (plain(round_thousandth(value)) for value in values)
    return {
        "start": start.isoformat(),
        "count": count,
        "min": least,
        "max": most,
        "mean": mean,
        "last": last,
        "unit": unit,
        "id": NO_ID,
    }


def bucket_shapes(rows: Sequence[Row]) -> list[dict[str, Any]]:
    return [{name: value for name, value in row.items() if name != "id"} for row in rows]


# ── Summary ──────────────────────────────────────────────────────────────────────────────────────

LATEST = f"""
SELECT {", ".join(f"m.{name}" for name in COLUMNS)} FROM unnest(%(kinds)s::text[]) k CROSS JOIN LATERAL (
  SELECT * FROM accounts_metric WHERE user_id = %(user)s AND kind = k AND deleted_at IS NULL
  ORDER BY measured_at DESC, id DESC LIMIT 1) m
"""  # noqa: S608  columns are our own
# Of each day of a kind the mean and the last value, in the unit preferred, back to where a trend forgets.
DAYS = """
SELECT v.kind, v.day, avg(v.shown), (array_agg(v.shown ORDER BY v.measured_at DESC, v.id DESC))[1], max(v.measured_at)
FROM unnest(%(kinds)s::text[], %(units)s::text[], %(factors)s::numeric[], %(since)s::timestamptz[])
  AS k (kind, unit, factor, since)
CROSS JOIN LATERAL (
  SELECT m.id, m.kind, m.measured_at, (m.measured_at AT TIME ZONE %(zone)s)::date AS day,
    CASE WHEN m.unit = k.unit THEN m.value ELSE m.canonical / k.factor END AS shown
  FROM accounts_metric m
  WHERE m.user_id = %(user)s AND m.kind = k.kind AND m.deleted_at IS NULL AND m.measured_at >= k.since) v
GROUP BY v.kind, v.day ORDER BY v.kind, v.day
"""


@dataclass(frozen=True, slots=True)
class Day:
    """What was measured of a kind on one day."""

    day: date
    mean: Decimal
    last: Decimal
    measured_at: datetime


def read_summary(user_id: UUID) -> dict[str, Any]:
    """How each kind stands, in three statements."""
    habits, latest = read_habits(user_id), read_latest(user_id)
    furthest = max(days + tolerance(days) for days in CHANGES_OVER)
    back = timedelta(days=max(trend.SETTLED_DAYS, furthest) + 1)
    days = read_days(user_id, habits, {kind: row["measured_at"] - back for kind, row in latest.items()})
    standing = [standing_shape(row, days[kind], habits.unit(kind)) for kind, row in latest.items()]
    return {"kinds": standing, "trend_method": TREND_METHOD}


def read_latest(user_id: UUID) -> dict[str, Row]:
    """The newest measurement of each kind there is, in the order of the kinds."""
    with connection.cursor() as cursor:
        cursor.execute(LATEST, {"user": user_id, "kinds": list(MEASURES)})
        found = {row["kind"]: row for row in (dict(zip(COLUMNS, row, strict=True)) for row in cursor.fetchall())}
    return {kind: found[kind] for kind in MEASURES if kind in found}


def read_days(user_id: UUID, habits: Habits, since: Mapping[str, datetime]) -> dict[str, list[Day]]:
    """The days of each kind since its moment, oldest first."""
    units = [habits.unit(kind) for kind in since]
    values: dict[str, Any] = {
        "user": user_id,
        "zone": habits.zone,
        "kinds": list(since),
        "units": units,
        "factors": [MEASURES[kind].units[unit] for kind, unit in zip(since, units, strict=True)],
        "since": list(since.values()),
    }
    days: dict[str, list[Day]] = {kind: [] for kind in since}
    with connection.cursor() as cursor:
        cursor.execute(DAYS, values)
        for kind, *day in cursor.fetchall():
            days[kind].append(Day(*day))
    return days


def tolerance(days: int) -> int:
    """By how many days what a change is compared with may be older than asked for: half as many."""
    return days // 2


def standing_shape(latest: Row, days: Sequence[Day], unit: str) -> dict[str, Any]:
    """How one kind stands, by its latest measurement and its days."""
    return {
        "kind": latest["kind"],
        "latest": metric_shape(latest),
        "unit": unit,
        "change": {str(over): _change(days, over) for over in CHANGES_OVER},
        "trend": _trend(days),
    }


def _change(days: Sequence[Day], over: int) -> dict[str, Any] | None:
    """The last value of the newest day against that of the nearest day at least `over` days before it; None when the
    nearest is older than that by more than the tolerance."""
    newest = days[-1]
    target = newest.day - timedelta(days=over)
    then = next((one for one in reversed(days) if one.day <= target), None)
    if then is None or (target - then.day).days > tolerance(over):
        return None
    moved = round_thousandth(newest.last) - round_thousandth(then.last)
    return {"value": plain(moved), "then": plain(round_thousandth(then.last)), "measured_at": then.measured_at}


def _trend(days: Sequence[Day]) -> dict[str, Any] | None:
    if len(days) < 2:
        return None
    points = list(trend.smooth((one.day, one.mean) for one in days))
    last_day, value = points[-1]
    week_before = last_day - timedelta(days=7)
    then = next((smoothed for day, smoothed in reversed(points) if day <= week_before), None)
    moved = None if then is None else plain(round_thousandth(value - then))
    return {"value": plain(round_thousandth(value)), "per_week": moved}
