"""A FitAI in each layout, for all scenarios together; none of them runs unless `make chaos` asks for them."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from fitai.embedded.layout import Layout
from tests.accounts.push_service import PushService
from tests.embedded.server import Server, served

CHOSEN = os.environ.get("FITAI_CHAOS") == "1"
SCENARIO_SECONDS = 60
HERE = Path(__file__).parent
FIGURES = pytest.StashKey[list[str]]()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.timeout(SCENARIO_SECONDS, func_only=True))
            if not CHOSEN:
                item.add_marker(pytest.mark.skip(reason="faults on purpose: make chaos"))


@pytest.fixture(scope="session")
def push_service() -> Iterator[PushService]:
    service = PushService()
    yield service
    service.stop()


@pytest.fixture(scope="session", params=list(Layout))
def server(
    request: pytest.FixtureRequest, prepared: Path, push_service: PushService, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """Limits are out of the way: twenty people write from one address."""
    home = tmp_path_factory.mktemp(f"chaos-{request.param}") / "home"
    environment = {"FITAI_LIMITS_FACTOR": "100", "OUTBOUND_ALLOWED": push_service.host}
    with served(prepared, home, request.param, **environment) as server:
        yield server


@pytest.fixture(autouse=True)
def logged_in(server: Server) -> None:
    """An access token holds for a quarter of an hour."""
    server.log_in_anew()


@pytest.fixture
def report(request: pytest.FixtureRequest) -> Iterator[list[str]]:
    """Figures of a scenario, shown at the end of the run."""
    lines: list[str] = []
    yield lines
    request.config.stash.setdefault(FIGURES, []).extend(f"{request.node.name}: {line}" for line in lines)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if figures := config.stash.get(FIGURES, []):
        terminalreporter.section("figures")
        for line in figures:
            terminalreporter.line(line)
