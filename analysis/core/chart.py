"""The angle of a set over time as a picture: a self-contained SVG that takes on the colour of the page around it."""

from __future__ import annotations

from html import escape
from typing import Final

import numpy as np

from analysis.core.pose import Floats
from analysis.core.results import Cue, SetAnalysis, Severity

WIDTH: Final = 960
HEIGHT: Final = 360
LEFT, RIGHT, TOP, BOTTOM = 58, 944, 64, 284
"""The plot's edges; below it lie the axis of time and the lanes of cues."""
LANE: Final = 320
LANE_STEP: Final = 13
LANES: Final = 3
MARK: Final = 6.0
POINTS: Final = 1200
"""More would not be seen at this width."""
LINE: Final = "#3b82f6"
COLOURS: Final = {Severity.MAJOR: "#dc2626", Severity.MINOR: "#d97706", Severity.INFO: "#64748b"}
STEPS: Final = (1, 2, 5, 10, 20, 30, 60, 90)
UNIT_WORDS: Final = {"deg": "°", "%": "%"}
STANDING_ALONE: Final = (
    "<style>svg:root{color:#334155;background:#fff}"
    "@media (prefers-color-scheme:dark){svg:root{color:#cbd5e1;background:#111827}}</style>"
)


def svg(analysis: SetAnalysis) -> str:
    """The chart of a result: the angle over seconds, repetitions shaded (dashed where not counted) and numbered, their
    extremes dotted, a mark for every cue; what was not seen is a gap. Texts are escaped."""
    times, values = analysis.series.times, analysis.series.values
    end_s = max(analysis.duration_s, float(times[-1]) if len(times) else 0.0, 1.0)
    low, high, step = _range(values)
    axes = _Axes(end_s, low, high)
    name = analysis.series.name or "Movement"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
        'role="img" font-family="system-ui, sans-serif" font-size="12" fill="none" stroke="none">',
        f"<title>{_text(_title(analysis, name))}</title>",
        f"<desc>{_text(_description(analysis))}</desc>",
        STANDING_ALONE,
        _label(LEFT, 24, name, size=15, weight=600),
        *_repetitions(analysis, axes),
        *_grid(axes, (low, high, step), UNIT_WORDS.get(analysis.series.unit, "")),
        *_line(axes, times, values),
        *_extremes(analysis, axes),
        *_cues(analysis, axes),
        *_legend(analysis),
        "</svg>",
    ]
    return "\n".join(part for part in parts if part)


class _Axes:
    def __init__(self, end_s: float, low: float, high: float) -> None:
        self.end_s, self.low, self.high = end_s, low, high

    def x(self, time_s: float) -> float:
        return LEFT + (RIGHT - LEFT) * min(max(time_s / self.end_s, 0.0), 1.0)

    def y(self, value: float) -> float:
        return BOTTOM - (BOTTOM - TOP) * (value - self.low) / (self.high - self.low)


def _range(values: Floats) -> tuple[float, float, float]:
    """The lowest and highest of the axis and the step of its lines."""
    known = values[np.isfinite(values)]
    if not len(known):
        return 0.0, 1.0, 1.0
    low, high = float(known.min()), float(known.max())
    room = max(high - low, 1e-3)
    raw = room / 4
    size = 10.0 ** np.floor(np.log10(raw))
    step = float(size * min((n for n in (1, 2, 3, 5, 10) if n * size >= raw), default=10))
    # A hair beyond a line does not deserve another one.
    bottom = float(np.floor(low / step + 0.1) * step)
    return bottom, max(float(np.ceil(high / step - 0.1) * step), bottom + step), step


def _grid(axes: _Axes, levels: tuple[float, float, float], unit: str) -> list[str]:
    low, high, step = levels
    parts = []
    for value in np.arange(low, high + step / 2, step):
        y = axes.y(float(value))
        parts.append(_rule(LEFT, y, RIGHT, y, 0.15))
        parts.append(_label(LEFT - 8, y + 4, f"{value:g}{unit}", anchor="end", faint=True))
    every = next((one for one in STEPS if axes.end_s / one <= 12), STEPS[-1])
    for second in np.arange(0, axes.end_s + 1e-6, every):
        x = axes.x(float(second))
        parts.append(_rule(x, BOTTOM, x, BOTTOM + 5, 0.5))
        parts.append(_label(x, BOTTOM + 20, f"{second:g} s", anchor="middle", faint=True))
    parts.append(_rule(LEFT, BOTTOM, RIGHT, BOTTOM, 0.5))
    return parts


def _repetitions(analysis: SetAnalysis, axes: _Axes) -> list[str]:
    parts = []
    for number, one in enumerate(analysis.repetitions, 1):
        x, end = axes.x(one.start_s), axes.x(one.end_s)
        edge = "" if one.counted else ' stroke="currentColor" stroke-opacity="0.4" stroke-dasharray="4 4"'
        shade = (0.10 if number % 2 else 0.05) if one.counted else 0
        parts.append(
            f'<rect x="{x:.1f}" y="{TOP - 18}" width="{max(end - x, 1):.1f}" height="{BOTTOM - TOP + 18}" '
            f'fill="currentColor" fill-opacity="{shade}"{edge}/>'
        )
        if end - x >= 12:
            words = f"{number}" if one.counted else f"({number})"
            parts.append(_label((x + end) / 2, TOP - 5, words, anchor="middle", weight=600, faint=not one.counted))
    return parts


