"""`python -m bench` with its real processes, on a gym small enough for a test."""

import json
import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from fitai.embedded.layout import CHECKOUT

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

OF_THE_SUITE = ("DATABASE_URL", "REDIS_URL", "FITAI_TEST_DB", "DJANGO_SETTINGS_MODULE")
SMALL = (
    *("--people=3", "--workouts=60", "--sets=1200", "--heavy=50"),
    *("--seconds=0.2", "--connections=2", "--sockets=4", "--crowd=100", "--rounds=3"),
)
ROUTES = {
    "bare": None,
    "register": 8,
    "log_in": 4,
    "refresh": 2,
    "exercise_search": 3,
    "exercise_list": 2,
    "exercise_detail": 1,
    "workout_detail": 1,
    "history_first": 1,
    "history_deep": 1,
    "profile": 2,  # one of them for the device, which is new
    "people_search": 3,
    "friends": 2,
    "metrics": 1,
    "metrics_years": 2,
    "metrics_summary": 3,
    "active": 2,
}
LOGGED, RECORD = 7, 9
"""Statements to log a set: one that beats nothing, and one that does."""


def bench(home: Path, *arguments: str, module: str = "bench") -> subprocess.CompletedProcess[str]:
    inherited = {name: value for name, value in os.environ.items() if name not in OF_THE_SUITE}
    return subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=CHECKOUT,
        env={**inherited, "FITAI_HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=170,
        check=False,
    )


def left_running(home: Path) -> list[str]:
    """What belongs to this home and still runs."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get("FITAI_HOME") == str(home):
                found.append(process.name())
        except psutil.Error:
            continue
    return found


def test_the_bench_measures_every_route_and_leaves_nothing_running(tmp_path: Path) -> None:
    done = bench(tmp_path, *SMALL)
    home = tmp_path / "bench"
    assert done.returncode in (0, 1), done.stdout + done.stderr
    found = json.loads((home / "bench.json").read_text())
    statements = {key: route["sql"] for key, route in found["routes"].items()}
    assert {statements.pop(key) for key in ("log_one", "log_many")} <= {LOGGED, RECORD}
    assert statements == ROUTES
    assert all(route["requests"] > 0 and route["p50_ms"] > 0 for route in found["routes"].values())
    assert all(f"| {route['title']} " in done.stdout for route in found["routes"].values())
    times = ("from_request_us", "from_publish_us", "raw_us")
    assert [[len(fan_out[name]) for name in times] for fan_out in found["fan_outs"]] == [[3, 3, 3], [100, 3, 3]]
    assert (done.returncode == 1) is any(not gate["kept"] for gate in found["gates"])
    assert left_running(home) == []
    assert not (home / "bench.processes.json").exists()
