"""Which swings of a line are repetitions."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.core.cycles import Cycle, cycles
from analysis.core.pose import Floats

ROWS = 60
TIMES = np.arange(2000) / 30.0


def swings(*sizes: float, rows: int = ROWS) -> Floats:
    """One swing of each size after the other, with a second of rest before, between and after."""
    one = (1 - np.cos(np.linspace(0, 2 * np.pi, rows))) / 2
    rest = np.zeros(30)
    return np.concatenate([rest, *(part for size in sizes for part in (size * one, rest))])


def found(line: Floats, **options) -> list[Cycle]:
    return cycles(TIMES[: len(line)], line, **options)


def tops(line: Floats, **options) -> list[int]:
    return [one.extreme for one in found(line, **options)]


def nth(n: int) -> int:
    """Where the top of a swing is."""
    return 30 + n * (ROWS + 30) + ROWS // 2


def test_swings_are_cycles_from_rest_to_rest():
    (first, second) = found(swings(1.0, 1.0))
    assert (first.rise, first.fall) == pytest.approx((1.0, 1.0), abs=0.01)
    assert first.start == pytest.approx(nth(0) - 26, abs=4)
    assert first.extreme == pytest.approx(nth(0), abs=1)
    assert first.end == pytest.approx(nth(0) + 26, abs=4)
    assert second.extreme - first.extreme == ROWS + 30
    assert first.whole


@pytest.mark.parametrize(
    ("sizes", "kept"),
    [
        ((1.0, 0.6, 1.0, 0.3, 1.0), [0, 1, 2, 4]),
        ((1.0,) * 3 + (4.0,) + (1.0,) * 4, [0, 1, 2, 4, 5, 6, 7]),
        ((0.1, 0.12, 0.1), []),
        ((1.0,) + (0.2,) * 12 + (1.0,), [0, 13]),
        ((3.0,) + (0.8,) * 12, list(range(1, 13))),
    ],
    ids=["too small", "too large", "fidgeting", "few large among much small", "many among few large"],
)
def test_repetitions_are_alike_in_size(sizes: tuple[float, ...], kept: list[int]):
    assert tops(swings(*sizes)) == pytest.approx([nth(n) for n in kept], abs=2)


def test_a_stumble_at_the_top_does_not_make_two():
    line = swings(*[1.0] * 5)
    top = nth(2)
    line[top - 3 : top + 4] -= [0.2, 0.4, 0.6, 0.6, 0.6, 0.4, 0.2]
    assert len(tops(line)) == 5
    assert abs(tops(line)[2] - top) < 8


def test_what_is_done_in_another_posture_is_something_else():
    line = swings(*[1.0] * 5)
    postures = np.zeros((len(line), 3))
    postures[: nth(0) + 40] = 1.0
    assert len(tops(line)) == 5
    assert tops(line, postures=postures) == pytest.approx([nth(n) for n in (1, 2, 3, 4)], abs=2)
    # Where it is not known it speaks against nobody, and of three nobody can say which is the strange one.
    assert len(tops(line, postures=np.full((len(line), 3), np.nan))) == 5
    few = nth(2) + 60
    assert len(tops(line[:few], postures=postures[:few])) == 3


def test_two_postures_of_several_each_are_both_kept():
    line = swings(*[1.0] * 8)
    postures = np.zeros((len(line), 3))
    postures[nth(3) + 40 :] = 1.0
    assert len(tops(line, postures=postures)) == 8


@pytest.mark.parametrize(("rows_short", "settled"), [(0, True), (15, False)])
def test_a_swing_that_the_clip_cuts_off_has_come_to_its_turn_or_not(rows_short: int, settled: bool):
    line = swings(1.0, 1.0, 1.0)
    last = found(line[: nth(2) + 1 - rows_short])[-1]
    first = found(line[nth(0) + rows_short :])[0]
    assert (last.whole, last.end, last.fall, last.settled) == (False, None, 0.0, settled)
    assert (first.whole, first.start, first.rise, first.settled) == (False, None, 0.0, settled)


def test_a_hold_is_pointed_at_in_its_middle_or_soon_after_its_beginning():
    ways = [np.zeros(20), np.linspace(0, 1, 30), np.ones(9), np.linspace(1, 0, 30), np.zeros(20)]
    assert tops(np.concatenate(ways)) == pytest.approx([54], abs=2)
    ways[2] = np.ones(150)
    assert tops(np.concatenate(ways)) == pytest.approx([62], abs=3)


def test_an_even_line_is_measured_by_its_spread():
    rng = np.random.default_rng(3)
    line = np.sin(2 * np.pi * np.arange(900) / 30) * rng.uniform(0.7, 1.2, 900).cumsum() / np.arange(1, 901)
    line[400:430] *= 6
    assert len(tops(line, even=True)) == pytest.approx(30, abs=1)


@pytest.mark.parametrize("line", [np.zeros(0), np.zeros(1), np.zeros(50), np.full(50, np.nan)])
def test_where_nothing_swings_nothing_is_found(line: Floats):
    assert found(line) == found(line, even=True) == []


def test_a_gap_is_bridged_not_counted():
    line = swings(1.0, 1.0, 1.0)
    line[nth(0) + 40 : nth(0) + 45] = np.nan
    assert len(tops(line)) == 3
    line[nth(1) - 40 : nth(1) + 40] = np.nan
    assert tops(line) == pytest.approx([nth(0), nth(2)], abs=2)
