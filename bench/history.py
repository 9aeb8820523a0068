"""The training of a made-up gym, the same for the same size and seed: who comes, when, and what they lift.

Workouts come out as a client would send them, whole after the fact; nothing here knows a table.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from bench.options import Size

END = datetime(2025, 1, 1, tzinfo=UTC)  # in the past of every machine that runs this
HEAVY_EVERY = timedelta(hours=7)
EVERY = timedelta(hours=61)
A_DAY = 5  # exercises
LENGTH = timedelta(minutes=55)


@dataclass(frozen=True, slots=True)
class Athlete:
    """Somebody who trains: how often in all, and the number of their first workout among those of everybody."""

    number: int
    id: UUID
    workouts: int
    first: int

    @property
    def username(self) -> str:
        return f"athlete-{self.number:05}"

    @property
    def is_heavy(self) -> bool:
        return self.number == 0


@dataclass(frozen=True, slots=True)
class Lift:
    """An exercise of the library as far as a made-up set needs to know it."""

    id: str
    tracking: str


def athletes(size: Size) -> list[Athlete]:
    """Everybody; the first is the one who trains most, the rest share the other workouts evenly."""
    rng = random.Random(f"{size.seed} athletes")
    rest, others = size.workouts - size.heavy, size.people - 1
    shares = [size.heavy, *(rest * (n + 1) // others - rest * n // others for n in range(others))]
    found, first = [], 0
    for number, share in enumerate(shares):
        found.append(Athlete(number, made_id(rng, END - timedelta(days=400)), share, first))
        first += share
    return found


def days_of(lifts: Sequence[Lift], seed: int) -> list[list[Lift]]:
    """The library as training days that share no exercise."""
    shuffled = list(lifts)
    random.Random(f"{seed} days").shuffle(shuffled)
    return [shuffled[start : start + A_DAY] for start in range(0, len(shuffled) - A_DAY + 1, A_DAY)]


def workouts_of(athlete: Athlete, size: Size, days: Sequence[list[Lift]]) -> Iterator[dict[str, Any]]:
    """Bodies for `POST /workouts`, the oldest first."""
    rng = random.Random(f"{size.seed} {athlete.number}")
    every = HEAVY_EVERY if athlete.is_heavy else EVERY
    late = timedelta(seconds=rng.randrange(int(every.total_seconds())))
    plan = days if athlete.is_heavy else [days[(athlete.number + turn) % len(days)] for turn in range(3)]
    for turn in range(athlete.workouts):
        number = athlete.first + turn
        sets = size.sets * (number + 1) // size.workouts - size.sets * number // size.workouts
        started = END - every * (athlete.workouts - turn) + late
        day = plan[turn % len(plan)]
        yield {
            "id": str(made_id(rng, started)),
            "name": f"Day {turn % len(plan) + 1}",
            "started_at": started.isoformat(),
            "ended_at": (started + LENGTH).isoformat(),
            "exercises": tree(rng, day, sets, turn / athlete.workouts),
        }


def tree(rng: random.Random, day: Sequence[Lift], sets: int, progress: float) -> list[dict[str, Any]]:
    """The exercises of a day with so many sets in all; `progress` is 0 on the first day of training, 1 on the last."""
    entries = []
    for place, lift in enumerate(day):
        count = sets * (place + 1) // len(day) - sets * place // len(day)
        if count:
            done = [set_of(rng, lift, turn, count, progress) for turn in range(count)]
            entries.append({"exercise_id": lift.id, "sets": done})
    return entries


def set_of(rng: random.Random, lift: Lift, turn: int, count: int, progress: float) -> dict[str, Any]:
    """What was done in one set: a warm-up first, the last one hard."""
    warmup = turn == 0 and count > 2
    item: dict[str, Any] = {"kind": "warmup" if warmup else "working"}
    if lift.tracking in ("weight_reps", "weight_time"):
        full = 30 + int(lift.id[:2], 16) % 60 + 40 * progress + rng.choice((-2.5, 0, 0, 2.5))
        item |= {"weight": str(round((full / 2 if warmup else full) / 2.5) * 2.5), "weight_unit": "kg"}
    if lift.tracking in ("weight_reps", "reps", "assisted_reps"):
        item["reps"] = rng.randint(5, 10)
    if lift.tracking == "assisted_reps":
        item |= {"assistance": str(rng.randint(8, 16) * 2.5), "weight_unit": "kg"}
    if lift.tracking in ("time", "distance_time", "weight_time"):
        item["duration_seconds"] = rng.randint(30, 90) * (10 if lift.tracking == "distance_time" else 1)
    if lift.tracking == "distance_time":
        item |= {"distance": str(rng.randint(10, 30) * 100), "distance_unit": "m"}
    if turn == count - 1:
        item["rpe"] = str(rng.randint(14, 20) / 2)
    return item


def made_id(rng: random.Random, moment: datetime) -> UUID:
    """A UUIDv7 of that moment, its random part from `rng`."""
    milliseconds = int(moment.timestamp() * 1000)
    return UUID(int=milliseconds << 80 | 7 << 76 | rng.getrandbits(12) << 64 | 2 << 62 | rng.getrandbits(62))
