"""Workouts follow the library where two exercises were made one."""

from importlib import import_module
from threading import Event, Thread
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from exercises.models import Exercise
from exercises.operations.merging import merge_exercises
from fitai.common import jobs
from fitai.common.models import Event as EventRow
from fitai.common.models import Job
from tests.cast import actor_of, client_of, committed, run_jobs
from tests.workouts.follower import Follower, seen
from tests.workouts.gym import BENCH, SQUAT, V1, Gym, Json, ok, op
from tests.workouts.strategies import thorough
from tests.workouts.test_records import assert_true
from workouts import jobs as workout_jobs
from workouts.core.decide import entry_id
from workouts.core.evolve import replay
from workouts.core.operations import Event as CoreEvent
from workouts.core.operations import load_payload
from workouts.models import Record, Set, Workout, WorkoutExercise
from workouts.operations.store import load

pytestmark = pytest.mark.django_db

apply_module = import_module("workouts.operations.apply")

HEAVY: Json = {"reps": 5, "weight": "100", "weight_unit": "kg"}
LIGHT: Json = {"reps": 5, "weight": "80", "weight_unit": "kg"}


@pytest.fixture
def duplicate(library: None) -> str:
    """Another exercise that is the bench press."""
    made = Exercise.objects.create(
        slug="flat-press",
        name="Flat Press",
        status="approved",
        primary_muscles=["front_delts"],
        equipment=["barbell"],
        kind="strength",
    )
    return str(made.pk)


def merge(moderator: User, duplicate: str, into: str = BENCH) -> None:
    with committed():
        merge_exercises(actor_of(moderator), UUID(duplicate), UUID(into))


def named(workout: Json) -> list[str]:
    return [entry["exercise_id"] for entry in workout["exercises"]]


def folded(workout: str) -> Any:
    """What the events of a workout make, all over again."""
    rows = EventRow.objects.filter(stream=f"workout:{workout}").exclude(type="cue").order_by("seq")
    return replay(
        CoreEvent(row.op_id or "", row.type, row.at, row.device_id, load_payload(row.payload), row.seq, None)
        for row in rows
    )


def assert_folds(workout: str) -> None:
    """The rows are what the events make."""
    (found,) = load("w.id = %s", [workout])
    again = folded(workout)
    assert (again.exercises, again.sets, again.last_stamp) == (
        found.state.exercises,
        found.state.sets,
        found.state.last_stamp,
    )


def test_workouts_of_everybody_in_any_state_follow(
    gym: Gym, stranger: User, coach: User, moderator: User, duplicate: str
) -> None:
    active = gym.train()
    gym.log(active, duplicate, **LIGHT)
    other, third = Gym(client_of(stranger)), Gym(client_of(coach))
    done = other.whole("2026-01-02T10:00", LIGHT, exercise=duplicate)["id"]
    gone = third.whole("2026-01-02T10:00", LIGHT, exercise=duplicate)["id"]
    third.device.delete(f"{V1}/workouts/{gone}")
    deleted_at = Workout.objects.get(pk=gone).deleted_at
    untouched = other.whole("2026-01-03T10:00", LIGHT, exercise=SQUAT)
    before, follower = gym.see(active), Follower()
    follower.read(before)

    merge(moderator, duplicate)
    run_jobs()

    for workout, one in ((active, gym), (done, other)):
        assert named(one.see(workout)) == [BENCH]
        event = one.events(workout)[-1]
        assert event == {
            "seq": event["seq"],
            "op_id": event["op_id"],
            "type": "exercise.update",
            "at": event["at"],
            "device_id": "server",
            "actor_id": None,
            "payload": {
                "id": one.see(workout)["exercises"][0]["id"],
                "exercise_id": BENCH,
                "merged_from": duplicate,
            },
        }
    assert gym.see(active) == {
        **before,
        "seq": before["seq"] + 1,
        "exercises": [{**entry, "exercise_id": BENCH} for entry in before["exercises"]],
    }
    event = gym.events(active)[-1]
    follower.hear({"type": "event", "seq": event["seq"], "event": event})
    assert follower.shown == seen(gym.see(active))
    assert Workout.objects.get(pk=done).muscles == ["chest"]
    assert Workout.objects.get(pk=gone).deleted_at == deleted_at
    assert other.see(untouched["id"]) == untouched
    third.do(gone, "restore")
    assert named(third.see(gone)) == [BENCH]
    for rows in (WorkoutExercise, Set, Record):
        assert not rows.objects.filter(exercise=duplicate).exists()  # type: ignore[attr-defined]
    for workout in (active, done, gone):
        assert_folds(workout)


