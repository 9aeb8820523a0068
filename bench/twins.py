"""Two databases of one server, a small and a large one, measured in turn by the same requests."""

import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.test import Client

from bench.calls import Call
from bench.report import percentile

STRETCHES = 10  # in which the databases are measured in turn, so that whatever else the machine does hits both
WARM = 8  # requests that do not count, in each


def use(database: str) -> None:
    """Let this process talk to another database of the same server from here on."""
    connection.close()
    connection.settings_dict["NAME"] = database


def copy_of(database: str, name: str) -> None:
    """Make a database that begins as a copy of another."""
    use("postgres")
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{database}"')


@dataclass(slots=True)
class Cost:
    """How long a kind of request took in a database, in microseconds each, and how much it found in all."""

    took_us: list[int] = field(default_factory=list)
    found: int = 0

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(self.took_us + other.took_us, self.found + other.found)

    def as_json(self) -> dict[str, float]:
        took = self.took_us
        p50, p99 = (percentile(took, share) / 1000 for share in (50, 99))
        return {"p50_ms": p50, "p99_ms": p99, "found": self.found / len(took)}


def measure(
    databases: Sequence[str],
    searches: Mapping[str, Sequence[Any]],
    call: Callable[[str, str, Any], Call],
    *,
    together: str | None = None,
) -> dict[str, list[dict[str, float]]]:
    """Whole requests, in this process: by kind, what it costs in each database, and what all kinds do as `together`.

    `call` makes the request of a kind for a text with a token of the database.
    """
    client = Client()
    costs = {kind: [Cost() for _ in databases] for kind in searches}
    for stretch in range(STRETCHES):
        for kind, texts in searches.items():
            part = texts[stretch::STRETCHES]
            for database, cost in zip(databases, costs[kind], strict=True):
                use(database)
                for text in part[:WARM]:
                    _send(client, call(database, kind, text), Cost())
                for text in part:
                    _send(client, call(database, kind, text), cost)
    if together is not None:
        costs[together] = [sum(ofs, Cost()) for ofs in zip(*costs.values(), strict=True)]
    return {kind: [cost.as_json() for cost in of_kind] for kind, of_kind in costs.items()}


def _send(client: Client, call: Call, cost: Cost) -> None:
    began = time.perf_counter()
    response = call.through(client)
    cost.took_us.append(round((time.perf_counter() - began) * 1e6))
    if not 200 <= response.status_code < 300:
        raise RuntimeError(f"{call} answered {response.status_code}: {response.content[:300]!r}")
    cost.found += len(response.json().get("results", ()))


def slipped(text: str, chance: random.Random) -> str:
    """The text with one slip, not in its first letter."""
    at = chance.randrange(2, len(text) - 1)
    letter = chance.choice("abcdefghijklmnopqrstuvwxyz")
    return chance.choice(
        [
            text[: at - 1] + text[at] + text[at - 1] + text[at + 1 :],
            text[:at] + letter + text[at + 1 :],
            text[:at] + text[at + 1 :],
            text[:at] + letter + text[at:],
        ]
    )
