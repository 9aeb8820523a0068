"""Cues from numbers, and silence where nothing can be said."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analysis.core.judging import HIDDEN, NO_RUBRIC, NOTHING_COUNTED, TURNED, Filmed, judge, relative
from analysis.core.metrics import Measure
from analysis.core.phases import still
from analysis.core.results import Cue, Evidence, NotJudged, Severity, View
from analysis.core.rubrics import RUBRICS
from analysis.core.rules import Limit, Rubric, Rule, Side

DEPTH = Rule(
    "depth",
    "knee_angle_deg",
    Side.AT_MOST,
    {Severity.MINOR: 90.0, Severity.MAJOR: 110.0},
    {View.SIDE: 0.0},
    "Go deeper.",
    "the rules",
    (Limit("hip_depth_ratio", Side.AT_LEAST, -0.1),),
)
LEAN = Rule("lean", "trunk_lean_deg", Side.AT_MOST, {Severity.MINOR: 20.0}, {View.SIDE: 0.0}, "Up.", trust=0.5)
RUBRIC = Rubric("squat", 7, "knee", (DEPTH, LEAN), {"heel_lift": "Heels are not seen."})


def shown(view: View | None = View.SIDE, counted: bool = True, at: float = 1.0, **values: float) -> Filmed:
    measures = {name: Measure(value, at, 0.9) for name, value in values.items()}
    return Filmed(still(at - 1, at + 1, slice(0, 1)), view, measures, counted)


def good(*, knee_angle_deg: float = 80.0, trunk_lean_deg: float = 10.0, hip_depth_ratio: float = -0.4) -> Filmed:
    return shown(knee_angle_deg=knee_angle_deg, trunk_lean_deg=trunk_lean_deg, hip_depth_ratio=hip_depth_ratio)


def codes(filmed: list[Filmed], rubric: Rubric | None = RUBRIC) -> list[tuple[str, str, int | None]]:
    return [(cue.code, cue.severity.value, cue.rep) for cue in judge(filmed, {}, rubric)[0]]


def test_a_cue_says_what_when_and_why() -> None:
    cues, silent = judge([good(), shown(at=4.2, knee_angle_deg=118.4, trunk_lean_deg=10)], {}, RUBRIC)
    assert cues == [
        Cue(
            "depth",
            "Go deeper.",
            Severity.MAJOR,
            2,
            4.2,
            Evidence("knee_angle_deg", 118.4, 90.0, "the rules"),
            0.9,
        )
    ]
    assert silent == [NotJudged("heel_lift", "Heels are not seen.")]


def test_the_worst_comes_first_and_then_what_comes_first() -> None:
    late = shown(at=9.0, knee_angle_deg=120, trunk_lean_deg=30)
    assert codes([shown(at=5.0, knee_angle_deg=95, trunk_lean_deg=10), late, good()]) == [
        ("depth", "major", 2),
        ("depth", "minor", 1),
        ("lean", "minor", 2),
    ]


def test_an_experimental_rule_is_less_sure() -> None:
    (cue,) = judge([good(trunk_lean_deg=30)], {}, RUBRIC)[0]
    assert (cue.code, cue.confidence) == ("lean", pytest.approx(0.45))


def test_the_other_way_of_being_good() -> None:
    assert codes([good(knee_angle_deg=120, hip_depth_ratio=-0.05)]) == []
    assert codes([good(knee_angle_deg=120, hip_depth_ratio=-0.15)]) == [("depth", "major", 1)]


def test_a_repetition_that_does_not_count_is_not_blamed() -> None:
    assert codes([shown(counted=False, knee_angle_deg=150, trunk_lean_deg=90), good()]) == []


def test_one_cue_of_a_code_in_a_repetition() -> None:
    again = replace(DEPTH, metric="trunk_lean_deg", bands={Severity.MINOR: 5.0}, unless=())
    rubric = replace(RUBRIC, rules=(again, DEPTH))
    assert codes([good(knee_angle_deg=120)], rubric) == [("depth", "major", 1)]


@pytest.mark.parametrize(
    ("filmed", "why"),
    [
        pytest.param(
            [shown(View.FRONT, knee_angle_deg=150.0)],
            "It is judged from the side; this was filmed from the front.",
            id="the wrong view",
        ),
        pytest.param([shown(None, knee_angle_deg=150.0)], TURNED, id="a view that changes"),
        pytest.param([shown(trunk_lean_deg=10.0)], HIDDEN, id="a joint not seen"),
        pytest.param(
            [good(), shown(View.REAR), good()],
            "In 1 of 3 repetitions: It is judged from the side; this was filmed from behind.",
            id="only in some",
        ),
    ],
)
def test_silence_gives_its_reason(filmed: list[Filmed], why: str) -> None:
    cues, silent = judge(filmed, {}, RUBRIC)
    assert [cue.code for cue in cues] == []
    assert {one.code: one.why for one in silent}["depth"] == why


def test_nothing_judged_from_here_says_where_to_stand() -> None:
    _, silent = judge([shown(View.REAR), shown(View.REAR)], {}, RUBRIC)
    assert silent[0] == NotJudged(
        "view_unsuitable", "Nothing of the form can be judged from here: film the next set from the side."
    )
    assert [one.code for one in silent] == ["view_unsuitable", "depth", "lean", "heel_lift"]


def test_without_a_rubric_or_a_repetition() -> None:
    assert judge([good()], {}, None) == ([], [NO_RUBRIC])
    assert judge([], {}, None) == ([], [NO_RUBRIC, NOTHING_COUNTED])
    assert [one.code for one in judge([], {}, RUBRIC)[1]] == ["heel_lift", "no_repetitions"]


def test_a_short_repetition_among_others_is_noted() -> None:
    filmed = relative([shown(range_share=share) for share in (1.0, 1.1, 0.7, 1.0)])
    assert [one.measures["range_ratio"].value for one in filmed] == pytest.approx([1.0, 1.1, 0.7, 1.0])
    assert codes(filmed, None) == [("short_range", "info", 3)]


def test_two_repetitions_have_no_usual_range() -> None:
    filmed = relative([shown(range_share=1.0), shown(range_share=0.5), shown(View.FRONT, range_share=0.4)])
    assert [sorted(one.measures) for one in filmed] == [["range_share"]] * 3


def test_knees_are_compared_with_the_best_of_the_set() -> None:
    filmed = relative([shown(View.FRONT, knee_gap_ratio=gap) for gap in (0.95, 1.0, 0.8)])
    assert [one.measures["knee_gap_loss_ratio"].value for one in filmed] == pytest.approx([0.05, 0.0, 0.2])
    assert codes(filmed, RUBRICS["squat"]) == [("knees_in", "minor", 3)]


def test_a_trend_of_the_set_belongs_to_no_repetition() -> None:
    slower = {"velocity_loss_ratio": Measure(0.31, 8.0, 0.9)}
    (cue,) = judge([good()], slower, RUBRIC)[0]
    assert (cue.code, cue.severity, cue.rep, cue.time_s) == ("slowing", Severity.INFO, None, 8.0)
