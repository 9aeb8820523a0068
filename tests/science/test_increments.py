"""The usual steps."""

from decimal import Decimal

import pytest

from fitai.science.increments import usual_step


@pytest.mark.parametrize(
    ("muscle", "kg", "lb"), [("quads", "5", "10"), ("calves", "5", "10"), ("chest", "2.5", "5"), (None, "2.5", "5")]
)
def test_legs_go_up_by_twice_as_much(muscle: str | None, kg: str, lb: str) -> None:
    assert (usual_step(muscle, "kg"), usual_step(muscle, "lb")) == (Decimal(kg), Decimal(lb))
    assert usual_step(muscle, "kg", per_hand=True) == Decimal(kg) / 2