def test_what_was_removed_stays_removed(gym: Gym, moderator: User, duplicate: str) -> None:
    workout = gym.train()
    item = gym.log(workout, duplicate, **LIGHT)
    entry = gym.see(workout)["exercises"][0]["id"]
    gym.send(workout, op("exercise.remove", timezone.now().isoformat(), id=entry))
    merge(moderator, duplicate)
    run_jobs()
    assert gym.see(workout)["exercises"] == []
    gym.send(workout, op("set.update", timezone.now().isoformat(), id=item["id"], reps=6))
    assert named(gym.see(workout)) == [BENCH]
    assert_folds(workout)


def test_what_somebody_made_of_an_entry_meanwhile_is_kept(gym: Gym, moderator: User, duplicate: str) -> None:
    """A device was offline when the exercise was merged, and had chosen another one before."""
    workout = gym.train()
    gym.log(workout, duplicate, **LIGHT)
    entry, before = gym.see(workout)["exercises"][0]["id"], timezone.now().isoformat()
    merge(moderator, duplicate)
    run_jobs()
    gym.send(workout, op("exercise.update", before, id=entry, exercise_id=SQUAT), sent_at=timezone.now().isoformat())
    assert named(gym.see(workout)) == [SQUAT]
    assert_folds(workout)


def test_a_merge_is_no_sign_of_life(gym: Gym, moderator: User, duplicate: str) -> None:
    workout = gym.train()
    gym.log(workout, duplicate, **LIGHT)
    last = Workout.objects.get(pk=workout).last_at
    merge(moderator, duplicate)
    run_jobs()
    assert Workout.objects.get(pk=workout).last_at == last


def test_a_device_that_has_not_heard_of_it_logs_on_in_the_same_place(gym: Gym, moderator: User, duplicate: str) -> None:
    workout, other = gym.train(), gym.train()
    gym.log(workout, duplicate, **LIGHT)
    entry = gym.see(workout)["exercises"][0]["id"]
    assert entry == entry_id(workout, duplicate)
    merge(moderator, duplicate)
    run_jobs()
    now = timezone.now().isoformat()
    for place in (workout, other):
        said = gym.send(
            place,
            op("set.add", now, exercise_id=duplicate, **HEAVY),
            op("exercise.add", now, exercise_id=duplicate),
            op("set.add", now, exercise_id=duplicate, **HEAVY),
        )
        assert [one["status"] for one in said["results"]] == ["applied"] * 3
        assert set(named(gym.see(place))) == {BENCH}
    assert [len(one["sets"]) for one in gym.see(workout)["exercises"]] == [3, 0]
    assert gym.see(workout)["exercises"][0]["id"] == entry
    assert gym.log(workout, duplicate, **HEAVY)["exercise_id"] == BENCH
    planned = gym.new(exercises=[{"exercise_id": duplicate, "sets": [{"target": {"reps": 5}}]}])
    assert named(planned) == [BENCH]
    found = ok(gym.device.get(f"{V1}/workouts?exercise={duplicate}"))["results"]
    assert {one["id"] for one in found} == {workout, other}
    assert not Set.objects.filter(exercise=duplicate).exists()


def test_an_exercise_that_was_never_shown_to_somebody_does_not_open_by_being_merged(
    gym: Gym, stranger: User, duplicate: str
) -> None:
    Exercise.objects.filter(pk=duplicate).update(status="draft", owner=stranger)
    body = {"exercise_id": duplicate, **LIGHT}
    assert gym.device.post(f"{V1}/workouts/{gym.train()}/sets", body).status_code == 422


@settings(thorough(6, soak=200), suppress_health_check=list(HealthCheck))
@given(
    history=st.lists(st.tuples(st.integers(1, 28), st.booleans(), st.integers(1, 8), st.integers(16, 24)), max_size=6)
)
def test_records_after_a_merge_are_those_of_one_history(
    gym: Gym, athlete: User, moderator: User, duplicate: str, history: list[tuple[int, bool, int, int]]
) -> None:
    with transaction.atomic():
        for day, is_duplicate, reps, fives in history:
            sets = [{"reps": reps, "weight": str(fives * 5), "weight_unit": "kg"}]
            exercise = duplicate if is_duplicate else BENCH
            gym.whole(f"2026-01-{day:02}T10:00", *sets, exercise=exercise)
        merge(moderator, duplicate)
        run_jobs()
        assert not Record.objects.filter(exercise=duplicate).exists()
        assert_true(athlete)
        transaction.set_rollback(True)


# ── The job ──────────────────────────────────────────────────────────────────────────────────────


def follow_job() -> Job:
    return Job.objects.get(kind="workouts.follow_merge")


