"""What a request costs in a small database and in a large one, side by side, of people, exercises or sets."""

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import orjson

from bench.apart import Step, apart
from bench.report import table

Costs = Mapping[str, Sequence[Mapping[str, float]]]  # by kind of request: in the small database, in the large one


@dataclass(frozen=True, slots=True)
class Growing:
    """Something that grows: what it is called, how many of it there are, and the command that loads and measures."""

    noun: str
    command: str
    small: int
    large: int
    repeats: int

    def read(self, description: str | None, arguments: Sequence[str] | None) -> argparse.Namespace:
        parser = argparse.ArgumentParser(prog=f"python -m bench.{self.noun}", description=description)
        said = (
            ("small", self.small, "of the small database"),
            (self.noun, self.large, "of the large one"),
            ("repeats", self.repeats, "requests of each kind"),
        )
        for name, default, meaning in said:
            parser.add_argument(f"--{name}", type=int, default=default, help=f"{meaning} (default {default:,})")
        return parser.parse_args(arguments)

    def measure(self, options: argparse.Namespace) -> Costs | int:
        """The costs, or the status to exit with."""

        def work(home: Path, step: Step) -> Costs:
            file = home / "costs.json"
            step(self.command, str(file), *(f"--{name}={value}" for name, value in vars(options).items()))
            costs: Costs = orjson.loads(file.read_bytes())
            return costs

        return apart(self.noun, work)


def costs_table(costs: Costs, small: int, large: int, what: str = "search") -> list[str]:
    """A kind of request a line, and how it grows."""
    sizes = (f"{share} ms, {size:,}" for size in (small, large) for share in ("p50", "p99"))
    rows = []
    for kind, (before, after) in costs.items():
        times = (f"{cost[name]:.1f}" for cost in (before, after) for name in ("p50_ms", "p99_ms"))
        rows.append((kind, *times, f"{growth((before, after)):.2f}", f"{after['found']:.1f}"))
    return list(table((what, *sizes, "p99 ×", "found"), rows))


def growth(sizes: Sequence[Mapping[str, float]]) -> float:
    """How many times longer the 99th percentile is in the large database."""
    before, after = sizes
    return after["p99_ms"] / before["p99_ms"]


def target(kept: bool, text: str) -> str:
    return f"target  {'met   ' if kept else 'missed'}  {text}"
