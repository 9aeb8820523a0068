"""Two to five devices, wrong clocks and bad connections against the real database: everybody ends with one workout.

The devices are the reference client's, without its network: here requests get lost, come twice and late, answers
vanish, what the socket says is dropped, doubled and swapped, devices are killed and come back with what their disk had.
"""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID, uuid5

import pytest
import time_machine
from django.db import transaction
from fitai_client import Device
from fractional_indexing import generate_key_between
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from accounts.models import User
from fitai.common.actors import Actor
from fitai.common.live.channels import events_after
from fitai.common.models import Event as EventRow
from fitai.common.problems import Problem
from fitai.common.rendering import dumps
from tests.cast import actor_of, let_see
from tests.workouts.conftest import stock_library
from tests.workouts.follower import seen
from tests.workouts.gym import BENCH, PULL_UP, RUN, Json
from tests.workouts.strategies import START, WORKOUT_ID, History, histories, thorough
from workouts.api import outputs
from workouts.api.batches import read_batch
from workouts.consumers import WorkoutChannel
from workouts.core.evolve import replay
from workouts.core.operations import Event, load_payload
from workouts.operations.apply import apply
from workouts.operations.cues import send_cue
from workouts.operations.requests import Request
from workouts.operations.store import load

pytestmark = pytest.mark.django_db

EXERCISES = (BENCH, PULL_UP, RUN)
WORKOUT = UUID(WORKOUT_ID)
STREAM = f"workout:{WORKOUT_ID}"
ADDS_FIRST = {"workout.create": 0, "exercise.add": 1, "set.add": 2}
VERBS = ("start", "pause", "resume", "complete", "cancel", "delete", "restore")
DONE = (
    *("set.add",) * 5,
    *("set.update",) * 5,
    *("set.remove", "exercise.add", "exercise.remove", "workout.update", "rest.start") * 2,
    *("exercise.move", "exercise.update", "rest.stop", *(f"workout.{verb}" for verb in VERBS), "workout.delete"),
)

SIMPLE = ("set.add", "set.update", "exercise.move", "workout.update")


def often(examples: int, **options: Any) -> settings:
    return settings(thorough(examples, soak=2_500), suppress_health_check=list(HealthCheck), **options)


@pytest.fixture
def actor(athlete: User) -> Actor:
    stock_library()
    return actor_of(athlete)


@pytest.fixture
def trainer(athlete: User, coach: User, settings: Any) -> Actor:
    settings.LIMITS_FACTOR = 1e6  # the minutes of a history are nobody's
    let_see(athlete, coach, "workouts")
    return actor_of(coach)


@contextmanager
def undone() -> Iterator[None]:
    """What is written inside is gone afterwards, so that each example finds the same database."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def events() -> list[Event]:
    """The log as it is stored."""
    return [
        Event(row.op_id, row.type, row.at, row.device_id, load_payload(row.payload), row.seq, str(row.actor_id))
        for row in EventRow.objects.filter(stream=STREAM).order_by("seq")
    ]


def shape(actor: Actor) -> Json | None:
    """The workout as the server shows it; None while it is deleted."""
    found = WorkoutChannel().snapshot(actor, STREAM)
    return None if found is None else dict(json.loads(dumps(found.data)))


# ── The server, as far as a device can see it ────────────────────────────────────────────────────


def post_ops(actor: Actor, body: Json) -> tuple[int, Json]:
    """`POST /workouts/{id}/ops`: status and body."""
    try:
        sent_at, requests = read_batch(json.loads(json.dumps(body)), WORKOUT)
        applied = apply(actor, WORKOUT, requests, live=False, sent_at=sent_at)
    except Problem as problem:
        return problem.status, problem.document()
    return 200, json.loads(dumps(outputs.batch(applied)))


def subscribe(actor: Actor, message: Json) -> list[Json]:
    """What a subscription begins with."""
    after_seq = message.get("after_seq")
    if WorkoutChannel().followed(actor, WORKOUT_ID) is None:
        return [{"type": "problem", "status": 404, "channel": STREAM}]
    missed = [] if after_seq is None else events_after(STREAM, after_seq)
    if after_seq is None or any("reorders" in event for event in missed):
        return [snapshot(actor)]
    return [said(json.loads(dumps(event))) for event in missed]


def snapshot(actor: Actor) -> Json:
    found = shape(actor)
    assert found is not None
    return {"type": "snapshot", "channel": STREAM, "seq": found["seq"], "data": found}


def said(event: Json) -> Json:
    return {"type": "event", "channel": STREAM, "seq": event["seq"], "event": event}


def head() -> int:
    return EventRow.objects.filter(stream=STREAM).count()


# ── The devices ──────────────────────────────────────────────────────────────────────────────────


@dataclass
class Phone:
    """A device in somebody's hand: its disk survives it, its connection comes and goes."""

    device: Device
    online: bool = True
    inbox: list[Json] = field(default_factory=list)

    def restart(self) -> None:
        """Killed, and started again: what was not committed to its disk is gone."""
        old = self.device
        old.db.rollback()
        self.device = Device(old.db, old.id, old.now, old.new_id)
        self.online, self.inbox = False, []


