"""The whole catalogue or a few lifts of it, and somebody who asks for plans."""

import json
from pathlib import Path
from uuid import UUID, uuid5

import pytest
from django.conf import settings

from accounts.models import User
from exercises.enums import Status
from exercises.models import CATALOGUE_NAMESPACE, Exercise
from tests.cast import ApiClient, client_of
from tests.exercises.conftest import catalogue

__all__ = ["catalogue"]

LIFTS = ("barbell-bench-press", "barbell-back-squat", "barbell-row", "weighted-pull-up", "dumbbell-bench-press")
COLUMNS = ("slug", "name", "primary_muscles", "equipment", "kind", "tracking", "bodyweight_share")


@pytest.fixture
def phone(athlete: User, catalogue: None) -> ApiClient:
    """A device of somebody who has the whole library before them."""
    return client_of(athlete, "phone")


@pytest.fixture
def lifter(athlete: User) -> ApiClient:
    """A device of somebody with five lifts, as the catalogue has them."""
    for slug in LIFTS:
        said = json.loads((Path(settings.BASE_DIR) / "exercises" / "catalogue" / f"{slug}.json").read_text())
        id = uuid5(UUID(CATALOGUE_NAMESPACE), slug)
        Exercise.objects.create(id=id, status=Status.APPROVED, **{name: said[name] for name in COLUMNS})
    return client_of(athlete, "phone")
