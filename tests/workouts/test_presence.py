"""Who follows a workout, on which device: told to all who do, and never needed by anything."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from socket import create_connection
from uuid import UUID

import pytest
from django.conf import settings
from django.db import DatabaseError, connection

from accounts.models import Coaching, User
from accounts.operations import blocks, coaches
from fitai.common import redis
from fitai.common.live import hub as live_hub
from fitai.common.live import presence
from fitai.common.live.presence import Follower
from fitai.embedded.ports import free_port
from tests.cast import ApiClient, actor_of, client_of, let_see
from tests.soak import only_in_soak
from tests.workouts.gym import BENCH, Gym, Json, op
from tests.workouts.live import Connect, Socket, until
from tests.workouts.together import group_of
from workouts.consumers import WorkoutChannel
from workouts.operations.groups import leave_group

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(60)]

NOW = "2026-03-02T18:00:00Z"


@pytest.fixture(autouse=True, scope="module")
def quickly() -> Iterator[None]:
    """What takes 5 and 15 seconds elsewhere takes a moment here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(live_hub, "HEAD_SECONDS", 0.2)
        patch.setattr(presence, "PRESENT_SECONDS", 0.8)
        yield


@pytest.fixture
def tablet(coach: User) -> ApiClient:
    return client_of(coach, "tablet")


@pytest.fixture
def coaching(athlete: User, coach: User) -> Coaching:
    return let_see(athlete, coach)


@pytest.fixture
def workout(gym: Gym) -> str:
    return gym.train()


@pytest.fixture
def follow(open_socket: Connect, workout: str) -> Callable[[ApiClient], Socket]:
    """A socket of a device that follows the workout."""

    def opened(device: ApiClient) -> Socket:
        socket = open_socket(device)
        socket.follow(f"workout:{workout}")
        return socket

    return opened


def told(socket: Socket, seconds: float = 3.0) -> list[str]:
    """Who is in, as the next message says."""
    return [shown["device"] for shown in socket.hear("presence", seconds=seconds)["present"]]


def comes_to_know(socket: Socket, *devices: str, seconds: float = 3.0) -> None:
    """It is told, sooner or later and for good, that these devices are in."""
    deadline = time.monotonic() + seconds
    while sorted(told(socket, deadline - time.monotonic())) != sorted(devices):
        pass


def knows_nothing_new(socket: Socket) -> bool:
    """Whether no presence comes before the answer to a ping."""
    socket.say("ping")
    return socket.hear("pong", "presence")["type"] == "pong"


def entry(device: ApiClient, name: str) -> Json:
    return {"user_id": str(device.user.pk), "device_id": str(device.session_row.pk), "device": name}


@pytest.fixture
def bells_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """No tick finds out what no bell rings for, and no lease ends."""

    async def fail(hub: live_hub.Hub) -> None:
        raise DatabaseError

    monkeypatch.setattr(live_hub.Hub, "_doubt_unheard", fail)
    monkeypatch.setattr(presence, "PRESENT_SECONDS", 60)


@pytest.mark.usefixtures("bells_alone")
def test_all_who_follow_are_told_who_is_in_and_on_which_device(
    follow: Callable[[ApiClient], Socket], phone: ApiClient, watch: ApiClient, workout: str
) -> None:
    one = follow(phone)
    alone = {"type": "presence", "channel": f"workout:{workout}", "present": [entry(phone, "phone")]}
    assert one.hear("presence") == alone
    two = follow(watch)
    both = sorted([entry(phone, "phone"), entry(watch, "watch")], key=lambda shown: shown["device_id"])
    for socket in (one, two):
        comes_to_know(socket, "phone", "watch")
    again = follow(phone)
    assert again.hear("presence") == {**alone, "present": both}
    again.connection.close()
    time.sleep(0.3)
    assert knows_nothing_new(one)  # a device counts once, however many sockets it has

    two.say("unsubscribe", channel=f"workout:{workout}")
    comes_to_know(one, "phone")
    two.follow(f"workout:{workout}")
    comes_to_know(one, "phone", "watch")
    two.connection.close()
    comes_to_know(one, "phone")


