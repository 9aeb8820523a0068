"""`python -m bench.people` with its real processes, on two crowds small enough for a test."""

from pathlib import Path

import pytest

from tests.bench.test_smoke import bench, left_running
from tests.soak import only_in_soak

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180), only_in_soak]
KINDS = ("exact username", *(f"prefix, {n} letter" for n in range(1, 6)), "near", "whole name", "one slip")


def test_every_kind_of_search_is_measured_in_both_crowds_and_finds_somebody(tmp_path: Path) -> None:
    done = bench(tmp_path, "--people=120", "--small=60", "--repeats=10", module="bench.people")
    assert done.returncode == 0, done.stdout + done.stderr
    rows = [line.strip("| ").split("|") for line in done.stdout.splitlines() if line.startswith("| ")][1:]
    assert [kind for kind in KINDS if not any(kind in row[0] for row in rows)] == []
    assert all(float(cell) > 0 for row in rows for cell in row[1:])
    assert done.stdout.count("target  ") == len(rows)
    assert left_running(tmp_path / "bench" / "people") == []
