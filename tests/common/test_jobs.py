"""Background work as rows: done once in effect, whoever is killed, stopped or doubled on the way."""

import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.db import connection, transaction
from django.utils import timezone
from structlog.contextvars import bound_contextvars

from accounts.models import User
from fitai.common import jobs, redis, schedules
from fitai.common.ids import uuid7
from fitai.common.jobs import Claim, Fenced, PermanentFailure, handles
from fitai.common.models import Event, Job
from fitai.common.schedules import Schedule
from tests.cast import ApiClient, client_of, committed, make_person

pytestmark = pytest.mark.django_db

Work = Callable[[Claim], Mapping[str, Any] | None]


def in_a_transaction() -> bool:
    """Whether what is written now can still be undone, beside the test's own transaction."""
    return len(connection.savepoint_ids) > 0


class Bench:
    """What the kinds of this file do, set by each test, and every time one was begun."""

    def __init__(self) -> None:
        self.work: Work = lambda claim: None
        self.begun: list[UUID] = []
        self.ended: list[tuple[str, bool]] = []


bench = Bench()


def work(claim: Claim) -> Mapping[str, Any] | None:
    bench.begun.append(claim.job.pk)
    return bench.work(claim)


handles("test.private", max_attempts=3)(work)
handles("test.shown", max_attempts=3, visible=True)(work)
handles("test.followed", max_attempts=2, ended=lambda job: bench.ended.append((job.status, in_a_transaction())))(work)


@pytest.fixture(autouse=True)
def _fresh_bench() -> None:
    bench.__init__()  # type: ignore[misc]


def make(kind: str = "test.private", key: str = "one", **options: Any) -> UUID:
    job_id = jobs.enqueue(kind, {"n": 1}, dedupe_key=key, **options)
    assert job_id is not None
    return job_id


def row(job_id: UUID) -> Job:
    return Job.objects.get(pk=job_id)


def told(user: User) -> list[dict[str, Any]]:
    """What the owner was told of jobs, in order."""
    events = Event.objects.filter(stream=f"user:{user.pk}", type="job").order_by("seq")
    return [event.payload for event in events]


# ── Making ───────────────────────────────────────────────────────────────────────────────────────


def test_a_job_is_a_row_of_its_transaction() -> None:
    with bound_contextvars(request_id="req-12345678"), transaction.atomic():
        job_id = make()
        transaction.set_rollback(True)
    assert not Job.objects.exists()

    with bound_contextvars(request_id="req-12345678"):
        job_id = make()
    job = row(job_id)
    assert (job.kind, job.status, job.attempts, job.payload, job.request_id) == (
        "test.private",
        "queued",
        0,
        {"n": 1},
        "req-12345678",
    )


def test_of_two_with_one_dedupe_key_there_is_one() -> None:
    first = make(key="same")
    assert jobs.enqueue("test.private", {"n": 2}, dedupe_key="same") is None
    jobs.run(first)
    assert jobs.enqueue("test.private", {"n": 3}, dedupe_key="same") is None  # also when it is done
    assert [job.payload for job in Job.objects.all()] == [{"n": 1}]


def test_the_bell_is_the_id_and_nothing_else() -> None:
    with committed():
        job_id = make()
    message = redis.client.lpop("fitai:default")
    assert message is not None
    assert str(job_id).encode() in message
    assert redis.client.llen("fitai:default") == 0


def test_with_the_broker_away_the_job_waits_and_is_rung_for_later() -> None:
    redis._resting_until = float("inf")
    try:
        with committed():
            job_id = make()
    finally:
        redis._resting_until = 0.0
    assert redis.client.llen("fitai:default") == 0
    now = timezone.now()
    assert jobs.due(now) == []  # it was rung for a moment ago, as far as anybody knows
    assert jobs.due(now + timedelta(seconds=11)) == [(job_id, "default")]
    jobs.run(job_id)
    assert row(job_id).status == "succeeded"


