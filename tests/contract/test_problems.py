"""Every refusal, whoever makes it, is a problem document."""

import inspect
import re
from typing import Any

import pytest

from accounts.models import User
from fitai.common.problems import Problem
from tests.cast import ApiClient, client_of
from tests.common.servers import ask, without_database

JSON = "application/problem+json"
ID = "a-sane-request-id"
FAILING = "/api/v1/tests/failing"


@pytest.fixture
def phone(athlete: User, settings: Any) -> ApiClient:
    settings.ROOT_URLCONF = "tests.common.routes"
    return client_of(athlete, raise_request_exception=False)


@pytest.fixture
def nobody(settings: Any) -> ApiClient:
    settings.ROOT_URLCONF = "tests.common.routes"
    return ApiClient(raise_request_exception=False)


def problem(status: int, slug: str, path: str, detail: str | None = None, **members: Any) -> dict[str, Any]:
    """The document that is expected."""
    kind = Problem.registry[slug]
    return {
        "type": f"http://localhost:8000/problems/{slug}",
        "title": kind.title,
        "status": status,
        "code": slug.replace("-", "_"),
        "detail": detail or kind.title,
        "instance": path,
        "request_id": ID,
        **members,
    }


def told(response: Any) -> dict[str, Any]:
    """The document of an answer, whose outside must agree with it."""
    assert response.headers["Content-Type"] == JSON, response.content
    assert response.headers["X-Request-ID"] == ID
    document: dict[str, Any] = response.json()
    assert document["status"] == response.status_code
    return document


def get(client: ApiClient, path: str, **headers: Any) -> Any:
    return client.get(path, HTTP_X_REQUEST_ID=ID, **headers)


class TestDjango:
    @pytest.mark.parametrize(
        "path", ["/api/v1/nowhere", "/api/v1/workouts/", "/api/v2/workouts", "/api", "/api/", "/health", "/nowhere"]
    )
    def test_unknown_path(self, nobody: ApiClient, path: str) -> None:
        assert told(get(nobody, path)) == problem(404, "not-found", path)

    def test_path_that_is_not_a_uuid(self, phone: ApiClient) -> None:
        assert told(get(phone, "/api/v1/workouts/17")) == problem(404, "not-found", "/api/v1/workouts/17")

    @pytest.mark.parametrize("path", ["/api/v1/workouts", "/api/schema", "/api/docs"])
    def test_foreign_host(self, phone: ApiClient, path: str) -> None:
        assert told(get(phone, path, HTTP_HOST="evil.example")) == problem(400, "malformed", path)

    def test_health_answers_to_the_address_of_the_machine(self, nobody: ApiClient) -> None:
        assert get(nobody, "/health/live", HTTP_HOST="10.0.0.7").status_code == 200

    def test_method_of_a_health_route(self, nobody: ApiClient) -> None:
        response = nobody.post("/health/live", HTTP_X_REQUEST_ID=ID)
        assert told(response) == problem(405, "method-not-allowed", "/health/live")
        assert response.headers["Allow"] == "GET, HEAD"

    def test_too_many_query_parameters(self, phone: ApiClient) -> None:
        query = "&".join(f"a{number}=1" for number in range(1001))
        response = get(phone, f"/api/v1/workouts?{query}")
        assert told(response) == problem(413, "too-large", "/api/v1/workouts")

    def test_a_page_that_fails_tells_nothing(self, nobody: ApiClient) -> None:
        assert told(get(nobody, "/tests/page")) == problem(500, "internal-error", "/tests/page")


