"""`manage.py fetch_model`, which is `make weights`: the official pose model, checked, and exported for this machine."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from analysis.vision.fetching import OFFICIAL, CannotFetch, fetch, is_fetched
from analysis.vision.jobs import fetch_later
from analysis.vision.weights import ModelUnavailable


class Command(BaseCommand):
    help = f"Fetch {OFFICIAL.name} into FITAI_HOME/weights, check it against its SHA-256, export it for this machine."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--later", action="store_true", help="have the vision worker do it, once, if there is no pose model at all"
        )

    def handle(self, *args: Any, later: bool, **options: Any) -> None:
        if later:
            if fetch_later():
                self.stdout.write(f"Pose model: the vision worker fetches {OFFICIAL.name}.")
            return
        folder = settings.POSE_MODEL_FOLDERS[0]
        if is_fetched(folder):
            self.stdout.write(f"{OFFICIAL.name} lies in {folder} already.")
            return
        try:
            self.stdout.write(f"The pose model is {fetch(folder)}")
        except (CannotFetch, ModelUnavailable) as failure:
            raise CommandError(str(failure)) from failure
