"""Moments that a query names: by a time, or by a day in somebody's own zone."""

from collections.abc import Callable
from datetime import datetime, time
from zoneinfo import ZoneInfo

from django.utils.dateparse import parse_date, parse_datetime

from fitai.common.problems import Invalid, error


def moment(text: str, name: str, zone: Callable[[], str]) -> datetime:
    """A time, or the start of a day; `zone` is asked for a day alone. `name` is the parameter that a refusal names."""
    try:
        day = parse_date(text)
        if day is not None:
            return datetime.combine(day, time.min, ZoneInfo(zone()))
        instant = parse_datetime(text)
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        raise Invalid(errors=[error(f"?{name}", "invalid", "Give a date (2026-03-01) or a time with its offset.")])
    return instant
