"""The end of a rest reaches every device, the push service and the app: in time, and once, whoever is killed."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import datetime
from typing import Any

import psutil
import pytest

from tests.accounts.push_service import Browser, PushService
from tests.chaos.devices import Device, agree
from tests.embedded.copies import until
from tests.embedded.server import Json, Server

PUSHED_SECONDS = 1.0
BACKGROUND = ("worker", "push", "beat")


class Pushes:
    """What the push service was given for a device, in the clear."""

    def __init__(self, service: PushService, browser: Browser) -> None:
        self.service = service
        self.browser = browser

    def about(self, workout: str) -> list[tuple[float, str]]:
        """(when, which notification) of each message about the rests of this workout."""
        found = []
        for (path, _, body), at in zip(list(self.service.taken), list(self.service.taken_at), strict=False):
            if self.browser.endpoint.endswith(path):
                shown = self.browser.read(body)
                if shown["params"].get("workout_id") == workout:
                    found.append((at, shown["id"]))
        return found


@pytest.fixture
def pushes(server: Server, push_service: PushService) -> Iterator[Pushes]:
    """A browser of the athlete is subscribed."""
    browser = push_service.browser(f"browser-{time.monotonic_ns()}")
    made = server.call("post", "/users/push-devices", {**browser.subscription, "name": "Browser"})
    assert made.status_code == 201
    yield Pushes(push_service, browser)
    server.call("delete", f"/users/push-devices/{made.json()['id']}")


def rest(server: Server, workout: str, seconds: int) -> float:
    """Begin a rest; when it ends, in seconds since 1970."""
    answer = server.call("post", f"/workouts/{workout}/rest", {"seconds": seconds})
    assert answer.status_code == 200, answer.text
    return datetime.fromisoformat(answer.json()["rest"]["ends_at"]).timestamp()


def ends(server: Server, workout: str) -> list[Any]:
    """The rests that were ended by the server, by the operations that began them."""
    with server.database() as database:
        return database.execute(
            "SELECT payload->>'start_op_id' FROM common_event"
            " WHERE stream = %s AND type = 'rest.end' AND status = 'applied' ORDER BY seq",
            [f"workout:{workout}"],
        ).fetchall()


def told(server: Server, workout: str) -> int:
    with server.database() as database:
        rows = "SELECT FROM accounts_notification WHERE kind = 'rest_over' AND params->>'workout_id' = %s"
        return len(database.execute(rows, [workout]).fetchall())


def alive_at(server: Server, before: dict[str, Any]) -> float:
    """When the next worker, the next one for pushes and the next dispatcher had come to life: the workers said so in
    Valkey, the dispatcher was in the database."""
    port = int(server.services["DATABASE_URL"].rsplit(":", 1)[1].partition("/")[0])

    def alive() -> bool:
        running = server.copy.processes()
        if any(running.get(name, before[name]) == before[name] for name in BACKGROUND):
            return False
        try:
            pipes = psutil.Process(running["beat"].pid).net_connections("tcp")
        except psutil.Error:
            return False
        return server.has_workers() and any(pipe.raddr and pipe.raddr.port == port for pipe in pipes)

    until(alive, "the next ones live", 40)
    return time.time()


def test_the_end_of_a_rest_is_everywhere_within_a_second(server: Server, pushes: Pushes, report: list[str]) -> None:
    workout = server.train()
    with Device(server, workout) as phone, Device(server, workout) as watch, Device(server, workout) as laptop:
        devices = [phone, watch, laptop]
        over = rest(server, workout, 2)
        until(lambda: all(d.heard("rest.end") for d in devices) and pushes.about(workout), "it is over everywhere", 10)
        agree(*devices, within=5)
        time.sleep(1.5)
        heard = [at - over for device in devices for at in device.heard("rest.end")]
        in_app = [at - over for device in devices for at in device.heard("notification", kind="rest_over")]
        pushed = [at - over for at, _ in pushes.about(workout)]
    report.append(f"devices {max(heard):.2f} s, in-app {max(in_app):.2f} s, Web Push {max(pushed):.2f} s after the end")
    assert (len(heard), len(in_app), len(pushed)) == (3, 3, 1)
    assert min(*heard, *in_app, *pushed) >= 0
    assert max(*heard, *in_app, *pushed) < PUSHED_SECONDS
    assert (len(ends(server, workout)), told(server, workout)) == (1, 1)


def test_worker_and_dispatcher_are_killed_around_the_ends_of_rests(
    server: Server, pushes: Pushes, report: list[str]
) -> None:
    """Six rests end from half a second before the kill to half a second after it."""
    workouts = [server.train() for _ in range(6)]
    with ExitStack() as stack:
        devices = [stack.enter_context(Device(server, workout)) for workout in workouts]
        second = [stack.enter_context(Device(server, workout)) for workout in workouts]
        overs = []
        for workout in workouts:
            overs.append(rest(server, workout, 3))
            time.sleep(0.2)
        before = server.copy.processes()
        time.sleep(max(0.0, (overs[0] + overs[-1]) / 2 - time.time()))
        killed = time.time()
        for name in BACKGROUND:
            os.killpg(before[name].pid, signal.SIGKILL)
        server.forget_workers()
        alive = alive_at(server, before)
        until(
            lambda: all(d.heard("rest.end") for d in [*devices, *second]) and all(map(pushes.about, workouts)),
            "all are over everywhere",
            30,
        )
        agree(*devices, *second, within=5)
        time.sleep(2)
    lates = {}
    for one, other, workout, over in zip(devices, second, workouts, overs, strict=True):
        everywhere = [*one.heard("rest.end"), *other.heard("rest.end")]
        pushed = pushes.about(workout)
        # One that its worker died over may come twice, and is shown once: the second has the id of the first.
        shown = {id for _, id in pushed}
        assert (len(everywhere), len(shown), len(ends(server, workout)), told(server, workout)) == (2, 1, 1, 1)
        assert len(pushed) <= 2
        assert len(one.heard("notification", kind="rest_over")) == len(workouts)
        lates |= {at: at - max(over, alive) for at in [*everywhere, pushed[0][0]]}
    after = {at: late for at, late in lates.items() if at > killed}
    report.append(
        f"{len(after)} of {len(lates)} came after the kill, the last {max(after.values()):.2f} s after all lived"
    )
    assert len(after) > 0
    assert max(after.values()) < PUSHED_SECONDS


def test_a_rest_is_cancelled_or_begun_anew_in_the_instant_of_its_end(
    server: Server, pushes: Pushes, report: list[str]
) -> None:
    """From 40 ms before the end to 400 ms after it: either it was over, and was told once, or it was not, and nobody
    was."""
    delays = [-0.04, 0.0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4]
    stopped, anew = [server.train() for _ in delays], [server.train() for _ in delays]
    with ExitStack() as stack:
        devices = [stack.enter_context(Device(server, workout)) for workout in stopped[:5] + anew[:5]]
        overs = {workout: rest(server, workout, 3) for workout in stopped + anew}
        answers: dict[str, Json] = {}

        def interfere(workout: str, delay: float) -> None:
            time.sleep(max(0.0, overs[workout] + delay - time.time()))
            if workout in anew:
                answers[workout] = server.call("post", f"/workouts/{workout}/rest", {"seconds": 2}).json()
            else:
                assert server.call("delete", f"/workouts/{workout}/rest").status_code == 204

        with ThreadPoolExecutor(len(overs)) as pool:
            list(pool.map(interfere, [*stopped, *anew], delays * 2))
        until(lambda: all(server.see(workout)["rest"] is None for workout in overs), "all are over", 15)
        until(lambda: all(len(pushes.about(w)) >= len(ends(server, w)) for w in overs), "all are pushed", 15)
        time.sleep(1.5)
        agree(*devices, within=5)
    for workout in overs:
        over = ends(server, workout)
        assert len(set(over)) == len(over)
        assert len(pushes.about(workout)) == told(server, workout) == len(over)
    assert {len(ends(server, workout)) for workout in stopped} <= {0, 1}
    assert {len(ends(server, workout)) for workout in anew} <= {1, 2}
    lost = sum(len(ends(server, workout)) for workout in stopped) + sum(
        len(ends(server, workout)) - 1 for workout in anew
    )
    report.append(f"{lost} of {len(overs)} were over before they were cancelled or begun anew")


def test_a_push_that_its_worker_died_over_is_sent_again_and_shown_once(
    server: Server, pushes: Pushes, report: list[str]
) -> None:
    """Nobody can know whether it arrived. The device can: the second has the id of the first."""
    workout, service = server.train(), pushes.service
    service.free = threading.Event()
    service.hangs = True
    try:
        over = rest(server, workout, 1)
        until(lambda: len(pushes.about(workout)) == 1, "it is being sent", 10)
        server.forget_workers()
        server.kill("push")
        until(server.has_workers, "the next one lives", 20)
        alive = time.time()
    finally:
        service.hangs = False
        service.free.set()
    until(lambda: len(pushes.about(workout)) == 2, "it is sent again", 10)
    (_, first), (at, second) = pushes.about(workout)
    report.append(
        f"sent again {at - alive:.2f} s after the next worker lived, {at - over:.1f} s after the end of the rest"
    )
    assert first == second
    assert at - alive < PUSHED_SECONDS
    assert (len(ends(server, workout)), told(server, workout)) == (1, 1)


def test_a_rest_ends_in_time_while_push_services_hang(server: Server, pushes: Pushes, report: list[str]) -> None:
    workouts, service = [server.train() for _ in range(4)], pushes.service
    service.free = threading.Event()
    service.hangs = True
    try:
        with ExitStack() as stack:
            devices = [stack.enter_context(Device(server, workout)) for workout in workouts]
            overs = [rest(server, workout, 2) for workout in workouts]
            until(lambda: all(device.heard("rest.end") for device in devices), "all are over", 10)
            until(lambda: all(map(pushes.about, workouts)), "all are being sent", 10)
            late = max(device.heard("rest.end")[0] - over for device, over in zip(devices, overs, strict=True))
            pushed = max(pushes.about(workout)[0][0] - over for workout, over in zip(workouts, overs, strict=True))
    finally:
        service.hangs = False
        service.free.set()
    report.append(f"devices {late:.2f} s after the end, all four pushes on their way after {pushed:.2f} s")
    assert max(late, pushed) < PUSHED_SECONDS
