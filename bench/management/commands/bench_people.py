"""`manage.py bench_people FILE`: load a small crowd and a large one, and measure them in turn."""

import argparse
import time
from pathlib import Path
from typing import Any

import orjson
from django.core.management.base import BaseCommand
from django.db import connection

from bench import crowd, twins


class Command(BaseCommand):
    help = "Write what a search for people costs, in two crowds, to a file."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        for name in ("small", "people", "repeats"):
            parser.add_argument(f"--{name}", type=int, required=True)

    def handle(self, *args: Any, file: Path, small: int, people: int, repeats: int, **options: Any) -> None:
        first = connection.settings_dict["NAME"]
        databases = (first, f"{first}_large")
        self.load(1, small)
        twins.copy_of(*databases)
        twins.use(databases[1])
        self.load(small + 1, people)
        file.write_bytes(orjson.dumps(crowd.measure(databases, repeats, small)))

    def load(self, begin: int, end: int) -> None:
        began = time.monotonic()
        crowd.load(begin, end)
        self.stdout.write(f"loaded {end - begin + 1:,} people in {time.monotonic() - began:.0f} s")
