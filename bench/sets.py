"""`python -m bench.sets`: what training costs in a gym of 250,000 sets and in one of many more, side by side."""

import os
import sys
from collections.abc import Iterable, Sequence

from bench.growing import Costs, Growing, costs_table, growth, target

LARGE = max(500_000, 2_500_000 // int(os.environ.get("SCALE", 1)))
SETS = Growing("sets", "bench_sets", small=250_000, large=LARGE, repeats=300)
GROWS = 1.5
"""How much slower than in the small gym the 99th percentile may be."""


def targets(costs: Costs) -> Iterable[str]:
    for kind, sizes in costs.items():
        grown = growth(sizes)
        yield target(grown <= GROWS, f"{kind}: p99 {grown:.2f} × that of the small gym, at most {GROWS:g}")


def main(arguments: Sequence[str] | None = None) -> int:
    options = SETS.read(__doc__, arguments)
    costs = SETS.measure(options)
    if isinstance(costs, int):
        return costs
    print("", *costs_table(costs, options.small, options.sets, what="request"), "", *targets(costs), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
