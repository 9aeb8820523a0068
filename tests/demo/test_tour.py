"""The tour against the product itself, in both layouts."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from fitai.demo.__main__ import A_REAL_LOG, OWN_DAY
from fitai.embedded.ports import free_port

pytestmark = [pytest.mark.slow, pytest.mark.timeout(480)]

CHECKOUT = Path(__file__).resolve().parents[2]
OF_THE_SUITE = ("DATABASE_URL", "REDIS_URL", "FITAI_TEST_DB", "DJANGO_SETTINGS_MODULE")


class Server:
    """A FitAI that runs in a folder of its own."""

    def __init__(self, home: Path, layout: str) -> None:
        self.home = home
        self.port = free_port()
        self.live_port = free_port() if layout == "split" else self.port
        inherited = {name: value for name, value in os.environ.items() if name not in OF_THE_SUITE}
        own = {"FITAI_HOME": str(home), "PORT": str(self.port), "LIVE_PORT": str(self.live_port)}
        self.environment = {**inherited, **own}
        self.log = home.with_suffix(".log")
        with self.log.open("wb") as log:
            self.supervisor = subprocess.Popen(
                [sys.executable, "manage.py", "dev", "--layout", layout],
                cwd=CHECKOUT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + 180
        while not all(self.answers(port) for port in (self.port, self.live_port)):
            assert self.supervisor.poll() is None, self.log.read_text()
            assert time.monotonic() < deadline, self.log.read_text()
            time.sleep(0.2)

    def answers(self, port: int) -> bool:
        try:
            return httpx.get(f"http://127.0.0.1:{port}/health/ready", trust_env=False, timeout=5).is_success
        except httpx.TransportError:
            return False

    def tour(self, *arguments: str) -> str:
        """What a tour that holds has printed."""
        done = subprocess.run(
            [sys.executable, "-m", "fitai.demo", *arguments],
            cwd=CHECKOUT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=270,
        )
        assert (done.returncode, done.stderr) == (0, ""), done.stdout + done.stderr
        return done.stdout

    def stop(self) -> None:
        self.supervisor.send_signal(signal.SIGTERM)
        self.supervisor.wait(timeout=60)


@pytest.fixture(scope="module", params=["together", "split"])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp(request.param) / "home", request.param)
    try:
        server.wait_until_ready()
        yield server
    finally:
        server.stop()


def test_the_own_day_is_trained_on_two_devices(server: Server) -> None:
    said = server.tour("--ws", f"ws://localhost:{server.live_port}", "--data", str(OWN_DAY))

    for name, match in (
        ("Bench Press (Barbell)", "Barbell Bench Press"),
        ("Pull Up", "Pull-Up"),
        ("Shoulder Press (Dumbbell)", "Dumbbell Shoulder Press"),
        ("Seated Row (Machine)", "Machine Row"),
        ("Plank", "Plank"),
    ):
        assert re.search(rf"search +{re.escape(name)} +→ {match}\n", said), said
    assert "followed; the address is verified" in said
    assert "97.5 kg was a slip: the watch corrects it to 72.5 kg" in said
    assert said.count("the rest is over: a worker said so") == 2
    assert re.search(r"kill -9 +the worker, process \d+, is gone", said)
    assert re.search(r"supervisor +started a new worker, process \d+", said)
    assert "sends its last set again, as after a lost answer: replayed" in said
    assert re.search(r"hands in 3 operations at once: applied as seq (\d+) to \d+", said)
    assert re.search(r"catches up from seq \d+: 5 events", said)
    assert "12 sets without the warm-ups, 83 reps, 3,150 kg moved" in said
    assert "both devices show the same: 16 sets, seq 32\n" in said


@pytest.mark.parametrize("server", ["split"], indirect=True, scope="module")
@pytest.mark.skipif(not A_REAL_LOG.exists(), reason="the log of a real person is not beside this checkout")
def test_a_real_persons_day_is_trained_on_two_devices(server: Server) -> None:
    said = server.tour("--ws", f"ws://localhost:{server.live_port}", "--data", str(A_REAL_LOG))

    assert "23 sets: 7 warm-up, 11 working, 4 failure, 1 drop; 21 with RPE" in said
    assert "16 sets without the warm-ups, 175 reps, 7,712.5 kg moved" in said
    assert "both devices show the same: 23 sets, seq 39\n" in said


@pytest.mark.parametrize("server", ["together"], indirect=True, scope="module")
def test_a_server_elsewhere_is_toured_without_its_mail_and_its_worker(server: Server, tmp_path: Path) -> None:
    said = server.tour("--ws", f"ws://localhost:{server.live_port}", "--data", str(OWN_DAY), "--home", str(tmp_path))

    assert re.search(r"mail +not read", said)
    assert re.search(r"nobody +is killed", said)
    assert "kill -9" not in said
    assert "both devices show the same: 16 sets, seq 32\n" in said
