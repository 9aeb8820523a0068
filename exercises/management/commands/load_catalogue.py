from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from exercises.operations.catalogue import SHIPPED, UnreadableCatalogue, load_catalogue


class Command(BaseCommand):
    help = "Load the exercises that ship with FitAI. Repeatable; what somebody edited since stays as it is."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--directory", type=Path, default=SHIPPED, help="where the files are, one an exercise")
        parser.add_argument("--force", action="store_true", help="compare every exercise though no file has changed")

    def handle(self, *args: Any, directory: Path, force: bool, **options: Any) -> None:
        if not directory.is_dir():
            raise CommandError(f"{directory} is not a folder.")
        try:
            loaded = load_catalogue(directory, even_if_unchanged=force)
        except UnreadableCatalogue as failure:
            raise CommandError(str(failure)) from failure
        self.stdout.write(
            f"Exercises: {len(loaded.created)} created, {len(loaded.updated)} updated,"
            f" {len(loaded.archived)} archived, {loaded.unchanged} unchanged."
        )
        if loaded.kept:
            self.stdout.write(f"Kept as edited: {', '.join(sorted(loaded.kept))}.")
