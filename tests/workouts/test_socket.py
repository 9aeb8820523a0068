"""`/ws/v1` over a real server: every device shows the same workout, and catches up with what it missed."""

import json
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.utils import timezone
from websockets.exceptions import ConnectionClosed, InvalidStatus

from accounts import session_cache
from accounts.enums import Role
from accounts.models import ApiKey, User
from accounts.operations import passwords, privacy, staff
from fitai.common import redis, throttling
from fitai.common.actors import Actor
from fitai.common.live import socket as live_socket
from fitai.common.live.hub import hub
from fitai.embedded.layout import asgi
from fitai.settings.base import BASE_DIR
from tests.cast import PASSWORD, ApiClient, actor_of, client_of, key_of, make_person
from tests.workouts.conftest import stock_library
from tests.workouts.follower import Follower, seen
from tests.workouts.gym import BENCH, PLANK, PULL_UP, SQUAT, UNKNOWN, V1, Gym, Json, ok, op, sets_of
from tests.workouts.live import MAX_MESSAGE_BYTES, Connect, Socket, narrow, until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(60)]

SET = {"reps": 5, "weight": "100", "weight_unit": "kg"}
NOW = "2026-03-02T18:00:00Z"


@pytest.fixture
def athlete(transactional_db: None) -> User:
    stock_library()
    return make_person("athlete")


@pytest.fixture
def stranger(transactional_db: None) -> User:
    return make_person("stranger")


@pytest.fixture
def phone(athlete: User) -> ApiClient:
    return client_of(athlete, "phone")


@pytest.fixture
def watch(athlete: User) -> ApiClient:
    return client_of(athlete, "watch")


@pytest.fixture
def workout(gym: Gym) -> str:
    return gym.train()


# ── Coming in ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("header", [False, True])
def test_a_device_comes_in_with_its_access_token(open_socket: Connect, phone: ApiClient, header: bool) -> None:
    socket = open_socket(phone, header=header)
    assert socket.connection.subprotocol == "fitai.v1"
    assert socket.ask("ping") == {"type": "pong"}


def test_a_ticket_opens_one_socket(open_socket: Connect, port: int, phone: ApiClient) -> None:
    ticket = ok(phone.post(f"{V1}/auth/ws-ticket"))["ticket"]
    assert open_socket(None, ticket=ticket).ask("ping") == {"type": "pong"}
    with Socket(port, None, ticket=ticket) as again:
        assert again.ended() == 4401


def test_an_access_token_in_the_address_opens_nothing(port: int, phone: ApiClient) -> None:
    with Socket(port, None, ticket=phone.tokens.access) as socket:
        assert socket.ended() == 4401


@pytest.mark.parametrize("token", ["none", "nonsense", "refresh", "changed", "ended"])
def test_who_is_nobody_is_closed_with_4401(port: int, phone: ApiClient, token: str) -> None:
    if token == "ended":
        ok(phone.post(f"{V1}/auth/logout", {"refresh": phone.tokens.refresh}), 204)
    given = {
        "none": None,
        "nonsense": "abc",
        "refresh": phone.tokens.refresh,
        "changed": phone.tokens.access[:-4] + "AAAA",
        "ended": phone.tokens.access,
    }[token]
    with Socket(port, given) as socket:
        assert socket.ended() == 4401


def test_an_api_key_that_works_is_closed_with_4403_and_any_other_with_4401(port: int, athlete: User) -> None:
    """No scope opens sockets."""
    service = key_of(athlete, "workouts:read", "workouts:write")
    key = service.defaults["HTTP_AUTHORIZATION"].removeprefix("Api-Key ")
    with Socket(port, None, key=key) as by_header, Socket(port, key) as by_protocol:
        assert (by_header.ended(), by_protocol.ended()) == (4403, 4403)
    changed = f"{key[:-1]}{'A' if key[-1] != 'A' else 'B'}"
    ApiKey.objects.update(revoked_at=timezone.now())
    session_cache.end_keys(ApiKey.objects.values_list("prefix", flat=True))
    for ended in (key, changed, "Api-Key"):
        with Socket(port, None, key=ended) as socket:
            assert socket.ended() == 4401


