"""The one way in: from everybody's keypoints to all that a filmed set says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analysis.core import summary
from analysis.core.body import JOINT_ANGLES, Body
from analysis.core.counting import Count, count
from analysis.core.holding import holds, judge_holds
from analysis.core.judging import Filmed, film, judge, relative
from analysis.core.metrics import hip_offset
from analysis.core.phases import lifts
from analysis.core.pose import SEEN, Detections, Repetition, Track
from analysis.core.results import (
    JudgedRepetition,
    NotJudged,
    Person,
    Series,
    SetAnalysis,
    Severity,
    Shot,
    Unseen,
    View,
)
from analysis.core.rubrics import RUBRICS
from analysis.core.rules import Rubric
from analysis.core.signals import PROFILES, Concentric
from analysis.core.smoothing import steady
from analysis.core.tracking import link, subject
from analysis.core.views import SQUARE

NOBODY: Final = NotJudged("no_person", "Nobody was found in the video.")
NO_SUCH_PERSON: Final = NotJudged("no_such_person", "There is no such person in the video; pick one of `people`.")
SHOWN_S: Final = 1.0
"""Somebody seen for less time than this is not offered as a person to pick."""
HIDDEN_S: Final = 0.5
TRUNK: Final = ("shoulder", "hip")


def analyse(
    detections: Detections,
    profile: str | None,
    *,
    view: View | None = None,
    person: int | None = None,
    rubric: Rubric | None = None,
) -> SetAnalysis:
    """Count and judge a filmed set of an exercise (its `form_profile`; None counts by what moves most regularly).

    `view` is stated by the caller or told from the picture; `person` is a number out of an earlier result's `people`,
    else the most active one is taken; `rubric` replaces the built-in one of the profile. That nobody was seen and that
    nothing was counted are results, not errors.
    """
    tracks = link(detections)
    duration_s = float(detections.times[-1]) if len(detections.times) else 0.0
    if not tracks or (person is not None and not 0 <= person < len(tracks)):
        return SetAnalysis(
            profile,
            not_judged=(NO_SUCH_PERSON if tracks else NOBODY,),
            visibility=() if tracks else (Unseen(0.0, duration_s, NOBODY.why),),
            people=_people(tracks, None),
            duration_s=duration_s,
        )
    track = subject(tracks, person)
    body = Body(steady(track), view)
    rubric = rubric or RUBRICS.get(profile or "")
    found = count(track, profile)
    curve = found.signal.values
    used = PROFILES.get(profile or found.guess or "")
    concentric = used.concentric if used else Concentric.AFTER
    filmed: list[Filmed] = []
    metrics: dict[str, float | str | None]
    if concentric == Concentric.NONE and rubric:
        offset = hip_offset(body).values * 100
        series = Series("Hips below the line from shoulders to ankles", "%", body.times, offset)
        metrics, cues, not_judged = judge_holds(body, holds(body), rubric)
    else:
        series = _series(body, found, rubric)
        for one, phases in zip(found.repetitions, lifts(body, curve, found.repetitions, concentric), strict=True):
            own = summary.own_measures(body, curve, series, phases)
            filmed.append(film(body, phases, one.counted, rubric, own))
        filmed = relative(filmed)
        cues, not_judged = judge(filmed, summary.set_measures(filmed), rubric)
        metrics = summary.set_metrics(body, filmed, rubric.angle if rubric else None)
    failed = {cue.rep for cue in cues if cue.severity == Severity.MAJOR}
    return SetAnalysis(
        profile,
        repetitions=tuple(
            JudgedRepetition(
                one.lift.start_s,
                one.lift.extreme_s,
                one.lift.end_s,
                bool(one.counted),
                number not in failed,
                {name: measure.value for name, measure in one.measures.items()},
            )
            for number, one in enumerate(filmed, 1)
        ),
        metrics=metrics,
        cues=tuple(cues),
        not_judged=tuple(not_judged),
        visibility=_visibility(body, rubric),
        view=_view(body, found.repetitions),
        people=_people(tracks, track),
        guess=found.guess,
        confidence=found.confidence,
        rubric_version=rubric.version if rubric else None,
        duration_s=duration_s,
        track=track,
        series=series,
        shots=_shots(body),
        angle=rubric.angle if rubric else None,
    )


def _series(body: Body, found: Count, rubric: Rubric | None) -> Series:
    """The angle that tells a repetition best where it is seen from aside, else what was counted by."""
    if rubric and _view(body, found.repetitions) not in SQUARE:
        signal = body.angle(rubric.angle)
        if signal.enough:
            return Series(f"{rubric.angle.capitalize()} angle", "deg", body.times, signal.values)
    return Series(f"Way to the {found.signal.name}", found.signal.unit, found.signal.times, found.signal.values)


def _shots(body: Body) -> tuple[Shot, ...]:
    return tuple(
        Shot(float(body.times[one.first]), float(body.times[one.last]), one.view, "left" if one.left_near else "right")
        for one in body.spans
    )


def _view(body: Body, repetitions: Sequence[Repetition]) -> View | None:
    """The view of most of the repetitions, or of most of the video where there is none."""
    views = [body.view(body.frames(one.start_s, one.end_s)) for one in repetitions if one.counted]
    known = [view for view in views if view]
    if known:
        return max(sorted(set(known)), key=known.count)
    return max(body.spans, key=lambda span: span.last - span.first).view if body.spans else None


def _people(tracks: list[Track], chosen: Track | None) -> tuple[Person, ...]:
    people = []
    for number, track in enumerate(tracks):
        rows = np.flatnonzero(np.isfinite(track.boxes).all(axis=1))
        if len(rows) and (track is chosen or track.times[rows[-1]] - track.times[rows[0]] >= SHOWN_S):
            x1, y1, x2, y2 = (float(side) for side in track.boxes[rows[0]])
            people.append(Person(number, (x1, y1, x2, y2), float(track.times[rows[0]]), track is chosen))
    return tuple(people)


def _visibility(body: Body, rubric: Rubric | None) -> tuple[Unseen, ...]:
    """Where the person, or the joints that the exercise is judged by, were not seen."""
    away = np.isnan(body.track.boxes[:, 0])
    found = [Unseen(a, b, "Nobody was seen.") for a, b in _stretches(body, away)]
    for joint in JOINT_ANGLES[rubric.angle] if rubric else TRUNK:
        hidden = (body.point(f"near_{joint}")[1] < SEEN) & ~away
        found += [Unseen(a, b, f"The {joint} was not seen clearly.") for a, b in _stretches(body, hidden)]
    return tuple(sorted(found, key=lambda one: one.from_s))


def _stretches(body: Body, hidden: NDArray[np.bool_]) -> list[tuple[float, float]]:
    edges = np.flatnonzero(np.diff(np.concatenate([[False], hidden, [False]]).astype(int)))
    pairs = zip(edges[::2], edges[1::2] - 1, strict=True)
    found = [(float(body.times[first]), float(body.times[last])) for first, last in pairs]
    return [(from_s, to_s) for from_s, to_s in found if to_s - from_s >= HIDDEN_S]
