from argparse import ArgumentParser
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.core.management.base import BaseCommand, CommandError
from django.db import IntegrityError

from exercises.enums import SourceKind
from exercises.models import Source
from exercises.operations.sources import import_source
from exercises.sources.fetching import SourceFailed, is_web


class Command(BaseCommand):
    help = (
        "Read exercises from a catalogue of others; what the library has not becomes drafts for moderators."
        " Reading again changes only what has changed there."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("source", help="a file, an http(s) address, or the name of a source of the admin")
        parser.add_argument(
            "--kind", choices=SourceKind.values, help="its shape; wger for an address with exerciseinfo in it"
        )
        parser.add_argument("--license", default="", help="of all its exercises that name none of their own")
        parser.add_argument("--license-url", default="", help="where that licence stands")
        parser.add_argument("--dry-run", action="store_true", help="say what would be done, and do nothing")

    def handle(self, *args: Any, source: str, dry_run: bool, **options: Any) -> None:
        known = Source.objects.filter(name=source).first() or Source.objects.filter(address=source).first()
        found = known or _made(source, options)
        if not found.enabled:
            raise CommandError(f"{found.name} is switched off.")
        if known is None and not dry_run:
            try:
                found.save(force_insert=True)
            except IntegrityError as taken:
                raise CommandError(f"There is another source named {found.name}.") from taken
        try:
            report = import_source(found, dry=dry_run)
        except SourceFailed as failure:
            raise CommandError(f"{found.name}: {failure}") from failure
        self.stdout.write(report.words)


def _made(said: str, options: dict[str, Any]) -> Source:
    """A source that only this command reads, until somebody gives it a schedule in the admin."""
    guessed = SourceKind.WGER if "exerciseinfo" in said else SourceKind.FREE_EXERCISE_DB
    return Source(
        name=((urlsplit(said).hostname if is_web(said) else Path(said).stem) or said)[:80],
        kind=options["kind"] or guessed,
        address=said,
        license=options["license"],
        license_url=options["license_url"],
    )
