"""`manage.py replay_deletions`: after an older backup was restored, remove again who had been removed since."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from fitai.privacy.removal import LIST, read_list, replay


class Command(BaseCommand):
    help = "Remove the accounts of a deletion list that a restored backup has brought back. Safe to run again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "list", nargs="?", type=Path, default=settings.FITAI_HOME / LIST, help="default: %(default)s"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            deletions = read_list(options["list"].read_text().splitlines())
        except (OSError, ValueError) as fault:
            raise CommandError(f"{options['list']}: {fault}") from fault
        count = replay(deletions)
        self.stdout.write(f"{count} of {len(deletions.removed)} listed accounts were back, and are removed.")