def test_a_browser_comes_from_here_or_not_at_all(
    open_socket: Connect, port: int, phone: ApiClient, settings: Any
) -> None:
    settings.CORS_ALLOWED_ORIGINS = ["https://app.example"]
    for own in (None, f"http://127.0.0.1:{port}", "https://app.example"):
        assert open_socket(phone, origin=own).ask("ping") == {"type": "pong"}
    for foreign in (
        "https://evil.example",
        "null",
        f"http://127.0.0.1.evil.example:{port}",
        f"http://127.0.0.1:{port + 1}",
        "https://app.example.evil.example",
        "http://app.example",
    ):
        with pytest.raises(InvalidStatus) as refused:
            open_socket(phone, origin=foreign)
        assert refused.value.response.status_code == 403


def test_logging_out_ends_the_sockets_of_that_device_within_a_second(
    open_socket: Connect, phone: ApiClient, watch: ApiClient
) -> None:
    one, two, other = open_socket(phone), open_socket(phone), open_socket(watch)
    for socket in (one, two, other):
        assert socket.ask("ping") == {"type": "pong"}

    ok(phone.post(f"{V1}/auth/logout", {"refresh": phone.tokens.refresh}), 204)

    assert (one.ended(1.0), two.ended(1.0)) == (4401, 4401)
    assert other.ask("ping") == {"type": "pong"}


def change_password(user: User) -> None:
    passwords.change_password(Actor(user.pk), old_password=PASSWORD, new_password="a long enough phrase 7")


def reset_password(user: User) -> None:
    key = f"{user_pk_to_url_str(user)}-{default_token_generator.make_token(user)}"
    passwords.reset_password(key=key, password="a long enough phrase 7")


def lock(user: User) -> None:
    boss = make_person("boss", role=Role.ADMIN, is_staff=True, is_superuser=True)
    staff.lock_account(actor_of(boss), user.pk)


def delete(user: User) -> None:
    privacy.delete_account(Actor(user.pk), password=PASSWORD)


@pytest.mark.parametrize("end", [change_password, reset_password, lock, delete])
def test_whatever_ends_a_device_ends_its_socket_within_a_second(
    open_socket: Connect, athlete: User, watch: ApiClient, end: Callable[[User], None]
) -> None:
    socket = open_socket(watch)
    assert socket.ask("ping") == {"type": "pong"}
    athlete.refresh_from_db()
    end(athlete)
    assert socket.ended(1.0) == 4401


def test_a_removed_device_is_closed_although_valkey_forgot_to_say(
    open_socket: Connect, phone: ApiClient, watch: ApiClient, no_hints: Callable[[], None]
) -> None:
    socket = open_socket(watch)
    assert socket.ask("ping") == {"type": "pong"}
    no_hints()
    ok(phone.delete(f"{V1}/auth/devices/{watch.session_row.pk}"), 204)
    assert socket.ended() == 4401


# ── Following ────────────────────────────────────────────────────────────────────────────────────


def test_a_subscription_begins_with_the_whole(open_socket: Connect, gym: Gym, workout: str) -> None:
    gym.log(workout, **SET)
    socket = open_socket(gym.device)
    whole = gym.see(workout)
    assert socket.follow(f"workout:{workout}") == {
        "type": "snapshot",
        "channel": f"workout:{workout}",
        "seq": 3,
        "data": whole,
    }
    assert sets_of(whole)[0]["records"] != []


def test_what_happens_on_one_device_is_on_the_others_in_order(
    open_socket: Connect, gym: Gym, watch: ApiClient, workout: str
) -> None:
    channel = f"workout:{workout}"
    followers = [open_socket(device) for device in (gym.device, watch, watch)]
    for socket in followers:
        socket.follow(channel)

    gym.log(workout, BENCH, **SET)
    gym.send(workout, op("workout.update", NOW, name="Push"), op("workout.pause", NOW), sent_at=NOW)
    Gym(watch).correct(workout, 0, reps=6)

    expected = [
        {"type": "event", "channel": channel, "seq": event["seq"], "event": event}
        for event in gym.events(workout)
        if event["seq"] > 2
    ]
    assert len(expected) == 4
    for socket in followers:
        assert [socket.hear() for _ in expected] == expected
        assert socket.hears_nothing()


def test_who_says_how_far_it_is_gets_what_it_missed(open_socket: Connect, gym: Gym, workout: str) -> None:
    channel = f"workout:{workout}"
    for reps in (1, 2, 3):
        gym.log(workout, reps=reps)
    events = gym.events(workout)
    for after in (0, 1, 3, 4):
        socket = open_socket(gym.device)
        socket.say("subscribe", channel=channel, after_seq=after)
        assert [socket.hear()["event"] for _ in events[after:]] == events[after:]
        assert socket.hears_nothing()

    current = open_socket(gym.device)
    current.say("subscribe", channel=channel, after_seq=5)
    assert current.hears_nothing()
    gym.log(workout, reps=4)
    assert current.hear()["seq"] == 6

    ahead = open_socket(gym.device)
    assert ahead.follow(channel, after_seq=99)["seq"] == 6