def test_a_run_that_was_killed_goes_on_where_it_was(
    gym: Gym, moderator: User, duplicate: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [gym.whole(f"2026-01-0{day}T10:00", LIGHT, exercise=duplicate)["id"] for day in range(1, 6)]
    merge(moderator, duplicate)
    monkeypatch.setattr(workout_jobs, "BATCH", 2)
    monkeypatch.setattr(workout_jobs, "TURN", 4)
    follow, calls = workout_jobs.merging.follow_merge, []

    def dies(*args: Any, **values: Any) -> None:
        follow(*args, **values)
        calls.append(args)
        if len(calls) == 3:
            raise SystemExit

    monkeypatch.setattr(workout_jobs.merging, "follow_merge", dies)
    with pytest.raises(SystemExit):
        jobs.run(follow_job().pk)
    assert WorkoutExercise.objects.filter(exercise=duplicate).count() == 3  # the third was undone with its transaction
    Job.objects.update(lease_until=timezone.now())  # as if it had run out
    jobs.run(follow_job().pk)
    job = follow_job()
    assert (job.status, job.stage, job.attempts) == ("succeeded", "3 workouts", 2)
    assert all(named(gym.see(id)) == [BENCH] for id in ids)

    before = EventRow.objects.count()
    Job.objects.filter(pk=job.pk).update(status="queued", finished_at=None)
    jobs.run(job.pk)
    assert (follow_job().result, EventRow.objects.count()) == ({"followed": 0}, before)


def test_other_jobs_have_their_turn(gym: Gym, moderator: User, duplicate: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for day in range(1, 5):
        gym.whole(f"2026-01-0{day}T10:00", LIGHT, exercise=duplicate)
    merge(moderator, duplicate)
    monkeypatch.setattr(workout_jobs, "BATCH", 2)
    monkeypatch.setattr(workout_jobs, "TURN", 2)
    left = []
    while follow_job().status != "succeeded":
        jobs.run(follow_job().pk)
        left.append((WorkoutExercise.objects.filter(exercise=duplicate).count(), follow_job().attempts))
    assert left == [(2, 0), (0, 0), (0, 1)]


def test_of_two_merges_in_a_row_the_first_job_goes_straight_to_the_end(
    gym: Gym, moderator: User, duplicate: str
) -> None:
    workout = gym.whole("2026-01-01T10:00", LIGHT, exercise=duplicate)["id"]
    merge(moderator, duplicate)
    merge(moderator, BENCH, SQUAT)
    run_jobs()
    assert named(gym.see(workout)) == [SQUAT]
    assert [event["type"] for event in gym.events(workout)] == ["workout.create", "exercise.update"]


def test_where_a_merge_was_taken_back_nothing_follows(gym: Gym, moderator: User, duplicate: str) -> None:
    workout = gym.whole("2026-01-01T10:00", LIGHT, exercise=duplicate)["id"]
    merge(moderator, duplicate)
    Exercise.objects.filter(pk=duplicate).update(merged_into=None, status="approved")
    run_jobs()
    assert named(gym.see(workout)) == [duplicate]


def somebody_waits() -> bool:
    """Whether a transaction waits for another one's lock."""
    with connection.cursor() as cursor:
        waiting = "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        cursor.execute(f"SELECT EXISTS ({waiting})")
        return bool(cursor.fetchone()[0])


@pytest.mark.django_db(transaction=True)
def test_a_set_that_is_logged_while_its_exercise_is_merged_follows_too(
    gym: Gym, moderator: User, duplicate: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever looked the duplicate up before the merge is waited for; whoever looks it up later finds what stands for
    it. So the job, which begins after the merge, finds everything."""
    workout, looked_up, go_on = gym.train(), Event(), Event()
    save = apply_module.save

    def slow(*args: Any, **values: Any) -> Any:
        looked_up.set()
        go_on.wait(10)
        return save(*args, **values)

    monkeypatch.setattr(apply_module, "save", slow)
    answers: list[Any] = []
    actor = actor_of(moderator)

    def log() -> None:
        try:
            answers.append(gym.log(workout, duplicate, **LIGHT))
        finally:
            connection.close()

    def merge_now() -> None:
        try:
            merge_exercises(actor, UUID(duplicate), UUID(BENCH))
            answers.append("merged")
        finally:
            connection.close()

    logging, merging = Thread(target=log), Thread(target=merge_now)
    logging.start()
    assert looked_up.wait(10)
    merging.start()
    while merging.is_alive() and not somebody_waits():
        merging.join(0.02)
    assert answers == []  # it waits for the set
    monkeypatch.setattr(apply_module, "save", save)
    go_on.set()
    logging.join(10)
    merging.join(10)
    assert [one if one == "merged" else one["exercise_id"] for one in answers] in (
        [duplicate, "merged"],
        ["merged", duplicate],
    )
    run_jobs()
    assert named(gym.see(workout)) == [BENCH]
