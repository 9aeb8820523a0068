"""A small library to train with, and devices to train on."""

import time
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest

from accounts.models import User
from exercises.models import Exercise
from fitai.common import redis
from tests.cast import ApiClient, client_of, make_person
from tests.workouts.gym import BENCH, CARRY, DIP, PLANK, PULL_UP, RUN, SQUAT, Gym
from tests.workouts.live import Connect, Socket, serving
from tests.workouts.together import befriend

LIBRARY: dict[str, dict[str, Any]] = {
    BENCH: {"name": "Bench Press", "tracking": "weight_reps", "primary_muscles": ["chest"]},
    SQUAT: {"name": "Squat", "tracking": "weight_reps", "primary_muscles": ["quads", "glutes"]},
    PULL_UP: {"name": "Pull-up", "tracking": "reps", "primary_muscles": ["lats"], "bodyweight_share": "0.95"},
    DIP: {"name": "Assisted Dip", "tracking": "assisted_reps", "primary_muscles": ["triceps"], "bodyweight_share": "1"},
    RUN: {"name": "Run", "tracking": "distance_time", "primary_muscles": ["quads"], "kind": "cardio"},
    PLANK: {"name": "Plank", "tracking": "time", "primary_muscles": ["abs"]},
    CARRY: {"name": "Farmer's Carry", "tracking": "weight_time", "primary_muscles": ["forearms"]},
}


def stock_library() -> None:
    """Put the exercises of `tests.workouts.gym` into the library."""
    ordinary = {"status": "approved", "equipment": ["barbell"], "kind": "strength"}
    for id, values in LIBRARY.items():
        Exercise.objects.create(id=UUID(id), slug=f"gym-{values['tracking']}-{id[-3:]}", **{**ordinary, **values})


@pytest.fixture
def library(db: None) -> None:
    stock_library()


@pytest.fixture
def phone(athlete: User, library: None) -> ApiClient:
    """The athlete's phone."""
    return client_of(athlete, "phone")


@pytest.fixture
def watch(athlete: User) -> ApiClient:
    """The athlete's watch: another device of the same person."""
    return client_of(athlete, "watch")


@pytest.fixture
def ben(athlete: User) -> ApiClient:
    """A friend of the athlete's."""
    person = make_person("ben")
    befriend(athlete, person)
    return client_of(person)


@pytest.fixture
def cleo(athlete: User) -> ApiClient:
    """A friend of the athlete's, whom Ben does not know."""
    person = make_person("cleo")
    befriend(athlete, person)
    return client_of(person)


@pytest.fixture
def gym(phone: ApiClient) -> Gym:
    """The athlete in the gym with her phone."""
    return Gym(phone)


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with serving() as number:
        yield number


@pytest.fixture
def open_socket(port: int) -> Iterator[Connect]:
    """Connect a device; all are closed at the end."""
    opened: list[Socket] = []

    def connect(device: ApiClient | None, **options: Any) -> Socket:
        token = None if device is None else device.tokens.access
        opened.append(Socket(port, token, **options))
        return opened[-1]

    yield connect
    for socket in opened:
        socket.connection.close()


@pytest.fixture
def no_hints() -> Iterator[Callable[[], None]]:
    """Call it, and what this process would say through Valkey is lost, as if that were away for a while."""

    def silence(seconds: float = 60.0) -> None:
        redis._resting_until = time.monotonic() + seconds

    yield silence
    redis._resting_until = 0.0
