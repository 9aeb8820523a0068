"""What every endpoint shares: strict input and conditional requests."""

from typing import Any

import pytest

from tests.cast import ApiClient, codes

LIFTS = "/api/v1/tests/lifts"
TAGGED = "/api/v1/tests/tagged"


class TestStrictInput:
    def test_what_fits_is_understood(self, phone: ApiClient) -> None:
        body = {"reps": 5, "weight": "102.5", "at": "2026-11-20T08:30:00+01:00", "tempo": {"down": 3}, "tempos": [{}]}
        assert phone.post(LIFTS, body).json() == {**body, "at": "2026-11-20T07:30:00Z"}

    @pytest.mark.parametrize("weight", ["102.5", 102.5])
    def test_decimals_come_as_text_or_number(self, phone: ApiClient, weight: Any) -> None:
        assert phone.post(LIFTS, {"weight": weight}).json() == {"weight": "102.5"}

    @pytest.mark.parametrize(
        ("body", "expected"),
        [
            ({"color": "red"}, [("/color", "unknown_field")]),
            ({"id": "01890000-0000-7000-8000-00000000e001"}, [("/id", "read_only")]),
            ({"a/b~c": 1}, [("/a~1b~0c", "unknown_field")]),
            ({"": 1}, [("/", "unknown_field")]),
            ({"tempo": {"up": 1}}, [("/tempo/up", "unknown_field")]),
            ({"tempos": [{}, {"up": 1}]}, [("/tempos/1/up", "unknown_field")]),
            ({"tempo": 3}, [("/tempo", "invalid")]),
            ({"tempos": [{"down": 1}, {"down": "x"}]}, [("/tempos/1/down", "invalid")]),
            ({"reps": -1}, [("/reps", "min_value")]),
            ({"reps": 1.5}, [("/reps", "invalid")]),
            ({"reps": None}, [("/reps", "null")]),
            ({"reps": "9" * 2_000}, [("/reps", "max_string_length")]),
            ({"weight": "1.0001"}, [("/weight", "max_decimal_places")]),
            ({"weight": "NaN"}, [("/weight", "invalid")]),
            ({"weight": "1e400"}, [("/weight", "max_digits")]),
            ({"at": "yesterday"}, [("/at", "invalid")]),
            ({"x": 1, "reps": -1}, [("/x", "unknown_field"), ("/reps", "min_value")]),
        ],
    )
    def test_what_does_not_is_pointed_at(self, phone: ApiClient, body: Any, expected: list[tuple[str, str]]) -> None:
        assert codes(phone.post(LIFTS, body)) == expected

    def test_unknown_query_parameter(self, phone: ApiClient) -> None:
        assert codes(phone.post(f"{LIFTS}?unit=kg&units=kg", {})) == [("?units", "unknown_parameter")]
        assert phone.post(f"{LIFTS}?unit=kg", {}).status_code == 200

    def test_nul_in_a_query(self, phone: ApiClient) -> None:
        assert phone.post(f"{LIFTS}?unit=%00", {}).status_code == 400


class TestConditionalRequests:
    @pytest.fixture
    def tag(self, phone: ApiClient) -> str:
        return str(phone.get(TAGGED).headers["ETag"])

    def test_the_tag_is_strong_and_stays(self, phone: ApiClient, tag: str) -> None:
        assert tag.startswith('"')
        assert phone.get(TAGGED).headers["ETag"] == tag

    @pytest.mark.parametrize("form", ["{}", "W/{}", '"other", {}', '"other",W/{}', "*", " {} "])
    def test_who_has_it_gets_304(self, phone: ApiClient, tag: str, form: str) -> None:
        response = phone.get(TAGGED, HTTP_IF_NONE_MATCH=form.format(tag))
        assert (response.status_code, response.content, response.headers["ETag"]) == (304, b"", tag)
        assert response.headers["Vary"] == "Authorization, origin"

    @pytest.mark.parametrize("given", ['"other"', "", "W/", "nonsense"])
    def test_who_has_another_gets_it(self, phone: ApiClient, given: str) -> None:
        assert phone.get(TAGGED, HTTP_IF_NONE_MATCH=given).json() == {"bar_kg": 20}

    @pytest.mark.parametrize("form", ["{}", '"other", {}', "*"])
    def test_a_change_of_the_version_that_was_read(self, phone: ApiClient, tag: str, form: str) -> None:
        assert phone.patch(TAGGED, {}, HTTP_IF_MATCH=form.format(tag)).status_code == 200

    def test_without_if_match_nothing_is_checked(self, phone: ApiClient) -> None:
        assert phone.patch(TAGGED, {}).status_code == 200

    @pytest.mark.parametrize("form", ['"other"', "W/{}", "", "nonsense"])
    def test_a_change_of_another_version(self, phone: ApiClient, tag: str, form: str) -> None:
        response = phone.patch(TAGGED, {}, HTTP_IF_MATCH=form.format(tag))
        assert (response.status_code, response.headers["ETag"]) == (412, tag)


def test_a_view_is_closed_unless_it_says_otherwise(nobody: ApiClient, phone: ApiClient) -> None:
    assert nobody.get(TAGGED).status_code == 401
    assert nobody.get("/api/v1/tests/open").json() == {"known": False}
    assert phone.get("/api/v1/tests/open").json() == {"known": True}
