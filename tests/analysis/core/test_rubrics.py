"""The rubrics as data: that they say what is measured, and survive storage."""

from __future__ import annotations

import json
import re

import pytest

from analysis.core.metrics import METRICS, RELATIVE
from analysis.core.results import SEVERITIES, Severity, View
from analysis.core.rubrics import EVERY_REPETITION, EVERY_SET, RUBRICS
from analysis.core.rules import Limit, Rubric, Rule, Side
from analysis.core.signals import PROFILES

OF_THE_SET = {"velocity_loss_ratio", "hurry_ratio"}
RULES = [pytest.param(rule, id=f"{name}-{rule.code}") for name, one in RUBRICS.items() for rule in one.rules]
ALWAYS = [pytest.param(rule, id=rule.code) for rule in (*EVERY_REPETITION, *EVERY_SET)]
MEDICAL = re.compile(r"injur|pain|danger|harm|heal|spine|disc|herni|safe|risk|doctor", re.I)


@pytest.mark.parametrize("rubric", RUBRICS.values(), ids=RUBRICS.keys())
def test_a_rubric_survives_storage(rubric: Rubric) -> None:
    assert Rubric.from_json(json.loads(json.dumps(rubric.to_json()))) == rubric


def test_every_rubric_is_of_an_exercise_that_is_counted() -> None:
    assert {"squat", "push_up", "curl", "deadlift", "overhead_press", "plank", "lunge"} <= RUBRICS.keys()
    assert {name: rubric.profile for name, rubric in RUBRICS.items()} == {name: name for name in RUBRICS}
    assert RUBRICS.keys() <= PROFILES.keys()


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_judges_what_is_measured_where_it_is_measured(rule: Rule) -> None:
    for name in (rule.metric, *(limit.metric for limit in rule.unless)):
        assert name in METRICS.keys() | RELATIVE
    if rule.metric in METRICS:
        assert rule.views.keys() <= METRICS[rule.metric].views


@pytest.mark.parametrize("rule", RULES + ALWAYS)
def test_a_rule_grows_stricter_and_speaks_kindly(rule: Rule) -> None:
    limits = list(rule.bands.values())
    assert limits == sorted(limits, reverse=rule.side == Side.AT_LEAST)
    assert [one for one in SEVERITIES if one in rule.bands] == list(rule.bands)
    assert rule.source
    assert 0 < rule.trust <= 1
    assert len(rule.message) <= 100
    assert rule.message.endswith(".")
    assert not MEDICAL.search(rule.message)


@pytest.mark.parametrize("rule", ALWAYS)
def test_what_is_judged_everywhere_is_only_information(rule: Rule) -> None:
    assert rule.metric in RELATIVE | OF_THE_SET
    assert list(rule.bands) == [Severity.INFO]
    assert rule.views.keys() == set(View)


def test_a_rule_with_an_unknown_word_is_refused() -> None:
    row = RUBRICS["squat"].to_json()
    with pytest.raises(ValueError, match="behind"):
        Rubric.from_json({**row, "rules": [{**row["rules"][0], "views": {"behind": 0}}]})
    with pytest.raises(ValueError, match="mood"):
        Rubric.from_json({**row, "rules": [{**row["rules"][0], "metric": "mood"}]})
    with pytest.raises(ValueError, match="toe"):
        Rubric.from_json({**row, "angle": "toe"})
    with pytest.raises(KeyError, match="message"):
        Rubric.from_json({**row, "rules": [{k: v for k, v in row["rules"][0].items() if k != "message"}]})


BANDS = {Severity.MINOR: 90.0, Severity.MAJOR: 110.0}


@pytest.mark.parametrize(
    ("side", "value", "view", "severity"),
    [
        pytest.param(Side.AT_MOST, 90, View.SIDE, None, id="on the line is good"),
        pytest.param(Side.AT_MOST, 90.1, View.SIDE, Severity.MINOR, id="a little beyond"),
        pytest.param(Side.AT_MOST, 110, View.SIDE, Severity.MINOR, id="to the end of the band"),
        pytest.param(Side.AT_MOST, 110.1, View.SIDE, Severity.MAJOR, id="and past it"),
        pytest.param(Side.AT_MOST, 119, View.THREE_QUARTER, Severity.MINOR, id="aslant it must be farther"),
        pytest.param(Side.AT_MOST, 120.1, View.THREE_QUARTER, Severity.MAJOR, id="aslant and past that"),
        pytest.param(Side.AT_MOST, 90.1, View.THREE_QUARTER, Severity.MINOR, id="a minor one begins where it does"),
        pytest.param(Side.AT_LEAST, -90, View.SIDE, None, id="at least: on the line"),
        pytest.param(Side.AT_LEAST, -100, View.SIDE, Severity.MINOR, id="at least: a little below"),
        pytest.param(Side.AT_LEAST, -119, View.THREE_QUARTER, Severity.MINOR, id="at least: aslant"),
        pytest.param(Side.AT_LEAST, -121, View.THREE_QUARTER, Severity.MAJOR, id="at least: past it"),
    ],
)
def test_how_bad_a_value_is(side: Side, value: float, view: View, severity: Severity | None) -> None:
    sign = 1 if side == Side.AT_MOST else -1
    bands = {name: sign * limit for name, limit in BANDS.items()}
    rule = Rule("depth", "knee_angle_deg", side, bands, {View.SIDE: 0.0, View.THREE_QUARTER: 10.0}, "Deeper.")
    assert rule.severity(value, view) == severity
    assert rule.threshold == sign * 90.0


def test_a_limit_is_kept_on_its_line() -> None:
    assert [Limit("x", Side.AT_LEAST, -0.1).kept(value) for value in (-0.11, -0.10, 0.0)] == [False, True, True]
    assert [Limit("x", Side.AT_MOST, 2.0).kept(value) for value in (1.9, 2.0, 2.1)] == [True, True, False]
