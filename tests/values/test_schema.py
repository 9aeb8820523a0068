"""The parts of a schema that workouts, whose tests hold the rest, have no use for."""

from typing import Any

import pytest

from fitai.values.fields import identifier, text, whole
from fitai.values.schema import Keyed, Listed, Nested, Schema

THING = Schema({"n": whole(0, 9)}, required=("n",))
SCHEMA = Schema(
    {
        "tags": Listed(text(3), 2),
        "things": Nested(THING, 2, least=1),
        "thing": Nested(THING),
        "by_id": Keyed(identifier, THING, 2),
    },
    shown=frozenset({"version"}),
)


A, B = "0f8fad5b-d9cb-469f-a165-70867728950e", "7c9e6679-7425-40de-944b-e07fc1f90ae7"


@pytest.mark.parametrize(
    ("raw", "parsed", "errors"),
    [
        ({"tags": ["a", "b"]}, {"tags": ["a", "b"]}, []),
        ({"tags": None}, {"tags": []}, []),
        ({"tags": "a"}, {"tags": []}, [("/tags", "invalid")]),
        ({"tags": ["a"] * 3}, {"tags": []}, [("/tags", "max_items")]),
        ({"tags": ["long", 7]}, {"tags": []}, [("/tags/0", "max_length"), ("/tags/1", "invalid")]),
        ({"things": []}, {"things": []}, [("/things", "min_items")]),
        ({"things": [{"n": 1}, {"n": 10}]}, {"things": [{"n": 1}, {}]}, [("/things/1/n", "max_value")]),
        ({"things": [{}] * 3}, {"things": []}, [("/things", "max_items")]),
        ({"thing": None}, {"thing": None}, []),
        ({"thing": {}}, {"thing": {}}, [("/thing/n", "required")]),
        ({"by_id": {A.upper(): {"n": 1}, B: None}}, {"by_id": {A: {"n": 1}, B: None}}, []),
        ({"by_id": {}}, {"by_id": {}}, []),
        ({"by_id": None}, {"by_id": {}}, [("/by_id", "invalid")]),
        ({"by_id": [A]}, {"by_id": {}}, [("/by_id", "invalid")]),
        ({"by_id": {"a/b": {"n": 1}}}, {"by_id": {}}, [("/by_id/a~1b", "invalid")]),
        (
            {"by_id": {A: {}, B: 1}},
            {"by_id": {A: {}, B: {}}},
            [(f"/by_id/{A}/n", "required"), (f"/by_id/{B}", "invalid")],
        ),
        ({"by_id": {A: None, A.upper(): None}}, {"by_id": {A: None}}, [(f"/by_id/{A.upper()}", "duplicate")]),
        ({"by_id": {A: None, B: None, "c": None}}, {"by_id": {}}, [("/by_id", "max_items")]),
        ({"version": 2, "a/b": 1}, {}, [("/version", "read_only"), ("/a~1b", "unknown_field")]),
        ([], {}, [("", "invalid")]),
    ],
)
def test_what_it_takes_and_what_it_points_at(raw: Any, parsed: Any, errors: list[tuple[str, str]]) -> None:
    found: list[dict[str, str]] = []
    assert SCHEMA.parse(raw, "", found) == parsed
    assert [(error["pointer"], error["code"]) for error in found] == errors
