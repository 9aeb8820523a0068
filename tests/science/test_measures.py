"""Units of what is measured of a body."""

from decimal import Decimal

import pytest

from accounts.enums import MetricKind, MetricUnit
from fitai.science.measures import MEASURES


@pytest.mark.parametrize(
    ("kind", "value", "unit", "canonical"),
    [
        ("weight", "225", "lb", "102.058"),
        ("weight", "80.5", "kg", "80.5"),
        ("waist", "32.5", "in", "82.55"),
        ("sleep", "7.5", "h", "450"),
        ("vo2max", "51.2", "ml_kg_min", "51.2"),
    ],
)
def test_canonical(kind: str, value: str, unit: str, canonical: str) -> None:
    assert MEASURES[kind].canonical(Decimal(value), unit) == Decimal(canonical)


def test_a_unit_of_something_else() -> None:
    with pytest.raises(KeyError):
        MEASURES["waist"].canonical(Decimal(80), "kg")


def test_the_unit_preferred_is_one_of_its_own() -> None:
    chosen = [MEASURES[kind].preferred_unit("lb", "in") for kind in ("weight", "calf_left", "sleep", "body_fat")]
    assert chosen == ["lb", "in", "min", "percent"]


def test_every_kind_and_unit_is_known() -> None:
    assert set(MEASURES) == set(MetricKind.values)
    assert {unit for measure in MEASURES.values() for unit in measure.units} == set(MetricUnit.values)
    assert sum("cm" in measure.units for measure in MEASURES.values()) == 12
