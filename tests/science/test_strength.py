"""The formulas of strength, against values computed from their publications by other means."""

from __future__ import annotations

from decimal import Decimal

import pytest

from fitai.science.strength import ONE_RM, epley

VECTORS = """
epley 100x1=100 100x2=106.6667 100x3=110.0 100x5=116.6667 100x8=126.6667 100x10=133.3333 100x12=140.0 100x15=150.0
brzycki 100x1=100.0 100x2=102.8571 100x3=105.8824 100x5=112.5 100x8=124.1379 100x10=133.3333 100x12=144.0
brzycki 100x15=163.6364
lombardi 100x1=100.0 100x2=107.1773 100x3=111.6123 100x5=117.4619 100x8=123.1144 100x10=125.8925 100x12=128.2089
lombardi 100x15=131.1019
mayhew 100x1=108.864 100x2=111.4387 100x3=113.9903 100x5=119.0107 100x8=126.2863 100x10=130.9343 100x12=135.3985
mayhew 100x15=141.7192
wathan 100x1=101.3042 100x2=105.1457 100x3=108.9797 100x5=116.5825 100x8=127.6714 100x10=134.7467 100x12=141.4959
wathan 100x15=150.9063
oconner 100x1=102.5 100x2=105.0 100x3=107.5 100x5=112.5 100x8=120.0 100x10=125.0 100x12=130.0 100x15=137.5
lander 100x1=101.3903 100x2=104.2128 100x3=107.1969 100x5=113.7089 100x8=125.1092 100x10=134.0704 100x12=144.4143
lander 100x15=163.3145
weight_dependent 100x1=100 100x2=105.3933 100x3=109.7213 100x5=117.5227 100x8=128.1958 100x10=134.9106
weight_dependent 100x12=141.4033 100x15=150.8229 20x8=29.3604 60x10=83.971 140x3=152.5655
"""
"""A formula and, for each load in kg and repetitions, its estimate to four decimals."""


def vectors() -> list[tuple[str, str, str, str]]:
    found = []
    for line in VECTORS.strip().splitlines():
        formula, *cases = line.split()
        for case in cases:
            effort, estimate = case.split("=")
            load, reps = effort.split("x")
            found.append((formula, load, reps, estimate))
    return found


@pytest.mark.parametrize(("formula", "load", "reps", "estimate"), vectors())
def test_every_formula_gives_its_published_estimate(formula: str, load: str, reps: str, estimate: str) -> None:
    value = ONE_RM[formula](Decimal(load), Decimal(reps))
    assert value.quantize(Decimal("0.0001")) == Decimal(estimate).quantize(Decimal("0.0001"))


def test_every_formula_has_vectors() -> None:
    assert {formula for formula, *_ in vectors()} == set(ONE_RM)


def test_a_single_needs_no_estimate() -> None:
    assert epley(Decimal("142.5"), Decimal(1)) == Decimal("142.5")


def test_half_a_repetition_in_reserve_counts() -> None:
    assert epley(Decimal(100), Decimal("7.5")) == 125
