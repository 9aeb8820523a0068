"""A person with something in every table, and a place for files."""

from pathlib import Path
from typing import Any

import pytest

from accounts.models import User
from exercises.models import Exercise
from fitai.common import jobs
from fitai.common.models import Job
from fitai.privacy.retention import REMOVE
from tests.common.test_retention import purge
from tests.privacy.planting import Garden

HERS, HIS = "zqhersmark", "zqhismark"


def run_removals() -> None:
    """Do the removals that are due, as a worker would."""
    for id in Job.objects.filter(kind=REMOVE, status="queued").values_list("pk", flat=True):
        jobs.run(id)


def remove_deleted() -> None:
    """What the purge and its jobs do."""
    purge()
    run_removals()


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
