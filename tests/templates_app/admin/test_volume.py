"""The drawing of weekly sets."""

from typing import Any

import pytest

from accounts.models import User
from exercises.models import Exercise
from templates_app.admin.page import page_of
from templates_app.admin.volume import LABELS, SCALE, Bar, Chart
from templates_app.models import Template
from templates_app.operations.templates import create_template
from tests.cast import actor_of
from tests.templates_app.plans import day, entry, template, working


def chart_of(plan: Template) -> Chart:
    chart = page_of(plan, None).chart
    assert chart is not None
    return chart


def bar(chart: Chart, name: str) -> Bar:
    return next(bar for bar in chart.bars if bar.name == name)


@pytest.fixture
def plan(athlete: User, bench: Exercise) -> Template:
    """Twelve sets for the chest in one week, four in the next."""
    weeks = [[day("A", entry(bench, *[working()] * count)) for _ in range(2)] for count in (6, 2, 2)]
    return create_template(actor_of(athlete), template(*weeks, goal="hypertrophy", level="intermediate"))


def test_a_bar_is_the_range_and_its_dots_the_weeks(plan: Template) -> None:
    chart = chart_of(plan)
    chest = bar(chart, "Chest")
    assert (chest.range, chest.sets) == ("8–18.5", "4–12")
    end = float(chart.lines[-1].label)
    assert (chest.low, chest.width) == (LABELS + 8 / end * SCALE, 10.5 / end * SCALE)
    assert [(dot.x, dot.title, dot.verdict) for dot in chest.dots] == [
        (LABELS + 4 / end * SCALE, "weeks 2, 3: 4 sets", "under"),
        (LABELS + 12 / end * SCALE, "week 1: 12 sets", "within"),
    ]
    assert bar(chart, "Triceps").sets == "2–6"
    assert [line.label for line in chart.lines] == ["0", "5", "10", "15", "20", "25"]


def test_what_the_goal_names_is_there_though_nothing_trains_it(plan: Template) -> None:
    back = bar(chart_of(plan), "Back")
    assert (back.sets, [(dot.title, dot.verdict) for dot in back.dots]) == ("0", [("weeks 1, 2, 3: 0 sets", "under")])


def test_too_much_is_over(athlete: User, bench: Exercise) -> None:
    weeks = [[day("A", entry(bench, *[working()] * 10)) for _ in range(3)]]
    plan = create_template(actor_of(athlete), template(*weeks, goal="hypertrophy", level="beginner"))
    chart = chart_of(plan)
    assert bar(chart, "Chest").dots[0].verdict == "over"
    assert chart.lines[-1].label == "30"


def test_nothing_is_drawn_of_nothing(athlete: User, make_exercise: Any) -> None:
    neck = make_exercise("Serratus Punch", primary_muscles=["serratus"])
    plan = create_template(actor_of(athlete), template([day("A", entry(neck))]))
    assert page_of(plan, None).chart is None


@pytest.mark.parametrize("goal", ["strength", "hypertrophy", "endurance", "power", "general", "fat_loss"])
@pytest.mark.parametrize("level", ["beginner", "intermediate", "advanced"])
def test_every_goal_and_level_has_its_ranges(athlete: User, bench: Exercise, goal: str, level: str) -> None:
    plan = create_template(actor_of(athlete), template([day("A", entry(bench))], goal=goal, level=level))
    assert bar(chart_of(plan), "Chest").width > 0