def test_what_is_due_is_what_should_be_rung_for() -> None:
    now = timezone.now()
    later = make(key="later", not_before=now + timedelta(minutes=5))
    ready = make(key="ready", not_before=now - timedelta(seconds=1))
    lost = make(key="lost")
    Job.objects.filter(pk=lost).update(
        status="processing", lease_until=now - timedelta(seconds=1), rung_at=now - timedelta(minutes=2)
    )
    ended = make(key="ended")  # rung for a moment ago, before its lease ran out
    Job.objects.filter(pk=ended).update(
        status="processing", lease_until=now - timedelta(seconds=0.1), rung_at=now - timedelta(seconds=0.6)
    )
    rung = make(key="rung")  # and since
    Job.objects.filter(pk=rung).update(
        status="processing", lease_until=now - timedelta(seconds=0.2), rung_at=now - timedelta(seconds=0.1)
    )
    held = make(key="held")
    Job.objects.filter(pk=held).update(status="processing", lease_until=now + timedelta(seconds=30), rung_at=None)
    done = make(key="done")
    jobs.run(done)

    assert {id for id, _ in jobs.due(now)} == {ready, lost, ended}
    assert {id for id, _ in jobs.due(now + timedelta(minutes=6))} == {ready, lost, ended, rung, held, later}


# ── Running ──────────────────────────────────────────────────────────────────────────────────────


def test_a_job_is_run_once_however_often_the_bell_rings() -> None:
    bench.work = lambda claim: {"sum": claim.payload["n"] + 1}
    job_id = make()
    for _ in range(3):
        jobs.run(job_id)
    job = row(job_id)
    assert (bench.begun, job.status, job.result, job.progress, job.attempts) == (
        [job_id],
        "succeeded",
        {"sum": 2},
        1,
        1,
    )


def test_a_job_is_not_run_before_its_time() -> None:
    job_id = make(not_before=timezone.now() + timedelta(seconds=60))
    jobs.run(job_id)
    assert (bench.begun, row(job_id).status) == ([], "queued")
    with time_machine.travel(timezone.now() + timedelta(seconds=61)):
        jobs.run(job_id)
    assert row(job_id).status == "succeeded"


def test_what_fails_is_tried_again_after_a_growing_while_and_then_given_up() -> None:
    def fail(claim: Claim) -> None:
        raise RuntimeError("no luck")

    bench.work = fail
    job_id = make()
    waits = []
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for attempt in (1, 2):
            jobs.run(job_id)
            job = row(job_id)
            assert (job.status, job.attempts, job.error, job.last_error, job.lease_until) == (
                "queued",
                attempt,
                None,
                "RuntimeError('no luck')",
                None,
            )
            waits.append((job.not_before - timezone.now()).total_seconds())
            jobs.run(job_id)  # not yet
            assert len(bench.begun) == attempt
            clock.move_to(job.not_before + timedelta(seconds=1))
            assert [id for id, _ in jobs.due(timezone.now())] == [job_id]
        jobs.run(job_id)
    job = row(job_id)
    assert (job.status, job.attempts, job.error and job.error["code"]) == ("failed", 3, "failed")
    assert "no luck" not in str(job.error)
    assert all(1 <= wait <= 2 ** (attempt + 1) for attempt, wait in enumerate(waits, start=1))
    jobs.run(job_id)
    assert len(bench.begun) == 3


def test_what_can_never_succeed_is_not_tried_again() -> None:
    def fail(claim: Claim) -> None:
        raise PermanentFailure("unreadable", "The file is no video.")

    bench.work = fail
    job_id = make()
    jobs.run(job_id)
    job = row(job_id)
    assert (job.status, job.error) == ("failed", {"code": "unreadable", "detail": "The file is no video."})


def test_a_failure_undoes_what_its_transaction_wrote(athlete: User) -> None:
    def fail(claim: Claim) -> None:
        with claim.writing():
            User.objects.filter(pk=athlete.pk).update(display_name="half done")
            raise RuntimeError("in the middle")

    bench.work = fail
    jobs.run(make())
    assert User.objects.get(pk=athlete.pk).display_name == "Ada Athlete"


# ── Leases and fences ────────────────────────────────────────────────────────────────────────────


def expire(job_id: UUID) -> None:
    Job.objects.filter(pk=job_id).update(lease_until=timezone.now() - timedelta(seconds=1))


def test_a_job_that_is_held_is_nobody_elses_until_the_lease_ends() -> None:
    job_id = make()
    first = jobs.claim(job_id)
    assert first is not None
    assert jobs.claim(job_id) is None
    expire(job_id)
    second = jobs.claim(job_id)
    assert second is not None
    assert (second.token, row(job_id).attempts) == (first.token + 1, 2)


