"""When something happened, told by a device whose clock may be wrong."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workouts.core.ledger import moment
from tests.workouts.strategies import thorough
from workouts.core.clock import received_at


@pytest.mark.parametrize(
    ("at", "sent_at", "now", "counts"),
    [
        pytest.param(0, 100, 100, 0, id="the clocks agree"),
        pytest.param(0, 100, 130, 0, id="30 s behind may be the journey"),
        pytest.param(0, 100, 130.001, 30.001, id="more is the clock's fault, and is added"),
        pytest.param(0, 100, 99.5, -0.5, id="any time ahead is taken off"),
        pytest.param(3_600, 3_700, 100, 0, id="an hour ahead"),
        pytest.param(-3_600, -3_500, 100, 0, id="an hour behind"),
        pytest.param(500, 100, 110, 100, id="nothing happens after it is sent"),
        pytest.param(500, 400, 100, 100, id="nor after it is received"),
        pytest.param(50, None, 100, 50, id="without sent_at it was sent now"),
        pytest.param(150, None, 100, 100, id="and did not happen later"),
    ],
)
def test_the_moment_that_counts(at: float, sent_at: float | None, now: float, counts: float) -> None:
    sent = None if sent_at is None else moment(sent_at)
    assert received_at(moment(at), sent, moment(now)) == moment(counts)


times = st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31), timezones=st.just(UTC))


@given(times, st.none() | times, times)
@thorough(200)
def test_it_is_neither_in_the_future_nor_before_1970(at: datetime, sent_at: datetime | None, now: datetime) -> None:
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    assert epoch <= received_at(at, sent_at, now) <= max(now, epoch)


def test_a_device_in_the_far_future_does_not_throw_its_past_out_of_the_calendar() -> None:
    at, sent_at = datetime(1970, 1, 1, tzinfo=UTC), datetime(3900, 1, 1, tzinfo=UTC)
    assert received_at(at, sent_at, moment(0)) == datetime(1970, 1, 1, tzinfo=UTC)


@given(st.lists(times, min_size=2, max_size=2), times, times)
@thorough(200)
def test_the_order_of_a_batch_is_kept(ats: list[datetime], sent_at: datetime, now: datetime) -> None:
    earlier, later = sorted(ats)
    assert received_at(earlier, sent_at, now) <= received_at(later, sent_at, now) or sent_at > now