@pytest.mark.usefixtures("bells_alone")
def test_who_follows_again_has_not_left(
    follow: Callable[[ApiClient], Socket], phone: ApiClient, workout: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    left: list[Follower] = []
    monkeypatch.setattr(presence, "leave", lambda stream, follower: left.append(follower) is None)
    socket = follow(phone)
    comes_to_know(socket, "phone")
    socket.follow(f"workout:{workout}")
    comes_to_know(socket, "phone")
    assert left == []
    socket.say("unsubscribe", channel=f"workout:{workout}")
    until(lambda: [one.device for one in left] == ["phone"])


def test_a_group_is_told_who_is_in_but_for_whom_one_does_not_see(
    open_socket: Connect, phone: ApiClient, ben: ApiClient, cleo: ApiClient
) -> None:
    group = group_of(phone, ben, cleo)
    sockets = {device: open_socket(device) for device in (phone, ben, cleo)}

    def comes_to_see(device: ApiClient, *others: ApiClient) -> None:
        expected = {"type": "presence", "channel": f"group:{group}"}
        expected["present"] = sorted((entry(one, "phone") for one in others), key=lambda shown: shown["user_id"])
        deadline = time.monotonic() + 3
        while sockets[device].hear("presence", seconds=deadline - time.monotonic()) != expected:
            pass

    for socket in sockets.values():
        socket.follow(f"group:{group}")
    for device in sockets:
        comes_to_see(device, phone, ben, cleo)
    blocks.block_person(actor_of(ben.user), cleo.user.pk)
    comes_to_see(ben, phone, ben)
    comes_to_see(cleo, phone, cleo)
    assert knows_nothing_new(sockets[phone])
    sockets[phone].say("unsubscribe", channel=f"group:{group}")
    comes_to_see(ben, ben)
    comes_to_see(cleo, cleo)


@pytest.mark.usefixtures("bells_alone")
def test_who_is_not_seen_in_a_group_is_not_told_of_when_they_leave_it(
    open_socket: Connect, phone: ApiClient, ben: ApiClient, cleo: ApiClient
) -> None:
    """Though a process that was killed has left their lease there."""
    group = group_of(phone, ben, cleo)
    blocks.block_person(actor_of(ben.user), cleo.user.pk)
    killed, other = (Follower(name, *entry(device, "phone").values()) for name, device in (("a", cleo), ("b", phone)))
    presence.enter(f"group:{group}", killed)
    presence.enter(f"group:{group}", other)
    socket, told = open_socket(ben), set[str]()
    socket.follow(f"group:{group}")

    def hears_of(*devices: ApiClient) -> None:
        present = None
        while present != {str(device.user.pk) for device in devices}:
            present = {shown["user_id"] for shown in socket.hear("presence")["present"]}
            told.update(present)

    hears_of(ben, phone)
    leave_group(actor_of(cleo.user), UUID(group))
    assert socket.hear()["type"] == "snapshot"
    presence.leave(f"group:{group}", other)
    hears_of(ben)
    assert told == {str(ben.user.pk), str(phone.user.pk)}


def test_what_is_a_persons_own_has_no_presence(open_socket: Connect, phone: ApiClient) -> None:
    socket = open_socket(phone)
    socket.follow("user:me")
    time.sleep(0.3)
    assert knows_nothing_new(socket)


def test_a_coach_is_seen_and_sees_until_the_consent_ends(
    follow: Callable[[ApiClient], Socket],
    phone: ApiClient,
    watch: ApiClient,
    tablet: ApiClient,
    coaching: Coaching,
    workout: str,
) -> None:
    mine, coachs = follow(phone), follow(tablet)
    for socket in (mine, coachs):
        comes_to_know(socket, "phone", "tablet")
    coaches.end_coaching(actor_of(phone.user), coaching.pk)  # type: ignore[arg-type]
    assert coachs.hear("problem", seconds=1.0)["status"] == 404
    comes_to_know(mine, "phone")
    follow(watch)
    comes_to_know(mine, "phone", "watch")
    assert knows_nothing_new(coachs)


def test_who_may_follow_no_longer_is_not_told_who_comes_though_nobody_rang(
    follow: Callable[[ApiClient], Socket],
    phone: ApiClient,
    tablet: ApiClient,
    watch: ApiClient,
    coaching: Coaching,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    coachs = follow(tablet)
    comes_to_know(coachs, "tablet")
    monkeypatch.setattr(coaches, "announce_access_changed", lambda user_id: None)
    monkeypatch.setattr(WorkoutChannel, "allowed", lambda self, pairs: set(pairs))  # nor does a tick find out
    coaches.end_coaching(actor_of(phone.user), coaching.pk)  # type: ignore[arg-type]
    follow(watch)
    assert coachs.hear("presence", "problem")["type"] == "problem"


def test_who_may_not_follow_is_not_in(
    open_socket: Connect, follow: Callable[[ApiClient], Socket], phone: ApiClient, tablet: ApiClient, workout: str
) -> None:
    mine = follow(phone)
    comes_to_know(mine, "phone")
    assert open_socket(tablet).ask("subscribe", channel=f"workout:{workout}")["status"] == 404
    time.sleep(0.3)
    assert knows_nothing_new(mine)


def test_what_a_killed_process_leaves_is_gone_when_its_lease_is(
    follow: Callable[[ApiClient], Socket], phone: ApiClient, workout: str
) -> None:
    mine, stream = follow(phone), f"workout:{workout}"
    comes_to_know(mine, "phone")
    assert presence.enter(stream, Follower("s", str(phone.user.pk), "d", "elsewhere"))  # and never renewed
    comes_to_know(mine, "elsewhere", "phone", seconds=1.0)
    began = time.monotonic()
    comes_to_know(mine, "phone")
    assert time.monotonic() - began < 0.8 + 0.2 + 0.5  # lease, tick, and some patience
    assert presence.keep({stream: []}) == {stream: live_hub.hub.topics[stream].present}


ANOTHER_PROCESS = """
import sys
import uvicorn
from fitai.asgi import application
from fitai.common.live import hub, presence
hub.HEAD_SECONDS, presence.PRESENT_SECONDS = 0.2, 0.8
uvicorn.run(application, port=int(sys.argv[1]), lifespan="off", log_level="error")
"""


@only_in_soak
def test_a_real_process_that_is_killed_leaves_nobody(
    follow: Callable[[ApiClient], Socket], phone: ApiClient, watch: ApiClient, workout: str
) -> None:
    mine, port, database = follow(phone), free_port(), connection.settings_dict
    url = "postgres://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format(**database)
    env = {**os.environ, "DATABASE_URL": url, "REDIS_URL": settings.REDIS_URL, "PYTHONPATH": str(settings.BASE_DIR)}
    with subprocess.Popen([sys.executable, "-c", ANOTHER_PROCESS, str(port)], env=env) as process:
        try:
            until(lambda: answers(port), 30)
            with Socket(port, watch.tokens.access) as other:
                other.follow(f"workout:{workout}")
                for each in (mine, other):
                    comes_to_know(each, "phone", "watch")
                process.kill()
                began = time.monotonic()
                comes_to_know(mine, "phone")
                assert time.monotonic() - began < 0.8 + 0.2 + 0.5
        finally:
            process.kill()


def answers(port: int) -> bool:
    try:
        create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


def test_a_flushed_valkey_is_told_again(
    follow: Callable[[ApiClient], Socket], phone: ApiClient, watch: ApiClient, workout: str
) -> None:
    mine, _ = follow(phone), follow(watch)
    comes_to_know(mine, "phone", "watch")
    redis.client.flushdb()
    stream = f"workout:{workout}"
    deadline = time.monotonic() + 3
    while {one.device for one in (presence.keep({stream: []}) or {})[stream]} != {"phone", "watch"}:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert knows_nothing_new(mine)


def test_without_valkey_a_process_tells_of_its_own_and_all_else_goes_on(
    follow: Callable[[ApiClient], Socket],
    phone: ApiClient,
    watch: ApiClient,
    gym: Gym,
    workout: str,
    no_hints: Callable[[], None],
) -> None:
    mine = follow(phone)
    comes_to_know(mine, "phone")
    presence.enter(f"workout:{workout}", Follower("s", str(phone.user.pk), "d", "elsewhere"))
    comes_to_know(mine, "elsewhere", "phone")
    no_hints()
    other = follow(watch)
    comes_to_know(mine, "elsewhere", "phone", "watch")  # known of a moment ago
    comes_to_know(mine, "phone", "watch")
    answer = other.ask("op", workout_id=workout, sent_at=NOW, op=op("set.add", NOW, exercise_id=BENCH, reps=5))
    assert answer["status"] == "applied"
    assert mine.hear("event")["seq"] == answer["seq"]
    other.connection.close()
    comes_to_know(mine, "phone")


@pytest.mark.usefixtures("bells_alone")
def test_without_valkey_a_process_tells_of_its_own_at_once(
    follow: Callable[[ApiClient], Socket], phone: ApiClient, watch: ApiClient, no_hints: Callable[[], None]
) -> None:
    no_hints()
    one, two = follow(phone), follow(watch)
    for socket in (one, two):
        comes_to_know(socket, "phone", "watch")
    two.connection.close()
    comes_to_know(one, "phone")


def test_a_valkey_that_hangs_slows_neither_a_subscription_nor_a_set(
    follow: Callable[[ApiClient], Socket], phone: ApiClient, workout: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def hang(*_: object) -> None:
        time.sleep(0.8)

    for name in ("enter", "keep", "leave"):
        monkeypatch.setattr(presence, name, hang)
    began = time.monotonic()
    socket = follow(phone)
    answer = socket.ask("op", workout_id=workout, sent_at=NOW, op=op("set.add", NOW, exercise_id=BENCH, reps=5))
    assert answer["type"] in ("ack", "event")
    socket.say("unsubscribe", channel=f"workout:{workout}")
    assert time.monotonic() - began < 0.7
