"""A person with something in every table, and a place for files."""

from pathlib import Path
from typing import Any

import pytest

from accounts.models import User
from exercises.models import Exercise
from tests.privacy.planting import Garden

HERS, HIS = "zqhersmark", "zqhismark"


@pytest.fixture(autouse=True)
def home(settings: Any, tmp_path: Path) -> Path:
    settings.FITAI_HOME, settings.MEDIA_ROOT = tmp_path, tmp_path / "media"
    return tmp_path


@pytest.fixture
def garden(home: Path, athlete: User, coach: User, exercise: Exercise) -> Garden:
    planted = Garden(athlete, coach, HERS)
    planted.plant()
    return planted


@pytest.fixture
def his(garden: Garden, stranger: User, moderator: User) -> Garden:
    planted = Garden(stranger, moderator, HIS)
    planted.plant()
    return planted
