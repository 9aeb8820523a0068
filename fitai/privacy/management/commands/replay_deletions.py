"""`manage.py replay_deletions`: after an older backup was restored, remove again who had been removed since."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from fitai.privacy.removal import LIST, listed, read_list, remove_again


class Command(BaseCommand):
    help = "Remove the accounts of a deletion list that a restored backup has brought back. Safe to run again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "list", nargs="?", type=Path, default=settings.FITAI_HOME / LIST, help="default: %(default)s"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            accounts = read_list(options["list"].read_text().splitlines())
        except (OSError, ValueError) as fault:
            raise CommandError(f"{options['list']}: {fault}") from fault
        count = 0
        for user_id in list(listed(accounts)):
            remove_again(user_id)
            count += 1
        self.stdout.write(f"{count} of {len(accounts)} listed accounts were back, and are removed.")
