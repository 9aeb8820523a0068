"""The first page of the admin."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from fitai.common.models import Job
from tests.workouts.gym import Gym, counted
from workouts.admin import dashboard
from workouts.models import Workout

FIVE = {"reps": 5, "weight": 100, "weight_unit": "kg"}


def make_job(status: Job.Status, *, hours: float = 0, key: str) -> None:
    """A job whose age is `hours`, negative when it is for later."""
    moment = timezone.now() - timedelta(hours=hours)
    made = dashboard.first_id_at(min(moment, timezone.now())).int | int.from_bytes(key.encode()[:7])
    Job.objects.create(
        pk=UUID(int=made), kind="workouts.purge", dedupe_key=key, not_before=moment, status=status, finished_at=moment
    )


def test_the_figures(desk: Client, gym: Gym) -> None:
    now = gym.train(name="Now")
    gym.log(now, **FIVE)
    gym.whole("2026-01-02T18:00", FIVE, FIVE, name="Long ago")
    make_job(Job.Status.QUEUED, key="due")  # beside the one that counts what was trained
    make_job(Job.Status.QUEUED, hours=-1, key="later")
    make_job(Job.Status.FAILED, hours=1, key="lately")
    make_job(Job.Status.FAILED, hours=25, key="longago")
    page = desk.get("/admin/")
    assert [(card.label, card.value, card.note, card.alarming) for card in page.context["cards"]] == [
        ("People", "2", "with an account", False),
        ("In the gym", "1", "workouts in progress", False),
        ("Sets today", "1", "500 kg moved", False),
        ("Jobs waiting", "2", "1 more for later", False),
        ("Jobs failed", "1", "in the last 24 hours", True),
    ]
    assert [(visit.name, visit.workout, visit.sets) for visit in page.context["present"]] == [("Ada Athlete", "Now", 1)]
    assert [(visit.workout, visit.volume) for visit in page.context["finished"]] == [("Long ago", "1,000 kg")]
    assert [job.dedupe_key for job in page.context["failed"]] == ["lately"]


def test_what_failed_says_why(desk: Client) -> None:
    make_job(Job.Status.FAILED, key="a")
    make_job(Job.Status.FAILED, key="b")
    Job.objects.filter(dedupe_key="a").update(error={"code": "no_model", "detail": "There is no model <x>."})
    Job.objects.filter(dedupe_key="b").update(error={"code": "failed", "detail": "Later."}, last_error="OSError(28)")
    content = desk.get("/admin/").content.decode()
    assert [text in content for text in ("There is no model &lt;x&gt;.", "OSError(28)", "Later.")] == [
        True,
        True,
        False,
    ]


def test_deleted_workouts_do_not_count(desk: Client, gym: Gym) -> None:
    workout = gym.train()
    gym.log(workout, **FIVE)
    Workout.objects.filter(pk=workout).update(deleted_at=timezone.now())
    page = desk.get("/admin/")
    assert [card.value for card in page.context["cards"][1:3]] == ["0", "0"]
    assert page.context["present"] == []


def test_it_costs_the_same_for_one_and_for_three(desk: Client, gym: Gym) -> None:
    numbers = []
    for count in (1, 2):
        for _ in range(count):
            gym.train()
        with counted() as statements:
            desk.get("/admin/")
        numbers.append(len(statements))
    assert numbers == [12, 12]


def test_moderators_see_people_and_the_library_only(moderator: User, gym: Gym) -> None:
    gym.train(name="Private")
    client = Client()
    client.force_login(moderator)
    page = client.get("/admin/")
    assert [card.label for card in page.context["cards"]] == ["People", "Exercises"]
    assert b"Private" not in page.content


@pytest.mark.django_db
def test_a_large_table_is_estimated(monkeypatch: pytest.MonkeyPatch, athlete: User, stranger: User) -> None:
    assert dashboard.about(User) == "2"
    monkeypatch.setattr(dashboard, "COUNTED_TO", 1)
    assert dashboard.about(User).startswith("about ")


def test_an_age_is_a_range_of_ids() -> None:
    moment = datetime(2026, 11, 2, 18, tzinfo=UTC)
    made = dashboard.first_id_at(moment)
    assert (made.version, made.int >> 80) == (7, int(moment.timestamp() * 1000))
    assert dashboard.first_id_at(moment + timedelta(milliseconds=1)) > made
