"""Bodies meant to hurt: each is refused in under a second, on every kind of route."""

import gzip
import json
import time
from typing import Any

import pytest

from accounts.models import User
from exercises.models import Exercise
from fitai.common.parsing import MAX_DEPTH, loads
from fitai.common.problems import Malformed
from tests.cast import ApiClient, client_of
from tests.common.servers import Answer, ask

V1 = "/api/v1"
MEGABYTE = 1_000_000


def member(raw: bytes) -> bytes:
    """A number or text where routes read one."""
    return b'{"name": ' + raw + b"}"


MALFORMED: dict[str, bytes] = {
    "nothing but brackets": b"[" * 100_000,
    "a deep list": b"[" * 100_000 + b"]" * 100_000,
    "a deep object": b'{"a":' * 100_000 + b"0" + b"}" * 100_000,
    "one level too deep": b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1),
    "NUL": member(b'"a\x00b"'),
    "escaped NUL": member(b'"a\\u0000b"'),
    "NUL in a name": b'{"\\u0000": 1}',
    "a lone surrogate": member(b'"\\ud800"'),
    "a lone low surrogate": member(b'"\\udc00x"'),
    "a surrogate in UTF-8": member(b'"\xed\xa0\x80"'),
    "NaN": member(b"NaN"),
    "Infinity": member(b"Infinity"),
    "minus Infinity": member(b"-Infinity"),
    "1e400": member(b"1e400"),
    "minus 1e400": member(b"-1e400"),
    "5,000 digits": member(b"9" * 5_000),
    "a number of a megabyte": member(b"9" * MEGABYTE),
    "a member twice": b'{"name": "a", "name": "b"}',
    "a member twice, spelt in two ways": b'{"name": "a", "n\\u0061me": "b"}',
    "a member twice, deep": b'{"a": [{"b": {"c": 1, "c": 2}}]}',
    "gzip": gzip.compress(b'{"name": "Push"}'),
    "a bomb": gzip.compress(b"0" * 10 * MEGABYTE),
    "latin-1": '{"name": "Rückzug"}'.encode("latin-1"),
    "UTF-16": '{"name": "Push"}'.encode("utf-16"),
    "UTF-32": '{"name": "Push"}'.encode("utf-32"),
    "half a character": member(b'"\xc3"'),
    "two values": b"{} {}",
    "a comment": b"{} // no",
    "a comma too many": b'{"name": "a",}',
    "single quotes": b"{'name': 1}",
    "a byte order mark alone": b"\xef\xbb\xbf",
    "two byte order marks": b"\xef\xbb\xbf\xef\xbb\xbf{}",
    "blanks": b"  \n",
}
UNACCEPTABLE: dict[str, bytes] = {
    "a list": b"[]",
    "a text": b'"name"',
    "null": b"null",
    "a number": b"17",
    "150,000 members": json.dumps({f"m{number}": 0 for number in range(150_000)}).encode(),
    "900,000 numbers": member(b"[" + b"0," * 900_000 + b"0]"),
    "a megabyte of text": member(b'"' + b"a" * MEGABYTE + b'"'),
    "64 levels": member(b"[" * (MAX_DEPTH - 1) + b"]" * (MAX_DEPTH - 1)),
    "19 digits": member(b"9" * 19),
}


@pytest.fixture
def routes(athlete: User, exercise: Exercise) -> list[tuple[str, str]]:
    client = client_of(athlete)
    workout = client.post(f"{V1}/sessions", {"name": "Push"}).json()["id"]
    return [
        ("POST", f"{V1}/auth/register"),
        ("POST", f"{V1}/auth/login"),
        ("POST", f"{V1}/workouts"),
        ("POST", f"{V1}/workouts/{workout}/sets"),
        ("PATCH", f"{V1}/workouts/{workout}"),
        ("POST", f"{V1}/workouts/{workout}/ops"),
        ("POST", f"{V1}/exercises/search"),
        ("PATCH", f"{V1}/users/profile"),
        ("PATCH", f"{V1}/users/preferences"),
    ]