def test_progress_renews_the_lease() -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        job_id = make()
        held = jobs.claim(job_id)
        assert held is not None
        clock.shift(50)
        held.advance(0.5, "reading")
        job = row(job_id)
        assert (job.progress, job.stage, job.heartbeat_at, job.lease_until) == (
            0.5,
            "reading",
            timezone.now(),
            timezone.now() + timedelta(seconds=60),
        )
        clock.shift(50)
        assert jobs.claim(job_id) is None


def test_the_lease_is_renewed_while_somebody_else_is_waited_for(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick = replace(jobs.HANDLERS["test.private"], lease=timedelta(seconds=0.09))
    monkeypatch.setitem(jobs.HANDLERS, "test.private", quick)
    job_id = make()
    held = jobs.claim(job_id)
    assert held is not None
    with held.kept():
        time.sleep(0.2)
        assert jobs.claim(job_id) is None
    time.sleep(0.1)
    assert jobs.claim(job_id) is not None
    with held.kept():  # another has it now
        renewed = row(job_id).lease_until
        time.sleep(0.05)
        assert row(job_id).lease_until == renewed


def test_a_worker_that_was_stopped_and_replaced_can_write_nothing(athlete: User) -> None:
    outcomes: list[str] = []

    def stopped(claim: Claim) -> Mapping[str, Any]:
        if len(bench.begun) > 1:
            with claim.writing():
                User.objects.filter(pk=athlete.pk).update(display_name="by the second")
            return {"by": "second"}
        expire(claim.job.pk)
        jobs.run(claim.job.pk)  # meanwhile another worker does all of it
        for write in (lambda: claim.advance(0.9), lambda: claim.writing().__enter__()):
            try:
                write()
            except Fenced:
                outcomes.append("fenced")
        return {"by": "first"}

    bench.work = stopped
    job_id = make()
    jobs.run(job_id)

    job = row(job_id)
    assert outcomes == ["fenced", "fenced"]
    assert (job.status, job.result, job.progress, job.attempts) == ("succeeded", {"by": "second"}, 1, 2)
    assert User.objects.get(pk=athlete.pk).display_name == "by the second"


@pytest.mark.parametrize("failure", [RuntimeError("late"), PermanentFailure("late", "Too late.")])
def test_the_failure_of_a_replaced_worker_counts_for_nothing(failure: Exception) -> None:
    def stopped(claim: Claim) -> None:
        if len(bench.begun) == 1:
            expire(claim.job.pk)
            jobs.run(claim.job.pk)
            raise failure

    bench.work = stopped
    job_id = make()
    jobs.run(job_id)
    job = row(job_id)
    assert (job.status, job.error, job.last_error) == ("succeeded", None, "")


def test_a_job_that_kills_its_worker_every_time_is_given_up_and_its_owner_told(athlete: User) -> None:
    job_id = make("test.shown", user_id=athlete.pk)
    for _ in range(3):
        assert jobs.claim(job_id) is not None
        expire(job_id)  # the worker is dead

    jobs.run(job_id)

    job = row(job_id)
    assert (job.status, job.attempts, bench.begun) == ("failed", 3, [])
    assert job.error is not None
    assert job.error["code"] == "gave_up"
    assert [entry["status"] for entry in told(athlete)] == ["queued", *3 * ["processing"], "failed"]
    assert told(athlete)[-1] == jobs.shape(job)
    jobs.run(job_id)
    assert len(told(athlete)) == 5
    other = make(key="other")
    jobs.run(other)  # the queue goes on
    assert row(other).status == "succeeded"


@pytest.mark.django_db(transaction=True)
def test_of_ten_workers_that_hear_one_bell_one_works(transactional_db: None) -> None:
    together = threading.Barrier(10)
    job_id = make()

    def worker(_: int) -> None:
        together.wait()
        try:
            jobs.run(job_id)
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        list(pool.map(worker, range(10)))
    assert (bench.begun, row(job_id).attempts, row(job_id).status) == ([job_id], 1, "succeeded")


@pytest.mark.django_db(transaction=True)
def test_two_dispatchers_make_each_scheduled_run_once(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schedules, "SCHEDULES", [Schedule("test.private", 600), Schedule("test.shown", 3600)])
    together = threading.Barrier(4)

    def dispatcher(_: int) -> None:
        together.wait()
        try:
            for minute in (0, 4, 9, 10, 61):
                schedules.enqueue_due(datetime(2026, 3, 2, 18, tzinfo=UTC) + timedelta(minutes=minute))
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(dispatcher, range(4)))
    assert sorted((job.kind, job.payload["due_at"]) for job in Job.objects.all()) == [
        ("test.private", "2026-03-02T18:00:00+00:00"),
        ("test.private", "2026-03-02T18:10:00+00:00"),
        ("test.private", "2026-03-02T19:00:00+00:00"),
        ("test.shown", "2026-03-02T18:00:00+00:00"),
        ("test.shown", "2026-03-02T19:00:00+00:00"),
    ]


