"""The routes of people: themselves, each other, and what they measure over the years."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from decimal import Decimal
from math import sin
from uuid import UUID

from django.utils import timezone

from accounts.models import Friendship, Metric
from accounts.operations.sessions import tokens_of
from bench.calls import Call, Route
from bench.history import athletes
from bench.options import Size
from bench.reading import READERS, log_in

FRIENDS = 200
DAYS = 3650  # of one weight each: ten years


def social_routes(size: Size) -> Iterator[Route]:
    everybody = athletes(size)
    me, others = everybody[1], everybody[2:]
    befriend(me.id, [other.id for other in others[:FRIENDS]])
    weigh(me.id)
    mine = tokens_of(log_in(me)).access
    readers = [mine, *(tokens_of(log_in(other)).access for other in others[:READERS])]
    yield Route("profile", "profile", 200, [Call("GET", "/users/profile", token) for token in readers])
    names = [Call("GET", f"/users/search?q=athlete-{n:05}"[: 24 + n % 3], readers[n % len(readers)]) for n in range(90)]
    yield Route("people_search", "search for people", 200, names)
    yield Route("friends", "friends, page 1", 200, [Call("GET", "/users/friends", mine)])
    yield Route("metrics", "measurements, page 1", 200, [Call("GET", "/users/metrics", mine)])
    years = Call("GET", "/users/metrics?kind=weight&aggregate=week&limit=1000", mine)
    yield Route("metrics_years", "10 years of weight by week", 200, [years])
    yield Route("metrics_summary", "measurements, summary", 200, [Call("GET", "/users/metrics/summary", mine)])


def befriend(one: UUID, others: Sequence[UUID]) -> None:
    """Friendships with all of them, which a later run finds again."""
    now = timezone.now()
    rows = [
        Friendship(**Friendship.pair(one, other), requester_id=other, accepted_at=now - timedelta(hours=n))
        for n, other in enumerate(others)
    ]
    Friendship.objects.bulk_create(rows, ignore_conflicts=True)


def weigh(user_id: UUID) -> None:
    """A weight for each day of ten years, unless they are there."""
    if Metric.objects.filter(user_id=user_id).count() >= DAYS:
        return
    now = timezone.now()
    weights = [Decimal(round(80 + 4 * sin(n / 90) + 0.3 * sin(n * 7), 1)).quantize(Decimal("0.1")) for n in range(DAYS)]
    Metric.objects.bulk_create(
        Metric(
            user_id=user_id,
            kind="weight",
            value=weight,
            unit="kg",
            canonical=weight,
            measured_at=now - timedelta(days=n),
            digest="",
            change_seq=0,
        )
        for n, weight in enumerate(weights)
    )