class Training(RuleBasedStateMachine):
    """One workout on several devices."""

    def __init__(self, actor: Actor, trainer: Actor) -> None:
        super().__init__()
        self.actor, self.trainer, self.now, self.made = actor, trainer, START, 0
        self.phones: list[Phone] = []
        self.sent: list[Json] = []
        self.acknowledged: dict[str, int] = {}
        self.undo = undone()
        self.undo.__enter__()

    def teardown(self) -> None:
        try:
            if self.phones:
                self.meet()
                self.compare()
        finally:
            self.undo.__exit__(None, None, None)

    @initialize(skews=st.lists(st.sampled_from((0, 0, 3, -12, -29, 45, -600, 5_000)), min_size=2, max_size=5))
    def open_the_gym(self, skews: list[int]) -> None:
        for number, skew in enumerate(skews):
            clock = self.clock(timedelta(seconds=skew))
            device = Device(sqlite3.connect(":memory:"), f"device-{number}", clock, self.new_id)
            self.phones.append(Phone(device))
        target = {"reps": 5, "reps_max": 8, "weight": "100", "weight_unit": "kg"}
        planned = {"id": str(self.new_id()), "rank": "a0", "target": target}
        entry = {"id": str(self.new_id()), "exercise_id": BENCH, "rank": "a0", "sets": [planned]}
        self.phones[0].device.do(WORKOUT_ID, "workout.create", id=WORKOUT_ID, name="Push", exercises=[entry])
        self.hand_in(0, "", 0)
        for number in range(len(skews)):
            self.come_online(number)

    def clock(self, skew: timedelta) -> Any:
        return lambda: self.now + skew

    def new_id(self) -> UUID:
        self.made += 1
        return uuid5(WORKOUT, str(self.made))

    def phone(self, number: int) -> Phone:
        return self.phones[number % len(self.phones)]

    # ── What people do ──

    @rule(number=st.integers(0, 4), type=st.sampled_from(DONE), pick=st.integers(0, 2**16), at_once=st.booleans())
    def train(self, number: int, type: str, pick: int, at_once: bool) -> None:
        """Something is done on a device; it shows there at once, and is perhaps sent at once."""
        phone, dice = self.phone(number), Random(pick)
        copy = phone.device.look(WORKOUT_ID)
        if not copy.workout or (copy.deleted and type != "workout.restore"):
            return
        payload = self.payload(copy.workout, type, dice)
        if payload is None:
            return
        op = phone.device.do(WORKOUT_ID, type, **payload)
        note(f"{phone.device.id}: {op}")
        entries = phone.device.look(WORKOUT_ID).workout["exercises"]
        if type == "set.add":
            assert op["payload"]["id"] in entries[payload["workout_exercise_id"]]["sets"]
        if at_once:
            self.hand_in(number, "", 0)

    def payload(self, workout: Json, type: str, dice: Random) -> Json | None:
        """What somebody who sees this workout might say; None where there is nothing to say it of."""
        entries = list(workout["exercises"])
        sets = [id for entry in workout["exercises"].values() for id in entry["sets"]]
        if type == "set.add":
            return {"workout_exercise_id": dice.choice(entries), **measures(dice)} if entries else None
        if type in ("set.update", "set.remove"):
            fields = measures(dice) if type == "set.update" else {}
            return {"id": dice.choice(sets), **fields} if sets else None
        if type == "exercise.add":
            return {"exercise_id": dice.choice(EXERCISES)}
        if type.startswith("exercise."):
            changes = ({"notes": "slow"}, {"superset": dice.randrange(3)}, {"exercise_id": dice.choice(EXERCISES)})
            if type == "exercise.move":
                ranks = sorted({entry["rank"] for entry in workout["exercises"].values()})
                places = zip([None, *ranks], [*ranks, None], strict=True)
                changes = tuple({"rank": generate_key_between(*place)} for place in places)
            fields = {} if type == "exercise.remove" else dice.choice(changes)
            return {"id": dice.choice(entries), **fields} if entries else None
        if type == "workout.update":
            weight = {"body_weight": f"{dice.randrange(60, 99)}.5", "body_weight_unit": "kg"}
            return dice.choice(({"name": f"Push {dice.randrange(9)}"}, {"notes": None}, weight))
        if type == "rest.start":
            return {"seconds": dice.choice((30, 90)), **({"set_id": dice.choice(sets)} if sets else {})}
        return {}

    @rule(type=st.sampled_from(SIMPLE), pick=st.integers(0, 2**16))
    def train_simply(self, type: str, pick: int) -> None:
        """A simple client's live call: it leaves open what the server may decide, and knows what the server shows."""
        known, dice = shape(self.actor), Random(pick)
        if known is None or not known["exercises"]:
            return
        entries = [entry["id"] for entry in known["exercises"]]
        sets = [item["id"] for entry in known["exercises"] for item in entry["sets"]]
        half: Json = dice.choice(({"weight": "80"}, {"assistance": "5"}, {"weight_unit": "lb"}, {"distance": "0.3"}))
        if type == "set.add":
            said = {"exercise_id": dice.choice(EXERCISES), "reps": 3, **half}
        elif type == "set.update" and sets:
            said = {"id": dice.choice(sets), **half}
        elif type == "exercise.move":
            said = {"id": entries[0], "after": dice.choice([None, *entries[1:]])}
        else:
            type, said = "workout.update", {"body_weight_unit": "lb"}
        with self.serving():
            apply(self.actor, WORKOUT, [Request(str(self.new_id()), type, said, "web")], live=True)

    @rule(type=st.sampled_from(("workout.abandon", "rest.end")))
    def happen_by_itself(self, type: str) -> None:
        """What only the server makes: a forgotten workout is over, a rest ends."""
        found = shape(self.actor)
        (stored,) = load("w.id = %s", [WORKOUT])
        if found is None or (type == "rest.end" and stored.state.rest is None):
            return
        payload = {} if stored.state.rest is None or type != "rest.end" else {"start_op_id": stored.state.rest.op_id}
        request = Request(str(self.new_id()), type, payload, "server", from_server=True)
        with self.serving():
            apply(Actor(user_id=self.actor.user_id, via="job"), WORKOUT, [request], live=False)

    @rule()
    def be_called_out_to(self) -> None:
        """The coach calls something out, which has a number and changes nothing."""
        if shape(self.actor) is not None:
            with self.serving():
                send_cue(self.trainer, WORKOUT, text="Elbows in!")

    @rule(seconds=st.sampled_from((1, 2, 7, 40, 95, 1_800)))
    def wait(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    # ── What connections do ──

    @contextmanager
    def serving(self) -> Iterator[None]:
        """Something reaches the server; whoever is online is told what comes of it."""
        before = head()
        with time_machine.travel(self.now, tick=False):
            yield
        news = [said(json.loads(dumps(event))) for event in events_after(STREAM, before)]
        for phone in self.phones:
            for message in news if phone.online else ():
                phone.inbox.append(message)
                if "reorders" in message["event"] and shape(self.actor) is not None:
                    phone.inbox.append(snapshot(self.actor))

    def receive(self, body: Json) -> tuple[int, Json]:
        with self.serving():
            status, answer = post_ops(self.actor, body)
        for result in answer["results"] if status == 200 else ():
            if result["status"] != "rejected":
                assert self.acknowledged.setdefault(result["op_id"], result["seq"]) == result["seq"]
        return status, answer

    @rule(number=st.integers(0, 4), lost=st.sampled_from(("", "", "", "request", "answer")), most=st.integers(0, 3))
    def hand_in(self, number: int, lost: str, most: int) -> None:
        """A device sends what waits, perhaps in parts; the request or its answer may get lost."""
        phone = self.phone(number)
        batch = phone.device.outgoing(most or 1000) if phone.online else None
        if batch is None:
            return
        self.sent.append(batch[1])
        if lost == "request":
            return
        status, answer = self.receive(batch[1])
        if not lost:
            phone.device.answered(*batch, status, answer)

    @precondition(lambda self: self.sent)
    @rule(pick=st.integers(0, 2**16))
    def arrive_late_or_again(self, pick: int) -> None:
        """A request that went astray turns up, or a proxy says one twice; nobody waits for the answer any more."""
        self.receive(self.sent[pick % len(self.sent)])

    @rule(number=st.integers(0, 4), faults=st.integers(0, 2**16))
    def listen(self, number: int, faults: int) -> None:
        """A device reads what its socket has for it, of which some got lost, and some comes twice or out of order."""
        phone, dice = self.phone(number), Random(faults)
        if faults:
            phone.inbox = [message for message in phone.inbox for _ in range(dice.choice((0, 1, 1, 1, 2)))]
            phone.inbox[:2] = phone.inbox[1::-1] if dice.random() < 0.2 else phone.inbox[:2]
        if phone.online and (not faults or dice.random() < 0.2):
            phone.inbox.append({"type": "head", "channel": STREAM, "seq": head()})
        while phone.inbox:
            self.tell(phone, phone.inbox.pop(0))

    def tell(self, phone: Phone, message: Json) -> None:
        answer = None if message["type"] == "problem" else phone.device.hear(message)
        if answer is not None and phone.online:
            phone.inbox = subscribe(self.actor, answer)

    @rule(number=st.integers(0, 4))
    def go_offline(self, number: int) -> None:
        phone = self.phone(number)
        phone.online, phone.inbox = False, []

    @rule(number=st.integers(0, 4))
    def come_online(self, number: int) -> None:
        phone = self.phone(number)
        phone.online, phone.inbox = True, subscribe(self.actor, phone.device.subscription(WORKOUT_ID))

    @rule(number=st.integers(0, 4))
    def kill(self, number: int) -> None:
        self.phone(number).restart()

    # ── The end ──

    def meet(self) -> None:
        """Everybody comes online and hands in; a deleted workout is brought back, as what is in it was never lost."""
        for _ in range(30):
            if shape(self.actor) is not None and not any(phone.device.ops("seq IS NULL") for phone in self.phones):
                break
            self.now += timedelta(seconds=5)
            if shape(self.actor) is None:
                with self.serving():
                    apply(
                        self.actor, WORKOUT, [Request(str(self.new_id()), "workout.restore", {}, "server")], live=False
                    )
            for number in range(len(self.phones)):
                self.come_online(number)
                self.listen(number, 0)
                self.hand_in(number, "", 0)
        for number, phone in enumerate(self.phones):
            self.come_online(number)
            phone.inbox = []  # the last news are lost on everybody; the number of the head tells
            self.listen(number, 0)

    def compare(self) -> None:
        log, found = events(), shape(self.actor)
        assert found is not None
        note(f"log: {log}")
        for phone in self.phones:
            copy = phone.device.look(WORKOUT_ID)
            assert (copy.shown, copy.deleted) == (seen(found), False), phone.device.id
            assert phone.device.ops() == [], phone.device.id  # nothing waits, and nothing was refused
        (stored,) = load("w.id = %s", [WORKOUT])
        trained = replay([event for event in log if event.type != "cue"])
        trained.seq = len(log)
        assert trained == stored.state
        assert [event.seq for event in log] == list(range(1, len(log) + 1))
        taken = {event.op_id: event.seq for event in log}
        assert len(taken) == len(log)
        assert self.acknowledged.items() <= taken.items()
        assert {op["op_id"] for body in self.sent for op in body["ops"]} <= taken.keys()


def measures(dice: Random) -> Json:
    """Fields of a set; those that are one register together."""
    weight = {"weight": dice.choice(("60", "102.5", None)), "assistance": dice.choice((None, "20"))}
    pool: tuple[Json, ...] = (
        {"reps": dice.randrange(13)},
        {**weight, "weight_unit": dice.choice(("kg", "lb"))},
        {"distance": dice.choice(("400", "1.5")), "distance_unit": dice.choice(("m", "mi"))},
        {"rpe": dice.choice(("8", "8.5", None))},
        {"kind": dice.choice(("warmup", "working", "drop"))},
        {"completed": dice.random() < 0.5},
        {"notes": "felt good"},
        {"duration_seconds": dice.randrange(120)},
    )
    return {name: value for item in dice.sample(pool, dice.randrange(1, 4)) for name, value in item.items()}


def test_every_device_ends_with_what_the_server_has(actor: Actor, trainer: Actor) -> None:
    run_state_machine_as_test(lambda: Training(actor, trainer), settings=often(30, stateful_step_count=30))


@given(history=histories(whole=True, max_steps=25, exercise_ids=EXERCISES), seed=st.integers(0, 2**16))
@often(25)
def test_the_outcome_does_not_depend_on_the_order_of_arrival(actor: Actor, history: History, seed: int) -> None:
    with undone():
        for batch in history.batches:
            with time_machine.travel(batch.now, tick=False):
                post_ops(actor, {"sent_at": batch.sent_at.isoformat(), "ops": list(batch.ops)})
        said = {op["op_id"]: op for batch in history.batches for op in batch.ops}
        rows = events()
        first, last = shape(actor), history.batches[-1].now
    requests = [Request(row.op_id, row.type, said[row.op_id]["payload"], row.device_id, at=row.at) for row in rows]
    Random(seed).shuffle(requests)
    requests.sort(key=lambda request: ADDS_FIRST.get(request.type, 3))
    with undone():
        with time_machine.travel(last, tick=False):
            for start in range(0, len(requests), 7):
                applied = apply(actor, WORKOUT, requests[start : start + 7], live=False)
                assert {result.status for result in applied.results} <= {"applied", "superseded"}
        assert {**(shape(actor) or {}), "seq": 0} == {**(first or {}), "seq": 0}
