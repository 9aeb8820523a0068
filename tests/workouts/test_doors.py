"""One table of operations through every door: a batch over HTTP and over the socket, a live operation over the socket,
and the simple route where there is one. All have the same effect, or are refused for the same reason."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any
from uuid import UUID, uuid5

import orjson
import pytest

from fitai.common.models import Event
from tests.cast import ApiClient
from tests.workouts.cases import ACCEPTED, AT, BATCHES, EARLIER, ENVELOPES, IMPOSSIBLE, REFUSED, WORLD, Faults
from tests.workouts.gym import V1, Gym, Json, op, stored
from tests.workouts.live import Connect, Socket
from workouts.api.outputs import stored_shapes
from workouts.core.operations import SCHEMAS
from workouts.operations.store import load

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(120)]

TABLES = ("workouts_workout", "workouts_workoutexercise", "workouts_set", "common_event", "common_job")
UUIDS = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
TIMES = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z")
LIVE = ("socket op", "route")
DOORS = ("http ops", "socket ops", *LIVE)


@dataclass(frozen=True)
class Outcome:
    """What a door said of an operation, in the terms of all doors: a word, the kind of problem, and its faults as
    pointers into the operation."""

    word: str
    problem: tuple[int, str] | None = None
    faults: Faults = ()
    told: tuple[Any, ...] = ()


class World:
    """A workout of its own for a case, and the ids in it."""

    numbers = count()

    def __init__(self, gym: Gym, lead: tuple[str, ...]) -> None:
        self.space = UUID(int=next(self.numbers) + (1 << 127))
        self.gym = gym
        self.id = self.resolved("@w")
        steps = [*WORLD, *((f"workout.{verb}", {}) for verb in lead)]
        begun = (self.op(type, payload) | {"at": f"{EARLIER[:17]}{n:02}Z"} for n, (type, payload) in enumerate(steps))
        answer = gym.send(self.id, *begun, sent_at=AT)
        assert {result["status"] for result in answer["results"]} == {"applied"}
        self.seq = answer["seq"]

    def resolved(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {name: self.resolved(item) for name, item in value.items()}
        return str(uuid5(self.space, value)) if isinstance(value, str) and value.startswith("@") else value

    def op(self, type: Any, payload: Any, op_id: str | None = None) -> Json:
        return {**op(type, AT, op_id), "payload": self.resolved(payload)}

    def seen(self) -> Any:
        """The workout and what happened in it, with names for ids and times. Records depend on other workouts."""
        shapes = stored_shapes(load("w.id = %s", [self.id]))
        events = Event.objects.filter(stream=f"workout:{self.id}", seq__gt=self.seq).order_by("seq")
        text = orjson.dumps([shapes, list(events.values_list("type", "status", "payload", "reorders"))]).decode()
        text = re.sub(r'"records":\[.*?\]', '"records":[]', text)
        for name in ("@w", "@a", "@b", "@s", "@t", "@n"):
            text = text.replace(self.resolved(name), name)
        known = {value for case in ACCEPTED for value in case.payload.values() if isinstance(value, str)}
        text = UUIDS.sub(lambda found: found[0] if found[0] in known else "made", text)
        return orjson.loads(TIMES.sub("time", text))


@pytest.fixture
def socket(open_socket: Connect, phone: ApiClient) -> Socket:
    return open_socket(phone)


def through(door: str, world: World, socket: Socket, sent: Json) -> Outcome | None:
    """Send an operation; None where this door has no place for it."""
    if door == "socket op":
        answer = socket.ask("op", workout_id=world.id, sent_at=AT, op=sent)
        return Outcome(answer["status"]) if answer["type"] == "ack" else refusal(answer, "/op")
    if door == "socket ops":
        return of_batch(socket.ask("ops", workout_id=world.id, sent_at=AT, ops=[sent]))
    if door == "http ops":
        answered = world.gym.device.post(f"{V1}/workouts/{world.id}/ops", {"sent_at": AT, "ops": [sent]})
        return of_batch(answered.json())
    route = route_of(sent)
    if route is None:
        return None
    method, path, *body = route
    answered = getattr(world.gym.device, method)(f"{V1}/workouts/{world.id}{path}", *body)
    if answered.status_code < 300:
        return Outcome("applied")
    told = refusal(answered.json(), "")
    return Outcome(told.word, told.problem, tuple((f"/payload{at}", code) for at, code in told.faults), told.told)


def of_batch(answer: Json) -> Outcome:
    if "results" not in answer:
        return refusal(answer, "/ops/0")
    (result,) = answer["results"]
    if "problem" not in result:
        return Outcome(result["status"])
    told = refusal(result["problem"], "")
    return Outcome(result["status"], told.problem, told.faults, told.told)


def refusal(problem: Json, within: str) -> Outcome:
    """A problem whose pointers all lead into what stands at `within`."""
    errors = problem.get("errors", ())
    assert all(error["pointer"].startswith(within) for error in errors), errors
    faults = tuple((error["pointer"].removeprefix(within), error["code"]) for error in errors)
    details = tuple(error["detail"] for error in errors)
    told = (problem["title"], problem.get("state"), problem.get("allowed"), details)
    return Outcome("refused", (problem["status"], problem["code"]), faults, told)


def route_of(sent: Mapping[str, Any]) -> tuple[Any, ...] | None:
    """The simple route of an operation that has one."""
    type, payload = sent["type"], sent["payload"]
    noun, _, verb = type.partition(".")
    if type in ("workout.start", "workout.pause", "workout.resume", "workout.complete", "workout.cancel"):
        return "post", f"/{verb}", payload
    if type == "workout.restore":
        return "post", "/restore", payload
    if type in ("exercise.add", "set.add"):
        return "post", f"/{noun}s", payload
    if type in ("exercise.update", "set.update"):
        rest = {name: value for name, value in payload.items() if name != "id"}
        return "put", f"/{noun}/{payload['id']}", rest
    if type in ("exercise.remove", "set.remove"):
        return "delete", f"/{noun}/{payload['id']}"
    simple: dict[str, tuple[Any, ...]] = {
        "workout.update": ("patch", "", payload),
        "workout.delete": ("delete", ""),
        "rest.start": ("post", "/rest", payload),
        "rest.stop": ("delete", "/rest"),
    }
    return simple.get(type)


def test_there_is_a_case_of_every_type() -> None:
    assert {case.type for case in ACCEPTED} == set(SCHEMAS) - {"workout.create"}  # each world has one
    assert {case.type for case in IMPOSSIBLE} < {case.type for case in ACCEPTED}


@pytest.mark.parametrize("noun", ["workout", "exercise", "set", "rest"])
def test_what_is_accepted_has_the_same_effect(gym: Gym, socket: Socket, noun: str) -> None:
    for case in (case for case in ACCEPTED if case.type.startswith(noun)):
        before, effects = None, []
        for door in DOORS:
            world = World(gym, case.lead)
            before = before or world.seen()
            outcome = through(door, world, socket, world.op(case.type, case.payload))
            assert outcome in (None, Outcome("applied")), (door, str(case))
            effects += [(door, world.seen())] if outcome is not None else []
        assert [door for door, effect in effects if effect != effects[0][1]] == [], (str(case), effects)
        assert effects[0][1] != before, str(case)


def test_what_the_status_does_not_allow_is_stored_of_a_batch_and_refused_live(gym: Gym, socket: Socket) -> None:
    for case in IMPOSSIBLE:
        told, effects = {}, {}
        for door in DOORS:
            world = World(gym, case.lead)
            told[door] = through(door, world, socket, world.op(case.type, case.payload))
            effects[door] = world.seen()
        live, batch = told["socket op"], Outcome("superseded")
        assert live is not None
        assert (live.word, live.problem) == ("refused", (409, "impossible_transition")), str(case)
        assert told == {"http ops": batch, "socket ops": batch, "socket op": live, "route": live}, str(case)
        assert effects["http ops"] == effects["socket ops"] != effects["socket op"] == effects["route"], str(case)
        assert effects["socket op"] == World(gym, case.lead).seen(), str(case)


def test_what_is_refused_is_refused_for_the_same_reason_and_nothing_is_stored(gym: Gym, socket: Socket) -> None:
    world = World(gym, ("start",))
    before = stored(*TABLES)
    for case in REFUSED:
        told = {door: through(door, world, socket, world.op(case.type, case.payload)) for door in DOORS}
        live = told["socket op"]
        assert live is not None
        assert (live.problem, live.faults) == ((422, "invalid"), case.faults), str(case)
        rejected = Outcome("rejected", live.problem, live.faults, live.told)
        assert (told["http ops"], told["socket ops"]) == (rejected, rejected), str(case)
        if case.missing:
            live = Outcome("refused", (404, "not_found"), (), ("Not found", None, None, ()))
        assert told["route"] in (None, live), str(case)
    assert stored(*TABLES) == before


def test_what_is_rejected_stops_nothing_and_its_id_may_be_used(gym: Gym, socket: Socket) -> None:
    for door in ("http ops", "socket ops"):
        world = World(gym, ("start",))
        bad = [world.op(case.type, case.payload) for case in REFUSED]
        ops = [one for refused in bad for one in (refused, world.op("workout.update", {"name": "x"}))]
        if door == "http ops":
            answer = gym.send(world.id, *ops, sent_at=AT)
        else:
            answer = socket.ask("ops", workout_id=world.id, sent_at=AT, ops=ops)
        assert [result["status"] for result in answer["results"]] == ["rejected", "applied"] * len(bad)
        retried = gym.send(world.id, *(world.op("workout.update", {}, one["op_id"]) for one in bad), sent_at=AT)
        assert [result["status"] for result in retried["results"]] == ["applied"] * len(bad)


def test_an_operation_says_what_all_operations_say(gym: Gym, socket: Socket) -> None:
    world = World(gym, ("start",))
    before = stored(*TABLES)
    for change, faults in ENVELOPES:
        sent = {**world.op("workout.pause", {}), **change}
        told = [through(door, world, socket, sent) for door in ("http ops", "socket ops", "socket op")]
        assert told == [told[0]] * 3, change
        assert told[0] is not None
        assert (told[0].problem, told[0].faults) == ((422, "invalid"), faults), change
    assert stored(*TABLES) == before


def test_a_batch_says_when_it_was_sent_and_has_operations(gym: Gym, socket: Socket) -> None:
    world = World(gym, ("start",))
    before = stored(*TABLES)
    for change, faults in BATCHES:
        body = {"sent_at": AT, "ops": [world.op("workout.pause", {})], **change}
        answers = (
            gym.device.post(f"{V1}/workouts/{world.id}/ops", body).json(),
            socket.ask("ops", workout_id=world.id, **body),
        )
        told = [refusal(answer, "") for answer in answers]
        assert told[0] == told[1], change
        assert (told[0].problem, sorted(told[0].faults)) == ((422, "invalid"), sorted(faults)), change
    assert stored(*TABLES) == before
