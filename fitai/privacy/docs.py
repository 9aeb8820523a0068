"""The table of docs/privacy.md that says what happens to each table."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from django.conf import settings

from fitai.privacy.tables import Table, personal, tables

HEAD: Final = "| table | an export holds | when its person is removed | because |\n|---|---|---|---|\n"
PLACE: Final = re.compile(re.escape(HEAD) + r"(?:\|.*\n)*")


def page() -> tuple[Path, str]:
    """Where the page is, and its text with the table as the models say it now."""
    path = settings.BASE_DIR / "docs" / "privacy.md"
    return path, PLACE.sub(lambda _: HEAD + "".join(rows()), path.read_text())


def rows() -> Iterator[str]:
    """The lines of the table: those of people, then how rows of others lose a name."""
    for table in personal():
        yield f"| {table.title} | {_exported(table)} | {_removed(table)} | {table.line.reason} |\n"
    for table in sorted(tables().values(), key=lambda table: table.title):
        named = [*(column.name for column in table.references), *table.line.named_in]
        if named:
            yield f"| {table.title} of others | – | stay, without {_code(named)} | |\n"


def _exported(table: Table) -> str:
    if not table.shown_to:
        return "nothing"
    held = "yes" if table.shown_to == table.owners else f"to {_code(table.shown_to)} only"
    return f"{held}, without {_code(table.hidden)}" if table.hidden else held


def _removed(table: Table) -> str:
    return "removed" if table.line.stays is None else "removed; what others use stays, without its owner"


def _code(names: list[str] | tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names)
