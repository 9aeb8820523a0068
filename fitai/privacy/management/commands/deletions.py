"""`manage.py deletions`: the deletion list, to be kept apart from the backups of the database."""

from typing import Any

from django.core.management.base import BaseCommand

from accounts.models import DeletedAccount
from fitai.privacy.removal import line_of


class Command(BaseCommand):
    help = "Write the list of accounts that were removed for good, a line each, for `replay_deletions`."

    def handle(self, *args: Any, **options: Any) -> None:
        for entry in DeletedAccount.objects.order_by("removed_at", "digest").iterator(1000):
            self.stdout.write(line_of(entry))
