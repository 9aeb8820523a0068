"""A plan in the admin, in a real browser: the grid, the drawing, the versions."""

from typing import Any

import pytest

from accounts.models import User
from exercises.models import Exercise
from fitai.common.actors import Actor
from templates_app.operations.enrolments import start_template
from templates_app.operations.templates import create_template, update_template
from templates_app.planner import History, PlanRequest, plan
from templates_app.planner.catalogue import CatalogueExercise
from templates_app.rows import read_known
from tests.browser.conftest import Visitor
from tests.browser.test_admin import missing
from tests.cast import make_person

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
TEMPLATES = "/admin/templates_app/template/"


@pytest.fixture
def gym(library: dict[str, Exercise]) -> dict[str, Any]:
    """Ada's plan from the planner, which she has changed and her friend trains by."""
    ada, noor = make_person("ada", display_name="Ada Athlete"), make_person("noor", display_name="Noor Haddad")
    actor = Actor(user_id=ada.pk, email_verified=True)
    known = read_known(actor, [str(exercise.pk) for exercise in library.values()])
    catalogue: list[CatalogueExercise] = [one.exercise for one in known.values()]
    equipment = frozenset(word for one in catalogue for word in one.equipment)
    asked = PlanRequest("hypertrophy", "intermediate", 4, 60, 5, equipment=equipment)
    proposal = plan(asked, catalogue, History())
    assert proposal.plan is not None
    said = {
        "explanation": [one.to_json() for one in proposal.explanation],
        "trade_offs": [one.to_json() for one in proposal.trade_offs],
    }
    body = {
        "name": "Upper and lower",
        "goal": "hypertrophy",
        "level": "intermediate",
        "tags": ["gym"],
        "visibility": "public",
        "weeks": proposal.plan.to_json(),
    }
    template = create_template(actor, body, source="generated", generation=said)
    weeks = body["weeks"]
    weeks[0]["days"][0]["exercises"][0]["sets"][-1]["rest_seconds"] = 240  # type: ignore[index]
    weeks[1]["days"][0]["exercises"].pop()  # type: ignore[index]
    update_template(actor, template.pk, {"weeks": weeks})
    update_template(actor, template.pk, {"name": "Upper, lower, twice"})
    start_template(Actor(user_id=noor.pk), template.pk, week=2)
    return {"template": template, "days": [day.name for _, day in proposal.plan.days()][:4]}


def test_a_plan_is_found_and_read(visitor: Visitor, operator: User, gym: dict[str, Any]) -> None:
    visitor.log_in("olga")
    visitor.choose("Templates")
    assert [row[:3] for row in visitor.rows()] == [
        ["Upper, lower, twice", "Ada Athlete @ada", "Hypertrophy, intermediate"]
    ]
    visitor.picture("templates")
    visitor.page.click("#result_list >> text=Upper, lower, twice")
    visitor.settle()
    seen = [
        *("Ada Athlete", "GENERATED", "PUBLIC", "Week 1", *gym["days"], "Weekly sets a muscle", "Chest"),
        *("Why it is so", "as the planner said of version 1", "What could not be reached"),
        *("version 3 of 3", "1 ever began", "Name Upper and lower → Upper, lower, twice", "rest", "removed"),
        *("Noor Haddad", "week 2, round 1"),
    ]
    assert missing(visitor.reads(), *seen) == []
    visitor.picture("template")
    visitor.page.locator(".fit-chart").scroll_into_view_if_needed()
    visitor.picture("template-volume")
    visitor.page.locator("#versions").scroll_into_view_if_needed()
    visitor.picture("template-versions")
    visitor.page.click("#versions a[href='?version=1']")
    visitor.settle()
    assert missing(visitor.reads(), "version 1 of 3", "OLD VERSION") == []

    visitor.page.emulate_media(color_scheme="dark")
    visitor.page.set_viewport_size({"width": 390, "height": 844})
    visitor.go(f"{TEMPLATES}{gym['template'].pk}/change/")
    assert visitor.page.evaluate("document.documentElement.scrollWidth") <= 390
    visitor.picture("template-phone")

    visitor.page.set_viewport_size({"width": 1280, "height": 800})
    visitor.page.click("text=Delete")
    visitor.settle()
    visitor.page.click("#main form button[type=submit]")
    visitor.settle()
    assert missing(visitor.reads(), "1 template deleted.", "DELETED", "Bring back") == []
    assert visitor.complaints == []
