"""`python -m bench.people`: what a search for people costs in a small crowd and in a large one, side by side."""

import argparse
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import orjson
import psycopg

from bench import servers
from bench.__main__ import QUIET, Failed, home_of_bench
from bench.report import table
from bench.servers import SERVICES_LAST
from fitai.embedded.errors import CannotStart
from fitai.embedded.layout import manage
from fitai.embedded.locks import lock
from fitai.embedded.postgres import DATABASE
from fitai.embedded.processes import Pidfile, Program, end_what_was_left
from fitai.embedded.supervisor import Console, Stopped, Supervisor

SMALL = 10_000
GROWS = 1.5
"""How much slower than in the small crowd the 99th percentile of exact and prefix searches may be."""
SLIP_MS = 100
"""How long a search that forgives a slip may take."""

Costs = Mapping[str, Sequence[Mapping[str, float]]]  # by kind: in the small crowd, in the large one


def run(supervisor: Supervisor, home: Path, people: int, small: int, repeats: int) -> Costs:
    """In a database of its own, made anew."""
    env = servers.start_services(supervisor, home) | QUIET
    with psycopg.connect(env["DATABASE_URL"].rpartition("/")[0] + "/postgres", autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {DATABASE}")
    _step(supervisor, manage("prepare", name="prepare", env=env))
    file = home / "people.json"
    arguments = [str(file), f"--small={small}", f"--people={people}", f"--repeats={repeats}"]
    _step(supervisor, manage("bench_people", *arguments, name="people", env=env))
    return orjson.loads(file.read_bytes())


def _step(supervisor: Supervisor, program: Program) -> None:
    if not supervisor.run_once(program):
        raise Failed(f"{program.name} failed.")


def lines(costs: Costs, small: int, people: int) -> Iterable[str]:
    """The table for people: a kind of search a line, and how it grows."""
    sizes = (f"{what} ms, {size:,}" for size in (small, people) for what in ("p50", "p99"))
    rows = []
    for kind, (before, after) in costs.items():
        times = (f"{cost[what]:.1f}" for cost in (before, after) for what in ("p50_ms", "p99_ms"))
        rows.append((kind, *times, f"{after['p99_ms'] / before['p99_ms']:.2f}", f"{after['found']:.1f}"))
    yield from table(("search", *sizes, "p99 ×", "found"), rows)
    yield ""
    for kind, (before, after) in costs.items():
        if "slip" in kind:
            kept, text = after["p99_ms"] <= SLIP_MS, f"{after['p99_ms']:.1f} ms, at most {SLIP_MS}"
        else:
            grown = after["p99_ms"] / before["p99_ms"]
            kept, text = grown <= GROWS, f"{grown:.2f} × the small crowd, at most {GROWS}"
        yield f"target  {'met   ' if kept else 'missed'}  {kind}: p99 {text}"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.people", description=__doc__)
    parser.add_argument("--people", type=int, default=100_000, help="of the large crowd (default 100,000)")
    parser.add_argument("--small", type=int, default=SMALL, help="of the small one (default 10,000)")
    parser.add_argument("--repeats", type=int, default=1000, help="searches of each kind (default 1,000)")
    options = parser.parse_args(arguments)
    home = home_of_bench() / "people"
    home.mkdir(parents=True, exist_ok=True)
    own = lock(home / "bench.lock", wait=False)
    if own is None:
        print(f"A bench runs already in {home}.", file=sys.stderr)
        return 2
    with own:
        pidfile = Pidfile(home / "bench.processes.json")
        end_what_was_left(pidfile, home, last=SERVICES_LAST)
        supervisor = Supervisor(pidfile, Console(home / "logs"))
        with supervisor.signals():
            try:
                costs = run(supervisor, home, options.people, options.small, options.repeats)
            except (Failed, CannotStart) as error:
                print(error, file=sys.stderr)
                return 2
            except Stopped:
                return 130
            finally:
                supervisor.stop(last=SERVICES_LAST)
    print("", *lines(costs, options.small, options.people), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
