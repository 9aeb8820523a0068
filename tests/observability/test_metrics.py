"""What Prometheus reads: who may, what is counted under which words, and what it costs."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from django.db import DataError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families as families

from accounts.models import User
from fitai.common import jobs, meters, outbound
from fitai.common.models import Job
from fitai.observability.metrics import JOBS, Now, page, serve
from tests.cast import ApiClient, client_of, committed, make_person
from tests.common.servers import free_port, valkey_at, without_database
from tests.contract.test_docs import cells
from tests.workouts.conftest import stock_library
from tests.workouts.gym import SQUAT, Gym, op
from tests.workouts.live import Connect, until

TOKEN = "only-for-tests-of-the-figures"
V1 = "/api/v1"
NOW = "2026-03-02T18:00:00Z"
ROOT = Path(__file__).parents[2]
Figures = dict[tuple[str, ...], float]
Grown = Callable[..., Figures]


def read(text: str) -> Figures:
    """Each figure of a page under its name and the values of its labels, in the order of their names."""
    samples = [sample for family in families(text) for sample in family.samples]
    return {(s.name.removeprefix("fitai_"), *(v for _, v in sorted(s.labels.items()))): s.value for s in samples}


def figures(*collectors: Any) -> Figures:
    return read(page(*collectors).decode())


@pytest.fixture
def grown() -> Grown:
    """What of the figures grew since the test began, by how much."""
    before = figures()

    def grown(*names: str) -> Figures:
        now = figures()
        return {key: now[key] - before.get(key, 0) for key in now if key[0] in names and now[key] != before.get(key, 0)}

    return grown


class TestWhoMay:
    def test_with_the_token_at_any_host(self, anonymous: ApiClient, db: None) -> None:
        answer = anonymous.get("/metrics", HTTP_AUTHORIZATION=f"Bearer {TOKEN}", HTTP_HOST="web-7:8000")
        assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
        assert answer.headers["Content-Type"].startswith("text/plain; version=1.0.0")
        assert read(answer.content.decode())["up", "database"] == 1

    @pytest.mark.parametrize("sent", ["", "Bearer ", "Bearer only", f"Bearer {TOKEN}x", TOKEN, "Bearer \u00e9"])
    def test_nobody_else(self, anonymous: ApiClient, sent: str) -> None:
        answer = anonymous.get("/metrics", HTTP_AUTHORIZATION=sent)
        assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, 'Bearer realm="api"')
        assert b"fitai_" not in answer.content

    @pytest.mark.parametrize("sent", ["", "Bearer ", f"Bearer {TOKEN}"])
    def test_without_a_token_there_is_no_such_page(self, anonymous: ApiClient, settings: Any, sent: str) -> None:
        settings.METRICS_TOKEN = ""
        answer = anonymous.get("/metrics", HTTP_AUTHORIZATION=sent)
        assert (answer.status_code, answer.json()["title"]) == (404, anonymous.get("/nowhere").json()["title"])

    def test_staff_is_not_enough(self, moderator: User) -> None:
        assert client_of(moderator).get("/metrics").status_code == 401


class TestRequests:
    def test_they_are_counted_by_route(self, athlete: User, grown: Grown) -> None:
        phone = client_of(athlete)
        for _ in range(3):
            phone.get(f"{V1}/workouts/{uuid4()}?q=secret")
        route = "api/v1/workouts/<id:id>"
        assert grown("http_requests_total") == {("http_requests_total", "GET", route, "404"): 3}
        assert grown("http_request_seconds_count") == {("http_request_seconds_count", "GET", route): 3}

    def test_what_a_stranger_chooses_makes_no_figure(self, db: None, grown: Grown) -> None:
        client = Client()
        for number in range(20):
            client.get(f"/wp-admin/{number}")
            client.generic(f"BREW{number}", f"/teapot/{number}")
            client.get("/health/live", HTTP_X_REQUEST_ID=f"a-sane-id-{number}")
        assert grown("http_requests_total") == {
            ("http_requests_total", "GET", "none", "404"): 20,
            ("http_requests_total", "other", "none", "404"): 20,
            ("http_requests_total", "GET", "health/live", "200"): 20,
        }

    def test_a_page_of_figures_is_bounded(self, athlete: User) -> None:
        """One more person, workout, job or address is no line more."""
        phone = client_of(athlete)
        phone.get(f"{V1}/workouts/{uuid4()}")
        before = figures().keys()
        for number in range(3):
            other = client_of(make_person(f"other{number}"))
            for path in ("workouts", f"workouts/{uuid4()}", f"users/{uuid4()}", "users/search?q=x"):
                other.get(f"{V1}/{path}")
                phone.get(f"{V1}/{path}")
        after = figures().keys() - before
        assert {key[1:3] for key in after if key[0] == "http_requests_total"} <= {
            ("GET", f"api/v1/{route}") for route in ("workouts", "users/<id:id>", "users/search")
        }


class TestSql:
    def test_statements_are_counted_by_their_first_word(self, db: None, grown: Grown) -> None:
        with connection.cursor() as cursor:
            cursor.execute("  SELECT 1")
            cursor.execute("(SELECT 1)")
            cursor.execute("TABLE common_job")
        assert grown("sql_seconds_count") == {("sql_seconds_count", "SELECT"): 2, ("sql_seconds_count", "other"): 1}

    def test_errors_by_their_kind(self, db: None, grown: Grown) -> None:
        with pytest.raises(DataError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT 1 / 0")
        assert grown("sql_errors_total") == {("sql_errors_total", "DataError"): 1}


@jobs.handles("tests.counted", max_attempts=2)
def counted(claim: jobs.Claim) -> None:
    if claim.payload:
        raise jobs.PermanentFailure("no", "It never works.")


def enqueue(key: str, **payload: Any) -> Job:
    job_id = jobs.enqueue("tests.counted", payload, dedupe_key=key)
    return Job.objects.get(pk=job_id)


class TestJobs:
    def test_what_waits_is_asked_in_one_statement(self, db: None) -> None:
        now = timezone.now()
        for number, (queue, status, due, lease) in enumerate(
            [
                ("mail", "queued", now - timedelta(seconds=90), None),
                ("mail", "queued", now - timedelta(seconds=30), None),
                ("mail", "queued", now + timedelta(hours=1), None),
                ("ai", "processing", now, now + timedelta(minutes=1)),
                ("vision", "processing", now, now - timedelta(minutes=1)),
                ("vision", "succeeded", now - timedelta(days=1), None),
            ]
        ):
            values = {"queue": queue, "status": status, "not_before": due, "lease_until": lease}
            Job.objects.create(kind="tests.counted", dedupe_key=str(number), **values)
        with CaptureQueriesContext(connection) as captured:
            found = figures(Now())
        statements = [query["sql"].split()[0] for query in captured]
        assert statements == ["SAVEPOINT", "SET", "SELECT", "RELEASE"]
        assert {key[1:]: value for key, value in found.items() if key[0] == "jobs"} == {
            ("mail", "due"): 2,
            ("mail", "later"): 1,
            ("ai", "running"): 1,
            ("vision", "lost"): 1,
        }
        assert {key[1] for key in found if key[0] == "job_oldest_due_seconds"} == {"mail"}
        assert 90 <= found["job_oldest_due_seconds", "mail"] < 150

    def test_that_statement_reads_no_job_that_has_ended(self, db: None) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute(f"EXPLAIN {JOBS}")
            plan = "\n".join(line for (line,) in cursor.fetchall())
        assert "Seq Scan" not in plan
        assert (plan.count("job_due"), plan.count("job_leased")) == (2, 2)

    def test_what_became_of_jobs(self, db: None, grown: Grown) -> None:
        with committed():
            for job in (enqueue("1"), enqueue("2"), enqueue("3", fail=True)):
                jobs.run(job.pk)
            job = enqueue("4")
            Job.objects.filter(pk=job.pk).update(attempts=2)
            jobs.run(job.pk)
            with transaction.atomic():
                jobs.cancel(enqueue("5"))
        kind = "tests.counted"
        assert grown("jobs_ended_total", "job_attempts_total", "job_seconds_count", "job_wait_seconds_count") == {
            ("jobs_ended_total", "succeeded", kind): 2,
            ("jobs_ended_total", "failed", kind): 1,
            ("jobs_ended_total", "gave_up", kind): 1,
            ("jobs_ended_total", "cancelled", kind): 1,
            ("job_attempts_total", kind): 3,
            ("job_seconds_count", kind): 3,
            ("job_wait_seconds_count", "default"): 3,
        }

    def test_an_end_that_is_rolled_back_is_none(self, db: None, grown: Grown) -> None:
        job = enqueue("1")
        with committed(), transaction.atomic():
            jobs.cancel(job)
            transaction.set_rollback(True)
        assert Job.objects.get(pk=job.pk).status == "queued"
        assert grown("jobs_ended_total") == {}


class TestWhatIsDown:
    def test_the_database(self, db: None) -> None:
        found = without_database(lambda: figures(Now()))
        assert (found["up", "database"], found["up", "valkey"]) == (0, 1)
        assert [key for key in found if key[0] == "jobs"] == []

    def test_valkey(self, db: None) -> None:
        with valkey_at(free_port()):
            found = figures(Now())
        assert (found["up", "database"], found["up", "valkey"]) == (1, 0)

    def test_a_service_of_others(self, db: None) -> None:
        def fail(name: str) -> None:
            with pytest.raises(ZeroDivisionError), outbound.BREAKERS.get_breaker(name):
                raise ZeroDivisionError

        fail("tests:once")
        for _ in range(outbound.FAILURES):
            fail("tests:often")
        found = {key[1]: value for key, value in figures(Now()).items() if key[0] == "breaker_open"}
        assert found == {"tests:once": 0, "tests:often": 1}


@pytest.mark.django_db(transaction=True)
def test_sockets_and_operations(transactional_db: None, open_socket: Connect, grown: Grown) -> None:
    stock_library()
    phone = client_of(make_person("athlete"))
    gym = Gym(phone)
    workout = gym.train()
    with open_socket(phone) as socket:
        socket.follow(f"workout:{workout}")
        socket.say("op", workout_id=workout, sent_at=NOW, op=op("set.add", NOW, exercise_id=SQUAT, reps=5))
        assert {socket.hear()["type"], socket.hear()["type"]} == {"ack", "event"}
        socket.ask("dance")
        assert grown("sockets_open", "subscriptions_open") == {
            ("sockets_open",): 1,
            ("subscriptions_open", "workout"): 1,
        }
    until(lambda: not grown("sockets_open", "subscriptions_open"))
    assert grown("socket_closes_total", "socket_events_sent_total", "socket_snapshots_sent_total") == {
        ("socket_closes_total", "1000"): 1,
        ("socket_events_sent_total",): 1,
        ("socket_snapshots_sent_total", "workout"): 1,
    }
    assert grown("socket_message_seconds_count") == {
        ("socket_message_seconds_count", "subscribe"): 1,
        ("socket_message_seconds_count", "op"): 1,
    }
    assert grown("live_operation_seconds_count")["live_operation_seconds_count", "live"] >= 1


@pytest.mark.django_db(transaction=True)
def test_gaps(transactional_db: None, open_socket: Connect, no_hints: Callable[..., None], grown: Grown) -> None:
    stock_library()
    phone = client_of(make_person("athlete"))
    gym = Gym(phone)
    workout = gym.train()
    with open_socket(phone) as socket:
        socket.follow(f"workout:{workout}")
        no_hints()
        gym.log(workout, SQUAT, reps=5)
        no_hints(0.0)
        gym.log(workout, SQUAT, reps=5)
        assert [socket.hear()["type"] for _ in range(2)] == ["event", "event"]
    found = grown("channel_gaps_total", "channel_events_refetched_total", "socket_events_sent_total")
    assert found == {
        ("channel_gaps_total",): 1,
        ("channel_events_refetched_total",): 2,
        ("socket_events_sent_total",): 2,
    }


def test_a_code_that_a_client_chose(grown: Grown) -> None:
    for code in (4999, 3000, None, 4401):
        meters.socket_closed(code)
    assert grown("socket_closes_total") == {("socket_closes_total", "other"): 3, ("socket_closes_total", "4401"): 1}


# ── Several processes ────────────────────────────────────────────────────────────────────────────

COUNTING = """
import os
import django
django.setup()
from fitai.common import meters
for _ in range(3):
    if os.fork() == 0:
        for _ in range(50):
            meters.JOB_ATTEMPTS.labels("tests.forked").inc()
            meters.JOB_SECONDS.labels("tests.forked").observe(0.02)
        meters.SOCKETS.inc()
        os.write(1, f"{os.getpid()}\\n".encode())
        os.read(0, 1)
        os._exit(0)
