"""Wrong passwords, counted so that parallel tries cannot outrun the count.

A try takes a place in its counters before the password is looked at, and leaves it as "wrong" or not at all. A counter
full of wrong tries refuses; one that is full only because tries are under way makes the next one wait.
Without Valkey nothing is counted: people can still log in.
"""

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.conf import settings

from accounts.errors import TooManyTries
from fitai.common import redis
from fitai.common.ids import uuid7
from fitai.common.throttling import network_of

WINDOW_SECONDS = 15 * 60
HOLD_SECONDS = 30  # a try whose process died gives its place back
PATIENCE_SECONDS = 5.0
POLL_SECONDS = 0.02

# KEYS: for each counter its wrong tries and those under way, as sorted sets by the time they end.
# ARGV: id of this try, hold, then the limit of each counter. Answers {seconds to wait | 0, places missing}.
ENTER = redis.client.register_script(
    """
    local now = redis.call('TIME')
    local t = tonumber(now[1]) + tonumber(now[2]) / 1e6
    local wait, busy = 0, 0
    for i = 1, #KEYS / 2 do
        local wrong, open, limit = KEYS[2 * i - 1], KEYS[2 * i], tonumber(ARGV[2 + i])
        redis.call('ZREMRANGEBYSCORE', wrong, '-inf', t)
        redis.call('ZREMRANGEBYSCORE', open, '-inf', t)
        local count = redis.call('ZCARD', wrong)
        if count >= limit then
            local frees = redis.call('ZRANGE', wrong, count - limit, count - limit, 'WITHSCORES')[2]
            wait = math.max(wait, tonumber(frees) - t)
        elseif count + redis.call('ZCARD', open) >= limit then
            busy = 1
        end
    end
    if wait == 0 and busy == 0 then
        for i = 1, #KEYS / 2 do
            redis.call('ZADD', KEYS[2 * i], tostring(t + tonumber(ARGV[2])), ARGV[1])
            redis.call('EXPIRE', KEYS[2 * i], ARGV[2])
        end
    end
    return {tostring(wait), busy}
    """
)

# KEYS as above; ARGV: id of this try, window, whether it was wrong.
LEAVE = redis.client.register_script(
    """
    local now = redis.call('TIME')
    local t = tonumber(now[1]) + tonumber(now[2]) / 1e6
    for i = 1, #KEYS / 2 do
        redis.call('ZREM', KEYS[2 * i], ARGV[1])
        if ARGV[3] == '1' then
            redis.call('ZADD', KEYS[2 * i - 1], tostring(t + tonumber(ARGV[2])), ARGV[1])
            redis.call('EXPIRE', KEYS[2 * i - 1], ARGV[2])
        end
    end
    """
)


@dataclass(frozen=True, slots=True)
class Counter:
    """So many wrong tries in 15 minutes."""

    name: str
    limit: int

    @property
    def keys(self) -> tuple[str, str]:
        return f"fitai:wrong:{self.name}", f"fitai:trying:{self.name}"


@dataclass(slots=True)
class Try:
    """One password on its way; `wrong` is what the caller finds out."""

    wrong: bool = False


def counters(login: str, address: str, known_device: str | None) -> list[Counter]:
    """Where a try counts. A device that has logged in before has a count of its own, so that nobody else's wrong
    tries keep the owner out."""
    if known_device is not None:
        return [Counter(f"device:{known_device}", 5)]
    address = network_of(address)
    return [Counter(f"pair:{address}:{login}", 5), Counter(f"login:{login}", 20), Counter(f"address:{address}", 20)]


@contextmanager
def counted(places: list[Counter]) -> Iterator[Try]:
    """A try that counts in `places`; 429 when one of them is full."""
    keys = [key for counter in places for key in counter.keys]
    limits = [max(1, math.floor(counter.limit * settings.LIMITS_FACTOR)) for counter in places]
    name = str(uuid7())
    _enter(keys, [name, HOLD_SECONDS, *limits])
    attempt = Try()
    try:
        yield attempt
    finally:
        redis.attempt(
            lambda client: LEAVE(keys=keys, args=[name, WINDOW_SECONDS, int(attempt.wrong)], client=client), None
        )


def _enter(keys: list[str], arguments: list[str | int]) -> None:
    patient_until = time.monotonic() + PATIENCE_SECONDS
    while True:
        answer = redis.attempt(lambda client: ENTER(keys=keys, args=arguments, client=client), None)
        if answer is None:
            return
        wait, busy = float(answer[0]), answer[1]
        if wait > 0 or (busy and time.monotonic() > patient_until):
            seconds = max(1, math.ceil(wait))
            raise TooManyTries(f"Try again in {seconds} s.", headers={"Retry-After": str(seconds)})
        if not busy:
            return
        time.sleep(POLL_SECONDS)
