"""The one connection to Valkey, and leaving it alone while it is ill."""

import time

import redis as valkey

from fitai.common import redis
from tests.common.servers import free_port, silent_server, valkey_at


def ping(client: valkey.Redis) -> bool:
    return bool(client.ping())


def test_an_answer() -> None:
    assert redis.attempt(ping, False) is True


def test_a_silent_server_costs_half_a_second_once() -> None:
    with silent_server() as port, valkey_at(port):
        began = time.perf_counter()
        assert redis.attempt(ping, False) is False
        first = time.perf_counter() - began
        assert [redis.attempt(ping, False) for _ in range(100)] == [False] * 100
        assert first < 1
        assert time.perf_counter() - began - first < 0.2


def test_it_is_asked_again_after_a_rest() -> None:
    with valkey_at(free_port()):
        assert redis.attempt(ping, False) is False
    redis._resting_until = time.monotonic() + 0.1
    assert redis.attempt(ping, False) is False
    time.sleep(0.11)
    assert redis.attempt(ping, False) is True


def test_a_mistake_of_ours_is_not_an_outage() -> None:
    asked = []

    def wrong(client: valkey.Redis) -> None:
        asked.append(1)
        raise KeyError("ours")

    for _ in range(2):
        try:
            redis.attempt(wrong, None)
        except KeyError:
            continue
    assert asked == [1, 1]