def test_subscribing_again_starts_again(open_socket: Connect, gym: Gym, workout: str) -> None:
    socket = open_socket(gym.device)
    socket.follow(f"workout:{workout}")
    assert socket.follow(f"workout:{workout}")["seq"] == 2
    gym.log(workout, reps=5)
    assert socket.hear()["seq"] == 3
    assert socket.hears_nothing()


def test_who_unsubscribes_hears_no_more(open_socket: Connect, gym: Gym, workout: str) -> None:
    socket = open_socket(gym.device)
    socket.follow(f"workout:{workout}")
    socket.say("unsubscribe", channel=f"workout:{workout}")
    assert socket.hears_nothing()
    gym.log(workout, reps=5)
    time.sleep(0.2)
    assert socket.hears_nothing()


def test_what_cannot_be_told_in_events_is_told_in_a_snapshot(open_socket: Connect, gym: Gym, workout: str) -> None:
    channel = f"workout:{workout}"
    socket = open_socket(gym.device)
    gym.log(workout, reps=5)
    socket.follow(channel)
    item = sets_of(gym.see(workout))[0]
    gym.drop(workout, item["id"])
    assert socket.hear()["event"]["type"] == "set.remove"

    gym.correct(workout, item["id"], rpe=8)

    back = socket.hear()
    assert (back["type"], back["event"]["reorders"], back["seq"]) == ("event", True, 5)
    assert socket.hear() == {"type": "snapshot", "channel": channel, "seq": 5, "data": gym.see(workout)}
    late = open_socket(gym.device)
    assert late.follow(channel, after_seq=3)["seq"] == 5


def test_a_head_tells_where_a_channel_stands(open_socket: Connect, gym: Gym, workout: str) -> None:
    socket = open_socket(gym.device)
    socket.follow(f"workout:{workout}")
    assert socket.hear("head") == {"type": "head", "channel": f"workout:{workout}", "seq": 2}


def test_the_own_channel_tells_of_records(open_socket: Connect, gym: Gym, workout: str) -> None:
    socket = open_socket(gym.device)
    data = {"jobs": [], "unread_notifications": 0}
    assert socket.follow("user:me") == {"type": "snapshot", "channel": "user:me", "seq": 0, "data": data}
    logged = gym.log(workout, PLANK, duration_seconds=60)
    told = socket.hear()
    assert told == {
        "type": "event",
        "channel": "user:me",
        "seq": 1,
        "event": {
            "seq": 1,
            "op_id": None,
            "type": "records",
            "at": told["event"]["at"],
            "device_id": "server",
            "actor_id": None,
            "payload": {
                "workout_id": workout,
                "won": [
                    {
                        "exercise_id": PLANK,
                        "set_id": logged["id"],
                        "workout_id": workout,
                        "kind": "time",
                        "value": "60",
                        "previous": None,
                    }
                ],
                "lost": [],
            },
        },
    }


def test_a_channel_one_may_not_know_of_is_404_and_the_socket_stays(
    open_socket: Connect, gym: Gym, workout: str, stranger: User
) -> None:
    socket = open_socket(client_of(stranger))
    deleted = Gym(client_of(stranger)).train()
    client_of(stranger).delete(f"{V1}/workouts/{deleted}")
    names = (
        f"workout:{workout}",
        f"workout:{UNKNOWN}",
        f"workout:{deleted}",
        "workout:me",
        "workout:",
        "workouts",
        "user:you",
        f"user:{gym.device.user.pk}",
        f"group:{UNKNOWN}",
    )
    told = [socket.ask("subscribe", channel=name) for name in names]
    first = {key: value for key, value in told[0].items() if key != "channel"}
    assert first == {
        "type": "problem",
        "problem": "http://localhost:8000/problems/not-found",
        "status": 404,
        "code": "not_found",
        "title": "Not found",
        "detail": "Not found",
    }
    assert told == [{**first, "channel": name} for name in names]
    gym.log(workout, reps=5)
    assert socket.hears_nothing()


