"""The curve of effort, against values of the published closed form and chart."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

import pytest

from fitai.science.effort import max_from, reps_at, share_of_max
from fitai.science.strength import MAX_REPS

CHART = ("100", "95.5", "92.2", "89.2", "86.3", "83.7", "81.1", "78.6", "76.2", "73.9")
"""Percent of the 1RM for 1 to 10 repetitions to failure, as the chart prints it."""


@pytest.mark.parametrize(
    ("reps", "rpe", "percent"),
    [
        (1, "9", "95.71"),
        (3, "8", "86.53"),
        (5, "8", "81.24"),
        (8, "10", "78.60"),
        (10, "10", "73.31"),
        (1, "9.5", "97.75"),
        (12, "10", "68.03"),
        (17, "10", "50.00"),
        (15, "7", "50.00"),
    ],
)
def test_the_closed_form(reps: int, rpe: str, percent: str) -> None:
    share = share_of_max(reps, Decimal(10) - Decimal(rpe))
    assert (share * 100).quantize(Decimal("0.01")) == Decimal(percent)


def test_it_keeps_to_the_chart() -> None:
    for reps, percent in enumerate(CHART, 1):
        assert abs(share_of_max(reps) * 100 - Decimal(percent)) < Decimal("0.65")


def test_a_single_at_the_limit_is_the_max() -> None:
    assert share_of_max(1) == 1
    assert max_from(Decimal("142.5"), 1) == Decimal("142.5")


def test_the_curve_is_read_both_ways() -> None:
    for tenth in range(10, 170):
        reps = Decimal(tenth) / 10
        assert abs(reps_at(share_of_max(reps)) - reps) < Decimal("0.03"), reps
    assert [reps_at(Decimal(share)) for share in ("1.2", "1", "0.5", "0.3")] == [0, 1, 17, 17]
    shares = [reps_at(Decimal(percent) / 200) for percent in range(1, 220)]
    assert all(later <= earlier for earlier, later in pairwise(shares))


def test_more_work_is_never_heavier() -> None:
    halves = [share_of_max(Decimal(step) / 2) for step in range(2, 70)]
    assert all(later <= earlier for earlier, later in pairwise(halves))


def test_a_set_asked_for_again_weighs_the_same() -> None:
    said = max_from(Decimal(80), 5, Decimal("2.5"))
    assert (said * share_of_max(5, Decimal("2.5"))).quantize(Decimal("0.001")) == 80


def test_many_repetitions_say_too_little_rather_than_too_much() -> None:
    assert max_from(Decimal(50), 20) == max_from(Decimal(50), MAX_REPS) < Decimal(50) / share_of_max(20)
