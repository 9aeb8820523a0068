"""What happens to workouts by itself: rests end, idle ones are abandoned, deleted ones go for good."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.utils import timezone

from accounts.models import Notification, User
from fitai.common import jobs
from fitai.common.models import Event, Job
from tests.cast import ApiClient, client_of
from tests.workouts.gym import V1, Gym, Json, ok, op, stored
from workouts import jobs as workout_jobs

pytestmark = pytest.mark.django_db

SIX = "2026-11-20T18:00:00Z"
SET: Json = {"reps": 5, "weight": "100", "weight_unit": "kg"}


@pytest.fixture
def clock() -> Any:
    with time_machine.travel(SIX, tick=False) as traveller:
        yield traveller


@pytest.fixture
def phone(clock: Any, athlete: User, library: None) -> ApiClient:
    return client_of(athlete, "phone")


def run_due(*kinds: str) -> list[str]:
    """Run what the dispatcher would ring for now; how each ended."""
    ended = []
    for job_id, _ in jobs.due(timezone.now()):
        if not kinds or Job.objects.get(pk=job_id).kind in kinds:
            jobs.run(job_id)
            ended.append(Job.objects.get(pk=job_id).status)
    return ended


def run_now(kind: str) -> Job:
    """Run a scheduled job as if its time had come."""
    job_id = jobs.enqueue(kind, {}, dedupe_key=f"{kind}:{uuid4()}")
    assert job_id is not None
    jobs.run(job_id)
    return Job.objects.get(pk=job_id)


def rest(gym: Gym, workout: str, seconds: int) -> Json:
    return ok(gym.device.post(f"{V1}/workouts/{workout}/rest", {"seconds": seconds}))


# ── Rests ────────────────────────────────────────────────────────────────────────────────────────


def test_a_rest_ends_by_itself_when_its_time_has_come(gym: Gym, clock: Any) -> None:
    workout = gym.train()
    clock.shift(1)
    rest(gym, workout, 90)
    clock.shift(89)
    assert run_due() == []
    clock.shift(1)
    assert run_due() == ["succeeded"]

    assert gym.see(workout)["rest"] is None
    (told,) = Notification.objects.all()
    assert (told.kind, told.params, told.listed) == ("rest_over", {"workout_id": workout}, False)
    assert told.happened_at.isoformat() == "2026-11-20T18:01:31+00:00"
    (in_app,) = Event.objects.filter(stream=f"user:{gym.device.user.pk}", type="notification")
    assert in_app.payload == {"id": str(told.pk), "kind": "rest_over", "count": 1, "unread": 0}
    start, end = gym.events(workout)[-2:]
    assert end == {
        "seq": 4,
        "op_id": end["op_id"],
        "type": "rest.end",
        "at": "2026-11-20T18:01:31Z",
        "device_id": "server",
        "actor_id": None,
        "payload": {"start_op_id": start["op_id"]},
    }
    before = stored("workouts_workout", "common_event", "accounts_notification")
    Job.objects.filter(kind="workouts.end_rest").update(status="queued", finished_at=None)
    clock.shift(20)
    assert run_due() == ["succeeded"]  # the bell rang twice
    assert stored("workouts_workout", "common_event", "accounts_notification") == before


def test_a_rest_begun_anew_is_not_ended_by_the_one_before(gym: Gym, clock: Any) -> None:
    workout = gym.train()
    clock.shift(1)
    rest(gym, workout, 60)
    clock.shift(30)
    again = rest(gym, workout, 120)
    clock.shift(30)
    assert run_due() == ["succeeded"]
    assert gym.see(workout)["rest"] == again["rest"]
    assert gym.see(workout)["seq"] == again["seq"]
    assert not Notification.objects.exists()
    clock.shift(90)
    assert run_due() == ["succeeded"]
    assert gym.see(workout)["rest"] is None
    assert Notification.objects.count() == 1


@pytest.mark.parametrize("how", ["stopped", "completed", "cancelled"])
def test_a_rest_that_is_over_already_ends_without_a_word(gym: Gym, clock: Any, how: str) -> None:
    workout = gym.train()
    rest(gym, workout, 60)
    if how == "stopped":
        ok(gym.device.delete(f"{V1}/workouts/{workout}/rest"), 204)
    else:
        gym.do(workout, {"completed": "complete", "cancelled": "cancel"}[how])
    before = gym.see(workout)
    clock.shift(61)
    assert run_due() == ["succeeded"]
    assert gym.see(workout) == before
    assert not Notification.objects.exists()


def test_a_rest_that_is_stopped_in_the_instant_of_its_end_rings_nobody(
    gym: Gym, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    workout = gym.train()
    rest(gym, workout, 60)
    clock.shift(61)
    by_server = workout_jobs._by_server

    def stopped_first(*args: Any, **kwargs: Any) -> Any:
        ok(gym.device.delete(f"{V1}/workouts/{workout}/rest"), 204)
        return by_server(*args, **kwargs)

    monkeypatch.setattr(workout_jobs, "_by_server", stopped_first)
    assert run_due() == ["succeeded"]
    assert not Notification.objects.exists()


def test_a_rest_ends_in_a_deleted_workout_too(gym: Gym, clock: Any) -> None:
    workout = gym.train()
    rest(gym, workout, 60)
    gym.device.delete(f"{V1}/workouts/{workout}")
    clock.shift(61)
    assert run_due() == ["succeeded"]
    assert gym.do(workout, "restore")["rest"] is None


def test_a_rest_that_was_begun_offline_long_ago_ends_at_once(gym: Gym, clock: Any) -> None:
    workout = gym.train()
    clock.shift(300)
    gym.send(workout, op("rest.start", "2026-11-20T18:01:00Z", seconds=60), sent_at="2026-11-20T18:05:00Z")
    assert gym.see(workout)["rest"]["ends_at"] == "2026-11-20T18:02:00Z"
    assert run_due() == ["succeeded"]
    assert gym.see(workout)["rest"] is None


# ── Abandoned ────────────────────────────────────────────────────────────────────────────────────


def test_what_nobody_touched_for_six_hours_is_abandoned_and_can_still_be_completed(gym: Gym, clock: Any) -> None:
    running, paused, planned, touched = gym.train(), gym.train(), gym.new()["id"], gym.train()
    gym.do(paused, "pause")
    gym.log(running, **SET)
    clock.shift(timedelta(hours=6))
    athlete = gym.device.user
    gym = Gym(client_of(athlete))
    gym.log(touched, **SET)
    assert run_now("workouts.abandon").result == {"abandoned": 0}
    clock.shift(1)

    assert run_now("workouts.abandon").result == {"abandoned": 2}
    assert run_now("workouts.abandon").result == {"abandoned": 0}

    assert [gym.see(id)["status"] for id in (running, paused, planned, touched)] == [
        "abandoned",
        "abandoned",
        "planned",
        "in_progress",
    ]
    last = gym.events(running)[-1]
    assert (last["type"], last["device_id"], last["actor_id"]) == ("workout.abandon", "server", None)
    refused = gym.device.post(f"{V1}/workouts/{running}/pause")
    assert (refused.status_code, refused.json()["state"], refused.json()["allowed"]) == (
        409,
        "abandoned",
        ["complete", "cancel"],
    )
    assert gym.do(running, "complete")["status"] == "completed"
    assert gym.do(paused, "cancel")["status"] == "cancelled"


def test_the_hours_are_a_setting_and_deleted_ones_stay_as_they_are(gym: Gym, clock: Any, settings: Any) -> None:
    settings.WORKOUT_ABANDONED_AFTER_HOURS = 0.1
    kept, deleted = gym.train(), gym.train()
    gym.device.delete(f"{V1}/workouts/{deleted}")
    clock.shift(361)
    assert run_now("workouts.abandon").result == {"abandoned": 1}
    assert gym.see(kept)["status"] == "abandoned"
    assert gym.do(deleted, "restore")["status"] == "in_progress"


def test_one_that_was_completed_offline_before_it_was_abandoned_is_completed(gym: Gym, clock: Any) -> None:
    workout = gym.train()
    clock.shift(timedelta(hours=7))
    run_now("workouts.abandon")
    gym = Gym(client_of(gym.device.user))
    late = op("workout.complete", "2026-11-20T19:00:00Z")
    answer = gym.send(workout, late, sent_at="2026-11-21T01:00:00Z")
    done = gym.see(workout)
    assert [result["status"] for result in answer["results"]] == ["applied"]
    assert (done["status"], done["ended_at"]) == ("completed", "2026-11-20T19:00:00Z")
    assert done["active_seconds"] == pytest.approx(3600, abs=5)  # the clock of the test goes on while it starts


# ── For good ─────────────────────────────────────────────────────────────────────────────────────


def test_a_deleted_workout_goes_for_good_after_thirty_days(gym: Gym, clock: Any) -> None:
    tables = ("workouts_workout", "workouts_workoutexercise", "workouts_set", "workouts_record")
    kept = gym.whole("2026-03-02T18:00", SET)["id"]
    before = stored(*tables)
    gone = gym.train()
    gym.log(gone, **{**SET, "weight": "90"})
    gym.device.delete(f"{V1}/workouts/{gone}")
    later = gym.train()
    gym.device.delete(f"{V1}/workouts/{later}")
    clock.shift(timedelta(days=29, hours=23))
    run_now("retention.purge")
    gym = Gym(client_of(gym.device.user))
    assert gym.do(later, "restore")["id"] == later
    gym.device.delete(f"{V1}/workouts/{later}")

    clock.shift(timedelta(hours=2))
    run_now("retention.purge")

    assert gym.device.post(f"{V1}/workouts/{gone}/restore").status_code in (401, 404)
    gym = Gym(client_of(gym.device.user))
    assert gym.device.post(f"{V1}/workouts/{gone}/restore").status_code == 404
    assert not Event.objects.filter(stream=f"workout:{gone}").exists()
    assert gym.do(later, "restore")["id"] == later
    assert gym.see(kept)["status"] == "completed"
    rows = stored(*tables)
    assert len(rows[0][1]) == 2
    assert rows[1:] == before[1:]
