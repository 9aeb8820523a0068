"""The way between a device and the server is bad; the other devices do not notice."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass

import pytest

from tests.chaos.devices import Device, Logbook, agree
from tests.chaos.proxy import Path
from tests.embedded.server import Server

CONVERGED_SECONDS = 5.0
STALLED_SECONDS = 12.0


@dataclass
class Basement:
    """A phone in a basement, whose calls and socket take a bad way, and a watch with a good one."""

    paths: list[Path]
    phone: Device
    watch: Device
    below: Logbook
    above: Logbook

    def tell(self, **how: object) -> None:
        for path in self.paths:
            for name, value in how.items():
                setattr(path, name, value)

    def cut(self) -> None:
        for path in self.paths:
            path.cut()

    def holds(self) -> None:
        whole = Logbook(self.above.server, self.above.workout)
        for book in (self.below, self.above):
            whole.sent |= book.sent
            whole.answers |= book.answers
        whole.holds()
        assert len(whole.answers) == len(whole.sent)


@pytest.fixture
def basement(server: Server) -> Iterator[Basement]:
    workout = server.train()
    with ExitStack() as stack:
        http, live = (stack.enter_context(Path(to)) for to in (server.copy.port, server.copy.live_port))
        phone = stack.enter_context(Device(server, workout, port=live.port))
        watch = stack.enter_context(Device(server, workout))
        below = Logbook(server, workout, port=http.port, patience_seconds=3)
        yield Basement([http, live], phone, watch, below, Logbook(server, workout))


def test_a_way_that_is_cut_again_and_again(basement: Basement, report: list[str]) -> None:
    with ThreadPoolExecutor(2) as pool:
        below = [pool.submit(basement.below.log, reps) for reps in range(1, 26)]
        for reps in range(26, 38):
            time.sleep(0.25)
            basement.cut()
            basement.above.log(reps)
        for work in below:
            work.result(40)
    took = agree(basement.phone, basement.watch, within=CONVERGED_SECONDS)
    basement.holds()
    retried = sum(tries - 1 for tries in basement.below.tries.values())
    report.append(f"{retried} calls and {len(basement.phone.codes)} sockets were cut; level {took:.1f} s later")
    assert basement.phone.codes
    assert basement.watch.codes == []


def test_a_way_that_is_slow(basement: Basement, report: list[str]) -> None:
    basement.tell(bytes_per_second=400)
    slowest = 0.0
    for reps in range(1, 41):
        asked = time.monotonic()
        assert basement.above.send(f"{basement.above.workout}-{reps}", reps)
        slowest = max(slowest, time.monotonic() - asked)
    took = agree(basement.watch, within=CONVERGED_SECONDS)
    behind = basement.watch.seq - basement.phone.seq
    basement.tell(bytes_per_second=None)
    level = agree(basement.phone, within=CONVERGED_SECONDS)
    basement.holds()
    report.append(
        f"{behind} events behind, then level in {level:.1f} s; the other device in {took:.1f} s, "
        f"its slowest set {slowest:.2f} s"
    )
    assert behind > 0


def test_a_way_on_which_nothing_passes_and_nobody_is_told(basement: Basement, report: list[str]) -> None:
    basement.below.log(1)
    basement.tell(stalled=True)
    began = time.monotonic()
    with ThreadPoolExecutor(1) as pool:
        hanging = pool.submit(basement.below.log, 2)
        reps = 2
        while time.monotonic() - began < STALLED_SECONDS:
            reps += 1
            assert basement.above.send(f"{basement.above.workout}-{reps}", reps)
            time.sleep(0.5)
        agree(basement.watch, within=CONVERGED_SECONDS)
        behind = basement.watch.seq - basement.phone.seq
        basement.tell(stalled=False)
        back = time.monotonic()
        hanging.result(20)
    agree(basement.phone, basement.watch, within=CONVERGED_SECONDS - (time.monotonic() - back))
    level = time.monotonic() - back
    (key,) = [key for key, reps in basement.below.sent.items() if reps == 2]
    basement.holds()
    report.append(
        f"{behind} events behind after {STALLED_SECONDS:.0f} s, level {level:.1f} s later; "
        f"one set was sent {basement.below.tries[key]} times"
    )
    assert behind > 0
    assert basement.below.tries[key] > 1