# ── What the owner sees and may do ───────────────────────────────────────────────────────────────


def test_the_owner_follows_a_job(athlete: User, stranger: User, anonymous: ApiClient) -> None:
    device = client_of(athlete)
    job_id = make("test.shown", user_id=athlete.pk)
    path = f"/api/v1/jobs/{job_id}"
    expected = {
        "id": str(job_id),
        "kind": "test.shown",
        "status": "queued",
        "stage": "",
        "progress": 0.0,
        "error": None,
        "result": None,
    }
    waiting = device.get(path)
    assert (waiting.status_code, waiting.json()) == (200, expected)
    assert device.get(path, headers={"If-None-Match": waiting["ETag"]}).status_code == 304

    bench.work = lambda claim: claim.advance(0.5, "counting") or {"reps": 8}
    jobs.run(job_id)
    done = {**expected, "status": "succeeded", "stage": "counting", "progress": 1.0, "result": {"reps": 8}}
    assert device.get(path, headers={"If-None-Match": waiting["ETag"]}).json() == done
    assert told(athlete) == [
        expected,
        {**expected, "status": "processing"},
        {**expected, "status": "processing", "stage": "counting", "progress": 0.5},
        done,
    ]
    private = make("test.private", key="private", user_id=athlete.pk)
    hidden = [client_of(stranger).get(path), device.get(f"/api/v1/jobs/{private}")]
    assert [answer.status_code for answer in hidden] == [404, 404]
    assert anonymous.get(path).status_code == 401


def test_a_waiting_job_is_cancelled_at_once_and_an_ended_one_no_more(athlete: User, stranger: User) -> None:
    device = client_of(athlete)
    job_id = make("test.shown", user_id=athlete.pk)
    path = f"/api/v1/jobs/{job_id}/cancel"
    assert client_of(stranger).post(path).status_code == 404
    assert row(job_id).status == "queued"

    answer = device.post(path)
    assert (answer.status_code, answer.json()["status"]) == (200, "cancelled")
    assert [entry["status"] for entry in told(athlete)] == ["queued", "cancelled"]
    jobs.run(job_id)
    assert (bench.begun, row(job_id).status) == ([], "cancelled")
    again = device.post(path)
    assert (again.status_code, again.json()["state"]) == (409, "cancelled")


@pytest.mark.parametrize("how", ["succeeded", "failed", "given up", "cancelled", "cancelled while it runs"])
def test_whoever_asked_learns_of_the_end_once_and_with_it(how: str) -> None:
    def act(claim: Claim) -> None:
        if how == "failed":
            raise PermanentFailure("unreadable", "The file is no video.")
        if how == "cancelled while it runs":
            Job.objects.update(cancel_requested=True)
            claim.advance(0.5)

    bench.work = act
    job_id = make("test.followed")
    if how == "cancelled":
        with transaction.atomic():
            jobs.cancel(Job.objects.select_for_update().get(pk=job_id))
    if how == "given up":
        for _ in range(2):
            assert jobs.claim(job_id) is not None
            expire(job_id)
    for _ in range(2):
        jobs.run(job_id)
    status = {"given up": "failed"}.get(how, how.split()[0])
    assert (bench.ended, row(job_id).status) == ([(status, True)], status)


