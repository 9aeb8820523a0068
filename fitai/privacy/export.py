"""Everything about a person as a ZIP file: each table as JSON and as CSV, their media, and a list of it all.

Rows are read a page at a time and written as they come, so that a long life of training takes no more memory than a
short one. People and things elsewhere appear as ids only.
"""

import csv
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
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
            done = number / len(shown)

            def still(done: float = done, table: Table = table) -> None:
                tell(done, table.title)

            still()
            rows = _write_table(archive, table, user_id, made_at, still)
            entries.append({"name": table.name, "rows": rows, **told_of(table)})
            if rows and holds_files(table.model):
                missing += _write_media(archive, table, user_id, made_at, still)
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


def pages(table: Table, user_id: UUID, *columns: str) -> Iterator[Sequence[Any]]:
    """The rows that a person is given, by their key; instances, or with `columns` dictionaries."""
    key = table.model._meta.pk.attname
    rows = table.shown(user_id).order_by("pk")
    rows = rows.values(*{key: None, **dict.fromkeys(columns)}) if columns else rows
    page: Sequence[Any] = rows[:PAGE]
    while page := list(page):
        yield page
        last = page[-1][key] if columns else page[-1].pk
        page = rows.filter(pk__gt=last)[:PAGE]


def _write_table(archive: ZipFile, table: Table, user_id: UUID, made_at: datetime, still: Callable[[], None]) -> int:
    """One table twice; how many rows. One without rows leaves no file."""
    names = [column.attname for column in table.columns]
    read = pages(table, user_id, *names)
    page = next(read, None)
    if page is None:
        return 0
    count = 0
    with TemporaryFile("w+", newline="", encoding="utf-8") as sheet:
        writer = csv.writer(sheet)
        writer.writerow(names)
        with _entry(archive, f"json/{table.name}.json", made_at) as document:
            while page is not None:
                for row in page:
                    shown = {name: shown_value(table, name, row[name]) for name in names}
                    document.write((b",\n" if count else b"[\n") + dumps(shown))
                    writer.writerow([cell(value) for value in shown.values()])
                    count += 1
                still()
                page = next(read, None)
            document.write(b"\n]\n")
        sheet.flush()
        sheet.buffer.seek(0)
        with _entry(archive, f"csv/{table.name}.csv", made_at) as copied:
            shutil.copyfileobj(sheet.buffer, copied, CHUNK_BYTES)
    return count


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


def _write_media(
    archive: ZipFile, table: Table, user_id: UUID, made_at: datetime, still: Callable[[], None]
) -> list[str]:
    """The files of a table's rows; the names of those that are not there any more."""
    missing = []
    for page in pages(table, user_id):
        for row in page:
            for shown, name in stored_of(row).files:
                path = f"media/{table.name}/{row.pk}/{shown}"
                try:
                    stored = default_storage.open(name)
                except FileNotFoundError:
                    missing.append(path)
                    continue
                with stored, _entry(archive, path, made_at, ZIP_STORED) as copied:
                    while chunk := stored.read(CHUNK_BYTES):
                        copied.write(chunk)
                        still()
    return missing


@contextmanager
def _entry(archive: ZipFile, path: str, made_at: datetime, method: int = ZIP_DEFLATED) -> Iterator[IO[bytes]]:
    """A file of the archive that is written as it comes, however long it gets."""
    info = ZipInfo(path, made_at.timetuple()[:6])
    info.compress_type = method
    info.external_attr = 0o600 << 16
    with archive.open(info, "w", force_zip64=True) as entry:
        yield entry
