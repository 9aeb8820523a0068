"""What is counted and written down of the exercise library by itself."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone

from exercises.models import LoggedSearch
from exercises.operations.popularity import count_popularity
from exercises.operations.ratings import reweigh_vouched
from exercises.operations.searches import write_searches
from fitai.common.jobs import Claim, handles
from fitai.common.retention import delete_batch, keeps
from fitai.common.schedules import every

COUNT_EVERY_SECONDS = 3600
WRITE_SEARCHES_EVERY_SECONDS = 60


@handles("exercises.count_popularity", max_attempts=3)
def count(claim: Claim) -> None:
    with claim.writing():
        count_popularity(timezone.now())


@handles("exercises.reweigh_ratings", max_attempts=3)
def reweigh(claim: Claim) -> Mapping[str, Any]:
    """The ratings of people whose account something vouches for by now weigh more."""
    people = 0
    while batch := reweigh_vouched():
        people += batch
        claim.advance(0, "weighing")
    return {"people": people}


@handles("exercises.write_searches", max_attempts=2)
def write_down_searches(claim: Claim) -> Mapping[str, Any]:
    return {"written": write_searches()}


@keeps("searches")
def purge_searches(before: datetime) -> int:
    return delete_batch(LoggedSearch.objects.filter(at__lt=before))


every(COUNT_EVERY_SECONDS, "exercises.count_popularity")
every(COUNT_EVERY_SECONDS, "exercises.reweigh_ratings")
every(WRITE_SEARCHES_EVERY_SECONDS, "exercises.write_searches")