def test_what_follows_the_end_is_undone_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(job: Job) -> None:
        raise RuntimeError("cannot be settled")

    monkeypatch.setitem(jobs.HANDLERS, "test.followed", replace(jobs.HANDLERS["test.followed"], ended=fail))
    job_id = make("test.followed")
    with pytest.raises(RuntimeError):
        jobs.run(job_id)
    assert row(job_id).status == "processing"  # until its lease ends, and somebody tries again


@pytest.mark.parametrize("then", ["writes on", "ends", "fails"])
def test_a_job_that_is_removed_while_it_runs_ends_quietly(then: str) -> None:
    def removed(claim: Claim) -> None:
        Job.objects.all().delete()
        if then == "fails":
            raise RuntimeError("and fails")
        if then == "writes on":
            claim.advance(0.5)

    bench.work = removed
    jobs.run(make("test.followed"))
    assert (Job.objects.count(), bench.ended) == (0, [])


def test_the_id_of_a_job_may_be_chosen() -> None:
    chosen = uuid7()
    assert jobs.enqueue("test.private", {}, dedupe_key="one", id=chosen) == chosen
    assert row(chosen).dedupe_key == "one"


@pytest.mark.parametrize("then", ["writes on", "ends", "fails", "dies"])
def test_a_running_job_stops_at_its_next_write(athlete: User, then: str) -> None:
    device = client_of(athlete)
    job_id = make("test.shown", user_id=athlete.pk)

    def cancelled_meanwhile(claim: Claim) -> Mapping[str, Any] | None:
        answer = device.post(f"/api/v1/jobs/{job_id}/cancel")
        assert (answer.status_code, answer.json()["status"]) == (200, "processing")
        if then == "writes on":
            with claim.writing():
                raise AssertionError("nothing may be written")
        if then == "fails":
            raise RuntimeError("and fails")
        return {"wrote": "nothing"}

    if then == "dies":
        assert jobs.claim(job_id) is not None
        device.post(f"/api/v1/jobs/{job_id}/cancel")
        expire(job_id)
    bench.work = cancelled_meanwhile
    jobs.run(job_id)

    job = row(job_id)
    assert (job.status, job.result) == ("cancelled", None)
    assert told(athlete)[-1] == jobs.shape(job)


def test_the_last_thing_told_of_a_job_is_how_it_stands(athlete: User) -> None:
    """Whoever folds what they hear sees what whoever asks sees, at every step."""
    job_id = make("test.shown", user_id=athlete.pk)
    assert told(athlete)[-1] == jobs.shape(row(job_id))

    def fail(claim: Claim) -> None:
        claim.advance(0.5, "counting")
        raise RuntimeError("for now")

    bench.work = fail
    jobs.run(job_id)
    job = row(job_id)
    assert (job.status, told(athlete)[-1]) == ("queued", jobs.shape(job))


def test_a_job_that_is_cancelled_in_its_last_attempt_is_cancelled(athlete: User) -> None:
    job_id = make("test.shown", user_id=athlete.pk)
    for _ in range(3):
        assert jobs.claim(job_id) is not None
        expire(job_id)
    client_of(athlete).post(f"/api/v1/jobs/{job_id}/cancel")
    jobs.run(job_id)
    assert row(job_id).status == "cancelled"


def test_jobs_of_a_person_who_is_gone_go_with_her() -> None:
    person = make_person("leaver")
    job_id = make("test.shown", user_id=person.pk)
    person.delete()
    assert not Job.objects.filter(pk=job_id).exists()


# ── Later ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("counts", "attempts"), [(False, 0), (True, 1)])
def test_what_is_not_for_now_waits_for_its_moment(counts: bool, attempts: int) -> None:
    at = timezone.now() + timedelta(hours=3)
    bench.work = lambda claim: (_ for _ in ()).throw(jobs.Later(at, counts=counts))
    job_id = make()
    jobs.run(job_id)
    job = row(job_id)
    assert (job.status, job.attempts, job.not_before, job.lease_until) == ("queued", attempts, at, None)


def test_waiting_uses_no_attempt_up_and_what_counts_does() -> None:
    job_id = make()
    for counts, status in ((False, "queued"), (False, "queued"), (True, "queued"), (True, "queued"), (True, "failed")):
        later = jobs.Later(timezone.now(), counts=counts)
        bench.work = lambda claim, later=later: (_ for _ in ()).throw(later)
        jobs.run(job_id)
        assert row(job_id).status == status
