"""A week in the gym to look at, and a browser to look with."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from shutil import which
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from accounts.models import Session, User
from accounts.operations.sessions import Device, open_session
from exercises.models import Exercise
from exercises.operations.catalogue import SHIPPED, load_catalogue
from fitai.common.actors import Actor
from fitai.common.ids import uuid7
from fitai.common.models import Job
from tests.cast import PASSWORD, make_person, run_jobs
from workouts.operations.apply import apply
from workouts.operations.requests import Request

CHROMIUM = which("chromium") or which("chromium-browser")
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
PICTURES = os.environ.get("FITAI_SCREENSHOTS", "")  # a folder: the documentation's pictures are taken anew
MIDNIGHT = datetime.min.time()


# ── The gym ──────────────────────────────────────────────────────────────────────────────────────


def on(person: User, name: str) -> Session:
    """A device that somebody has logged in on."""
    return open_session(person, Device(address="203.0.113.7", user_agent="FitAI/1.0", name=name))


@dataclass
class Diary:
    """A workout as it is trained: each line a moment, a device and what was done on it."""

    person: User
    start: datetime
    id: UUID = field(default_factory=uuid7)

    def do(self, session: Session, minute: float, type: str, **payload: Any) -> None:
        """At once, as a device with signal does."""
        actor = Actor(user_id=self.person.pk, session_id=session.pk)
        if type == "workout.create":
            payload["id"] = str(self.id)
        with time_machine.travel(self.start + timedelta(minutes=minute), tick=False):
            apply(actor, self.id, [Request(str(uuid7()), type, payload, actor.device_id)], live=True)

    def send_late(self, session: Session, minute: float, operations: list[tuple[float, str, dict[str, Any]]]) -> None:
        """What was done without signal, when the signal is back."""
        actor = Actor(user_id=self.person.pk, session_id=session.pk)
        requests = [
            Request(str(uuid7()), type, payload, actor.device_id, at=self.start + timedelta(minutes=done))
            for done, type, payload in operations
        ]
        now = self.start + timedelta(minutes=minute)
        with time_machine.travel(now, tick=False):
            apply(actor, self.id, requests, live=False, sent_at=now)


def plan(exercise: Exercise, *sets: dict[str, Any], **values: Any) -> dict[str, Any]:
    """An exercise of a plan, with the target of each set."""
    entry = {"id": str(uuid7()), "exercise_id": str(exercise.pk), **values}
    entry["sets"] = [
        {"id": str(uuid7()), "kind": target.pop("kind", "working"), "target": target} for target in map(dict, sets)
    ]
    return entry


@pytest.fixture
def library(transactional_db: None) -> dict[str, Exercise]:
    """The shipped exercises, by slug."""
    load_catalogue(SHIPPED)
    return {exercise.slug: exercise for exercise in Exercise.objects.all()}


@pytest.fixture
def operator(transactional_db: None) -> User:
    """Who runs the server."""
    person = User.objects.create_superuser("olga", "olga@example.org", PASSWORD)
    person.display_name = "Olga Operator"
    person.save(update_fields=["display_name"])
    return person


@pytest.fixture
def push_day(library: dict[str, Exercise]) -> Diary:
    """Ada's push day on a phone and a watch: planned, trained, corrected, once without signal, and completed."""
    ada = make_person("ada", display_name="Ada Athlete")
    phone, watch = on(ada, "Pixel 9"), on(ada, "Garmin Fenix")
    bench, incline = library["barbell-bench-press"], library["incline-dumbbell-bench-press"]
    raises, pushdown, plank = library["dumbbell-lateral-raise"], library["triceps-pushdown"], library["plank"]
    start = timezone.now().replace(hour=17, minute=4, second=12, microsecond=0) - timedelta(days=1)

    before = Diary(ada, start - timedelta(days=5))
    before.do(
        phone,
        80,
        "workout.create",
        name="Push day",
        started_at=before.start.isoformat(),
        ended_at=(before.start + timedelta(minutes=62)).isoformat(),
        exercises=[
            {
                "exercise_id": str(bench.pk),
                "sets": [{"reps": 5, "weight": 77.5, "weight_unit": "kg", "rpe": 8, "completed": True}] * 3,
            },
            {
                "exercise_id": str(incline.pk),
                "sets": [{"reps": 10, "weight": 26, "weight_unit": "kg", "completed": True}] * 3,
            },
        ],
    )

    day = Diary(ada, start)
    kg = {"weight_unit": "kg"}
    presses = plan(
        bench,
        {"kind": "warmup", "reps": 10, "weight": 40, **kg},
        {"kind": "warmup", "reps": 5, "weight": 60, **kg},
        {"reps": 5, "weight": 80, "rpe": 8, **kg},
        {"reps": 5, "weight": 80, "rpe": 8.5, **kg},
        {"reps": 5, "weight": 80, "rpe": 9, **kg},
        {"kind": "backoff", "reps": 8, "weight": 70, **kg},
    )
    inclined = plan(incline, *[{"reps": 8, "reps_max": 10, "weight": 28, **kg}] * 3)
    lateral = plan(raises, *[{"reps": 15, "weight": 10, **kg}] * 2, superset=1)
    triceps = plan(pushdown, *[{"reps": 12, "weight": 27.5, **kg}] * 2, superset=1)
    hold = plan(plank, {"duration_seconds": 60})
    day.do(phone, -3, "workout.create", name="Push day", exercises=[presses, inclined, lateral, triceps, hold])
    day.do(
        phone, -2.5, "workout.update", body_weight="68.4", body_weight_unit="kg", notes="Slept well. Elbow feels fine."
    )
    day.do(phone, 0, "workout.start")
    done = iter([set["id"] for entry in (presses, inclined, lateral, triceps, hold) for set in entry["sets"]])

    def log(minute: float, session: Session = watch, rest: int = 0, **values: Any) -> str:
        set_id = next(done)
        day.do(session, minute, "set.update", id=set_id, **values)
        if rest:
            day.do(session, minute + 0.1, "rest.start", seconds=rest, set_id=set_id)
        return set_id

    log(2.2, reps=10, weight=40, **kg)
    log(4.6, reps=5, weight=60, rest=120, **kg)
    log(8.1, reps=5, weight=80, rpe=8, rest=180, **kg)
    day.do(watch, 10.4, "rest.stop")
    log(12.2, reps=5, weight=82.5, rpe=9, rest=180, **kg)
    failed = log(17.3, reps=3, weight=82.5, rpe=10, kind="failure", **kg)
    day.do(phone, 17.9, "set.update", id=failed, reps=4, notes="spotter on the last one")
    log(21.5, reps=8, weight=70, rpe=8, rest=150, **kg)
    day.do(phone, 24, "workout.pause")
    day.do(phone, 27.5, "workout.resume")
    log(29.2, reps=10, weight=28, rpe=8, rest=120, **kg)
    log(32.8, reps=9, weight=28, rpe=9, rest=120, **kg)
    log(36.1, reps=7, weight=28, rpe=9.5, rest=120, **kg)
    sets = [next(done) for _ in range(4)]
    day.do(phone, 45, "exercise.update", id=lateral["id"], notes="pinkies up")
    day.send_late(
        watch,
        53.4,
        [
            (41.0, "set.update", {"id": sets[0], "reps": 15, "weight": 10, **kg}),
            (42.2, "set.update", {"id": sets[2], "reps": 12, "weight": 27.5, "rir": 2, **kg}),
            (44.0, "exercise.update", {"id": lateral["id"], "notes": "go light"}),
            (45.6, "set.update", {"id": sets[1], "reps": 14, "weight": 10, **kg}),
            (46.9, "set.update", {"id": sets[3], "reps": 12, "weight": 27.5, "rir": 1, **kg}),
            (47.5, "workout.resume", {}),
        ],
    )
    extra = str(uuid7())
    day.do(phone, 54.5, "set.add", id=extra, workout_exercise_id=triceps["id"], kind="drop", reps=10, weight=20, **kg)
    mistake = str(uuid7())
    day.do(phone, 55.2, "set.add", id=mistake, workout_exercise_id=triceps["id"], reps=100, weight=20, **kg)
    day.do(phone, 55.5, "set.remove", id=mistake)
    log(59.8, session=phone, duration_seconds=75)
    day.do(phone, 61.3, "workout.complete")
    return day


