"""Quiet hours on the clock on the wall."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from accounts.quiet import quiet_until

BERLIN, APIA = ZoneInfo("Europe/Berlin"), ZoneInfo("Pacific/Apia")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "zone", "start", "end", "until"),
    [
        # past midnight, in winter (UTC+1)
        ("2026-01-10 21:59", BERLIN, "23:00", "07:00", None),
        ("2026-01-10 22:00", BERLIN, "23:00", "07:00", "2026-01-11 06:00"),
        ("2026-01-11 05:59:59", BERLIN, "23:00", "07:00", "2026-01-11 06:00"),
        ("2026-01-11 06:00", BERLIN, "23:00", "07:00", None),
        # within a day
        ("2026-01-10 12:30", BERLIN, "13:00", "14:00", "2026-01-10 13:00"),
        ("2026-01-10 13:30", BERLIN, "13:00", "14:00", None),
        # the night of the 29th of March has no 02:30; at 03:00 it is past
        ("2026-03-28 23:00", BERLIN, "23:00", "02:30", "2026-03-29 01:00"),
        ("2026-03-28 23:00", BERLIN, "23:00", "07:00", "2026-03-29 05:00"),
        # the night of the 25th of October has 02:30 twice
        ("2026-10-24 23:00", BERLIN, "23:00", "02:30", "2026-10-25 00:30"),
        ("2026-10-25 01:10", BERLIN, "23:00", "02:30", "2026-10-25 01:30"),
        ("2026-10-24 23:00", BERLIN, "23:00", "07:00", "2026-10-25 06:00"),
        # on the other side of the world
        ("2026-01-10 09:30", APIA, "22:00", "06:00", "2026-01-10 17:00"),
    ],
)
def test_quiet_hours_end_when_the_wall_says_so(
    moment: str, zone: ZoneInfo, start: str, end: str, until: str | None
) -> None:
    found = quiet_until(at(moment), zone, time.fromisoformat(start), time.fromisoformat(end))
    assert found == (None if until is None else at(until))


def test_who_has_none_has_none() -> None:
    assert quiet_until(at("2026-01-10 12:00"), BERLIN, None, None) is None
