"""`manage.py bench_people FILE`: load a small crowd, measure, add people, measure again."""

import argparse
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import orjson
from django.core.management.base import BaseCommand

from bench import crowd


class Command(BaseCommand):
    help = "Write what a search for people costs, in crowds of growing size, to a file."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--sizes", type=int, nargs="+", required=True)
        parser.add_argument("--repeats", type=int, required=True)

    def handle(self, *args: Any, file: Path, sizes: list[int], repeats: int, **options: Any) -> None:
        found, there = {}, 0
        for size in sorted(sizes):
            began = time.monotonic()
            crowd.load(there + 1, size)
            self.stdout.write(f"loaded {size - there:,} people in {time.monotonic() - began:.0f} s")
            there = size
            found[str(size)] = [asdict(cost) for cost in crowd.measure(repeats, min(sizes))]
        file.write_bytes(orjson.dumps(found))
