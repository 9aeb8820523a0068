"""`manage.py bench_exercises FILE`: load a small library and a large one, and measure them in turn."""

import argparse
import time
from pathlib import Path
from typing import Any

import orjson
from django.core.management.base import BaseCommand
from django.db import connection

from bench import shelf, twins
from exercises.models import Exercise


class Command(BaseCommand):
    help = "Write what a search for exercises costs, in two libraries, to a file."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        for name in ("small", "exercises", "repeats"):
            parser.add_argument(f"--{name}", type=int, required=True)

    def handle(self, *args: Any, file: Path, small: int, exercises: int, repeats: int, **options: Any) -> None:
        first = connection.settings_dict["NAME"]
        databases = (first, f"{first}_large")
        shipped = Exercise.objects.count()
        self.load(1, small - shipped)
        twins.copy_of(*databases)
        twins.use(databases[1])
        self.load(small - shipped + 1, exercises - shipped)
        file.write_bytes(orjson.dumps(shelf.measure(databases, repeats)))

    def load(self, begin: int, end: int) -> None:
        began = time.monotonic()
        shelf.load(begin, end)
        self.stdout.write(f"made {max(0, end - begin + 1):,} exercises in {time.monotonic() - began:.0f} s")