def test_an_odd_spelling_of_an_id_renames_nobodys_channel(open_socket: Connect, gym: Gym, workout: str) -> None:
    odd = open_socket(gym.device)
    odd.ask("subscribe", channel=f"workout:{workout.upper()}")
    socket = open_socket(gym.device)
    assert socket.follow(f"workout:{workout}")["channel"] == f"workout:{workout}"
    gym.log(workout, reps=5)
    assert socket.hear()["channel"] == f"workout:{workout}"


def test_who_follows_a_workout_sees_it_deleted_and_restored(open_socket: Connect, gym: Gym, workout: str) -> None:
    socket = open_socket(gym.device)
    socket.follow(f"workout:{workout}")
    gym.device.delete(f"{V1}/workouts/{workout}")
    assert socket.hear()["event"]["type"] == "workout.delete"
    gym.do(workout, "restore")
    assert socket.hear()["event"]["type"] == "workout.restore"


# ── Changing ─────────────────────────────────────────────────────────────────────────────────────


def test_a_live_operation_is_acknowledged_and_heard_by_all(
    open_socket: Connect, gym: Gym, watch: ApiClient, workout: str
) -> None:
    mine, other = open_socket(watch), open_socket(gym.device)
    other.follow(f"workout:{workout}")
    mine.say("op", workout_id=workout, sent_at=NOW, op=op("set.add", NOW, "one", exercise_id=BENCH, **SET))
    assert mine.hear() == {"type": "ack", "op_id": "one", "status": "applied", "seq": 3}
    event = other.hear()["event"]
    assert (event["op_id"], event["type"], event["device_id"]) == ("one", "set.add", "watch")

    mine.say("op", workout_id=workout, sent_at=NOW, op=op("set.add", NOW, "one", exercise_id=BENCH, **SET))
    assert mine.hear() == {"type": "ack", "op_id": "one", "status": "duplicate", "seq": 3}
    assert [s["reps"] for s in sets_of(gym.see(workout))] == [5]


def test_somebody_elses_workout_cannot_be_changed(open_socket: Connect, gym: Gym, workout: str, stranger: User) -> None:
    socket = open_socket(client_of(stranger))
    for id in (workout, UNKNOWN):
        one = socket.ask("op", workout_id=id, sent_at=NOW, op=op("workout.pause", NOW))
        many = socket.ask("ops", workout_id=id, sent_at=NOW, ops=[op("workout.pause", NOW)])
        assert [(answer["type"], answer["status"]) for answer in (one, many)] == [("problem", 404)] * 2
    assert gym.see(workout)["seq"] == 2


# ── What it refuses ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("frame", "status"),
    [
        ("", 400),
        ("hello", 400),
        ("[" * 30_000, 400),
        ("[" * 100_000, 413),
        ('{"type":"ping","a":' * 3_000, 400),
        ('{"type":"ping","a":' + "[" * 100 + "]" * 100 + "}", 400),
        ('{"type":"ping","type":"ping"}', 400),
        ('{"type":"subscribe","channel":"user:\\u0000"}', 400),
        ('{"type":"ping","n":NaN}', 400),
        ('{"type":"ping","a":"\\ud800"}', 400),
        ('{"type":"subscribe","channel":"user:\\udfff"}', 400),
        ('{"type":"ping"}{"type":"ping"}', 400),
        (b'{"type":"ping"}', 400),
        ("[]", 422),
        ("5", 422),
        ("{}", 422),
        ('{"type":5}', 422),
        ('{"type":"dance"}', 422),
        ('{"type":"ping","loud":true}', 422),
        ('{"type":"subscribe"}', 422),
        ('{"type":"subscribe","channel":["user:me"]}', 422),
        ('{"type":"subscribe","channel":"user:me","after_seq":-1}', 422),
        ('{"type":"subscribe","channel":"user:me","after_seq":1e99}', 422),
        ('{"type":"subscribe","channel":"user:me","after_seq":' + "9" * 400 + "}", 400),
        ('{"type":"subscribe","channel":"user:me","after_seq":9223372036854775808}', 422),
        ('{"type":"subscribe","channel":"user:me","after_seq":true}', 422),
        ('{"type":"op"}', 422),
        ('{"type":"op","workout_id":7,"sent_at":"now","op":[]}', 422),
        ('{"type":"ops","workout_id":"x","ops":{}}', 422),
        (json.dumps({"type": "ping", "pad": "x" * 65_536}), 413),
        (json.dumps({"type": "ping", "pad": "é" * 33_000}, ensure_ascii=False), 413),
    ],
)
def test_what_makes_no_sense_is_a_problem_and_the_socket_stays(
    open_socket: Connect, phone: ApiClient, frame: str | bytes, status: int
) -> None:
    socket = open_socket(phone)
    socket.connection.send(frame)
    answer = socket.hear()
    assert (answer["type"], answer["status"]) == ("problem", status), answer
    assert socket.hears_nothing()


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ("x" * 1_048_576, 1009),
        (b"x" * 1_048_576, 1009),
        (["x" * 50_000] * 21, 1009),  # in pieces
    ],
)
def test_a_message_of_a_megabyte_ends_its_socket_alone(
    open_socket: Connect, phone: ApiClient, sent: Any, code: int
) -> None:
    other, socket = open_socket(phone), open_socket(phone)
    assert socket.ask("ping") == {"type": "pong"}
    with suppress(ConnectionClosed):  # it may be closed before all is said
        socket.connection.send(sent)
    assert socket.ended() == code
    assert other.ask("ping") == {"type": "pong"}


