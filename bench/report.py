"""What a run found: one table, the gates that must hold, and the targets that should."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

READS = (
    "exercise_search", "exercise_list", "exercise_detail", "active", "workout_detail", "history_first", "history_deep",
    "profile", "people_search", "friends", "metrics", "metrics_years", "metrics_summary",
)  # fmt: skip
WRITES = ("log_one", "log_many")
SQL_OF_A_READ, SQL_OF_A_WRITE = 6, 10
DEEP_PAGE = 1.2  # times the first page
READ_TARGET, WRITE_TARGET, SOCKET_TARGET = 8.0, 15.0, 2.0


@dataclass(frozen=True, slots=True)
class Sample:
    """What a stretch of requests took: times in microseconds, processor time in seconds."""

    took_us: Sequence[int]
    seconds: float
    web_cpu: float
    services_cpu: float = 0.0


@dataclass(slots=True)
class Measured:
    """A route measured, in one stretch or several."""

    key: str
    title: str
    sql: int | None = None
    samples: list[Sample] = field(default_factory=list)

    @property
    def took_us(self) -> list[int]:
        return [took for sample in self.samples for took in sample.took_us]

    @property
    def requests_per_second(self) -> float:
        return len(self.took_us) / sum(sample.seconds for sample in self.samples)

    @property
    def cpu_us(self) -> float:
        """Of the web processes, a request."""
        return sum(sample.web_cpu for sample in self.samples) * 1e6 / len(self.took_us)

    @property
    def services_us(self) -> float:
        """Of PostgreSQL and Valkey, a request."""
        return sum(sample.services_cpu for sample in self.samples) * 1e6 / len(self.took_us)

    @property
    def p50_ms(self) -> float:
        return percentile(self.took_us, 50) / 1000

    @property
    def p99_ms(self) -> float:
        return percentile(self.took_us, 99) / 1000


@dataclass(frozen=True, slots=True)
class FanOut:
    """How sets reached the devices that follow: times in microseconds, a round each; memory of the live process."""

    sockets: int
    workouts: int
    from_request_us: Sequence[int]
    from_publish_us: Sequence[int]
    raw_us: Sequence[int]
    deliveries_per_second: float
    cpu_us_per_delivery: float
    bytes_per_socket: int

    @property
    def title(self) -> str:
        return f"{self.sockets:,} sockets on {self.workouts:,} workout{'s' * (self.workouts > 1)}"

    @property
    def ratio(self) -> float:
        """From the publish to the last device, over a raw publish to as many."""
        return percentile(self.from_publish_us, 50) / percentile(self.raw_us, 50)

    @property
    def ratio_from_request(self) -> float:
        return percentile(self.from_request_us, 50) / percentile(self.raw_us, 50)

    def lines(self) -> Iterable[str]:
        yield from table(
            (f"a set in each to {self.title}", "p50 ms", "p99 ms", "× raw"),
            [
                (name, f"{percentile(us, 50) / 1000:.1f}", f"{percentile(us, 99) / 1000:.1f}", ratio)
                for name, us, ratio in (
                    ("raw publish to as many idle subscribers", self.raw_us, "1.0"),
                    ("publish to the last socket", self.from_publish_us, f"{self.ratio:.1f}"),
                    ("POST to the last socket of its workout", self.from_request_us, f"{self.ratio_from_request:.1f}"),
                )
            ],
        )
        yield (
            f"in a burst {self.deliveries_per_second:,.0f} deliveries/s, "
            f"at {self.cpu_us_per_delivery:.1f} µs CPU of the live process each; "
            f"it takes {self.bytes_per_socket / 1000:,.0f} kB a socket"
        )

    def as_json(self) -> dict[str, Any]:
        ratios = {"ratio": round(self.ratio, 2), "ratio_from_request": round(self.ratio_from_request, 2)}
        return {**asdict(self), **ratios}


@dataclass(frozen=True, slots=True)
class Verdict:
    """A gate or target, and whether the run kept it."""

    text: str
    kept: bool


@dataclass(slots=True)
class Report:
    """A whole run."""

    size: str
    connections: int
    bare: Measured
    routes: list[Measured]
    fan_outs: Sequence[FanOut]
    record_sql: int

    def ratio(self, route: Measured) -> float:
        """To the bare view."""
        return route.cpu_us / self.bare.cpu_us

    def route(self, key: str) -> Measured:
        return next(route for route in self.routes if route.key == key)

    def gates(self) -> list[Verdict]:
        """What fails the run."""
        counted = [(self.route(key), SQL_OF_A_READ) for key in READS]
        counted += [(self.route(key), SQL_OF_A_WRITE) for key in WRITES]
        statements = [(route.title, route.sql, most) for route, most in counted]
        statements.append(("log a set that is a record", self.record_sql, SQL_OF_A_WRITE))
        found = [
            Verdict(f"{title}: {sql} SQL statements, at most {most}", sql is not None and sql <= most)
            for title, sql, most in statements
        ]
        first, deep = self.route("history_first"), self.route("history_deep")
        costs = [route.cpu_us + route.services_us for route in (first, deep)]
        for what, ratio in (
            ("processor time of web and services", costs[1] / costs[0]),
            ("p50", deep.p50_ms / first.p50_ms),
        ):
            text = f"{deep.title}: {what} {ratio:.2f} × that of page 1, at most {DEEP_PAGE}"
            found.append(Verdict(text, ratio <= DEEP_PAGE))
        return found

    def targets(self) -> list[Verdict]:
        """What a run only says."""
        found = []
        for keys, most in ((READS, READ_TARGET), (WRITES, WRITE_TARGET)):
            for route in map(self.route, keys):
                ratio = self.ratio(route)
                found.append(Verdict(f"{route.title}: {ratio:.1f} × the bare view, aim {most:g}", ratio <= most))
        for fan_out in self.fan_outs:
            text = f"{fan_out.title}: {fan_out.ratio:.1f} × a raw publish, aim {SOCKET_TARGET:g}"
            found.append(Verdict(text, fan_out.ratio <= SOCKET_TARGET))
        return found

    def lines(self) -> Iterable[str]:
        """The report for people."""
        yield f"{self.size}; {self.connections} requests at once"
        yield ""
        names = ("route", "requests/s", "p50 ms", "p99 ms", "SQL", "CPU µs", "× bare", "services µs")
        rows = [
            (
                route.title,
                f"{route.requests_per_second:,.0f}",
                f"{route.p50_ms:.1f}",
                f"{route.p99_ms:.1f}",
                "" if route.sql is None else str(route.sql),
                f"{route.cpu_us:,.0f}",
                f"{self.ratio(route):.1f}",
                f"{route.services_us:,.0f}",
            )
            for route in (self.bare, *self.routes)
        ]
        yield from table(names, rows)
        yield ""
        for fan_out in self.fan_outs:
            yield from fan_out.lines()
            yield ""
        for verdict in self.gates():
            yield f"gate    {'kept  ' if verdict.kept else 'BROKEN'}  {verdict.text}"
        for verdict in self.targets():
            yield f"target  {'met   ' if verdict.kept else 'missed'}  {verdict.text}"

    def as_json(self) -> dict[str, Any]:
        return {
            "size": self.size,
            "connections": self.connections,
            "routes": {
                route.key: {
                    "title": route.title,
                    "requests": len(route.took_us),
                    "requests_per_second": round(route.requests_per_second, 1),
                    "p50_ms": round(route.p50_ms, 3),
                    "p99_ms": round(route.p99_ms, 3),
                    "sql": route.sql,
                    "cpu_us": round(route.cpu_us, 1),
                    "ratio": round(self.ratio(route), 2),
                    "services_us": round(route.services_us, 1),
                }
                for route in (self.bare, *self.routes)
            },
            "fan_outs": [fan_out.as_json() for fan_out in self.fan_outs],
            "record_sql": self.record_sql,
            "gates": [asdict(verdict) for verdict in self.gates()],
            "targets": [asdict(verdict) for verdict in self.targets()],
        }


def percentile(values: Sequence[int], share: int) -> int:
    """The smallest value that so many percent of all do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * share // 100) - 1)]


def table(names: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterable[str]:
    """A Markdown table with columns of one width, numbers to the right."""
    widths = [max(len(row[place]) for row in (names, *rows)) for place in range(len(names))]

    def line(cells: Sequence[str]) -> str:
        first, *others = zip(cells, widths, strict=True)
        return " | ".join(["| " + first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in others)]) + " |"

    yield line(names)
    yield "|" + "|".join(["-" * (widths[0] + 2), *("-" * (width + 1) + ":" for width in widths[1:])]) + "|"
    for row in rows:
        yield line(row)
