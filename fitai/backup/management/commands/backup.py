"""`manage.py backup`: everything in one encrypted file, proven by reading it back."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from fitai.backup.archive import Contents, proven
from fitai.backup.errors import Refused
from fitai.backup.keys import backup_key
from fitai.backup.making import make


class Command(BaseCommand):
    help = "Back up database and files into one encrypted file, and read it back. --verify reads one that is there."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--to", type=Path, default=settings.FITAI_HOME / "backups", metavar="FOLDER", help="default: %(default)s"
        )
        parser.add_argument("--verify", type=Path, metavar="FILE", help="prove that a backup is whole; change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path | None = options["verify"]
        try:
            key = backup_key()
            if path is not None:
                self.stdout.write(f"{path} is whole: {told(proven(path, key))}.")
                return
            path, contents = make(options["to"], key)
        except Refused as refusal:
            raise CommandError(f"{path}: {refusal}" if path else str(refusal)) from refusal
        self.stdout.write(f"{path} is made and proven: {told(contents)}, {path.stat().st_size:,} bytes.")


def told(contents: Contents) -> str:
    """A backup in a few words."""
    made_at, version = contents.about["made_at"], contents.about["postgres"]
    return f"made at {made_at}, PostgreSQL {version}, {len(contents.media):,} files of people"
