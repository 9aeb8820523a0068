"""A small believable world: people who train for weeks, made through the operations that users' calls go through.

What somebody did on a day follows from the seed, the person and the day alone, whenever it is asked for: ids, loads and
moods. Running it again, later too, adds what is missing and changes nothing.
"""

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from accounts.models import Metric, User
from accounts.operations.metrics import create_metric
from accounts.operations.sign_up import meet, sign_up
from exercises.models import Exercise
from fitai.common.actors import Actor
from workouts.models import Workout
from workouts.operations.apply import apply
from workouts.operations.requests import Request

FIRST_NAMES = (
    "Amara", "Ben", "Chloe", "Diego", "Elif", "Finn", "Greta", "Hiro", "Ines", "Jonas", "Kaya", "Liam", "Mina", "Noor",
    "Olga", "Pavel", "Quinn", "Rosa", "Sami", "Tara", "Umut", "Vera", "Wanda", "Xenia", "Yusuf", "Zoe",
)  # fmt: skip
ADDRESS = "seed"
HARDEST_RPE = 9.5
WENT = 0.9  # of the days that were meant for training
FIRST_MONDAY = date(2024, 1, 1)
"""Weeks are counted from here, so that a week is the same one however long ago it was."""
SEASON_WEEKS, RISING_WEEKS = 52, 40


@dataclass(frozen=True, slots=True)
class Lift:
    """An exercise on somebody's plan: sets and repetitions, and the share of their strength it takes."""

    slug: str
    sets: int
    reps: int
    share: float


PLAN: dict[str, tuple[Lift, ...]] = {
    "Push": (
        Lift("barbell-bench-press", 4, 6, 1.0),
        Lift("barbell-overhead-press", 3, 8, 0.6),
        Lift("dumbbell-lateral-raise", 3, 12, 0.12),
        Lift("chest-dip", 3, 10, 0),
    ),
    "Pull": (
        Lift("barbell-deadlift", 3, 5, 1.6),
        Lift("pull-up", 3, 7, 0),
        Lift("barbell-row", 3, 8, 0.85),
        Lift("barbell-curl", 3, 10, 0.4),
    ),
    "Legs": (
        Lift("barbell-back-squat", 4, 6, 1.3),
        Lift("romanian-deadlift", 3, 8, 1.1),
        Lift("leg-extension", 3, 12, 0.6),
        Lift("plank", 3, 0, 0),
    ),
}


@dataclass(slots=True)
class Seeded:
    """How much was added."""

    people: int = 0
    workouts: int = 0
    measurements: int = 0


def seed_world(*, people: int, weeks: int, seed: int, now: datetime, password: str) -> Seeded:
    """People with `weeks` of training up to now, about three workouts a week."""
    exercises = {
        slug: (str(id), tracking)
        for slug, id, tracking in Exercise.objects.filter(
            slug__in=[lift.slug for lifts in PLAN.values() for lift in lifts], owner=None
        ).values_list("slug", "pk", "tracking")
    }
    added = Seeded()
    for number in range(people):
        person = _person(seed, number, password, added)
        actor = Actor(user_id=person.pk, via="job")
        there = set(Workout.objects.own(actor).values_list("pk", flat=True))
        for name, day in _days(weeks, now):
            dice = random.Random(f"{seed}:{number}:{day}")  # noqa: S311  a world that can be made again
            started = datetime.combine(day, time(dice.randint(16, 19), dice.randint(0, 59)), now.tzinfo)
            id = uuid5(NAMESPACE_URL, f"fitai:seed:{seed}:{number}:{day}")
            went = dice.random() < WENT
            if not went or started >= now - timedelta(hours=2) or id in there:
                continue
            today = strength_kg(seed, number, day) * dice.uniform(0.95, 1.03)
            payload = {
                "id": str(id),
                "name": name,
                "started_at": started.isoformat(),
                "ended_at": (started + timedelta(minutes=dice.randint(45, 80))).isoformat(),
                "exercises": [
                    {"exercise_id": exercises[lift.slug][0], "sets": _sets(dice, lift, exercises[lift.slug][1], today)}
                    for lift in PLAN[name]
                    if lift.slug in exercises
                ],
            }
            apply(actor, id, [Request(f"seed:{id}", "workout.create", payload, "seed")], live=True)
            added.workouts += 1
        added.measurements += _weigh(actor, seed, number, weeks, now)
    return added


