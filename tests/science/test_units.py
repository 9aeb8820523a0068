"""Kilograms and metres, whatever the plates and the tracks say."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fitai.science.units import plain, to_kg, to_metres


@pytest.mark.parametrize(
    ("value", "unit", "kg"),
    [
        ("100.5", "kg", "100.5"),
        ("225", "lb", "102.058"),
        ("45", "lb", "20.412"),
        ("0", "lb", "0"),
        ("2.5", "lb", "1.134"),
    ],
)
def test_weights_in_kilograms(value: str, unit: str, kg: str) -> None:
    assert to_kg(Decimal(value), unit) == Decimal(kg)


@pytest.mark.parametrize(
    ("value", "unit", "metres"),
    [
        ("400", "m", "400"),
        ("1.5", "km", "1500"),
        ("1", "mi", "1609.344"),
        ("26.219", "mi", "42195.39"),
        ("100", "yd", "91.44"),
        ("1", "ft", "0.305"),
    ],
)
def test_distances_in_metres(value: str, unit: str, metres: str) -> None:
    assert to_metres(Decimal(value), unit) == Decimal(metres)


def test_a_unit_nobody_knows_is_an_error() -> None:
    for convert in (to_kg, to_metres):
        with pytest.raises(KeyError):
            convert(Decimal(1), "stone")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("100", "100"),
        ("1E+2", "100"),
        ("102.50", "102.5"),
        ("0.000", "0"),
        ("-0", "0"),
        ("0.001", "0.001"),
        ("10", "10"),
    ],
)
def test_a_decimal_is_written_plainly(value: str, text: str) -> None:
    assert plain(Decimal(value)) == text


@given(st.decimals(0, 1500, places=3))
def test_what_is_written_is_the_number(value: Decimal) -> None:
    assert Decimal(plain(value)) == value
