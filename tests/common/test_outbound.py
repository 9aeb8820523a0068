"""Services that fail: asked again, left alone, tried once more; with Valkey and without."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from fitai.common import outbound, redis
from fitai.common.outbound import FAILURES, REST_SECONDS, Ill, LeftAlone, ask, retry_at
from fitai.common.safe_http import Answer, TooLarge, Unreachable
from tests.common.servers import free_port, valkey_at

FINE = Answer(200, {}, b"fine")
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Service:
    """Does what is said of it, one thing a request, the last for ever."""

    def __init__(self, *behaviour: Any) -> None:
        self.behaviour = list(behaviour)
        self.asked = 0
        self.waits: list[float] = []

    def request(self) -> Answer:
        self.asked += 1
        now = self.behaviour.pop(0) if len(self.behaviour) > 1 else self.behaviour[0]
        if isinstance(now, Exception):
            raise now
        return now if isinstance(now, Answer) else Answer(now, {}, b"")

    def ask(self) -> Answer:
        return ask("tests:service", self.request, sleep=self.waits.append)


@pytest.fixture(params=["with Valkey", "without Valkey"])
def valkey(request: Any) -> Iterator[None]:
    outbound.BREAKERS.uow.contexts.own.clear()
    if request.param == "with Valkey":
        yield
        return
    with valkey_at(free_port()):
        yield


@pytest.mark.parametrize("trouble", [Unreachable(), 429, 500, 503])
def test_what_passes_is_tried_again_after_a_growing_wait(trouble: Any) -> None:
    service = Service(trouble, trouble, FINE)
    assert service.ask() == FINE
    assert (service.asked, len(service.waits)) == (3, 2)
    assert all(0 <= wait <= limit for wait, limit in zip(service.waits, (0.5, 1.0), strict=True))


@pytest.mark.parametrize(
    ("trouble", "raised", "asked"),
    [(Unreachable(), Unreachable, 4), (502, Ill, 4), (TooLarge(), TooLarge, 1), (ValueError(), ValueError, 1)],
)
def test_what_does_not_pass_is_said_after_a_few_tries(trouble: Any, raised: type[Exception], asked: int) -> None:
    service = Service(trouble)
    with pytest.raises(raised):
        service.ask()
    assert service.asked == asked


@pytest.mark.parametrize("status", [200, 304, 404])
def test_an_answer_is_an_answer(status: int) -> None:
    service = Service(status)
    assert (service.ask().status, service.asked) == (status, 1)


def test_the_service_says_when_to_come_again() -> None:
    service = Service(Answer(429, {"retry-after": "7"}, b""), FINE)
    with time_machine.travel(NOW, tick=False):
        assert service.ask() == FINE
    assert service.waits == [7]


def test_who_is_asked_to_wait_long_comes_back_another_time() -> None:
    service = Service(Answer(503, {"retry-after": "600"}, b""))
    with time_machine.travel(NOW, tick=False), pytest.raises(Ill) as refused:
        service.ask()
    assert (service.asked, service.waits, refused.value.again_at) == (1, [], NOW + timedelta(minutes=10))


def test_what_fails_often_is_left_alone_then_tried_once(valkey: None) -> None:
    service = Service(503)
    with time_machine.travel(NOW, tick=False) as clock:
        with pytest.raises(Ill):
            service.ask()
        with pytest.raises(LeftAlone) as left:
            service.ask()
        assert (service.asked, left.value.again_at) == (FAILURES, NOW + timedelta(seconds=REST_SECONDS))
        with pytest.raises(LeftAlone):
            service.ask()
        assert service.asked == FAILURES

        clock.shift(REST_SECONDS + 1)  # one may try, and it is no better
        redis._resting_until = 0.0
        with pytest.raises(LeftAlone):
            service.ask()
        assert service.asked == FAILURES + 1

        clock.shift(REST_SECONDS + 1)  # one may try, and it is well
        service.behaviour = [FINE, 503, FINE]
        assert service.ask() == FINE
        assert service.ask() == FINE  # it counts from nothing again
        assert service.asked == FAILURES + 4


def test_processes_leave_a_service_alone_together() -> None:
    service = Service(*[500] * 3, FINE)
    service.ask()
    assert redis.client.hgetall("fitai:breaker:tests:service") == {}  # well again: nothing is kept of it
    service = Service(500)
    with pytest.raises(Ill):
        service.ask()
    kept = redis.client.hgetall("fitai:breaker:tests:service")
    assert kept == {b"failures": b"4"}
    assert 0 < redis.client.ttl("fitai:breaker:tests:service") <= outbound.REMEMBERED_SECONDS
    redis.client.hset("fitai:breaker:tests:service", mapping={"state": "opened", "opened_at": str(4e9)})
    with pytest.raises(LeftAlone):
        service.ask()


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        *((None, None), ("", None), ("soon", None), ("-5", None), ("0", 0), ("30", 30), ("9" * 30, 86_400)),
        *(("Sun, 01 Mar 2026 12:01:00 GMT", 60), ("Sun, 01 Mar 2026 11:00:00 GMT", 0)),
        *(("Wed, 01 Mar 2028 12:00:00 GMT", 86_400), ("Sun, 01 Mar 2026 12:01:00", None)),
    ],
)
def test_when_to_come_again(header: str | None, seconds: int | None) -> None:
    found = retry_at(header, NOW, timedelta(days=1))
    assert found == (None if seconds is None else NOW + timedelta(seconds=seconds))
