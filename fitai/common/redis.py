"""The one synchronous connection to Valkey, for counters, session state and the live doorbell.

Everything kept there is derived or may be lost. A failing server is left alone for a moment, so that a request does
not wait for it again and again.
"""

import time
from collections.abc import Callable
from typing import TypeVar

import redis
import structlog
from django.conf import settings

log = structlog.get_logger(__name__)
T = TypeVar("T")

REST_AFTER_FAILURE_SECONDS = 1.0

client = redis.Redis.from_url(
    settings.REDIS_URL, socket_connect_timeout=0.3, socket_timeout=0.5, health_check_interval=0, protocol=2
)
_resting_until = 0.0


def attempt(command: Callable[[redis.Redis], T], otherwise: T) -> T:
    """What `command` answers, or `otherwise` while the server is away."""
    global _resting_until
    if time.monotonic() < _resting_until:
        return otherwise
    try:
        return command(client)
    except (redis.RedisError, OSError) as failure:
        _resting_until = time.monotonic() + REST_AFTER_FAILURE_SECONDS
        log.warning("redis.unavailable", error=str(failure))
        return otherwise
