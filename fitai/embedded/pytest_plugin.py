"""The test suite's own PostgreSQL and Valkey: found running or started before Django's settings are read.

Any number of pytest runs of one checkout work side by side. Each takes a numbered slot, which gives it a test database
and a range of Valkey databases; the run that leaves the last slot stops the servers. `DATABASE_URL` and `REDIS_URL`,
when set, replace them.
"""

import atexit
import os
import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit, urlunsplit

import pytest
import redis

from fitai.embedded import services
from fitai.embedded.errors import CannotStart
from fitai.embedded.locks import lock

CHECKOUT = Path(__file__).resolve().parents[2]
SLOTS = 32
DATABASES_PER_SLOT = 32  # of Valkey: one for each process of a run

slot_lock: IO[str] | None = None  # held for as long as this run lasts


def home_of_tests() -> Path:
    """Never that of `make run`: beside it in the checkout, or inside the one that the environment names."""
    named = os.environ.get("FITAI_HOME")
    return Path(named).expanduser().resolve() / "test" if named else CHECKOUT / "var-test"


@contextmanager
def alone(home: Path) -> Iterator[None]:
    """One run at a time starts or stops the servers."""
    file = lock(home / "locks" / "services", wait=True)
    assert file is not None  # noqa: S101  we waited for it
    with file:
        yield


def take_slot(home: Path) -> tuple[int, IO[str]]:
    for number in range(SLOTS):
        if file := lock(home / "locks" / f"slot-{number}", wait=False):
            return number, file
    raise CannotStart(f"{SLOTS} test runs use {home} already.")


def with_database(url: str, offset: int) -> str:
    """The same Valkey server, another of its databases."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=f"/{int(parts.path.strip('/') or 0) + offset}"))


def flush(url: str, count: int) -> None:
    """Empty what an earlier run left in the databases of our slot."""
    for offset in range(count):
        with redis.Redis.from_url(with_database(url, offset)) as client:
            client.flushdb()


def begin() -> None:
    """Take a slot, see that the servers answer, and say to the settings where everything is."""
    global slot_lock
    # Whatever the machine says: dozens of processes start here, and each would compile all of FitAI anew.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False
    home = home_of_tests()
    home.mkdir(parents=True, exist_ok=True)
    os.environ["FITAI_HOME"] = str(home)
    with alone(home):
        slot, slot_lock = take_slot(home)
        urls = services.ensure(home)
    if "REDIS_URL" in urls:
        urls["REDIS_URL"] = with_database(urls["REDIS_URL"], slot * DATABASES_PER_SLOT)
        flush(urls["REDIS_URL"], DATABASES_PER_SLOT)
    os.environ.update(urls)
    os.environ.setdefault("FITAI_TEST_DB", f"test_fitai_{slot}")
    os.environ["FITAI_FETCH_POSE_MODEL"] = "false"  # no server that a test starts asks the network for anything
    atexit.register(finish)  # for a run that ends before its configuration is whole


def finish() -> None:
    """Leave the slot; who leaves last stops the servers."""
    global slot_lock
    if slot_lock is None:
        return
    home = Path(os.environ["FITAI_HOME"])
    with alone(home):
        slot_lock.close()
        slot_lock = None
        others = [lock(home / "locks" / f"slot-{number}", wait=False) for number in range(SLOTS)]
        if all(others):
            services.stop(home)
        for file in others:
            if file:
                file.close()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None]:
    """Before pytest-django reads the settings; its own hook is a plain one, and wrappers come first."""
    options = early_config.known_args_namespace
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker:
        os.environ["REDIS_URL"] = with_database(os.environ["REDIS_URL"], 1 + int(worker.removeprefix("gw")))
    elif not (options.help or options.version):
        try:
            begin()
        except CannotStart as error:
            raise pytest.UsageError(str(error)) from error
    return (yield)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    finish()
