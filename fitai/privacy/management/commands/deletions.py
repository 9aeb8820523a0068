"""`manage.py deletions`: the deletion list, to be kept apart from the backups of the database."""

from typing import Any

from django.core.management.base import BaseCommand

from fitai.privacy.removal import whole_list


class Command(BaseCommand):
    help = "Write the list of accounts that were removed or are about to be, a line each, for `replay_deletions`."

    def handle(self, *args: Any, **options: Any) -> None:
        for line in whole_list():
            self.stdout.write(line)
