"""Many signals of one movement, and the one line that most of them agree on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from analysis.core.pose import Floats
from analysis.core.signals import Signal
from analysis.core.smoothing import low_pass

TRUSTED: Final = 0.3
"""A signal is read where all its keypoints are at least this confident."""
SPEED_S: Final = 0.2
"""Speeds are taken over this time: long enough to outlive jitter, short against any repetition."""
GAIN: Final = (0.3, 3.0)
"""How far the camera's view may shrink or stretch a signal's usual swing."""
RHYTHMIC: Final = 0.15
"""An autocorrelation from which on a movement is taken to repeat."""
FASTEST_S: Final = 0.35
SLOWEST_S: Final = 12.0
"""Between these a repetition takes its time."""

Shots = list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Consensus:
    """What the signals agree on: `values[T]`, about 0 at rest and 1 at the extreme of a usual repetition, NaN in gaps;
    how much each signal weighed, the heaviest first; how well they are seen and agree (`confidence`), and how much
    regular movement they have in common (`strength`), each from 0 to 1."""

    values: Floats
    used: tuple[tuple[str, float], ...]
    confidence: float
    strength: float


def agree(times: Floats, signals: Mapping[str, Signal], parts: Shots, swings: Mapping[str, float]) -> Consensus:
    """The movement common to the signals of `swings` (their usual, signed swings towards the extreme).

    Each is brought to a share of a repetition by its swing, and weighs by its confidence, range, smoothness, by whether
    it repeats with the common period, and by how well its speed agrees with the others', which drops the hidden side.
    Speeds, not levels: levels shift when somebody kneels down or turns round, and say nothing about repetitions.
    """
    step = step_of(times)
    lines = {
        name: Signal(name, "share", trusted(signals[name]) / swing, signals[name].confidence)
        for name, swing in swings.items()
        if moves(signals[name], step, parts)
    }
    nothing = Consensus(np.full(len(times), np.nan), (), 0.0, 0.0)
    speeds, worth = weigh(lines, step, parts, 1.0)
    if not worth.sum() > 0:
        return nothing
    # A stray keypoint is faster than anything the body does, and would outweigh it.
    fastest = 4 * np.nanpercentile(np.abs(speeds), 75, axis=1, keepdims=True) + 1e-9
    speeds = np.clip(speeds, -fastest, fastest)
    trust = np.array([line.confidence for line in lines.values()])
    plain, worth = worth, rhythmic(speeds, worth, step)
    weight, gain = worth, np.ones(len(worth))
    for _ in range(5):
        common = _mean(speeds / gain[:, None], weight, trust)
        fits = [correlate(speed, common) for speed in speeds]
        agreement = np.array([max(0.0, alike) ** 2 for alike, _ in fits])
        weight = worth * agreement
        gain = np.clip([slope for _, slope in fits], *GAIN)
        if not weight.sum() > 0:
            return nothing
    levels = np.array([line.values for line in lines.values()]) / gain[:, None]
    share = weight / weight.sum()
    names = list(lines)
    return Consensus(
        low_pass(_levelled(levels, weight, trust, parts), step, 0.07),
        tuple((names[i], float(share[i])) for i in np.argsort(-share)),
        min(1.0, float((plain * agreement).sum()) / len(swings)),
        min(1.0, float(weight.sum()) / len(swings)),
    )


def weigh(signals: Mapping[str, Signal], step: float, parts: Shots, usual: float | Floats) -> tuple[Floats, Floats]:
    """Speeds `[S, T]` of signals, and what each is worth: seen, smooth, and as large as `usual`."""
    speeds = np.array([speed_of(trusted(one), step, parts) for one in signals.values()])
    seen = np.array([np.where(np.isfinite(trusted(one)), one.confidence, 0.0).mean() for one in signals.values()])
    size = np.array([span(one) for one in signals.values()]) / usual
    return speeds, seen * np.minimum(1.0, size) * np.array([_smoothness(speed, step) for speed in speeds])


def rhythmic(speeds: Floats, worth: Floats, step: float) -> Floats:
    """The signals' worth, less for those that do not repeat with the period that most have in common."""
    echoes, period, strength = repetition(speeds, worth, step)
    if strength < RHYTHMIC:
        return worth
    return worth * (0.1 + np.maximum(0.0, echoes[:, round(period / step)]))


