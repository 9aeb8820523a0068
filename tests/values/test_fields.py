"""What a parser says of itself in JSON Schema is what it does."""

from decimal import Decimal
from typing import Any

import pytest
from jsonschema import Draft7Validator, FormatChecker

from fitai.science.units import plain
from fitai.values.fields import (
    Fault,
    Parser,
    boolean,
    choice,
    decimal,
    half_steps,
    identifier,
    nullable,
    or_null,
    shaped,
    text,
    whole,
)
from fitai.values.schema import Nested, Schema

ID = "01890000-0000-7000-8000-00000000e001"
TRIED: tuple[Any, ...] = (
    *(None, True, False, 0, 1, 5, 11, -1, 5.0, 5.5, 10**9, -0.5, "", "5", "5.50", "1e2", "-3", " 5", "five", "kg"),
    *("x" * 7, "x" * 8, ID, ID.upper(), ID[:-1], [], ["kg"], {}, {"a": 1}),
)


def takes(parser: Parser, value: Any) -> bool:
    try:
        parser(value)
    except Fault:
        return False
    return True


def says(shape: Any, value: Any) -> bool:
    return bool(Draft7Validator(shape, format_checker=FormatChecker()).is_valid(value))


@pytest.mark.parametrize(
    "parser",
    [text(7), choice(("kg", "lb")), whole(0, 10), boolean, identifier, nullable(whole(1, 5)), nullable(text(3))],
)
def test_it_takes_what_it_says(parser: Parser) -> None:
    told = vars(parser)["takes"]
    assert [value for value in TRIED if takes(parser, value) != (says(told, value) and fits_format(told, value))] == []


def fits_format(shape: Any, value: Any) -> bool:
    return shape.get("format") != "uuid" or takes(identifier, value)  # which draft 7 does not know


@pytest.mark.parametrize(
    "parser", [decimal(Decimal(0), Decimal(500), 3), half_steps(1, 10), nullable(half_steps(1, 10))]
)
def test_a_decimal_takes_no_more_than_it_says_and_gives_what_it_says(parser: Parser) -> None:
    told = vars(parser)
    taken = [value for value in TRIED if takes(parser, value)]
    assert 5 in taken
    assert [value for value in taken if not says(told["takes"], value)] == []
    given = [parser(value) for value in taken]
    assert [one for one in given if not says(told["gives"], None if one is None else plain(one))] == []
    refused = [value for value in TRIED if value not in taken and says(told["takes"], value)]
    assert {type(value) for value in refused} <= {str}  # of a text it says the form, not the bounds


def test_an_object_says_what_its_fields_say() -> None:
    inner = Schema({"n": whole(0, 5)}, required=("n",))
    whole_one = Schema(
        {"in": Nested(inner), "many": Nested(inner, 3, 1), "note": nullable(text(5))}, required=("many",)
    )
    shape = whole_one.shape("takes")
    n = {"type": "integer", "minimum": 0, "maximum": 5}
    one = {"type": "object", "properties": {"n": n}, "required": ["n"], "additionalProperties": False}
    assert shape == {
        "type": "object",
        "properties": {
            "in": {**one, "type": ["object", "null"]},
            "many": {"type": "array", "items": one, "minItems": 1, "maxItems": 3},
            "note": {"type": ["string", "null"], "maxLength": 5},
        },
        "required": ["many"],
        "additionalProperties": False,
    }


def test_what_it_says_can_be_told_apart_and_made_nullable() -> None:
    def parse(value: Any) -> Any:
        return value

    assert vars(shaped({"type": "integer"}, {"type": "string"})(parse)) == {
        "takes": {"type": "integer"},
        "gives": {"type": "string"},
    }
    assert or_null({"type": "string", "enum": ["kg"]}) == {"type": ["string", "null"], "enum": ["kg", None]}
    assert vars(nullable(lambda value: value)) == {}  # who says nothing of itself says nothing
