"""How sets are counted."""

from templates_app.planner.lint.reading import fractional_sets
from tests.templates_app.test_figures import BENCH, GONE, LIBRARY, LUNGE, day, sets


def test_sets_are_fractional() -> None:
    days = (
        day((BENCH, [*sets(2, kind="warmup"), *sets(3)]), (GONE, sets(4))),
        day((LUNGE, sets(2)), (BENCH, sets(1, kind="amrap"))),
    )
    assert fractional_sets(days, LIBRARY) == {
        "chest": 4,
        "front_delts": 2,
        "glutes": 2,
        "quads": 2,
        "triceps": 2,
        "hamstrings": 1,
    }
    assert fractional_sets([day((BENCH, sets(3, kind="warmup")))], LIBRARY) == {}
