"""What every request passes: its id, its log line, and nothing that only pages need."""

import logging
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
import structlog
from django.db import connection
from django.test.utils import CaptureQueriesContext
from structlog.contextvars import get_contextvars

from accounts.models import User
from fitai.common import jobs
from fitai.common.models import Job
from tests.cast import PASSWORD, ApiClient, client_of, make_person
from tests.common.servers import without_database

V1 = "/api/v1"
SEEN: list[dict[str, Any]] = []


@jobs.handles("tests.remember", max_attempts=1)
def remember(claim: jobs.Claim) -> None:
    """Keeps what its log lines would carry."""
    SEEN.append(dict(get_contextvars()))
    structlog.get_logger("tests").info("tests.remembered")


class Lines(logging.Handler):
    """Every log line, as it is written."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(logging.getLogger().handlers[0].formatter)
        self.events: list[dict[str, Any]] = []
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.texts.append(self.format(record))
        if isinstance(record.msg, dict):
            self.events.append(record.msg)


@pytest.fixture
def lines() -> Iterator[Lines]:
    root, handler = logging.getLogger(), Lines()
    root.addHandler(handler)
    yield handler
    root.removeHandler(handler)


class TestRequestId:
    @pytest.mark.parametrize("given", ["a-sane-id", "01234567", "A.b_c-" + "9" * 58])
    def test_a_sane_one_comes_back(self, anonymous: ApiClient, given: str) -> None:
        assert anonymous.get("/health/live", HTTP_X_REQUEST_ID=given).headers["X-Request-ID"] == given

    @pytest.mark.parametrize("given", ["", "short", "a" * 65, "with space", "a\nb-long-enough", "<script>", "é" * 9])
    def test_any_other_is_replaced(self, anonymous: ApiClient, given: str) -> None:
        assert UUID(anonymous.get("/health/live", HTTP_X_REQUEST_ID=given).headers["X-Request-ID"]).version == 7

    def test_every_answer_has_one(self, phone: ApiClient, nobody: ApiClient) -> None:
        answers = [
            nobody.get("/"),
            nobody.get("/nowhere"),
            nobody.get("/health/ready"),
            nobody.get("/api/redoc"),
            nobody.get("/api/docs"),
            nobody.get("/problems"),
            nobody.get("/admin/login/"),
            nobody.get("/static/fitai/icon.svg"),
            nobody.get("/tests/page"),
            nobody.get("/nowhere", HTTP_HOST="evil.example"),
            nobody.get(f"{V1}/workouts"),
            nobody.options(f"{V1}/workouts", HTTP_ACCESS_CONTROL_REQUEST_METHOD="POST"),
            phone.get(f"{V1}/workouts"),
            phone.get(f"{V1}/tests/failing?how=bug"),
            phone.post(f"{V1}/tests/charges", {}, HTTP_IDEMPOTENCY_KEY="once"),
            phone.post(f"{V1}/tests/charges", {}, HTTP_IDEMPOTENCY_KEY="once"),
            phone.get(f"{V1}/tests/tagged", HTTP_IF_NONE_MATCH="*"),
            without_database(lambda: phone.get(f"{V1}/tests/failing?how=statement")),
        ]
        statuses = [200, 500, 400, 401, 503, 404]
        assert {answer.status_code for answer in answers} >= set(statuses)
        ids = [answer.headers["X-Request-ID"] for answer in answers]
        assert len({UUID(id) for id in ids}) == len(answers)

    def test_it_follows_the_work_into_a_job(self, phone: ApiClient, lines: Lines) -> None:
        SEEN.clear()
        with structlog.contextvars.bound_contextvars(request_id="of-the-request"):
            job_id = jobs.enqueue("tests.remember", {}, dedupe_key="remember")
        assert job_id is not None
        assert Job.objects.get(pk=job_id).request_id == "of-the-request"
        jobs.run(job_id)
        bound = {"request_id": "of-the-request", "job_id": str(job_id), "job_kind": "tests.remember"}
        assert [{**seen, **bound} for seen in SEEN] == SEEN
        written = [event for event in lines.events if event["event"].startswith(("job.", "tests."))]
        assert [event["event"] for event in written] == ["job.start", "tests.remembered", "job.end"]
        assert [{name: event[name] for name in bound} for event in written] == [bound] * 3
        assert "job_id" not in get_contextvars()

    def test_a_route_hands_its_own_to_the_job(self, db: None) -> None:
        body = {"email": "new@example.org", "username": "newcomer", "password": "a long enough phrase 7"}
        response = ApiClient().post(f"{V1}/auth/register", body, HTTP_X_REQUEST_ID="from-the-phone")
        assert response.status_code == 201
        assert list(Job.objects.values_list("kind", "request_id")) == [("accounts.verification_mail", "from-the-phone")]


class TestLog:
    def test_one_line_a_request(self, phone: ApiClient, lines: Lines) -> None:
        phone.get(f"{V1}/tests/open?secret=1", HTTP_X_REQUEST_ID="from-the-phone")
        (event,) = [event for event in lines.events if event["event"] == "request"]
        shown = {name: event[name] for name in ("method", "path", "status", "request_id", "level", "logger")}
        assert shown == {
            "method": "GET",
            "path": f"{V1}/tests/open",
            "status": 422,
            "request_id": "from-the-phone",
            "level": "info",
            "logger": "fitai.request",
        }
        assert 0 <= event["ms"] < 10_000
        assert event["timestamp"].endswith("Z")

    def test_a_fault_is_logged_once_under_the_same_id(self, phone: ApiClient, lines: Lines) -> None:
        phone.get(f"{V1}/tests/failing?how=bug", HTTP_X_REQUEST_ID="from-the-phone")
        traces = [text for text in lines.texts if "Traceback" in text]
        assert len(traces) == 1
        assert "RuntimeError" in traces[0]
        assert "from-the-phone" in traces[0]

    def test_nothing_of_a_person_is_in_it(self, db: None, lines: Lines) -> None:
        """No token, password, mail, body, nor the link of a verification mail."""
        athlete = make_person("athlete")
        client = client_of(athlete, raise_request_exception=False)
        login = {"login": "athlete@example.org", "password": PASSWORD}
        tokens = client.post(f"{V1}/auth/login", login).json()
        registered = {"email": "new@example.org", "username": "newcomer", "password": "a long enough phrase 7"}
        client.post(f"{V1}/auth/register", registered)
        client.post(f"{V1}/auth/register", {**registered, "username": "other"})
        client.post(f"{V1}/auth/login", {**login, "password": "wrong-horse"})
        client.get(f"{V1}/auth/verify-email?key=MQ:secret-of-the-link")
        client.post(f"{V1}/auth/refresh", {"refresh": tokens["refresh"]})
        client.post(f"{V1}/auth/refresh", {"refresh": "not.a.token"})
        client.patch(f"{V1}/users/profile", {"bio": "a private remark"})
        client.post(f"{V1}/workouts", {"notes": "a private remark", "name": 17})
        client.generic("POST", f"{V1}/workouts", b'{"notes": "a private remark"', "application/json")
        client.get(f"{V1}/workouts", HTTP_AUTHORIZATION="Bearer of-a-stolen-token", HTTP_COOKIE="sessionid=of-a-cookie")
        for job in Job.objects.all():
            jobs.run(job.pk)
        assert len(lines.texts) > 10
        text = "\n".join(lines.texts)
        private = [
            *(PASSWORD, "wrong-horse", "a long enough phrase 7", "athlete@example.org", "new@example.org"),
            *(client.tokens.access, client.tokens.refresh, tokens["access"], tokens["refresh"]),
            *("secret-of-the-link", "a private remark", "of-a-stolen-token", "of-a-cookie", "newcomer"),
        ]
        assert [secret for secret in private if secret in text] == []


class TestApiFirst:
    def test_the_api_asks_for_no_session(self, athlete: User) -> None:
        client = client_of(athlete)
        client.get(f"{V1}/users/preferences")
        client.cookies["sessionid"] = "x" * 32
        with CaptureQueriesContext(connection) as captured:
            assert client.get(f"{V1}/tests").status_code == 404
            assert client.get("/health/live").status_code == 200
            assert client.get(f"{V1}/auth/devices").status_code == 200
        assert ["accounts_session" in query["sql"] for query in captured] == [True]

    def test_cookies_are_no_credential(self, moderator: User) -> None:
        client = ApiClient()
        client.force_login(moderator)
        assert client.get("/admin/").status_code == 200
        assert client.get(f"{V1}/users/profile").status_code == 401
        assert client.post(f"{V1}/workouts", {}).status_code == 401

    def test_the_api_needs_no_csrf_token_and_sets_no_cookie(self, athlete: User) -> None:
        client = client_of(athlete, enforce_csrf_checks=True)
        response = client.post(f"{V1}/workouts", {}, HTTP_ORIGIN="https://elsewhere.example")
        assert response.status_code == 201
        assert not response.cookies

    def test_the_admin_needs_one(self, moderator: User) -> None:
        client = ApiClient(enforce_csrf_checks=True)
        client.force_login(moderator)
        assert client.post("/admin/logout/").status_code == 403
        client.get("/admin/")
        token = client.cookies["csrftoken"].value
        assert client.post("/admin/logout/", HTTP_X_CSRFTOKEN=token).status_code == 200


class TestSecurityHeaders:
    def test_of_the_api(self, phone: ApiClient, settings: Any) -> None:
        settings.SECURE_HSTS_SECONDS = 3600
        response = client_of(make_person("bea")).get(f"{V1}/workouts", secure=True)
        shown = {
            name: response.headers.get(name)
            for name in ("X-Content-Type-Options", "Cache-Control", "Strict-Transport-Security", "Referrer-Policy")
        }
        assert shown == {
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-cache",
            "Strict-Transport-Security": "max-age=3600",
            "Referrer-Policy": "same-origin",
        }

    @pytest.mark.parametrize("path", ["/api/docs", "/api/redoc", "/admin/login/", "/problems"])
    def test_of_pages(self, anonymous: ApiClient, db: None, path: str) -> None:
        response = anonymous.get(path)
        assert response.status_code == 200
        assert response.headers["X-Frame-Options"] == "DENY"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        policy = response.headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy

    def test_plain_http_is_sent_to_https_but_for_health(self, anonymous: ApiClient, settings: Any) -> None:
        settings.SECURE_SSL_REDIRECT, settings.SECURE_REDIRECT_EXEMPT = True, [r"^health/"]
        redirect = ApiClient().get(f"{V1}/workouts")
        assert (redirect.status_code, redirect.headers["Location"]) == (301, f"https://testserver{V1}/workouts")
        assert ApiClient().get("/health/live").status_code == 200


class TestCors:
    APP = "https://app.example"

    @pytest.fixture(autouse=True)
    def front_end(self, settings: Any) -> None:
        settings.CORS_ALLOWED_ORIGINS = [self.APP]

    def preflight(self, client: ApiClient, origin: str, path: str = f"{V1}/workouts") -> Any:
        return client.options(path, HTTP_ORIGIN=origin, HTTP_ACCESS_CONTROL_REQUEST_METHOD="POST")

    def test_a_configured_front_end(self, anonymous: ApiClient) -> None:
        response = self.preflight(anonymous, self.APP)
        assert response.headers["Access-Control-Allow-Origin"] == self.APP
        allowed = {name.strip() for name in response.headers["Access-Control-Allow-Headers"].split(",")}
        needed = {"authorization", "content-type", "idempotency-key", "if-match", "if-none-match", "x-request-id"}
        assert needed - allowed == set()
        assert "Access-Control-Allow-Credentials" not in response.headers

    def test_it_can_read_what_it_needs(self, athlete: User) -> None:
        response = client_of(athlete).get(f"{V1}/users/profile", HTTP_ORIGIN=self.APP)
        exposed = {name.strip() for name in response.headers["Access-Control-Expose-Headers"].split(",")}
        given = {"ETag", "X-Request-ID", "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"}
        assert given - exposed == set()
        assert given - set(response.headers) == set()
        assert {"Location", "Retry-After", "Idempotent-Replayed"} - exposed == set()

    @pytest.mark.parametrize(
        "origin",
        [
            *("https://elsewhere.example", "null", "http://app.example", "https://app.example:8443", "file://"),
            *("https://app.example.evil.example", "https://evil-app.example", "https://app.example@evil.example", "*"),
            *("https://APP.example", "https://app.example.", "https://[::1", ""),
        ],
    )
    def test_any_other(self, anonymous: ApiClient, origin: str) -> None:
        for response in (self.preflight(anonymous, origin), anonymous.get(f"{V1}/workouts", HTTP_ORIGIN=origin)):
            assert [name for name in response.headers if name.startswith("Access-Control")] == []

    def test_the_admin_is_for_no_front_end(self, anonymous: ApiClient, db: None) -> None:
        response = self.preflight(anonymous, self.APP, "/admin/login/")
        assert [name for name in response.headers if name.startswith("Access-Control")] == []
