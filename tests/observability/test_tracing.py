"""Traces: what hangs together is one, nothing in them is about a person, and off they cost nothing."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode
from redis import ResponseError

from accounts.models import User
from fitai.common import jobs, redis, spans
from fitai.common.models import Job
from fitai.observability import tracing
from fitai.observability.logs import of_trace
from tests.cast import PASSWORD, ApiClient, client_of, committed, make_person, run_jobs
from tests.common.servers import free_port, valkey_at
from tests.common.test_settings import refusal, start
from tests.workouts.conftest import stock_library
from tests.workouts.gym import SQUAT, Gym, op
from tests.workouts.live import Connect, until

V1 = "/api/v1"
NOW = "2026-03-02T18:00:00Z"
ROOT = Path(__file__).parents[2]


class Recorded:
    """What was exported."""

    def __init__(self) -> None:
        self.exporter = InMemorySpanExporter()

    def all(self) -> list[ReadableSpan]:
        return list(self.exporter.get_finished_spans())

    def named(self, name: str) -> ReadableSpan:
        (span,) = [span for span in self.all() if span.name == name]
        return span

    def below(self, span: ReadableSpan) -> list[str]:
        """The names of the spans whose parent it is, in order of their beginnings."""
        assert span.context is not None
        children = [s for s in self.all() if s.parent is not None and s.parent.span_id == span.context.span_id]
        return [child.name for child in sorted(children, key=lambda child: child.start_time or 0)]

    def text(self) -> str:
        """Everything that would leave this server."""
        return "\n".join(span.to_json() for span in self.all())


@pytest.fixture
def recorded() -> Iterator[Recorded]:
    recorded = Recorded()
    tracing.start(SimpleSpanProcessor(recorded.exporter))
    yield recorded
    spans.tracing = None


@jobs.handles("tests.traced", max_attempts=2)
def traced(claim: jobs.Claim) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM common_event WHERE type = %s", [claim.payload["secret"]])
    if "fail" in claim.payload:
        raise ValueError(claim.payload["secret"])


def test_a_request_its_statements_its_job_and_the_jobs_statements_are_one_trace(db: None, recorded: Recorded) -> None:
    email, username = "ada@secret.example", "ada_secret"
    body = {"email": email, "username": username, "password": PASSWORD}
    client = ApiClient(HTTP_TRACEPARENT="00-" + "a" * 32 + "-" + "b" * 16 + "-01")
    assert client.post(f"{V1}/auth/register", body).status_code == 201
    run_jobs()

    request = recorded.named("POST api/v1/auth/register")
    (job,) = [span for span in recorded.all() if span.name.startswith("job ")]
    assert request.context is not None
    assert request.parent is None  # nobody outside chooses the trace
    assert {"SELECT", "INSERT"} <= set(recorded.below(request))
    assert {span.context.trace_id for span in recorded.all() if span.context} == {request.context.trace_id}
    assert job.parent is not None
    assert job.parent.span_id in {span.context.span_id for span in recorded.all() if span.context}
    assert "SELECT" in recorded.below(job)
    assert request.attributes is not None
    assert request.attributes["http.response.status_code"] == 201
    row = Job.objects.get(pk=(job.attributes or {})["fitai.job_id"])
    assert row.request_id == request.attributes["fitai.request_id"] == (job.attributes or {})["fitai.request_id"]

    person = User.objects.get(username=username)
    for secret in (email, username, PASSWORD, "Bearer", "eyJ", str(person.pk), person.password):
        assert secret not in recorded.text()


def test_a_person_at_work_leaves_nothing_of_theirs_in_it(athlete: User, recorded: Recorded) -> None:
    phone = client_of(athlete)
    phone.get(f"{V1}/users/search?q=needle-in-the-query")
    phone.patch(f"{V1}/users/profile", {"display_name": "needle in the body", "bio": "It's a needle"})
    phone.get("/media/needle-in-a-link/file.webp")
    phone.get("/needle-in-a-path", HTTP_USER_AGENT="needle-agent", REMOTE_ADDR="203.0.113.77")
    with connection.cursor() as cursor, spans.arrival("x"):
        cursor.execute("SELECT 'a needle''s text', 4711, %s", ["needle"])
    text = recorded.text()
    for secret in (
        "needle",
        "4711",
        "203.0.113",
        phone.tokens.access,
        str(athlete.pk),
        athlete.email,
        athlete.username,
    ):
        assert secret not in text
    assert "SELECT ?, ?, %s" in text
    assert {"GET none", "GET api/v1/users/search"} <= {span.name for span in recorded.all()}


def test_a_job_that_fails_says_how_and_not_why(db: None, recorded: Recorded) -> None:
    with committed(), spans.arrival("asked"):
        jobs.enqueue("tests.traced", {"secret": "needle", "fail": True}, dedupe_key="1")
    for _ in range(2):
        Job.objects.update(not_before="2026-01-01T00:00:00Z")
        jobs.run(Job.objects.get().pk)
    attempts = [span for span in recorded.all() if span.name == "job tests.traced"]
    asked = recorded.named("asked")
    assert asked.context is not None
    assert [(span.attributes or {})["fitai.attempt"] for span in attempts] == [1, 2]
    assert {span.context.trace_id for span in attempts if span.context} == {asked.context.trace_id}
    for span in attempts:
        assert (span.status.status_code, (span.attributes or {})["error.type"]) == (StatusCode.ERROR, "ValueError")
    assert "needle" not in recorded.text()


def test_what_nobody_asked_for_is_not_traced(db: None, recorded: Recorded) -> None:
    jobs.enqueue("tests.traced", {"secret": ""}, dedupe_key="1")
    redis.attempt(lambda client: client.ping(), False)
    assert recorded.all() == []
    assert Job.objects.get().traceparent == ""


def test_commands_to_valkey(db: None, recorded: Recorded) -> None:
    with spans.arrival("x"):
        redis.client.set("fitai:tests:ada@secret.example", "needle")
        with redis.client.pipeline() as pipeline:
            pipeline.get("fitai:tests:ada@secret.example").delete("fitai:tests:needle").execute()
        with pytest.raises(ResponseError, match="needle"), redis.client.pipeline() as pipeline:
            pipeline.execute_command("GET", "fitai:tests:needle", "and more").execute()
    with valkey_at(free_port()), spans.arrival("away"):
        redis.attempt(lambda client: client.get("fitai:tests:needle"), None)
    assert recorded.below(recorded.named("x")) == ["SET", "PIPELINE", "PIPELINE"]
    assert recorded.below(recorded.named("away")) == ["GET"]
    kinds = {(span.attributes or {}).get("error.type") for span in recorded.all()}
    assert kinds == {None, "ResponseError", "ConnectionError"}
    assert not any(secret in recorded.text() for secret in ("needle", "ada@", "fitai:tests"))


@pytest.mark.django_db(transaction=True)
def test_an_operation_over_the_socket(transactional_db: None, open_socket: Connect, recorded: Recorded) -> None:
    stock_library()
    phone = client_of(make_person("athlete"))
    workout = Gym(phone).train()
    with open_socket(phone) as socket:
        socket.follow(f"workout:{workout}")
        recorded.exporter.clear()
        added = op("set.add", NOW, exercise_id=SQUAT, reps=5, notes="a needle")
        socket.say("op", workout_id=workout, sent_at=NOW, op=added)
        assert {socket.hear()["type"], socket.hear()["type"]} == {"ack", "event"}
        until(lambda: any(span.name == "socket op" for span in recorded.all()))
        bad = socket.ask("op", workout_id=workout, sent_at=NOW, op={**added, "op_id": "other", "type": "needle"})
        assert bad["type"] == "problem"
        until(lambda: len([span for span in recorded.all() if span.name == "socket op"]) == 2)
    good, refused = [span for span in recorded.all() if span.name == "socket op"]
    assert {"SELECT", "INSERT", "PUBLISH"} <= set(recorded.below(good))
    assert (refused.status.status_code, (refused.attributes or {})["error.type"]) == (StatusCode.UNSET, "Invalid")
    assert {span.parent is None for span in (good, refused)} == {True}
    assert not any(secret in recorded.text() for secret in ("needle", workout, SQUAT))


def test_log_lines_name_their_trace(recorded: Recorded) -> None:
    with spans.arrival("x"):
        event = of_trace(None, "info", {"event": "x"})
    context = recorded.named("x").context
    assert context is not None
    assert event == {"event": "x", "trace_id": f"{context.trace_id:032x}"}
    assert of_trace(None, "info", {"event": "x"}) == {"event": "x"}


def test_what_is_rolled_back_carries_nothing(db: None, recorded: Recorded) -> None:
    with spans.arrival("x"), transaction.atomic():
        job_id = jobs.enqueue("tests.traced", {}, dedupe_key="1")
    assert len(Job.objects.get(pk=job_id).traceparent) == 55


# ── On and off ───────────────────────────────────────────────────────────────────────────────────

OFF = """
import sys
import redis  # which looks for OpenTelemetry itself
before = set(sys.modules)
import django; django.setup()
import fitai.urls, fitai.asgi
from fitai.common import spans
assert spans.tracing is None
print([name for name in set(sys.modules) - before if "telemetry" in name or name.endswith("observability.tracing")])
"""


def run(program: str, **changes: str) -> str:
    env = {name: value for name, value in os.environ.items() if not name.startswith("OTEL_")}
    env |= {"DJANGO_SETTINGS_MODULE": "fitai.settings.test", **changes}
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=env, capture_output=True, text=True, check=True
    )
    return done.stdout


def test_off_nothing_of_it_is_loaded() -> None:
    assert run(OFF, OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:9", OTEL_SDK_DISABLED="true") == "[]\n"
    assert spans.arrival("x") is spans.work("x", "", {}) is spans.statement("SELECT", "") is spans.UNTOLD


ON = """
import django; django.setup()
from fitai.common import spans
with spans.work("job tests", "", {"fitai.attempt": 1}):
    pass
"""


def test_a_collector_is_sent_them() -> None:
    sent: list[tuple[str, bytes]] = []

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            sent.append((self.path, self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: Any) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Collector) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        run(ON, OTEL_EXPORTER_OTLP_ENDPOINT=f"http://127.0.0.1:{server.server_port}", NO_PROXY="127.0.0.1")
        server.shutdown()
    ((path, body),) = sent
    (spans_of,) = ExportTraceServiceRequest.FromString(body).resource_spans
    named = {attribute.key: attribute.value.string_value for attribute in spans_of.resource.attributes}
    assert (path, named["service.name"], spans_of.scope_spans[0].spans[0].name) == ("/v1/traces", "fitai", "job tests")


@pytest.mark.parametrize(
    "wrong",
    [{"OTEL_TRACES_EXPORTER": "zipkin"}, {"OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}],
    ids=lambda wrong: next(iter(wrong)),
)
def test_what_is_not_spoken_here_stops_the_start(tmp_path: Path, wrong: dict[str, str]) -> None:
    assert next(iter(wrong)) in refusal(start(tmp_path, **wrong))
