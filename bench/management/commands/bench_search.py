"""`manage.py bench_search FILE`: judge the search on the catalogue that ships."""

import argparse
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from bench.search.judging import lines, rank_all, recognise_all


class Command(BaseCommand):
    help = "Write how well the search ranks, and how well names are recognised, to a file."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        file.write_text("\n".join(lines(rank_all(), recognise_all())) + "\n", encoding="utf-8")
