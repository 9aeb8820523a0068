"""The chart of a set, read back as XML."""

from __future__ import annotations

import re
from dataclasses import replace
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from analysis.core.chart import COLOURS, svg
from analysis.core.results import Cue, Evidence, JudgedRepetition, Series, SetAnalysis, Severity

SVG = "{http://www.w3.org/2000/svg}"
TIMES = np.linspace(0, 10, 301)
KNEE = Series("Knee angle", "deg", TIMES, 130 + 40 * np.cos(2 * np.pi * TIMES / 5))
EVIDENCE = Evidence("knee_angle_deg", 118.0, 90.0, "the rules")
DEPTH = Cue("depth", "Go deeper.", Severity.MAJOR, 2, 7.5, EVIDENCE, 0.9)
SET = SetAnalysis(
    "squat",
    repetitions=(
        JudgedRepetition(0.5, 2.5, 4.5, True, True, {}),
        JudgedRepetition(5.5, 7.5, 9.5, True, False, {}),
    ),
    cues=(DEPTH,),
    duration_s=10.0,
    series=KNEE,
)


def drawn(analysis: SetAnalysis) -> ET.Element:
    return ET.fromstring(svg(analysis))  # noqa: S314 our own text


def texts(picture: ET.Element) -> list[str]:
    return [text.text or "" for text in picture.iter(f"{SVG}text")]


def test_a_chart_says_what_it_shows() -> None:
    picture = drawn(SET)
    assert picture.attrib["role"] == "img"
    assert picture.findtext(f"{SVG}title") == "Knee angle over 10 seconds: 2 repetitions, 1 cue"
    assert picture.findtext(f"{SVG}desc") == (
        "Repetition 1 from 0.5 to 4.5 s. Repetition 2 from 5.5 to 9.5 s. "
        "At 7.5 seconds, repetition 2, major: Go deeper."
    )


def test_axes_have_units_and_repetitions_numbers() -> None:
    assert texts(drawn(SET)) == [
        "Knee angle",
        *("1", "2"),
        *("80°", "100°", "120°", "140°", "160°", "180°"),
        *("0 s", "1 s", "2 s", "3 s", "4 s", "5 s", "6 s", "7 s", "8 s", "9 s", "10 s"),
        "1 major",
    ]


def test_the_marks_stand_at_their_times() -> None:
    picture = drawn(SET)
    places = [float(circle.attrib["cx"]) for circle in picture.iter(f"{SVG}circle")]
    assert places == pytest.approx([58 + 886 * 0.25, 58 + 886 * 0.75], abs=0.1)
    (mark,) = picture.iter(f"{SVG}g")
    assert mark.findtext(f"{SVG}title") == "Repetition 2, 7.5 s, major: Go deeper."
    corners = mark.find(f"{SVG}polygon")
    assert corners is not None
    assert corners.attrib["fill"] == COLOURS[Severity.MAJOR]
    assert corners.attrib["points"].split(",")[0] == f"{58 + 886 * 0.75:.1f}"


def test_what_does_not_count_is_dashed_and_bracketed() -> None:
    first, second = SET.repetitions
    picture = drawn(replace(SET, repetitions=(first, replace(second, counted=False))))
    assert ["stroke-dasharray" in box.attrib for box in picture.iter(f"{SVG}rect")] == [False, True]
    assert "(2)" in texts(picture)
    assert (picture.findtext(f"{SVG}title") or "").endswith("1 repetition, 1 cue")


def test_a_gap_stays_a_gap() -> None:
    values = np.where((TIMES > 3) & (TIMES < 4), np.nan, KNEE.values)
    (line,) = (path.attrib["d"] for path in drawn(replace(SET, series=replace(KNEE, values=values))).iter(f"{SVG}path"))
    assert len(re.findall("M", line)) == 2
    gap = [float(x) for x in re.findall(r"[ML]([\d.]+) ", line)]
    assert not [x for x in gap if 58 + 886 * 0.301 < x < 58 + 886 * 0.399]


def test_a_long_set_is_thinned_but_keeps_its_shape() -> None:
    times = np.linspace(0, 180, 5401)
    long = Series("Knee angle", "deg", times, 130 + 40 * np.cos(2 * np.pi * times / 5))
    text = svg(replace(SET, series=long, duration_s=180.0))
    assert len(text) < 40_000
    assert texts(ET.fromstring(text))[-4:] == ["140 s", "160 s", "180 s", "1 major"]  # noqa: S314 our own text


def test_cues_at_one_moment_lie_below_each_other() -> None:
    cues = tuple(replace(DEPTH, severity=severity) for severity in Severity)
    marks = list(drawn(replace(SET, cues=cues)).iter(f"{SVG}g"))
    heights = [
        float(shape.attrib["cy"] if "cy" in shape.attrib else shape.attrib["points"].split(",")[1].split()[0])
        for mark in marks
        for shape in mark
        if shape.tag in (f"{SVG}circle", f"{SVG}polygon")
    ]
    assert len({round(height) // 6 for height in heights}) == 3


def test_texts_are_escaped() -> None:
    cue = replace(DEPTH, message='</desc><script>alert("1")</script> & \x00\x1b', rep=None)
    text = svg(replace(SET, cues=(cue,), series=replace(KNEE, name="<b>Knee</b>")))
    assert "<script" not in text
    assert "<b>" not in text
    picture = ET.fromstring(text)  # noqa: S314 our own text
    assert (picture.findtext(f"{SVG}desc") or "").endswith('the set, major: </desc><script>alert("1")</script> & ')


def test_a_chart_stands_alone() -> None:
    """Nothing is fetched, nothing runs, and the page's colour is taken on."""
    text = svg(SET)
    assert not re.search(r"href|url\(|@import|<script|<image|style=", text)
    assert "currentColor" in text


@pytest.mark.parametrize(
    "series",
    [
        pytest.param(Series("", "", np.empty(0), np.empty(0)), id="no series"),
        pytest.param(replace(KNEE, values=np.full(301, np.nan)), id="never seen"),
    ],
)
def test_nothing_to_plot(series: Series) -> None:
    assert "Nothing to plot" in texts(drawn(replace(SET, series=series)))


def test_a_line_that_does_not_move_has_an_axis() -> None:
    picture = drawn(replace(SET, series=replace(KNEE, values=np.full(301, 90.0))))
    (line,) = (path.attrib["d"] for path in picture.iter(f"{SVG}path"))
    assert not re.search("nan|inf", line)


def test_nobody_seen_has_a_chart_too() -> None:
    assert drawn(SetAnalysis("squat")).findtext(f"{SVG}title") == "Movement over 0 seconds: 0 repetitions, 0 cues"
