"""How many sockets a person or an address has open, over all processes; a dead process lets its leases go."""

import math

from django.conf import settings

from fitai.common import redis

SEAT_SECONDS = 30

# KEYS[1] holds socket ids by the time their lease ends. Takes a seat for ARGV[1] unless ARGV[2] are taken.
SCRIPT = redis.client.register_script(
    """
    local now = tonumber(redis.call('TIME')[1])
    redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
    if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[2]) then return 0 end
    redis.call('ZADD', KEYS[1], now + tonumber(ARGV[3]), ARGV[1])
    redis.call('EXPIRE', KEYS[1], ARGV[3])
    return 1
    """
)


def take_seat(holder: str, socket_id: str, most: int) -> bool:
    """Whether the socket may open; without Valkey it may."""
    args: list[str | int] = [socket_id, max(1, math.floor(most * settings.LIMITS_FACTOR)), SEAT_SECONDS]
    return bool(redis.attempt(lambda client: SCRIPT(keys=[_key(holder)], args=args, client=client), 1))


def keep_seat(holder: str, socket_id: str) -> None:
    """Renew the lease."""
    redis.attempt(lambda client: SCRIPT(keys=[_key(holder)], args=[socket_id, 1 << 30, SEAT_SECONDS], client=client), 1)


def give_back_seat(holder: str, socket_id: str) -> None:
    redis.attempt(lambda client: client.zrem(_key(holder), socket_id), 0)


def _key(holder: str) -> str:
    return f"fitai:sockets:{holder}"
