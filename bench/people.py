"""`python -m bench.people`: what a search for people costs in a small crowd and in a large one, side by side."""

import sys
from collections.abc import Iterable, Sequence

from bench.growing import Costs, Growing, costs_table, growth, target

PEOPLE = Growing("people", "bench_people", small=10_000, large=100_000, repeats=1000)
GROWS = 1.5
"""How much slower than in the small crowd the 99th percentile of exact and prefix searches may be."""
SLIP_MS = 100
"""How long a search that forgives a slip may take."""


def targets(costs: Costs) -> Iterable[str]:
    for kind, sizes in costs.items():
        if "slip" in kind:
            p99 = sizes[1]["p99_ms"]
            yield target(p99 <= SLIP_MS, f"{kind}: p99 {p99:.1f} ms, at most {SLIP_MS}")
        else:
            grown = growth(sizes)
            yield target(grown <= GROWS, f"{kind}: p99 {grown:.2f} × the small crowd, at most {GROWS}")


def main(arguments: Sequence[str] | None = None) -> int:
    options = PEOPLE.read(__doc__, arguments)
    costs = PEOPLE.measure(options)
    if isinstance(costs, int):
        return costs
    print("", *costs_table(costs, options.small, options.people), "", *targets(costs), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
