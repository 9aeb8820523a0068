"""The reference client: what is on its disk, what it makes of answers, and a training over the real server."""

import asyncio
import json
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fitai_client import Client, Device
from websockets.asyncio.server import ServerConnection, serve
from websockets.typing import Subprotocol

from tests.cast import PASSWORD, client_of, make_person
from tests.workouts.conftest import stock_library
from tests.workouts.follower import seen
from tests.workouts.gym import BENCH, Gym, Json
from tests.workouts.live import serving

NOW = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
PACKAGE = Path(__file__).parents[2] / "clients" / "python"
SET: Json = {"reps": 5, "weight": "100", "assistance": None, "weight_unit": "kg"}
GONE = {"type": "about:blank", "title": "There is no such thing", "status": 404}


@pytest.fixture
def disk(tmp_path: Path) -> Path:
    return tmp_path / "workouts.db"


def device_on(disk: Path, **options: Any) -> Device:
    return Device(sqlite3.connect(disk), "phone", lambda: NOW, **options)


def begin(device: Device) -> tuple[str, str]:
    """A workout made without a network: its id, and that of its one entry."""
    workout = str(uuid4())
    device.do(workout, "workout.create", id=workout, name="Push")
    device.do(workout, "workout.start")
    return workout, device.do(workout, "exercise.add", exercise_id=BENCH)["payload"]["id"]


def taken(device: Device, first_seq: int = 1) -> None:
    """The server takes all that waits."""
    batch = device.outgoing()
    assert batch is not None
    results = [
        {"op_id": op["op_id"], "status": "applied", "seq": seq} for seq, op in enumerate(batch[1]["ops"], first_seq)
    ]
    device.answered(*batch, 200, {"results": results, "seq": results[-1]["seq"]})


def reps_of(device: Device, workout: str) -> list[int | None]:
    return [item["reps"] for entry in device.look(workout).shown["exercises"] for item in entry["sets"]]


def test_it_has_under_three_hundred_lines_and_none_of_the_servers() -> None:
    text = "".join(path.read_text() for path in PACKAGE.rglob("*.py"))
    assert len(text.splitlines()) < 300
    assert not any(f"{word} {app}" in text for word in ("import", "from") for app in ("fitai.", "workouts", "django"))


def test_what_was_done_is_on_disk_at_once(disk: Path) -> None:
    before = device_on(disk)
    workout, entry = begin(before)
    before.do(workout, "set.add", workout_exercise_id=entry, **SET)

    after = device_on(disk)  # the process was killed, and started again

    assert reps_of(after, workout) == [5]
    batch = after.outgoing()
    assert batch is not None
    assert [op["type"] for op in batch[1]["ops"]] == ["workout.create", "workout.start", "exercise.add", "set.add"]
    assert after.outgoing() == batch == before.outgoing()  # a retry says the same


def test_what_is_done_in_one_instant_keeps_its_order(disk: Path) -> None:
    device = device_on(disk)
    workout, entry = begin(device)
    item = device.do(workout, "set.add", workout_exercise_id=entry, reps=5)["payload"]["id"]
    device = device_on(disk)
    device.do(workout, "set.update", id=item, reps=6)
    times = [op["at"] for _, op in device.ops()]
    assert times == sorted(set(times))
    batch = device.outgoing()
    assert batch is not None
    assert batch[1]["sent_at"] >= times[-1]  # else the server would take the later ones for one moment
    assert reps_of(device, workout) == [6]


def test_sets_stand_behind_the_last_and_where_they_are_told_to(disk: Path) -> None:
    device = device_on(disk)
    workout, entry = begin(device)
    first = device.do(workout, "set.add", workout_exercise_id=entry, reps=1)["payload"]
    device.do(workout, "set.add", workout_exercise_id=entry, reps=2)
    device.do(workout, "set.add", workout_exercise_id=entry, reps=0, rank=first["rank"] + "V")
    assert reps_of(device, workout) == [1, 0, 2]


def test_an_acknowledged_operation_stays_until_the_copy_has_it(disk: Path) -> None:
    device = device_on(disk)
    workout, _ = begin(device)
    taken(device)
    assert device.outgoing() is None
    assert device.look(workout).workout["status"] == "in_progress"

    snapshot = {**device.look(workout).shown, "seq": 3}
    device.hear({"type": "snapshot", "channel": f"workout:{workout}", "seq": 3, "data": snapshot})

    assert device.ops() == []
    assert device.look(workout).shown == snapshot
    assert device_on(disk).look(workout).shown == snapshot


