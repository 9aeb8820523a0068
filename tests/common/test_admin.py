"""Jobs and events in the admin."""

from typing import Any
from uuid import UUID

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Role
from accounts.models import User
from fitai.common import jobs
from fitai.common.admin import without_secrets
from fitai.common.events import publish_to_user
from fitai.common.models import Event, Job
from tests.cast import committed, make_person

JOBS, EVENTS = "/admin/common/job/", "/admin/common/event/"
KIND = "tests.stretch"


@pytest.fixture
def operator(db: None) -> User:
    """Who runs the server."""
    return make_person("olga", role=Role.ADMIN, is_staff=True, is_superuser=True)


@pytest.fixture
def desk(operator: User) -> Client:
    client = Client()
    client.force_login(operator)
    return client


@pytest.fixture(autouse=True)
def stretching(monkeypatch: pytest.MonkeyPatch) -> None:
    """A kind of job that always succeeds."""
    monkeypatch.setitem(jobs.HANDLERS, KIND, jobs.Handler(lambda claim: None, "default", 5, False, jobs.LEASE))


def make_job(key: str, status: Job.Status = Job.Status.QUEUED, **values: Any) -> Job:
    ordinary = {"kind": KIND, "not_before": timezone.now()}
    return Job.objects.create(**{**ordinary, "dedupe_key": key, "status": status, **values})


def keys(answer: Any) -> list[str]:
    assert answer.status_code == 200
    return sorted(job.dedupe_key for job in answer.context["cl"].result_list)


def say_yes(desk: Client, address: str, **values: Any) -> list[str]:
    """What the page tells after the confirmation."""
    with committed():
        answer = desk.post(address, {"confirmed": "yes", **values}, follow=True)
    return sorted(str(message) for message in answer.context["messages"])


# ── Jobs ─────────────────────────────────────────────────────────────────────────────────────────


def test_jobs_are_found(desk: Client, athlete: User) -> None:
    first = make_job("first", request_id="request-1")
    make_job("second", Job.Status.FAILED, user=athlete)
    make_job("third", kind="accounts.verification_mail", queue="mail")
    answers = {
        "": ["first", "second", "third"],
        "status__exact=failed": ["second"],
        "queue=mail": ["third"],
        f"kind={KIND}": ["first", "second"],
        f"q={first.pk}": ["first"],
        "q=first": ["first"],
        "q=request-1": ["first"],
        "q=Athlete": ["second"],
        f"q={athlete.pk}": ["second"],
        "q=fir": [],
    }
    assert {query: keys(desk.get(f"{JOBS}?{query}")) for query in answers} == answers


def test_the_list_of_jobs_costs_the_same_for_one_and_for_three(desk: Client, django_assert_num_queries: Any) -> None:
    make_job("first")
    with django_assert_num_queries(4):  # session, person, page, badge
        desk.get(JOBS)
    make_job("second"), make_job("third")
    with django_assert_num_queries(4):
        desk.get(JOBS)


def test_a_job_that_failed_runs_again(desk: Client, operator: User) -> None:
    trouble = {"code": "failed", "detail": "No."}
    job = make_job("broken", Job.Status.FAILED, attempts=5, error=trouble, finished_at=timezone.now())
    asked = desk.get(f"{JOBS}{job.pk}/retry/")
    assert asked.context["title"] == "Retry these jobs?"
    assert Job.objects.get().status == Job.Status.FAILED

    assert say_yes(desk, f"{JOBS}{job.pk}/retry/") == ["1 job queued again."]
    queued = Job.objects.get()
    assert (queued.status, queued.attempts, queued.error, queued.finished_at) == (Job.Status.QUEUED, 0, None, None)
    jobs.run(job.pk)
    assert Job.objects.get().status == Job.Status.SUCCEEDED
    assert list(LogEntry.objects.values_list("user_id", "change_message")) == [(operator.pk, "Queued again")]


