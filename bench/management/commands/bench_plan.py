"""`manage.py bench_plan STEP FILE`: what `python -m bench` is to send, with the statements each request takes."""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any

import orjson
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bench.calls import Call, Route
from bench.options import SCALED, Size
from bench.reading import reading_routes
from bench.social import social_routes
from bench.training import best_ever, followed, training_routes

FRAME = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")  # of a transaction: not counted


class Command(BaseCommand):
    help = "Write the requests of the bench to a file, and count the SQL statements of each route."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("step", choices=["reading", "training"])
        parser.add_argument("file", type=Path)
        parser.add_argument("--seconds", type=float, default=1.0)
        parser.add_argument("--rounds", type=int, default=1)
        for name in (*SCALED, "seed"):
            parser.add_argument(f"--{name}", type=int, default=1)

    def handle(self, *args: Any, step: str, file: Path, **options: Any) -> None:
        size = Size(**{name: options[name] for name in (*SCALED, "seed")})
        plan: dict[str, Any] = {}
        if step == "reading":
            routes = chain(reading_routes(size, options["seconds"]), social_routes(size))
            plan["routes"] = [as_json(route) for route in counted(routes)]
        else:
            plan["routes"] = [as_json(route) for route in counted(training_routes(size))]
            plan["record_sql"] = len(statements(best_ever(size), 201))
            plan["followed"] = list(followed(size, options["rounds"]))
        file.write_bytes(orjson.dumps(plan))


def counted(routes: Iterator[Route]) -> Iterator[Route]:
    """The routes with their statements, those of a second request: the first one fills caches."""
    for route in routes:
        samples = [*route.calls[:2], route.calls[0]][:2] if not route.once else route.calls[:2]
        sql = [len(statements(call, route.status)) for call in samples][-1]
        yield replace(route, sql=sql, calls=route.calls[2:] if route.once else route.calls)


def statements(call: Call, status: int) -> Sequence[str]:
    """The SQL statements of one request, but for BEGIN, COMMIT and SAVEPOINT."""
    with CaptureQueriesContext(connection) as captured:
        response = call.through(Client())
    if response.status_code != status:
        raise CommandError(f"{call.method} {call.path} answered {response.status_code}: {response.content[:600]!r}")
    return [query["sql"] for query in captured if not query["sql"].startswith(FRAME)]


def as_json(route: Route) -> dict[str, Any]:
    return {
        "key": route.key,
        "title": route.title,
        "status": route.status,
        "once": route.once,
        "sql": route.sql,
        "calls": [call.wire for call in route.calls],
        **route.extra,
    }