def answers(athlete: User, routes: list[tuple[str, str]], body: bytes, **headers: Any) -> set[int]:
    """Status of each route; a slow one is named."""
    client = client_of(athlete, raise_request_exception=False)
    statuses = set()
    for method, path in routes:
        began = time.thread_time()  # of the processor: the machine may be busy with others
        statuses.add(client.generic(method, path, body, "application/json", **headers).status_code)
        took = time.thread_time() - began
        assert took < 1, f"{method} {path} took {took:.2f} s"
    return statuses


@pytest.mark.parametrize("name", MALFORMED)
def test_what_cannot_be_read_is_400(athlete: User, routes: list[tuple[str, str]], name: str) -> None:
    assert answers(athlete, routes, MALFORMED[name]) == {400}


@pytest.mark.parametrize("name", UNACCEPTABLE)
def test_what_can_be_read_but_not_used_is_422(athlete: User, routes: list[tuple[str, str]], name: str) -> None:
    if name == "64 levels":
        routes = [route for route in routes if not route[1].endswith("preferences")]
    assert answers(athlete, routes, UNACCEPTABLE[name]) == {422}


def test_40_megabytes_are_413(athlete: User, routes: list[tuple[str, str]]) -> None:
    assert answers(athlete, routes, member(b'"' + b"a" * 40 * MEGABYTE + b'"')) == {413}


def test_what_is_compressed_is_never_unpacked(athlete: User, routes: list[tuple[str, str]]) -> None:
    assert answers(athlete, routes, MALFORMED["a bomb"], HTTP_CONTENT_ENCODING="gzip") == {400}


def test_one_byte_order_mark_is_allowed(athlete: User) -> None:
    response = client_of(athlete).generic("POST", f"{V1}/workouts", b'\xef\xbb\xbf{"name":"Push"}', "application/json")
    assert (response.status_code, response.json()["name"]) == (201, "Push")


def test_no_body_is_an_empty_object(athlete: User) -> None:
    client = client_of(athlete)
    assert client.generic("PATCH", f"{V1}/users/profile", b"", "").status_code == 200
    assert client.generic("POST", f"{V1}/auth/login", b"", "").json()["errors"] == [
        {"pointer": "/login", "code": "required", "detail": "This field is required."},
        {"pointer": "/password", "code": "required", "detail": "This field is required."},
    ]


class TestLoads:
    def test_reads_what_two_readers_agree_on(self) -> None:
        raw = '{"a": [1, 2.5, "é\\ud83d\\udcaa", null, true, {"a": {}}]}'.encode()
        assert loads(raw) == {"a": [1, 2.5, "é💪", None, True, {"a": {}}]}

    def test_depth(self) -> None:
        deepest = b"[" * MAX_DEPTH + b"]" * MAX_DEPTH
        assert json.dumps(loads(deepest)).encode() == deepest
        with pytest.raises(Malformed):
            loads(b"[" + deepest + b"]")


