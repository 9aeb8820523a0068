"""A template's page."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from exercises.models import Exercise
from templates_app.admin.page import ExerciseLine, Number, page_of
from templates_app.models import Template, TemplateVersion
from templates_app.operations.enrolments import leave_template, start_template
from templates_app.operations.templates import create_template, delete_template, revert_template, update_template
from tests.cast import actor_of
from tests.templates_app.plans import Json, day, entry, template, working

URL = "/admin/templates_app/template"


def test_the_plan_as_a_grid(plan: Template, bench: Exercise, row: Exercise, plank: Exercise) -> None:
    page = page_of(plan, None)
    assert [(week.label, [(day.name, day.minutes) for day in week.days]) for week in page.weeks] == [
        ("Weeks 1–2", [("Push", 11), ("Pull", 8)]),
        ("Week 3", [("Pull", 8)]),
    ]
    push, pull = page.weeks[0].days
    assert push.exercises == (
        ExerciseLine(
            exercise_id=str(bench.pk),
            name="Bench Press",
            superset="",
            sets=(("1 × 5 @ 50 % of 1RM", "warm-up"), ("2 × 8–12 @ 60 kg", "")),
            rest="2 min",
            progression="double by 2.5 kg",
            substitutes="Barbell Row",
        ),
    )
    assert [(line.superset, line.name, line.sets, line.rest) for line in pull.exercises] == [
        ("1", "Barbell Row", (("1 × 8 @ 60 kg", ""),), "90 s"),
        ("1", "Plank", (("1 × 45 s", ""),), ""),
    ]
    assert page.columns == 2


def test_its_figures(plan: Template, athlete: User, stranger: User) -> None:
    start_template(actor_of(athlete), plan.pk)
    leave_template(actor_of(athlete), plan.pk)
    start_template(actor_of(athlete), plan.pk)
    assert page_of(plan, None).numbers == (
        Number("Weeks", "3", "then anew"),
        Number("Days a week", "1–2"),
        Number("A session", "8–11 min", "as estimated"),
        Number("Sets a week", "2–5", "warm-ups included"),
        Number("Exercises", "3"),
        Number("Train by it", "1", "2 ever began"),
    )


def test_versions_say_what_they_changed(plan: Template, athlete: User) -> None:
    ada = actor_of(athlete)
    weeks = TemplateVersion.objects.get().tree
    weeks[0]["days"][0]["exercises"][0]["sets"][1]["reps"] = 6
    update_template(ada, plan.pk, {"weeks": weeks})
    update_template(ada, plan.pk, {"name": "Other"})
    plan = revert_template(ada, plan.pk, 1)
    page = page_of(plan, None)
    assert [(one.number, one.note, one.by, one.changes, one.shown) for one in page.versions] == [
        (
            4,
            "Back to version 1",
            "Ada Athlete",
            ("Name Other → Push and pull", "Week 1, Push, Bench Press: set 2 reps 6 → 8"),
            True,
        ),
        (3, "", "Ada Athlete", ("Name Push and pull → Other",), False),
        (2, "", "Ada Athlete", ("Week 1, Push, Bench Press: set 2 reps 8 → 6",), False),
        (1, "", "Ada Athlete", (), False),
    ]
    old = page_of(plan, 2)
    assert (old.version.number, old.is_current, old.weeks[0].label, page.is_current) == (2, False, "Week 1", True)
    assert page_of(plan, 99).version.number == 4


def test_a_long_history_shows_its_end_and_what_is_asked_for(plan: Template, athlete: User) -> None:
    for number in range(14):
        plan = update_template(actor_of(athlete), plan.pk, {"name": f"Plan {number}"})
    page = page_of(plan, 2)
    assert [one.number for one in page.versions] == list(range(15, 5, -1))
    assert page.versions[-1].changes == ("Name Plan 3 → Plan 4",)
    assert page.version.number == 2


def test_what_the_planner_said(athlete: User, body: Json) -> None:
    said = {"explanation": [{"code": "a", "text": "Twice a week."}], "trade_offs": [{"code": "b", "text": "4 of 8."}]}
    plan = create_template(actor_of(athlete), body, source="generated", generation=said)
    plan = update_template(actor_of(athlete), plan.pk, {"name": "Other"})
    page = page_of(plan, None)
    assert (page.generated, page.explanation, page.trade_offs) == (1, ("Twice a week.",), ("4 of 8.",))


def test_who_trains_by_it(plan: Template, athlete: User, stranger: User) -> None:
    update_template(actor_of(athlete), plan.pk, {"visibility": "public"})
    start_template(actor_of(athlete), plan.pk)
    start_template(actor_of(stranger), plan.pk, week=3, round=2)
    leave_template(actor_of(stranger), plan.pk)
    people = [(one.name, one.version, one.place, one.status) for one in page_of(plan, None).people]
    assert people == [("Sam Stranger", 1, "week 3, round 2", "Left"), ("Ada Athlete", 1, "week 1, round 1", "Active")]


def test_it_opens_and_shows_text_as_text(plan: Template, desk: Client, athlete: User) -> None:
    delete_template(actor_of(athlete), plan.pk)
    answer = desk.get(f"{URL}/{plan.pk}/change/?version=x")
    assert answer.status_code == 200
    shown = answer.content.decode()
    assert "Slow and &lt;b&gt;steady&lt;/b&gt;" in shown
    for text in ("Weeks 1–2", "2 × 8–12 @ 60 kg", "rest 2 min · double by 2.5 kg", "Bring back", "<svg"):
        assert text in shown
    assert 'href="/admin/exercises/exercise/' in shown


@pytest.mark.parametrize("count", [1, 3])
def test_it_costs_a_constant_number_of_statements(
    athlete: User, bench: Exercise, row: Exercise, django_assert_num_queries: Any, count: int
) -> None:
    ada = actor_of(athlete)
    weeks = [[day("A", entry(bench), *[entry(row, *[working()] * count)] * count)] * count] * count
    plan = create_template(ada, template(*weeks))
    for number in range(count):
        plan = update_template(ada, plan.pk, {"name": f"Plan {number}"})
    start_template(ada, plan.pk)
    with django_assert_num_queries(4):  # versions, exercises, enrolments counted, the latest of them
        page_of(plan, None)
