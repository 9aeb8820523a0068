"""The services of the suite: shared by runs side by side, and gone with the last of them."""

import json
import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
import redis

from fitai.embedded.processes import Pidfile, Running

pytestmark = pytest.mark.slow

OF_THIS_RUN = ("DATABASE_URL", "REDIS_URL", "FITAI_TEST_DB", "FITAI_HOME", "DJANGO_SETTINGS_MODULE")
BARE = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
# Says what a run is given, then waits until it may end.
PROBE = """
import json, os, time
from pathlib import Path
import psycopg, redis

here = Path(__file__).parent
me = os.environ["RUN"] + os.environ.get("PYTEST_XDIST_WORKER", "")

def test_probe():
    client = redis.Redis.from_url(os.environ["REDIS_URL"])
    assert client.dbsize() == 0
    client.set("me", me)
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    names = ("DATABASE_URL", "REDIS_URL", "FITAI_TEST_DB", "FITAI_HOME")
    draft = here / "draft"
    draft.write_text(json.dumps({name: os.environ[name] for name in names}))
    draft.rename(here / (me + ".json"))
    while not (here / (me + ".end")).exists():
        time.sleep(0.05)
"""


class Run:
    """A pytest run inside a folder."""

    def __init__(self, folder: Path, name: str, *arguments: str, **environment: str) -> None:
        self.folder, self.name = folder, name
        inherited = {k: v for k, v in os.environ.items() if k not in OF_THIS_RUN and not k.startswith("PYTEST_")}
        self.process = subprocess.Popen(
            [
                *(
                    sys.executable,
                    "-m",
                    "pytest",
                    "-q",
                    "-c",
                    "pytest.ini",
                    "-p",
                    "no:django",
                    "-p",
                    "no:cacheprovider",
                ),
                *("-p", "fitai.embedded.pytest_plugin", *arguments, "test_probe.py"),
            ],
            cwd=folder,
            env={**inherited, **BARE, "RUN": name, "FITAI_HOME": str(folder / "home"), **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
        )

    def given(self, worker: str = "") -> dict[str, str]:
        path = self.folder / f"{self.name}{worker}.json"
        while not path.exists():
            assert self.process.poll() is None, self.process.communicate()[0]
        return dict(json.loads(path.read_text()))

    def end(self, worker: str = "") -> None:
        (self.folder / f"{self.name}{worker}.end").touch()
        output, _ = self.process.communicate(timeout=30)
        assert self.process.returncode == 0, output


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    (tmp_path / "test_probe.py").write_text(PROBE)
    return tmp_path


def servers(folder: Path) -> list[Running]:
    return Pidfile(folder / "home" / "test" / "services.json").read()


def test_runs_side_by_side_share_servers_and_no_data_and_the_last_stops_them(folder: Path) -> None:
    one = Run(folder, "one")
    first = one.given()
    two = Run(folder, "two")
    second = two.given()
    started = servers(folder)

    assert [process.name for process in started] == ["postgres", "valkey"]
    assert first["DATABASE_URL"] == second["DATABASE_URL"]
    assert [first["FITAI_TEST_DB"], second["FITAI_TEST_DB"]] == ["test_fitai_0", "test_fitai_1"]
    assert [each["REDIS_URL"].rsplit("/", 1)[1] for each in (first, second)] == ["0", "32"]
    assert first["FITAI_HOME"] == second["FITAI_HOME"] == str(folder / "home" / "test")

    one.end()
    assert [process.is_alive for process in started] == [True, True]
    two.end()
    assert [process.is_alive for process in started] == [False, False]
    assert servers(folder) == []


def test_what_a_killed_run_left_is_used_and_ended_by_the_next(folder: Path) -> None:
    killed = Run(folder, "killed")
    killed.given()
    started = servers(folder)
    killed.process.kill()
    killed.process.communicate()
    assert [process.is_alive for process in started] == [True, True]

    following = Run(folder, "following")

    assert following.given()["FITAI_TEST_DB"] == "test_fitai_0"
    assert servers(folder) == started
    following.end()
    assert [process.is_alive for process in started] == [False, False]


def test_the_processes_of_one_run_have_a_valkey_database_each(folder: Path) -> None:
    run = Run(folder, "run", "-p", "xdist", "-n", "1")
    given = run.given("gw0")

    assert (given["REDIS_URL"].rsplit("/", 1)[1], given["FITAI_TEST_DB"]) == ("1", "test_fitai_0")
    run.end("gw0")
    assert servers(folder) == []


def test_servers_that_the_environment_names_are_used(folder: Path) -> None:
    unused = os.environ["REDIS_URL"].rsplit("/", 1)[0] + "/2047"
    named = {"DATABASE_URL": os.environ["DATABASE_URL"], "REDIS_URL": unused}
    run = Run(folder, "run", **named, FITAI_TEST_DB="test_of_a_gym")
    given = run.given()

    assert given == {**named, "FITAI_TEST_DB": "test_of_a_gym", "FITAI_HOME": str(folder / "home" / "test")}
    assert servers(folder) == []
    assert not psutil.Process(run.process.pid).children()
    redis.Redis.from_url(unused).flushdb()
    run.end()