class TestRestFramework:
    def test_nobody(self, nobody: ApiClient) -> None:
        response = get(nobody, "/api/v1/workouts")
        assert told(response) == problem(401, "unauthenticated", "/api/v1/workouts")
        assert response.headers["WWW-Authenticate"] == 'Bearer realm="api"'

    @pytest.mark.parametrize("value", ["Bearer", "Bearer x.y.z", "Bearer \xff", "bearer " + "a" * 10_000])
    def test_token_that_is_none(self, nobody: ApiClient, value: str) -> None:
        response = get(nobody, "/api/v1/workouts", HTTP_AUTHORIZATION=value)
        detail = "The access token is invalid or has ended. Refresh it, or log in."
        assert told(response) == problem(401, "unauthenticated", "/api/v1/workouts", detail)
        assert response.headers["WWW-Authenticate"] == 'Bearer realm="api"'

    @pytest.mark.parametrize("method", ["DELETE", "TRACE", "BREW"])
    def test_method(self, phone: ApiClient, method: str) -> None:
        response = phone.generic(method, "/api/v1/workouts", HTTP_X_REQUEST_ID=ID)
        detail = "This address answers GET, POST, HEAD, OPTIONS."
        assert told(response) == problem(405, "method-not-allowed", "/api/v1/workouts", detail)
        assert response.headers["Allow"] == "GET, POST, HEAD, OPTIONS"

    def test_method_of_the_document(self, nobody: ApiClient) -> None:
        response = nobody.delete("/api/schema", HTTP_X_REQUEST_ID=ID)
        assert told(response)["type"].endswith("/method-not-allowed")
        assert response.headers["Allow"] == "GET, HEAD, OPTIONS"

    @pytest.mark.parametrize("type", ["text/plain", "multipart/form-data", "application/xml", "x", ""])
    def test_media_type(self, phone: ApiClient, type: str) -> None:
        response = phone.generic("POST", "/api/v1/workouts", b"name=Push", type, HTTP_X_REQUEST_ID=ID)
        detail = f'Unsupported media type "{type}" in request.'
        assert told(response) == problem(415, "unsupported-media-type", "/api/v1/workouts", detail)

    def test_body_that_cannot_be_read(self, phone: ApiClient) -> None:
        response = phone.generic("POST", "/api/v1/workouts", b"{", "application/json", HTTP_X_REQUEST_ID=ID)
        assert told(response) == problem(400, "malformed", "/api/v1/workouts", "The body is not valid JSON.")

    def test_body_that_is_too_large(self, phone: ApiClient) -> None:
        response = phone.generic("POST", "/api/v1/workouts", b"0" * 2_097_153, "application/json", HTTP_X_REQUEST_ID=ID)
        assert told(response) == problem(413, "too-large", "/api/v1/workouts", "At most 2097152 bytes.")

    def test_reading_comes_before_knowing_who(self, nobody: ApiClient) -> None:
        assert nobody.generic("POST", "/api/v1/workouts", b"{", "application/json").status_code == 400
        assert nobody.post("/api/v1/workouts", {"nonsense": 1}).status_code == 401

    def test_permission_and_validation(self, phone: ApiClient) -> None:
        assert told(get(phone, f"{FAILING}?how=denied")) == problem(403, "forbidden", FAILING)
        assert told(get(phone, f"{FAILING}?how=absent")) == problem(404, "not-found", FAILING)
        errors = [{"pointer": "/sets/1/reps", "code": "invalid", "detail": "Too many."}]
        assert told(get(phone, f"{FAILING}?how=invalid")) == problem(
            422, "invalid", FAILING, "Too many.", errors=errors
        )


