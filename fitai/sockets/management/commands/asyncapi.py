"""`manage.py asyncapi`: docs/asyncapi.yaml, as the code says it."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from fitai.sockets.views import AsyncApiView


class Command(BaseCommand):
    help = "Write the AsyncAPI document of the sockets."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--file", type=Path, required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        _, text = AsyncApiView.document("yaml")
        options["file"].write_bytes(text)
