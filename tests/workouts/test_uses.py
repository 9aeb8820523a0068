"""What completed workouts count for in the exercise library."""

from importlib import import_module
from uuid import UUID

import pytest
import time_machine
from django.apps import apps
from django.core.management import call_command
from django.utils import timezone
from hypothesis import HealthCheck, given, settings

from accounts.models import User
from exercises.models import Rating, Trained, Use
from fitai.common.actors import Actor
from fitai.common.models import Job
from tests.cast import actor_of, run_jobs
from tests.property.test_convergence import post_ops, undone
from tests.workouts.conftest import stock_library
from tests.workouts.gym import BENCH, PULL_UP, RUN, SQUAT, Gym, counted, op
from tests.workouts.strategies import History, histories, thorough
from workouts.operations.store import load
from workouts.operations.uses import KIND, count_uses
from workouts.operations.uses import uses as uses_of

DONE = [{"reps": 5, "weight": "100"}, {"reps": 5, "weight": "100"}]


def uses() -> dict[str, int]:
    run_jobs()
    return {str(exercise): sets for exercise, sets in Use.objects.values_list("exercise", "sets")}


def waiting() -> int:
    return Job.objects.filter(kind=KIND, finished_at=None).count()


def test_a_workout_counts_once_it_is_completed(gym: Gym) -> None:
    workout = gym.train()
    gym.log(workout, BENCH, reps=5, kind="warmup")
    gym.log(workout, BENCH, reps=5)
    gym.log(workout, BENCH, reps=5, kind="drop")
    gym.log(workout, BENCH, reps=5, completed=False)
    gym.log(workout, SQUAT, reps=5, kind="warmup")
    gym.log(workout, RUN, duration_seconds=600)
    assert (waiting(), uses()) == (0, {})
    gym.do(workout, "complete")
    assert uses() == {BENCH: 2, RUN: 1}


def test_what_is_changed_afterwards_is_counted_again(gym: Gym) -> None:
    workout = gym.whole("2026-03-02T18:00", *DONE)["id"]
    assert uses() == {BENCH: 2}
    added = gym.log(workout, PULL_UP, reps=8)
    gym.drop(workout, 0)
    assert uses() == {BENCH: 1, PULL_UP: 1}
    gym.correct(workout, added["id"], kind="warmup")
    assert uses() == {BENCH: 1}
    gym.device.delete(f"/api/v1/workouts/{workout}")
    assert uses() == {}
    gym.do(workout, "restore")
    assert uses() == {BENCH: 1}


def test_a_day_that_moves_is_counted_where_it_is(gym: Gym) -> None:
    """A device that was offline tells that the workout began a day earlier."""
    workout = gym.train()
    gym.log(workout, reps=5)
    gym.do(workout, "complete")
    run_jobs()
    before = Use.objects.get().at
    created, start, now = "2026-03-01T10:00:00Z", "2026-03-01T10:00:01Z", timezone.now().isoformat()
    moved = "019ccd9e-ac5a-703e-9821-7675058ec45b"
    gym.send(
        moved,
        op("workout.create", created, id=moved),
        op("set.add", "2026-03-01T10:05:00Z", id="019ccd9e-ac5a-703e-9821-7675058ec45c", exercise_id=SQUAT, reps=5),
        op("workout.start", "2026-03-01T10:04:00Z"),
        op("workout.complete", "2026-03-01T11:00:00Z"),
        sent_at=now,
    )
    run_jobs()
    assert Use.objects.get(exercise=SQUAT).at.isoformat() == "2026-03-01T10:04:00+00:00"
    gym.send(moved, op("workout.start", start), sent_at=now)
    run_jobs()
    assert Use.objects.get(exercise=SQUAT).at.isoformat() == "2026-03-01T10:00:01+00:00"
    assert Use.objects.get(exercise=BENCH).at == before


def test_a_set_of_a_running_workout_pays_nothing_and_one_of_a_completed_one_insert(gym: Gym) -> None:
    workout = gym.train()
    gym.log(workout, reps=5)
    with counted() as running:
        gym.log(workout, reps=5)
    gym.do(workout, "complete")
    with counted() as completed:
        gym.log(workout, reps=5)
    jobs = [statement for statement in completed if statement.startswith("INSERT INTO common_job")]
    assert (len(jobs), len(completed) - len(running)) == (1, 1)
    with counted() as renamed:
        gym.device.patch(f"/api/v1/workouts/{workout}", {"notes": "Heavy"})
    assert [statement for statement in renamed if "common_job" in statement] == []


def test_a_job_that_comes_late_or_twice_counts_what_is_there_now(gym: Gym) -> None:
    workout = gym.whole("2026-03-02T18:00", *DONE)["id"]
    gym.log(workout, PULL_UP, reps=8)
    first, second = Job.objects.filter(kind=KIND).order_by("pk")
    for job in (second, first, second):
        Job.objects.filter(pk=job.pk).update(status="queued", finished_at=None)
        assert uses() == {BENCH: 2, PULL_UP: 1}


def test_who_trains_what_they_have_rated_counts_fully(gym: Gym, athlete: User) -> None:
    User.objects.update(date_joined="2026-01-01T00:00Z")
    rate = f"/api/v1/exercises/{BENCH}/rate"
    assert gym.device.post(rate, {"stars": 5}).json()["counts_fully"] is False
    workout = gym.whole("2026-03-02T18:00", *DONE)["id"]
    run_jobs()
    assert gym.device.get(rate).json()["counts_fully"] is True
    gym.device.delete(f"/api/v1/workouts/{workout}")
    run_jobs()
    assert [str(weight) for weight in Rating.objects.values_list("weight", flat=True)] == ["0.25"]


def test_what_was_trained_before_anybody_counted_is_counted(gym: Gym) -> None:
    gym.whole("2026-03-02T18:00", *DONE)
    gym.whole("2026-03-03T18:00", *DONE, exercise=SQUAT)
    expected = uses()
    Use.objects.all().delete()
    call_command("count_uses")
    assert (uses(), Trained.objects.count()) == (expected, 2)
    Use.objects.all().delete()
    ask = import_module("workouts.migrations.0002_count_past_uses").ask
    ask(apps, None)
    ask(apps, None)
    assert uses() == expected == {BENCH: 2, SQUAT: 2}


@pytest.fixture
def actor(athlete: User) -> Actor:
    stock_library()
    return actor_of(athlete)


@settings(thorough(20, soak=1_000), suppress_health_check=list(HealthCheck))
@given(history=histories(whole=False, max_steps=30, exercise_ids=(BENCH, PULL_UP, RUN), deletes_workout=True))
def test_after_any_history_what_was_told_is_what_there_is(actor: Actor, history: History) -> None:
    """After each batch the jobs that it left, and no others, count the workout."""
    workout_id = UUID(history.workout_id)
    with undone():
        for batch in history.batches:
            with time_machine.travel(batch.now, tick=False):
                post_ops(actor, {"sent_at": batch.sent_at.isoformat(), "ops": list(batch.ops)})
            for job in Job.objects.filter(kind=KIND):
                assert job.user_id is not None
                count_uses(job.user_id, UUID(job.payload["workout_id"]))
                job.delete()
            (stored,) = load("w.id = %s", [workout_id])
            at = stored.performed_at
            told = {(str(use.exercise_id), use.sets, use.at) for use in Use.objects.filter(workout_id=workout_id)}
            assert told == {(exercise, sets, at) for exercise, sets in uses_of(stored.state).items()}
