"""The admin in a real browser: what it shows, what its buttons do, and that nothing complains."""

import math
import random
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from allauth.socialaccount.models import SocialAccount
from django.urls import reverse
from django.utils import timezone
from PIL import Image, ImageDraw

from accounts.enums import NotificationKind, Role
from accounts.models import Block, Friendship, Preferences, PushDevice, User
from accounts.operations.avatars import request_avatar
from accounts.operations.metrics import create_metric
from accounts.operations.notifications import notify
from exercises.models import Exercise
from fitai.common.actors import Actor
from fitai.common.models import Event, Job
from tests.browser.conftest import Diary, Visitor, on
from tests.cast import key_of, let_see, make_person, run_jobs
from workouts.operations.groups import create_group

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
WORKOUTS = "/admin/workouts/workout/"


def measure(person: User, last: datetime) -> None:
    """A year of somebody who loses weight, in pounds and inches."""
    Preferences.objects.filter(user=person).update(weight_unit="lb", height_unit="in")
    dice, actor = random.Random(4), Actor(user_id=person.pk)

    def write(kind: str, days_ago: int, value: float, unit: str) -> None:
        told = {"kind": kind, "value": Decimal(f"{value:.1f}"), "unit": unit}
        create_metric(actor, values={**told, "measured_at": last - timedelta(days=days_ago)})

    for days_ago in range(365):
        gone = (365 - days_ago) / 365
        write("weight", days_ago, 182 - 19 * gone + 2.5 * math.sin(gone * 9) + dice.gauss(0, 1.1), "lb")
        if days_ago % 2 == 0:
            write("sleep", days_ago, max(250, dice.gauss(440, 38)), "min")
            write("resting_heart_rate", days_ago, round(62 - 7 * gone + dice.gauss(0, 1.6)), "bpm")
        if days_ago % 14 == 0:
            write("waist", days_ago, 34 - 3 * gone + dice.gauss(0, 0.2), "in")
            write("body_fat", days_ago, 31 - 6 * gone + dice.gauss(0, 0.4), "percent")


