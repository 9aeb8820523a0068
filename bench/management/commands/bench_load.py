"""`manage.py bench_load STEP`: the data of the bench, in steps that `python -m bench` runs."""

import argparse
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from bench import loading, marker
from bench.options import SCALED, Size


class Command(BaseCommand):
    help = "Load the made-up gym: people, then its two parts side by side, then settle; tidy before a later run."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("step", choices=["people", "part-0", "part-1", "settle", "tidy"])
        parser.add_argument("--digest", default="", help="of the code that makes the data")
        for name in (*SCALED, "seed"):
            parser.add_argument(f"--{name}", type=int, default=1)

    def handle(self, *args: Any, step: str, digest: str, **options: Any) -> None:
        if step == "tidy":
            loading.tidy(marker.loaded_at(settings.FITAI_HOME))
            return
        size = Size(**{name: options[name] for name in (*SCALED, "seed")})
        if step == "people":
            loading.load_people(size)
        elif step == "settle":
            loading.settle()
            marker.mark(settings.FITAI_HOME, size, digest, timezone.now())
        else:
            loading.load_training(size, list(loading.parts(size))[int(step[-1])], self.stdout.write)
