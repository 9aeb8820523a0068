"""Several devices, wrong clocks and bad connections against the real database: everybody ends with one workout."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.db import transaction
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from accounts.models import User
from fitai.common.actors import Actor
from fitai.common.live.channels import events_after
from fitai.common.models import Event as EventRow
from fitai.common.problems import NotFound
from fitai.common.rendering import dumps
from tests.cast import actor_of
from tests.workouts.conftest import stock_library
from tests.workouts.follower import Follower, seen
from tests.workouts.gym import BENCH, PULL_UP, RUN
from tests.workouts.strategies import Batch, History, histories, thorough
from workouts.api import outputs
from workouts.api.batches import read_batch
from workouts.core.evolve import replay
from workouts.core.operations import Event, load_payload
from workouts.operations.access import load_seen
from workouts.operations.apply import apply
from workouts.operations.requests import Request
from workouts.operations.store import load

pytestmark = pytest.mark.django_db

EXERCISES = (BENCH, PULL_UP, RUN)
any_history = st.one_of(
    histories(whole=True, max_steps=30, exercise_ids=EXERCISES),
    histories(whole=False, max_steps=30, exercise_ids=EXERCISES),
    histories(whole=False, max_steps=30, exercise_ids=EXERCISES, deletes_workout=True),
)
ADDS_FIRST = {"workout.create": 0, "exercise.add": 1, "set.add": 2}


def often(examples: int) -> settings:
    return settings(thorough(examples, soak=2_000), suppress_health_check=list(HealthCheck))


@pytest.fixture
def actor(athlete: User) -> Actor:
    stock_library()
    return actor_of(athlete)


@contextmanager
def undone() -> Iterator[None]:
    """What is written inside is gone afterwards, so that each example finds the same database."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@dataclass
class Gymnasium:
    """The server, and a follower for each device; a device catches up whenever it sends something."""

    actor: Actor
    workout_id: UUID
    followers: dict[str, Follower] = field(default_factory=dict)
    statuses: dict[str, str] = field(default_factory=dict)
    seqs: dict[str, int | None] = field(default_factory=dict)

    @property
    def stream(self) -> str:
        return f"workout:{self.workout_id}"

    def receive(self, batch: Batch) -> None:
        body = {"sent_at": batch.sent_at.isoformat(), "ops": list(batch.ops)}
        with time_machine.travel(batch.now, tick=False):
            sent_at, requests = read_batch(json.loads(json.dumps(body)), self.workout_id)
            try:
                applied = apply(self.actor, self.workout_id, requests, live=False, sent_at=sent_at)
            except NotFound:
                return  # the workout is deleted; the device keeps what it has
        for result in applied.results:
            if result.status == "duplicate":
                assert result.seq == self.seqs[result.op_id]
            else:
                self.statuses[result.op_id], self.seqs[result.op_id] = result.status, result.seq
        self.catch_up(batch.device_id)

    def catch_up(self, device_id: str) -> None:
        """What the socket does for a device that says how far it is."""
        follower = self.followers.setdefault(device_id, Follower())
        note(f"{device_id} after {follower.workout and follower.workout['seq']}: {self.log()}")
        missed = [] if follower.workout is None else events_after(self.stream, follower.workout["seq"])
        for event in json.loads(dumps(missed)):
            follower.hear({"type": "event", "seq": event["seq"], "event": event})
        if follower.stale:
            shape = self.present()
            follower.deleted = shape is None
            if shape is not None:
                follower.read(json.loads(dumps(shape)))

    def present(self) -> dict[str, Any] | None:
        stored = load_seen(self.actor, self.workout_id)
        return None if stored is None else outputs.stored_shapes([stored])[0]

    def shape(self) -> dict[str, Any]:
        shape = self.present()
        assert shape is not None
        return dict(json.loads(dumps(shape)))

    def log(self) -> str:
        """What happened, for the report of a failure."""
        return dumps(events_after(self.stream, 0)).decode()

    def restore(self) -> None:
        if self.present() is None:
            request = Request("restore-at-the-end", "workout.restore", {}, "server")
            apply(self.actor, self.workout_id, [request], live=False)

    def events(self) -> list[Event]:
        """The log as it is stored."""
        return [
            Event(row.op_id, row.type, row.at, row.device_id, load_payload(row.payload), row.seq, str(row.actor_id))
            for row in EventRow.objects.filter(stream=self.stream).order_by("seq")
        ]


def played(actor: Actor, history: History) -> Gymnasium:
    gymnasium = Gymnasium(actor, UUID(history.workout_id))
    for batch in history.batches:
        gymnasium.receive(batch)
    return gymnasium


@given(history=any_history)
@often(40)
def test_every_device_ends_with_what_the_server_has(actor: Actor, history: History) -> None:
    with undone():
        gymnasium = played(actor, history)
        gymnasium.restore()
        for device_id, follower in gymnasium.followers.items():
            gymnasium.catch_up(device_id)
            assert (follower.shown, follower.deleted) == (seen(gymnasium.shape()), False), device_id


@given(history=any_history)
@often(40)
def test_the_stored_workout_is_the_replay_of_its_events(actor: Actor, history: History) -> None:
    with undone():
        gymnasium = played(actor, history)
        (stored,) = load("w.id = %s", [gymnasium.workout_id])
        events = gymnasium.events()
        assert replay(events) == stored.state
        accepted = [op_id for op_id, status in gymnasium.statuses.items() if status != "rejected"]
        assert sorted(event.op_id for event in events) == sorted(accepted)
        assert [event.seq for event in events] == list(range(1, len(events) + 1))


@given(history=histories(whole=True, max_steps=25, exercise_ids=EXERCISES), seed=st.integers(0, 2**16))
@often(25)
def test_the_outcome_does_not_depend_on_the_order_of_arrival(actor: Actor, history: History, seed: int) -> None:
    with undone():
        gymnasium = played(actor, history)
        said = {op["op_id"]: op for batch in history.batches for op in batch.ops}
        rows = gymnasium.events()
        first, last = gymnasium.shape(), history.batches[-1].now
    requests = [Request(row.op_id, row.type, said[row.op_id]["payload"], row.device_id, at=row.at) for row in rows]
    Random(seed).shuffle(requests)
    requests.sort(key=lambda request: ADDS_FIRST.get(request.type, 3))
    with undone():
        other = Gymnasium(actor, UUID(history.workout_id))
        with time_machine.travel(last, tick=False):
            for start in range(0, len(requests), 7):
                applied = apply(actor, other.workout_id, requests[start : start + 7], live=False)
                assert {result.status for result in applied.results} <= {"applied", "superseded"}
        assert {**other.shape(), "seq": 0} == {**first, "seq": 0}
