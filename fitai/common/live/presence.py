"""Who follows a stream, on which device, over all processes: leases in Valkey, as those of seats.

A process renews the leases of its own followers every few seconds; one that was killed lets them go. Nothing depends
on any of it: without Valkey each process tells of its own followers, and for as long as a lease lasts of those it knew.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

import orjson
from redis import Redis

from fitai.common import redis
from fitai.common.events import LIVE_CHANNEL

PRESENT_SECONDS = 15


class Follower(NamedTuple):
    """A socket that follows a stream: whose it is, on which device, and what that is called."""

    socket_id: str
    user_id: str
    device_id: str
    device: str


# KEYS[1] holds followers by the time their lease ends. Renews those of ARGV[2] on for ARGV[1] seconds; answers all.
SCRIPT = redis.client.register_script(
    """
    local time = redis.call('TIME')
    local now = tonumber(time[1]) + tonumber(time[2]) / 1e6
    for i = 2, #ARGV do redis.call('ZADD', KEYS[1], now + tonumber(ARGV[1]), ARGV[i]) end
    redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
    redis.call('EXPIRE', KEYS[1], math.ceil(tonumber(ARGV[1])))
    return redis.call('ZRANGE', KEYS[1], 0, -1)
    """
)


def keep(followed: Mapping[str, Collection[Follower]]) -> dict[str, set[Follower]] | None:
    """Renew the leases of these followers, by stream, and say who follows each; None while Valkey is away."""

    def renew(client: Redis) -> list[Any]:
        with client.pipeline(transaction=False) as pipe:
            for stream, followers in followed.items():
                SCRIPT(keys=[_key(stream)], args=[PRESENT_SECONDS, *map(_dump, followers)], client=pipe)
            return pipe.execute()

    answers = redis.attempt(renew, None)
    if answers is None:
        return None
    return {stream: {_load(one) for one in found} for stream, found in zip(followed, answers, strict=True)}


def followers(stream: str) -> set[Follower] | None:
    """Who follows a stream; None while Valkey is away."""
    found = keep({stream: ()})
    return None if found is None else found[stream]


def enter(stream: str, follower: Follower) -> bool:
    """Begin a lease and ring for it; false while Valkey is away."""

    def add(client: Redis) -> bool:
        SCRIPT(keys=[_key(stream)], args=[PRESENT_SECONDS, _dump(follower)], client=client)
        client.publish(LIVE_CHANNEL, f"present {stream}")
        return True

    return redis.attempt(add, False)


def leave(stream: str, follower: Follower) -> bool:
    """End a lease and ring for it; false while Valkey is away."""

    def remove(client: Redis) -> bool:
        client.zrem(_key(stream), _dump(follower))
        client.publish(LIVE_CHANNEL, f"present {stream}")
        return True

    return redis.attempt(remove, False)


def shown(followers: Iterable[Follower]) -> list[dict[str, str]]:
    """Who is in, each device once, in a constant order."""
    devices = sorted({(one.user_id, one.device_id, one.device) for one in followers})
    return [{"user_id": user, "device_id": id, "device": name} for user, id, name in devices]


def _key(stream: str) -> str:
    return f"fitai:present:{stream}"


def _dump(follower: Follower) -> bytes:
    return orjson.dumps([*follower])


def _load(stored: bytes) -> Follower:
    return Follower(*orjson.loads(stored))
