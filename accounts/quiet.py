"""Quiet hours: when the clock on somebody's wall says that nothing may ring."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)


def is_quiet(moment: datetime, zone: ZoneInfo, start: time, end: time) -> bool:
    """Whether the wall clock is at or past `start` and before `end`; past midnight where `end` is the earlier one."""
    clock = moment.astimezone(zone).time()
    return start <= clock < end if start < end else clock >= start or clock < end


def quiet_until(moment: datetime, zone: ZoneInfo, start: time | None, end: time | None) -> datetime | None:
    """The first minute that is not quiet any more, or None where it is not quiet.

    The clock is followed minute by minute, so that hours which it skips or repeats are as long as they are.
    """
    if start is None or end is None or not is_quiet(moment, zone, start, end):
        return None
    until = moment.replace(second=0, microsecond=0)
    while is_quiet(until, zone, start, end):
        until += MINUTE
    return until
