"""One chain for every line."""

import json
import logging
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from fitai.observability.logs import scrub

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    "name",
    [
        *("password", "new_password", "token", "access_token", "Authorization", "cookie", "set_cookie", "secret_key"),
        *("api_key", "api-key", "ApiKey", "credentials"),
    ],
)
def test_what_its_name_calls_a_secret_is_blanked(name: str) -> None:
    assert scrub(None, "info", {"event": "x", name: "swordfish"}) == {"event": "x", name: "***"}


def test_the_rest_stays() -> None:
    event = {"event": "request", "path": "/api/v1/workouts", "status": 200, "user_id": "ada"}
    assert scrub(None, "info", dict(event)) == event


def lines(program: str, *, as_json: bool, level: str = "INFO") -> list[str]:
    """What a process that configures logging writes to standard error."""
    source = (
        "import logging, structlog\n"
        "from structlog.contextvars import bind_contextvars\n"
        "from fitai.observability.logs import configure\n"
        f"configure(level={level!r}, json={as_json})\n{program}"
    )
    run = subprocess.run([sys.executable, "-c", source], cwd=ROOT, capture_output=True, text=True, check=True)
    return run.stderr.splitlines()


def test_ours_and_the_librarys_lines_look_alike() -> None:
    program = (
        "bind_contextvars(request_id='r', job_id='j')\n"
        "structlog.get_logger('ours').info('set.logged', reps=5, token='x')\n"
        "logging.getLogger('theirs').warning('It was %s', 'late')\n"
        "logging.getLogger('theirs').debug('nothing')\n"
    )
    ours, theirs = [json.loads(line) for line in lines(program, as_json=True)]
    assert ours.pop("timestamp").endswith("Z")
    assert theirs.pop("timestamp").endswith("Z")
    bound = {"request_id": "r", "job_id": "j"}
    assert ours == {"event": "set.logged", "level": "info", "logger": "ours", "reps": 5, "token": "***", **bound}
    assert theirs == {"event": "It was late", "level": "warning", "logger": "theirs", **bound}


def test_a_trace_is_one_line() -> None:
    program = "try:\n    1 / 0\nexcept ZeroDivisionError:\n    logging.getLogger('x').exception('failed')\n"
    (line,) = [json.loads(line) for line in lines(program, as_json=True)]
    assert (line["event"], line["level"]) == ("failed", "error")
    assert "ZeroDivisionError: division by zero" in line["exception"]


def test_text_for_people() -> None:
    (line,) = lines("structlog.get_logger('ours').info('set.logged', reps=5)", as_json=False)
    assert "set.logged" in line
    assert "reps=5" in line
    assert not line.startswith("{")


def test_the_level_holds_for_all() -> None:
    program = "structlog.get_logger('a').info('no'); logging.getLogger('b').info('no'); logging.error('yes')"
    assert [json.loads(line)["event"] for line in lines(program, as_json=True, level="WARNING")] == ["yes"]


def test_the_suite_logs_through_it(db: Any) -> None:
    assert [type(handler.formatter).__name__ for handler in logging.getLogger().handlers[:1]] == ["ProcessorFormatter"]
