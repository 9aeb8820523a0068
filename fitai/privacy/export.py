"""Everything about a person as a ZIP file: each table as JSON and as CSV, their media, and a list of it all.

Rows are read a page at a time and written as they come, so that a long life of training takes no more memory than a
short one. People and things elsewhere appear as ids only.
"""

import csv
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from io import TextIOWrapper
from tempfile import TemporaryFile
from typing import IO, Any, Final
from uuid import UUID
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

import orjson
from django.core.files.storage import default_storage
from django.utils import timezone

from fitai.common.admin import without_secrets
from fitai.common.rendering import dumps
from fitai.privacy.files import holds_files, stored_of
from fitai.privacy.tables import Table, personal

PAGE: Final = 500
CHUNK_BYTES: Final = 1 << 20
FORMULAS: Final = ("=", "+", "-", "@", "\t", "\r")
README: Final = """\
Everything that FitAI keeps about {username}, as of {made_at}.

json/    each table as a list of objects; numbers with decimals are texts, times are in UTC
csv/     the same for spreadsheets; texts that a spreadsheet would take for formulas begin with an apostrophe
media/   pictures and videos, in folders by table and by the id of the row that they belong to
index.json says what each table and column means, what is left out, and why.
"""

Tell = Callable[[float, str], None]


def write_export(user_id: UUID, username: str, file: IO[bytes], tell: Tell) -> None:
    """Write the ZIP file. `tell` is given how far it is, 0 to 1, and what is being written."""
    made_at = timezone.now()
    shown = [table for table in personal() if table.shown_to]
    entries: list[dict[str, Any]] = []
    missing: list[str] = []
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        archive.writestr("README.txt", README.format(username=username, made_at=f"{made_at:%Y-%m-%d %H:%M} UTC"))
        for number, table in enumerate(shown):
            part = Part(archive, table, user_id, made_at, partial(tell, number / len(shown), table.title))
            part.still()
            entries.append({"name": table.name, "rows": part.write_rows(), **told_of(table)})
            if holds_files(table.model):
                missing += part.write_media()
        index = {"made_at": made_at, "tables": entries, "left_out": left_out(), "missing_files": missing}
        archive.writestr("index.json", orjson.dumps(orjson.loads(dumps(index)), option=orjson.OPT_INDENT_2))


def told_of(table: Table) -> dict[str, Any]:
    """What a table and its columns mean."""
    columns = {column.attname: str(column.help_text) for column in table.columns}
    meaning = (table.model.__doc__ or "").partition("\n")[0]
    return {"title": table.title, "meaning": meaning, "columns": columns, "left_out": table.hidden}


def left_out() -> dict[str, str]:
    """Tables about a person that no export holds, and why."""
    return {table.title: table.line.reason for table in personal() if not table.shown_to}


@dataclass(frozen=True, slots=True)
class Part:
    """One table on its way into the archive; `still` says that the work goes on."""

    archive: ZipFile
    table: Table
    user_id: UUID
    made_at: datetime
    still: Callable[[], None]

    def write_rows(self) -> int:
        """The table as JSON and as CSV; how many rows. One without rows leaves no file."""
        names = [column.attname for column in self.table.columns]
        read = pages(self.table, self.user_id, *names)
        page = next(read, None)
        if page is None:
            return 0
        count = 0
        with TemporaryFile() as raw, TextIOWrapper(raw, "utf-8", newline="", write_through=True) as sheet:
            writer = csv.writer(sheet)
            writer.writerow(names)
            with self.entry(f"json/{self.table.name}.json") as document:
                while page is not None:
                    for row in page:
                        shown = {name: shown_value(self.table, name, row[name]) for name in names}
                        document.write((b",\n" if count else b"[\n") + dumps(shown))
                        writer.writerow([cell(value) for value in shown.values()])
                        count += 1
                    self.still()
                    page = next(read, None)
                document.write(b"\n]\n")
            raw.seek(0)
            with self.entry(f"csv/{self.table.name}.csv") as copied:
                shutil.copyfileobj(raw, copied, CHUNK_BYTES)
        return count

    def write_media(self) -> list[str]:
        """The files of the rows; where in the archive those are missing that are not there any more."""
        missing = []
        for page in pages(self.table, self.user_id):
            for row in page:
                for shown, name in stored_of(row).files:
                    path = f"media/{self.table.name}/{row.pk}/{shown}"
                    try:
                        stored = default_storage.open(name)
                    except FileNotFoundError:
                        missing.append(path)
                        continue
                    with stored, self.entry(path, ZIP_STORED) as copied:
                        while chunk := stored.read(CHUNK_BYTES):
                            copied.write(chunk)
                            self.still()
        return missing

    @contextmanager
    def entry(self, path: str, method: int = ZIP_DEFLATED) -> Iterator[IO[bytes]]:
        """A file of the archive that is written as it comes, however long it gets."""
        info = ZipInfo(path, self.made_at.timetuple()[:6])
        info.compress_type = method
        info.external_attr = 0o600 << 16
        with self.archive.open(info, "w", force_zip64=True) as entry:
            yield entry


def pages(table: Table, user_id: UUID, *columns: str) -> Iterator[list[Any]]:
    """The rows that a person is given, by their key; instances, or with `columns` dictionaries."""
    key = table.model._meta.pk.attname
    rows: Any = table.shown(user_id).order_by("pk")
    if columns:
        rows = rows.values(*{key, *columns})
    page = list(rows[:PAGE])
    while page:
        yield page
        if len(page) < PAGE:
            return
        last = page[-1][key] if columns else page[-1].pk
        page = list(rows.filter(pk__gt=last)[:PAGE])


def shown_value(table: Table, name: str, value: Any) -> Any:
    """A value as it is given to its person: JSON without what would let its reader act as somebody."""
    return value if name in table.line.plain else without_secrets(value)


def cell(value: Any) -> str:
    """A value as a spreadsheet's cell: as in JSON, but that no text is taken for a formula."""
    if value is None:
        return ""
    if isinstance(value, str):
        return f"'{value}" if value.startswith(FORMULAS) else value
    written = dumps(value).decode()
    return str(orjson.loads(written)) if written.startswith('"') else written
