"""`manage.py personal_data`: the table of docs/privacy.md, as the models say it."""

from typing import Any

from django.core.management.base import BaseCommand

from fitai.privacy.docs import page


class Command(BaseCommand):
    help = "Write what is kept about people, table by table, as Markdown. `--write` puts it into docs/privacy.md."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--write", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        path, text = page()
        if options["write"]:
            path.write_text(text)
        else:
            self.stdout.write(text, ending="")