def _line(axes: _Axes, times: Floats, values: Floats) -> list[str]:
    if not np.isfinite(values).any():
        return [_label((LEFT + RIGHT) / 2, (TOP + BOTTOM) / 2, "Nothing to plot", anchor="middle", faint=True)]
    stride = max(1, -(-len(values) // POINTS))
    path, drawing = [], False
    for time_s, value in zip(times[::stride], values[::stride], strict=True):
        if np.isfinite(value):
            path.append(f"{'L' if drawing else 'M'}{axes.x(float(time_s)):.1f} {axes.y(float(value)):.1f}")
        drawing = bool(np.isfinite(value))
    return [f'<path d="{"".join(path)}" stroke="{LINE}" stroke-width="2" stroke-linejoin="round"/>']


def _extremes(analysis: SetAnalysis, axes: _Axes) -> list[str]:
    parts = []
    for one in analysis.repetitions:
        value = _value(analysis, one.extreme_s)
        if value is not None:
            x, y = axes.x(one.extreme_s), axes.y(value)
            parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{LINE}" stroke="#fff" stroke-width="1.5"/>')
    return parts


def _value(analysis: SetAnalysis, time_s: float) -> float | None:
    times, values = analysis.series.times, analysis.series.values
    if not len(times):
        return None
    value = float(values[int(np.argmin(np.abs(times - time_s)))])
    return value if np.isfinite(value) else None


def _cues(analysis: SetAnalysis, axes: _Axes) -> list[str]:
    parts: list[str] = []
    taken = [float("-inf")] * LANES
    for cue in sorted(analysis.cues, key=lambda one: one.time_s):
        x = axes.x(cue.time_s)
        lane = next((row for row in range(LANES) if x - taken[row] >= 2 * MARK), LANES - 1)
        taken[lane] = x
        y = LANE + lane * LANE_STEP
        where = f"Repetition {cue.rep}" if cue.rep else "The set"
        words = f"{where}, {cue.time_s:.1f} s, {cue.severity.value}: {cue.message}"
        guide = f'<line x1="{x:.1f}" y1="{TOP}" x2="{x:.1f}" y2="{BOTTOM}" stroke="{COLOURS[cue.severity]}" '
        guide += 'stroke-opacity="0.5" stroke-dasharray="2 4"/>'
        parts.append(f"<g><title>{_text(words)}</title>{guide}{_mark(x, y, cue.severity)}</g>")
    return parts


def _mark(x: float, y: float, severity: Severity) -> str:
    """A shape of its own for each severity, so that colour is not all that tells them apart."""
    colour = COLOURS[severity]
    if severity == Severity.INFO:
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{MARK - 2}" fill="{colour}"/>'
    corners: tuple[tuple[float, float], ...]
    if severity == Severity.MINOR:
        corners = ((x, y - MARK), (x + MARK, y), (x, y + MARK), (x - MARK, y))
    else:
        corners = ((x, y - MARK), (x + MARK, y + MARK - 1), (x - MARK, y + MARK - 1))
    return f'<polygon points="{" ".join(f"{a:.1f},{b:.1f}" for a, b in corners)}" fill="{colour}"/>'


def _legend(analysis: SetAnalysis) -> list[str]:
    """What the marks mean, for the severities that occur."""
    parts, x = [], float(RIGHT)
    for severity in reversed(Severity):
        found = sum(cue.severity == severity for cue in analysis.cues)
        if found:
            words = f"{found} {severity.value}"
            x -= 7.0 * len(words)
            parts += [_label(x, 24, words), _mark(x - 11, 20, severity)]
            x -= 34
    return parts


def _title(analysis: SetAnalysis, name: str) -> str:
    count, cues = analysis.count, len(analysis.cues)
    return (
        f"{name} over {analysis.duration_s:.0f} seconds: {count} repetition{'' if count == 1 else 's'}, "
        f"{cues} cue{'' if cues == 1 else 's'}"
    )


def _description(analysis: SetAnalysis) -> str:
    rows = [
        f"Repetition {number} from {one.start_s:.1f} to {one.end_s:.1f} s{'' if one.counted else ', not counted'}."
        for number, one in enumerate(analysis.repetitions, 1)
    ]
    return " ".join([*rows, *(_told(cue) for cue in analysis.cues)])


def _told(cue: Cue) -> str:
    where = f"repetition {cue.rep}" if cue.rep else "the set"
    return f"At {cue.time_s:.1f} seconds, {where}, {cue.severity.value}: {cue.message}"


def _text(words: str) -> str:
    return escape("".join(letter for letter in words if letter.isprintable()))


def _label(
    x: float, y: float, words: str, *, anchor: str = "start", size: int = 12, weight: int = 400, faint: bool = False
) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" fill="currentColor" fill-opacity="{0.75 if faint else 1}" '
        f'text-anchor="{anchor}" font-size="{size}" font-weight="{weight}">{_text(words)}</text>'
    )


def _rule(x1: float, y1: float, x2: float, y2: float, strength: float) -> str:
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" '
        f'stroke="currentColor" stroke-opacity="{strength}"/>'
    )
