"""Rules against numbers: the cues of a set, and what could not be judged in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from analysis.core.body import Body
from analysis.core.metrics import METRICS, Measure
from analysis.core.phases import Lift
from analysis.core.results import SEVERITIES, Cue, Evidence, NotJudged, Severity, View
from analysis.core.rubrics import EVERY_REPETITION, EVERY_SET
from analysis.core.rules import Rubric, Rule

Measures = Mapping[str, Measure]

VIEW_WORDS: Final = {
    View.SIDE: "from the side",
    View.FRONT: "from the front",
    View.REAR: "from behind",
    View.THREE_QUARTER: "at an angle",
}
TURNED: Final = "The camera's view changes within the repetition."
HIDDEN: Final = "The joints it needs were not seen clearly enough."
NO_RUBRIC: Final = NotJudged("no_rubric", "The form of this exercise is not judged yet; repetitions and tempo are.")
VIEW_UNSUITABLE: Final = "view_unsuitable"
NOTHING_COUNTED: Final = NotJudged("no_repetitions", "No repetition of this exercise was found in the video.")
NO_HOLD: Final = NotJudged("no_hold", "No held position of this exercise was found in the video.")


@dataclass(frozen=True, slots=True)
class Filmed:
    """A repetition as it was filmed: its phases, from where, and what was measured in it."""

    lift: Lift
    view: View | None
    measures: Measures
    counted: bool


def film(body: Body, lift: Lift, counted: bool, rubric: Rubric | None, own: Measures) -> Filmed:
    """Measure what the rubric asks for, where it means something in this view; `own` is what every repetition has."""
    view = body.view(lift.reach)
    rules = rubric.rules if rubric else ()
    names = dict.fromkeys(name for rule in rules for name in (rule.metric, *(one.metric for one in rule.unless)))
    metrics = (METRICS[name] for name in names if name in METRICS)
    found = {one.name: one.read(body, lift) for one in metrics if view in one.views}
    measures = {name: measure for name, measure in found.items() if measure}
    return Filmed(lift, view, {**own, **measures}, bool(counted))


def judge(filmed: Sequence[Filmed], set_measures: Measures, rubric: Rubric | None) -> tuple[list[Cue], list[NotJudged]]:
    """The cues, the worst first and then by time, and what is not judged. A repetition has one cue of a code at most;
    one that is not counted has none."""
    cues: list[Cue] = []
    silent: dict[str, NotJudged] = {}
    counted = [(number, one) for number, one in enumerate(filmed, 1) if one.counted]
    for rule in (*(rubric.rules if rubric else ()), *EVERY_REPETITION):
        reasons: Counter[str] = Counter()
        for number, one in counted:
            reason = unjudged(rule, one)
            if reason:
                reasons[reason] += 1
            elif cue := heed(rule, one, number):
                cues.append(cue)
        if reasons and rule not in EVERY_REPETITION:
            why = reasons.most_common(1)[0][0]
            missed = sum(reasons.values())
            where = "" if missed == len(counted) else f"In {missed} of {len(counted)} repetitions: "
            silent.setdefault(rule.code, NotJudged(rule.code, where + why))
    for rule in EVERY_SET:
        measure = set_measures.get(rule.metric)
        severity = rule.severity(measure.value, View.SIDE) if measure else None
        if measure and severity:
            cues.append(make_cue(rule, measure, severity, None))
    if rubric and counted and (wanted := _better_view(rubric, [one for _, one in counted])):
        silent = {VIEW_UNSUITABLE: NotJudged(VIEW_UNSUITABLE, wanted)} | silent
    if rubric:
        silent |= {code: NotJudged(code, why) for code, why in rubric.unseen.items()}
    else:
        silent[NO_RUBRIC.code] = NO_RUBRIC
    if not counted:
        silent[NOTHING_COUNTED.code] = NOTHING_COUNTED
    return _worst_first(cues), list(silent.values())


def _better_view(rubric: Rubric, counted: list[Filmed]) -> str:
    """What to do when this rubric judges nothing from where it was filmed; empty when it judges something."""
    if any(one.view in rule.views for one in counted for rule in rubric.rules):
        return ""
    views = Counter(view for rule in rubric.rules for view in rule.views)
    return f"Nothing of the form can be judged from here: film the next set {VIEW_WORDS[views.most_common(1)[0][0]]}."


def unjudged(rule: Rule, one: Filmed) -> str:
    """Why a rule says nothing about a repetition; empty when it does say something."""
    if one.view is None:
        return TURNED
    if one.view not in rule.views:
        wanted = " or ".join(VIEW_WORDS[view] for view in rule.views)
        return f"It is judged {wanted}; this was filmed {VIEW_WORDS[one.view]}."
    return "" if rule.metric in one.measures else HIDDEN


def heed(rule: Rule, one: Filmed, number: int | None) -> Cue | None:
    """The cue of a rule for a repetition that it can judge; None when that was good."""
    measure = one.measures[rule.metric]
    severity = rule.severity(measure.value, one.view) if one.view else None
    kept = any(limit.kept(one.measures[limit.metric].value) for limit in rule.unless if limit.metric in one.measures)
    return make_cue(rule, measure, severity, number) if severity and not kept else None


def make_cue(rule: Rule, measure: Measure, severity: Severity, number: int | None) -> Cue:
    """The cue of a rule for a value, in a repetition or (None) in the set."""
    return Cue(
        code=rule.code,
        message=rule.message,
        severity=severity,
        rep=number,
        time_s=measure.time_s,
        evidence=Evidence(rule.metric, measure.value, rule.threshold, rule.source),
        confidence=min(1.0, measure.confidence) * rule.trust,
    )


def _worst_first(cues: list[Cue]) -> list[Cue]:
    ordered = sorted(cues, key=lambda cue: (-SEVERITIES.index(cue.severity), cue.time_s))
    kept: dict[tuple[str, int | None], Cue] = {}
    for cue in ordered:
        kept.setdefault((cue.code, cue.rep), cue)
    return list(kept.values())


def relative(filmed: Sequence[Filmed], least: int = 3) -> list[Filmed]:
    """The repetitions with what is measured against the others of the set seen from the same side: `range_ratio` to the
    median of three or more, `knee_gap_loss_ratio` to the best."""
    peers: dict[View | None, list[Measures]] = {}
    for one in filmed:
        if one.counted:
            peers.setdefault(one.view, []).append(one.measures)
    return [_against(one, peers.get(one.view, []), least) for one in filmed]


def _against(one: Filmed, others: list[Measures], least: int) -> Filmed:
    added: dict[str, Measure] = {}
    ranges = [measures["range_share"].value for measures in others if "range_share" in measures]
    if "range_share" in one.measures and len(ranges) >= least:
        own = one.measures["range_share"]
        added["range_ratio"] = Measure(own.value / float(np.median(ranges)), own.time_s, own.confidence)
    gaps = [measures["knee_gap_ratio"].value for measures in others if "knee_gap_ratio" in measures]
    if "knee_gap_ratio" in one.measures and gaps:
        own = one.measures["knee_gap_ratio"]
        added["knee_gap_loss_ratio"] = Measure(1 - own.value / max(gaps), own.time_s, own.confidence)
    return Filmed(one.lift, one.view, {**one.measures, **added}, one.counted)
