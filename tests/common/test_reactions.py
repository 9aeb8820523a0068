"""From what happened to the jobs that follow."""

from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest

from fitai.common.jobs import HANDLERS
from fitai.common.models import Job
from fitai.common.reactions import publish
from fitai.reactions import REACTIONS

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Unheard:
    id: UUID


def test_every_reaction_is_a_job_that_somebody_handles() -> None:
    assert {kind for kinds in REACTIONS.values() for kind in kinds} <= HANDLERS.keys()


@pytest.mark.parametrize("happened", REACTIONS)
def test_one_occasion_makes_one_job_of_each_kind(happened: type) -> None:
    event = happened(*(uuid4() for _ in happened.__slots__))
    publish(event)
    publish(event)
    publish(happened(*(uuid4() for _ in happened.__slots__)))
    assert Job.objects.count() == 2 * len(REACTIONS[happened])
    (first, _) = Job.objects.filter(kind=REACTIONS[happened][0]).order_by("created_at")
    assert first.payload == {name: str(getattr(event, name)) for name in happened.__slots__}


def test_what_nobody_minds_makes_nothing() -> None:
    publish(Unheard(uuid4()))
    assert not Job.objects.exists()
