"""Limits: one atomic token bucket in Valkey, shared by all processes, behind DRF's throttle interface.

A bucket holds `burst` tokens and refills at its rate. Without Valkey nothing is limited: training goes on.
"""

import math
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from fitai.common import redis
from fitai.common.actors import Actor
from fitai.common.problems import TooManyRequests

# Takes ARGV[3] tokens of KEYS[1] (capacity ARGV[1], refill ARGV[2] a second), unless KEYS[2] holds ARGV[4]; the clock
# is the server's. Answers {taken, whole tokens left, seconds until it would fit, seconds until full, what KEYS[2] has}.
SCRIPT = redis.client.register_script(
    """
    local beside = KEYS[2] and redis.call('GET', KEYS[2]) or false
    if beside and beside == ARGV[4] then return {0, 0, '0', '0', beside} end
    local now = redis.call('TIME')
    local t = tonumber(now[1]) + tonumber(now[2]) / 1e6
    local capacity, rate, cost = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
    local state = redis.call('HMGET', KEYS[1], 'n', 't')
    local tokens = math.min(capacity, (tonumber(state[1]) or capacity) + (t - (tonumber(state[2]) or t)) * rate)
    local taken = 0
    if tokens >= cost then tokens = tokens - cost; taken = 1 end
    redis.call('HSET', KEYS[1], 'n', tostring(tokens), 't', tostring(t))
    redis.call('EXPIRE', KEYS[1], math.ceil((capacity - tokens) / rate) + 1)
    local wait, full = math.max(0, (cost - tokens) / rate), (capacity - tokens) / rate
    return {taken, math.floor(tokens), tostring(wait), tostring(full), beside}
    """
)


@dataclass(frozen=True, slots=True)
class Limit:
    """`count` in `seconds`; what is counted by the hour or day may come at once, the rest in bursts of 60."""

    count: int
    seconds: int

    @property
    def burst(self) -> int:
        return self.count if self.seconds >= 3600 else min(self.count, 60)


LIMITS: Mapping[str, Limit] = {name: Limit(*limit) for name, limit in settings.LIMITS.items()}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a bucket answered: whether the tokens were there, how many are left, and when there are more."""

    taken: bool
    limit: int
    remaining: int
    retry_after: int
    reset: int

    @property
    def headers(self) -> dict[str, str]:
        return {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(self.remaining),
            "RateLimit-Reset": str(self.reset),
        }


def take(name: str, holder: str, cost: int = 1) -> Verdict | None:
    """Take `cost` tokens of the bucket `name` of `holder`; None while Valkey is away."""
    return _take(name, holder, cost)[0]


def take_reading(name: str, holder: str, key: str, unless: bytes) -> tuple[Verdict | None, bytes | None]:
    """Take a token, and read a key of Valkey in the same round trip. Where that holds `unless`, nothing is taken."""
    return _take(name, holder, 1, key, unless)


def _take(name: str, holder: str, cost: int, *beside: Any) -> tuple[Verdict | None, bytes | None]:
    limit = LIMITS[name]
    factor = settings.LIMITS_FACTOR
    capacity, rate = max(1, math.floor(limit.burst * factor)), limit.count * factor / limit.seconds
    keys, args = [f"fitai:limit:{name}:{holder}", *beside[:1]], [capacity, rate, cost, *beside[1:]]
    answer = redis.attempt(lambda client: SCRIPT(keys=keys, args=args, client=client), None)
    if answer is None:
        return None, None
    taken, remaining, wait, full, held = answer
    verdict = Verdict(bool(taken), capacity, int(remaining), max(1, math.ceil(float(wait))), math.ceil(float(full)))
    return verdict, held


def charge(name: str, holder: str, cost: int = 1) -> Verdict | None:
    """Take tokens or refuse with 429."""
    verdict = take(name, holder, cost)
    refuse(name, verdict)
    return verdict


def refuse(name: str, verdict: Verdict | None) -> None:
    """Refuse with 429 where the tokens were not there."""
    if verdict is not None and not verdict.taken:
        raise TooManyRequests(
            f"At most {LIMITS[name].count} in {LIMITS[name].seconds} seconds. Try again in {verdict.retry_after} s.",
            headers={**verdict.headers, "Retry-After": str(verdict.retry_after)},
        )


def client_address(meta: Mapping[str, Any]) -> str:
    """The caller's address; `X-Forwarded-For` counts only as far as the configured number of own proxies wrote it."""
    if settings.TRUSTED_PROXIES:
        hops = [hop.strip() for hop in meta.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
        if len(hops) >= settings.TRUSTED_PROXIES:
            with suppress(ValueError):
                return str(ip_address(hops[-settings.TRUSTED_PROXIES]))
    return str(meta.get("REMOTE_ADDR") or "unknown")


def network_of(address: str) -> str:
    """Whom an address is counted as: itself, or of IPv6 the network of 64 bits that one customer is given at least."""
    try:
        ip: Any = ip_address(address)
    except ValueError:
        return address
    if ip.version == 4:
        return str(ip)
    return str(ip.ipv4_mapped or ip_network((ip, 64), strict=False))


def request_address(request: HttpRequest | Request) -> str:
    return client_address(request.META)


def limit_of(request: Request, view: Any) -> str:
    """The name of the bucket that a request takes from: that of its view, or `read` or `write` by its method."""
    return getattr(view, "limit", None) or ("read" if request.method in ("GET", "HEAD", "OPTIONS") else "write")


class Limits(BaseThrottle):
    """Charges the view's `limit` to the person, else to the address; who asked for the person may have done so."""

    def allow_request(self, request: Request, view: Any) -> bool:
        name = limit_of(request, view)
        actor: Actor | None = request.user  # type: ignore[assignment]
        verdict = getattr(view, "verdict", None)
        if verdict is None:
            verdict = take(name, str(actor.user_id) if actor else network_of(request_address(request)))
            view.verdict = verdict
        refuse(name, verdict)
        return True
