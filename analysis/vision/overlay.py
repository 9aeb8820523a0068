"""What is drawn on a frame: the skeleton, the angle that is judged, the count, what to do better."""

import itertools
from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np

from analysis.core.body import JOINT_ANGLES
from analysis.core.pose import INDEX, SEEN, Floats
from analysis.core.results import Cue, JudgedRepetition, SetAnalysis, Severity
from analysis.core.signals import PROFILES, Concentric
from analysis.core.smoothing import steady
from analysis.vision.lettering import (
    BOLD,
    GREY,
    HEAVY,
    INK,
    WHITE,
    Colour,
    Picture,
    panel,
    width_of,
    wrapped,
    write,
)

NEAR: Final[Colour] = (52, 211, 153)
FAR: Final[Colour] = (148, 163, 184)
MIDDLE: Final[Colour] = (226, 232, 240)
GOOD: Final[Colour] = (16, 185, 129)
COLOURS: Final[dict[Severity, Colour]] = {
    Severity.MAJOR: (239, 68, 68),
    Severity.MINOR: (245, 158, 11),
    Severity.INFO: (100, 116, 139),
}
HEADS: Final[dict[Severity, Colour]] = {Severity.MAJOR: (252, 129, 129), Severity.MINOR: (251, 191, 36)}
ORDER: Final = (Severity.MAJOR, Severity.MINOR, Severity.INFO)
BEFORE_S, AFTER_S = 0.3, 2.2
"""How long around its second a cue is shown."""
LIMBS: Final = (("shoulder", "elbow", "wrist"), ("shoulder", "hip", "knee", "ankle"))