class TestAddresses:
    """Paths, queries and headers that no client library would send."""

    @pytest.mark.parametrize(
        "path",
        [
            "/workouts/%00",
            "/workouts/%ff%fe",
            "/exercises/by-slug/%00",
            "/exercises/by-slug/%ed%a0%80",
            "/exercises/muscle/%00",
            "/exercises/muscle/%ff",
            "/exercises/equipment/" + "a" * 20_000,
            "/%2e%2e/%2e%2e/etc/passwd",
            "/workouts/" + "1" * 5_000,
        ],
    )
    def test_path(self, athlete: User, path: str) -> None:
        assert client_of(athlete, raise_request_exception=False).get(V1 + path).status_code == 404

    def test_nested_path(self, athlete: User) -> None:
        client = client_of(athlete, raise_request_exception=False)
        workout = client.post(f"{V1}/workouts", {}).json()["id"]
        for reference in ("%00", "%ff", "9" * 5_000, "-1", "¹", "٣", "1e3"):
            assert client.put(f"{V1}/workouts/{workout}/set/{reference}", {"reps": 1}).status_code == 404, reference

    @pytest.mark.parametrize(
        ("query", "status"),
        [
            ("?a=%00", 422),
            ("?%00=1", 422),
            ("?from=%00", 400),
            ("?cursor=%00", 400),
            ("?from=%ff", 422),
            ("?from=%ed%a0%80", 422),
            ("?limit=" + "9" * 5_000, 422),
            ("?limit=%D9%A3", 422),
            ("?cursor=" + "a" * 200_000, 404),
            ("?a=" + "a" * 200_000, 422),
            ("?" + "&" * 5_000, 413),
            ("?from=0001-01-01&to=9999-12-31", 200),
        ],
    )
    def test_query(self, athlete: User, query: str, status: int) -> None:
        response = client_of(athlete, raise_request_exception=False).get(f"{V1}/workouts{query}")
        assert response.status_code == status, response.content[:300]

    @pytest.mark.parametrize(
        "name",
        [
            *("ACCEPT", "ACCEPT_LANGUAGE", "AUTHORIZATION", "COOKIE", "IDEMPOTENCY_KEY", "IF_MATCH", "IF_NONE_MATCH"),
            *("ORIGIN", "RANGE", "USER_AGENT", "X_FORWARDED_FOR", "X_FORWARDED_PROTO", "X_REQUEST_ID", "EXPECT"),
        ],
    )
    @pytest.mark.parametrize("value", ["a" * 60_000, "\xff\xfe\x00\x7f", "http://[::1", ",;=,;=" * 999, '"'])
    def test_header(self, athlete: User, settings: Any, name: str, value: str) -> None:
        settings.TRUSTED_PROXIES = 1
        client = client_of(athlete, raise_request_exception=False)
        registered = {"email": "new@example.org", "username": "newcomer", "password": "a long enough phrase 7"}
        header = {f"HTTP_{name}": value}
        for method, path, body in (
            ("GET", "/users/profile", b""),
            ("GET", "/exercises", b""),
            ("PATCH", "/users/profile", b'{"bio": "Lifts"}'),
            ("POST", "/workouts", b"{}"),
            ("POST", "/auth/register", json.dumps(registered).encode()),
            ("POST", "/auth/login", b'{"login": "athlete", "password": "x"}'),
        ):
            response = client.generic(method, V1 + path, body, "application/json", **header)
            assert response.status_code < 500, (method, path, response.content)


class TestCharset:
    """Django decodes the query by the charset of the body; some are no charsets, and most are not ours."""

    @pytest.mark.parametrize(
        "type",
        [
            *(
                f"application/json; charset={name}"
                for name in ("utf-16", "base64", "idna", "undefined", "zip", "x" * 99)
            ),
            "application/json; charset*=base64''%41",
            "application/json; charset=" + "a" * 20_000,
        ],
    )
    def test_it_changes_nothing(self, db: None, type: str) -> None:
        answer = ask("POST", f"{V1}/auth/login?%61=%e2%82%ac", b"{}", {"CONTENT_TYPE": type})
        assert (answer.status_code, pointers(answer)) == (422, ["?a"])
        body = '{"login": "é"}'
        answer = ask("POST", f"{V1}/auth/login", body.encode(), {"CONTENT_TYPE": type})
        assert (answer.status_code, pointers(answer)) == (422, ["/password"])
        answer = ask("POST", f"{V1}/auth/login", body.encode("utf-16"), {"CONTENT_TYPE": type})
        assert answer.status_code == 400

    def test_with_too_many_parameters(self, db: None) -> None:
        query = "&".join(f"a{number}=1" for number in range(1001))
        type = {"CONTENT_TYPE": "application/json; charset=utf-8"}
        assert ask("POST", f"{V1}/auth/login?{query}", b"{}", type).status_code == 413


def pointers(answer: Answer) -> list[str]:
    return [entry["pointer"] for entry in json.loads(answer.content)["errors"]]


def test_a_refused_body_changes_nothing(athlete: User, routes: list[tuple[str, str]]) -> None:
    client = ApiClient(raise_request_exception=False)
    for body in MALFORMED.values():
        client.generic("POST", f"{V1}/auth/register", body, "application/json")
    assert list(User.objects.values_list("username", flat=True)) == ["athlete"]
