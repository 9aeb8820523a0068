"""A moderator's morning, in a real browser: three cases one after the other, and an edit taken back."""

from typing import Any

import pytest
from django.urls import reverse

from accounts.enums import Role
from accounts.models import Notification, User
from exercises.models import Exercise
from exercises.operations.exercises import create_exercise, submit_exercise, update_exercise
from fitai.common.actors import Actor
from tests.browser.conftest import Visitor
from tests.browser.test_admin import missing
from tests.cast import make_person

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
QUEUE = "/admin/exercises/submission/"
ROW = {
    "name": "Barbell Row",
    "slug": "barbell-row",
    "status": "approved",
    "primary_muscles": ["upper_back"],
    "equipment": ["barbell"],
    "kind": "strength",
    "pattern": "horizontal_pull",
    "mechanic": "compound",
    "force": "pull",
    "instructions": [
        "Bend at the hips until your back is nearly level with the floor.",
        "Pull the bar to the lower half of your ribs.",
        "Lower it until your arms are straight.",
    ],
    "mistakes": ["Jerking the bar up with the hips."],
}


@pytest.fixture
def morning(transactional_db: None) -> dict[str, Exercise]:
    """What came in overnight: a good exercise, a bad one, and an edit."""
    ada, sam = make_person("ada", display_name="Ada Athlete"), make_person("sam", display_name="Sam Stranger")
    make_person("moritz", display_name="Mo Moderator", role=Role.MODERATOR, is_staff=True)
    row = Exercise.objects.create(**ROW)

    def offer(person: User, **values: Any) -> Exercise:
        actor = Actor(user_id=person.pk, email_verified=True)
        said = {"primary_muscles": ["chest"], "equipment": ["dumbbell"], "kind": "strength", **values}
        return submit_exercise(actor, create_exercise(actor, said).pk)

    steps = ["Lie on the floor, a dumbbell in each hand.", "Press both up until your arms are straight."]
    floor = offer(ada, name="Floor Press", instructions=steps)
    curl = offer(sam, name="Speed Curl", instructions=["Swing it up.", "More on www.getbig.example!"])
    edit = {
        "instructions": [
            *ROW["instructions"][:2],
            "Lower it slowly until your arms are straight.",
            "See gym.example.com",
        ],
        "difficulty": "intermediate",
        "note": "People in our gym kept dropping the bar.",
    }
    update_exercise(Actor(user_id=ada.pk, email_verified=True), row.pk, edit)
    return {"row": row, "floor": floor, "curl": curl}


def test_three_cases_are_decided_and_an_edit_is_taken_back(visitor: Visitor, morning: dict[str, Exercise]) -> None:
    page = visitor.page
    visitor.log_in("moritz")
    visitor.choose("Awaiting review")
    assert page.locator(".fit-case-link").all_inner_texts() == ["Floor Press", "Speed Curl", "Barbell Row"]
    assert missing(visitor.reads(), "3 cases, the oldest first", "NEW EXERCISE", "EDIT", "Ada Athlete") == []

    page.click("text=Floor Press")
    visitor.settle()
    assert missing(visitor.reads(), "1 of 3", "Press both up", "Nothing says what commonly goes wrong.") == []
    page.keyboard.press("a")
    page.keyboard.press("Enter")
    visitor.settle()
    assert missing(visitor.reads(), "Approved: Floor Press. 2 left to review.", "Speed Curl", "1 of 2") == []

    page.keyboard.press("j")  # the next, and back
    visitor.settle()
    page.keyboard.press("k")
    visitor.settle()
    page.click(".fit-reject")
    visitor.settle()
    assert missing(visitor.reads(), "Say why, so that its author can do better.", "Speed Curl") == []
    page.keyboard.press("r")
    page.keyboard.press("l")  # "Links, addresses and advertising ..."
    page.fill("#id_reason", "And no swinging, please.")
    page.click(".fit-reject")
    visitor.settle()
    assert missing(visitor.reads(), "Rejected: Speed Curl. 1 left to review.", "Barbell Row") == []
    told = Notification.objects.get(user__username="sam").params["reason"]
    assert told == "Links, addresses and advertising have no place in an exercise.\nAnd no swinging, please."

    seen = ["People in our gym kept dropping the bar.", "Now", "Proposed", "Lower it slowly", "Intermediate", "ERROR"]
    assert missing(visitor.reads(), *seen) == []
    assert page.locator("ins").all_inner_texts()[0].strip() == "slowly"
    assert "Jerking the bar" not in visitor.reads()  # what stays is folded away
    page.click("summary")
    assert missing(visitor.reads(), "Jerking the bar up with the hips.") == []
    page.click("summary")
    visitor.picture("moderation")
    page.click(".fit-approve")
    visitor.settle()
    assert missing(visitor.reads(), "Nothing left to review.", "Nothing awaits review.") == []

    row = morning["row"]
    visitor.go(reverse("admin:exercises_exercise_change", args=[row.pk]))
    page.click("#tabs-items >> text=History")
    assert missing(visitor.reads(), "Version 2", "by Ada Athlete through a proposal", "Lower it slowly") == []
    page.click("text=Revert to this version")
    visitor.settle()
    assert missing(visitor.reads(), "Revert to version 1?", "Barbell Row") == []
    page.click("#main form button")
    visitor.settle()
    assert missing(visitor.reads(), "Barbell Row is back to version 1.") == []
    page.click("#tabs-items >> text=Decisions")
    assert missing(visitor.reads(), "REVERTED", "APPROVED", "Mo Moderator") == []
    row.refresh_from_db()
    assert (row.instructions, row.difficulty, row.version) == (ROW["instructions"], "beginner", 3)
    statuses = {one.name: one.status for one in Exercise.objects.all()}
    assert statuses == {"Barbell Row": "approved", "Floor Press": "approved", "Speed Curl": "rejected"}
    assert visitor.complaints == []


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_no_page_is_too_wide(visitor: Visitor, morning: dict[str, Exercise], scheme: str, width: int) -> None:
    visitor.page.emulate_media(color_scheme=scheme)
    visitor.page.set_viewport_size({"width": width, "height": 800})
    visitor.log_in("moritz")
    visitor.go(QUEUE)
    cases = [link.get_attribute("href") for link in visitor.page.locator(".fit-case-link").all()]
    exercise = reverse("admin:exercises_exercise_change", args=[morning["row"].pk])
    tabs = [f"{exercise}#dataset-{tab}" for tab in ("exerciseevent", "decision")]
    acts = [exercise.replace("change", act) for act in ("archive", "revert/1")]
    lists = ["/admin/exercises/decision/", "/admin/exercises/proposal/"]
    for path in [QUEUE, *cases, *tabs, *acts, *lists]:
        visitor.page.goto("about:blank")
        visitor.go(path)
        wide = visitor.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wide <= 0, f"{path} is {wide} pixels too wide"
    assert visitor.complaints == []