class Overlay:
    """The marks of one analysed set on frames of this size."""

    def __init__(self, analysis: SetAnalysis, width: int, height: int) -> None:
        self._analysis = analysis
        self._width, self._height = width, height
        self._unit = min(width, height) / 100
        self._thick = max(2, round(0.9 * self._unit))
        self._small, self._text = max(12, round(3.0 * self._unit)), max(14, round(3.7 * self._unit))
        track = analysis.track
        self._track = steady(track) if track is not None else None
        self._scale = np.array([width / track.width, height / track.height]) if track is not None else np.ones(2)
        self._length_s = max(analysis.duration_s, 1e-3)
        profile = PROFILES.get(analysis.profile or analysis.guess or "")
        self._after = profile is None or profile.concentric != Concentric.BEFORE
        self._right, self._top = self._free_corner()

    def mark(self, picture: Picture, time_s: float) -> None:
        """Draw all that belongs to this second of the set on its frame."""
        cues = self.cues_at(time_s)
        self.skeleton(picture, time_s, cues)
        self.counter(picture, time_s)
        self.timeline(picture, time_s)
        self.advice(picture, cues)

    # ── What is shown when ───────────────────────────────────────────────────────────────────────

    def cues_at(self, time_s: float) -> list[Cue]:
        """The cues of this moment, two at most: of the one repetition that is spoken of, the gravest first. What is
        merely worth knowing is not said beside a fault."""
        shown = [cue for cue in self._analysis.cues if cue.time_s - BEFORE_S <= time_s < cue.time_s + AFTER_S]
        if not shown:
            return []
        latest = max(shown, key=lambda cue: (cue.time_s, -ORDER.index(cue.severity)))
        here = sorted((cue for cue in shown if cue.rep == latest.rep), key=lambda cue: ORDER.index(cue.severity))
        return [cue for cue in here if cue.severity != Severity.INFO][:2] or here[:1]

    def done_at(self, repetition: JudgedRepetition) -> float:
        """When a repetition is counted: at the end of its effort."""
        return min(repetition.end_s if self._after else repetition.extreme_s, self._length_s - 0.05)

    def counted_by(self, time_s: float) -> int:
        return sum(one.counted and self.done_at(one) <= time_s for one in self._analysis.repetitions)

    def _free_corner(self) -> tuple[bool, bool]:
        """Whether advice goes to the right, and to the top: to the corner that the person leaves free meanwhile,
        the lower left where they are alike. The count has the upper left."""
        if self._track is None:
            return False, False
        boxes, times = self._track.boxes, self._track.times
        advised = np.zeros(len(times), bool)
        for cue in self._analysis.cues:
            advised |= (times >= cue.time_s - BEFORE_S) & (times < cue.time_s + AFTER_S)
        boxes = boxes[advised & np.isfinite(boxes).all(axis=1)]
        if not len(boxes):
            return False, False
        left, top, right, bottom = (boxes * np.tile(self._scale, 2)).T
        wide, high = 0.55 * self._width, 0.2 * self._height

        def taken(to_right: bool, to_top: bool) -> float:
            x, y = (self._width - wide if to_right else 0), (0 if to_top else self._height - high)
            across = np.clip(np.minimum(right, x + wide) - np.maximum(left, x), 0, None)
            down = np.clip(np.minimum(bottom, y + high) - np.maximum(top, y), 0, None)
            return float((across * down).mean())

        return min(((False, False), (True, False), (True, True)), key=lambda corner: taken(*corner))

    # ── Drawing ──────────────────────────────────────────────────────────────────────────────────

    def skeleton(self, picture: Picture, time_s: float, cues: Sequence[Cue]) -> None:
        if self._track is None or not len(self._track.times):
            return
        index = int(np.argmin(np.abs(self._track.times - time_s)))
        seen = self._track.confidence[index] >= SEEN
        points = np.where(seen[:, None], self._track.points[index] * self._scale, np.nan)
        near = self._near(time_s)
        far = "right" if near == "left" else "left"
        for joint in ("shoulder", "hip"):
            self._line(picture, points, f"left_{joint}", f"right_{joint}", MIDDLE)
        for side, colour in ((far, FAR), (near, NEAR)):
            for chain in LIMBS:
                for first, second in itertools.pairwise(chain):
                    self._line(picture, points, f"{side}_{first}", f"{side}_{second}", colour)
            for joint in {name for chain in LIMBS for name in chain}:
                self._dot(picture, points[INDEX[f"{side}_{joint}"]], colour)
        if self._analysis.angle in JOINT_ANGLES:
            self._angle(picture, points, near, self._analysis.angle, COLOURS[cues[0].severity] if cues else WHITE)

    def _near(self, time_s: float) -> str:
        for shot in self._analysis.shots:
            if shot.from_s <= time_s <= shot.to_s:
                return shot.near
        return self._analysis.shots[-1].near if self._analysis.shots else "right"

    def _line(self, picture: Picture, points: Floats, first: str, second: str, colour: Colour) -> None:
        ends = points[INDEX[first]], points[INDEX[second]]
        if np.isfinite(ends).all():
            start, end = (tuple(np.rint(point).astype(int).tolist()) for point in ends)
            cv2.line(picture, start, end, INK, self._thick + 2, cv2.LINE_AA)
            cv2.line(picture, start, end, colour, self._thick, cv2.LINE_AA)

    def _dot(self, picture: Picture, point: Floats, colour: Colour) -> None:
        if np.isfinite(point).all():
            centre = tuple(np.rint(point).astype(int).tolist())
            cv2.circle(picture, centre, self._thick + 2, INK, -1, cv2.LINE_AA)
            cv2.circle(picture, centre, self._thick + 1, WHITE, -1, cv2.LINE_AA)
            cv2.circle(picture, centre, self._thick - 1, colour, -1, cv2.LINE_AA)

    def _angle(self, picture: Picture, points: Floats, side: str, joint: str, colour: Colour) -> None:
        """The angle at a joint as an arc, with its degrees beside it."""
        first, middle, last = (points[INDEX[f"{side}_{name}"]] for name in JOINT_ANGLES[joint])
        if not np.isfinite([first, middle, last]).all():
            return
        arms = first - middle, last - middle
        lengths = [float(np.linalg.norm(arm)) for arm in arms]
        if min(lengths) < 2 * self._unit:
            return
        from_deg, to_deg = (float(np.degrees(np.arctan2(arm[1], arm[0]))) for arm in arms)
        opening = (to_deg - from_deg + 180) % 360 - 180
        radius = round(min(0.32 * min(lengths), 9 * self._unit))
        centre = tuple(np.rint(middle).astype(int).tolist())
        for thickness, shade in ((self._thick + 2, INK), (self._thick, colour)):
            cv2.ellipse(picture, centre, (radius, radius), from_deg, 0, opening, shade, thickness, cv2.LINE_AA)
        words = f"{abs(opening):.0f}°"
        size = self._text
        wide, high = width_of(words, size, BOLD) + size, round(1.5 * size)
        aside = np.radians(from_deg + opening / 2 + 180)
        away = middle + np.array([np.cos(aside), np.sin(aside)]) * (0.6 * wide + self._thick * 2)
        x = int(np.clip(away[0] - wide / 2, 2, self._width - wide - 2))
        y = int(np.clip(away[1] - high / 2, 2, self._height - high - 2))
        panel(picture, x, y, wide, high, INK if colour == WHITE else colour, 0.85)
        write(picture, words, x + size / 2, y + high / 2 + 0.36 * size, size, WHITE, BOLD)

    def counter(self, picture: Picture, time_s: float) -> None:
        """How many repetitions are done, at the top left."""
        if not self._analysis.repetitions:
            return
        number = str(self.counted_by(time_s))
        size = round(12 * self._unit)
        margin = round(3 * self._unit)
        label = "rep" if number == "1" else "reps"
        wide = width_of(number, size, HEAVY) + width_of(label, self._text, BOLD) + round(6.5 * self._unit)
        high = round(15 * self._unit)
        panel(picture, margin, margin, wide, high)
        base = margin + round(11.8 * self._unit)
        x = margin + round(2.5 * self._unit)
        write(picture, number, x, base, size, WHITE, HEAVY)
        x += width_of(number, size, HEAVY) + round(1.5 * self._unit)
        write(picture, label, x, base, self._text, GREY, BOLD)

    def timeline(self, picture: Picture, time_s: float) -> None:
        """The set along the lower edge: its repetitions, faults in their colour, and where the video is."""
        high = max(4, round(1.1 * self._unit))
        top = self._height - high
        panel(picture, 0, top - 1, self._width, high + 1, INK, 0.8)
        for number, repetition in enumerate(self._analysis.repetitions, 1):
            left, right = (round(at / self._length_s * self._width) for at in (repetition.start_s, repetition.end_s))
            cv2.rectangle(picture, (left + 1, top), (right - 1, self._height), self.verdict(number), -1)
        now = round(min(time_s / self._length_s, 1) * self._width)
        cv2.rectangle(picture, (now - 1, top - high), (now + 1, self._height), WHITE, -1)

    def verdict(self, number: int) -> Colour:
        """The colour of a repetition: that of its gravest cue, green without one, grey where it does not count."""
        if not self._analysis.repetitions[number - 1].counted:
            return FAR
        found = {cue.severity for cue in self._analysis.cues if cue.rep == number}
        return next((COLOURS[severity] for severity in ORDER[:2] if severity in found), GOOD)

    def advice(self, picture: Picture, cues: Sequence[Cue]) -> None:
        """What to do better, one below the other in the free corner."""
        margin, inset = round(3 * self._unit), round(2.6 * self._unit)
        widest = min(round(0.62 * self._width), round(110 * self._unit))
        step, head_step = round(1.35 * self._text), round(1.3 * self._small)
        cards = []
        for cue in cues:
            head = f"Rep {cue.rep}" if cue.rep else "The set"
            lines = wrapped(cue.message, widest - 3 * inset, self._text)
            words = max(width_of(head, self._small, BOLD), *(width_of(line, self._text) for line in lines))
            cards.append((cue, head, lines, words + 3 * inset, round(1.4 * inset) + head_step + step * len(lines)))
        gap = round(1.2 * self._unit)
        total = sum(card[-1] + gap for card in cards) - gap
        top = margin if self._top else self._height - round(5 * self._unit) - total
        for cue, head, lines, wide, high in cards:
            left = self._width - margin - wide if self._right else margin
            panel(picture, left, top, wide, high, INK, 0.8)
            bar = left + inset // 2, top + inset // 2
            end = bar[0] + max(3, round(0.8 * self._unit)), top + high - inset // 2
            cv2.rectangle(picture, bar, end, COLOURS[cue.severity], -1)
            x, y = left + round(1.6 * inset), top + 0.55 * inset
            write(picture, head, x, y + self._small, self._small, HEADS.get(cue.severity, GREY), BOLD)
            for number, line in enumerate(lines, 1):
                write(picture, line, x, y + head_step + step * number - 0.3 * self._text, self._text, WHITE)
            top += high + gap
