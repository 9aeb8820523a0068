"""A small library, or the whole catalogue."""

from collections.abc import Callable
from typing import Any

import pytest

from exercises.enums import Status
from exercises.models import Exercise
from exercises.operations.catalogue import load_catalogue

MakeExercise = Callable[..., Exercise]


@pytest.fixture
def make_exercise(db: None) -> MakeExercise:
    """Put an exercise into the library, of the catalogue unless it has an owner."""

    def make(name: str, **values: Any) -> Exercise:
        ordinary = {
            "slug": name.lower().replace(" ", "-"),
            "status": Status.DRAFT if values.get("owner") else Status.APPROVED,
            "primary_muscles": ["chest"],
            "equipment": ["barbell"],
            "kind": "strength",
        }
        return Exercise.objects.create(name=name, **{**ordinary, **values})

    return make


@pytest.fixture
def catalogue(db: None) -> None:
    """The exercises that ship with the project."""
    load_catalogue()
