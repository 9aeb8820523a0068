"""What many signals agree on."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.core.consensus import agree, repetition, rhythmic, speed_of
from analysis.core.cycles import cycles
from analysis.core.guessing import improvise
from analysis.core.pose import Floats
from analysis.core.signals import Concentric, Signal

STEP = 1 / 30
TIMES = np.linspace(0, 900 * STEP, 900, endpoint=False)
WAVE = (1 - np.cos(2 * np.pi * TIMES / 2.0)) / 2
WHOLE = [(0, len(TIMES))]
RNG = np.random.default_rng(0)


def signal(values: Floats, confidence: Floats | float = 0.9, unit: str = "deg") -> Signal:
    return Signal("", unit, values, np.where(np.isfinite(values), confidence, 0.0))


def wander(size: float, seed: int) -> Floats:
    """Something slow that never repeats."""
    steps = np.random.default_rng(seed).normal(0, 1, len(TIMES)).cumsum()
    return np.convolve(steps, np.ones(60) / 60, mode="same") / steps.std() * size


def likeness(a: Floats, b: Floats) -> float:
    known = np.isfinite(a) & np.isfinite(b)
    return float(np.corrcoef(a[known], b[known])[0, 1])


def test_signals_of_one_movement_agree_whatever_their_units_and_signs():
    signals = {"angle": signal(180 - 90 * WAVE), "height": signal(0.3 + 0.6 * WAVE, unit="torso")}
    agreed = agree(TIMES, signals, WHOLE, {"angle": -90, "height": 0.6})
    assert likeness(agreed.values, WAVE) > 0.999
    assert np.ptp(agreed.values[30:-30]) == pytest.approx(1.0, abs=0.1)
    assert dict(agreed.used) == pytest.approx({"angle": 0.5, "height": 0.5}, abs=0.1)
    assert agreed.confidence > 0.7
    assert agreed.strength > 0.7


def test_noise_and_what_goes_the_other_way_weigh_nothing():
    signals = {"left": signal(90 * WAVE), "right": signal(90 * WAVE + RNG.normal(0, 3, len(TIMES)))}
    signals |= {"noise": signal(RNG.normal(0, 40, len(TIMES))), "against": signal(-90 * WAVE)}
    agreed = agree(TIMES, signals, WHOLE, dict.fromkeys(signals, 90.0))
    weights = dict(agreed.used)
    assert weights["noise"] < 0.02
    assert weights["against"] == 0
    assert likeness(agreed.values, WAVE) > 0.99


def test_jumps_that_strike_all_at_once_do_not_make_noise_agree():
    jumps = np.zeros(len(TIMES))
    for row in (100, 333, 620):
        jumps[row : row + 3] = 900
    signals = {name: signal(90 * WAVE + jumps) for name in ("left", "right")}
    signals |= {name: signal(RNG.normal(0, 30, len(TIMES)) + jumps) for name in ("noise", "more")}
    weights = dict(agree(TIMES, signals, WHOLE, dict.fromkeys(signals, 90.0)).used)
    assert weights["noise"] + weights["more"] < 0.1


def test_a_signal_that_comes_and_goes_shifts_nothing():
    partly = np.where((TIMES > 10) & (TIMES < 18), 90 * WAVE + 400, np.nan)
    signals = {"always": signal(90 * WAVE), "partly": signal(partly)}
    agreed = agree(TIMES, signals, WHOLE, dict.fromkeys(signals, 90.0))
    assert likeness(agreed.values, WAVE) > 0.99


def test_each_shot_has_its_own_level():
    signals = {"height": signal(90 * WAVE + np.where(TIMES < 15, 0, 250))}
    agreed = agree(TIMES, signals, [(0, 450), (450, 900)], {"height": 90.0})
    assert likeness(agreed.values, WAVE) > 0.99
    assert np.isnan(speed_of(signals["height"].values, STEP, [(0, 450), (450, 900)])[447:453]).all()


def test_a_signal_shrunk_by_the_view_counts_as_the_others():
    near = signal(np.where(TIMES < 20, 90 * WAVE, np.nan))
    far = signal(np.where(TIMES > 8, 40 * WAVE, np.nan))
    line = agree(TIMES, {"near": near, "far": far}, WHOLE, {"near": 90.0, "far": 90.0}).values
    assert np.ptp(line[TIMES > 22]) == pytest.approx(np.ptp(line[TIMES < 7]), rel=0.15)


def test_what_repeats_outweighs_what_wanders():
    signals = {
        "wave": signal(40 * WAVE + wander(10, 1)),
        **{f"w{i}": signal(wander(60, 2) + 3 * WAVE) for i in range(3)},
    }
    speeds = np.array([speed_of(one.values, STEP, WHOLE) for one in signals.values()])
    worth = rhythmic(speeds, np.ones(4), STEP)
    assert worth[0] > 2 * worth[1:].max()


@pytest.mark.parametrize("period_s", [0.5, 1.2, 3.0, 6.0])
def test_the_period_is_that_of_the_movement(period_s: float):
    wave = np.sin(2 * np.pi * TIMES / period_s)
    speeds = np.array([speed_of(part, STEP, WHOLE) for part in (wave, wave + RNG.normal(0, 0.2, len(TIMES)))])
    _, period, strength = repetition(speeds, np.ones(2), STEP)
    assert period == pytest.approx(period_s, abs=0.05, rel=0.04)
    assert strength > 0.5


def test_what_does_not_repeat_has_no_period():
    speeds = np.array([speed_of(np.linspace(0, 5, len(TIMES)), STEP, WHOLE)])
    assert repetition(speeds, np.ones(1), STEP)[1:] == (0.0, 0.0)


@pytest.mark.parametrize(
    "signals",
    [{"a": signal(np.full(900, np.nan))}, {"a": signal(np.full(900, 7.0))}, {"a": signal(90 * WAVE, 0.1)}],
    ids=["unseen", "still", "unsure"],
)
def test_what_is_not_seen_or_does_not_move_is_nothing(signals: dict[str, Signal]):
    agreed = agree(TIMES, signals, WHOLE, {"a": 90.0})
    assert (agreed.used, agreed.confidence, agreed.strength) == ((), 0.0, 0.0)
    assert np.isnan(agreed.values).all()


def test_a_movement_repeated_often_is_followed_through_all_that_is_slower():
    circles = np.cos(2 * np.pi * TIMES / 1.0)
    signals = {name: signal(30 * circles + wander(60, seed)) for seed, name in enumerate("abc")}
    signals |= {"d": signal(RNG.normal(0, 5, len(TIMES)))}
    free = improvise(TIMES, signals, WHOLE)
    agreed = agree(TIMES, free.signals, WHOLE, free.profile.swings)
    assert free.even
    assert set(free.profile.swings) == {"a", "b", "c"}
    assert free.profile.concentric == Concentric.NONE
    assert len(cycles(TIMES, agreed.values, even=True)) == pytest.approx(30, abs=1)
