"""`manage.py prepare`: everything that must be there before the first request."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Migrate and load the catalogue; in development, a demo account and a pose model too. Idempotent."
    requires_system_checks = []  # what they need is only there afterwards

    def handle(self, *args: Any, **options: Any) -> None:
        for folder in (settings.STATIC_ROOT, settings.MEDIA_ROOT):
            folder.mkdir(parents=True, exist_ok=True)
        call_command("migrate", interactive=False, verbosity=0)
        call_command("load_catalogue")
        if hasattr(settings, "DEMO_LOGIN"):
            call_command("create_demo")
        if settings.FETCH_POSE_MODEL:
            call_command("fetch_model", later=True)
