"""`python -m bench.exercises`: what a search in the library costs with a thousand exercises and with many."""

import os
import sys
from collections.abc import Iterable, Sequence

from bench.growing import Costs, Growing, costs_table, growth, target

LARGE = max(2_000, 100_000 // int(os.environ.get("SCALE", 1)))
EXERCISES = Growing("exercises", "bench_exercises", small=1_000, large=LARGE, repeats=300)
GROWS = 2.0
"""How much slower than among a thousand exercises the 99th percentile may be."""


def targets(costs: Costs) -> Iterable[str]:
    for kind, sizes in costs.items():
        grown = growth(sizes)
        yield target(grown <= GROWS, f"{kind}: p99 {grown:.2f} × that of the small library, at most {GROWS:g}")


def main(arguments: Sequence[str] | None = None) -> int:
    options = EXERCISES.read(__doc__, arguments)
    costs = EXERCISES.measure(options)
    if isinstance(costs, int):
        return costs
    print("", *costs_table(costs, options.small, options.exercises), "", *targets(costs), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