def repetition(speeds: Floats, worth: Floats, step: float, slowest_s: float = SLOWEST_S) -> tuple[Floats, float, float]:
    """How each signal repeats itself by lag, the period in seconds that most have in common, and how strong it is.

    The period is the first of the highest peaks of the common autocorrelation; 0 with strength 0 where there is none.
    """
    echoes = np.array([_echo(speed) for speed in speeds])
    common = worth @ echoes / worth.sum()
    turned = np.flatnonzero(common < 0)
    first = max(round(FASTEST_S / step), int(turned[0]) if len(turned) else len(common))
    part = common[first : round(SLOWEST_S / step)]
    peaks = np.flatnonzero((part[1:-1] >= part[:-2]) & (part[1:-1] > part[2:]) & (part[1:-1] > 0)) + 1
    if not len(peaks):
        return echoes, 0.0, 0.0
    peak = peaks[part[peaks] >= 0.8 * part[peaks].max()][0]
    peak += int(np.argmax(part[peak : round(1.25 * (first + peak)) - first]))
    return echoes, float((first + peak) * step), float(part[peak])


def correlate(a: Floats, b: Floats) -> tuple[float, float]:
    """Correlation of two speeds about zero, and the slope of the first on the second."""
    known = np.isfinite(a) & np.isfinite(b)
    x, y = a[known], b[known]
    shared, size = float(x @ y), float(np.sqrt((x @ x) * (y @ y)))
    return (shared / size, shared / float(y @ y)) if len(x) >= 10 and size > 0 else (0.0, 1.0)


def speed_of(line: Floats, step: float, parts: Shots) -> Floats:
    """Change over 0.2 s around each moment, never across a cut; NaN at the ends."""
    half = max(1, round(SPEED_S / 2 / step))
    speed = np.full(len(line), np.nan)
    for first, last in parts:
        if last - first > 2 * half:
            speed[first + half : last - half] = line[first + 2 * half : last] - line[first : last - 2 * half]
    return speed


def moves(signal: Signal, step: float, parts: Shots) -> bool:
    """Whether a signal is seen long enough to tell anything, and changes."""
    return bool(np.isfinite(speed_of(trusted(signal), step, parts)).sum() >= 10) and span(signal) > 0


def trusted(signal: Signal) -> Floats:
    """Its values, NaN where it is not confident."""
    return np.where(signal.confidence >= TRUSTED, signal.values, np.nan)


def span(signal: Signal) -> float:
    """Its robust range: from the 5th to the 95th percentile."""
    known = signal.values[np.isfinite(trusted(signal))]
    return float(np.subtract(*np.percentile(known, [95, 5]))) if len(known) else 0.0


def step_of(times: Floats) -> float:
    """Seconds between two rows of a uniform grid."""
    return float(np.median(np.diff(times))) if len(times) > 1 else 1.0


def _smoothness(speed: Floats, step: float) -> float:
    """0 to 1: how far a signal keeps its speed for a tenth of a second, as limbs do and jitter does not."""
    lag = max(1, round(SPEED_S / 2 / step))
    return max(0.05, correlate(speed[lag:], speed[:-lag])[0])


def _echo(speed: Floats) -> Floats:
    """Autocorrelation of a speed, by lag in rows up to half its length; 1 at lag 0."""
    known = np.isfinite(speed)
    size = 1 << (2 * len(speed) - 1).bit_length()
    half = len(speed) // 2 + 1
    line = np.where(known, speed, 0.0)
    shared = np.fft.irfft(np.abs(np.fft.rfft(line, size)) ** 2, size)[:half]
    pairs = np.fft.irfft(np.abs(np.fft.rfft(known.astype(np.float64), size)) ** 2, size)[:half]
    mean = shared / np.maximum(pairs, 0.1 * pairs[0] + 1e-9)
    return mean / (mean[0] + 1e-12)


def _mean(lines: Floats, weight: Floats, trust: Floats) -> Floats:
    """Over the signals, by weight and confidence; NaN where hardly any is known."""
    known = np.isfinite(lines)
    share = np.where(known, weight[:, None] * trust, 0.0)
    total = share.sum(axis=0)
    enough = total > 0.1 * weight.sum()
    return np.where(enough, (np.where(known, lines, 0.0) * share).sum(axis=0) / np.where(enough, total, 1.0), np.nan)


def _levelled(lines: Floats, weight: Floats, trust: Floats, parts: Shots) -> Floats:
    """The mean of the lines, each first shifted, shot by shot, to the others' level: one that comes and goes shall not
    move it."""
    result = np.full(lines.shape[1], np.nan)
    for first, last in parts:
        part, sure = lines[:, first:last], trust[:, first:last]
        mean = _mean(part - _medians(part), weight, sure)
        for _ in range(3):
            mean = _mean(part - _medians(part - mean), weight, sure)
        known = np.isfinite(mean)
        if known.any():
            result[first:last] = mean - np.percentile(mean[known], 5)
    return result


def _medians(lines: Floats) -> Floats:
    """Of each line's known values, `[S, 1]`; 0 where there are none."""
    return np.array([[np.median(known) if len(known := line[np.isfinite(line)]) else 0.0] for line in lines])