def test_an_event_of_ones_own_is_an_acknowledgement_though_the_answer_was_lost(disk: Path) -> None:
    device = device_on(disk)
    workout, entry = begin(device)
    taken(device)
    device.hear({"type": "snapshot", "channel": f"workout:{workout}", "seq": 3, "data": device.look(workout).shown})
    op = device.do(workout, "set.add", workout_exercise_id=entry, **SET)
    event = {**op, "seq": 4, "actor_id": None}
    device.hear({"type": "event", "channel": f"workout:{workout}", "seq": 4, "event": event})
    assert (device.ops(), reps_of(device, workout)) == ([], [5])


def test_what_a_deleted_workout_holds_up_goes_out_after_its_restore(disk: Path) -> None:
    device = device_on(disk)
    workout, entry = begin(device)
    taken(device)
    device.do(workout, "set.add", workout_exercise_id=entry, **SET)
    batch = device.outgoing()
    assert batch is not None
    device.answered(*batch, 404, GONE)
    assert (device.outgoing(), reps_of(device, workout)) == (None, [5])

    device.do(workout, "workout.restore")

    first = device.outgoing()
    assert first is not None
    assert [op["type"] for op in first[1]["ops"]] == ["workout.restore"]
    taken(device, 4)
    device.hear({"type": "snapshot", "channel": f"workout:{workout}", "seq": 4, "data": device.look(workout).shown})
    after = device.outgoing()
    assert after is not None
    assert after[1]["ops"] == batch[1]["ops"]


@pytest.mark.parametrize("whole", [True, False])
def test_what_is_refused_is_kept_for_a_person_to_see(disk: Path, whole: bool) -> None:
    device = device_on(disk)
    workout, entry = begin(device)
    taken(device)
    op = device.do(workout, "set.add", workout_exercise_id=entry, reps=2_000)
    batch = device.outgoing()
    assert batch is not None
    problem = {"status": 422, "title": "Not valid"}
    result = {"op_id": op["op_id"], "status": "rejected", "seq": None, "problem": problem}
    device.answered(*batch, 422 if whole else 200, problem if whole else {"seq": 3, "results": [result]})

    assert device.outgoing() is None
    assert device_on(disk).ops("problem IS NOT NULL") == [(workout, op)]
    assert reps_of(device, workout) == []


def test_a_rest_is_counted_by_the_servers_clock(disk: Path) -> None:
    device = device_on(disk)
    workout, _ = begin(device)
    device.ahead = timedelta(minutes=10)  # of the server, which says when it ends
    ends_at = (NOW - device.ahead + timedelta(seconds=40)).isoformat()
    data = {**device.look(workout).shown, "rest": {"set_id": None, "seconds": 90, "ends_at": ends_at}}
    device.hear({"type": "snapshot", "channel": f"workout:{workout}", "seq": 1, "data": data})
    assert device.rest_left(workout) == timedelta(seconds=40)
    device.ahead = timedelta()
    assert device.rest_left(workout) == timedelta()


def test_a_restore_of_what_is_not_deleted_leaves_the_rest_running(disk: Path) -> None:
    device = device_on(disk)
    workout, _ = begin(device)
    device.do(workout, "rest.start", seconds=90)
    device.do(workout, "workout.restore")
    assert device.rest_left(workout) > timedelta(seconds=89)
    device.do(workout, "workout.delete")
    device.do(workout, "workout.restore")
    assert device.rest_left(workout) == timedelta()


class Cut(httpx.AsyncHTTPTransport):
    """A network that swallows the first answers."""

    lost = 1

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer = await super().handle_async_request(request)
        if request.url.path.endswith("/ops") and self.lost:
            self.lost -= 1
            await answer.aclose()
            raise httpx.ReadTimeout("lost", request=request)
        return answer


async def until(met: Callable[[], object], *running: asyncio.Task[None]) -> None:
    async with asyncio.timeout(20):
        while not met():
            for task in running:
                if task.done():
                    task.result()
            await asyncio.sleep(0.02)


