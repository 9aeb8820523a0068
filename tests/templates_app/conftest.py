"""A small library."""

import pytest

from exercises.models import Exercise
from tests.exercises.conftest import make_exercise

__all__ = ["make_exercise"]


@pytest.fixture
def bench(make_exercise) -> Exercise:  # type: ignore[no-untyped-def]
    made: Exercise = make_exercise(
        "Bench Press", primary_muscles=["chest"], secondary_muscles=["triceps"], equipment=["barbell", "bench"]
    )
    return made


@pytest.fixture
def row(make_exercise) -> Exercise:  # type: ignore[no-untyped-def]
    made: Exercise = make_exercise("Barbell Row", primary_muscles=["lats", "upper_back"], secondary_muscles=["biceps"])
    return made


@pytest.fixture
def plank(make_exercise) -> Exercise:  # type: ignore[no-untyped-def]
    made: Exercise = make_exercise(
        "Plank", primary_muscles=["abs"], equipment=["bodyweight"], kind="bodyweight", tracking="time"
    )
    return made