for _ in range(3):
    os.wait()
"""


def test_any_process_shows_what_all_have_counted(tmp_path: Path, settings: Any) -> None:
    settings.METRICS_FOLDER = str(tmp_path / "figures")
    env = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": settings.METRICS_FOLDER}
    env["DJANGO_SETTINGS_MODULE"] = "fitai.settings.test"
    command = [sys.executable, "-c", COUNTING]
    with subprocess.Popen(command, cwd=ROOT, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as run:
        assert run.stdout is not None
        pids = [int(run.stdout.readline()) for _ in range(3)]
        counted = {("job_attempts_total", "tests.forked"): 150, ("job_seconds_count", "tests.forked"): 150}
        assert counted.items() <= figures().items()
        assert figures()["sockets_open",] == 3
        os.kill(pids[0], signal.SIGKILL)
        until(lambda: figures()["sockets_open",] == 2)  # who is gone holds no socket; what it counted stays
        assert counted.items() <= figures().items()
        run.communicate()


def test_a_worker_shows_its_own_at_a_port(settings: Any) -> None:
    server = serve(0, "127.0.0.1")
    assert server is not None
    url = f"http://127.0.0.1:{server.server_port}"
    with httpx.Client(trust_env=False) as client:
        allowed = {"Authorization": f"Bearer {TOKEN}"}
        answers = [client.get(f"{url}/metrics", headers=allowed), client.get(f"{url}/metrics")]
        answers.append(client.get(f"{url}/other", headers=allowed))
        settings.METRICS_TOKEN = ""
        answers.append(client.get(f"{url}/metrics", headers=allowed))
    assert [answer.status_code for answer in answers] == [200, 401, 404, 404]
    assert "fitai_job_attempts" in answers[0].text
    assert serve(server.server_port, "127.0.0.1") is None  # taken: work goes on
    server.shutdown()
    server.server_close()


def test_every_figure_is_in_the_docs(db: None) -> None:
    shown = {metric.name for metric in [*meters.INSTRUMENTS.collect(), *Now().collect()]}
    told = {row[0].strip("`").removesuffix("_total") for row in cells("operations.md") if row[0].startswith("`fitai_")}
    assert told == shown
