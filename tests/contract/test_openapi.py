"""The OpenAPI document: valid, whole, and the one that is in the docs."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import orjson
import pytest
import yaml
from django.urls import URLPattern, URLResolver, get_resolver
from drf_spectacular.renderers import OpenApiYamlRenderer
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from accounts.api import examples as accounts
from analysis import examples as analysis
from exercises.api import examples as exercises
from fitai.common import examples as common
from fitai.common.problems import Problem
from fitai.common.schema_view import SchemaView
from fitai.examples import EXAMPLES as EXAMPLES_OF_SHAPES
from templates_app.api import examples as templates
from tests.cast import ApiClient, codes
from workouts.api import examples as workouts

DOCS = Path(__file__).parents[2] / "docs" / "openapi.yaml"
METHODS = ("get", "put", "post", "delete", "patch", "head", "options")
PUBLIC = {
    "POST /api/v1/auth/register",
    "GET /api/v1/auth/verify-email",
    "POST /api/v1/auth/resend-verification",
    "POST /api/v1/auth/forgot-password",
    "POST /api/v1/auth/reset-password",
    "POST /api/v1/auth/login",
    "POST /api/v1/auth/refresh",
    "POST /api/v1/auth/logout",
    "GET /api/v1/auth/google",
    "GET /api/v1/auth/google/callback",
    "POST /api/v1/auth/google",
    "POST /api/v1/auth/google/exchange",
    "POST /api/v1/auth/mfa/verify",
}


@pytest.fixture(scope="module")
def text() -> bytes:
    """The document as the product serves it, whatever addresses another test has had."""
    SchemaView.document.cache_clear()
    return bytes(ApiClient().get("/api/schema").content)


@pytest.fixture(scope="module")
def document(text: bytes) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(text)
    return loaded


@pytest.fixture(scope="module")
def operations(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Each operation by its method and path."""
    return {
        f"{method.upper()} {path}": operation
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if method in METHODS
    }


def schemas_in(node: Any, where: str = "") -> Iterator[tuple[str, Any]]:
    """Every part of the document with where it is."""
    yield where, node
    for name, value in node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
        yield from schemas_in(value, f"{where}/{name}")


def failures(operations: dict[str, dict[str, Any]], fits: Any) -> list[str]:
    """The operations that do not fit."""
    return [name for name, operation in operations.items() if not fits(name, operation)]


class TestDocument:
    def test_it_is_valid_openapi_31(self, document: dict[str, Any]) -> None:
        assert document["openapi"] == "3.1.0"
        OpenAPIV31SpecValidator(document).validate()

    def test_it_is_the_one_in_the_docs(self, text: bytes) -> None:
        assert DOCS.read_bytes() == text, "Run: make openapi"

    def test_the_product_serves_what_the_command_writes(self, text: bytes, document: dict[str, Any]) -> None:
        assert OpenApiYamlRenderer().render(document, renderer_context={}) == text

    def test_every_route_below_v1_is_in_it(self, document: dict[str, Any]) -> None:
        def paths(patterns: Any, before: str = "") -> Iterator[str]:
            for pattern in patterns:
                here = before + str(pattern.pattern)
                if isinstance(pattern, URLResolver):
                    yield from paths(pattern.url_patterns, here)
                elif isinstance(pattern, URLPattern):
                    yield "/" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", here)

        routes = {path for path in paths(get_resolver("fitai.urls").url_patterns) if path.startswith("/api/v1/")}
        assert routes == set(document["paths"])

    def test_every_method_of_a_view_is_in_it(self, operations: dict[str, dict[str, Any]]) -> None:
        found = set()
        for name in operations:
            path = name.partition(" ")[2]
            example = re.sub(r"\{(\w+)\}", lambda match: EXAMPLES.get(match[1], "x"), path)
            allowed = ApiClient().generic("BREW", example).headers["Allow"].split(", ")
            found |= {f"{method} {path}" for method in allowed if method not in ("HEAD", "OPTIONS")}
        assert found == set(operations)