def _weigh(actor: Actor, seed: int, number: int, weeks: int, now: datetime) -> int:
    """Somebody's weight on the mornings of their training days, and how many of them are new."""
    there = set(Metric.objects.filter(user_id=actor.user_id).values_list("pk", flat=True))
    added = 0
    for _, day in _days(weeks, now):
        morning = datetime.combine(day, time(6, 45), now.tzinfo)
        id = uuid5(NAMESPACE_URL, f"fitai:seed:{seed}:{number}:{day}:weight")
        if morning < now and id not in there:
            weighed = {"kind": "weight", "unit": "kg", "value": weight_kg(seed, number, day), "measured_at": morning}
            create_metric(actor, values={"id": id, **weighed})
            added += 1
    return added


def weight_kg(seed: int, number: int, day: date) -> Decimal:
    """What somebody weighs on a morning: some kilograms up and down over a season, and water from day to day."""
    dice = random.Random(f"{seed}:{number}:weight")  # noqa: S311
    base, swing, begun = dice.uniform(58, 96), dice.uniform(1, 4), dice.randrange(SEASON_WEEKS * 7)
    turn = 2 * math.pi * ((day - FIRST_MONDAY).days + begun) / (SEASON_WEEKS * 7)
    water = random.Random(f"{seed}:{number}:{day}:weight").gauss(0, 0.5)  # noqa: S311
    return Decimal(f"{base + swing * math.sin(turn) + water:.1f}")


def strength_kg(seed: int, number: int, day: date) -> float:
    """What somebody is good for in a week: one percent more each week of a season, lost again in a shorter pause."""
    dice = random.Random(f"{seed}:{number}")  # noqa: S311
    base, begun = dice.uniform(45, 110), dice.randrange(SEASON_WEEKS)
    week = ((day - FIRST_MONDAY).days // 7 + begun) % SEASON_WEEKS
    paused = max(0, week - RISING_WEEKS) / (SEASON_WEEKS - RISING_WEEKS)
    return base * (1 + 0.01 * min(week, RISING_WEEKS) * (1 - paused))


def _person(seed: int, number: int, password: str, added: Seeded) -> User:
    first = FIRST_NAMES[number % len(FIRST_NAMES)]
    username = f"{first.lower()}.{seed}.{number}"
    known = User.objects.filter(username=username).first()
    if known is not None:
        return known
    added.people += 1
    email = f"{username}@fitai.localhost"
    newcomer = meet(email=email, username=username, password=password, display_name=first)
    return sign_up(newcomer, address=ADDRESS)


def _days(weeks: int, now: datetime) -> Iterator[tuple[str, date]]:
    """Mondays, Wednesdays and Fridays, up to this week's."""
    monday = now.date() - timedelta(days=now.weekday(), weeks=weeks)
    for week in range(weeks + 1):
        for day, name in zip((0, 2, 4), PLAN, strict=True):
            yield name, monday + timedelta(weeks=week, days=day)


def _sets(dice: random.Random, lift: Lift, tracking: str, strength_kg: float) -> list[dict[str, Any]]:
    """A warm-up where there is a load, then working sets that get harder."""
    if tracking == "time":
        return [{"duration_seconds": dice.randint(40, 90)} for _ in range(lift.sets)]
    if not lift.share:
        return [{"reps": max(1, lift.reps - dice.randint(0, 2) - number)} for number in range(lift.sets)]
    load = round(strength_kg * lift.share / 2.5) * 2.5
    warm_up = {"kind": "warmup", "reps": lift.reps, "weight": str(round(load * 0.5 / 2.5) * 2.5), "weight_unit": "kg"}
    working = [
        {
            "reps": lift.reps - (dice.random() < 0.2),
            "weight": str(load),
            "weight_unit": "kg",
            "rpe": str(min(HARDEST_RPE, 7 + 0.5 * number + dice.choice((0, 0.5)))),
        }
        for number in range(lift.sets)
    ]
    return [warm_up, *working]