@pytest.fixture
def others(library: dict[str, Exercise], push_day: Diary) -> None:
    """More of the gym: somebody squats right now, somebody rests, somebody ran this morning, somebody went home."""
    now = timezone.now().replace(microsecond=0)
    people = {
        "noor": ("Noor Haddad", "Leg day", 34, "barbell-back-squat", (8, 100)),
        "tomasz": ("Tomasz Zieliński", "Pull", 51, "barbell-row", (10, 70)),
        "mei": ("Mei Lin", "Deadlifts", 12, "barbell-deadlift", (3, 140)),
    }
    for username, (shown, name, minutes, slug, (reps, weight)) in people.items():
        person = make_person(username, display_name=shown)
        phone = on(person, "iPhone 17")
        day = Diary(person, now - timedelta(minutes=minutes))
        day.do(phone, 0, "workout.create", name=name)
        day.do(phone, 0.1, "workout.start")
        exercise = str(library[slug].pk)
        for number in range(minutes // 8 + 1):
            day.do(
                phone,
                number * 5 + 4,
                "set.add",
                exercise_id=exercise,
                reps=reps,
                weight=weight + 5 * number,
                weight_unit="kg",
                rpe=min(10, 7 + number / 2),
            )
        if username == "tomasz":
            day.do(phone, 48, "workout.pause")
        if username == "noor":
            day.do(phone, 33, "rest.start", seconds=180)
    runner = make_person("sam", display_name="Sam Stranger")
    run = Diary(runner, datetime.combine(now.date(), MIDNIGHT, now.tzinfo) - timedelta(hours=15))
    wrist = on(runner, "Apple Watch")
    run.do(
        wrist,
        46,
        "workout.create",
        name="Morning run",
        started_at=run.start.isoformat(),
        ended_at=(run.start + timedelta(minutes=41)).isoformat(),
        exercises=[
            {
                "exercise_id": str(library["running"].pk),
                "sets": [{"distance": 8.2, "distance_unit": "km", "duration_seconds": 2460, "completed": True}],
            }
        ],
    )
    home = Diary(runner, now - timedelta(days=3))
    home.do(wrist, 0, "workout.create", name="Upper body")
    home.do(wrist, 1, "workout.start")
    home.do(wrist, 9, "workout.cancel")
    run_jobs()
    Job.objects.create(
        kind="accounts.verification_mail",
        queue="mail",
        dedupe_key="verification-mail:sam",
        payload={"email": "sam@example.org", "address_id": 1},
        status=Job.Status.FAILED,
        error={"code": "failed", "detail": "It failed several times. The cause is logged; try again later."},
        last_error="ConnectionRefusedError(111, 'Connection refused')",
        attempts=10,
        max_attempts=10,
        not_before=now,
        finished_at=now,
    )


# ── The browser ──────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no chromium on this machine (Debian: apt-get install chromium)")
    # Playwright keeps an event loop in this thread, in which Django would refuse the tests' own queries.
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser
        browser.close()


@dataclass
class Visitor:
    """A page in the browser, which writes down whatever the browser complains about."""

    page: Page
    address: str
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def go(self, path: str) -> None:
        self.page.goto(f"{self.address}{path}", wait_until="networkidle")

    def settle(self) -> None:
        """Until the page that the last click led to is there."""
        self.page.wait_for_load_state("networkidle")

    def choose(self, title: str) -> None:
        """An entry of the sidebar."""
        self.page.click(f"#nav-sidebar-apps a:has-text('{title}')")
        self.settle()

    def rows(self) -> list[list[str]]:
        """The texts of a list, without its boxes to tick."""
        rows = self.page.locator("#result_list tbody tr.data-row").all()
        cells = [row.locator("th, td:not(.action-checkbox)").all_inner_texts() for row in rows]
        return [[" ".join(cell.split()) for cell in row] for row in cells]

    def log_in(self, username: str) -> None:
        self.go("/admin/")
        assert self.page.url == f"{self.address}/admin/login/?next=/admin/"
        self.page.fill("#id_username", username)
        self.page.fill("#id_password", PASSWORD)
        self.page.click("#login-form button[type=submit]")
        self.page.wait_for_url(f"{self.address}/admin/")

    def reads(self) -> str:
        return self.page.inner_text("#main")

    def picture(self, name: str) -> None:
        """A picture for the documentation, small enough for a repository."""
        if PICTURES:
            taken = Image.open(BytesIO(self.page.screenshot())).convert("RGB")
            small = taken.quantize(256, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
            small.save(Path(PICTURES) / f"{name}.png", optimize=True)


@pytest.fixture
def visitor(chromium: Browser, live_server: Any) -> Iterator[Visitor]:
    """Somebody at a desk with a browser that nobody has used before."""
    context = chromium.new_context(viewport={"width": 1280, "height": 800}, color_scheme="light", locale="en-GB")
    yield Visitor(context.new_page(), live_server.url)
    context.close()