HEADERS = {
    "GET /api/v1/workouts 200": set(),
    "GET /api/v1/workouts/{id} 200": {"ETag"},
    "GET /api/v1/workouts/{id} 304": {"ETag"},
    "GET /api/v1/workouts/{id} 401": {"WWW-Authenticate"},
    "GET /api/v1/workouts/{id} 404": set(),
    "GET /api/v1/workouts/{id} 429": {"Retry-After"},
    "GET /api/v1/workouts/{id} 503": {"Retry-After"},
    "POST /api/v1/workouts 201": {"ETag", "Idempotent-Replayed", "Location"},
    "POST /api/v1/workouts/{id}/sets 201": {"ETag", "Idempotent-Replayed", "Location"},
    "POST /api/v1/sets 201": {"ETag", "Idempotent-Replayed", "Location"},
    "PATCH /api/v1/workouts/{id} 412": {"ETag"},
    "DELETE /api/v1/workouts/{id} 204": {"ETag", "Idempotent-Replayed"},
    "POST /api/v1/workouts/{id}/ops 200": set(),
    "POST /api/v1/templates 201": {"ETag", "Idempotent-Replayed", "Location"},
    "POST /api/v1/templates 409": {"Retry-After"},
    "POST /api/v1/templates/{id}/start 201": {"Idempotent-Replayed", "Location"},
    "POST /api/v1/templates/ai-generate 202": {"Idempotent-Replayed", "Location"},
    "POST /api/v1/auth/resend-verification 202": set(),
    "POST /api/v1/auth/login 401": {"WWW-Authenticate"},
    "GET /api/v1/auth/google 302": {"Location"},
}

ID = "01890000-0000-7000-8000-00000000e001"
EXAMPLES = {"id": ID, "user_id": ID, "media_id": ID, "n": "1"}


class TestOperations:
    def test_each_has_a_summary_of_a_few_words(self, operations: dict[str, dict[str, Any]]) -> None:
        assert failures(operations, lambda _, operation: 3 < len(operation.get("summary", "")) <= 80) == []

    def test_ids_are_unique_names(self, operations: dict[str, dict[str, Any]]) -> None:
        ids = [operation["operationId"] for operation in operations.values()]
        assert len(set(ids)) == len(ids)
        assert [id for id in ids if not re.fullmatch(r"[a-z][a-z0-9_]*", id)] == []

    def test_each_has_a_tag(self, operations: dict[str, dict[str, Any]]) -> None:
        tags = {tag for operation in operations.values() for tag in operation["tags"]}
        assert tags == {
            *("auth", "users", "exercises", "templates", "workouts", "sessions", "sets", "jobs", "form-analyses"),
        }
        assert failures(operations, lambda _, operation: len(operation["tags"]) == 1) == []

    def test_each_is_public_or_has_a_security_scheme(
        self, operations: dict[str, dict[str, Any]], document: dict[str, Any]
    ) -> None:
        needed = {name: operation.get("security") for name, operation in operations.items()}
        assert {name for name, security in needed.items() if not security or {} in security} == PUBLIC
        assert document["components"]["securitySchemes"]["bearer"] == {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "JWT",
        }

    def test_what_a_key_may_be_made_for_names_its_scope(
        self, operations: dict[str, dict[str, Any]], document: dict[str, Any]
    ) -> None:
        def fits(name: str, operation: dict[str, Any]) -> bool:
            scope = operation.get("x-scope")
            expected = [{"bearer": []}] if scope is None else [{"bearer": []}, {"apiKey": []}]
            named = scope is None or f"An API key needs the scope `{scope}`." in operation["description"]
            return named and (name in PUBLIC or operation["security"] == expected)

        assert failures(operations, fits) == []
        scheme = document["components"]["securitySchemes"]["apiKey"]
        assert (scheme["type"], scheme["in"], scheme["name"]) == ("apiKey", "header", "Authorization")

    def test_every_path_parameter_is_described(self, operations: dict[str, dict[str, Any]]) -> None:
        def fits(name: str, operation: dict[str, Any]) -> bool:
            described = {
                parameter["name"]
                for parameter in operation.get("parameters", [])
                if parameter["in"] == "path" and parameter["required"] and "type" in parameter["schema"]
            }
            return described == set(re.findall(r"\{(\w+)\}", name))

        assert failures(operations, fits) == []

    def test_ids_in_paths_are_uuids(self, operations: dict[str, dict[str, Any]]) -> None:
        found = [
            parameter["schema"]
            for operation in operations.values()
            for parameter in operation.get("parameters", [])
            if parameter["in"] == "path" and parameter["name"] == "id"
        ]
        assert found == [{"type": "string", "format": "uuid"}] * len(found)

    def test_lists_are_paged_alike(self, operations: dict[str, dict[str, Any]], document: dict[str, Any]) -> None:
        def fits(name: str, operation: dict[str, Any]) -> bool:
            if "cursor" not in {parameter["name"] for parameter in operation.get("parameters", [])}:
                return True
            schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
            page = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
            return {"results", "next", "previous"} <= set(page["properties"])

        assert failures(operations, fits) == []


