"""Devices on bad days: they send until they are answered, follow by `seq` through every cut, and keep a list."""

import json
import threading
import time
from collections import Counter
from typing import Any, Self
from uuid import uuid4

import httpx
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidMessage

from tests.embedded.copies import until
from tests.embedded.server import Json, Server
from tests.workouts.follower import Follower, seen
from tests.workouts.live import Socket

SILENCE_SECONDS = 7.0
"""A server that lives says its head every five seconds; after this a device takes the way for broken."""
AGAIN_SECONDS = 0.1


class Logbook:
    """The sets that somebody logged in one workout, and what the server said to each."""

    def __init__(
        self,
        server: Server,
        workout: str,
        *,
        token: str | None = None,
        port: int | None = None,
        patience_seconds: float = 20,
    ) -> None:
        self.server = server
        self.workout = workout
        self.port = port
        self.patience_seconds = patience_seconds
        self.headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        self.sent: dict[str, int] = {}
        self.answers: dict[str, bytes] = {}
        self.tries: Counter[str] = Counter()
        self.refusals: Counter[str] = Counter()

    def send(self, key: str, reps: int) -> bool:
        """Log a set once; whether it was acknowledged. Every answer under a key is the first one."""
        self.sent[key] = reps
        try:
            answer = self.ask(key, reps)
        except httpx.TransportError as failure:
            self.refusals[type(failure).__name__] += 1
            return False
        if answer.status_code != httpx.codes.CREATED:
            self.refusals[str(answer.status_code)] += 1
            assert answer.status_code in RETRIED, answer.text
            return False
        assert self.answers.setdefault(key, answer.content) == answer.content
        return True

    def ask(self, key: str, reps: int) -> httpx.Response:
        self.tries[key] += 1
        body = {"exercise_id": self.server.exercise, "reps": reps, "weight": "100", "weight_unit": "kg"}
        path, headers = f"/workouts/{self.workout}/sets", {"Idempotency-Key": key, **self.headers}
        return self.server.call("post", path, body, port=self.port, timeout=self.patience_seconds, **headers)

    def log(self, reps: int, *, seconds: float = 40.0) -> str:
        """Log a set until it is acknowledged, as a device does; its key."""
        key = str(uuid4())
        until(lambda: self.send(key, reps), "the set is acknowledged", seconds)
        return key

    def holds(self) -> None:
        """Whatever was acknowledged is stored, and nothing is stored twice or unasked."""
        with self.server.database() as database:
            events = database.execute(
                "SELECT op_id, seq FROM common_event WHERE stream = %s AND type = 'set.add'",
                [f"workout:{self.workout}"],
            ).fetchall()
            seqs = database.execute(
                "SELECT seq FROM common_event WHERE stream = %s ORDER BY seq", [f"workout:{self.workout}"]
            ).fetchall()
            sets = database.execute(
                "SELECT id::text, reps FROM workouts_set WHERE workout_id = %s AND shows", [self.workout]
            ).fetchall()
        told = {key: json.loads(answer) for key, answer in self.answers.items()}
        stored = Counter(op_id for op_id, _ in events)
        assert set(self.answers) <= set(stored) <= set(self.sent)
        assert set(stored.values()) <= {1}
        assert {key: told[key]["seq"] for key in told} == {op_id: seq for op_id, seq in events if op_id in told}
        assert [seq for (seq,) in seqs] == list(range(1, len(seqs) + 1))
        rows = Counter(sets)
        assert set(rows.values()) <= {1}
        assert sorted(reps for _, reps in rows) == sorted(self.sent[key] for key in stored)
        assert {(told[key]["id"], self.sent[key]) for key in told} <= set(rows)


RETRIED = {409, 429, 503}
"""What a device takes for `not now`: in flight, too fast, or a server in trouble."""


class Device:
    """Follows a workout and its person's own stream on one socket, and comes back by `seq` after every cut."""

    def __init__(self, server: Server, workout: str, *, token: str | None = None, port: int | None = None) -> None:
        self.server = server
        self.workout = workout
        self.token = token or server.token
        self.port = port or server.copy.live_port
        self.follower = Follower()
        self.own_seq: int | None = None
        self.told: list[tuple[float, Json]] = []  # events of both channels, and when they came
        self.snapshots = 0
        self.codes: list[int | None] = []  # with which the server closed
        self.connected = threading.Event()
        self.gone = threading.Event()
        self.failure: BaseException | None = None
        self.socket: Socket | None = None
        self.thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self.thread.start()
        assert self.connected.wait(20), "the device never came in"
        return self

    def __exit__(self, *_: object) -> None:
        self.gone.set()
        self.thread.join(15)
        assert self.failure is None, repr(self.failure)

    def _run(self) -> None:
        while not self.gone.is_set():
            try:
                with Socket(self.port, self.token, open_timeout=5) as socket:
                    self.socket = socket
                    self._follow(socket)
            except ConnectionClosed as closed:
                self.codes.append(None if closed.rcvd is None else closed.rcvd.code)
            except (OSError, TimeoutError, InvalidHandshake, InvalidMessage):
                pass
            except BaseException as failure:  # an assertion about what the server said
                self.failure = failure
                return
            self.connected.clear()
            self.gone.wait(AGAIN_SECONDS)

    def _follow(self, socket: Socket) -> None:
        known = None if self.follower.stale else self.follower.seq
        socket.say("subscribe", channel=f"workout:{self.workout}", **({} if known is None else {"after_seq": known}))
        socket.say("subscribe", channel="user:me", **({} if self.own_seq is None else {"after_seq": self.own_seq}))
        heard = time.monotonic()
        while not self.gone.is_set():
            try:
                message: Json = json.loads(socket.connection.recv(timeout=0.2))
            except TimeoutError:
                if time.monotonic() - heard > SILENCE_SECONDS:
                    return
                continue
            heard = time.monotonic()
            if message["type"] == "problem" and message["status"] == httpx.codes.SERVICE_UNAVAILABLE:
                return  # the server has no database at the moment
            self._hear(message)

    def _hear(self, message: Json) -> None:
        kind, own = message["type"], message.get("channel") == "user:me"
        assert kind != "problem", message
        if kind == "event":
            self.told.append((time.time(), message["event"]))
        if not own and kind in ("snapshot", "event"):
            self.snapshots += kind == "snapshot"
            self.follower.hear(message)
        elif kind == "snapshot":
            self.own_seq = message["seq"]
        elif kind == "event":
            assert self.own_seq is not None
            assert message["seq"] == self.own_seq + 1
            self.own_seq = message["seq"]
        if not self.follower.stale:
            self.connected.set()

    @property
    def seq(self) -> int:
        return -1 if self.follower.stale else self.follower.seq

    def heard(self, type: str, **payload: Any) -> list[float]:
        """When an event of this type came that says this."""
        return [
            at for at, event in list(self.told) if event["type"] == type and payload.items() <= event["payload"].items()
        ]


def agree(*devices: Device, within: float) -> float:
    """Every device shows what the server shows; how many seconds that took."""
    began = time.monotonic()
    shown = {
        device.workout: device.server.call(
            "get", f"/workouts/{device.workout}", Authorization=f"Bearer {device.token}"
        ).json()
        for device in devices
    }
    until(lambda: all(d.seq >= shown[d.workout]["seq"] or d.failure for d in devices), "all devices are level", within)
    took = time.monotonic() - began
    for device in devices:
        assert device.failure is None, repr(device.failure)
        assert device.follower.shown == seen(shown[device.workout])
    return took
