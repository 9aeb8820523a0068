from typing import Any

from django.core.management.base import BaseCommand

from workouts.operations.uses import count_all_uses


class Command(BaseCommand):
    help = "Count again which exercises every completed workout trained. Repeatable; popularity and ratings follow."

    def handle(self, *args: Any, **options: Any) -> None:
        counted = 0
        for counted in count_all_uses():
            self.stdout.write(f"{counted} workouts ...")
        self.stdout.write(f"Counted {counted} workouts.")
