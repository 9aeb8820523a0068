"""A workout's page: figures, exercises with their sets, events."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from tests.cast import ApiClient
from tests.workouts.gym import BENCH, DIP, Gym, ok, op
from workouts.admin.timeline import Badge, EventLine, Number, Page, SetLine, page_of
from workouts.models import Workout

pytestmark = pytest.mark.django_db
KG = {"weight_unit": "kg"}


def read(workout: str, events_page: int = 1) -> Page:
    return page_of(Workout.objects.get(pk=workout), events_page)


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, 2, hour, minute, tzinfo=UTC)


@pytest.fixture
def planned(gym: Gym) -> str:
    """Bench in three planned sets, two of them done: a warm-up, and one below its target."""
    tree = [
        {
            "exercise_id": BENCH,
            "superset": 2,
            "notes": "pause",
            "sets": [
                {"kind": "warmup", "reps": 10, "weight": 40, "completed": True, **KG},
                {"reps": 4, "weight": 80, "rpe": 9, "target": {"reps": 5, "weight": 80, "rpe": 8, **KG}, **KG},
                {"target": {"reps": 5, "reps_max": 8, "weight": 80, **KG}},
            ],
        }
    ]
    body = {"name": "Push", "started_at": "2026-11-02T18:00:00Z", "ended_at": "2026-11-02T19:05:00Z", "exercises": tree}
    workout = str(gym.new(**body)["id"])
    ok(gym.device.patch(f"/api/v1/workouts/{workout}", {"body_weight": 68.4, "body_weight_unit": "kg"}))
    return workout


def test_the_figures(planned: str) -> None:
    assert read(planned).numbers == (
        Number("Trained", "1 h 05 min"),
        Number("Sets", "1", "1 warm-up, 1 open"),
        Number("Reps", "4"),
        Number("Volume", "320 kg"),
        Number("Records", "5"),
        Number("Body weight", "68.4 kg"),
    )


def test_the_sets_beside_their_targets(planned: str) -> None:
    block = read(planned).exercises[0]
    assert (block.name, block.superset, block.notes) == ("Bench Press", "Superset 2", "pause")
    badges = (
        Badge("Heaviest", "80 kg, the first"),
        Badge("Most reps", "4 reps, the first"),
        Badge("Best 1RM", "93.33 kg, the first"),
        Badge("Best set", "320 kg, the first"),
        Badge("Best workout", "320 kg, the first"),
    )
    assert block.sets == (
        SetLine(1, "warmup", "Warm-up", "10 × 40 kg", "", "", False, True, at(19, 5), "", ()),
        SetLine(2, "working", "Working", "4 × 80 kg", "RPE 9", "5 × 80 kg, RPE 8", True, True, at(19, 5), "", badges),
        SetLine(3, "working", "Working", "", "", "5–8 × 80 kg", False, False, None, "", ()),
    )


@pytest.mark.parametrize(
    ("done", "below"),
    [
        ({"reps": 5, "weight": 176.371, "weight_unit": "lb"}, False),
        ({"reps": 5, "weight": 176, "weight_unit": "lb"}, True),
        ({"reps": 5}, True),
        ({"reps": 6, "weight": 80, "weight_unit": "kg"}, False),
    ],
)
def test_a_target_is_compared_in_kilograms(gym: Gym, done: dict[str, Any], below: bool) -> None:
    target = {"reps": 5, "weight": 80, "weight_unit": "kg"}
    workout = str(gym.new(exercises=[{"exercise_id": BENCH, "sets": [{"target": target, **done}]}])["id"])
    assert read(workout).exercises[0].sets[0].below_target == below


def test_the_events_in_order_with_their_marks(gym: Gym, planned: str, phone: ApiClient) -> None:
    gone = gym.log(planned, DIP, reps=8, assistance=20, weight_unit="kg")["id"]
    gym.drop(planned, gone)
    sent = "2026-11-02T19:10:00Z"
    gym.send(
        planned,
        op("workout.pause", "2026-11-02T18:30:00Z", device="watch"),
        op("workout.update", "2026-11-02T18:31:00Z", device="watch", body_weight="70", body_weight_unit="kg"),
        sent_at=sent,
    )
    lines = [(line.seq, line.device, line.said, line.superseded, line.reorders) for line in read(planned).events.lines]
    assert lines == [
        (1, "phone", "Made “Push”, after the fact: 3 sets of Bench Press", False, False),
        (2, "phone", "Weighed 68.4 kg", False, False),
        (3, "phone", "Logged a set of Assisted Dip: 8 × body weight − 20 kg", False, False),
        (4, "phone", "Removed a set of Assisted Dip", False, False),
        (5, "watch", "Paused", True, False),
        (6, "watch", "Weighed 70 kg", False, True),
    ]


def test_what_came_late_says_so(gym: Gym) -> None:
    workout = gym.train()
    now = timezone.now()
    ops = [op("rest.stop", (now - timedelta(minutes=minutes)).isoformat()) for minutes in (75, 0)]
    gym.send(workout, *ops, sent_at=now.isoformat())
    assert [line.late for line in read(workout).events.lines] == ["", "", "1 h 15 min late", ""]


def test_the_events_are_paged_by_their_numbers(gym: Gym, desk: Client) -> None:
    workout = gym.train()
    for number in range(52):
        ok(gym.device.patch(f"/api/v1/workouts/{workout}", {"name": f"Name {number}"}))
    assert [len(read(workout, page).events.lines) for page in (1, 2)] == [50, 4]
    first, last, beyond = (read(workout, page).events for page in (1, 2, 99))
    assert (first.previous, first.next, last.previous, last.next) == (None, 2, 1, None)
    assert beyond == last
    assert isinstance(last.lines[0], EventLine)
    shown = desk.get(reverse("admin:workouts_workout_change", args=[UUID(workout)]), {"events": "2"}).content.decode()
    assert ("Named it “Name 51”" in shown, "Named it “Name 1”" in shown) == (True, False)


@pytest.mark.parametrize("page", ["0", "-1", "x", "²", "9" * 30, ""])
def test_a_page_that_is_no_number_is_the_nearest(gym: Gym, desk: Client, page: str) -> None:
    workout = gym.train()
    shown = desk.get(reverse("admin:workouts_workout_change", args=[UUID(workout)]), {"events": page})
    assert shown.context["page"].events.number == 1


def test_a_workout_that_runs_counts_the_running_stretch(gym: Gym, athlete: User) -> None:
    workout = gym.train()
    Workout.objects.filter(pk=workout).update(active_since=datetime(2020, 1, 1, tzinfo=UTC))
    assert "h" in read(workout).numbers[0].value
