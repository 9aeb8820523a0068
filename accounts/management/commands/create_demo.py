"""The demo account and the admin of a development server."""

import os
import secrets
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.db.models.functions import Lower

from accounts.models import User

ADMIN_PASSWORD_FILE = "admin_password"  # noqa: S105  a file name


class Command(BaseCommand):
    help = "Make the accounts `demo` and `admin` of a development server, once."

    def handle(self, *args: Any, **options: Any) -> None:
        login = getattr(settings, "DEMO_LOGIN", None)
        if login is None:
            raise CommandError("Demo accounts are for development servers. Make an admin with `createsuperuser`.")
        present = set(
            User.objects.annotate(folded=Lower("username"))
            .filter(folded__in=[login[0], "admin"])
            .values_list("folded", flat=True)
        )
        if login[0] not in present:
            self.make_demo(*login)
        if "admin" not in present:
            self.make_admin()

    def make_demo(self, username: str, password: str) -> None:
        User.objects.create_person(
            username=username,
            email=f"{username}@fitai.localhost",
            verified=True,
            password=make_password(password),
            display_name="Demo Athlete",
        )
        self.stdout.write(f"Demo account: {username} / {password}")

    @transaction.atomic
    def make_admin(self) -> None:
        password = secrets.token_urlsafe(15)
        User.objects.create_superuser("admin", "admin@fitai.localhost", password)
        path = settings.FITAI_HOME / ADMIN_PASSWORD_FILE
        write_private(path, f"{password}\n")
        self.stdout.write(f"Admin account: admin, its password is in {path}")


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read, from its first byte on."""
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