def test_what_is_no_utf_8_ends_its_socket_alone(open_socket: Connect, phone: ApiClient) -> None:
    other, socket = open_socket(phone), open_socket(phone)
    assert socket.ask("ping") == {"type": "pong"}
    with socket.connection.send_context():
        socket.connection.protocol.send_text(b'{"type":"\xff"}')
    assert socket.ended() == 1007
    assert other.ask("ping") == {"type": "pong"}


def test_the_product_takes_no_larger_messages_and_no_compressed_ones() -> None:
    argv = " ".join(asgi("live", 1, {}).argv)
    said = [argv, " ".join((BASE_DIR / "Dockerfile").read_text().replace('", "', " ").replace('",', "").split())]
    for options in said:
        assert f"--ws-max-size {MAX_MESSAGE_BYTES}" in options.replace('"', "").replace(" \\ ", " ")
        assert "--ws-per-message-deflate false" in options.replace('"', "")


def test_who_talks_too_fast_is_closed_with_4429(open_socket: Connect, phone: ApiClient, settings: Any) -> None:
    settings.LIMITS_FACTOR = 1.0
    patient = open_socket(phone)
    for _ in range(50):
        patient.say("ping")
    assert [patient.hear()["type"] for _ in range(50)] == ["pong"] * 50
    socket = open_socket(phone)
    with suppress(ConnectionClosed):  # it may be closed before all is said
        for _ in range(100):
            socket.say("ping")
    assert socket.ended() == 4429
    assert patient.ask("ping") == {"type": "pong"}


def test_a_person_has_ten_sockets(open_socket: Connect, phone: ApiClient, stranger: User, settings: Any) -> None:
    settings.LIMITS_FACTOR = 1.0
    sockets = [open_socket(phone) for _ in range(10)]
    for socket in sockets:
        assert socket.ask("ping") == {"type": "pong"}
    assert open_socket(phone).ended() == 4429
    assert open_socket(client_of(stranger)).ask("ping") == {"type": "pong"}
    sockets[0].connection.close()
    until(lambda: redis.client.zcard(f"fitai:sockets:user:{phone.user.pk}") == 9)
    assert open_socket(phone).ask("ping") == {"type": "pong"}


def test_an_address_has_twenty_sockets_whoever_opens_them(
    open_socket: Connect, phone: ApiClient, stranger: User, settings: Any
) -> None:
    assert settings.SOCKETS_PER_ADDRESS == 20
    settings.LIMITS_FACTOR, settings.SOCKETS_PER_ADDRESS, settings.TRUSTED_PROXIES = 1.0, 3, 1
    other, gym, home = client_of(stranger), "192.0.2.7", "192.0.2.8"
    first, *_ = sockets = [open_socket(device, address=gym) for device in (phone, phone, other)]
    for socket in sockets:
        assert socket.ask("ping") == {"type": "pong"}
    for device in (phone, other):
        assert open_socket(device, address=gym).ended() == 4429
        assert open_socket(device, address=home).ask("ping") == {"type": "pong"}
    until(lambda: redis.client.zcard(f"fitai:sockets:user:{stranger.pk}") == 2)  # refused, it holds no seat
    first.connection.close()
    until(lambda: redis.client.zcard(f"fitai:sockets:address:{gym}") == 2)
    assert open_socket(other, address=gym).ask("ping") == {"type": "pong"}