@pytest.mark.django_db(transaction=True)
def test_two_devices_train_together_over_lost_answers_cut_sockets_and_old_tokens(tmp_path: Path) -> None:
    stock_library()
    gym = Gym(client_of(make_person("athlete")))

    async def train(url: str) -> tuple[Json, Json, list[Json]]:
        kept: list[Json] = []
        clients = []
        for name in ("phone", "watch"):
            device = Device(sqlite3.connect(tmp_path / f"{name}.db"), name)
            clients.append(Client(url, device, keep=kept.append))
            await clients[-1].log_in(login="athlete", password=PASSWORD)
        phone, watch = clients
        phone.http = httpx.AsyncClient(base_url=f"{url}/api/v1", transport=Cut())
        workout, entry = begin(phone.device)
        phone.device.do(workout, "set.add", workout_exercise_id=entry, **SET)
        watch.device.subscription(workout)  # it asks for the workout whenever it is online
        running = [asyncio.create_task(client.run()) for client in clients]
        try:
            await until(lambda: not phone.device.ops() and phone.socket is not None, *running)
            await watch.say(watch.device.subscription(workout))
            await until(lambda: reps_of(watch.device, workout) == [5] if watch.device.copies[workout].seq else False)

            watch.tokens["access"] += "x"  # as if it were too old
            await watch.socket.close()
            watch.device.do(workout, "set.add", workout_exercise_id=entry, **{**SET, "reps": 6})
            await until(lambda: reps_of(phone.device, workout) == [5, 6] and not watch.device.ops(), *running)
            watch_socket = watch.socket

            item = next(iter(phone.device.look(workout).workout["exercises"][entry]["sets"]))
            phone.device.do(workout, "set.update", id=item, notes="on the phone")
            phone.device.do(workout, "workout.complete")
            await until(lambda: watch.device.copies[workout].seq == phone.device.copies[workout].seq == 7, *running)
            assert watch_socket is not None
            return phone.device.look(workout).shown, watch.device.look(workout).shown, kept
        finally:
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)
            for client in clients:
                await client.http.aclose()

    with serving() as port:
        on_phone, on_watch, kept = asyncio.run(train(f"http://127.0.0.1:{port}"))

    assert on_phone == on_watch == seen(gym.see(on_phone["id"]))
    assert on_phone["status"] == "completed"
    events = gym.events(on_phone["id"])
    assert [event["device_id"] for event in events] == ["phone"] * 4 + ["watch"] + ["phone"] * 2
    assert len({event["op_id"] for event in events}) == 7  # though a whole batch was sent twice
    assert len(kept) >= 3  # two log-ins, and what the old token was traded for


@pytest.mark.django_db(transaction=True)
def test_a_session_that_has_ended_loses_nothing(disk: Path) -> None:
    make_person("athlete")

    async def come_back(url: str, device: Device) -> None:
        client = Client(url, device)
        client.tokens = {"access": "ended", "refresh": "ended"}
        async with asyncio.timeout(20), client.http:
            await client.run()

    device = Device(sqlite3.connect(disk), "phone")
    workout, _ = begin(device)
    with serving() as port, pytest.raises(httpx.HTTPStatusError):
        asyncio.run(come_back(f"http://127.0.0.1:{port}", device))
    batch = device_on(disk).outgoing()
    assert batch is not None
    assert (batch[0], len(batch[1]["ops"])) == (workout, 3)


def test_a_workout_that_cannot_be_followed_at_present_is_followed_later(disk: Path) -> None:
    device = device_on(disk)
    workout, _ = begin(device)
    taken(device)
    channel = f"workout:{workout}"
    answers: list[Json] = [
        {"type": "problem", "status": 503, "channel": channel},
        {"type": "snapshot", "channel": channel, "seq": 3, "data": {**device.look(workout).shown, "exercises": []}},
    ]

    async def answer(socket: ServerConnection) -> None:
        await socket.recv()
        await socket.send(json.dumps(answers.pop(0)))
        await socket.wait_closed()

    async def come_back() -> None:
        async with serve(answer, "127.0.0.1", 0, subprotocols=[Subprotocol("fitai.v1")]) as server:
            port = server.sockets[0].getsockname()[1]
            client = Client(f"http://127.0.0.1:{port}", device)
            client.tokens = {"access": "token"}
            hearing = asyncio.create_task(client._hear())
            await until(lambda: device.copies[workout].seq == 3, hearing)
            hearing.cancel()
            await client.http.aclose()

    asyncio.run(come_back())
    assert answers == []
