"""`python -m bench.sets` with its real processes, on two gyms small enough for a test."""

from pathlib import Path

import pytest

from tests.bench.test_smoke import bench, left_running
from tests.soak import only_in_soak

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600), only_in_soak]
KINDS = ("history of 20 years", "far down", "history ", "workout", "active", "log a set ", "20 years", "complete")


def test_every_kind_of_request_is_measured_in_both_gyms(tmp_path: Path) -> None:
    done = bench(tmp_path, "--sets=4000", "--small=2000", "--repeats=10", module="bench.sets")
    assert done.returncode == 0, done.stdout + done.stderr
    rows = [line.strip("| ").split("|") for line in done.stdout.splitlines() if line.startswith("| ")][1:]
    assert [kind for kind in KINDS if not any(kind in row[0] for row in rows)] == []
    assert all(float(cell) > 0 for row in rows for cell in row[1:-1])
    assert done.stdout.count("target  ") == len(rows) == len(KINDS)
    assert left_running(tmp_path / "bench" / "sets") == []