class TestAnswers:
    def test_each_succeeds_in_one_way_that_is_described(self, operations: dict[str, dict[str, Any]]) -> None:
        def fits(name: str, operation: dict[str, Any]) -> bool:
            good = [status for status in operation["responses"] if status.startswith("2") or status == "302"]
            bodiless = {"202", "204", "302"}
            described = all("content" in operation["responses"][status] or status in bodiless for status in good)
            return bool(good) and described

        assert failures(operations, fits) == []

    def test_problems_that_any_request_may_meet(self, operations: dict[str, dict[str, Any]]) -> None:
        def fits(name: str, operation: dict[str, Any]) -> bool:
            expected = {"400", "422", "429", "503"}
            expected |= set() if name in PUBLIC else {"401"}
            expected |= {"404"} if "{" in name else set()
            expected |= {"413", "415"} if name.split()[0] in ("POST", "PUT", "PATCH") else set()
            return expected <= set(operation["responses"])

        assert failures(operations, fits) == []

    def test_every_problem_is_one(self, operations: dict[str, dict[str, Any]]) -> None:
        def fits(name: str, operation: dict[str, Any]) -> bool:
            refusals = [answer for status, answer in operation["responses"].items() if status >= "400"]
            reference = {"$ref": "#/components/schemas/Problem"}
            return all(
                list(answer["content"]) == ["application/problem+json"]
                and answer["content"]["application/problem+json"]["schema"] == reference
                and answer["content"]["application/problem+json"]["examples"]
                for answer in refusals
            )

        assert failures(operations, fits) == []

    def test_every_answer_carries_its_id(self, operations: dict[str, dict[str, Any]]) -> None:
        def fits(name: str, operation: dict[str, Any]) -> bool:
            return all("X-Request-ID" in answer["headers"] for answer in operation["responses"].values())

        assert failures(operations, fits) == []

    def test_their_headers_follow_from_status_and_operation(self, operations: dict[str, dict[str, Any]]) -> None:
        def headers(name: str, status: str) -> set[str]:
            return set(operations[name]["responses"][status]["headers"]) - {"X-Request-ID"}

        budget = {"RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"}
        assert {name: headers(*name.rsplit(" ", 1)) for name in HEADERS} == {
            name: expected | (budget if name[-3:] in ("200", "201", "202", "204", "304", "429") else set())
            for name, expected in HEADERS.items()
        }

    def test_every_header_that_is_described_is_used(self, document: dict[str, Any]) -> None:
        used = {
            part["$ref"] for where, part in schemas_in(document) if "/headers/" in where and isinstance(part, dict)
            and "$ref" in part
        }  # fmt: skip
        assert used == {f"#/components/headers/{name}" for name in document["components"]["headers"]}

    def test_what_was_not_changed_is_304(self, operations: dict[str, dict[str, Any]]) -> None:
        def fits(name: str, operation: dict[str, Any]) -> bool:
            asked = {parameter["name"] for parameter in operation.get("parameters", [])}
            return ("If-None-Match" in asked) == ("304" in operation["responses"]) and (
                "If-Match" not in asked or "412" in operation["responses"]
            )

        assert failures(operations, fits) == []

    def test_examples_of_problems_have_their_page(self, document: dict[str, Any]) -> None:
        slugs = {
            name
            for where, part in schemas_in(document)
            if where.endswith("application/problem+json/examples")
            for name in part
        }
        assert slugs <= set(Problem.registry)
        assert len(slugs) > 15