def test_only_what_ended_badly_is_retried_and_only_what_is_open_is_cancelled(desk: Client) -> None:
    rows = {status: make_job(status, status) for status in Job.Status}
    chosen = [str(job.pk) for job in rows.values()]
    told = say_yes(desk, JOBS, action="retry_jobs", _selected_action=chosen)
    assert sorted(said.split(": ")[-1] for said in told) == [
        "2 jobs queued again.",
        "it is processing",
        "it is queued",
        "it is succeeded",
    ]
    told = say_yes(desk, JOBS, action="cancel_jobs", _selected_action=chosen)
    assert told[0] == "4 jobs cancelled."
    states = {status: Job.objects.get(pk=job.pk) for status, job in rows.items()}
    assert {status: (job.status, job.cancel_requested) for status, job in states.items()} == {
        Job.Status.QUEUED: ("cancelled", False),
        Job.Status.PROCESSING: ("processing", True),
        Job.Status.SUCCEEDED: ("succeeded", False),
        Job.Status.FAILED: ("cancelled", False),
        Job.Status.CANCELLED: ("cancelled", False),
    }


def test_a_jobs_page_offers_what_is_possible(desk: Client) -> None:
    offered = {}
    for status in Job.Status:
        page = desk.get(reverse("admin:common_job_change", args=[make_job(status, status).pk]))
        offered[status.value] = [action["title"] for action in page.context["actions_detail"]]
    assert offered == {
        "queued": ["Cancel"],
        "processing": ["Cancel"],
        "succeeded": [],
        "failed": ["Retry"],
        "cancelled": ["Retry"],
    }


def test_no_page_shows_a_secret(desk: Client) -> None:
    payload = {"email": "ada@example.org", "reset_token": "s3cret", "links": [{"link": "https://x/?key=s3cret"}]}
    job = make_job("mail", payload=payload, result={"api_key": "s3cret"})
    content = desk.get(reverse("admin:common_job_change", args=[job.pk])).content.decode()
    assert ("ada@example.org" in content, "s3cret" in content) == (True, False)


def test_secrets_become_dots() -> None:
    inner = [{"password_hash": 4, "set_id": 5}]
    told = {"key": 1, "keyboard": 2, "Access-Token": 3, "inner": inner, "code": 6, "coder": 7}
    assert without_secrets(told) == {
        "key": "•••",
        "keyboard": 2,
        "Access-Token": "•••",
        "inner": [{"password_hash": "•••", "set_id": 5}],
        "code": "•••",
        "coder": 7,
    }


# ── Events ───────────────────────────────────────────────────────────────────────────────────────

WORKOUT = UUID("01890000-0000-7000-8000-00000000a001")


def make_event(user: User, seq: int, type: str, **values: Any) -> Event:
    return Event.objects.create(
        stream=f"workout:{WORKOUT}", seq=seq, type=type, at=timezone.now(), device_id="watch", user=user, **values
    )


def test_events_are_found(desk: Client, athlete: User, stranger: User) -> None:
    make_event(athlete, 1, "workout.create")
    make_event(athlete, 2, "workout.pause", status=Event.Status.SUPERSEDED)
    publish_to_user(stranger.pk, "records", {})
    answers = {
        "": ["records", "workout.pause", "workout.create"],
        f"q=workout:{WORKOUT}": ["workout.pause", "workout.create"],
        f"q={WORKOUT}": ["workout.pause", "workout.create"],
        f"q={stranger.pk}": ["records"],
        "q=workout.create": ["workout.create"],
        "q=Stranger": ["records"],
        "status__exact=superseded": ["workout.pause"],
    }
    pages = {query: desk.get(f"{EVENTS}?{query}") for query in answers}
    assert {query: [event.type for event in page.context["cl"].result_list] for query, page in pages.items()} == answers


def test_the_list_of_events_costs_the_same_for_one_and_for_three(
    desk: Client, athlete: User, stranger: User, django_assert_num_queries: Any
) -> None:
    make_event(athlete, 1, "workout.create")
    with django_assert_num_queries(4):  # session, person, page, badge
        desk.get(EVENTS)
    make_event(athlete, 2, "workout.start"), publish_to_user(stranger.pk, "records", {})
    with django_assert_num_queries(4):
        desk.get(EVENTS)


def test_an_event_is_read_and_never_written(desk: Client, athlete: User) -> None:
    event = make_event(athlete, 1, "workout.update", payload={"name": "<b>Push</b>"}, answer=b"s3cret", reorders=True)
    address = reverse("admin:common_event_change", args=[event.pk])
    content = desk.get(address).content.decode()
    assert [text in content for text in ("&lt;b&gt;Push&lt;/b&gt;", "s3cret")] == [True, False]
    assert "Came late" in desk.get(EVENTS).content.decode()
    assert desk.post(address, {"type": "workout.delete"}).status_code == 403
    assert Event.objects.get().type == "workout.update"
