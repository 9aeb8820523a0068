from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from workouts.seeding import seed_world


class Command(BaseCommand):
    help = "A small believable world of people who train, made through the same operations as users'."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--people", type=int, default=20)
        parser.add_argument("--weeks", type=int, default=12)
        parser.add_argument("--seed", type=int, default=1)

    def handle(self, *args: Any, people: int, weeks: int, seed: int, **options: Any) -> None:
        login = getattr(settings, "DEMO_LOGIN", None)
        if login is None:
            raise CommandError("A seeded world is for development servers.")
        added = seed_world(people=people, weeks=weeks, seed=seed, now=timezone.now(), password=login[1])
        self.stdout.write(
            f"Added {added.people} people, {added.workouts} workouts and {added.measurements} measurements."
            f" Their password: {login[1]}"
        )