class TestExamples:
    def test_each_fits_its_schema_and_says_nothing_else(self, document: dict[str, Any]) -> None:
        closed = {**document, "components": {**document["components"], "schemas": {}}}
        closed["components"]["schemas"] = {n: shut(s) for n, s in document["components"]["schemas"].items()}
        registry = Registry().with_resource(WHOLE, Resource(contents=closed, specification=DRAFT202012))
        wrong = []
        for where, part in schemas_in(document):
            if not isinstance(part, dict) or "schema" not in part or "examples" not in part:
                continue
            validator = Draft202012Validator(
                rebased(part["schema"]), registry=registry, format_checker=Draft202012Validator.FORMAT_CHECKER
            )
            for name, example in part["examples"].items():
                value = EXAMPLES_OF_SHAPES[name] if "$ref" in example else example["value"]
                wrong += [f"{where} {name}: {mistake.message}" for mistake in validator.iter_errors(value)]
        assert wrong == []

    def test_every_json_body_has_one(self, operations: dict[str, dict[str, Any]]) -> None:
        def fits(name: str, operation: dict[str, Any]) -> bool:
            good = [answer for status, answer in operation["responses"].items() if status.startswith("2")]
            bodies = [body["content"] for body in (operation.get("requestBody"), *good) if body and "content" in body]
            return all(body["application/json"].get("examples") for body in bodies if "application/json" in body)

        assert failures(operations, fits) == []

    def test_each_stands_once_and_is_referred_to(self, document: dict[str, Any]) -> None:
        assert document["components"]["examples"] == {
            name: {"value": example} for name, example in EXAMPLES_OF_SHAPES.items()
        }
        referred = {part["$ref"].rpartition("/")[2] for _, part in schemas_in(document) if refers_to_example(part)}
        assert referred == set(EXAMPLES_OF_SHAPES)

    def test_no_two_apps_give_one_of_the_same_shape(self) -> None:
        apps = (common, accounts, exercises, templates, workouts, analysis)
        assert len(EXAMPLES_OF_SHAPES) == sum(len(app.EXAMPLES) for app in apps)


def refers_to_example(part: Any) -> bool:
    return isinstance(part, dict) and str(part.get("$ref", "")).startswith("#/components/examples/")


def shut(schema: Any) -> Any:
    """A schema that takes no member beside those it names: a member that is misspelt must not pass as one more."""
    if isinstance(schema, list):
        return [shut(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {"additionalProperties": False} if "properties" in schema else {}
    return {**closed, **{name: shut(part) for name, part in schema.items()}}


WHOLE = "urn:openapi"


def rebased(schema: Any) -> Any:
    """A schema whose references lead into the whole document."""
    return orjson.loads(orjson.dumps(schema).replace(b'"#/', f'"{WHOLE}#/'.encode()))


class Links(HTMLParser):
    """Where a page leads a browser by itself."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.found += [value or "" for name, value in attributes if name in ("src", "href", "action", "srcset")]


class TestPages:
    def test_the_document(self, anonymous: ApiClient) -> None:
        response = anonymous.get("/api/schema")
        assert (response.status_code, response.headers["Content-Type"]) == (200, "application/vnd.oai.openapi")
        etag = response.headers["ETag"]
        assert anonymous.get("/api/schema", HTTP_IF_NONE_MATCH=etag).status_code == 304

    def test_the_same_as_json(self, anonymous: ApiClient, document: dict[str, Any]) -> None:
        response = anonymous.get("/api/schema?format=json")
        assert response.headers["Content-Type"] == "application/vnd.oai.openapi+json"
        assert orjson.loads(response.content) == document

    def test_another_format(self, anonymous: ApiClient) -> None:
        assert codes(anonymous.get("/api/schema?format=xml")) == [("?format", "invalid_choice")]

    @pytest.mark.parametrize(("path", "needed"), [("/api/docs", "swagger-ui-bundle.js"), ("/api/redoc", "redoc")])
    def test_pages_load_nothing_from_elsewhere(self, anonymous: ApiClient, path: str, needed: str) -> None:
        response = anonymous.get(path)
        page = response.content.decode()
        assert response.status_code == 200
        assert needed in page
        links = Links()
        links.feed(page)
        assert links.found
        assert [link for link in links.found if urlsplit(link).netloc] == []
        assert [link for link in re.findall(r"""["'(](?:https?:)?//[^"')\s]+""", page) if "w3.org" not in link] == []
        for link in links.found:
            if urlsplit(link).path.startswith("/static/"):
                assert anonymous.get(link).status_code == 200, link

    def test_the_browser_would_refuse_it_too(self, anonymous: ApiClient) -> None:
        policy = anonymous.get("/api/redoc").headers["Content-Security-Policy"]
        sources = {source for rule in policy.split(";") for source in rule.split()[1:]}
        assert sources <= {"'self'", "'unsafe-inline'", "'unsafe-eval'", "data:", "blob:", "'none'"}

    def test_the_root_leads_to_the_docs(self, anonymous: ApiClient) -> None:
        response = anonymous.get("/")
        assert (response.status_code, response.headers["Location"]) == (302, "/api/docs")
