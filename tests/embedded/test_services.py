"""The real servers: what they refuse, what they keep, and under whom they run."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import psycopg
import pytest
import redis

from fitai.embedded import services
from fitai.embedded.errors import CannotStart
from fitai.embedded.postgres import Postgres, account_for
from fitai.embedded.processes import Pidfile, end
from fitai.embedded.services import Server, Started
from fitai.embedded.valkey import Valkey

pytestmark = pytest.mark.slow


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder that root keeps to itself and whose path is too long for a socket; no server is named elsewhere."""
    monkeypatch.delenv("DATABASE_URL")
    monkeypatch.delenv("REDIS_URL")
    home = tmp_path / ("long-" * 20) / "with a space"
    home.mkdir(parents=True)
    yield home
    services.stop(home)


@pytest.fixture
def start() -> Iterator[Callable[[Server], Started]]:
    """Start a server by itself; it ends with the test, if not before."""
    started: list[Started] = []

    def start(server: Server) -> Started:
        started.append(services.start(server))
        return started[-1]

    yield start
    end(each.running for each in started)


def test_both_servers_start_are_found_again_and_stop(home: Path) -> None:
    urls = services.ensure(home)

    with psycopg.connect(urls["DATABASE_URL"]) as connection:
        assert connection.execute(
            "SELECT current_database(), current_user, getdatabaseencoding(), datcollate, current_setting('timezone')"
            " FROM pg_database WHERE datname = current_database()"
        ).fetchone() == ("fitai", "fitai", "UTF8", "C.UTF-8", "UTC")
    assert redis.Redis.from_url(urls["REDIS_URL"]).ping()
    assert services.environment_of(home) == urls
    processes = Pidfile(home / "services.json").read()
    assert [process.name for process in processes] == ["postgres", "valkey"]
    assert services.ensure(home) == urls
    assert Pidfile(home / "services.json").read() == processes

    services.stop(home)

    assert [process.is_alive for process in processes] == [False, False]
    assert services.environment_of(home) == {}


def test_a_server_that_was_killed_is_started_anew_and_the_other_is_kept(home: Path) -> None:
    urls = services.ensure(home)
    postgres, valkey = Pidfile(home / "services.json").read()
    os.kill(postgres.pid, signal.SIGKILL)

    again = services.ensure(home)

    assert again["REDIS_URL"] == urls["REDIS_URL"]
    assert Pidfile(home / "services.json").read()[1] == valkey
    with psycopg.connect(again["DATABASE_URL"]) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_nobody_enters_without_the_password(home: Path) -> None:
    urls = services.ensure(home)

    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(urls["DATABASE_URL"].replace(services.password_of(home), "guess"))
    with pytest.raises(redis.AuthenticationError):
        redis.Redis.from_url(urls["REDIS_URL"].replace(services.password_of(home), "guess")).ping()
    secret = [home / "services.password", home / "services.env", home / "valkey" / "valkey.conf"]
    assert [oct(path.stat().st_mode & 0o777) for path in secret] == ["0o600"] * 3
    assert services.password_of(home) not in " ".join(
        argument for process in Pidfile(home / "services.json").read() for argument in command_line(process.pid)
    )


def command_line(pid: int) -> list[str]:
    return psutil.Process(pid).cmdline()


def test_what_valkey_acknowledged_survives_a_stop(home: Path, start: Callable[[Server], Started]) -> None:
    server = Valkey(home, "secret", durable=True)
    started = start(server)
    redis.Redis.from_url(started.url).set("streak", 7)
    end([started.running])

    started = start(server)

    client = redis.Redis.from_url(started.url)
    assert client.get("streak") == b"7"
    assert client.config_get("appendonly", "maxmemory-policy") == {
        "appendonly": "yes",
        "maxmemory-policy": "noeviction",
    }


def test_what_postgres_acknowledged_survives_a_kill(home: Path, start: Callable[[Server], Started]) -> None:
    server = Postgres(home, "secret", durable=True)
    started = start(server)
    with psycopg.connect(started.url, autocommit=True) as connection:
        connection.execute("CREATE TABLE rep AS SELECT 5 AS count")
        os.kill(started.running.pid, signal.SIGKILL)
    end([started.running])

    started = start(server)

    with psycopg.connect(started.url) as connection:
        assert connection.execute("SELECT count, current_setting('fsync') FROM rep").fetchone() == (5, "on")


def test_a_first_start_that_was_interrupted_is_made_anew(home: Path) -> None:
    (home / "postgres.new").mkdir()
    (home / "postgres.new" / "PG_VERSION").write_text("18")

    urls = services.ensure(home)

    with psycopg.connect(urls["DATABASE_URL"]) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_data_of_another_major_version_is_left_alone(home: Path) -> None:
    (home / "postgres").mkdir()
    (home / "postgres" / "PG_VERSION").write_text("9\n")

    with pytest.raises(CannotStart, match=r"was made by PostgreSQL 9, and .* is PostgreSQL \d+"):
        services.ensure(home)
    assert [path.name for path in (home / "postgres").iterdir()] == ["PG_VERSION"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root must step down")
def test_root_steps_down_and_opens_no_folder(home: Path) -> None:
    folders = [home, *home.parents]
    modes = [folder.stat().st_mode for folder in folders]

    services.ensure(home)

    postgres = Pidfile(home / "services.json").read()[0]
    account = account_for(home / "postgres")
    assert account is not None
    assert psutil.Process(postgres.pid).uids().real == account.uid != 0
    assert [folder.stat().st_mode for folder in folders] == modes


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_an_ordinary_user_starts_them_too() -> None:
    home = Path("/tmp") / f"fitai-ordinary-{os.getpid()}"  # noqa: S108  pytest's own folder is closed to others
    home.mkdir()
    os.chown(home, 65534, 65534)
    code = (
        "import sys; from pathlib import Path; from fitai.embedded import services\n"
        "home = Path(sys.argv[1]); print(*services.ensure(home)); services.stop(home)"
    )
    # Python itself may lie in a folder of root: the capability is the way in.
    become = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=+dac_override")
    environment = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
    done = subprocess.run(
        [*become, "--ambient-caps=+dac_override", "--", sys.executable, "-B", "-c", code, str(home)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
    owners = {path.stat().st_uid for path in home.rglob("*")}
    shutil.rmtree(home)
    assert (done.stdout, done.stderr, owners) == ("DATABASE_URL REDIS_URL\n", "", {65534})


def test_a_server_that_the_environment_names_is_not_embedded(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def variables() -> list[str]:
        return [server.variable for server in services.needed(home, durable=True)]

    assert variables() == ["DATABASE_URL", "REDIS_URL"]
    monkeypatch.setenv("DATABASE_URL", "postgres://gym.example/fitai")
    assert variables() == ["REDIS_URL"]
    monkeypatch.setenv("REDIS_URL", "redis://gym.example/0")
    assert variables() == []
    services.write_environment(home, {"REDIS_URL": "redis://gym.example/0"})
    assert variables() == ["REDIS_URL"]  # settings read that value from the file of an earlier start
