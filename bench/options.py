"""What a run measures, and on how much data."""

import argparse
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Size:
    """How much data there is; the same size and seed make the same data, to the byte."""

    people: int
    workouts: int
    sets: int
    heavy: int
    seed: int

    def __post_init__(self) -> None:
        if self.people < 2 or not 0 < self.heavy <= self.workouts or self.sets < self.workouts:
            raise ValueError("There are 2 people or more, one of them with `heavy` workouts, each of a set or more.")

    def __str__(self) -> str:
        return (
            f"{self.people:,} people, {self.workouts:,} workouts ({self.heavy:,} of one person), {self.sets:,} sets, "
            f"seed {self.seed}"
        )

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Options:
    """How a run measures: seconds for each route, requests under way at once, sockets on one workout and on many."""

    size: Size
    seconds: float
    connections: int
    sockets: int
    crowd: int
    rounds: int


DEFAULTS = {
    "people": (1_000, "people with an account"),
    "workouts": (50_000, "workouts of all of them"),
    "sets": (1_000_000, "sets in all workouts"),
    "heavy": (25_000, "workouts of the one person who trains most"),
    "seed": (1, "of the generated data"),
    "seconds": (4.0, "for each route"),
    "connections": (8, "requests under way at once"),
    "sockets": (200, "devices that follow one workout"),
    "crowd": (2_000, "devices that follow a hundred workouts, 0 for none"),
    "rounds": (60, "sets logged while the devices follow"),
}
SCALED = ("people", "workouts", "sets", "heavy")


def read_options(arguments: Sequence[str] | None = None) -> Options:
    """From the command line, else from `BENCH_<NAME>`, else the defaults; `SCALE` divides the size."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure what each route costs.")
    for name, (value, meaning) in DEFAULTS.items():
        default = type(value)(os.environ.get(f"BENCH_{name.upper()}", value))
        parser.add_argument(f"--{name}", type=type(value), default=default, help=f"{meaning} (default {default:,})")
    scale = int(os.environ.get("SCALE", 1))
    parser.add_argument("--scale", type=int, default=scale, help="divides people, workouts, sets and heavy")
    given = vars(parser.parse_args(arguments))
    divisor = given.pop("scale")
    for name in SCALED:
        given[name] = max(2, given[name] // divisor)
    try:
        size = Size(**{name: given.pop(name) for name in (*SCALED, "seed")})
    except ValueError as error:
        parser.error(str(error))
    return Options(size, **given)
