"""Asking services of others, which fail at times: once more after a while, and not at all for a time where that was of
no use. `safe_http` says whom one may ask; this says how often.

Retries are tenacity's, with back-off and full jitter, or when the service says so (`Retry-After`). The circuit breaker
is purgatory's: after `FAILURES` in a row a service is left alone for `REST_SECONDS`, then one request tries it.
"""

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Final, cast

import structlog
from django.utils import timezone
from purgatory import SyncAbstractUnitOfWork, SyncCircuitBreakerFactory
from purgatory.domain.model import Context, OpenedState
from redis import Redis
from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt, wait_random_exponential

from fitai.common import redis
from fitai.common.safe_http import Answer, TooLarge, Unreachable

log = structlog.get_logger(__name__)

ATTEMPTS: Final = 4
LONGEST_WAIT_SECONDS: Final = 20.0  # between two attempts; whoever is asked to wait longer comes back another time
FAILURES: Final = 5
REST_SECONDS: Final = 60
REMEMBERED_SECONDS: Final = 3600
NAMES: Final = "fitai:breakers"
ILL: Final = frozenset({408, 425, 429, 500, 502, 503, 504})

jitter = wait_random_exponential(multiplier=0.5, max=LONGEST_WAIT_SECONDS)


class Ill(Exception):
    """The service answered that it cannot answer now. `again_at` is when it wants to be asked again, if it said so."""

    def __init__(self, status: int, again_at: datetime | None) -> None:
        super().__init__(f"It answered {status}.")
        self.status = status
        self.again_at = again_at


class LeftAlone(Exception):
    """The service failed so often lately that it is not asked before `again_at`."""

    def __init__(self, again_at: datetime) -> None:
        super().__init__("It failed often lately and is left alone for a while.")
        self.again_at = again_at


def ask(service: str, request: Callable[[], Answer], *, sleep: Callable[[float], None] = time.sleep) -> Answer:
    """The answer of a service, after a few tries. `service` names what fails together, such as `exercises:wger.de`.

    Raises `Unreachable`, `Ill` or `LeftAlone` where there is none. `sleep` waits between two tries.
    """
    retrying = Retrying(
        stop=stop_after_attempt(ATTEMPTS),
        wait=_wait,
        sleep=sleep,
        retry=retry_if_exception(_may_pass),
        before_sleep=_note,
        reraise=True,
    )
    return retrying(_once, service, request)


def retry_at(header: str | None, now: datetime, longest: timedelta) -> datetime | None:
    """When a service wants to be asked again, by its `Retry-After` (seconds or a date): between now and `longest`."""
    if header is None:
        return None
    try:
        seconds = header.strip()
        at = now + timedelta(seconds=int(seconds[:9])) if seconds.isdigit() else parsedate_to_datetime(header)
        return min(max(at, now), now + longest)
    except (ValueError, TypeError, OverflowError):  # TypeError: a date without a zone
        return None


def _once(service: str, request: Callable[[], Answer]) -> Answer:
    try:
        with BREAKERS.get_breaker(service):
            answer = request()
            if answer.status in ILL:
                again_at = retry_at(answer.headers.get("retry-after"), timezone.now(), timedelta(days=1))
                raise Ill(answer.status, again_at)
            return answer
    except OpenedState as opened:
        raise LeftAlone(datetime.fromtimestamp(opened.opened_at + REST_SECONDS, UTC)) from None


def _may_pass(failure: BaseException) -> bool:
    if isinstance(failure, Ill):
        return failure.again_at is None or _seconds_until(failure.again_at) <= LONGEST_WAIT_SECONDS
    return isinstance(failure, Unreachable) and not isinstance(failure, TooLarge)


def _wait(state: RetryCallState) -> float:
    failure = state.outcome and state.outcome.exception()
    asked = _seconds_until(failure.again_at) if isinstance(failure, Ill) and failure.again_at else 0.0
    return max(asked, jitter(state))


def _seconds_until(moment: datetime) -> float:
    return (moment - timezone.now()).total_seconds()


def _note(state: RetryCallState) -> None:
    failure = state.outcome and state.outcome.exception()
    log.info("outbound.again", service=state.args[0], attempt=state.attempt_number, error=repr(failure))


class _Kept:
    """The state of each breaker in Valkey, so that all processes leave a service alone together; in the memory of this
    process while Valkey is away."""

    def __init__(self) -> None:
        self.own: dict[str, Context] = {}
        self.messages: list[Any] = []  # purgatory asks for what happened meanwhile: nothing

    def get(self, name: str) -> Context:
        key = _key(name)
        said = redis.attempt(lambda client: cast(Mapping[bytes, bytes], client.hgetall(key)), None)
        if said is None:
            return self.own.setdefault(name, Context(name, FAILURES, REST_SECONDS))
        opened_at = said.get(b"opened_at")
        return Context(
            name,
            FAILURES,
            REST_SECONDS,
            state=cast(Any, said.get(b"state", b"closed").decode()),
            failure_count=int(said.get(b"failures", 0)),
            opened_at=float(opened_at) if opened_at else None,
        )

    def update_state(self, name: str, state: str, opened_at: float | None) -> None:
        _write(name, lambda client, key: client.hset(key, mapping={"state": state, "opened_at": opened_at or ""}))

    def inc_failures(self, name: str, failure_count: int) -> None:
        _write(name, lambda client, key: client.hincrby(key, "failures", 1))

    def reset_failure(self, name: str) -> None:
        _write(name, lambda client, key: client.delete(key))


def _key(name: str) -> str:
    return f"fitai:breaker:{name}"


def states(most: int = 100) -> dict[str, str]:
    """The breakers of services that failed lately: closed, opened or half-opened. Nothing while Valkey is away."""

    def read(client: Redis) -> dict[str, str]:
        names = sorted(name.decode() for name in cast(set[bytes], client.smembers(NAMES)))[:most]
        with client.pipeline(transaction=False) as pipeline:
            for name in names:
                pipeline.hget(_key(name), "state")
            return {name: (state or b"closed").decode() for name, state in zip(names, pipeline.execute(), strict=True)}

    return redis.attempt(read, {})


def _write(name: str, command: Callable[[Redis, str], object]) -> None:
    def write(client: Redis) -> None:
        command(client, _key(name))
        client.expire(_key(name), REMEMBERED_SECONDS)
        client.sadd(NAMES, name)
        client.expire(NAMES, REMEMBERED_SECONDS)

    redis.attempt(write, None)


class _Storage(SyncAbstractUnitOfWork):
    def __init__(self) -> None:
        self.contexts: Any = _Kept()

    def commit(self) -> None:
        """Each write stands for itself."""

    def rollback(self) -> None:
        """Each write stands for itself."""


BREAKERS: Final = SyncCircuitBreakerFactory(uow=_Storage())
