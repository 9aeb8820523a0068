"""`manage.py bench_sets FILE`: load a small gym and a large one, and measure them in turn."""

import argparse
import time
from pathlib import Path
from typing import Any

import orjson
from django.core.management.base import BaseCommand
from django.db import connection

from bench import gym, twins


class Command(BaseCommand):
    help = "Write what training costs, in two gyms, to a file."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        for name in ("small", "sets", "repeats"):
            parser.add_argument(f"--{name}", type=int, required=True)

    def handle(self, *args: Any, file: Path, small: int, sets: int, repeats: int, **options: Any) -> None:
        first = connection.settings_dict["NAME"]
        databases = (first, f"{first}_large")
        size = gym.size_of(small)
        began = time.monotonic()
        gym.load(size)
        twins.copy_of(*databases)
        twins.use(databases[1])
        gym.grow(size, sets)
        self.stdout.write(f"made {small:,} and {sets:,} sets in {time.monotonic() - began:.0f} s")
        file.write_bytes(orjson.dumps(gym.measure(databases, size, repeats)))