def test_an_address_that_knocks_too_often_is_turned_away_before_it_is_asked_who_it_is(
    open_socket: Connect, phone: ApiClient, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.LIMITS_FACTOR, settings.TRUSTED_PROXIES = 1.0, 1
    monkeypatch.setitem(throttling.LIMITS, "handshake", throttling.Limit(3, 3600))
    asked: list[str] = []
    monkeypatch.setattr(
        live_socket.LiveSocket, "authenticated", watched(live_socket.LiveSocket.authenticated, asked.append)
    )
    knocking = "192.0.2.7"
    assert [open_socket(None, address=knocking).ended() for _ in range(3)] == [4401] * 3
    assert len(asked) == 3
    assert [open_socket(device, address=knocking).ended() for device in (None, phone)] == [4429] * 2
    assert len(asked) == 3
    assert open_socket(phone, address="192.0.2.8").ask("ping") == {"type": "pong"}


def watched(method: Callable[..., Any], tell: Callable[[str], None]) -> Callable[..., Any]:
    """The method, which tells what it was given before it goes on."""

    async def wrapped(self: Any, ask: Any, given: Any) -> Any:
        tell(given)
        return await method(self, ask, given)

    return wrapped


def test_who_says_nothing_for_long_is_closed_with_4408(
    open_socket: Connect, phone: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_socket, "SEAT_SECONDS", 0.3)
    monkeypatch.setattr(live_socket, "IDLE_SECONDS", 1.0)
    silent, alive = open_socket(phone), open_socket(phone)
    for _ in range(10):
        assert alive.ask("ping") == {"type": "pong"}
        time.sleep(0.2)
    assert silent.ended(0.1) == 4408
    until(lambda: redis.client.zcard(f"fitai:sockets:user:{phone.user.pk}") == 1)
    assert alive.ask("ping") == {"type": "pong"}


def test_a_reader_that_makes_no_room_is_closed_with_4410(
    open_socket: Connect, port: int, phone: ApiClient, workout: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_socket, "SLOW_SECONDS", 0.3)
    monkeypatch.setattr(live_socket, "QUEUE_FRAMES", 1_000_000)
    reading, stuck = open_socket(client_of(phone.user)), open_socket(phone, **narrow(port))
    until(lambda: hub.sockets.get(phone.session_row.pk))
    (server,) = hub.sockets[phone.session_row.pk]

    def nothing_moves() -> bool:
        for _ in range(500):
            stuck.say("subscribe", channel="x" * 200)
        time.sleep(0.1)
        waiting = len(server.queue)
        time.sleep(0.1)
        return 0 < waiting == len(server.queue)

    until(nothing_moves, 30)
    for socket in (stuck, reading):
        socket.say("subscribe", channel=f"workout:{workout}")
    assert reading.hear()["type"] == "snapshot"
    until(lambda: server.closing)
    assert stuck.ended() == 4410
    assert reading.ask("ping") == {"type": "pong"}


def test_who_does_not_even_read_answers_is_closed_with_4410(
    open_socket: Connect, port: int, phone: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_socket, "QUEUE_FRAMES", 4)
    stuck = open_socket(phone, **narrow(port))
    with suppress(ConnectionClosed):
        for _ in range(20_000):
            stuck.say("subscribe", channel="x" * 200)
    assert stuck.ended() == 4410


def test_a_socket_has_fifty_subscriptions(open_socket: Connect, gym: Gym) -> None:
    workouts = [gym.new()["id"] for _ in range(51)]
    socket = open_socket(gym.device)
    for workout in workouts[:50]:
        socket.follow(f"workout:{workout}")
    refused = socket.ask("subscribe", channel=f"workout:{workouts[50]}")
    assert (refused["type"], refused["status"]) == ("problem", 429)
    socket.say("unsubscribe", channel=f"workout:{workouts[0]}")
    socket.follow(f"workout:{workouts[50]}")


# ── Nothing is lost ──────────────────────────────────────────────────────────────────────────────


def test_a_lost_hint_is_made_good_before_the_next_event_is_sent(
    open_socket: Connect, gym: Gym, workout: str, no_hints: Callable[..., None]
) -> None:
    socket = open_socket(gym.device)
    socket.follow(f"workout:{workout}")
    no_hints()
    gym.log(workout, reps=1)
    gym.log(workout, reps=2)
    no_hints(0)
    gym.log(workout, reps=3)
    assert [socket.hear(seconds=2)["seq"] for _ in range(3)] == [3, 4, 5]


def test_a_lost_last_hint_is_made_good_within_five_seconds(
    open_socket: Connect, gym: Gym, workout: str, no_hints: Callable[..., None]
) -> None:
    socket = open_socket(gym.device)
    socket.follow(f"workout:{workout}")
    no_hints()
    gym.log(workout, reps=1)
    began = time.monotonic()
    assert socket.hear()["seq"] == 3
    assert time.monotonic() - began < 6


def test_a_cut_subscription_to_valkey_loses_nothing(open_socket: Connect, gym: Gym, workout: str) -> None:
    socket = open_socket(gym.device)
    socket.follow(f"workout:{workout}")
    for reps in range(1, 6):
        redis.client.execute_command("CLIENT", "KILL", "TYPE", "pubsub")
        gym.log(workout, reps=reps)
    assert [socket.hear()["seq"] for _ in range(5)] == [3, 4, 5, 6, 7]


def test_a_flushed_valkey_loses_nothing(open_socket: Connect, gym: Gym, watch: ApiClient, workout: str) -> None:
    socket = open_socket(watch)
    socket.follow(f"workout:{workout}")
    gym.log(workout, reps=1)
    redis.client.flushdb()
    gym.log(workout, reps=2)
    assert [socket.hear(seconds=2)["seq"] for _ in range(2)] == [3, 4]
    assert socket.ask("ping") == {"type": "pong"}


def test_a_slow_reader_gets_a_snapshot_in_place_of_a_growing_queue(open_socket: Connect, gym: Gym) -> None:
    workout = gym.train()
    gym.log(workout, reps=5)
    item = sets_of(gym.see(workout))[0]["id"]
    socket = open_socket(gym.device, max_queue=1)
    follower = Follower()
    follower.hear(socket.follow(f"workout:{workout}"))
    for _ in range(8):
        ops = [
            op("set.update", f"2026-03-02T17:59:59.{n:06}Z", id=item, notes=f"{n} " + "x" * 3900) for n in range(400)
        ]
        gym.send(workout, *ops, sent_at=NOW)

    heard = []
    while follower.seq < 3203:
        message = socket.hear()
        heard.append(message["type"])
        follower.hear(message)
    assert heard.count("snapshot") >= 1
    assert heard.count("event") < 3200
    assert follower.shown == seen(gym.see(workout))


def test_a_snapshot_misses_nothing_that_happens_while_it_is_read(
    open_socket: Connect, gym: Gym, watch: ApiClient, workout: str
) -> None:
    """Devices come in while another trains on: what each has then heard, it has heard once and in order."""
    done = threading.Event()

    def train() -> None:
        for reps in range(40):
            Gym(watch).log(workout, reps=reps + 1)
        done.set()

    trainer = threading.Thread(target=train)
    trainer.start()
    followers = []
    while not done.is_set() and len(followers) < 8:
        socket, follower = open_socket(gym.device), Follower()
        follower.hear(socket.follow(f"workout:{workout}"))
        followers.append((socket, follower))
    trainer.join()
    fresh = seen(gym.see(workout))
    for socket, follower in followers:
        while follower.seq < fresh["seq"]:
            follower.hear(socket.hear())
        assert follower.shown == fresh


def test_a_device_that_folds_what_it_hears_always_shows_what_the_server_shows(
    open_socket: Connect, gym: Gym, watch: ApiClient, athlete: User
) -> None:
    """A whole training, with most that can be done in it; compared after every step."""
    target = {"reps": 5, "weight": "225", "weight_unit": "lb"}
    planned = gym.new(name="Push", exercises=[{"exercise_id": BENCH, "sets": [{"target": target}]}])
    workout, first = planned["id"], sets_of(planned)[0]["id"]
    other = Gym(watch)
    socket, follower = open_socket(watch), Follower()
    follower.hear(socket.follow(f"workout:{workout}"))

    def entry(place: int) -> str:
        return str(gym.see(workout)["exercises"][place]["id"])

    path = f"{V1}/workouts/{workout}"
    steps: list[Callable[[], Any]] = [
        lambda: gym.do(workout, "start"),
        lambda: gym.correct(workout, first, reps=5, weight="225", weight_unit="lb", rpe=8),
        lambda: ok(gym.device.post(f"{path}/rest", {"seconds": 90, "set_id": first})),
        lambda: other.log(workout, PULL_UP, reps=8, assistance="12.5"),
        lambda: ok(watch.post(f"{path}/rest", {"seconds": 30})),
        lambda: other.do(workout, "pause"),
        lambda: other.do(workout, "resume"),
        lambda: ok(watch.delete(f"{path}/rest"), 204),
        lambda: gym.log(workout, SQUAT, reps=3, kind="warmup", rir=2, after=None),
        lambda: gym.add(workout, BENCH, notes="again", superset=1),
        lambda: ok(gym.device.post(f"{path}/exercises/reorder", {"order": [entry(n) for n in (3, 2, 0, 1)]})),
        lambda: gym.log(workout, BENCH, distance="1.25", distance_unit="mi", duration_seconds=600),
        lambda: gym.do(workout, "pause"),
        lambda: gym.correct(workout, 0, rpe=9, notes="heavy"),
        lambda: other.drop(workout, 1),
        lambda: gym.do(workout, "resume"),
        lambda: ok(gym.device.put(f"{path}/exercise/0", {"exercise_id": PLANK})),
        lambda: ok(gym.device.delete(f"{path}/exercise/1"), 204),
        lambda: ok(gym.device.patch(path, {"notes": "good", "body_weight": "80.50", "body_weight_unit": "kg"})),
        lambda: gym.correct(workout, first, reps=6),
        lambda: other.send(workout, op("workout.pause", "2026-11-20T12:00:00Z"), sent_at="2026-11-20T12:00:01Z"),
        lambda: other.send(workout, op("workout.resume", "2026-11-20T12:00:00Z"), sent_at="2026-11-20T12:00:01Z"),
        lambda: gym.correct(workout, first, completed=False),
        lambda: ok(gym.device.post(f"{path}/rest", {"seconds": 60})),
        lambda: gym.do(workout, "cancel"),
        lambda: gym.do(workout, "complete"),
        lambda: gym.device.delete(path),
        lambda: gym.do(workout, "restore"),
    ]
    for number, step in enumerate(steps):
        before = follower.seq
        step()
        if follower.deleted or number == len(steps) - 2:
            continue
        fresh = gym.see(workout)
        assert fresh["seq"] > before
        while follower.seq < fresh["seq"] or follower.stale:
            follower.hear(socket.hear(seconds=3))
        assert follower.shown == seen(fresh), f"after step {number}"


def test_fractions_of_a_second_add_up_for_those_who_came_in_between(
    open_socket: Connect, gym: Gym, watch: ApiClient
) -> None:
    """A snapshot says whole seconds; three stretches of 1.6 s are four whole seconds for everybody."""
    workout = gym.new()["id"]
    other, now = Gym(watch), "2026-03-02T18:01:00Z"

    def at(seconds: float) -> str:
        return f"2026-03-02T18:00:{seconds:09.6f}Z"

    other.send(workout, op("workout.start", at(1)), op("workout.pause", at(2.6)), sent_at=now)
    socket, follower = open_socket(watch), Follower()
    follower.hear(socket.follow(f"workout:{workout}"))
    for begin in (3, 6):
        ops = op("workout.resume", at(begin)), op("workout.pause", at(begin + 1.6))
        fresh_seq = other.send(workout, *ops, sent_at=now)["seq"]
        while follower.seq < fresh_seq or follower.stale:
            follower.hear(socket.hear(seconds=3))
        assert follower.shown == seen(gym.see(workout))
    assert gym.see(workout)["active_seconds"] == 4


def test_a_workout_from_a_plan(open_socket: Connect, phone: ApiClient) -> None:
    tree = [{"days": [{"name": "Push", "exercises": [{"exercise_id": BENCH, "sets": [{"reps": 5}]}]}]}]
    plan = {"name": "One day", "goal": "strength", "level": "beginner", "weeks": tree}
    template = ok(phone.post(f"{V1}/templates", plan), 201)["id"]
    socket, ids = open_socket(phone), ["01890000-0000-7000-8000-00000000ac01", "01890000-0000-7000-8000-00000000ac02"]

    def make(id: str, template_id: str) -> Json:
        made = op("workout.create", NOW, id=id, template_id=template_id)
        return socket.ask("op", workout_id=id, sent_at=NOW, op=made)

    assert make(ids[0], template)["status"] == "applied"
    shown = Gym(phone).see(ids[0])
    assert (shown["template_id"], shown["template_version"]) == (template, 1)
    assert ok(phone.get(f"{V1}/templates/{template}/next"))["enrolment"]["version"] == 1
    refused = make(ids[1], UNKNOWN)
    assert [(each["pointer"], each["code"]) for each in refused["errors"]] == [("/op/payload/template_id", "not_found")]
