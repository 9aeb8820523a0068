"""`manage.py restore`: put a backup back into an empty database."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from fitai.backup.errors import Refused
from fitai.backup.keys import backup_key
from fitai.backup.management.commands.backup import told
from fitai.backup.restoring import deletion_list, restore
from fitai.privacy.removal import LIST


class Command(BaseCommand):
    help = "Put a backup back into an empty database, migrate it, and remove again who was removed since."
    requires_system_checks = []  # some ask the tables, which are not there yet

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--deletions",
            type=Path,
            action="append",
            metavar="LIST",
            help=f"deletion list; by default {LIST} in FITAI_HOME and beside the file, whichever are there",
        )
        parser.add_argument(
            "--no-deletions", action="store_true", help="there is no list: nobody was removed since the backup"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            done = restore(path, backup_key(), deletion_list(self.lists(path, options)))
        except Refused as refusal:
            raise CommandError(f"{path}: {refusal}") from refusal
        self.stdout.write(f"{path} is restored: {told(done.contents)}.")
        if done.migrated:
            self.stdout.write("It was of an older release and has been migrated.")
        self.stdout.write(f"{done.removed} accounts of the deletion list were back, and are removed.")

    def lists(self, path: Path, options: dict[str, Any]) -> list[Path]:
        if options["no_deletions"]:
            return []
        if options["deletions"]:
            return list(options["deletions"])
        found = [list for list in (settings.FITAI_HOME / LIST, path.parent / LIST) if list.exists()]
        if not found:
            raise Refused(
                f"There is no deletion list ({LIST}), and without it people who left would be back. Give it with "
                "--deletions, or say --no-deletions if nobody was removed since the backup."
            )
        return found
