"""How long data stays."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from accounts.models import SecurityEvent, User
from fitai.common import jobs, retention, schedules
from fitai.common.events import publish_to_user
from fitai.common.ids import uuid7
from fitai.common.models import Event, IdempotencyKey, Job
from tests.cast import client_of
from workouts.models import Workout

HOUR = timedelta(hours=1)


def purge() -> Mapping[str, Any]:
    """Run the purge as a worker would; what it says is gone."""
    job_id = jobs.enqueue("retention.purge", {}, dedupe_key=f"purge:{uuid7()}")
    assert job_id is not None
    jobs.run(job_id)
    job = Job.objects.get(pk=job_id)
    assert job.status == "succeeded", job.last_error
    result: Mapping[str, Any] = job.result
    return result


def edge(name: str) -> datetime:
    """The moment before which rows of this name are too old."""
    return timezone.now() - timedelta(days=settings.RETENTION_DAYS[name])


def counts(**gone: int) -> dict[str, int]:
    return {**dict.fromkeys(settings.RETENTION_DAYS, 0), **gone}


def test_every_name_has_a_rule_and_every_rule_a_name() -> None:
    assert set(retention.RULES) == set(settings.RETENTION_DAYS)


def test_the_periods_that_are_promised() -> None:
    assert settings.RETENTION_DAYS == {
        "deleted_accounts": 30,
        "exports": 7,
        "deleted_workouts": 30,
        "security_events": 400,
        "operation_answers": 1,
        "idempotency_keys": 1,
        "finished_jobs": 30,
        "user_events": 30,
        "form_originals": 0,
        "google_tickets": 0,
        "avatar_leftovers": 0,
        "exercise_media_leftovers": 0,
        "deleted_metrics": 30,
        "friend_requests": 90,
        "notifications": 90,
        "searches": 90,
        "ended_devices": 180,
        "pending_factors": 1,
        "idle_groups": 30,
    }


def test_a_rule_without_a_period_is_refused() -> None:
    with pytest.raises(LookupError, match="moods"):
        retention.keeps("moods")(lambda before: 0)


def test_it_is_scheduled() -> None:
    assert schedules.Schedule("retention.purge", 3600) in schedules.SCHEDULES


def test_nothing_to_do(db: None) -> None:
    assert purge() == counts()


def test_idempotency_keys(db: None) -> None:
    for age in (-HOUR, HOUR):
        row = IdempotencyKey.objects.create(scope="user:1", key=str(age), digest=b"", status=201, body=b"")
        IdempotencyKey.objects.filter(pk=row.pk).update(created_at=edge("idempotency_keys") - age)
    assert purge() == counts(idempotency_keys=1)
    assert list(IdempotencyKey.objects.values_list("key", flat=True)) == [str(-HOUR)]


def test_security_events(athlete: User) -> None:
    SecurityEvent.objects.all().delete()
    for age in (-HOUR, HOUR):
        SecurityEvent.objects.create(kind="log_in", user=athlete, created_at=edge("security_events") - age)
    assert purge() == counts(security_events=1)
    assert SecurityEvent.objects.get().created_at > edge("security_events")


def test_finished_jobs(db: None) -> None:
    now, old = timezone.now(), edge("finished_jobs")
    for name, finished_at in (("old", old - HOUR), ("young", old + HOUR), ("unfinished", None)):
        job = Job.objects.create(kind="tests.kept", dedupe_key=name, not_before=now, finished_at=finished_at)
        Job.objects.filter(pk=job.pk).update(created_at=old - timedelta(days=99))
    assert purge() == counts(finished_jobs=1)
    assert set(Job.objects.filter(kind="tests.kept").values_list("dedupe_key", flat=True)) == {"young", "unfinished"}


def test_events_of_people_go_and_those_of_workouts_stay(athlete: User) -> None:
    workout = client_of(athlete).post("/api/v1/workouts", {}).json()["id"]
    for number in range(2):
        publish_to_user(athlete.pk, "job", {"number": number})
    Event.objects.all().update(created_at=edge("user_events") - HOUR, answer_status=None, answer=None)
    Event.objects.filter(payload={"number": 1}).update(created_at=edge("user_events") + HOUR)
    assert purge() == counts(user_events=1)
    left = Event.objects.order_by("stream").values_list("stream", "seq")
    assert list(left) == [(f"user:{athlete.pk}", 2), (f"workout:{workout}", 1)]
    publish_to_user(athlete.pk, "job", {})
    assert Event.objects.filter(stream=f"user:{athlete.pk}").latest("seq").seq == 3


def test_answers_are_forgotten_and_their_events_stay(athlete: User) -> None:
    client = client_of(athlete)
    for key in ("old", "young"):
        client.post("/api/v1/workouts", {"name": key}, HTTP_IDEMPOTENCY_KEY=key)
    assert Event.objects.filter(answer_status=201).count() == 2
    Event.objects.filter(op_id="old").update(created_at=edge("operation_answers") - HOUR)
    assert purge() == counts(operation_answers=1)
    left = Event.objects.order_by("op_id").values_list("op_id", "answer_status")
    assert list(left) == [("old", None), ("young", 201)]
    assert Event.objects.get(op_id="old").answer is None
    repeated = client.post("/api/v1/workouts", {"name": "old"}, HTTP_IDEMPOTENCY_KEY="old")
    assert (repeated.status_code, repeated.headers["Idempotent-Replayed"]) == (201, "true")
    assert Workout.objects.count() == 2


def test_deleted_workouts_go_with_their_events(athlete: User) -> None:
    client = client_of(athlete)
    old, young, kept = (client.post("/api/v1/workouts", {}).json()["id"] for _ in range(3))
    for workout, moment in ((old, -HOUR), (young, HOUR)):
        client.delete(f"/api/v1/workouts/{workout}")
        Workout.objects.filter(pk=workout).update(deleted_at=edge("deleted_workouts") + moment)
    gone = purge()
    assert gone["deleted_workouts"] == 1
    assert {str(id) for id in Workout.objects.values_list("pk", flat=True)} == {young, kept}
    streams = Event.objects.filter(stream__startswith="workout:").values_list("stream", flat=True)
    assert set(streams) == {f"workout:{young}", f"workout:{kept}"}
    assert client.post(f"/api/v1/workouts/{young}/restore").status_code == 200
    assert client.post(f"/api/v1/workouts/{old}/restore").status_code == 404


def test_more_than_a_batch(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "BATCH", 2)
    IdempotencyKey.objects.bulk_create(
        IdempotencyKey(scope="user:1", key=str(number), digest=b"", status=201, body=b"") for number in range(5)
    )
    IdempotencyKey.objects.update(created_at=edge("idempotency_keys") - HOUR)
    assert purge() == counts(idempotency_keys=5)
    assert IdempotencyKey.objects.count() == 0