@pytest.fixture
def media_root(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def missing(page: str, *texts: str) -> list[str]:
    """Those of these texts that a reader does not see."""
    return [text for text in texts if text not in page]


def test_a_day_in_the_gym_is_found_and_read(visitor: Visitor, operator: User, push_day: Diary, others: None) -> None:
    visitor.log_in("olga")
    assert missing(visitor.reads(), "Dashboard", "In the gym now", "Noor Haddad", "Leg day", "Just finished") == []
    visitor.picture("dashboard")

    visitor.choose("Workouts")
    everything = visitor.rows()
    assert [row[:2] for row in everything[:3]] == [
        ["Deadlifts", "Mei Lin @mei"],
        ["Leg day", "Noor Haddad @noor"],
        ["Pull", "Tomasz Zieliński @tomasz"],
    ]
    assert len(everything) == 7
    visitor.picture("workouts")

    visitor.page.fill("#searchbar", "ada bench")
    visitor.page.press("#searchbar", "Enter")
    visitor.settle()
    assert [row[0] for row in visitor.rows()] == ["Push day", "Push day"]

    visitor.go(WORKOUTS)
    visitor.page.click("text=Filters")
    visitor.page.select_option("select[name=status__exact]", "cancelled", force=True)
    visitor.page.click("#filter-form button[type=submit]")
    visitor.settle()
    assert [row[:3] for row in visitor.rows()] == [["Upper body", "Sam Stranger @sam", "CANCELLED"]]

    visitor.go(f"{WORKOUTS}?q=ada")
    visitor.page.click("#result_list >> text=Push day >> nth=0")
    visitor.settle()
    seen = [
        *("Ada Athlete", "57 min", "2 warm-ups", "3,580 kg", "68.4 kg", "Slept well. Elbow feels fine."),
        *("Barbell Bench Press", "4 × 82.5 kg", "RPE 10", "spotter on the last one", "Heaviest", "SUPERSET 1"),
        *("8–10 × 28 kg", "pinkies up", "2 in reserve", "Plank", "1:15"),
        *("Pixel 9", "Garmin Fenix", "workout.create", "SUPERSEDED", "REORDERED", "12 min late"),
        *("Wrote down set 5 of Barbell Bench Press: 4 reps, note “spotter on the last one”",),
        *("Removed a set of Triceps Pushdown", "Rest of 3:00 after set 3 of Barbell Bench Press"),
    ]
    assert missing(visitor.reads(), *seen) == []
    visitor.picture("workout")
    visitor.page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    visitor.picture("workout-events")
    assert visitor.complaints == []


def test_what_somebody_measured_is_plotted(visitor: Visitor, operator: User, media_root: Path) -> None:
    ada = make_person("ada", display_name="Ada Athlete")
    measure(ada, timezone.now().replace(hour=6, minute=40, second=0, microsecond=0) - timedelta(hours=7))
    with Image.new("RGB", (900, 700), (32, 110, 96)) as picture, (media_root / "ada.png").open("wb") as file:
        ImageDraw.Draw(picture).ellipse((300, 120, 600, 580), fill=(236, 188, 160))
        picture.save(file, "PNG")
    request_avatar(Actor(user_id=ada.pk), "ada.png")
    run_jobs()
    visitor.log_in("olga")
    visitor.go(reverse("admin:accounts_user_change", args=[ada.pk]))
    assert missing(visitor.reads(), "Ada Athlete", "@ada") == []
    assert visitor.page.evaluate("document.querySelector('.fit-person img').naturalWidth") == 256
    visitor.page.click("text=Measurements")
    plots = visitor.page.locator(".fit-plot")
    titles = [" ".join(title.split()) for title in plots.locator("h3").all_inner_texts()]
    assert titles == ["Weight lb", "Body fat %", "Waist in", "Resting heart rate bpm", "Sleep min"]
    assert plots.first.locator("circle").count() == 365
    assert plots.first.locator("polyline").count() == 1
    visitor.picture("person-measurements")
    assert visitor.complaints == []


@pytest.fixture
def known(operator: User) -> User:
    """Somebody of whom there is something in every tab."""
    ada, bob = make_person("ada", display_name="Ada Athlete"), make_person("bob", display_name="Bob Buddy")
    coach = make_person("carla", display_name="Carla Coach", role=Role.COACH)
    foe, fan = make_person("foe"), make_person("fan")
    phone = on(ada, "Pixel 9")
    PushDevice.objects.create(user=ada, session=phone, endpoint="https://push.example.com/1", name="Pixel push")
    key_of(ada, "workouts:read", name="Home Assistant")
    SocialAccount.objects.create(user=ada, provider="google", uid="1001")
    now = timezone.now()
    Friendship.objects.create(**Friendship.pair(ada.pk, bob.pk), requester=bob, accepted_at=now)
    Friendship.objects.create(**Friendship.pair(ada.pk, fan.pk), requester=fan)
    Block.objects.create(blocker=ada, blocked=foe)
    let_see(ada, coach)
    notify(ada.pk, NotificationKind.FRIEND_REQUEST, dedupe_key="fan", actor_id=fan.pk)
    return ada


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_a_person_is_known_by_tabs(visitor: Visitor, known: User, scheme: str, width: int) -> None:
    visitor.log_in("olga")
    visitor.page.emulate_media(color_scheme=scheme)
    visitor.page.set_viewport_size({"width": width, "height": 800})
    visitor.go(reverse("admin:accounts_user_change", args=[known.pk]))
    tabs = visitor.page.locator("#tabs-items a")
    titles = [" ".join(title.split()) for title in tabs.all_inner_texts()]
    shown = {
        "General": ["Ada Athlete", "ada@example.org"],
        "Profile": ["Profile", "Preferences"],
        "Log-in": ["E-mail addresses", "1001", "Second factor", "None.", "Home Assistant"],
        "Devices": ["Pixel 9", "Pixel push"],
        "Security": [],
        "Friends": ["bob", "fan", "Blocks", "foe"],
        "Coaching": ["Coaches", "carla", "Clients"],
        "Measurements": ["Nothing was measured yet."],
        "Notifications": ["Friend Request"],
    }
    assert titles == list(shown)
    for title, texts in shown.items():
        tabs.get_by_text(title, exact=True).click()
        assert missing(visitor.reads(), *texts) == [], title
        wide = visitor.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wide <= 0, f"{title} is {wide} pixels too wide"
        visitor.picture(f"person-{title.lower()}-{scheme}")
    assert visitor.complaints == []


def test_staff_is_asked_before_somebody_is_deleted(visitor: Visitor, known: User) -> None:
    visitor.log_in("olga")
    visitor.go(f"{reverse('admin:accounts_user_changelist')}?q=ada")
    visitor.page.check("#result_list tbody >> nth=0 >> input[type=checkbox]")
    visitor.page.select_option("select[name=action]", label="Delete with grace")
    visitor.page.click("text=Run")
    visitor.settle()
    assert visitor.page.inner_text("#main h2 >> nth=0") == "Delete these accounts?"
    assert missing(visitor.reads(), "removed for good after 30 days") == []
    known.refresh_from_db()
    assert known.deleted_at is None
    visitor.page.click("#main form button[type=submit]")
    visitor.settle()
    assert missing(visitor.reads(), "1 person deleted.") == []
    known.refresh_from_db()
    assert known.deleted_at is not None
    assert visitor.complaints == []


def test_a_workout_is_deleted_and_brought_back(visitor: Visitor, operator: User, push_day: Diary) -> None:
    visitor.log_in("olga")
    visitor.go(f"{WORKOUTS}{push_day.id}/change/")
    visitor.page.click("text=Delete")
    visitor.settle()
    assert missing(visitor.reads(), "Delete these workouts?", "They can be brought back for 30 days.") == []
    visitor.page.click("#main form button[type=submit]")
    visitor.settle()
    assert missing(visitor.reads(), "1 workout deleted.", "DELETED", "Bring back", "Deleted the workout") == []

    visitor.page.click("text=Bring back")
    visitor.settle()
    visitor.page.click("#main form button[type=submit]")
    visitor.settle()
    assert missing(visitor.reads(), "1 workout brought back.", "Brought the workout back") == []
    assert "DELETED" not in visitor.reads()

    visitor.go(WORKOUTS)
    visitor.page.check("#result_list tbody >> nth=1 >> input[type=checkbox]")
    visitor.page.select_option("select[name=action]", "delete_workouts")
    visitor.page.click("text=Run")
    visitor.settle()
    assert missing(visitor.reads(), "Delete these workouts?") == []
    visitor.page.click("#main form button[type=submit]")
    visitor.settle()
    assert (missing(visitor.reads(), "1 workout deleted."), len(visitor.rows())) == ([], 1)
    assert visitor.complaints == []


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_no_page_complains(
    visitor: Visitor, operator: User, push_day: Diary, others: None, scheme: str, width: int
) -> None:
    visitor.page.emulate_media(color_scheme=scheme)
    visitor.page.set_viewport_size({"width": width, "height": 800})
    bench = Exercise.objects.get(slug="barbell-bench-press")
    ada = User.objects.get(username="ada")
    crew = create_group(Actor(user_id=ada.pk), name="Thursday crew", workout_id=push_day.id)
    visitor.log_in("olga")
    pages = {
        "dashboard": "/admin/",
        "people": reverse("admin:accounts_user_changelist"),
        "person": reverse("admin:accounts_user_change", args=[ada.pk]),
        "devices": reverse("admin:accounts_session_changelist"),
        "security": reverse("admin:accounts_securityevent_changelist"),
        "workouts": WORKOUTS,
        "workout": f"{WORKOUTS}{push_day.id}/change/",
        "history": f"{WORKOUTS}{push_day.id}/history/",
        "groups": reverse("admin:workouts_group_changelist"),
        "group": reverse("admin:workouts_group_change", args=[crew.pk]),
        "exercises": reverse("admin:exercises_exercise_changelist"),
        "exercise": reverse("admin:exercises_exercise_change", args=[bench.pk]),
        "jobs": reverse("admin:common_job_changelist"),
        "job": reverse("admin:common_job_change", args=[Job.objects.get(status=Job.Status.FAILED).pk]),
        "events": reverse("admin:common_event_changelist"),
        "event": reverse("admin:common_event_change", args=[Event.objects.filter(reorders=True)[0].pk]),
    }
    for name, path in pages.items():
        visitor.go(path)
        assert "Server Error" not in visitor.reads(), path
        wide = visitor.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wide <= 0, f"{name} is {wide} pixels too wide"
        if width == 1280 and name in ("person", "exercises"):
            visitor.picture(name)
    assert visitor.complaints == []


def test_an_open_page_follows_the_workout_while_somebody_looks(
    visitor: Visitor, operator: User, library: dict[str, Exercise]
) -> None:
    ada = make_person("ada", display_name="Ada Athlete")
    phone, days = on(ada, "Pixel 9"), [Diary(ada, timezone.now() - timedelta(hours=1)) for _ in range(2)]
    for day in days:
        day.do(phone, 0, "workout.create", name="Push day")
        day.do(phone, 1, "workout.start")
    look = "document.dispatchEvent(new Event('visibilitychange'))"  # in place of three seconds of patience
    visitor.log_in("olga")
    visitor.go(f"{WORKOUTS}{days[0].id}/change/")
    bench = str(library["barbell-bench-press"].pk)
    done = {"exercise_id": bench, "reps": 7, "weight": 61, "weight_unit": "kg", "completed": True}
    days[0].do(phone, 9, "set.add", id=str(uuid4()), **done)
    visitor.page.evaluate(look)
    visitor.page.wait_for_selector("td strong:has-text('7 × 61 kg')")

    visitor.page.evaluate("document.addEventListener('htmx:beforeSend', () => { window.sent = true })")
    visitor.page.evaluate("Object.defineProperty(document, 'hidden', { value: true, configurable: true })")
    visitor.page.evaluate("window.sent = false")
    assert visitor.page.evaluate(f"{look}, window.sent") is False
    visitor.page.evaluate("delete document.hidden")
    days[0].do(phone, 10, "workout.complete")
    visitor.page.evaluate(look)
    visitor.page.wait_for_selector("#workout:not([data-live])")

    visitor.go(f"{WORKOUTS}{days[1].id}/change/")
    visitor.page.context.clear_cookies()
    visitor.page.evaluate(look)
    visitor.page.wait_for_url("**/admin/login/**")
    assert visitor.complaints == []


def test_a_moderator_sees_people_and_exercises_and_nobodys_training(visitor: Visitor, push_day: Diary) -> None:
    make_person("moritz", display_name="Mo Moderator", role=Role.MODERATOR, is_staff=True)
    visitor.log_in("moritz")
    offered = visitor.page.locator("#nav-sidebar-apps a").all_inner_texts()
    assert [said.split("\n")[1] if "\n" in said else said for said in offered] == [
        "Dashboard",
        "People",
        "Devices",
        "Security events",
        "Exercises",
        "Awaiting review",
        "Decisions",
        "Ratings",
        "Searches",
        "Exercise media",
        "Sources",
    ]
    visitor.choose("Exercises")
    assert missing(visitor.reads(), "Arnold Press") == []
    assert visitor.complaints == []
    refused = [visitor.page.goto(f"{visitor.address}{path}") for path in (WORKOUTS, f"{WORKOUTS}{push_day.id}/change/")]
    assert [answer.status for answer in refused if answer is not None] == [403, 403]


def test_a_wrong_password_stays_outside(visitor: Visitor, operator: User) -> None:
    visitor.go(WORKOUTS)
    assert visitor.page.url == f"{visitor.address}/admin/login/?next={WORKOUTS}"
    visitor.page.fill("#id_username", "olga")
    visitor.page.fill("#id_password", "not the password")
    visitor.page.click("#login-form button[type=submit]")
    visitor.settle()
    page = visitor.page.inner_text("#page")
    assert missing(page, "the correct username and password of a member of staff", "a second factor", "its code") == []
    assert visitor.page.url == f"{visitor.address}/admin/login/?next={WORKOUTS}"
    assert visitor.complaints == []
