"""`manage.py dev`, which is `make run`, with its real processes. The layout of production runs in tests/demo."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import httpx
import psycopg
import pytest
from psycopg import sql

from tests.embedded.copies import TOGETHER, Copy, copied, until
from tests.soak import only_in_soak

pytestmark = pytest.mark.slow


class Started(NamedTuple):
    """A copy that runs, and what its start has cost."""

    copy: Copy
    processor_seconds: float
    seconds: float


@pytest.fixture(scope="module")
def started(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Started]:
    copy = copied(prepared, tmp_path_factory.mktemp("first") / "home")
    began = time.monotonic()
    try:
        copy.start()
        yield Started(copy, copy.processor_seconds(), time.monotonic() - began)
    finally:
        copy.remove()


@pytest.fixture
def copy(started: Started) -> Copy:
    return started.copy


def figures(copy: Copy) -> str:
    """What Prometheus would read."""
    headers = {"Authorization": f"Bearer {(copy.home / 'metrics_token').read_text()}"}
    return httpx.get(f"http://127.0.0.1:{copy.port}/metrics", headers=headers, trust_env=False, timeout=10).text


def test_a_second_start_takes_seconds(started: Started) -> None:
    copy = started.copy
    assert set(copy.processes()) == TOGETHER
    assert copy.is_ready()
    until(lambda: "fitai_job_attempts_total" in figures(copy), "the web server shows what workers counted")
    assert 'route="health/ready"' in figures(copy)
    # Ten seconds are promised. On a busy machine only processor time says so, which two cores share, and the wall
    # clock that nothing merely waits.
    assert started.processor_seconds < 18
    assert started.seconds < 40
    assert copy.refused() == (
        1,
        f"CommandError: FitAI runs already in {copy.home}. A second copy needs another FITAI_HOME and PORT.\n",
    )


def test_two_copies_run_side_by_side_and_a_stop_leaves_nobody(copy: Copy, prepared: Path, tmp_path: Path) -> None:
    other = copied(prepared, tmp_path / "home")
    try:
        other.start()
        assert [copy.is_ready(), other.is_ready()] == [True, True]
        other.stop(signal.SIGINT)
        assert [copy.is_ready(), other.is_ready()] == [True, False]
        assert set(copy.processes()) == TOGETHER
        assert other.supervisor is not None
        assert (other.supervisor.returncode, other.everybody(), other.processes()) == (0, [], {})

        other.port = copy.port
        assert other.refused() == (
            1,
            f"CommandError: Port {copy.port} is taken by another program. Choose one: PORT=8100 make run\n",
        )
    finally:
        other.remove()


def test_whatever_is_killed_comes_back_and_a_killed_supervisor_leaves_nobody_to_the_next(copy: Copy) -> None:
    before = copy.processes()
    for process in before.values():
        os.kill(process.pid, signal.SIGKILL)

    until(lambda: {n for n, p in copy.processes().items() if p != before[n]} == TOGETHER, "all are new")
    until(copy.is_ready, "the web server answers again")
    time.sleep(1)  # a program that could not stay would have died by now
    left = copy.processes()
    assert {name: process.is_alive for name, process in left.items()} == dict.fromkeys(TOGETHER, True)

    assert copy.supervisor is not None
    copy.supervisor.kill()
    copy.supervisor.wait()
    copy.start()

    assert {name: process.is_alive for name, process in left.items()} == dict.fromkeys(TOGETHER, False)
    assert set(copy.processes()) == TOGETHER
    assert copy.is_ready()
    copy.stop(signal.SIGTERM)
    assert (copy.supervisor.returncode, copy.everybody(), copy.processes()) == (0, [], {})


@only_in_soak
def test_a_server_that_the_environment_names_is_used_in_place_of_the_embedded_one(
    prepared: Path, tmp_path: Path
) -> None:
    name = f"elsewhere_{os.getpid()}"  # on the suite's own server
    url = os.environ["DATABASE_URL"].rsplit("/", 1)[0] + f"/{name}"
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        copy = copied(prepared, tmp_path / "home", DATABASE_URL=url)
        try:
            copy.start()
            assert set(copy.processes()) == TOGETHER - {"postgres"}
            with psycopg.connect(url) as elsewhere:
                assert elsewhere.execute("SELECT count(*) > 0 FROM django_migrations").fetchone() == (True,)
            copy.stop()
        finally:
            copy.remove()
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
