"""What can be loaded: every weight that is asked for is one that the person can put together."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workouts.strategies import thorough
from workouts.progression.loading import Kit, Rack, convert, rack_for, ramp

POUNDS = Kit("lb", tuple(map(Decimal, ("45", "35", "25", "10", "5", "2.5"))))
BAR = ("barbell", "bench")


@pytest.mark.parametrize(
    ("equipment", "kit", "weight", "loaded"),
    [
        (BAR, Kit(), "61", "60"),
        (BAR, Kit(), "61.25", "60"),  # halfway: the lighter
        (BAR, Kit(), "61.3", "62.5"),
        (BAR, Kit(), "12", "20"),  # the empty bar
        (BAR, POUNDS, "137", "135"),
        (BAR, Kit("kg", (Decimal(20), Decimal(5))), "64", "60"),
        (BAR, Kit("kg", (Decimal(25), Decimal(15), Decimal(10))), "60", "60"),  # 10 and 10 a side, not 15
        (BAR, Kit("lb", (Decimal(45), Decimal(25), Decimal(10))), "145", "145"),
        (BAR, Kit("kg", (Decimal(20), Decimal(15))), "80", "80"),
        (BAR, Kit("kg", ()), "63", "62.5"),  # nothing known of plates
        (("trap_bar",), Kit(), "70.4", "70"),
        (("ez_bar",), Kit(), "21", "20"),
        (("dumbbell",), Kit(), "8.6", "9"),
        (("dumbbell", "bench"), Kit(), "11.5", "12.5"),
        (("dumbbell",), Kit(), "0.2", "1"),
        (("dumbbell",), POUNDS, "17", "15"),
        (("dumbbell",), POUNDS, "18", "20"),
        (("kettlebell",), Kit(), "15", "16"),
        (("weighted_bodyweight", "pull_up_bar"), Kit(), "3.4", "3.75"),
        (("machine",), Kit(), "41", "40"),
        (("cable",), POUNDS, "43", "45"),
    ],
)
def test_the_nearest_there_is(equipment: tuple[str, ...], kit: Kit, weight: str, loaded: str) -> None:
    assert rack_for(equipment, kit).nearest(Decimal(weight)) == Decimal(loaded)


def test_up_and_down_are_the_neighbours() -> None:
    rack = Rack(Decimal(20), (Decimal(7), Decimal(10)))
    assert [rack.above(Decimal(weight)) for weight in ("10", "20", "33.9", "34", "40")] == [20, 34, 34, 40, 48]
    assert [rack.below(Decimal(weight)) for weight in ("10", "33.9", "34", "39.999", "54")] == [20, 20, 34, 34, 54]


def test_units() -> None:
    assert convert(Decimal(135), "lb", "kg") == Decimal("61.235")
    assert rack_for(BAR, POUNDS).nearest(convert(Decimal("61.235"), "kg", "lb")) == 135
    assert convert(Decimal("61.235"), "kg", "kg") == Decimal("61.235")


def test_warm_ups_lead_up() -> None:
    assert [list(ramp(count)) for count in (0, 1, 2)] == [[], [Decimal("0.8")], [Decimal("0.55"), Decimal("0.8")]]


PLATES = st.lists(st.integers(50, 25_000).map(lambda grams: Decimal(grams) / 1000), min_size=1, max_size=6)
RACKS = st.one_of(
    st.builds(
        Rack,
        st.sampled_from([Decimal(0), Decimal(20), Decimal(45)]),
        PLATES.map(tuple),
        st.sampled_from([1, 2]),
    ),
    st.sampled_from(
        [rack_for((name,), kit) for name in ("dumbbell", "kettlebell", "cable") for kit in (Kit(), POUNDS)]
    ),
)
COARSE = st.lists(st.integers(1, 12).map(lambda number: Decimal(number) / 2), min_size=1, max_size=4, unique=True)


@thorough(60)
@given(COARSE, st.sampled_from([1, 2]), st.integers(0, 160))
def test_whatever_can_be_put_together_is_found(plates: list[Decimal], sides: int, quarters: int) -> None:
    weight, side = Decimal(quarters) / 4, {Decimal(0)}
    for _ in range(90):  # one plate more
        side |= {sum + plate for sum in side for plate in plates if sum + plate <= 50}
    there = sorted(5 + sum * sides for sum in side)
    rack = Rack(Decimal(5), tuple(plates), sides)
    assert rack.below(weight) == max((one for one in there if one <= weight), default=5)
    assert rack.above(weight) == min(one for one in there if one > weight)
    assert rack.nearest(weight) == min(there, key=lambda one: (abs(one - weight), one))


WEIGHTS = st.integers(0, 400_000).map(lambda grams: Decimal(grams) / 1000)


@thorough(150)
@given(RACKS, st.lists(WEIGHTS, min_size=2, max_size=6))
def test_rounding(rack: Rack, weights: list[Decimal]) -> None:
    """Never further off than a step, never below the empty implement, never the other way round."""
    for weight in weights:
        below, above, nearest = rack.below(weight), rack.above(weight), rack.nearest(weight)
        assert rack.least <= below
        assert nearest in (below, above)
        assert rack.nearest(nearest) == nearest
        if weight >= rack.least:
            assert below <= weight < above <= below + rack.widest
            assert rack.below(above) == above
        else:
            assert nearest == below == above == rack.least
    rounded = [rack.nearest(weight) for weight in sorted(weights)]
    assert all(earlier <= later for earlier, later in pairwise(rounded))