class TestOurs:
    def test_a_bug_tells_nothing(self, phone: ApiClient) -> None:
        assert told(get(phone, f"{FAILING}?how=bug")) == problem(500, "internal-error", FAILING)

    def test_database_away(self, phone: ApiClient) -> None:
        response = without_database(lambda: get(phone, f"{FAILING}?how=statement"))
        assert told(response) == problem(503, "unavailable", FAILING)
        assert response.headers["Retry-After"] == "2"

    def test_state_and_reference(self, phone: ApiClient) -> None:
        assert told(get(phone, f"{FAILING}?how=conflict")) == problem(409, "conflict", FAILING, state="completed")
        errors = [{"pointer": "/exercise_id", "code": "not_found", "detail": "There is no such exercise."}]
        expected = problem(422, "invalid", FAILING, "There is no such exercise.", errors=errors)
        assert told(get(phone, f"{FAILING}?how=reference")) == expected

    def test_unverified(self, athlete: User, phone: ApiClient) -> None:
        assert get(phone, f"{FAILING}?how=unverified").status_code == 200
        athlete.emailaddress_set.update(verified=False)
        unverified = client_of(athlete)
        assert told(get(unverified, f"{FAILING}?how=unverified")) == problem(403, "email-unverified", FAILING)

    def test_precondition(self, phone: ApiClient) -> None:
        response = phone.patch("/api/v1/tests/tagged", {}, HTTP_IF_MATCH='"old"', HTTP_X_REQUEST_ID=ID)
        assert told(response) == problem(412, "precondition-failed", "/api/v1/tests/tagged")

    def test_unknown_parameter(self, phone: ApiClient) -> None:
        errors = [
            {"pointer": "?a", "code": "unknown_parameter", "detail": "Known here: how."},
            {"pointer": "?b", "code": "unknown_parameter", "detail": "Known here: how."},
        ]
        detail = "Known here: how.; Known here: how."
        assert told(get(phone, f"{FAILING}?b=1&a=2&how=bug")) == problem(422, "invalid", FAILING, detail, errors=errors)

    def test_a_body_of_mistakes_is_not_answered_with_a_body_of_mistakes(self, phone: ApiClient) -> None:
        response = phone.post("/api/v1/tests/lifts", {f"m{number}": 0 for number in range(5_000)})
        assert len(response.json()["errors"]) == 100
        assert len(response.content) < 20_000


class TestSilentMethods:
    def test_head_is_get_without_a_body(self, phone: ApiClient) -> None:
        response = phone.head("/api/v1/tests/tagged")
        assert (response.status_code, response.content) == (200, b"")
        assert response.headers["ETag"] == phone.get("/api/v1/tests/tagged").headers["ETag"]

    def test_options_tell_the_methods(self, phone: ApiClient) -> None:
        response = phone.options("/api/v1/workouts")
        assert (response.status_code, response.content) == (204, b"")
        assert response.headers["Allow"] == "GET, POST, HEAD, OPTIONS"

    def test_a_failing_head_has_no_body_and_the_status(self, nobody: ApiClient) -> None:
        answer = ask("HEAD", "/api/v1/workouts")
        assert answer.status_code == nobody.head("/api/v1/workouts").status_code == 401


class TestPages:
    @pytest.mark.parametrize("slug", sorted(Problem.registry))
    def test_the_type_of_each_leads_to_a_page_that_explains_it(self, anonymous: ApiClient, slug: str) -> None:
        kind = Problem.registry[slug]
        page = anonymous.get(f"/problems/{slug}")
        text = page.content.decode()
        assert page.status_code == 200
        assert page.headers["Content-Type"] == "text/html; charset=utf-8"
        explained = inspect.cleandoc(kind.__doc__ or "")
        assert len(explained) > 30
        assert kind.__doc__ != Problem.__doc__
        assert kind.title
        for said in (kind.title, explained):
            assert said.replace("'", "&#x27;") in text

    def test_no_two_kinds_share_a_slug(self) -> None:
        def below(kind: type[Problem]) -> set[type[Problem]]:
            return {kind}.union(*(below(child) for child in kind.__subclasses__()))

        kinds = [kind for kind in below(Problem) if "slug" in vars(kind) and kind is not Problem]
        assert sorted(kind.slug for kind in kinds) == sorted(Problem.registry)

    def test_the_code_of_each_is_a_word_of_its_own(self) -> None:
        codes = {kind.code() for kind in Problem.registry.values()}
        assert len(codes) == len(Problem.registry)
        assert [code for code in codes if not re.fullmatch(r"[a-z]+(_[a-z]+)*", code)] == []
        assert {"id_taken", "email_unverified", "op_id_reused", "account_deleted", "precondition_failed"} <= codes

    def test_one_page_lists_them_all(self, anonymous: ApiClient) -> None:
        text = anonymous.get("/problems").content.decode()
        assert [slug for slug in Problem.registry if f'href="/problems/{slug}"' not in text] == []

    def test_an_unknown_one_is_not_there(self, anonymous: ApiClient) -> None:
        assert anonymous.get("/problems/no-such").status_code == 404
