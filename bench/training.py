"""The routes of training itself: workouts in progress, read and logged into."""

import random
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from accounts.models import Session
from accounts.operations.sessions import tokens_of
from bench.calls import Call, Route
from bench.history import Lift, athletes, days_of, tree
from bench.loading import library
from bench.options import Size
from bench.reading import log_in
from fitai.common.actors import Actor
from fitai.common.ids import uuid7
from workouts.operations.apply import apply
from workouts.operations.requests import Request

SETS = 20  # in a workout before more are logged
LIFTERS = 300
MORE_BY_ONE = 10  # sets logged into each workout, so that it stays about that long
MORE_BY_MANY = 6
CROWD = 100


def training_routes(size: Size) -> Iterator[Route]:
    lifts, _ = library()
    days = days_of(lifts, size.seed)
    heavy, *others = athletes(size)
    gym = [(log_in(athlete), days[n % len(days)]) for n, athlete in enumerate(others[:LIFTERS])]
    workouts = [begin(session, day) for session, day in gym]
    tokens = [tokens_of(session).access for session, _ in gym]
    yield Route("active", "active workout", 200, [Call("GET", "/workouts/active", token) for token in tokens])

    # One person trains one workout at a time. Several at once stand in for it here, because each may only grow by a
    # few sets; they share no exercise, so that none is part of the history of another's records.
    phone = log_in(heavy)
    alone = [(begin(phone, day), day) for day in days]
    token = tokens_of(phone).access
    calls = [log(token, workout, day, n) for n in range(MORE_BY_ONE) for workout, day in alone]
    yield Route("log_one", "log a set, one person", 201, calls, once=True)
    calls = [
        log(token, workout, day, n)
        for n in range(MORE_BY_MANY)
        for token, workout, (_, day) in zip(tokens, workouts, gym, strict=True)
    ]
    yield Route("log_many", "log a set, many people", 201, calls, once=True)


def best_ever(size: Size) -> Call:
    """A set that beats every one before it."""
    lifts, _ = library()
    day = days_of([lift for lift in lifts if lift.tracking == "weight_reps"], size.seed)[0]
    session = log_in(athletes(size)[-1])
    body = {"exercise_id": day[0].id, "reps": 10, "weight": "400", "weight_unit": "kg"}
    return Call("POST", f"/workouts/{begin(session, day)}/sets", tokens_of(session).access, body)


def followed(size: Size, rounds: int) -> Iterator[dict[str, Any]]:
    """A workout to follow, with the token of its owner and the sets that will be logged into it; then a crowd of
    others, a set each."""
    lifts, _ = library()
    days = days_of(lifts, size.seed)
    people = athletes(size)[:0:-1]
    for number in range(CROWD + 1):
        session, day = log_in(people[number % len(people)]), days[number % len(days)]
        token, workout = tokens_of(session).access, begin(session, day)
        calls = [log(token, workout, day, n).wire for n in range(1 if number else rounds)]
        yield {"workout": str(workout), "token": token, "calls": calls}


def begin(session: Session, day: Sequence[Lift]) -> UUID:
    """A workout in progress with 20 sets done."""
    id, actor = uuid7(), Actor(session.user_id, session_id=session.pk)
    started = (timezone.now() - timedelta(minutes=40)).isoformat()
    body = {"id": str(id), "name": "Today", "started_at": started}
    body["exercises"] = tree(random.Random(id.int), day, SETS, 0.5)
    apply(actor, id, [Request(str(id), "workout.create", body, actor.device_id)], live=True)
    return id


def log(token: str, workout: UUID, day: Sequence[Lift], number: int) -> Call:
    """One more set of the day, an easy one: most sets are no record."""
    lift = day[number % len(day)]
    values = {
        "weight_reps": {"reps": 6, "weight": "20", "weight_unit": "kg"},
        "reps": {"reps": 4},
        "assisted_reps": {"reps": 4, "assistance": "45", "weight_unit": "kg"},
        "time": {"duration_seconds": 20},
        "distance_time": {"duration_seconds": 300, "distance": "600", "distance_unit": "m"},
        "weight_time": {"duration_seconds": 20, "weight": "15", "weight_unit": "kg"},
    }[lift.tracking]
    return Call("POST", f"/workouts/{workout}/sets", token, {"exercise_id": lift.id, **values})
