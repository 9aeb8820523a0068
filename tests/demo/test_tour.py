"""The tour against the product itself, in both layouts."""

import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from fitai.demo.__main__ import A_REAL_LOG, OWN_DAY
from tests.embedded.copies import CHECKOUT, TOGETHER, Copy, copied, until
from tests.soak import only_in_soak

pytestmark = [pytest.mark.slow, pytest.mark.timeout(480)]

PROGRAMS = {"together": TOGETHER, "split": TOGETHER | {"live"}}


@pytest.fixture(scope="module")
def server(request: pytest.FixtureRequest, prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Copy]:
    """A FitAI in each layout, which at its end leaves nobody."""
    copy = copied(prepared, tmp_path_factory.mktemp(request.param) / "home")
    if request.param == "together":
        copy.live_port = copy.port
    try:
        copy.start("--layout", request.param)
        until(lambda: copy.is_ready(copy.live_port), "sockets are answered")
        assert copy.is_ready(copy.port)
        assert set(copy.processes()) == PROGRAMS[request.param]
        yield copy
        copy.stop()
        assert copy.everybody() == []
    finally:
        copy.remove()


def tour(server: Copy, day: Path, *arguments: str) -> str:
    """What a tour that holds has printed."""
    done = subprocess.run(
        [
            *(sys.executable, "-m", "fitai.demo", "--ws", f"ws://localhost:{server.live_port}"),
            *("--data", str(day), *arguments),
        ],
        cwd=CHECKOUT,
        env=server.environment,
        capture_output=True,
        text=True,
        timeout=270,
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stdout + done.stderr
    return done.stdout


OF_THE_OWN_DAY = ["together"] if A_REAL_LOG.exists() else ["together", "split"]
"""The layouts in which no real person's day is trained."""


@pytest.mark.parametrize("server", OF_THE_OWN_DAY, indirect=True, scope="module")
def test_the_own_day_is_trained_on_two_devices(server: Copy) -> None:
    said = tour(server, OWN_DAY)

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


@only_in_soak
@pytest.mark.parametrize("server", ["split"], indirect=True, scope="module")
@pytest.mark.skipif(not A_REAL_LOG.exists(), reason="the log of a real person is not beside this checkout")
def test_a_real_persons_day_is_trained_on_two_devices(server: Copy) -> None:
    said = tour(server, A_REAL_LOG)

    assert "23 sets: 7 warm-up, 11 working, 4 failure, 1 drop; 21 with RPE" in said
    assert "16 sets without the warm-ups, 175 reps, 7,712.5 kg moved" in said
    assert "both devices show the same: 23 sets, seq 39\n" in said


@only_in_soak
@pytest.mark.parametrize("server", ["split"], indirect=True, scope="module")
def test_a_server_elsewhere_is_toured_without_its_mail_and_its_worker(server: Copy, tmp_path: Path) -> None:
    said = tour(server, OWN_DAY, "--home", str(tmp_path))

    assert re.search(r"mail +not read", said)
    assert re.search(r"nobody +is killed", said)
    assert "kill -9" not in said
    assert "both devices show the same: 16 sets, seq 32\n" in said


@pytest.mark.parametrize("server", ["together"], indirect=True, scope="module")
@pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl on this machine")
def test_the_first_steps_work_as_they_are_written(server: Copy, tmp_path: Path) -> None:
    """Every command of the how-to, one after the other, as somebody types them."""
    commands = "\n".join(re.findall(r"(?s)```bash\n(.*?)```", (CHECKOUT / "docs" / "first-steps.md").read_text()))
    for written, here in (
        ("http://localhost:8000", f"http://localhost:{server.port}"),
        ("var/mail", f"{server.home}/mail"),
        ("docs/images", f"{CHECKOUT}/docs/images"),
    ):
        commands = commands.replace(written, here)
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", commands], cwd=tmp_path, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert '"email_verified":true' in done.stdout
    assert f"http://localhost:{server.port}/media/" in done.stdout
    assert '"canonical":{"value":"67.358","unit":"kg"}' in done.stdout
    assert "Ada is your friend now" in done.stdout
    with zipfile.ZipFile(tmp_path / "ada.zip") as archive:
        assert {"index.json", "json/metrics.json", "csv/metrics.csv"} <= set(archive.namelist())
